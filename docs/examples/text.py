"""What the measured examples share: real text, a small transformer, its training, a place in the page.

The text is in Python itself: the docstrings of its standard library, in the order of the modules' names. Nothing is
downloaded; another version of Python has a slightly different text.
"""

import argparse
import ast
import importlib.metadata
import platform
import sys
import sysconfig
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax

import lrsched

PAGE = Path(__file__).parent.parent / "choosing.md"
WARMUP_PAGE = Path(__file__).parent.parent / "why_warmup.md"
IMAGES = Path(__file__).parent.parent / "images"

LETTERS = 96
CONTEXT = 32
WIDTH = 32
HEADS = 4
LAYERS = 2


# The text.


def docstrings(source: str) -> list[str]:
    """The docstrings of a module, its own first."""
    documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
    found = [ast.get_docstring(node) for node in ast.walk(ast.parse(source)) if isinstance(node, documented)]
    return [text for text in found if text]


def encode(text: str) -> np.ndarray:
    """A number for each letter: 0 for the end of a line, 1 to 95 for what ASCII prints; what it lacks becomes '?'."""
    codes = np.frombuffer(text.encode("ascii", "replace"), np.uint8).astype(np.int32)
    return np.where((codes >= 32) & (codes < 127), codes - 31, 0)


@cache
def letters() -> tuple[np.ndarray, np.ndarray]:
    """The standard library's docstrings: nine tenths to train on, the last tenth held out."""
    folder = Path(sysconfig.get_paths()["stdlib"])
    files = [folder / f"{name}.py" for name in sorted(sys.stdlib_module_names)]
    texts = [text for file in files if file.exists() for text in docstrings(file.read_text(encoding="utf-8"))]
    numbers = encode("\n\n".join(texts))
    cut = len(numbers) * 9 // 10
    return numbers[:cut], numbers[cut:]


