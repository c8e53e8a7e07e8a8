"""A small transformer learns text with Adam, with warmup and without: the loss and the norm of the gradient.

Run it with `python docs/examples/why_warmup.py`; it takes about a minute on two cores. `--write` puts the table and the
picture into the page. It needs optax, and for the picture matplotlib. The text is in Python itself.
"""

from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import jax
import numpy as np
import optax
import text

import lrsched

UPDATES = 400
BATCH = 16
WARMUP = 40
PEAKS = (0.003, 0.01, 0.03)
SEEDS = 3
NORMS = ("after", "before")
"""Where the layer normalization stands: after each part of the network, as in the first transformer, or before it."""


class Result(NamedTuple):
    """Of every training, (peak, warmup or none, seed): the loss on what is held out, and the trace of all updates."""

    losses: np.ndarray
    trace: text.Trace


def measure(norm: str, updates: int = UPDATES) -> Result:
    """All peaks and seeds, without warmup and with it, in one program: the schedules differ in numbers only."""
    cases = list(product(PEAKS, (0, WARMUP), range(SEEDS)))
    schedules = text.stacked([lrsched.warmup_constant(peak, warmup) for peak, warmup, _ in cases])
    networks = text.stacked([text.new_network(seed) for *_, seed in cases])
    data = text.stacked([text.batches(text.letters()[0], seed, updates, BATCH) for *_, seed in cases])
    held_out = text.held_out(1024)

    def loss(network: Any, texts: Any) -> Any:
        return text.loss(network, texts, norm)

    def training(case: Any) -> Any:
        network, trace = text.train(loss, optax.adam, *case)
        return loss(network, held_out), trace

    found = jax.jit(lambda *cases: jax.lax.map(training, cases))(schedules, networks, data)
    shape = (len(PEAKS), 2, SEEDS)
    return Result(*jax.tree.map(lambda numbers: np.asarray(numbers).reshape(*shape, *numbers.shape[1:]), found))


def frequency_loss() -> float:
    """The loss of a network that knows how frequent each letter is, and nothing more."""
    train, held_out = text.letters()
    counts = np.bincount(train, minlength=text.LETTERS) + 1
    return float(-np.log(counts / counts.sum())[held_out].mean())


def rows(found: dict[str, Result]) -> list[list[str]]:
    """The table, its head first: the mean loss of the seeds with its spread, and norms of the gradient.

    The largest one is that of all updates and seeds. The last columns are means of four updates of the warmup.
    """
    measures = [f"{what}, {how}" for what in ("loss", "largest gradient") for how in ("no warmup", "warmup")]
    lines = [["normalization", "peak", *measures, "gradient, warmup begins", "gradient, warmup ends"]]
    for norm, result in found.items():
        for peak, losses, norms in zip(PEAKS, result.losses, result.trace.norms, strict=True):
            largest = [f"{part.max():.1f}" for part in norms]
            warm = [spread(norms[1][:, part].mean(axis=-1), 2) for part in (slice(4), slice(WARMUP - 4, WARMUP))]
            lines.append([norm, f"{peak:g}", *map(spread, losses), *largest, *warm])
    return lines


def spread(values: np.ndarray, digits: int = 3) -> str:
    """The mean and the standard deviation."""
    return f"{values.mean():.{digits}f} ± {values.std(ddof=1):.{digits}f}"


def render(found: dict[str, Result]) -> str:
    """The table as Markdown, with what it was measured on."""
    what = f"{UPDATES} updates, {SEEDS} seeds, {WARMUP} updates of warmup"
    knows = f"A network that knows how frequent each letter is, and nothing more, has a loss of {frequency_loss():.2f}"
    versions = text.versions("numpy", "jax", "optax")
    return "\n\n".join([text.table(rows(found)), f"{what}.\n{knows}.", f"{versions}."])


def draw(result: Result, norm: str, path: Path) -> None:
    """The loss and the norm of the gradient, a column for each peak, a line for each seed."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context(text.page_style()):
        figure = Figure(figsize=(9.0, 4.0))
        grid = figure.subplots(2, len(PEAKS), sharex=True, sharey="row", squeeze=False)
        for line, label, curves in zip(grid, ("loss", "gradient norm"), result.trace[1:], strict=True):
            for axes, peak, both in zip(line, PEAKS, smooth(curves), strict=True):
                for seeds, color, name in zip(both, ("#e66100", "#3584e4"), ("without", "with warmup"), strict=True):
                    steps = np.arange(seeds.shape[-1]) * (UPDATES / seeds.shape[-1])
                    axes.plot(steps, seeds.T, color=color, linewidth=0.9, label=[name, *[""] * (SEEDS - 1)])
                if label == "loss":
                    axes.set(title=f"peak {peak:g}")
            line[0].set_ylabel(label)
        grid[1][0].set_yscale("log")
        grid[0][0].legend(frameon=False)
        figure.supxlabel(f"update (normalization {norm} each part)", fontsize=8)
        figure.subplots_adjust(left=0.07, right=0.99, bottom=0.12, top=0.93, wspace=0.06, hspace=0.12)
        figure.savefig(path, format="svg", transparent=True, metadata={"Date": None, "Creator": None})


def smooth(curves: np.ndarray, width: int = 4) -> np.ndarray:
    """The means of every few updates."""
    return curves.reshape(*curves.shape[:-1], -1, width).mean(axis=-1)


def main(write: bool = False) -> dict[str, Result]:
    """Train, print, and write the page where asked to."""
    found = {norm: measure(norm) for norm in NORMS}
    print(render(found))
    if write:
        text.WARMUP_PAGE.write_text(text.splice(text.WARMUP_PAGE.read_text(), "why_warmup.py", render(found)))
        draw(found["after"], "after", text.IMAGES / "why_warmup.svg")
    return found


if __name__ == "__main__":
    main(text.asked_to_write(__doc__ or ""))
