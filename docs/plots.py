"""The pictures of the page on pictures: `python docs/plots.py` draws all of them anew.

Those in docs/plots are drawn by `lrsched.plot` and `lrsched.diff`, as on the page; the one in the page itself is what
a schedule shows in a notebook. The same code draws the same bytes.
"""

import re
from pathlib import Path

import matplotlib as mpl
from matplotlib.axes import Axes

import lrsched as lr
from lrsched.plot import diff, plot

mpl.use("agg")  # no window

PAGE = Path(__file__).parent / "pictures.md"
RUN = lr.warmup_cosine(3e-4, 1_000, 10_000)
WSD = lr.wsd(3e-4, 1_000, 100_000, 20_000, decay=lr.one_minus_sqrt)


def one() -> Axes:
    """A single run."""
    return plot(RUN)


def several() -> Axes:
    """Three runs over one another, with a step and a stretch highlighted."""
    cosine, sqrt = lr.warmup_cosine(3e-4, 1_000, 100_000), lr.warmup_inverse_sqrt(3e-4, 1_000)
    return plot(cosine, WSD, sqrt, highlight=[40_000, (80_000, 100_000)])


def logarithmic() -> Axes:
    """Two decays on a logarithmic axis."""
    return plot(lr.exponential(1e-2, 1e-6, 1_000), lr.cosine(1e-2, 1e-6, 1_000), log=True)


def parting() -> Axes:
    """A run, and the same run with another warmup and another floor."""
    return diff(RUN, lr.warmup_cosine(3e-4, 3_000, 10_000, end_value=1e-5))


PICTURES = {"one": one, "several": several, "logarithmic": logarithmic, "parting": parting}


def notebook(page: str) -> str:
    """The page with the schedule in it that shows itself as in a notebook."""
    return re.sub("^<div><code>.*</div>$", lambda _: RUN._repr_html_() or "", page, flags=re.MULTILINE)


def main(folder: Path) -> None:
    """Draw all pictures into a folder."""
    with mpl.rc_context({"svg.hashsalt": "lrsched", "svg.fonttype": "none"}):
        for name, draw in PICTURES.items():
            figure = draw().figure
            figure.savefig(folder / f"{name}.svg", metadata={"Date": None, "Creator": None})


if __name__ == "__main__":
    main(PAGE.parent / "plots")
    PAGE.write_text(notebook(PAGE.read_text()))
