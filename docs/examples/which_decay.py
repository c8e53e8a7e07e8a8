"""Eleven schedules at equal budget, on handwritten digits and on text.

Every schedule is first tried with several peaks, on a few seeds. At the best of them it is trained on as many other
seeds, the same ones for all schedules, and compared. Run it with `python docs/examples/which_decay.py`; it takes about
five minutes of two cores. `--write` puts the tables and the picture into the page. It needs optax and scikit-learn,
whose digits come with it, and for the picture matplotlib.
"""

from collections.abc import Callable
from functools import cache, partial
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import jax
import numpy as np
import optax
import text
from scipy.stats import ttest_rel
from sklearn.datasets import load_digits

import lrsched
from lrsched import Schedule

SHAPES: dict[str, Callable[[float, int, int], Schedule]] = {
    "constant": lambda peak, warmup, total: lrsched.warmup_constant(peak, warmup),
    "linear": lrsched.warmup_linear,
    "cosine": lrsched.warmup_cosine,
    "wsd": lambda peak, warmup, total: lrsched.wsd(peak, warmup, total, total // 5),
    "wsd, 1-sqrt": lambda peak, warmup, total: lrsched.wsd(
        peak, warmup, total, total // 5, decay=lrsched.one_minus_sqrt
    ),
    "sgdr": lambda peak, warmup, total: lrsched.warmup(
        lrsched.sgdr(peak, 0.0, (total - warmup) // 7, period_mult=2), warmup
    ),
    "step": lambda peak, warmup, total: lrsched.warmup(lrsched.step_decay(peak, 0.1, -((warmup - total) // 3)), warmup),
    "exponential": lambda peak, warmup, total: lrsched.warmup(
        lrsched.exponential(peak, peak / 100, total - warmup), warmup
    ),
    "polynomial": lambda peak, warmup, total: lrsched.warmup_polynomial(peak, warmup, total, power=2.0),
    "inverse_sqrt": lambda peak, warmup, total: lrsched.warmup_inverse_sqrt(peak, warmup),
    "one_cycle": lambda peak, warmup, total: lrsched.one_cycle(peak, total),
}
"""From the peak, the updates of warmup and those of the whole run. One-cycle brings its own warmup, 30 % of the run."""

REFERENCE = "cosine"
LEVEL = 0.05 / (len(SHAPES) - 1)
"""Ten schedules are compared with the reference: one in twenty such tables finds a difference where there is none."""


class Task(NamedTuple):
    """What is learned, and for how long; `start` gives the network and the batches of a seed."""

    peaks: tuple[float, ...]
    tries: int
    updates: int
    warmup: int
    optimizer: Callable[..., optax.GradientTransformation]
    loss: Callable[[Any, Any], Any]
    start: Callable[[int, int], tuple[Any, Any]]
    held_out: Callable[[], Any]

    def schedule(self, shape: str, peak: float) -> Schedule:
        """A schedule of the whole run."""
        return SHAPES[shape](peak, self.warmup, self.updates)

    @property
    def seeds(self) -> int:
        """The number of seeds in the comparison: as many trainings as there were tries."""
        return len(self.peaks) * self.tries


class Result(NamedTuple):
    """Of one shape: the loss at every peak that was tried, the best peak, and the loss on every seed at that peak."""

    tried: np.ndarray
    peak: float
    losses: np.ndarray
    rates: np.ndarray


# Digits.


@cache
def digits() -> tuple[np.ndarray, np.ndarray]:
    """Images and labels, shuffled: 1 000 to train on, the other 797 held out."""
    images, labels = load_digits(return_X_y=True)
    order = np.random.default_rng(0).permutation(len(labels))
    return images[order].astype(np.float32) / 16, labels[order].astype(np.int32)


def digits_start(seed: int, updates: int) -> tuple[Any, Any]:
    """Two dense layers, and batches of 32."""
    rng = np.random.default_rng(seed)
    sizes = (64, 32, 10)
    network = [(rng.normal(size=size) * (2 / size[0]) ** 0.5).astype(np.float32) for size in pairwise(sizes)]
    chosen = rng.integers(1000, size=(updates, 32))
    return network, tuple(part[chosen] for part in digits())


def digits_loss(network: Any, batch: Any) -> Any:
    """The mean cross entropy."""
    images, labels = batch
    scores = jax.nn.relu(images @ network[0]) @ network[1]
    return optax.softmax_cross_entropy_with_integer_labels(scores, labels).mean()


def digits_held_out() -> Any:
    """The digits that are not trained on."""
    return tuple(part[1000:] for part in digits())


# Text.


def text_start(seed: int, updates: int) -> tuple[Any, Any]:
    """A small transformer, and batches of eight excerpts."""
    return text.new_network(seed), text.batches(text.letters()[0], seed, updates, 8)


TASKS = {
    "digits": Task(
        peaks=(0.03, 0.05, 0.1, 0.2, 0.3, 0.5),
        tries=4,
        updates=450,
        warmup=30,
        optimizer=partial(optax.sgd, momentum=0.9),
        loss=digits_loss,
        start=digits_start,
        held_out=digits_held_out,
    ),
    "text": Task(
        peaks=(0.007, 0.014, 0.028, 0.056),
        tries=2,
        updates=400,
        warmup=36,
        optimizer=optax.adam,
        loss=text.loss,
        start=text_start,
        held_out=lambda: text.held_out(1024),
    ),
}


# Training.


def measure(task: Task, shape: str) -> Result:
    """Find the peak of a shape, then train with it on other seeds: one compiled program, which is run twice."""
    held_out = task.held_out()

    @jax.jit
    def trainings(peaks: Any, starts: Any) -> Any:
        def training(pair: Any) -> Any:
            peak, start = pair
            network, trace = text.train(task.loss, task.optimizer, task.schedule(shape, peak), *start)
            return task.loss(network, held_out), trace.rates

        return jax.lax.map(training, (peaks, starts))

    def run(peaks: list[float], seeds: list[int]) -> tuple[np.ndarray, np.ndarray]:
        starts = text.stacked([task.start(seed, task.updates) for seed in seeds])
        return jax.tree.map(np.asarray, trainings(np.array(peaks), starts))

    tries = list(range(task.tries))
    losses, _ = run([peak for peak in task.peaks for _ in tries], tries * len(task.peaks))
    tried = np.nan_to_num(losses, nan=np.inf).reshape(len(task.peaks), task.tries).mean(axis=1)
    peak = task.peaks[tried.argmin()]
    return Result(tried, peak, *run([peak] * task.seeds, list(range(100, 100 + task.seeds))))


# What is told.


def rows(task: Task, results: dict[str, Result]) -> list[list[str]]:
    """The table of one task, its head first."""
    head = ["schedule", "peak", "loss", "spread", f"more than {REFERENCE}", "significant", "lower peak", "higher peak"]
    return [head, *(row(task, shape, result, results[REFERENCE]) for shape, result in results.items())]


def row(task: Task, shape: str, result: Result, reference: Result) -> list[str]:
    """The row of one shape: its losses, how much more they are than the reference's, and what the next peaks add."""
    losses, more = result.losses, result.losses - reference.losses
    compared = ["", ""]
    if shape != REFERENCE:
        error = more.std(ddof=1) / len(more) ** 0.5
        apart = ttest_rel(losses, reference.losses).pvalue < LEVEL
        compared = [f"{more.mean():+.4f} ± {error:.4f}", ("worse" if more.mean() > 0 else "better") if apart else "no"]
    place = task.peaks.index(result.peak)
    lower, _, higher = ["", *(f"{loss:+.4f}" for loss in result.tried - result.tried[place]), ""][place : place + 3]
    told = [f"{losses.mean():.4f}", f"{losses.std(ddof=1):.4f}"]
    return [f"`{shape}`", f"{result.peak:g}", *told, *compared, lower, higher]


def draw(found: dict[str, dict[str, Result]], path: Path) -> None:
    """The losses of all seeds, a panel for each task."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context(text.page_style()):
        figure = Figure(figsize=(9.0, 2.6))
        (panels,) = figure.subplots(1, len(found), sharey=True, squeeze=False)
        for axes, (name, results) in zip(panels, found.items(), strict=True):
            for place, result in enumerate(results.values()):
                mean = result.losses.mean()
                axes.plot(result.losses, [place] * len(result.losses), "o", color="#3584e4", alpha=0.4, markersize=4)
                axes.plot([mean, mean], [place - 0.35, place + 0.35], color="#e66100", linewidth=1.6)
            axes.set(title=name, xlabel="loss on what is held out", yticks=range(len(results)), yticklabels=results)
        axes.invert_yaxis()
        figure.subplots_adjust(left=0.12, right=0.98, bottom=0.18, top=0.9, wspace=0.08)
        figure.savefig(path, format="svg", transparent=True, metadata={"Date": None, "Creator": None})


def render(found: dict[str, dict[str, Result]]) -> str:
    """The tables as Markdown."""
    parts: list[str] = []
    for name, results in found.items():
        task = TASKS[name]
        what = f"{task.updates} updates, {task.seeds} seeds, peaks tried: {', '.join(f'{p:g}' for p in task.peaks)}"
        parts += [f"**{name}**: {what}.", text.table(rows(task, results))]
    return "\n\n".join([*parts, f"{text.versions('numpy', 'jax', 'optax', 'scikit-learn')}."])


def main(write: bool = False) -> dict[str, dict[str, Result]]:
    """Train, print, and write the page where asked to."""
    found = {name: {shape: measure(task, shape) for shape in SHAPES} for name, task in TASKS.items()}
    print(render(found))
    if write:
        text.PAGE.write_text(text.splice(text.PAGE.read_text(), "which_decay.py", render(found)))
        draw(found, text.IMAGES / "which_decay.svg")
    return found


if __name__ == "__main__":
    main(text.asked_to_write(__doc__ or ""))
