"""The gradient noise and the curvature early in training, with a warmup and without, with Adam and with SGD.

The post-norm transformer of `why_warmup.py` trains at a high peak. Before some of the updates the script measures the
validation loss, the signal-to-noise ratio of the gradient, the extreme eigenvalues of the Hessian and, for Adam, the
largest eigenvalue of the preconditioned Hessian. Run it with `python docs/examples/warmup_curvature.py`; it takes about
three minutes on two cores. `--write` puts the table and the picture into the page. It needs optax, and for the picture
matplotlib.
"""

from collections.abc import Callable
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax
import text
from jax.flatten_util import ravel_pytree

import lrsched

NORM = "after"
BATCH = 16
WARMUP = 40
SEEDS = 5
AT = (0, 1, 3, 10, 40, 400)
"""The measurements come before these updates."""
VECTORS = 24
"""The Lanczos iterations; twice as many change the largest eigenvalue by less than 1 %."""
SAMPLE = 64
"""The excerpts whose loss gives the Hessian, and the batches whose gradients give the noise."""
MEASURES = (
    "validation loss",
    "signal / noise",
    "largest eigenvalue",
    "smallest eigenvalue",
    "largest, preconditioned",
    "rate / stability limit",
)


class Method(NamedTuple):
    """An optimizer, its peak, and its stability limit: on a quadratic, training is stable below rate * eigenvalue."""

    optimizer: Callable[..., optax.GradientTransformation]
    peak: float
    limit: float


METHODS = {
    "Adam": Method(optax.adam, 0.03, 38.0),
    "SGD": Method(optax.sgd, 2.0, 2.0),
}
"""2 is the limit of gradient descent; 38 is that of Adam with beta_1 = 0.9 (Cohen et al. 2022, arXiv:2207.14484)."""


@jax.jit
def loss(network: Any, texts: Any) -> Any:
    """The mean cross entropy of the next letter."""
    return text.loss(network, texts, NORM)


# Training.


@partial(jax.jit, static_argnames="optimizer")
def train(optimizer: Callable[..., Any], schedule: lrsched.Schedule, start: Any, batches: Any) -> Any:
    """The network and the state of the optimizer after one update for each batch."""
    made = optimizer(schedule)

    def update(carry: Any, batch: Any) -> Any:
        network, state = carry
        changes, state = made.update(jax.grad(loss)(network, batch), state, network)
        return (optax.apply_updates(network, changes), state), None

    return jax.lax.scan(update, start, batches)[0]


# What is measured.


def largest_and_smallest(product: Callable[[Any], Any], start: Any) -> tuple[Any, Any]:
    """The extreme eigenvalues of a symmetric matrix, by Lanczos iterations on its products with vectors."""

    def iterate(carry: Any, place: Any) -> Any:
        basis, vector = carry
        basis = basis.at[place].set(vector)
        image = product(vector)
        along = image @ vector
        for _ in range(2):  # twice, so that the vectors stay orthogonal in float32
            image = image - basis.T @ (basis @ image)
        rest = jnp.linalg.norm(image)
        return (basis, image / rest), (along, rest)

    begin = jnp.zeros((VECTORS, start.size)), start / jnp.linalg.norm(start)
    _, (diagonal, beside) = jax.lax.scan(iterate, begin, jnp.arange(VECTORS))
    values = jnp.linalg.eigvalsh(jnp.diag(diagonal) + jnp.diag(beside[:-1], 1) + jnp.diag(beside[:-1], -1))
    return values[-1], values[0]


@jax.jit
def eigenvalues(network: Any, texts: Any, scale: Any) -> tuple[Any, Any]:
    """The extreme eigenvalues of the Hessian between two diagonal matrices: the square root of `scale`, twice."""
    weights, network_of = ravel_pytree(network)
    root = jnp.sqrt(ravel_pytree(scale)[0])
    gradient = jax.grad(lambda weights: loss(network_of(weights), texts))

    def product(vector: Any) -> Any:
        return root * jax.jvp(gradient, (weights,), (root * vector,))[1]

    return largest_and_smallest(product, root * jax.random.normal(jax.random.key(0), weights.shape))


@jax.jit
def adam_scale(network: Any, state: Any, batch: Any) -> Any:
    """The inverse preconditioner of Adam's next update, per weight; 0 for weights that had no gradient yet.

    As in Cohen et al. 2022, the bias correction of the first moment is a part of it.
    """
    _, after = optax.scale_by_adam().update(jax.grad(loss)(network, batch), state[0])
    first, second = (1 - beta**after.count for beta in (0.9, 0.999))
    return jax.tree.map(lambda v: jnp.where(v > 0, 1 / (first * (jnp.sqrt(v / second) + 1e-8)), 0.0), after.nu)


@jax.jit
def gradients(network: Any, batches: Any) -> Any:
    """The gradient of each batch, as a vector."""
    return jax.lax.map(lambda batch: ravel_pytree(jax.grad(loss)(network, batch))[0], batches)


def signal_to_noise(found: np.ndarray) -> float:
    """The squared norm of the true gradient, over the variance of the gradient of a batch."""
    small = float(np.sqrt((np.linalg.norm(found, axis=1) ** 2).mean()))
    big = float(np.linalg.norm(found.mean(axis=0)))
    return BATCH / lrsched.gradient_noise_scale(small, big, BATCH, BATCH * len(found))


