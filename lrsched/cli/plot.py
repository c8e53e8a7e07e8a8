"""`lrsched plot`: schedules as a picture in a file."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from ..core.schedule import Schedule
from ..plot import plot as drawn
from .expressions import schedules
from .output import examples, written
from .refused import Refused, refusing
from .steps import last_step_option, shown_until, step_count

__all__ = ["plot"]

DATELESS: dict[str, dict[str, Any]] = {".png": {}, ".svg": {"Date": None}, ".pdf": {"CreationDate": None}}
"""The kinds of pictures, and what leaves the date out of each, so that the same schedules give the same file."""


class Marked(click.ParamType):  # type: ignore[type-arg]  (generic in newer versions of click alone)
    """A step, or a stretch of steps, `FIRST:LAST`."""

    name = "steps"

    def convert(self, value: Any, param: Any, ctx: Any) -> int | tuple[int, int]:
        """The number or the two numbers."""
        first, colon, last = value.partition(":")
        try:
            return (step_count(first), step_count(last)) if colon else step_count(first)
        except ValueError:
            raise Refused(f"--highlight {value} must be a step, or two; write 1000, or 1000:2000") from None


@click.command(
    epilog=examples(
        'lrsched plot "warmup_cosine(3e-4, 1000, 10000)" -o schedule.svg',
        'lrsched plot "wsd(3e-4, 1000, 10000, 1000)" recipe:bert -o both.png --log --highlight 9000',
    )
)
@schedules
@click.option("-o", "--output", "file", metavar="FILE", required=True, help="The file to write: .png, .svg or .pdf.")
@last_step_option
@click.option("--log", is_flag=True, help="Use a logarithmic axis for the values.")
@click.option(
    "--label", "labels", metavar="TEXT", multiple=True, help="A label for the legend; once for each schedule, in order."
)
@click.option("--highlight", metavar="STEP", multiple=True, type=Marked(), help="A step, or FIRST:LAST, to mark.")
def plot(
    given: Sequence[Schedule],
    file: str,
    steps: int | None,
    log: bool,
    labels: tuple[str, ...],
    highlight: tuple[Any, ...],
) -> None:
    """Draw schedules into a file.

    All schedules share one plot with a transparent background.

    EXPR is a call such as warmup_cosine(3e-4, 1000, 10000), in quotes, or recipe:NAME.
    """
    kind = Path(file).suffix.lower()
    if kind not in DATELESS:
        raise Refused(f"{file}: unknown extension {kind!r}; a picture ends in {', '.join(DATELESS)}")
    with refusing():
        plt = _pyplot()
        end = shown_until(given, steps)
        figure: Any = drawn(*given, steps=end, labels=labels or None, log=log, highlight=[*highlight]).figure
    with written(file) as opened:
        figure.savefig(opened, format=kind[1:], dpi=200, metadata=DATELESS[kind])
    plt.close(figure)


def _pyplot() -> Any:
    """The library, which opens no window, and gives what is the same in a picture the same names."""
    try:
        import matplotlib as mpl  # needs the optional package matplotlib
        import matplotlib.pyplot as plt
    except ImportError:
        raise ImportError("a picture needs matplotlib; pip install matplotlib.") from None

    mpl.use("agg")
    mpl.rcParams["svg.hashsalt"] = "lrsched"
    return plt
