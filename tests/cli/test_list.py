"""What `lrsched list` lists: the vocabulary and the recipes, as they are called."""

import json

import pytest

import lrsched
from lrsched.core.formula import Formula
from lrsched.runs import recipes

from .run import ESCAPE, printed, refused

PUBLIC = {
    name: value.formula for name, value in vars(lrsched).items() if isinstance(getattr(value, "formula", None), Formula)
}


def test_every_word_is_listed_once_with_its_call_and_a_line() -> None:
    lines = printed("list", COLUMNS="40").splitlines()
    calls = [line.strip() for line in lines if line.startswith("  ") and not line.startswith("   ")]
    names = [call.partition("(")[0] for call in calls]
    assert sorted(names) == sorted([*PUBLIC, *(f"recipe:{name}" for name in recipes.list())])
    for name, formula in PUBLIC.items():
        assert name + formula.signature_text() in calls
    for call in calls:
        summary = lines[lines.index(f"  {call}") + 1]
        assert summary.startswith("      ")
        assert summary.endswith((".", ":"))
    assert ESCAPE not in "".join(lines)


def test_the_data_says_what_the_parameters_are() -> None:
    found = {word["name"]: word for word in json.loads(printed("list", "--json"))}
    assert set(found) == {*PUBLIC, *(f"recipe:{name}" for name in recipes.list())}
    assert found["polynomial"] == {
        "name": "polynomial",
        "family": "ramps",
        "call": "polynomial(init_value, end_value, steps, *, power=2.0)",
        "parameters": [
            {"name": "init_value", "kind": "Value", "unit": "rate"},
            {"name": "end_value", "kind": "Value", "unit": "rate"},
            {"name": "steps", "kind": "Steps", "unit": "steps"},
            {"name": "power", "kind": "Power", "unit": "1", "default": 2.0},
        ],
        "summary": lrsched.polynomial.__doc__.partition("\n")[0],
    }
    assert found["wsd"]["parameters"][-1] == {"name": "decay", "kind": "Ramp", "unit": "", "default": "linear"}
    assert found["recipe:bert"]["family"] == "recipes"


def test_the_data_is_ordered_the_same_each_time() -> None:
    names = [(word["family"], word["name"]) for word in json.loads(printed("list", "--json"))]
    ours = [pair for pair in names if pair[0] != "recipes"]
    assert ours == sorted(ours)
    assert names[len(ours) :] == sorted(names[len(ours) :])


@pytest.mark.parametrize(
    ("text", "name"), [("cosine", "sgdr"), ("COSINE", "warmup_cosine"), ("square root", "inverse_sqrt")]
)
def test_a_text_is_looked_for(text: str, name: str) -> None:
    found = json.loads(printed("list", text, "--json"))
    assert name in {word["name"] for word in found}
    assert all(text.lower() in f"{word['name']} {word['summary']}".lower() for word in found)


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_nothing_that_is_found_is_an_error(options: tuple[str, ...]) -> None:
    message = "nothing has 'no such thing' in its name or description; lrsched list shows all"
    assert refused("list", "no such thing", *options) == message
    assert refused("list", "cosnie", *options).endswith("; did you mean 'cosine'?")


@pytest.mark.parametrize("columns", [80, 60])
def test_a_terminal_breaks_lines_between_words(columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = printed("list")
    monkeypatch.setattr("lrsched.cli.output.is_terminal", lambda: True)
    broken = printed("list", COLUMNS=str(columns))
    assert max(map(len, broken.splitlines())) <= columns < max(map(len, whole.splitlines()))
    assert broken.split() == whole.split()