def look(name: str, rate: float, network: Any, state: Any, batch: Any) -> list[float]:
    """All measures before an update, in the order of MEASURES; NaN after the training has diverged."""
    held_out = float(loss(network, text.held_out(512)))
    if not np.isfinite(held_out):
        return [float("nan")] * len(MEASURES)
    train_text = text.letters()[0]
    texts, many = text.batches(train_text, 1000, 1, SAMPLE)[0], text.batches(train_text, 1001, SAMPLE, BATCH)
    noise = signal_to_noise(np.asarray(gradients(network, many)))
    largest, smallest = map(float, eigenvalues(network, texts, jax.tree.map(np.ones_like, network)))
    preconditioned = float("nan")
    if name == "Adam":
        preconditioned = float(eigenvalues(network, texts, adam_scale(network, state, batch))[0])
    sharpness = preconditioned if name == "Adam" else largest
    return [held_out, noise, largest, smallest, preconditioned, rate * sharpness / METHODS[name].limit]


def measure(name: str, warmup: int, seed: int) -> np.ndarray:
    """One training: a row for each update in AT, a column for each measure."""
    method = METHODS[name]
    schedule = lrsched.warmup_constant(method.peak, warmup)
    batches = text.batches(text.letters()[0], seed, AT[-1] + 1, BATCH)
    network = text.new_network(seed)
    carry, done, found = (network, method.optimizer(schedule).init(network)), 0, []
    for step in AT:
        if step > done:
            carry, done = train(method.optimizer, schedule, carry, batches[done:step]), step
        found.append(look(name, schedule(step), *carry, batches[step]))
    return np.array(found)


# What is told.

Found = dict[tuple[str, str], np.ndarray]
"""Of an optimizer, with a warmup or without: (seed, update, measure)."""


def number(value: float) -> str:
    """Three digits, and no power of ten."""
    rounded = float(f"{value:.3g}")
    return f"{rounded:,.0f}" if abs(rounded) >= 100 else f"{rounded:.3g}"


def cell(values: np.ndarray) -> str:
    """The median of the seeds and their range, or how many have not diverged."""
    if not np.isfinite(values).all():
        return f"{np.isfinite(values).sum()} of {len(values)} finite"
    return f"{number(float(np.median(values)))} ({number(values.min())} to {number(values.max())})"


def rows(found: Found) -> list[list[str]]:
    """The table, its head first."""
    lines = [["before update", "optimizer", "warmup", *map(str, AT)]]
    for place, name in enumerate(MEASURES):
        for (optimizer, warmup), values in found.items():
            if name != "largest, preconditioned" or optimizer == "Adam":
                cells = [cell(values[:, step, place]) for step in range(len(AT))]
                lines.append([name, optimizer, warmup, *cells])
    return lines


def render(found: Found) -> str:
    """The table as Markdown, with what it was measured on."""
    peaks = " and ".join(f"{method.peak:g} with {name}" for name, method in METHODS.items())
    what = f"{SEEDS} seeds: the median and, in parentheses, the range; {WARMUP} updates of warmup; the peak is {peaks}."
    return "\n\n".join([text.table(rows(found)), what, f"{text.versions('numpy', 'jax', 'optax')}."])


def draw(found: Found, path: Path) -> None:
    """A panel for each measure, a line for each seed."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    panels = [("Adam", "signal / noise"), ("Adam", "largest eigenvalue"), ("Adam", "largest, preconditioned")]
    panels += [("SGD", "signal / noise"), ("SGD", "largest eigenvalue")]
    with mpl.rc_context(text.page_style()):
        figure = Figure(figsize=(9.0, 2.6))
        (grid,) = figure.subplots(1, len(panels), squeeze=False)
        for axes, (optimizer, name) in zip(grid, panels, strict=True):
            for warmup, color in (("no", "#e66100"), ("yes", "#3584e4")):
                values = found[optimizer, warmup][:, :, MEASURES.index(name)]
                lines = axes.plot(np.array(AT) + 1, values.T, color=color, linewidth=0.9)
                lines[0].set_label({"no": "without", "yes": "with warmup"}[warmup])
            axes.set(title=f"{optimizer}\n{name.removeprefix('largest, ')}", xscale="log", yscale="log")
        grid[0].legend(frameon=False)
        figure.supxlabel("update + 1", fontsize=8)
        figure.subplots_adjust(left=0.05, right=0.99, bottom=0.17, top=0.83, wspace=0.32)
        figure.savefig(path, format="svg", transparent=True, metadata={"Date": None, "Creator": None})


def main(write: bool = False) -> Found:
    """Train, print, and write the page where asked to."""
    cases = product(METHODS, (("no", 0), ("yes", WARMUP)))
    found = {
        (name, word): np.array([measure(name, warmup, seed) for seed in range(SEEDS)]) for name, (word, warmup) in cases
    }
    print(render(found))
    if write:
        text.WARMUP_PAGE.write_text(text.splice(text.WARMUP_PAGE.read_text(), "warmup_curvature.py", render(found)))
        draw(found, text.IMAGES / "warmup_curvature.svg")
    return found


if __name__ == "__main__":
    main(text.asked_to_write(__doc__ or ""))
