"""Trainers that know the length of a run: update `k` uses `s(k)` of the schedule that the length resolves."""

import math
import sys
from types import SimpleNamespace

import pytest
import torch
from torch.utils.data import DataLoader, Dataset, IterableDataset, TensorDataset

import lrsched as lr
from lrsched.adapters.lengths import for_total, needs_total

from .processes import Program

TEXT = "warmup_cosine(0.05, 0.25*total, total, init_value=0.01, end_value=0.001)"


def schedule_of(total):
    return lr.warmup_cosine(0.05, math.floor(0.25 * total + 0.5), total, init_value=0.01, end_value=0.001)


def rates(total, first=0):
    schedule = schedule_of(total)
    return [schedule(k) for k in range(first, total)]


def spy(optimizer):
    """The list to which an optimizer adds the rate of its first group at every update."""
    seen = []
    optimizer.register_step_pre_hook(
        lambda optimizer, args, kwargs: seen.append(float(optimizer.param_groups[0]["lr"]))
    )
    return seen


# Plans.


def refusing():
    raise AssertionError("the length was asked for")


def test_the_length_is_asked_for_only_where_it_is_needed():
    schedule = lr.linear(0, 1, 9)
    assert for_total("f", schedule, refusing) is schedule
    assert for_total("f", "linear(0, 1, 9)", refusing) == schedule
    assert for_total("f", [schedule, None, 0.5], refusing) == [schedule, None, 0.5]
    assert not needs_total({"a": schedule, "b": "linear(0, 1, 9)"})


def test_plans_for_several_groups():
    plans = {"body": "0.1 * linear(0, 1, total)", "head": [lambda total: lr.constant(0.1 * total), None]}
    assert needs_total(plans)
    assert for_total("f", plans, lambda: 9) == {"body": 0.1 * lr.linear(0, 1, 9), "head": [lr.constant(0.1 * 9), None]}


@pytest.mark.parametrize(
    ("plan", "total", "kind", "message"),
    [
        (
            TEXT,
            math.inf,
            ValueError,
            "scheduled(total=inf) must be finite; a run without an end has no number of steps;",
        ),
        (
            TEXT,
            -1,
            ValueError,
            "scheduled(total=-1) must be at least 1; -1 means 'not given' in trainers; set max_steps",
        ),
        (TEXT, 0, ValueError, "scheduled(total=0) must be at least 1; "),
        ("linear(0, 1, totl)", 9, ValueError, "column 14: unknown name 'totl'; "),
        (
            "linear(0, peek, total)",
            9,
            ValueError,
            "column 11: unknown name 'peek' (known: total); for names besides total, write a function: "
            "lambda total: lrsched.parse(expression, total=total, peek=...).",
        ),
        ("linear(0, x, 9)", 9, ValueError, "column 11: unknown name 'x'; for names besides total, write a function: "),
        (
            lr.constant,
            9,
            TypeError,
            "scheduled(schedule=constant) must be a schedule, an expression or a function of the length;",
        ),
        (lambda total: total, 9, TypeError, "scheduled(schedule=<function <lambda> at"),
    ],
)
def test_plans_that_are_refused(plan, total, kind, message):
    with pytest.raises(kind) as caught:
        for_total("scheduled", plan, lambda: total)
    assert str(caught.value).startswith(message)


# The Trainer of transformers.


class Sentences(Dataset):
    def __len__(self):
        return 22

    def __getitem__(self, index):
        generator = torch.Generator().manual_seed(index)
        tokens = torch.randint(0, 32, (8,), generator=generator)
        return {"input_ids": tokens, "labels": tokens}


