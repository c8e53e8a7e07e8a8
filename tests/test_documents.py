"""The documents are true: examples run, links lead somewhere, nothing public is left out, pictures are as drawn."""

import doctest
import pydoc
import re
import runpy
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

import lrsched
from lrsched.core.formula import Formula

ROOT = Path(__file__).parent.parent
README, DOCS = ROOT / "README.md", ROOT / "docs"
PAGES = sorted(DOCS.rglob("*.md"), key=lambda page: page.name)
DOCUMENTS = [README, ROOT / "CONTRIBUTING.md", *PAGES]
PUBLIC = {
    name: value.formula for name, value in vars(lrsched).items() if isinstance(getattr(value, "formula", None), Formula)
}

FENCE = re.compile(r"^```(.*?)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
DIRECTIVE = re.compile(r"^::: (\S+)$", re.MULTILINE)


def name_of(path):
    return str(path.relative_to(ROOT))


every_document = pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)


def public_text():
    return "\n".join(page.read_text() for page in PAGES)


# Examples.


def run_examples(name, text):
    """Run the Python blocks of a document in order, in one namespace, which is returned; a failure names the block."""
    namespace = {"__name__": "documents"}  # one module for all, so that two documents may define the same schedule
    for number, match in enumerate(FENCE.finditer(text), 1):
        language, source = match.groups()
        if language == "python":
            line = text[: match.start(2)].count("\n")
            place = f"{name}, block {number}, line {line + 1}"
            run = run_session if ">>>" in source else run_program
            run(place, source, line, namespace)
    return namespace


def run_program(place, source, line, namespace):
    try:
        exec(compile("\n" * line + source, place, "exec"), namespace)
    except Exception as error:
        raise AssertionError(f"{place}: {type(error).__name__}: {error}") from error


def run_session(place, source, line, namespace):
    session = doctest.DocTestParser().get_doctest(source, namespace, place, place, line)
    report = []
    doctest.DocTestRunner().run(session, out=report.append, clear_globs=False)
    namespace.update(session.globs)
    if report:
        raise AssertionError(f"{place}:\n{''.join(report)}")


@pytest.mark.parametrize("path", [path for path in DOCUMENTS if path.parent.name != "howto"], ids=name_of)
def test_examples_run(path, monkeypatch, tmp_path):
    """In a folder of its own, for pages write files, and read those below docs."""
    (tmp_path / "docs").symlink_to(DOCS)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["train.py"])  # what a command line reads
    monkeypatch.setenv("JSONARGPARSE_DEPRECATION_WARNINGS", "off")  # of what LightningCLI calls itself
    run_examples(path.name, path.read_text())


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("assert 1 + 1 == 3", "AssertionError"),
        ("x = (", "SyntaxError"),
        ("y", "NameError"),
        (">>> 1 + 1\n3", "Got:\n    2"),
        (">>> 1 / 0\n0", "ZeroDivisionError"),
        (">>> x = 1\n>>> y", "NameError"),
    ],
)
def test_a_wrong_example_fails_by_name(source, reason):
    text = f"# Page\n\n```bash\nfalse\n```\n\n```python\n{source}\n```\n"
    with pytest.raises(AssertionError, match=r"page\.md, block 2, line 8") as caught:
        run_examples("page.md", text)
    assert reason in str(caught.value)


def test_examples_share_a_namespace():
    run_examples(
        "page.md", "```python\nx = 1\n```\n```python\n>>> y = x + 1\n>>> y\n2\n\n```\n```python\nassert y == 2\n```\n"
    )


@every_document
def test_no_example_escapes(path):
    """Blocks of other languages are shown and not run; there are no others than these."""
    assert {match[1] for match in FENCE.finditer(path.read_text())} <= {"python", "bash", "text", ""}
    assert path.read_text().count("```") == 2 * len(FENCE.findall(path.read_text()))


def test_commands_run():
    """Every `lrsched show` of the documents prints."""
    texts = {text for path in DOCUMENTS for text in re.findall(r'lrsched show "([^"]+)"', path.read_text())}
    assert texts
    for text in texts:
        command = [sys.executable, "-m", "lrsched", "show", text]
        shown = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
        assert repr(lrsched.parse(text)) in shown.stdout


WIDEST = 88
"""So many columns fit beside both sidebars of the site on a screen of 1440 pixels."""


@every_document
def test_code_fits_beside_the_sidebars(path):
    """Code and commands; what they print is as wide as it is."""
    blocks = [match[2] for match in FENCE.finditer(path.read_text()) if match[1] in ("python", "bash")]
    lines = [
        line
        for block in blocks
        for line in block.splitlines()
        if ">>>" not in block or line.startswith((">>> ", "... "))
    ]
    assert [line for line in lines if len(line) > WIDEST] == []


