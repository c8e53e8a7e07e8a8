"""The how-to pages: their code runs in the real frameworks, and every update uses the rate of the page's schedule."""

import math
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.optim.lr_scheduler import CosineAnnealingLR, LambdaLR, LinearLR, SequentialLR
from torch.optim.optimizer import register_optimizer_step_pre_hook

import lrsched

from .test_documents import run_examples

PAGES = sorted((Path(__file__).parent.parent / "docs" / "howto").glob("*.md"))
BLOCKS = {
    page.stem: re.findall(r"^```python\n(.*?)^```$", page.read_text(), re.MULTILINE | re.DOTALL) for page in PAGES
}

pytestmark = [
    pytest.mark.slow,
    # What frameworks say about themselves, not about the schedulers.
    pytest.mark.filterwarnings(
        "ignore:.*does not have many workers",
        "ignore:.*LeafSpec.*:FutureWarning",
        "ignore:.*pin_memory.*:UserWarning",
        "ignore:.*torch.jit.*:DeprecationWarning",
        "ignore:__array__ implementation:DeprecationWarning",
    ),
]


@pytest.fixture
def used(monkeypatch, tmp_path):
    """The rates of every update that any PyTorch optimizer does, by optimizer, in the order of their first updates."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WANDB_MODE", "offline")
    monkeypatch.setenv("WANDB_SILENT", "true")
    seen = {}

    def look(optimizer, *_):
        rates = [float(group["lr"]) for group in optimizer.param_groups]
        seen.setdefault(id(optimizer), (optimizer, []))[1].append(rates)  # kept, so that its id stays its own

    hook = register_optimizer_step_pre_hook(look)
    yield lambda: [rates for _, rates in seen.values()]
    hook.remove()


def run(name, blocks=None):
    """Run the Python blocks of a page, or the first few of them; its names."""
    text = "\n".join(f"```python\n{block}```\n" for block in BLOCKS[name][:blocks])
    return run_examples(f"{name}.md", text)


def rates(schedule, updates):
    return [[schedule(step)] for step in range(updates)]


def test_pytorch(used):
    names = run("pytorch")
    (seen,) = used()
    assert seen[:200] == rates(names["schedule"], 100) * 2


def test_lightning(used):
    run("lightning")
    (seen,) = used()
    assert seen == rates(lrsched.warmup_cosine(1e-3, 4, 40), 40)


def test_transformers(used):
    """Trained to its end, resumed from a checkpoint before it, made with both objects, and with groups' own rates."""
    names = run("transformers", 1)
    schedule = lrsched.warmup_cosine(3e-4, 2, 18, end_value=3e-5)
    logged = [line["learning_rate"] for line in names["trainer"].state.log_history if "learning_rate" in line]
    assert logged == [schedule(step) for step in range(18)]
    shutil.rmtree("out/checkpoint-18")
    exec("".join(BLOCKS["transformers"][1:3]), names)
    (seen,) = used()
    assert seen[:18] == [[rate, rate] for (rate,) in rates(schedule, 18)]
    assert seen[18:] == seen[10:18]
    assert names["trainer"].lr_scheduler is names["scheduler"]
    exec(BLOCKS["transformers"][3], names)
    names["trainer"].train()
    factor = lrsched.warmup_cosine(1, 2, 18, end_value=0.1)
    assert used()[1] == [[factor(step) * names["arguments"].learning_rate] * 2 for step in range(18)]


def test_accelerate(used):
    run("accelerate")
    (seen,) = used()
    assert seen == rates(lrsched.warmup_linear(1e-3, 2, 20), 20)


def test_optax():
    names = run("optax")
    assert names["rates"].tolist() == pytest.approx([1e-4, 3e-4, 1e-3], rel=1e-6)


def test_keras(used):
    names = run("keras")
    ends = [names["rate"].schedule(4 * epoch + 3) for epoch in range(5)]
    assert names["history"].history["lr"] == pytest.approx(ends, rel=1e-6)  # float32
    assert int(names["model"].optimizer.iterations) == 20


def test_resume(used):
    names = run("resume")
    assert used() == [rates(names["schedule"], 5)]


@pytest.mark.parametrize("name", ["extend", "groups", "hyperparameters"])
def test_a_page_holds_what_it_asserts(used, name):
    assert "assert" in "".join(BLOCKS[name])
    run(name)


def test_logging(used):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    names = run("logging")
    events = EventAccumulator("runs").Reload()
    logged = {event.step: event.value for event in events.Scalars("lr")}
    assert logged == {step: np.float32(names["schedule"](step)) for step in range(100)}


# A hand-written rate: what each script computes, beside what the page puts in its place.


@pytest.fixture(scope="module")
def get_lr():
    """The blocks of the page, each run by itself after the imports."""

    def run_block(number):
        names = {"lrsched": lrsched, "np": np, "LambdaLR": LambdaLR, "optimizer": optimizer(2e-5)}
        exec(BLOCKS["get_lr"][number], names)
        return names

    return [run_block(number) for number in range(len(BLOCKS["get_lr"]))]


def test_two_functions_are_compared(get_lr, capsys):
    exec(BLOCKS["get_lr"][-1], {"lrsched": lrsched})
    assert "different" not in capsys.readouterr().out