def transformers_trainer(folder, plan, kind=None, optimizer=None, arguments=None, **options):
    from transformers import GPT2Config, GPT2LMHeadModel, TrainingArguments

    from lrsched.adapters.transformers import ScheduledTrainer

    torch.manual_seed(0)
    size = {"n_layer": 1, "n_head": 2, "n_embd": 8, "n_positions": 8, "vocab_size": 32}
    model = GPT2LMHeadModel(GPT2Config(**size, bos_token_id=0, eos_token_id=0))
    arguments = (arguments or TrainingArguments)(
        output_dir=str(folder),
        per_device_train_batch_size=2,
        gradient_accumulation_steps=4,
        learning_rate=7.0,
        report_to=[],
        use_cpu=True,
        disable_tqdm=True,
        dataloader_pin_memory=False,
        **{"save_strategy": "no", "logging_strategy": "no", **options},
    )
    more = {} if optimizer is None else {"optimizers": (optimizer(model), None)}
    make = kind or ScheduledTrainer
    trainer = make(model=model, args=arguments, train_dataset=Sentences(), schedule=plan, **more)
    seen, created = [], trainer.create_optimizer

    def create_optimizer(*args):
        if trainer.optimizer is None:
            seen.append(spy(created(*args)))
        return created(*args)

    trainer.create_optimizer = create_optimizer
    return trainer, seen


@pytest.mark.slow
@pytest.mark.parametrize(
    ("plan", "options", "total"),
    [(TEXT, {"num_train_epochs": 2.5}, 8), (TEXT, {"max_steps": 5}, 5), (schedule_of, {"num_train_epochs": 3}, 9)],
    ids=["half an epoch", "max_steps", "a function"],
)
def test_transformers(tmp_path, plan, options, total):
    """22 sentences, 2 a batch, 4 batches an update: 3 updates an epoch, of which the last has 3 batches."""
    trainer, seen = transformers_trainer(tmp_path, plan, **options)
    trainer.train()
    assert seen == [rates(total)]


@pytest.mark.slow
def test_transformers_resumes_and_trains_again(tmp_path):
    whole, seen = transformers_trainer(tmp_path, TEXT, num_train_epochs=3, save_strategy="steps", save_steps=4)
    whole.train()
    rest, resumed = transformers_trainer(tmp_path, TEXT, num_train_epochs=3)
    rest.train(resume_from_checkpoint=str(tmp_path / "checkpoint-4"))
    assert (seen, resumed) == ([rates(9)], [rates(9, first=4)])
    for one, other in zip(whole.model.parameters(), rest.model.parameters(), strict=True):
        assert torch.equal(one, other)
    rest.args.num_train_epochs = 1
    resumed[0].clear()
    rest.train()
    assert resumed[0] == rates(3)


@pytest.mark.slow
def test_another_trainer_of_transformers(tmp_path):
    """It is a mixin of trainers, and takes an optimizer of one's own."""
    from transformers import Seq2SeqTrainer, Seq2SeqTrainingArguments

    from lrsched.adapters.transformers import ScheduledTrainer

    class Mine(ScheduledTrainer, Seq2SeqTrainer):
        pass

    made = []

    def optimizer(model):
        made.append(torch.optim.SGD(model.parameters(), lr=3.0))
        return made[0]

    trainer, _ = transformers_trainer(tmp_path, TEXT, Mine, optimizer, Seq2SeqTrainingArguments, num_train_epochs=1)
    seen = spy(made[0])
    trainer.train()
    assert seen == rates(3)


