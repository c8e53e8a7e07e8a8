"""How exact lrsched and its peers are: `python -m benchmarks.exactness` measures, and writes docs/exactness.md.

A cosine from 3e-4 is asked of every library in one run, and compared with 50 digits. The table goes into the page
between the markers, and the picture of the last thousand steps beside it. A library that is missing is said to be.
"""

import importlib.metadata
import importlib.util
import os
import platform
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.bench_page import between, table

__all__ = ["main", "measure", "render"]

DOCS = Path(__file__).parent.parent / "docs"
MARKS = ("<!-- python -m benchmarks.exactness: begin -->", "<!-- python -m benchmarks.exactness: end -->")
PEAK, FLOOR, LONG, SHORT = 3e-4, 3e-5, 1_000_000, 100_000

Curve = Callable[[np.ndarray], np.ndarray]
"""From rising steps to the values at them, as float64 or float32, as the library gives them."""


# The cosine of each library, from PEAK to `end` in `steps` steps.


def lrsched_float32(end: float, steps: int) -> Curve:
    import jax
    import jax.numpy as jnp

    import lrsched

    program = jax.jit(lrsched.cosine(PEAK, end, steps))
    return lambda asked: np.asarray(program(jnp.asarray(asked, jnp.int32)))


def optax(end: float, steps: int) -> Curve:
    import jax
    import jax.numpy as jnp
    import optax

    program = jax.jit(optax.cosine_decay_schedule(PEAK, steps, alpha=end / PEAK))
    return lambda asked: np.asarray(program(jnp.asarray(asked, jnp.int32)))


def keras(end: float, steps: int) -> Curve:
    os.environ.setdefault("KERAS_BACKEND", "jax")
    import keras

    schedule = keras.optimizers.schedules.CosineDecay(PEAK, steps, alpha=end / PEAK)
    return lambda asked: keras.ops.convert_to_numpy(schedule(keras.ops.convert_to_tensor(asked, "int32")))


def lrsched_python(end: float, steps: int) -> Curve:
    import lrsched

    schedule = lrsched.cosine(PEAK, end, steps)
    return lambda asked: np.array([schedule(t) for t in asked.tolist()])


def torch(end: float, steps: int) -> Curve:
    return lambda asked: _run(_annealing(end, steps), PEAK, asked)


def transformers(end: float, steps: int) -> Curve:
    import transformers

    def schedule(optimizer: Any) -> Any:
        if end:
            return transformers.get_cosine_with_min_lr_schedule_with_warmup(optimizer, 0, steps, min_lr=end)
        return transformers.get_cosine_schedule_with_warmup(optimizer, 0, steps)

    return lambda asked: _run(schedule, PEAK, asked)


CURVES: dict[str, tuple[str, Callable[[float, int], Curve]]] = {
    "lrsched in JAX": ("jax", lrsched_float32),
    "optax": ("optax", optax),
    "keras": ("keras", keras),
    "lrsched in Python": ("numpy", lrsched_python),
    "torch": ("torch", torch),
    "transformers": ("transformers", transformers),
}


# A learning rate in a torch optimizer, as a float or as a tensor.


def _annealing(end: float, steps: int) -> Callable[[Any], Any]:
    from torch.optim.lr_scheduler import CosineAnnealingLR

    return lambda optimizer: CosineAnnealingLR(optimizer, steps, end)


def _run(make: Callable[[Any], Any], rate: Any, asked: Iterable[int]) -> np.ndarray:
    """The rate of an optimizer after each of some numbers of steps."""
    import torch

    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=rate)
    scheduler, done, found = make(optimizer), 0, []
    optimizer.step()
    for step in asked:
        for _ in range(int(step) - done):
            scheduler.step()
        done = int(step)
        found.append(float(optimizer.param_groups[0]["lr"]))
    return np.array(found)


def drift(name: str) -> float | None:
    """The relative error of a tensor learning rate half way through 200 000 steps."""
    import torch

    import lrsched
    from lrsched.adapters.torch import TorchScheduler

    steps = 2 * SHORT
    schedule = lrsched.cosine(PEAK, 0.0, steps)

    def transformers_cosine(optimizer: Any) -> Any:
        import transformers

        return transformers.get_cosine_schedule_with_warmup(optimizer, 0, steps)

    makers = {
        "lrsched in Python": lambda optimizer: TorchScheduler(optimizer, schedule),
        "torch": _annealing(0.0, steps),
        "transformers": transformers_cosine,
    }
    if name not in makers:
        return None
    found = _run(makers[name], torch.tensor(PEAK), [SHORT])
    return float(relative_errors(found, schedule, np.array([SHORT]))[0])


