"""The page of the designer: one HTML file with everything in it, which sends and fetches nothing."""

import inspect
from collections.abc import Iterable, Mapping
from typing import Any

from ..checks import Site
from ..core.schedule import Schedule
from ..runs import recipes

__all__ = ["page"]

DEFAULT = "warmup_cosine(3e-4, 1000, 20_000, end_value=3e-5)"
"""What is shown when nothing is given."""

MOST = 6
"""The most schedules that are shown at once, of which each has a colour."""

SCRIPTS = (
    "dom.js",
    "state.js",
    "expressions.js",
    "chart.js",
    "edit.js",
    "grips.js",
    "fields.js",
    "pieces.js",
    "menus.js",
    "recipes.js",
    "worker.js",
    "side.js",
    "forecast.js",
    "programs.js",
    "take.js",
    "app.js",
)
"""The scripts of the page, in the order in which they run, after the engine."""


def page(expressions: Iterable[str | Schedule] = (), *, law: Mapping[str, Any] | None = None) -> str:
    """The designer as one HTML file: schedules as text, curve, fields and handles.

    The page needs no server and no network: its policy allows its own scripts, by their hashes, and no connection.

    Args:
        expressions: the schedules that it shows first, at most six; the fragment of its address goes before them.
        law: the config of a fitted law (`lrsched.forecast`), whose forecast is shown.

    Raises ImportError if plotly, which draws the chart, is not installed; TypeError for what is no list of schedules
    and expressions; and ValueError for more than six.

    >>> text = page(["wsd(3e-4, 100, 1000, 200)"])
    >>> "connect-src 'none'" in text
    True
    """
    import json  # which takes milliseconds to import

    start = {
        "expressions": _texts(expressions) or [DEFAULT],
        "recipes": [_recipe(name) for name in recipes.list()],
        "law": None if law is None else dict(law),
    }
    scripts = {"plotly": _plotly(), "engine": _engine(), "page": "\n".join(map(_read, SCRIPTS))}
    parts = {
        "policy": _policy(scripts.values()),
        "style": _read("page.css"),
        "start": json.dumps(start).replace("<", "\\u003c"),
        "scripts": "\n".join(f'<script id="{name}">{script}</script>' for name, script in scripts.items()),
    }
    text = _read("page.html")
    for name, part in parts.items():
        before, after = text.split("{{" + name + "}}")
        text = before + part + after
    return text


def _texts(expressions: Any) -> list[str]:
    """The expressions to begin with."""
    site = Site("page", "expressions")
    if isinstance(expressions, (str, Schedule)) or not isinstance(expressions, Iterable):
        site.refuse(expressions, "must be a list of schedules or expressions", "write page([schedule])", TypeError)
    given: list[Any] = [*expressions]
    for each in given:
        if not isinstance(each, (str, Schedule)):
            site.refuse(each, "must hold schedules and expressions alone", "give repr(schedule)", TypeError)
    if len(given) > MOST:
        site.refuse(given, f"must hold at most {MOST} schedules", "give those that are compared")
    return [repr(each) if isinstance(each, Schedule) else each for each in given]


def _recipe(name: str) -> dict[str, str]:
    builder = recipes.find(name)
    summary = (inspect.getdoc(builder) or "").partition("\n")[0]
    return {"name": name, "summary": summary, "text": repr(builder())}


def _read(name: str) -> str:
    from pathlib import Path  # which takes milliseconds to import

    return (Path(__file__).parent / "static" / name).read_text(encoding="utf-8")


def _engine() -> str:
    """What needs no page: expressions, schedules, and what the panel says of them."""
    from .engine import engine_source  # much code, which few programs use
    from .tables import panel_source

    return "\n".join([engine_source(), panel_source(), _read("judge.js")])


def _plotly() -> str:
    """The JavaScript of plotly, as the installed package has it."""
    try:
        import plotly.offline as plotly  # needs the optional package plotly  # pyright: ignore[reportMissingTypeStubs]
    except ImportError:
        raise ImportError('the designer needs plotly; pip install "lrsched-toolkit[designer]".') from None
    return str(plotly.get_plotlyjs())


def _policy(scripts: Iterable[str]) -> str:
    """The Content-Security-Policy: these scripts, the page's styles, pictures and a worker that it makes itself."""
    import base64  # which take milliseconds to import
    import hashlib

    hashes = " ".join(
        f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'" for script in scripts
    )
    return (
        f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; img-src data: blob:; "
        "worker-src blob:; connect-src 'none'; base-uri 'none'; form-action 'none'"
    )