@pytest.mark.slow
def test_transformers_refuses_two_schedules(tmp_path):
    from lrsched.adapters.torch import TorchScheduler

    for options, message in (
        ({"warmup_steps": 3}, r"ScheduledTrainer\(warmup_steps=3\) is not used; leave it out of TrainingArguments"),
        ({"lr_scheduler_type": "cosine"}, r"ScheduledTrainer\(lr_scheduler_type='cosine'\) is not used; leave it out"),
    ):
        with pytest.raises(ValueError, match=message):
            transformers_trainer(tmp_path, TEXT, max_steps=5, **options)
    with pytest.raises(ValueError, match=r"column 7: unknown schedule 'cosin'; did you mean 'cosine'"):
        transformers_trainer(tmp_path, "scale(cosin(total, 0, 1), 2)", max_steps=5)

    def with_scheduler(model):
        optimizer = torch.optim.SGD(model.parameters())
        return optimizer, TorchScheduler(optimizer, lr.constant(1.0))

    from lrsched.adapters.transformers import ScheduledTrainer

    def both(*, optimizers, **more):
        return ScheduledTrainer(optimizers=optimizers[0], **more)

    with pytest.raises(ValueError, match=r"ScheduledTrainer\(optimizers=.*\) must not have a scheduler; give the opti"):
        transformers_trainer(tmp_path, TEXT, both, with_scheduler, max_steps=5)


GROUPS = {"body": 1e-3, "head": 1e-2}
"""The rates that groups of these names are made with."""


def two_groups(model):
    """An optimizer with those groups, whose first parameter is the body."""
    body, *head = model.parameters()
    parts = {"body": [body], "head": head}
    return torch.optim.SGD([{"params": parts[name], "name": name, "lr": rate} for name, rate in GROUPS.items()])


def peak_of(group):
    """The schedule of a group, whose peak is the rate that it was made with."""
    return f"warmup_linear({group['initial_lr']}, 2, total)"


def spy_all(optimizer):
    """The list to which an optimizer adds the rates of all groups at every update."""
    seen = []
    optimizer.register_step_pre_hook(lambda o, args, kwargs: seen.append([group["lr"] for group in o.param_groups]))
    return seen


def rates_by_group(total, relative=False):
    factor, schedules = lr.warmup_linear(1, 2, total), [lr.warmup_linear(rate, 2, total) for rate in GROUPS.values()]
    if relative:
        return [[factor(k) * rate for rate in GROUPS.values()] for k in range(total)]
    return [[schedule(k) for schedule in schedules] for k in range(total)]


@pytest.mark.slow
@pytest.mark.parametrize(
    "given",
    [
        {"by_group": peak_of},
        {"by_group": {"lr": peak_of, "momentum": lambda group: 0.5}},
        {"by_group": lambda group: lambda total: lr.warmup_linear(group["initial_lr"], 2, total)},
        {"schedule": "warmup_linear(1, 2, total)", "relative_to": "groups"},
    ],
    ids=["by_group", "two hyperparameters", "functions", "relative_to"],
)
def test_transformers_with_groups(tmp_path, given):
    """9 updates; both groups follow schedules of their own, or keep their ratio."""
    from lrsched.adapters.transformers import ScheduledTrainer

    made = []

    def optimizer(model):
        made.append(two_groups(model))
        return made[0]

    def kind(schedule, **more):
        return ScheduledTrainer(**given, **more)

    trainer, _ = transformers_trainer(tmp_path, None, kind, optimizer, num_train_epochs=3)
    seen = spy_all(made[0])
    trainer.train()
    assert seen == rates_by_group(9, "relative_to" in given)
    assert made[0].param_groups[0]["momentum"] == (0.5 if isinstance(given.get("by_group"), dict) else 0.0)


@pytest.mark.slow
def test_transformers_multiplies_its_learning_rate(tmp_path):
    """The trainer's own optimizer has the `learning_rate` of `TrainingArguments` in all groups; here it is 7."""
    from lrsched.adapters.transformers import ScheduledTrainer

    def kind(**more):
        return ScheduledTrainer(relative_to="groups", strict=True, **more)

    trainer, seen = transformers_trainer(tmp_path, "warmup_linear(1, 2, total)", kind, max_steps=5)
    trainer.train()
    assert seen == [[7.0 * lr.warmup_linear(1, 2, 5)(k) for k in range(5)]]
    assert trainer.lr_scheduler.strict


