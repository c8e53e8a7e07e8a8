"""How much the first updates of Adam differ by chance, relative to later ones, and what RAdam's factor expects of it.

The weights of the transformer of `why_warmup.py` stay as they are at the start of training, so that its gradients come
from one distribution, as RAdam assumes. Many runs of Adam see them in different orders; the spread is the standard
deviation over the runs. Run it with `python docs/examples/warmup_spread.py`; it takes half a minute on two cores.
`--write` puts the table and the picture into the page. It needs optax and, for the picture, matplotlib.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import jax
import numpy as np
import text

import lrsched

NORM = "after"
BATCH = 16
SEEDS = 3
RUNS = 48
UPDATES = 8000
LONG_RUN = 2000
"""The last updates, whose spread is that of the long run."""
BETAS_2 = (0.999, 0.95)
BETA_1 = 0.9
AT = (0, 10, 30, 100, 300, 1000, 3000)
POOL = 512
WEIGHTS = 256


class Spread(NamedTuple):
    """The spread at every update over that of the long run."""

    factor: np.ndarray
    """Of Adam's 1/sqrt(v)."""
    adam: np.ndarray
    """Of Adam's update, m/sqrt(v)."""
    sgd: np.ndarray
    """Of the update of SGD with momentum, which has no v."""


def gradients(seed: int) -> np.ndarray:
    """The gradients of many batches at the first weights of a seed, for some weights of the first layer."""
    network = text.new_network(seed)
    batches = text.batches(text.letters()[0], seed, POOL, BATCH)

    def gradient(batch: Any) -> Any:
        return jax.grad(text.loss)(network, batch, NORM)["layers"]["ask"].ravel()

    found = np.asarray(jax.jit(lambda batches: jax.lax.map(gradient, batches))(batches))
    return found[:, np.random.default_rng(seed).choice(found.shape[1], WEIGHTS, replace=False)]


def normal(seed: int) -> np.ndarray:
    """Gradients as RAdam assumes them: normal, with mean 0."""
    return np.random.default_rng(seed).normal(size=(POOL * 8, WEIGHTS)).astype(np.float32)


def spread(pool: np.ndarray, beta_2: float, seed: int, updates: int = UPDATES) -> Spread:
    """Run Adam many times on gradients that are drawn from a pool."""
    rng = np.random.default_rng(seed)
    m, v = np.zeros((2, RUNS, pool.shape[1]), np.float32)
    found = np.empty((3, updates, pool.shape[1]), np.float32)
    for step in range(updates):
        gradient = pool[rng.integers(len(pool), size=RUNS)]
        m += (1 - BETA_1) * (gradient - m)
        v += (1 - beta_2) * (gradient * gradient - v)
        factor = np.sqrt((1 - beta_2 ** (step + 1)) / v)
        adam = factor * m / (1 - BETA_1 ** (step + 1))
        found[:, step] = [part.std(axis=0) for part in (factor, adam, m)]
    return Spread(*(np.median(part / part[-LONG_RUN:].mean(axis=0), axis=1) for part in found))


def expected(beta_2: float, steps: Any) -> np.ndarray:
    """The spread that RAdam expects of 1/sqrt(v): one over its factor, infinite for the first updates."""
    factor = np.asarray(lrsched.radam_warmup(beta_2)(np.asarray(steps)))
    return np.divide(1.0, factor, out=np.full(factor.shape, np.inf), where=factor > 0)


# What is told.

Found = dict[tuple[str, float], list[Spread]]
"""Of the gradients of a source, and beta_2: a spread for each seed."""
SOURCES: dict[str, Callable[[int], np.ndarray]] = {"network": gradients, "normal": normal}


def rows(found: Found) -> list[list[str]]:
    """The table, its head first: the mean of the seeds and their standard deviation."""
    lines = [["spread / long run", "gradients", "β₂", *map(str, AT)]]
    for beta_2 in BETAS_2:
        lines.append(["1/√v, RAdam's formula", "normal", f"{beta_2:g}", *map(number, expected(beta_2, AT))])
        for place, name in enumerate(("1/√v", "update of Adam")):
            lines += [[name, source, f"{beta_2:g}", *cells(found[source, beta_2], place)] for source in SOURCES]
    return [*lines, *(["update of SGD", source, "", *cells(found[source, BETAS_2[0]], 2)] for source in SOURCES)]


def cells(seeds: list[Spread], place: int) -> list[str]:
    """One spread at the updates of the table; that of 1/sqrt(v) is infinite at first, and no sample shows it."""
    values = np.array([spread[place][list(AT)] for spread in seeds])
    found = [f"{x.mean():.2f} ± {x.std(ddof=1):.2f}" for x in values.T]
    return ["", *found[1:]] if place == 0 else found


def number(value: float) -> str:
    """Two digits after the point, or the word."""
    return f"{value:.2f}" if np.isfinite(value) else "infinite"


def render(found: Found) -> str:
    """The table as Markdown, with what it was measured on."""
    what = f"{SEEDS} seeds, {RUNS} runs of each, {WEIGHTS} weights; the long run is the last {LONG_RUN:,} of"
    versions = text.versions("numpy", "jax")
    return "\n\n".join([text.table(rows(found)), f"{what} {UPDATES:,} updates.", f"{versions}."])


def draw(found: Found, path: Path) -> None:
    """A panel for each beta_2: the spreads of the first seed, and RAdam's formula."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    steps = np.unique(np.geomspace(5, UPDATES // 2, 300).astype(int))  # fewer points than updates
    with mpl.rc_context(text.page_style()):
        figure = Figure(figsize=(9.0, 2.6))
        (grid,) = figure.subplots(1, len(BETAS_2), sharey=True, squeeze=False)
        for axes, beta_2 in zip(grid, BETAS_2, strict=True):
            for source, color in (("network", "#3584e4"), ("normal", "#26a269")):
                one = found[source, beta_2][0]
                axes.plot(steps, one.factor[steps], color=color, linewidth=0.9, label=f"1/√v, {source}")
            one = found["network", beta_2][0]
            axes.plot(steps, one.adam[steps], color="#9141ac", linewidth=0.9, label="update of Adam, network")
            axes.plot(steps, expected(beta_2, steps), "--", color="#e66100", linewidth=1.2, label="RAdam's formula")
            axes.set(title=f"β₂ = {beta_2:g}", xscale="log", yscale="log", xlabel="update")
        grid[0].set_ylabel("spread / long run")
        grid[0].legend(frameon=False)
        figure.subplots_adjust(left=0.07, right=0.99, bottom=0.18, top=0.9, wspace=0.06)
        figure.savefig(path, format="svg", transparent=True, metadata={"Date": None, "Creator": None})


def main(write: bool = False) -> Found:
    """Measure, print, and write the page where asked to."""
    found = {
        (name, beta_2): [spread(make(seed), beta_2, seed) for seed in range(SEEDS)]
        for name, make in SOURCES.items()
        for beta_2 in BETAS_2
    }
    print(render(found))
    if write:
        text.WARMUP_PAGE.write_text(text.splice(text.WARMUP_PAGE.read_text(), "warmup_spread.py", render(found)))
        draw(found, text.IMAGES / "warmup_spread.svg")
    return found


if __name__ == "__main__":
    main(text.asked_to_write(__doc__ or ""))
