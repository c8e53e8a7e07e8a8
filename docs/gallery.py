"""The gallery, which the build writes into its page: every word of the vocabulary as a card.

Nothing is typed here: the words are those of the registry; their order and the link are those of the pages that hold
their reference; the sentence, the formula and the source stand in the docstrings; the examples are those of the
pictures of these pages.
"""

import inspect
import re
from collections.abc import Iterator
from html import escape
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

import formulas
import numpy as np
from pictures import CURVE, PICTURES, STEPS, TOOLS, children, corners

import lrsched
from lrsched import Schedule
from lrsched.checks import is_factory

DOCS = Path(__file__).parent
DIRECTIVE = re.compile(r"^::: lrsched\.(\w+)$", re.MULTILINE)
TITLE = re.compile(r"^# (.+)$", re.MULTILINE)


class Word(NamedTuple):
    """One word of the vocabulary: where its reference is, what its docstring says, and a schedule made by it."""

    name: str
    page: str
    example: Schedule

    @property
    def paragraphs(self) -> list[str]:
        """The paragraphs of the docstring."""
        return (inspect.getdoc(getattr(lrsched, self.name)) or "").split("\n\n")

    @property
    def summary(self) -> str:
        """The first sentence."""
        return self.paragraphs[0]

    @property
    def formula(self) -> str:
        """The lines of the formula, as HTML; of a composition without one, what it is made of."""
        lines = [inspect.cleandoc("\n" + part) for part in self.paragraphs if part.startswith("    ")]
        if lines:
            return "".join(formulas.block(part) or f"<pre>{escape(part)}</pre>" for part in lines)
        return next(inline(part) for part in self.paragraphs if part.startswith("It is "))

    @property
    def source(self) -> str:
        """The paper, or the library whose convention it is; nothing for what is arithmetic."""
        found = [part for part in self.paragraphs if part.startswith("Source: ")]
        return " ".join(found).removeprefix("Source: ").replace("\n", " ")


def words() -> Iterator[Word]:
    """Every word of the vocabulary, page by page as the navigation has them."""
    examples: dict[str, Schedule] = {}
    for panels in (*PICTURES.values(), TOOLS):
        for schedule in panels.values():
            examples.setdefault(schedule.formula.name, schedule)
    for page in re.findall(r"([\w/]+)\.md", (DOCS.parent / "mkdocs.yml").read_text()):
        text = (DOCS / f"{page}.md").read_text() if (DOCS / f"{page}.md").exists() else ""
        for name in DIRECTIVE.findall(text):
            if name in vars(lrsched) and is_factory(getattr(lrsched, name)):
                yield Word(name, page, examples[name])


# Pictures.

WIDTH, HEIGHT = 260, 90


def picture(schedule: Schedule) -> str:
    """The curve of a schedule over what it was given, as an SVG element in the colours of the page."""
    before = list(children(schedule))
    high = max(1.0, *(float(thing(np.arange(STEPS + 1)).max()) for thing in (*before, schedule)))
    dashed = 'stroke="currentColor" stroke-dasharray="4 3" opacity="0.6"'
    curves = "".join(_line(child, high, dashed) for child in before)
    curves += _line(schedule, high, f'stroke="{CURVE}" stroke-width="2"')
    texts = "".join(
        f'<text x="{x}" y="{y}" text-anchor="{anchor}">{text}</text>'
        for x, y, anchor, text in (
            (-5, 5, "end", f"{high:.4g}"),
            (-5, HEIGHT, "end", "0"),
            (0, HEIGHT + 13, "middle", "0"),
            (WIDTH, HEIGHT + 13, "end", f"{STEPS} steps"),
        )
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-24 -8 {WIDTH + 28} {HEIGHT + 26}" role="img" '
        f'aria-label="{escape(repr(schedule))}"><path d="M0 0V{HEIGHT}H{WIDTH}" fill="none" stroke="currentColor" '
        f'opacity="0.5"/><g fill="currentColor" font-size="10" opacity="0.8">{texts}</g>{curves}</svg>'
    )


def _line(schedule: Schedule, high: float, look: str) -> str:
    """The curve of a schedule over the steps of the picture, from 0 up to a value."""
    steps = np.arange(STEPS + 1)
    points = " ".join(
        f"{step / STEPS * WIDTH:.4g},{(1 - value / high) * HEIGHT:.4g}"
        for step, value in zip(*corners(steps, schedule(steps)), strict=True)
    )
    return f'<polyline points="{points}" fill="none" stroke-linejoin="round" {look}/>'


# Cards.


def inline(text: str) -> str:
    """A line of a docstring as HTML: code is code, and papers are links."""
    text = re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text, quote=False))
    return re.sub(r"arXiv:(\d+\.\d+)", r'<a href="https://arxiv.org/abs/\1">arXiv:\1</a>', text)


def card(word: Word) -> str:
    """A word as HTML, in lines none of which is empty."""
    made = word.example.expand()
    rows = [
        ("formula", word.formula),
        ("picture of", f"<code>{escape(repr(word.example))}</code>"),
        ("made of", f"<code>{escape(repr(made))}</code>" if made != word.example else ""),
        ("source", inline(word.source)),
    ]
    facts = "".join(f"<dt>{name}</dt><dd>{text}</dd>" for name, text in rows if text)
    return (
        f'<section class="card" id="{word.name}">'
        f'<h3><a href="../{word.page}/#lrsched.{word.name}">{word.name}</a></h3>'
        f"<p>{inline(word.summary)}</p>{picture(word.example)}<dl>{facts}</dl></section>"
    )


def cards() -> str:
    """All cards, under a heading for each page."""
    parts: list[str] = []
    for page, found in groupby(words(), key=lambda word: word.page):
        title = TITLE.findall((DOCS / f"{page}.md").read_text())[0].partition(":")[0]
        parts.append(f"## {title}\n\n" + '<div class="gallery">' + "\n".join(map(card, found)) + "</div>")
    return "\n\n".join(parts)
