"""A run whose plan changes: interrupted, extended, resumed, cooled down; and its checkpoints merged instead.

A small transformer learns the docstrings of Python's standard library. Its schedule is a text until its length is
known. The run stops in the middle, is made longer, goes on from its checkpoint, and is cooled down early. A second run
keeps the constant rate instead; its checkpoints are averaged, and the averages compared with the run that was cooled
down.

Run it with `python docs/examples/plan_that_changes.py`; it takes about six minutes of one core. `--write` puts the
table and the picture into the page. It needs PyTorch, optax (for `text.py`) and SciPy, and for the picture matplotlib.
"""

import tempfile
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import text
import torch
from scipy.stats import ttest_rel
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset, RandomSampler

import lrsched
from lrsched import Schedule
from lrsched.adapters.torch import ScheduledBatchSampler, TorchScheduler, merge

PAGE = Path(__file__).parent.parent / "changing_a_run.md"
PLAN = "wsd(peak, 0.05*total, total, 0.2*total)"
REFERENCES = ("cooled down", "constant")


class Task(NamedTuple):
    """The lengths of the run and its batch (updates, samples), and how it is measured."""

    planned: int = 1_000
    interrupted: int = 500
    extended: int = 2_500
    cooled: int = 1_000
    cooldown: int = 400
    every: int = 10
    merged: tuple[int, ...] = (3, 9, 41)
    batch: int = 16
    peaks: tuple[float, ...] = (0.003, 0.006, 0.012, 0.024)
    tries: int = 2
    seeds: int = 12
    held_out: int = 1_024

    @property
    def end(self) -> int:
        """The updates of the run in the end."""
        return self.cooled + self.cooldown

    def checkpoints(self, count: int) -> list[int]:
        """The steps of so many checkpoints at the constant rate, the first and the last among them."""
        return [self.cooled + self.cooldown * index // (count - 1) for index in range(count)]

    @property
    def seen(self) -> list[int]:
        """The steps at which the loss is measured for the picture."""
        return self.checkpoints(9)


TASK = Task()


class Plans(NamedTuple):
    """What the plan of one run was: at first, after it was extended, and with its cooldown."""

    planned: Schedule
    extended: Schedule
    cooled: Schedule


def plans(task: Task, peak: float) -> Plans:
    """The three schedules; each keeps the past of the one before."""
    planned = lrsched.parse(PLAN, peak=peak, total=task.planned)
    extended = lrsched.extend(planned, task.interrupted, task.extended)
    return Plans(planned, extended, lrsched.cooldown(extended, task.cooled, task.cooldown))


# The network and its data.


class Excerpts(Dataset[Tensor]):
    """All excerpts of the text: one begins at each letter."""

    def __init__(self) -> None:
        self.letters = torch.from_numpy(text.letters()[0])

    def __len__(self) -> int:
        return len(self.letters) - text.CONTEXT

    def __getitems__(self, starts: list[int]) -> list[Tensor]:
        """The letters from each start, one more than the network reads."""
        return list(self.letters[torch.tensor(starts)[:, None] + torch.arange(text.CONTEXT + 1)].long())


class Transformer(nn.Module):
    """A pre-norm transformer of the size that `text.py` has."""

    def __init__(self) -> None:
        super().__init__()
        self.letters = nn.Embedding(text.LETTERS, text.WIDTH)
        self.places = nn.Parameter(torch.randn(text.CONTEXT, text.WIDTH))
        layer = nn.TransformerEncoderLayer(
            text.WIDTH, text.HEADS, 4 * text.WIDTH, dropout=0.0, batch_first=True, norm_first=True
        )
        norm = nn.LayerNorm(text.WIDTH)
        self.layers = nn.TransformerEncoder(layer, text.LAYERS, norm, enable_nested_tensor=False)
        self.head = nn.Linear(text.WIDTH, text.LETTERS)
        self.register_buffer("ahead", nn.Transformer.generate_square_subsequent_mask(text.CONTEXT))

    def forward(self, texts: Tensor) -> Tensor:
        """The mean cross entropy of the next letter, in nats."""
        read, due = texts[:, :-1], texts[:, 1:]
        x = self.layers(self.letters(read) + self.places, mask=self.ahead, is_causal=True)
        return nn.functional.cross_entropy(self.head(x).flatten(0, 1), due.flatten())


# The run.


class Run:
    """A training that can be saved to a file, and go on from it under another schedule."""

    def __init__(self, task: Task, schedule: Schedule, seed: int) -> None:
        torch.manual_seed(seed)
        self.model = Transformer()
        self.optimizer = torch.optim.AdamW(self.model.parameters())
        self.scheduler = TorchScheduler(self.optimizer, schedule)
        data = Excerpts()
        order = RandomSampler(data, generator=torch.Generator().manual_seed(seed))
        self.batches = ScheduledBatchSampler(order, task.batch)
        self.loader = DataLoader(data, batch_sampler=self.batches)
        self.iterator: Iterator[Tensor] | None = None
        self.rates: list[float] = []

    @property
    def parts(self) -> dict[str, Any]:
        """Everything that a checkpoint holds."""
        return {
            "model": self.model,
            "optimizer": self.optimizer,
            "scheduler": self.scheduler,
            "batches": self.batches,
        }

    def train(self, until: int) -> None:
        """Train up to a step: so many updates are completed then."""
        self.iterator = self.iterator or iter(self.loader)
        while self.scheduler.last_epoch < until:
            self.rates.append(self.optimizer.param_groups[0]["lr"])
            self.model(next(self.iterator)).backward()
            self.optimizer.step()
            self.optimizer.zero_grad()
            self.scheduler.step()

    def save(self, file: Path) -> None:
        """Write a checkpoint."""
        torch.save({name: part.state_dict() for name, part in self.parts.items()}, file)

    def load(self, file: Path) -> list[str]:
        """Go on from a checkpoint; returns what the scheduler says of the change of plan."""
        saved = torch.load(file, weights_only=True)
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            for name, part in self.parts.items():
                part.load_state_dict(saved[name])
        self.iterator = None
        return [str(warning.message) for warning in said]


@torch.no_grad()
def loss(weights: dict[str, Any], texts: Tensor) -> float:
    """The loss of a network with these weights."""
    model = Transformer()
    model.load_state_dict(weights)
    return float(model(texts))


class Result(NamedTuple):
    """Of one seed: the losses in the end by name, those in the picture, the warnings, and the rate of every update."""

    losses: dict[str, float]
    curves: dict[str, list[float]]
    said: list[str]
    rates: list[float]


def whole(task: Task, peak: float, seed: int) -> dict[str, Any]:
    """The weights after a run whose changes were known from the start: without an interruption."""
    run = Run(task, plans(task, peak).cooled, seed)
    run.train(task.end)
    return run.model.state_dict()


def measure(task: Task, peak: float, seed: int) -> Result:
    """One run with all its changes, another that keeps the constant rate, and averages of the checkpoints of that."""
    texts = torch.from_numpy(text.held_out(task.held_out)).long()
    with tempfile.TemporaryDirectory() as folder:
        return _measure(task, peak, seed, texts, Path(folder))


def _measure(task: Task, peak: float, seed: int, texts: Tensor, folder: Path) -> Result:
    planned, extended, cooled = plans(task, peak)

    def file(step: int) -> Path:
        return folder / f"step-{step}.pt"

    first = Run(task, planned, seed)
    first.train(task.interrupted)
    first.save(file(task.interrupted))  # here the process may end

    constant = Run(task, extended, seed)
    said = constant.load(file(task.interrupted))
    for step in range(task.cooled, task.end + 1, task.every):
        constant.train(step)
        constant.save(file(step))

    decayed = Run(task, cooled, seed)
    said += decayed.load(file(task.cooled))
    falling: list[float] = []
    for step in task.seen:
        decayed.train(step)
        falling.append(loss(decayed.model.state_dict(), texts))

    first.train(task.planned)  # as if nothing had changed

    def merged(steps: Sequence[int]) -> float:
        decay = lrsched.cooldown(extended, task.cooled, steps[-1] - task.cooled)
        weights = lrsched.merge_weights(decay, steps)
        return loss(merge([file(step) for step in steps], weights, key="model"), texts)

    kept = [loss(torch.load(file(step), weights_only=True)["model"], texts) for step in task.seen]
    averages = [merged(range(task.cooled, step + 1, task.every)) for step in task.seen[1:]]
    last = {
        "as planned": loss(first.model.state_dict(), texts),
        "constant, before": kept[0],
        "constant": kept[-1],
        "cooled down": falling[-1],
        **{f"merged, {count} checkpoints": merged(task.checkpoints(count)) for count in task.merged},
    }
    before = first.rates[: task.interrupted] + constant.rates[: task.cooled - task.interrupted]
    curves = {"constant": kept, "cooled down": falling, "merged": [kept[0], *averages]}
    return Result(last, curves, said, before + decayed.rates)


def best_peak(task: Task) -> float:
    """The peak with which the run that is cooled down has the lowest loss, on other seeds than those of the table."""
    texts = torch.from_numpy(text.held_out(task.held_out)).long()
    tried = {peak: [loss(whole(task, peak, 100 + n), texts) for n in range(task.tries)] for peak in task.peaks}
    return min(tried, key=lambda peak: float(np.mean(tried[peak])))


# What is told.


def rows(task: Task, results: Sequence[Result]) -> list[list[str]]:
    """The table, its head first: each loss, and how much more it is than those of the two runs with 1,400 updates."""
    updates = {"as planned": task.planned, "constant, before": task.cooled}
    found = [["weights", "updates", "loss", "spread"]]
    found[0] += [cell for other in REFERENCES for cell in (f"more than {other}", "significant")]
    losses = {name: np.array([result.losses[name] for result in results]) for name in results[0].losses}
    level = 0.05 / (len(REFERENCES) * (len(losses) - 1))
    for name, own in losses.items():
        told = [f"{updates.get(name, task.end):,}", f"{own.mean():.3f}", f"{own.std(ddof=1):.3f}"]
        found.append([name, *told, *(cell for other in REFERENCES for cell in compared(own, losses[other], level))])
    return found


def compared(losses: np.ndarray, others: np.ndarray, level: float) -> list[str]:
    """By how much they differ for the same seed, and whether that is significant."""
    more = losses - others
    if not more.any():
        return ["", ""]
    apart = ttest_rel(losses, others).pvalue < level
    answer = ("worse" if more.mean() > 0 else "better") if apart else "no"
    return [f"{more.mean():+.3f} ± {more.std(ddof=1) / len(more) ** 0.5:.3f}", answer]


def draw(task: Task, peak: float, results: Sequence[Result], path: Path) -> None:
    """The rates of the plans, and the losses from the first update of the cooldown on."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    planned, extended, cooled = plans(task, peak)
    with mpl.rc_context(text.page_style()):
        figure = Figure(figsize=(9.0, 2.6))
        rate, losses = figure.subplots(1, 2)
        for schedule, end, style in (
            (planned, task.planned, {"color": "#7d858f", "linestyle": "--", "label": "as planned"}),
            (extended, task.end, {"color": "#3584e4", "label": "constant"}),
            (cooled, task.end, {"color": "#e66100", "label": "cooled down"}),
        ):
            rate.plot(np.arange(end + 1), schedule(np.arange(end + 1)), linewidth=1.6, **style)
        rate.set(title="learning rate", xlabel="update", ylim=(0, None))
        rate.axvline(task.interrupted, color="#7d858f", linewidth=0.8, linestyle=":")
        for name, colour in (("constant", "#3584e4"), ("merged", "#33a02c"), ("cooled down", "#e66100")):
            curve = np.mean([result.curves[name] for result in results], axis=0)
            losses.plot(task.seen, curve, color=colour, label=name, linewidth=1.6, marker="o", markersize=3)
        losses.set(title="validation loss", xlabel="update")
        for axes in (rate, losses):
            axes.legend(frameon=False, labelcolor="#7d858f")
        figure.subplots_adjust(left=0.07, right=0.98, bottom=0.18, top=0.9, wspace=0.16)
        figure.savefig(path, format="svg", transparent=True, metadata={"Date": None, "Creator": None})


def render(task: Task, peak: float, results: Sequence[Result]) -> str:
    """The table as Markdown, and with what it was measured."""
    tried = ", ".join(f"{other:g}" for other in task.peaks)
    what = f"{task.seeds} seeds, the peak {peak:g} (tried: {tried}), batches of {task.batch} excerpts."
    return "\n\n".join([text.table(rows(task, results)), what, f"{text.versions('numpy', 'torch')}."])


def main(write: bool = False, task: Task = TASK) -> list[Result]:
    """Train, print, and write the page where asked to."""
    torch.set_num_threads(1)  # the network is small
    peak = best_peak(task)
    results = [measure(task, peak, seed) for seed in range(task.seeds)]
    print(render(task, peak, results))
    if write:
        PAGE.write_text(text.splice(PAGE.read_text(), "plan_that_changes.py", render(task, peak, results)))
        draw(task, peak, results, text.IMAGES / "plan_that_changes.svg")
    return results


if __name__ == "__main__":
    main(text.asked_to_write(__doc__ or ""))