# What is measured.


def relative_errors(values: np.ndarray, schedule: Any, steps: np.ndarray) -> np.ndarray:
    """The errors relative to the true values, of 50 digits."""
    from tests import oracle

    high, low = oracle.values(schedule, steps)
    return np.abs((values.astype(np.float64) - high) - low) / np.abs(high)


def measure(make: Callable[[float, int], Curve]) -> dict[str, str]:
    """The measures of one library, but for that of a tensor."""
    import lrsched

    chance = np.random.default_rng(5).integers(0, SHORT - 1000, 1000)
    steps = np.unique(np.concatenate([chance, np.arange(SHORT - 1000, SHORT)]))
    errors = relative_errors(make(0.0, SHORT)(steps), lrsched.cosine(PEAK, 0.0, SHORT), steps)
    tail = make(0.0, LONG)(np.arange(LONG - 1000, LONG))
    last = make(FLOOR, SHORT)(np.array([SHORT]))[0]
    return {
        f"largest relative error in {SHORT:,} steps": _show(errors.max()),
        f"the same, ten steps before the end of {SHORT:,}": _show(errors[-10]),
        f"steps at 0 before the end of {LONG:,}": str(int((tail == 0).sum())),
        f"distinct values in the last 1000 steps of {LONG:,}": str(len(np.unique(tail))),
        f"distance from the end value of {FLOOR:g} that was asked for, relative": _show(
            abs(float(last) - float(last.dtype.type(FLOOR))) / FLOOR
        ),
    }


def _show(number: float) -> str:
    return "0" if number == 0 else f"{100 * number:.3g} %" if number > 1e-3 else f"{number:.1e}"


def collect() -> dict[str, dict[str, str]]:
    """The measures of every library that is installed; of the others, nothing."""
    found: dict[str, dict[str, str]] = {}
    for name, (module, make) in CURVES.items():
        if importlib.util.find_spec(module) is None:
            found[name] = {}
            continue
        found[name] = measure(make)
        error = drift(name) if importlib.util.find_spec("torch") else None
        found[name][f"error of a tensor learning rate after {SHORT:,} steps"] = "-" if error is None else _show(error)
    return found


# The page and the picture.


def render(found: dict[str, dict[str, str]]) -> str:
    """The measures as a Markdown table, one column for each library."""
    measures = next(iter(found.values()))
    rows = [[name, *(own.get(name, "not installed") for own in found.values())] for name in measures]
    return table([["", *found], *rows])


def draw(path: Path) -> None:
    """The last thousand steps of a million, by lrsched and by optax, in float32."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    style = {"svg.fonttype": "none", "svg.hashsalt": "lrsched", "font.family": "monospace", "font.size": 9}
    ink = dict.fromkeys(["axes.edgecolor", "axes.labelcolor", "xtick.color", "ytick.color", "text.color"], "#7d858f")
    steps = np.arange(LONG - 1000, LONG + 1)
    with mpl.rc_context({**style, **ink, "axes.spines.top": False, "axes.spines.right": False}):
        figure = Figure(figsize=(9.0, 3.2))
        axes = figure.subplots()
        axes.plot(steps - LONG, optax(0.0, LONG)(steps), color="#e66100", linewidth=1.2, label="optax")
        axes.plot(steps - LONG, lrsched_float32(0.0, LONG)(steps), color="#3584e4", linewidth=1.6, label="lrsched")
        axes.set(xlim=(-1000, 0), yscale="log", xlabel="steps before the end of 1,000,000", ylabel="learning rate")
        axes.legend(frameon=False)
        figure.subplots_adjust(left=0.09, right=0.98, bottom=0.16, top=0.96)
        figure.savefig(path, format="svg", transparent=True, metadata={"Date": None, "Creator": None})


def versions() -> str:
    """What was measured, and on which versions."""
    names = ["lrsched-toolkit", "numpy", "jax", "optax", "torch", "keras", "transformers"]
    installed = [name for name in names if importlib.util.find_spec(name.split("-")[0])]
    return ", ".join(
        [f"Python {platform.python_version()}", *(f"{n} {importlib.metadata.version(n)}" for n in installed)]
    )


def main() -> None:
    """Measure everything, and write the table and the picture."""
    measured = f"{render(collect())}\n\n{versions()}; float32 in JAX and Keras, float64 in the others."
    page = DOCS / "exactness.md"
    page.write_text(between(page.read_text(), MARKS, measured))
    print(measured)
    if importlib.util.find_spec("optax") and importlib.util.find_spec("matplotlib"):
        draw(DOCS / "images" / "exactness.svg")


if __name__ == "__main__":
    main()