def optimizer(*rates):
    return torch.optim.SGD([{"params": [torch.nn.Parameter(torch.zeros(1))], "lr": rate} for rate in rates])


def trained(scheduler, updates):
    """The rates of each group at some updates."""
    seen = []
    for _ in range(updates):
        seen.append([group["lr"] for group in scheduler.optimizer.param_groups])
        scheduler.optimizer.step()
        scheduler.step()
    return seen


def cosine(part):
    return 0.5 * (1 + math.cos(math.pi * part))


def assert_near(ours, theirs, rtol=1e-10):
    np.testing.assert_allclose(ours, theirs, rtol=rtol, atol=1e-18)


@pytest.mark.parametrize("old", [False, True])
def test_nanogpt(get_lr, old):
    def theirs(it):
        if it < 2_000:
            return 6e-4 * it / 2_000 if old else 6e-4 * (it + 1) / 2_001
        return 6e-5 + cosine(min((it - 2_000) / 598_000, 1)) * (6e-4 - 6e-5)

    ours = lrsched.warmup_cosine(6e-4, 2_000, 600_000, end_value=6e-5) if old else get_lr[0]["get_lr"]
    steps = [*range(2_100), *range(2_100, 610_000, 1_009)]
    assert_near([ours(step) for step in steps], [theirs(step) for step in steps])


def linear_factor(step):
    """`get_linear_schedule_with_warmup(optimizer, 100, 1_000)`."""
    return step / 100 if step < 100 else max(0.0, (1_000 - step) / 900)


def test_accelerates_scripts(get_lr):
    theirs, ours = LambdaLR(optimizer(2e-5), linear_factor), get_lr[1]["lr_scheduler"]
    assert_near(trained(ours, 1_010), trained(theirs, 1_010))


def test_checkpoints_load_in_both_directions():
    """The old code's checkpoint in the new code, and back; groups keep their rates."""
    makers = [lambda: linear_factor, lambda: lrsched.warmup_linear(1.0, 100, 1_000)]
    whole = trained(LambdaLR(optimizer(2e-5, 1e-3), linear_factor), 60)
    for first, second in (makers, makers[::-1]):
        before = LambdaLR(optimizer(2e-5, 1e-3), first())
        assert_near(trained(before, 40), whole[:40])
        after = LambdaLR(optimizer(2e-5, 1e-3), second())
        after.optimizer.load_state_dict(before.optimizer.state_dict())
        after.load_state_dict(before.state_dict())
        assert_near(trained(after, 20), whole[40:])


def test_torchvision(get_lr):
    theirs = optimizer(2e-5)
    parts = [LinearLR(theirs, start_factor=0.01, total_iters=5), CosineAnnealingLR(theirs, T_max=595)]
    expected = trained(SequentialLR(theirs, parts, milestones=[5]), 600)
    assert_near(trained(get_lr[2]["lr_scheduler"], 600), expected, rtol=1e-9)  # theirs is a recursion


def test_mae(get_lr):
    def theirs(epoch):
        if epoch < 40:
            return 1.5e-4 * epoch / 40
        return 0.0 + (1.5e-4 - 0.0) * cosine((epoch - 40) / 760)

    epochs = [epoch + batch / 7 for epoch in (*range(45), *range(45, 800, 25)) for batch in range(7)]
    schedule = get_lr[3]["schedule"]
    assert_near([schedule(epoch) for epoch in epochs], [theirs(epoch) for epoch in epochs])
    stretched = lrsched.stretch(schedule, 7)
    assert_near([stretched(step) for step in range(700)], [theirs(step / 7) for step in range(700)])


def test_dino(get_lr):
    parts = np.arange(45_000) / 45_000
    warmup = np.linspace(0, 5e-4, 5_000)
    decay = 1e-6 + 0.5 * (5e-4 - 1e-6) * (1 + np.cos(np.pi * parts))
    assert_near(get_lr[4]["table"].tolist(), [*warmup, *decay])


def test_stages(get_lr):
    def theirs(step):
        return 0.1 * min(step / 500, 1) * 0.1 ** (step // 30_000)

    steps = [*range(600), *range(29_990, 30_010), *range(59_990, 60_010), 100_000]
    schedule = get_lr[5]["schedule"]
    assert_near([schedule(step) for step in steps], [theirs(step) for step in steps])


# The pages themselves.


def test_the_notebook(used):
    names = run("notebook")
    assert names["rates"].shape == (10_001,)
    assert '<img src="data:image/svg+xml' in names["schedule"]._repr_html_()


SEARCHED = {
    "get_cosine_schedule_with_warmup": "transformers",
    "TrainingArguments": "transformers",
    "configure_optimizers": "lightning",
    "LLRD": "groups",
    "hydra": "../configs",
    "wandb": "logging",
    "TensorBoard": "logging",
    "LambdaLR": "get_lr",
    "resume": "resume",
    "extend": "extend",
}


@pytest.mark.parametrize("word", SEARCHED)
def test_what_users_search_for_is_there(word):
    assert word.lower() in (PAGES[0].parent / f"{SEARCHED[word]}.md").read_text().lower()
