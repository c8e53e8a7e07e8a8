"""TorchScheduler under real trainers, in several processes, and after a kill: update `k` uses exactly `s(k)`."""

import signal
import warnings

import pytest
import torch
from torch.utils.data import DataLoader, Dataset, TensorDataset

import lrsched as lr
from lrsched.adapters.torch import TorchScheduler

from .processes import Program

pytestmark = pytest.mark.slow

RATE = lr.warmup_cosine(0.05, 4, 20, init_value=0.01, end_value=0.001)


def spy(optimizer):
    """The list to which an optimizer adds the rate of its first group at every update."""
    seen = []
    optimizer.register_step_pre_hook(
        lambda optimizer, args, kwargs: seen.append(float(optimizer.param_groups[0]["lr"]))
    )
    return seen


def expected(steps, first=0):
    return [RATE(k) for k in range(first, steps)]


def data(rows=64):
    generator = torch.Generator().manual_seed(0)
    inputs = torch.randn(rows, 4, generator=generator)
    return TensorDataset(inputs, inputs.sum(dim=1, keepdim=True))


# Lightning.


def lightning_module():
    import lightning

    class Module(lightning.LightningModule):
        def __init__(self):
            super().__init__()
            torch.manual_seed(0)
            self.layer = torch.nn.Linear(4, 1)
            self.logged = []

        def training_step(self, batch, _):
            return torch.nn.functional.mse_loss(self.layer(batch[0]), batch[1])

        def on_before_optimizer_step(self, optimizer):
            self.logged += self.lr_schedulers().get_last_lr()

        def configure_optimizers(self):
            optimizer = torch.optim.SGD(self.parameters(), lr=7.0, momentum=0.9)
            self.seen = spy(optimizer)
            return [optimizer], [{"scheduler": TorchScheduler(optimizer, RATE), "interval": "step"}]

    return Module()


def fit(epochs, accumulate=1, **options):
    import lightning

    module = lightning_module()
    trainer = lightning.Trainer(
        accelerator="cpu",
        devices=1,
        max_epochs=epochs,
        accumulate_grad_batches=accumulate,
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
    )
    trainer.fit(module, DataLoader(data(), batch_size=8), **options)
    return module, trainer


# What Lightning says about itself, not about the scheduler.
lightning_warnings = pytest.mark.filterwarnings(
    "ignore:.*does not have many workers:UserWarning", "ignore:.*LeafSpec.*:FutureWarning"
)


