"""The gallery shows every word of the vocabulary once, with what its docstring says and the curve that it makes."""

import importlib
import sys
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree

import pytest

import lrsched
from lrsched.checks import is_factory

DOCS = Path(__file__).parent.parent / "docs"
VOCABULARY = sorted(name for name, value in vars(lrsched).items() if is_factory(value))

UNSOURCED = {"add", "clamp_max", "clamp_min", "compose", "maximum", "minimum", "multiply", "round_to", "scale", "shift"}
UNSOURCED |= {"extend", "stretch", "counter", "staircase"}
"""Arithmetic, which nobody published."""

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def tools():
    """The modules of the documents that the build uses."""
    sys.path.insert(0, str(DOCS))
    try:
        yield SimpleNamespace(**{name: importlib.import_module(name) for name in ("formulas", "gallery", "hooks")})
    finally:
        sys.path.remove(str(DOCS))


@pytest.fixture(scope="module")
def words(tools):
    return {word.name: word for word in tools.gallery.words()}


def elements(tools, word):
    """The card of a word, which is well-formed."""
    return ElementTree.fromstring(tools.gallery.card(word))


def points(polyline):
    return [tuple(map(float, pair.split(","))) for pair in polyline.get("points").split()]


def test_every_word_stands_there_once(tools):
    assert sorted(word.name for word in tools.gallery.words()) == VOCABULARY


@pytest.mark.parametrize("name", VOCABULARY)
def test_a_card_says_what_the_word_is(tools, words, name):
    word = words[name]
    assert word.example.formula.name == name
    assert lrsched.parse(repr(word.example)) == word.example
    assert word.summary.endswith(".")
    assert bool(word.source) == (name not in UNSOURCED)
    card = elements(tools, word)
    text = "".join(card.itertext())
    assert name in text
    assert repr(word.example) in text
    assert [row.text for row in card.iter("dt")][:2] == ["formula", "picture of"]
    assert card.find("h3/a").get("href") == f"../{word.page}/#lrsched.{name}"
    assert f"::: lrsched.{name}" in (DOCS / f"{word.page}.md").read_text()


@pytest.mark.parametrize("name", VOCABULARY)
def test_a_picture_is_the_curve(tools, words, name):
    """The last curve is the schedule, each before it something that it was given; and no picture is large."""
    example, card = words[name].example, elements(tools, words[name])
    *before, curve = card.iter(f"{SVG}polyline")
    children = list(tools.gallery.children(example))
    assert len(before) == len(children)
    drawn = [*children, example]
    high = max(1.0, *(schedule(step) for schedule in drawn for step in range(101)))
    for schedule, line in zip(drawn, (*before, curve), strict=True):
        assert len(points(line)) >= 2
        for x, y in points(line):
            step = x / tools.gallery.WIDTH * 100
            assert step == pytest.approx(round(step), abs=0.01)  # 4 digits of at most 260
            value = (1 - y / tools.gallery.HEIGHT) * high
            assert value == pytest.approx(schedule(round(step)), abs=1e-3 * high)  # 4 digits of at most 90 pixels
    assert len(ElementTree.tostring(card.find(f"{SVG}svg"))) < 10_000


@pytest.mark.parametrize("name", VOCABULARY)
def test_a_formula_is_mathematics(tools, words, name):
    """None is left as code, but for the arrows of a one-cycle; MathML is well-formed."""
    text = words[name].formula
    assert ("<math" in text) == (name != "one_cycle") or text.startswith("It is ")
    assert text.count("<math") == text.count("</math>")


def test_formulas_say_what_they_mean(tools):
    def shown(text):
        return "".join(ElementTree.fromstring(f"<p>{tools.formulas.inline(text)}</p>").itertext())

    assert shown("s(t) = a * (b + c)") == "s(t)=a⋅(b+c)"
    assert shown("a*b + c - (d - e)") == "a⋅b+c−(d−e)"  # noqa: RUF001 (a minus)
    assert shown('h = 2**-k    for mode == "x"') == "h=2−k for\xa0mode=“x”"  # noqa: RUF001
    assert shown("begin_k <= t < boundaries[i]") == "begink≤t&lt;boundariesi".replace("&lt;", "<")
    assert "<msup><mi>r</mi>" in tools.formulas.inline("r**(t/n)")
    assert shown("r**(t/(n + 1))") == "rt/(n+1)"
    assert "<mfrac><mrow><mi>t</mi></mrow><mrow><mi>n</mi></mrow></mfrac>" in tools.formulas.inline("r*(t/n)")
    assert tools.formulas.block("a  ->  b") is None
    with pytest.raises(ValueError, match="no notation for"):
        tools.formulas.inline("a @ b")


def test_columns_of_values_are_formulas(tools):
    row = "<tr><td><code>f(x)</code></td><td><code>2*x</code></td></tr>"
    page = f"<table><tr><th>call</th><th>value</th></tr>{row}</table>"
    found = tools.formulas.in_tables(page)
    assert "<td><code>f(x)</code></td>" in found
    assert "<td><math" in found


def test_another_schedule_is_another_picture(tools):
    draw = tools.gallery.picture
    assert draw(lrsched.cosine(1.0, 0.0, 100)) == draw(lrsched.cosine(1.0, 0.0, 100))
    assert draw(lrsched.cosine(1.0, 0.0, 100)) != draw(lrsched.cosine(1.0, 0.1, 100))


def test_the_build_writes_the_cards(tools):
    def build(name):
        page = SimpleNamespace(file=SimpleNamespace(src_uri=name))
        return tools.hooks.on_page_markdown((DOCS / name).read_text(), page=page)

    assert build("gallery.md").count('<section class="card"') == len(VOCABULARY)
    assert tools.hooks.CARDS not in build("gallery.md")
    assert build("tutorial.md") == (DOCS / "tutorial.md").read_text()
    assert "](design.md)" in build("contributing.md")
    assert "](tutorial.md)" in build("index.md")
    assert "](images/schedules.svg)" in build("index.md")
    for name in ("index.md", "contributing.md", "changelog.md"):
        assert "](docs/" not in build(name)
    assert '<img src="data:image/svg+xml' in build("pictures.md")