@pytest.mark.slow
def test_transformers_must_be_given_a_schedule(tmp_path):
    from lrsched.adapters.transformers import ScheduledTrainer

    def kind(schedule, **more):
        return ScheduledTrainer(**more)

    with pytest.raises(
        TypeError, match=r'ScheduledTrainer\(schedule=None\) must be given; write schedule="warmup_cosine'
    ):
        transformers_trainer(tmp_path, None, kind, max_steps=5)


# Lightning.

lightning_warnings = pytest.mark.filterwarnings(
    "ignore:.*does not have many workers:UserWarning", "ignore:.*LeafSpec.*:FutureWarning"
)


class Endless(IterableDataset):
    def __iter__(self):
        while True:
            yield torch.ones(4), torch.ones(1)


def fit(plan, loader=None, ckpt_path=None, mixin=object, given=None, **options):
    import lightning

    from lrsched.adapters.lightning import scheduled

    class Module(lightning.LightningModule):
        def __init__(self):
            super().__init__()
            torch.manual_seed(0)
            self.layer = torch.nn.Linear(4, 1)

        def training_step(self, batch):
            return torch.nn.functional.mse_loss(self.layer(batch[0]), batch[1])

        def configure_optimizers(self):
            optimizer = torch.optim.AdamW(self.parameters(), lr=7.0)
            self.seen = spy(optimizer)
            self.decays = []
            optimizer.register_step_pre_hook(
                lambda o, args, kwargs: self.decays.append(o.param_groups[0]["weight_decay"])
            )
            more = {"weight_decay": "linear(0.1, 0, total)"} if plan is TEXT else {}
            return scheduled(self, optimizer, plan, **more)

    quiet = {
        "logger": False,
        "enable_checkpointing": False,
        "enable_progress_bar": False,
        "enable_model_summary": False,
    }
    trainer = lightning.Trainer(accelerator="cpu", devices=1, **quiet, **options)
    data = TensorDataset(torch.randn(44, 4, generator=torch.Generator().manual_seed(0)), torch.ones(44, 1))
    module = type("Mixed", (mixin, Module), {})() if mixin is not object else Module()
    module.given = given
    trainer.fit(module, DataLoader(data, batch_size=4) if loader is None else loader, ckpt_path=ckpt_path)
    return module, trainer


@pytest.mark.slow
@lightning_warnings
@pytest.mark.parametrize(
    ("plan", "options", "total"),
    [
        (TEXT, {"max_epochs": 3, "accumulate_grad_batches": 4}, 9),
        (TEXT, {"max_epochs": 3, "max_steps": 7}, 7),
        (schedule_of, {"max_epochs": 2, "limit_train_batches": 3}, 6),
    ],
    ids=["accumulation", "max_steps", "a part of the data"],
)
def test_lightning(plan, options, total):
    """44 samples, 4 a batch: 11 batches an epoch, of which 4 make an update, and the last 3."""
    module, _ = fit(plan, **options)
    assert module.seen == rates(total)
    if plan is TEXT:
        decay = lr.linear(0.1, 0, total)
        assert module.decays == [decay(k) for k in range(total)]


class Grouped:
    """What `configure_optimizers` needs of a Lightning module with two groups."""

    def configure_optimizers(self):
        from lrsched.adapters.lightning import scheduled

        optimizer = two_groups(self)
        self.seen = spy_all(optimizer)
        return scheduled(self, optimizer, **self.given)


@pytest.mark.slow
@lightning_warnings
@pytest.mark.parametrize(
    "given",
    [{"by_group": peak_of}, {"schedule": "warmup_linear(1, 2, total)", "relative_to": "groups"}],
    ids=["by_group", "relative_to"],
)
def test_lightning_with_groups(given):
    module, _ = fit(None, mixin=Grouped, given=given, max_epochs=2, limit_train_batches=3)
    assert module.seen == rates_by_group(6, "relative_to" in given)


