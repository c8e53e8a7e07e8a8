"""`--losses FILE.csv`: the losses of a run, as a trainer or a tracker has logged them."""

import csv
import sys
from collections.abc import Sequence
from io import StringIO
from pathlib import Path
from typing import NamedTuple

from ..checks import brief
from .refused import refusing

__all__ = ["Losses", "read_losses"]

LOSS, STEP = ("loss", "train_loss", "train/loss", "value"), ("step", "global_step", "train/global_step")
"""The names of columns, in any case; the first that is there is taken. TensorBoard writes `Value`."""
LIMITS = ("__min", "__max")
"""Endings of columns that Weights & Biases adds."""

BOM = "\ufeff"
"""What some programs write before the first line."""


class Losses(NamedTuple):
    """The losses of a run, as they stand in a file."""

    losses: list[float]
    steps: list[float] | None
    """The step of each, or None where the file has none."""
    lines: list[int]
    """The line of the file that each stands on."""


def read_losses(name: str) -> Losses:
    """The losses of a file; rows without a loss are left out."""
    with refusing(place="standard input" if name == "-" else name):
        text = sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8")
        try:
            rows = [
                (line, row)
                for line, row in enumerate(csv.reader(StringIO(text.removeprefix(BOM))), 1)
                if any(map(str.strip, row))
            ]
        except csv.Error as error:
            raise ValueError(f"{error}; give a file of comma-separated values.") from None
        if not rows:
            raise ValueError("no rows; a row holds a loss, or a step and a loss.")
        loss, step, headed = _columns([cell.strip() for cell in rows[0][1]])
        kept = [(line, row) for line, row in rows[headed:] if loss < len(row) and row[loss].strip()]
        losses = [_number(line, row, loss) for line, row in kept]
        steps = None if step is None else [_number(line, row, step) for line, row in kept]
        return Losses(losses, steps, [line for line, _ in kept])


def _columns(head: Sequence[str]) -> tuple[int, int | None, int]:
    """Where the losses and the steps are, and how many rows the head takes."""
    if all(map(_is_number, head)) and len(head) <= 2:
        return len(head) - 1, None if len(head) == 1 else 0, 0
    names = [name.lower() for name in head]
    loss = next((names.index(name) for name in LOSS if name in names), None)
    if loss is None:
        like = [at for at, name in enumerate(names) if "loss" in name and not name.endswith(LIMITS)]
        if len(like) != 1:
            columns = ", ".join(map(brief, head[:20]))
            raise ValueError(f"one column must be named 'loss', and these are {columns}; name it in the first line.")
        (loss,) = like
    return loss, next((names.index(name) for name in STEP if name in names), None), 1


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _number(line: int, row: Sequence[str], column: int) -> float:
    cell = row[column] if column < len(row) else ""
    if not _is_number(cell):
        raise ValueError(f"line {line}: {brief(cell)} must be a number; write nan for a loss that is not finite.")
    return float(cell)