def excerpts(numbers: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """One letter more than the context from each start: what is read, and what is to be predicted."""
    return numbers[starts[..., None] + np.arange(CONTEXT + 1)]


def batches(numbers: np.ndarray, seed: int, updates: int, batch: int) -> np.ndarray:
    """The excerpts of every update, by chance."""
    rng = np.random.default_rng(seed)
    return excerpts(numbers, rng.integers(len(numbers) - CONTEXT, size=(updates, batch)))


def held_out(count: int) -> np.ndarray:
    """Excerpts at equal distances over the text that is held out."""
    numbers = letters()[1]
    return excerpts(numbers, np.linspace(0, len(numbers) - CONTEXT - 1, count).astype(int))


# The network.


def new_network(seed: int) -> dict[str, Any]:
    """The weights of a transformer, those of all its layers stacked."""
    rng = np.random.default_rng(seed)

    def normal(*shape: int, scale: float = 1.0) -> np.ndarray:
        return (scale * rng.normal(size=shape)).astype(np.float32)

    def layers(fan_in: int, fan_out: int) -> np.ndarray:
        return normal(LAYERS, fan_in, fan_out, scale=fan_in**-0.5)

    return {
        "letters": normal(LETTERS, WIDTH),
        "places": normal(CONTEXT, WIDTH),
        "layers": {
            "ask": layers(WIDTH, 3 * WIDTH),
            "answer": layers(WIDTH, WIDTH),
            "up": layers(WIDTH, 4 * WIDTH),
            "down": layers(4 * WIDTH, WIDTH),
            "gains": np.ones((LAYERS, 2, WIDTH), np.float32),
        },
        "gain": np.ones(WIDTH, np.float32),
        "head": normal(WIDTH, LETTERS, scale=WIDTH**-0.5),
    }


def normalized(x: Any, gain: Any) -> Any:
    """Layer normalization."""
    x = x - x.mean(axis=-1, keepdims=True)
    return gain * x * jax.lax.rsqrt((x * x).mean(axis=-1, keepdims=True) + 1e-5)


def attention(layer: dict[str, Any], x: Any) -> Any:
    """Every letter looks back at those before it."""
    queries, keys, values = jnp.split((x @ layer["ask"]).reshape(*x.shape[:2], HEADS, -1), 3, axis=-1)
    scores = jnp.einsum("bthd,bshd->bhts", queries, keys) / (WIDTH // HEADS) ** 0.5
    scores = jnp.where(np.tri(x.shape[1], dtype=bool), scores, -1e9)
    found = jnp.einsum("bhts,bshd->bthd", jax.nn.softmax(scores), values)
    return found.reshape(x.shape) @ layer["answer"]


def dense(layer: dict[str, Any], x: Any) -> Any:
    """Two dense layers."""
    return jax.nn.relu(x @ layer["up"]) @ layer["down"]


def predict(network: dict[str, Any], read: Any, norm: str) -> Any:
    """The scores of the letters that may come next; the normalization stands "after" each part, or "before" it."""

    def block(x: Any, layer: dict[str, Any]) -> Any:
        for part, gain in zip((attention, dense), layer["gains"], strict=True):
            x = normalized(x + part(layer, x), gain) if norm == "after" else x + part(layer, normalized(x, gain))
        return x, None

    x = network["letters"][read] + network["places"][: read.shape[-1]]
    x, _ = jax.lax.scan(block, x, network["layers"], unroll=LAYERS)
    return (x if norm == "after" else normalized(x, network["gain"])) @ network["head"]


def loss(network: dict[str, Any], texts: Any, norm: str = "before") -> Any:
    """The mean cross entropy of the next letter, in nats."""
    scores = predict(network, texts[..., :-1], norm)
    return optax.softmax_cross_entropy_with_integer_labels(scores, texts[..., 1:]).mean()


# Training.


class Trace(NamedTuple):
    """Of every update: the rate, the loss before it, and the norm of the gradient."""

    rates: Any
    losses: Any
    norms: Any


def train(loss: Callable[..., Any], optimizer: Any, schedule: lrsched.Schedule, network: Any, data: Any) -> Any:
    """The network after one update for each batch, and the trace; the schedule is passed to optax as it is."""
    optimizer = optax.inject_hyperparams(optimizer)(learning_rate=schedule)  # so that the rates can be read

    def update(carry: Any, batch: Any) -> Any:
        network, state = carry
        value, gradient = jax.value_and_grad(loss)(network, batch)
        changes, state = optimizer.update(gradient, state, network)
        norm = jnp.sqrt(sum(jnp.vdot(part, part) for part in jax.tree.leaves(gradient)))
        trace = Trace(state.hyperparams["learning_rate"], value, norm)
        return (optax.apply_updates(network, changes), state), trace

    (network, _), trace = jax.lax.scan(update, (network, optimizer.init(network)), data)
    return network, trace


def stacked(trees: list[Any]) -> Any:
    """Many trees as one, their numbers stacked: schedules, networks, batches."""
    return jax.tree.map(lambda *numbers: np.stack(numbers), *trees)


# The page.


def asked_to_write(description: str) -> bool:
    """Whether the command line asks for the page to be written."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--write", action="store_true", help="put the measurements and the picture into the page")
    return parser.parse_args().write


def splice(page: str, script: str, text: str) -> str:
    """The page with another text between the markers of a script; ValueError without them."""
    begin, end = (f"<!-- python docs/examples/{script} --write: {word} -->" for word in ("begin", "end"))
    before, found_begin, rest = page.partition(begin)
    _, found_end, after = rest.partition(end)
    if not found_begin or not found_end:
        raise ValueError(f"the page must hold the lines {begin!r} and {end!r}; write them where the table goes.")
    return f"{before}{begin}\n\n{text}\n\n{end}{after}"


def table(rows: list[list[str]]) -> str:
    """Rows as a Markdown table, the first one its head, numbers to the right."""
    rule = ["---", *("--:" for _ in rows[0][1:])]
    return "\n".join(f"| {' | '.join(row)} |" for row in [rows[0], rule, *rows[1:]])


def page_style() -> dict[str, Any]:
    """The style of the page's pictures: colours for light and dark pages, and nothing that differs from run to run."""
    ink = ("axes.edgecolor", "axes.labelcolor", "axes.titlecolor", "xtick.color", "ytick.color", "text.color")
    return {
        "svg.fonttype": "none",
        "svg.hashsalt": "lrsched",
        "font.family": "monospace",
        "font.size": 8,
        "axes.titlesize": 9,
        "axes.spines.top": False,
        "axes.spines.right": False,
        **dict.fromkeys(ink, "#7d858f"),
    }


def versions(*packages: str) -> str:
    """What was measured with: Python, and these packages."""
    installed = [f"{name} {importlib.metadata.version(name)}" for name in packages]
    return ", ".join([f"Python {platform.python_version()}", *installed])