# Links.


REPOSITORY = re.compile(r"https://(?:github|raw\.githubusercontent)\.com/lrsched/lrsched/(?:(?:blob|tree)/)?main/(.*)")


def broken_links(folder, text):
    """The targets of a document that are here, or in the repository, and do not exist."""
    targets = [target.partition("#")[0] for target in LINK.findall(FENCE.sub("", text))]
    absolute = [(target, REPOSITORY.fullmatch(target)) for target in targets]
    missing = [target for target, found in absolute if found and not (ROOT / found[1]).exists()]
    return missing + [target for target in targets if target and "://" not in target and not (folder / target).exists()]


@every_document
def test_links_lead_somewhere(path):
    assert broken_links(path.parent, path.read_text()) == []


def test_a_broken_link_is_found():
    here = "https://github.com/lrsched/lrsched/blob/main/"
    text = f"See [a](missing.md), ![b](images/none.svg), [c](index.md#x), [d](https://d.org/e), [e]({here}LICENSE)"
    assert broken_links(DOCS, f"{text}, [f]({here}none.md).") == [f"{here}none.md", "missing.md", "images/none.svg"]


def test_the_readme_stands_alone():
    """On the package index its links have no folder to start from."""
    assert [target for target in LINK.findall(README.read_text()) if "://" not in target] == []


def test_every_page_is_in_the_navigation():
    nav = (ROOT / "mkdocs.yml").read_text().partition("nav:")[2].partition("markdown_extensions:")[0]
    assert sorted(re.findall(r"(\w+\.md)", nav)) == [page.name for page in PAGES]


# The vocabulary.


@pytest.mark.parametrize("name", PUBLIC)
def test_a_page_shows_the_call(name):
    """A row of a table with all parameters and defaults as they are, and an entry of the reference."""
    assert f"| `{name}{PUBLIC[name].signature_text()}` |" in public_text()
    assert f"lrsched.{name}" in DIRECTIVE.findall(public_text())


def test_the_reference_is_of_things_that_exist():
    names = DIRECTIVE.findall(public_text())
    assert len(names) == len(set(names))
    assert [name for name in names if pydoc.locate(name) is None] == []


def test_the_conventions_name_their_laws():
    named = set(re.findall(r"`(test_\w+)`", (DOCS / "conventions.md").read_text()))
    written = "".join((ROOT / "tests" / name).read_text() for name in ("test_laws.py", "test_exactness.py"))
    laws = set(re.findall(r"^def (test_\w+)", written, re.MULTILINE))
    assert len(named) >= 12
    assert named - laws == set()


# Pictures.


def drawing(path):
    """The elements of a picture, but for the fonts, whose attributes other versions of matplotlib order otherwise."""
    svg = ElementTree.parse(path).getroot()
    return [
        (
            element.tag,
            (element.text or "").strip(),
            {k: v for k, v in element.items() if (k, element.tag[-4:]) != ("style", "text")},
        )
        for element in svg.iter()
    ]


def test_pictures_are_as_drawn(tmp_path):
    runpy.run_path(str(DOCS / "pictures.py"))["main"](tmp_path)
    names = [path.name for path in sorted(tmp_path.iterdir())]
    measured = {
        "designer.png",
        "exactness.svg",
        "forecast.svg",
        "plan_that_changes.svg",
        "range_test.svg",
        "warmup_curvature.svg",
        "warmup_spread.svg",
        "which_decay.svg",
        "why_warmup.svg",
    }  # by benchmarks.exactness, benchmarks.forecast, docs/screenshot.py and docs/examples
    drawn = [path.name for path in sorted((DOCS / "images").iterdir()) if path.name not in measured]
    assert names == drawn, f"these are measured: {sorted(measured)}; the others are drawn"
    for name in names:
        assert drawing(tmp_path / name) == drawing(DOCS / "images" / name), f"{name}: run python docs/pictures.py"


def test_another_curve_is_another_drawing(tmp_path):
    pictures = runpy.run_path(str(DOCS / "pictures.py"))
    for name, power in (("a", 2.0), ("b", 2.0), ("c", 2.01)):
        pictures["draw"]({"polynomial": lrsched.polynomial(1.0, 0.0, 100, power=power)}, tmp_path / name)
    assert drawing(tmp_path / "a") == drawing(tmp_path / "b") != drawing(tmp_path / "c")