@lightning_warnings
@pytest.mark.parametrize("accumulate", [1, 4])
def test_lightning(accumulate):
    module, _ = fit(3, accumulate)
    assert len(module.seen) == 24 // accumulate
    assert module.seen == module.logged == expected(24 // accumulate)


@lightning_warnings
def test_lightning_resumes_from_its_checkpoint(tmp_path):
    whole, _ = fit(3)
    first, trainer = fit(2)
    trainer.save_checkpoint(tmp_path / "last.ckpt")
    rest, _ = fit(3, ckpt_path=tmp_path / "last.ckpt")
    assert first.seen + rest.seen == whole.seen == expected(24)
    assert torch.equal(rest.layer.weight, whole.layer.weight)


def test_lightning_keeps_a_schedule_among_the_hyperparameters(tmp_path):
    """`save_hyperparameters()`, `load_from_checkpoint`, `fit(ckpt_path=...)`: they load with `weights_only=True`."""
    import lightning

    class Module(lightning.LightningModule):
        def __init__(self, rate, horizon, width=1):
            super().__init__()
            self.save_hyperparameters()
            self.layer = torch.nn.Linear(4, width)

        def training_step(self, batch, _):
            return torch.nn.functional.mse_loss(self.layer(batch[0]), batch[1])

        def configure_optimizers(self):
            optimizer = torch.optim.SGD(self.parameters(), lr=7.0)
            self.seen = spy(optimizer)
            return [optimizer], [{"scheduler": TorchScheduler(optimizer, self.hparams.rate), "interval": "step"}]

    def trainer(epochs):
        quiet = {"enable_checkpointing": False, "enable_progress_bar": False, "enable_model_summary": False}
        logger = CSVLogger(tmp_path / "logs")
        return lightning.Trainer(accelerator="cpu", devices=1, max_epochs=epochs, logger=logger, **quiet)

    from lightning.pytorch.loggers import CSVLogger

    loader, path = DataLoader(data(), batch_size=16), tmp_path / "last.ckpt"
    horizon = lr.Horizon(dataset_size=64, epochs=3, batch_size=16)
    module, first = Module(RATE, horizon), trainer(2)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # those of Lightning about itself
        first.fit(module, loader)
        first.save_checkpoint(path)
        loaded = Module.load_from_checkpoint(path)
        assert (loaded.hparams.rate, loaded.hparams.horizon) == (RATE, horizon)
        rest = Module(RATE, horizon)
        trainer(3).fit(rest, loader, ckpt_path=path)
    assert module.seen + rest.seen == expected(12)


def finetuned(epochs, rate, folder=None, resume=None):
    """The rates of head and backbone at each update of a run whose backbone joins in the second epoch."""
    import lightning
    from lightning.pytorch.callbacks import BackboneFinetuning

    class Model(lightning.LightningModule):
        def __init__(self):
            super().__init__()
            self.backbone, self.head, self.seen = torch.nn.Linear(4, 4), torch.nn.Linear(4, 1), []

        def training_step(self, batch, _):
            return torch.nn.functional.mse_loss(self.head(self.backbone(batch[0])), batch[1])

        def on_before_optimizer_step(self, optimizer):
            self.seen.append([group["lr"] for group in optimizer.param_groups])

        def configure_optimizers(self):
            optimizer = torch.optim.SGD(self.head.parameters(), lr=7.0, momentum=0.9)
            return [optimizer], [{"scheduler": TorchScheduler(optimizer, rate), "interval": "step"}]

    model = Model()
    callback = BackboneFinetuning(1, lambda epoch: 1.0, backbone_initial_ratio_lr=0.1, should_align=False)
    quiet = {"enable_checkpointing": False, "enable_progress_bar": False, "enable_model_summary": False}
    trainer = lightning.Trainer(
        accelerator="cpu", devices=1, max_epochs=epochs, logger=False, callbacks=[callback], **quiet
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # those of Lightning about itself
        trainer.fit(model, DataLoader(data(), batch_size=16), ckpt_path=resume)
        if folder is not None:
            trainer.save_checkpoint(folder)
    return model.seen


def test_a_backbone_that_lightning_unfreezes_keeps_its_ratio(tmp_path):
    """The callback sets the backbone itself at the first update of each epoch; all others follow the schedule."""
    rate = lr.linear(0.05, 0.01, 16)
    seen = finetuned(4, rate)
    assert [head for head, *_ in seen] == [rate(k) for k in range(16)]
    assert [len(rates) for rates in seen] == [1] * 4 + [2] * 12
    scheduled = [k for k in range(4, 16) if k % 4 or k == 4]
    assert [seen[k][1] for k in scheduled] == pytest.approx([0.1 * rate(k) for k in scheduled], rel=1e-12)
    finetuned(2, rate, tmp_path / "last.ckpt")
    rest = finetuned(3, rate, resume=tmp_path / "last.ckpt")
    assert [len(rates) for rates in rest] == [2] * 4
    assert [rest[k][1] for k in (1, 2, 3)] == pytest.approx([0.1 * rate(8 + k) for k in (1, 2, 3)], rel=1e-12)


# The Trainer of transformers.


class Sentences(Dataset):
    def __len__(self):
        return 48

    def __getitem__(self, index):
        generator = torch.Generator().manual_seed(index)
        tokens = torch.randint(0, 32, (8,), generator=generator)
        return {"input_ids": tokens, "labels": tokens}


def transformers_trainer(folder, torchs=False, **options):
    from transformers import (
        GPT2Config,
        GPT2LMHeadModel,
        Trainer,
        TrainingArguments,
        get_cosine_schedule_with_warmup,
    )

    torch.manual_seed(0)
    size = {"n_layer": 1, "n_head": 2, "n_embd": 8, "n_positions": 8, "vocab_size": 32}
    model = GPT2LMHeadModel(GPT2Config(**size, bos_token_id=0, eos_token_id=0))
    optimizer = torch.optim.AdamW(model.parameters(), lr=7.0)
    arguments = TrainingArguments(
        output_dir=str(folder),
        per_device_train_batch_size=2,
        gradient_accumulation_steps=4,
        num_train_epochs=3,
        logging_steps=1,
        report_to=[],
        use_cpu=True,
        disable_tqdm=True,
        dataloader_pin_memory=False,
        **{"save_strategy": "no", **options},
    )
    scheduler = get_cosine_schedule_with_warmup(optimizer, 4, 18) if torchs else TorchScheduler(optimizer, RATE)
    trainer = Trainer(model, arguments, train_dataset=Sentences(), optimizers=(optimizer, scheduler))
    return trainer, spy(optimizer)


def test_transformers(tmp_path):
    """48 sentences, 2 a batch, 4 batches an update, 3 epochs: 18 updates."""
    trainer, seen = transformers_trainer(tmp_path)
    trainer.train()
    assert seen == expected(18)
    logged = [float(line["learning_rate"]) for line in trainer.state.log_history if "learning_rate" in line]
    assert logged == expected(18)


def test_transformers_resumes_from_its_checkpoint(tmp_path):
    whole, seen = transformers_trainer(tmp_path, save_strategy="steps", save_steps=7)
    whole.train()
    assert seen == expected(18)
    rest, seen = transformers_trainer(tmp_path)
    rest.train(resume_from_checkpoint=str(tmp_path / "checkpoint-14"))
    assert seen == expected(18, first=14)
    for one, other in zip(whole.model.parameters(), rest.model.parameters(), strict=True):
        assert torch.equal(one, other)


@pytest.mark.filterwarnings("ignore:.*of another scheduler:UserWarning")  # the Trainer swallows it
def test_transformers_takes_over_a_run_that_its_own_scheduler_began(tmp_path, caplog):
    """The Trainer loads the state by itself."""
    first, _ = transformers_trainer(tmp_path, torchs=True, save_strategy="steps", save_steps=7)
    first.train()
    rest, seen = transformers_trainer(tmp_path)
    rest.train(resume_from_checkpoint=str(tmp_path / "checkpoint-14"))
    assert seen == expected(18, first=14)
    assert (
        "last_epoch=14 is taken as the number of completed updates" in caplog.text
    )  # the Trainer swallows the warning


# Accelerate.


@pytest.mark.parametrize("build", ["before preparing", "after preparing"])
def test_accelerate(build, tmp_path):
    """Accelerate steps the scheduler at the end of an accumulation; `prepare` loads the state of the optimizer."""
    from accelerate import Accelerator

    accelerator = Accelerator(cpu=True, gradient_accumulation_steps=4)
    torch.manual_seed(0)
    model = torch.nn.Linear(4, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=torch.tensor(7.0, dtype=torch.float64))
    seen = spy(optimizer)
    scheduler = TorchScheduler(optimizer, RATE) if build == "before preparing" else None
    model, optimizer, loader = accelerator.prepare(model, optimizer, DataLoader(data(), batch_size=4))
    scheduler = accelerator.prepare(scheduler or TorchScheduler(optimizer, RATE))
    for epoch in range(5):
        for inputs, outputs in loader:
            with accelerator.accumulate(model):
                accelerator.backward(torch.nn.functional.mse_loss(model(inputs), outputs))
                optimizer.step()
                scheduler.step()
                optimizer.zero_grad()
        if epoch == 2:
            accelerator.save_state(str(tmp_path))
    assert seen == expected(20)
    accelerator.load_state(str(tmp_path))
    assert scheduler.get_last_lr() == [RATE(12)]


def test_accelerate_does_not_ask_a_callable_again():
    """`prepare` loads the state of the optimizer, when the rates are those of step 0."""
    from accelerate import Accelerator

    accelerator = Accelerator(cpu=True)
    model = torch.nn.Linear(4, 1)
    optimizer = torch.optim.SGD([{"params": [model.weight], "lr": 0.5}, {"params": [model.bias], "lr": 2.0}])
    scheduler = TorchScheduler(optimizer, by_group=lambda group: lr.warmup_constant(group["lr"], 4))
    _, optimizer, scheduler = accelerator.prepare(model, optimizer, scheduler)
    for _ in range(4):
        optimizer.step()
        scheduler.step()
    assert scheduler.get_last_lr() == [0.5, 2.0]


# ignite.


@pytest.mark.filterwarnings("ignore:.*torch.jit.*:DeprecationWarning")  # what importing ignite.engine calls
def test_ignite():
    """It asks for the value of each update and sets it itself, at the start of an iteration."""
    from ignite.engine import Engine, Events
    from ignite.handlers.param_scheduler import LRScheduler

    weights = torch.nn.Parameter(torch.ones(1))
    optimizer = torch.optim.SGD([weights], lr=7.0)
    seen = spy(optimizer)

    def update(engine, batch):
        weights.grad = torch.ones(1)
        optimizer.step()

    handler = LRScheduler(TorchScheduler(optimizer, RATE))
    trainer = Engine(update)
    trainer.add_event_handler(Events.ITERATION_STARTED, handler)
    trainer.run(range(12), max_epochs=2)
    assert seen == expected(24)
    resumed = LRScheduler(TorchScheduler(optimizer, RATE))
    resumed.load_state_dict(handler.state_dict())
    assert resumed.get_param() == RATE(24)


# Several processes.


DISTRIBUTED = """
    import os, sys, torch, lrsched as lr, torch.distributed as dist
    from lrsched.adapters.torch import TorchScheduler

    rank, meeting, rate = int(sys.argv[1]), sys.argv[2], lr.parse(sys.argv[3])
    dist.init_process_group("gloo", init_method=f"file://{meeting}", rank=rank, world_size=2)
    torch.manual_seed(0)
    model = torch.nn.parallel.DistributedDataParallel(torch.nn.Linear(4, 1))
    optimizer = torch.optim.AdamW(model.parameters(), lr=7.0)
    scheduler, seen = TorchScheduler(optimizer, rate), []
    optimizer.register_step_pre_hook(lambda optimizer, a, k: seen.append(optimizer.param_groups[0]["lr"]))
    torch.manual_seed(rank)
    for step in range(24):
        for batch in range(2):  # two micro-batches an update
            model(torch.randn(8, 4)).square().mean().backward()
        optimizer.step()
        optimizer.zero_grad()
        scheduler.step()
    everyone = [None, None]
    dist.all_gather_object(everyone, (seen, [p.tolist() for p in model.parameters()]))
    assert everyone[0] == everyone[1]
    dist.barrier()
    print(seen)
"""


def test_two_processes_see_identical_rates(tmp_path):
    """DistributedDataParallel: each process counts its own updates, and they are the same."""
    workers = [Program(DISTRIBUTED, rank, tmp_path / "meeting", RATE, GLOO_SOCKET_IFNAME="lo") for rank in range(2)]
    assert [worker.finish() for worker in workers] == [str(expected(24))] * 2


ACCELERATED = """
    import os, sys, torch, lrsched as lr
    from accelerate import Accelerator
    from lrsched.adapters.torch import TorchScheduler

    accelerator = Accelerator(cpu=True, step_scheduler_with_optimizer=False, gradient_accumulation_steps=2)
    assert accelerator.num_processes == 2
    torch.manual_seed(0)
    model = torch.nn.Linear(4, 1)
    optimizer, seen = torch.optim.AdamW(model.parameters(), lr=7.0), []
    optimizer.register_step_pre_hook(lambda optimizer, a, k: seen.append(optimizer.param_groups[0]["lr"]))
    scheduler = TorchScheduler(optimizer, lr.parse(sys.argv[1]))
    model, optimizer, scheduler = accelerator.prepare(model, optimizer, scheduler)
    for batch in range(48):
        with accelerator.accumulate(model):
            accelerator.backward(model(torch.randn(8, 4)).square().mean())
            optimizer.step()
            if accelerator.sync_gradients and not optimizer.step_was_skipped:
                scheduler.step()
            optimizer.zero_grad()
    accelerator.wait_for_everyone()
    print(seen)
"""


def test_accelerate_in_two_processes():
    """By itself Accelerate would step the scheduler once for each process; here the updates are counted."""
    common = {"WORLD_SIZE": 2, "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": free_port(), "GLOO_SOCKET_IFNAME": "lo"}
    workers = [Program(ACCELERATED, RATE, **common, RANK=rank, LOCAL_RANK=rank) for rank in range(2)]
    assert [worker.finish() for worker in workers] == [str(expected(24))] * 2


def free_port():
    import socket

    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


# A process that is killed.

KILLED = """
    import os, sys, time, torch, lrsched as lr
    from lrsched.adapters.torch import TorchScheduler

    torch.set_num_threads(1)
    path, rate, pause = sys.argv[1], lr.parse(sys.argv[2]), float(sys.argv[3])
    torch.manual_seed(0)
    model = torch.nn.Linear(4, 1)
    optimizer = torch.optim.AdamW(model.parameters(), lr=7.0)
    scheduler, seen = TorchScheduler(optimizer, rate), []
    optimizer.register_step_pre_hook(lambda optimizer, a, k: seen.append(optimizer.param_groups[0]["lr"]))
    if os.path.exists(path):
        state = torch.load(path, weights_only=True)
        model.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        scheduler.load_state_dict(state["scheduler"])
        seen += state["seen"]
    for step in range(scheduler.last_epoch, 400):
        generator = torch.Generator().manual_seed(step)
        model(torch.randn(8, 4, generator=generator)).square().mean().backward()
        optimizer.step()
        optimizer.zero_grad()
        scheduler.step()
        parts = {"model": model, "optimizer": optimizer, "scheduler": scheduler}
        torch.save({**{name: part.state_dict() for name, part in parts.items()}, "seen": seen}, path + ".new")
        os.replace(path + ".new", path)
        print(step, flush=True)
        time.sleep(pause)
    print(seen, [p.tolist() for p in model.parameters()])
"""


def test_a_killed_run_goes_on_as_if_it_were_not(tmp_path):
    rate = lr.sgdr(0.05, 0.001, 60, period_mult=2, value_mult=0.5)
    whole = Program(KILLED, tmp_path / "whole", rate, 0).finish()
    assert whole.startswith(str([rate(k) for k in range(400)]))
    kills = []
    for steps in (37, 90, 61):
        program = Program(KILLED, tmp_path / "killed", rate, 0.005)  # it must not be over before it is killed
        for _ in range(steps):
            last = program.lines.readline()
        assert program.kill() == -signal.SIGKILL
        kills.append(int(last))
    assert 0 < kills[0] < kills[1] < kills[2] < 399
    assert Program(KILLED, tmp_path / "killed", rate, 0).finish() == whole