@pytest.mark.slow
@lightning_warnings
def test_lightning_with_a_group_that_joins_later():
    """The callback adds the bias in the second epoch; its schedule has the length of the whole run."""
    from lightning.pytorch.callbacks import BaseFinetuning

    class Unfreeze(BaseFinetuning):
        def freeze_before_training(self, pl_module):
            """Nothing: the bias is in no group."""

        def finetune_function(self, pl_module, epoch, optimizer):
            if epoch == 1:
                optimizer.add_param_group({"params": [pl_module.layer.bias], "lr": 1e-2, "name": "bias"})

    class Late:
        def configure_optimizers(self):
            from lrsched.adapters.lightning import scheduled

            optimizer = torch.optim.SGD([{"params": [self.layer.weight], "lr": 1e-3}])
            made = scheduled(self, optimizer, by_group=peak_of)
            self.seen = spy_all(optimizer)  # after the scheduler, which sets the new group before its first update
            return made

    module, _ = fit(None, mixin=Late, max_epochs=2, limit_train_batches=3, callbacks=[Unfreeze()])
    assert module.seen == [row[:1] if k < 3 else row for k, row in enumerate(rates_by_group(6))]


@pytest.mark.slow
def test_options_of_the_scheduler():
    """Groups with rates of their own keep their ratios; `strict` is passed on."""
    from accelerate import Accelerator

    from lrsched.adapters import accelerate, lightning

    def groups():
        return [{"params": [torch.nn.Parameter(torch.zeros(1))], "lr": rate} for rate in (1e-3, 1e-5)]

    factor, options = "warmup_cosine(1.0, 2, total, init_value=0.5)", {"relative_to": "groups", "strict": True}
    module = SimpleNamespace(trainer=SimpleNamespace(estimated_stepping_batches=9))
    optimizer = torch.optim.AdamW(groups())
    made = lightning.scheduled(module, optimizer, factor, **options)["lr_scheduler"]["scheduler"]
    assert made.strict
    assert [group["lr"] for group in optimizer.param_groups] == [0.5e-3, 0.5e-5]
    accelerator = Accelerator(cpu=True)
    optimizer = accelerator.prepare(torch.optim.AdamW(groups()))
    accelerate.scheduled(accelerator, optimizer, lr.warmup_cosine(1.0, 2, 9, init_value=0.5), **options)
    assert [group["lr"] for group in optimizer.param_groups] == [0.5e-3, 0.5e-5]


@pytest.mark.slow
@lightning_warnings
def test_lightning_resumes(tmp_path):
    whole, _ = fit(TEXT, max_epochs=3)
    first, trainer = fit(TEXT, max_epochs=3)
    assert first.seen == whole.seen == rates(33)
    trainer.save_checkpoint(tmp_path / "end.ckpt")
    with pytest.warns(UserWarning, match="the code.s"):  # a longer run has another schedule
        more, _ = fit(TEXT, max_epochs=4, ckpt_path=tmp_path / "end.ckpt")
    assert more.seen == rates(44, first=33)


@pytest.mark.slow
@lightning_warnings
def test_lightning_without_an_end():
    """An expression that does not ask for the length trains; one that does is told what to do."""
    loader = DataLoader(Endless(), batch_size=4)
    module, _ = fit("linear(0.1, 0, 5)", loader, max_steps=3, max_epochs=-1)
    assert module.seen == [lr.linear(0.1, 0, 5)(k) for k in range(3)]
    module, _ = fit(TEXT, loader, max_steps=8, max_epochs=-1)
    assert module.seen == rates(8)
    for options in ({"max_epochs": -1}, {"max_epochs": 2}):
        with pytest.raises(ValueError, match=r"scheduled\(total=(inf|-1)\) .*set max_steps, or count the updates"):
            fit(TEXT, loader, **options)


