"""Loss curves to fit a law on: a small transformer under five schedules, each at two lengths.

`python docs/examples/loss_curves.py` trains the ten runs, in about ten minutes of one core, and prints their final
losses. `--write` puts the curves into `docs/examples/curves`, a CSV file for each run with the columns step and loss:
the loss on held-out text, the mean over the last fifty updates. All runs start from the same network and see the same
batches. It needs optax.
"""

import csv
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import jax
import numpy as np
import optax
import text

import lrsched
from lrsched import Schedule

CURVES = Path(__file__).parent / "curves"

SEED = 0
BATCH = 16
PEAK = 1e-2
WARMUP = 150
LENGTHS = (3_000, 9_000)
EVERY, MEASURED = 50, 5
"""The updates from a point of a curve to the next, and how often the loss is measured in between."""

SHAPES: dict[str, Callable[[int], Schedule]] = {
    "constant": lambda total: lrsched.warmup_constant(PEAK, WARMUP),
    "cosine": lambda total: lrsched.warmup_cosine(PEAK, WARMUP, total, end_value=PEAK / 10),
    "drop": lambda total: lrsched.warmup(lrsched.piecewise_constant([PEAK, 0.3 * PEAK], [total // 2 - WARMUP]), WARMUP),
    "linear": lambda total: lrsched.warmup_linear(PEAK, WARMUP, total),
    "wsd": lambda total: lrsched.wsd(PEAK, WARMUP, total, total // 5, decay=lrsched.one_minus_sqrt),
}
"""From the number of updates."""

RUNS = {f"{name}_{total}": (shape(total), total) for total in LENGTHS for name, shape in SHAPES.items()}
"""The schedule and the number of updates of each curve."""

FITTED = ("constant_3000", "cosine_3000", "drop_3000")
"""The curves that the page and the tests fit laws to; the others are predicted."""


def losses(schedule: Schedule, batches: Any, held_out: Any) -> Any:
    """The mean loss on held-out text over each `EVERY` updates."""
    optimizer = optax.adam(schedule)

    def update(carry: Any, batch: Any) -> Any:
        network, state = carry
        changes, state = optimizer.update(jax.grad(text.loss)(network, batch), state)
        return (optax.apply_updates(network, changes), state), None

    def measured(carry: Any, some: Any) -> Any:
        carry, _ = jax.lax.scan(update, carry, some)
        return carry, text.loss(carry[0], held_out)

    network = text.new_network(SEED)
    _, found = jax.lax.scan(measured, (network, optimizer.init(network)), batches)
    return found.reshape(-1, MEASURED).mean(axis=1)


def train(name: str) -> np.ndarray:
    """The curve of a run after its warmup: rows of a step and a loss."""
    schedule, total = RUNS[name]
    batches = text.batches(text.letters()[0], SEED, max(LENGTHS), BATCH)[:total]
    batches = batches.reshape(total // EVERY * MEASURED, EVERY // MEASURED, *batches.shape[1:])
    found = np.asarray(jax.jit(partial(losses, schedule))(batches, text.held_out(512)))
    steps = EVERY * np.arange(1, len(found) + 1)
    return np.stack([steps, found], axis=1)[steps > WARMUP]


def write(name: str, curve: np.ndarray) -> None:
    """Write a curve."""
    with (CURVES / f"{name}.csv").open("w", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["step", "loss"])
        rows.writerows([int(step), f"{loss:.5f}"] for step, loss in curve)


def read(name: str) -> tuple[np.ndarray, np.ndarray]:
    """The steps and the losses of a curve that was written."""
    steps, found = np.loadtxt(CURVES / f"{name}.csv", delimiter=",", skiprows=1, unpack=True)
    return steps.astype(int), found


def main(to_write: bool = False) -> None:
    """Train, print, and write the curves where asked to."""
    for name in RUNS:
        curve = train(name)
        print(f"{name:<14} {curve[-1, 1]:.4f}", flush=True)
        if to_write:
            CURVES.mkdir(exist_ok=True)
            write(name, curve)


if __name__ == "__main__":
    main(text.asked_to_write(__doc__ or ""))
