"""`lrsched table`: the values of a schedule, as many as are wanted, some at a time."""

import io
import math
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeAlias

import click
import numpy as np

from ..core.schedule import Schedule
from ..view.sampling import Steps, Values, blocks, values_at
from .expressions import one_schedule
from .output import examples, output_option, progress, written
from .refused import Refused, refusing
from .steps import StepCount, last_step_option, shown_until

__all__ = ["table"]

Blocks: TypeAlias = Iterable[tuple[Steps, Values]]

EXTENSIONS = {".txt": "text", ".csv": "csv", ".json": "json", ".npy": "npy"}


# The formats: the first bytes, those of each block, and the last ones.


def _text(rows: range, found: Blocks) -> Iterator[bytes]:
    width = max(len(str(rows[-1])), 4)
    yield f"{'step':>{width}}  value\n".encode()
    for steps, values in found:
        yield "".join(f"{s:{width}d}  {v!r}\n" for s, v in zip(steps.tolist(), values.tolist(), strict=True)).encode()


def _csv(rows: range, found: Blocks) -> Iterator[bytes]:
    yield b"step,value\n"
    for steps, values in found:
        yield "".join(f"{s},{v!r}\n" for s, v in zip(steps.tolist(), values.tolist(), strict=True)).encode()


def _json(rows: range, found: Blocks) -> Iterator[bytes]:
    comma = "[\n"
    for steps, values in found:
        pairs = zip(steps.tolist(), values.tolist(), strict=True)
        lines = (f'{{"step": {s}, "value": {repr(v) if math.isfinite(v) else "null"}}}' for s, v in pairs)
        yield (comma + ",\n".join(lines)).encode()
        comma = ",\n"
    yield b"\n]\n"


def _npy(rows: range, found: Blocks) -> Iterator[bytes]:
    head = io.BytesIO()
    np.lib.format.write_array_header_1_0(head, {"descr": "<f8", "fortran_order": False, "shape": (len(rows),)})
    yield head.getvalue()
    for _, values in found:
        yield values.astype("<f8").tobytes()


FORMATS: dict[str, Callable[[range, Blocks], Iterator[bytes]]] = {
    "text": _text,
    "csv": _csv,
    "json": _json,
    "npy": _npy,
}


@click.command(
    epilog=examples(
        'lrsched table "warmup_cosine(3e-4, 1000, 10000)" --every 1000',
        'lrsched table "warmup_cosine(3e-4, 1000, 10000)" --format csv > rates.csv',
        "lrsched table recipe:llama2 -o rates.npy",
    )
)
@one_schedule
@last_step_option
@click.option("--every", metavar="K", type=StepCount(), default=1, show_default=True, help="Print every K-th step.")
@click.option("--format", "kind", type=click.Choice([*FORMATS]), help="Default: by FILE's extension, else text.")
@output_option
def table(given: Sequence[Schedule], steps: int | None, every: int, kind: str | None, file: str) -> None:
    """Print the values of a schedule, or write them to a file.

    --steps has the same default as in show.

    \b
    text  two columns with a header
    csv   step,value
    json  [{"step": 0, "value": 0.0}, ...], a line each; null if not finite
    npy   a NumPy file with the values alone, in float64

    Values have enough digits to read back the same float.
    """  # noqa: D301  (\b is the character that keeps these lines apart)
    if every < 1:
        raise Refused(f"--every {every} must be at least 1; it is the number of steps from a row to the next")
    kind = kind or _kind_of(file)
    if kind == "npy" and file == "-" and sys.stdout.isatty():
        raise Refused("--format npy is not for a terminal; write -o FILE, or into a pipe")
    rows = range(0, shown_until(given, steps) + 1, every)
    with written(file) as out, progress(len(rows), shown=file != "-" or not sys.stdout.isatty()) as done:
        for chunk in FORMATS[kind](rows, _found(given[0], rows, done)):
            out.write(chunk)


def _kind_of(file: str) -> str:
    suffix = Path(file).suffix.lower()
    if file == "-" or suffix in EXTENSIONS:
        return EXTENSIONS.get(suffix, "text")
    raise Refused(f"{file}: unknown extension {suffix!r}; a table ends in {', '.join(EXTENSIONS)}, or give --format")


def _found(schedule: Schedule, rows: range, done: Callable[[int], object]) -> Blocks:
    """The rows, some at a time."""
    count = 0
    for steps in blocks(rows):
        with refusing():
            values = values_at(schedule, steps)
        yield steps, values
        count += len(steps)
        done(count)