@pytest.mark.slow
@lightning_warnings
def test_lightning_cli(tmp_path, monkeypatch):
    """From a file and the command line: an expression with `total` in it."""
    import lightning
    from lightning.pytorch.cli import LightningCLI

    from lrsched.adapters.lightning import scheduled

    class Module(lightning.LightningModule):
        def __init__(self, rate: str):
            super().__init__()
            self.rate, self.layer = rate, torch.nn.Linear(4, 1)

        def training_step(self, batch):
            return self.layer(batch[0]).square().mean()

        def configure_optimizers(self):
            optimizer = torch.optim.AdamW(self.parameters())
            self.seen = spy(optimizer)
            return scheduled(self, optimizer, self.rate)

    class Data(lightning.LightningDataModule):
        def train_dataloader(self):
            return DataLoader(TensorDataset(torch.ones(44, 4)), batch_size=4)

    (tmp_path / "run.yaml").write_text(
        f"model:\n  rate: {TEXT}\ntrainer:\n  max_epochs: 1\n  accumulate_grad_batches: 4\n"
    )
    quiet = ("logger", "enable_checkpointing", "enable_progress_bar", "enable_model_summary")
    options = [f"--trainer.{option}=false" for option in quiet]
    more = ["--trainer.accelerator=cpu", "--trainer.max_epochs=3"]
    monkeypatch.setenv("JSONARGPARSE_DEPRECATION_WARNINGS", "off")  # of what LightningCLI calls itself
    monkeypatch.setattr(sys, "argv", ["train.py", "fit", "--config", str(tmp_path / "run.yaml"), *options, *more])
    cli = LightningCLI(Module, Data, save_config_callback=None, seed_everything_default=False)
    assert cli.model.seen == rates(9)


# Accelerate.


@pytest.mark.slow
@pytest.mark.parametrize(
    "given",
    [{"by_group": peak_of}, {"schedule": "warmup_linear(1, 2, total)", "relative_to": "groups"}],
    ids=["by_group", "relative_to"],
)
def test_accelerate_with_groups(given):
    """16 samples, 4 a batch, 2 batches an update, 3 epochs: 6 updates."""
    from accelerate import Accelerator

    from lrsched.adapters.accelerate import scheduled

    accelerator = Accelerator(cpu=True, gradient_accumulation_steps=2)
    model = torch.nn.Linear(4, 1)
    optimizer = two_groups(model)
    seen = spy_all(optimizer)
    model, optimizer, loader = accelerator.prepare(model, optimizer, DataLoader(torch.randn(16, 4), batch_size=4))
    scheduler = scheduled(accelerator, optimizer, loader=loader, epochs=3, **given)
    for _ in range(3):
        for batch in loader:
            with accelerator.accumulate(model):
                accelerator.backward(model(batch).square().mean())
                optimizer.step()
                scheduler.step()
                optimizer.zero_grad()
    assert seen == rates_by_group(6, "relative_to" in given)


def accelerated(plan, epochs=3, step=None, folder=None, **options):
    """Train, and save the state after an epoch, or go on from there."""
    from accelerate import Accelerator

    from lrsched.adapters.accelerate import scheduled

    accelerator = Accelerator(cpu=True, **options)
    torch.manual_seed(0)
    model = torch.nn.Linear(4, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=7.0)
    seen = spy(optimizer)
    data = TensorDataset(torch.randn(44, 4, generator=torch.Generator().manual_seed(0)), torch.ones(44, 1))
    model, optimizer, loader = accelerator.prepare(model, optimizer, DataLoader(data, batch_size=4))
    scheduler = scheduled(accelerator, optimizer, plan, loader=loader, epochs=epochs)
    if step == "resume":
        accelerator.load_state(str(folder))
    for epoch in range(1 if step == "resume" else 0, epochs):
        for inputs, outputs in loader:
            with accelerator.accumulate(model):
                accelerator.backward(torch.nn.functional.mse_loss(model(inputs), outputs))
                optimizer.step()
                scheduler.step()
                optimizer.zero_grad()
        if step == "save" and epoch == 0:
            accelerator.save_state(str(folder))
    return seen, scheduler


