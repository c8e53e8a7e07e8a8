"""A curriculum of schedules: the length of the excerpts, the share of each kind of text, and the rate, in one training.

The small transformer of `text.py` first reads short excerpts of docstrings, then longer ones, and more and more of the
code itself. Run it with `python docs/examples/curriculum.py`; it takes half a minute of one core. It needs optax.
"""

import sys
import sysconfig
from pathlib import Path
from typing import Any, NamedTuple

import jax
import numpy as np
import optax
import text

import lrsched

UPDATES = 300
LETTERS_PER_UPDATE = 512

LENGTH = lrsched.round_to(lrsched.linear(8, 32, UPDATES // 2), 8)
"""The letters of an excerpt: 8, 16, 24, then 32. Each length is compiled once."""
SHARES = {
    "docstrings": lrsched.join([1.0, lrsched.cosine(1.0, 0.4, UPDATES // 2)], [UPDATES // 4]),
    "code": lrsched.join([0.0, lrsched.cosine(0.0, 0.6, UPDATES // 2)], [UPDATES // 4]),
}
"""The part of the excerpts that is taken from each text; they add up to 1."""
RATE = lrsched.warmup_cosine(0.01, 20, UPDATES, init_value=0.0005)


class Result(NamedTuple):
    """Of every update: the loss, the length of its excerpts, how many of them were code; and the losses at the end."""

    losses: np.ndarray
    lengths: np.ndarray
    code: np.ndarray
    held_out: dict[str, float]


def sources() -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """The docstrings of the standard library, and its code, each with a last tenth that is held out."""
    folder = Path(sysconfig.get_paths()["stdlib"])
    files = [folder / f"{name}.py" for name in sorted(sys.stdlib_module_names)[:80]]
    code = text.encode("\n\n".join(file.read_text(encoding="utf-8") for file in files if file.exists()))
    cut = len(code) * 9 // 10
    return {"docstrings": text.letters(), "code": (code[:cut], code[cut:])}


def excerpts(numbers: np.ndarray, rng: np.random.Generator, count: int, length: int) -> np.ndarray:
    """Excerpts by chance, one letter longer than what is read."""
    starts = rng.integers(len(numbers) - length, size=count)
    return numbers[starts[:, None] + np.arange(length + 1)]


def main(updates: int = UPDATES) -> Result:
    """Train, and print how the curriculum went."""
    texts, rng, network = sources(), np.random.default_rng(0), text.new_network(0)
    optimizer = optax.chain(optax.clip_by_global_norm(1.0), optax.adam(RATE))
    state = optimizer.init(network)

    @jax.jit
    def update(network: Any, state: Any, batch: Any) -> tuple[Any, Any, Any]:
        value, gradient = jax.value_and_grad(text.loss)(network, batch)
        changes, state = optimizer.update(gradient, state, network)
        return optax.apply_updates(network, changes), state, value

    losses, lengths, code = np.empty(updates), np.empty(updates, int), np.empty(updates, int)
    for step in range(updates):
        lengths[step] = length = int(LENGTH(step))
        count = LETTERS_PER_UPDATE // length
        code[step] = of_code = round(count * SHARES["code"](step))
        parts = {"docstrings": count - of_code, "code": of_code}
        batch = np.concatenate([excerpts(texts[name][0], rng, many, length) for name, many in parts.items()])
        network, state, losses[step] = update(network, state, batch)

    fixed = np.random.default_rng(1)
    held_out = {
        name: float(text.loss(network, excerpts(held, fixed, 500, text.CONTEXT))) for name, (_, held) in texts.items()
    }
    for step in range(0, updates, max(updates // 6, 1)):
        count = LETTERS_PER_UPDATE // lengths[step]
        print(
            f"update {step:3}: rate {RATE(step):.4f}, {count:2} excerpts of {lengths[step]:2} letters, "
            f"{code[step]:2} of them code, loss {losses[step]:.2f}"
        )
    print("held out: " + ", ".join(f"{name} {loss:.2f}" for name, loss in held_out.items()))
    return Result(losses, lengths, code, held_out)


if __name__ == "__main__":
    main()
