"""The warmups and peaks of the published runs, computed from `lrsched.recipes`: what was done, beside what is advised.

Run it with `python docs/examples/published.py`; it takes a few seconds. `--write` puts the table into the page.
"""

from typing import NamedTuple

import numpy as np
import text

import lrsched


class Run(NamedTuple):
    """A published run: its task, its optimizer with beta_2 where the source gives it, and its updates."""

    recipe: str
    task: str
    optimizer: str
    beta_2: float | None = None
    updates: int | None = None
    """The published length, where the schedule has none or ends before it."""


RUNS = (
    Run("transformer", "translation", "Adam", 0.98, 100_000),
    Run("bert", "masked language model", "Adam", 0.999),
    Run("t5", "text to text", "Adafactor", None, 2**19),
    Run("gpt2", "language model, 124M", "AdamW", 0.95),
    Run("gpt3", "language model, 175B", "Adam", 0.95, 93_750),
    Run("chinchilla", "language model, 70B", "AdamW"),
    Run("llama2", "language model, 7B", "AdamW", 0.95),
    Run("llama3", "language model, 405B", "AdamW"),
    Run("deepseek", "language model, 7B", "AdamW", 0.95, 211_928),
    Run("olmo2", "language model, 7B", "AdamW", 0.95),
    Run("olmo3_7b", "language model, 7B", "AdamW", 0.95),
    Run("olmo3_32b", "language model, 32B", "AdamW", 0.95),
    Run("smollm3", "language model, 3B", "AdamW", 0.95),
    Run("deepseek_v3", "language model, 671B", "AdamW", 0.95, 235_240),
    Run("moonlight", "language model, 16B", "Muon"),
    Run("kimi_k2", "language model, 1T", "MuonClip"),
    Run("modded_nanogpt", "language model, 124M, for speed", "Adam, NorMuon"),
    Run("vit", "images, ImageNet-21k", "Adam", 0.999),
    Run("vit_imagenet", "images, ImageNet", "Adam", 0.999),
    Run("resnet50_1h", "images, batches of 8k", "SGD", None, 14_075),
    Run("super_convergence", "images, CIFAR-10", "SGD"),
    Run("sgdr_wrn", "images, CIFAR", "SGD", None, 156_200),
    Run("t5_finetune", "fine-tuning", "Adafactor", None, 2**18),
)
"""All recipes of rates but MiniCPM's, whose warmup is not published, and the two of cyclical rates."""


class Measured(NamedTuple):
    """What the schedule of a run says: its updates, those in which the rate rises, and its highest rate."""

    updates: int
    warmup: int
    peak: float


def measure(run: Run) -> Measured:
    """Look at all values of the run."""
    schedule = getattr(lrsched.recipes, run.recipe)()
    updates = run.updates or schedule.length
    values = schedule(np.arange(updates))
    rises = np.append(np.diff(values) > 0, False)
    return Measured(updates, int(np.argmin(rises)), float(values.max()))


def row(run: Run) -> list[str]:
    """The row of a run; 2/(1 - beta_2) is the untuned warmup of Ma & Yarats."""
    found = measure(run)
    share = f"{100 * found.warmup / found.updates:.2g} %" if found.warmup else "none"
    untuned = "" if run.beta_2 is None else f"{2 / (1 - run.beta_2):,.0f}"
    return [
        f"`{run.recipe}`",
        run.task,
        run.optimizer,
        f"{found.updates:,}",
        f"{found.warmup:,}",
        share,
        untuned,
        f"{found.peak:.2g}",
    ]


def render() -> str:
    """The table as Markdown."""
    head = ["recipe", "task", "optimizer", "updates", "warmup", "share", "2/(1 - β₂)", "peak"]
    return text.table([head, *map(row, RUNS)])


def main(write: bool = False) -> None:
    """Print the table, and write the page where asked to."""
    print(render())
    if write:
        text.PAGE.write_text(text.splice(text.PAGE.read_text(), "published.py", render()))


if __name__ == "__main__":
    main(text.asked_to_write(__doc__ or ""))