@pytest.mark.slow
@pytest.mark.parametrize(("plan", "split"), [(TEXT, False), (TEXT, True), (schedule_of, False)])
def test_accelerate(plan, split, tmp_path):
    """11 batches an epoch, of which 4 make an update, and the last 3: 3 updates an epoch."""
    from accelerate.utils import DataLoaderConfiguration

    options = {"gradient_accumulation_steps": 4, "dataloader_config": DataLoaderConfiguration(split_batches=split)}
    seen, scheduler = accelerated(plan, step="save", folder=tmp_path, **options)
    assert seen == rates(9)
    assert scheduler.get_last_lr() == [schedule_of(9)(9)]
    resumed, _ = accelerated(plan, step="resume", folder=tmp_path, **options)
    assert resumed == rates(9, first=3)


@pytest.mark.slow
def test_accelerate_that_carries_batches_over():
    """Without `sync_with_dataloader` 33 batches make 8 updates, and one is left."""
    from accelerate.utils import GradientAccumulationPlugin

    plugin = GradientAccumulationPlugin(num_steps=4, sync_with_dataloader=False)
    seen, _ = accelerated(TEXT, gradient_accumulation_plugin=plugin)
    assert seen == rates(8)


@pytest.mark.slow
def test_accelerate_says_what_is_missing():
    from accelerate import Accelerator

    from lrsched.adapters.accelerate import scheduled

    accelerator = Accelerator(cpu=True)
    plain = torch.optim.SGD([torch.nn.Parameter(torch.ones(1))])
    loader = DataLoader(Endless(), batch_size=4)
    with pytest.raises(
        ValueError, match=r"scheduled\(optimizer=.* must be prepared; write optimizer = accelerator\.prep"
    ):
        scheduled(accelerator, plain, TEXT, loader=loader, epochs=3)
    optimizer = accelerator.prepare(plain)
    with pytest.raises(ValueError, match=r"scheduled\(loader=.* must be prepared; write loader = accelerator\.prepare"):
        scheduled(accelerator, optimizer, TEXT, loader=loader, epochs=3)
    with pytest.raises(
        ValueError, match=r"scheduled\(loader=None\) must be given; the expression or function needs the"
    ):
        scheduled(accelerator, optimizer, TEXT)
    with pytest.raises(
        ValueError, match=r"scheduled\(epochs=None\) must be given; the expression or function needs the"
    ):
        scheduled(accelerator, optimizer, TEXT, loader=accelerator.prepare(loader))
    with pytest.raises(TypeError, match=r"scheduled\(loader=.* must have a length; give a schedule, or lrsched\.parse"):
        scheduled(accelerator, optimizer, TEXT, loader=accelerator.prepare(loader), epochs=3)
    for epochs in (0, 1.5, "3"):
        with pytest.raises((ValueError, TypeError), match=r"scheduled\(epochs=.*\) must be "):
            scheduled(accelerator, optimizer, TEXT, loader=accelerator.prepare(loader), epochs=epochs)
    assert scheduled(accelerator, optimizer, lr.constant(0.5)).get_last_lr() == [0.5]


TWO_PROCESSES = """
    from tests.adapters.test_lengths import TEXT, accelerated

    seen, _ = accelerated(TEXT, gradient_accumulation_steps=2)
    print(seen)
"""


@pytest.mark.slow
def test_accelerate_in_two_processes():
    """44 samples for two processes in batches of 4: 6 batches each, 3 updates an epoch; each counts them once."""
    import socket

    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port = sock.getsockname()[1]
    common = {"WORLD_SIZE": 2, "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port, "GLOO_SOCKET_IFNAME": "lo"}
    workers = [Program(TWO_PROCESSES, **common, RANK=rank, LOCAL_RANK=rank) for rank in range(2)]
    assert [worker.finish() for worker in workers] == [str(rates(9))] * 2
