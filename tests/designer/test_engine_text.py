"""The page reads the texts that `lrsched.parse` reads, and refuses the others with the same words in the same place."""

import random
import time

import pytest

import lrsched as lr
from lrsched.checks import is_factory
from lrsched.core import registry

from ..cli.test_expressions import REFUSED
from ..test_parse import HONEST, HOSTILE, LARGE, PIECES, REPRS
from .engine_in_js import ask, outcome


@pytest.fixture(autouse=True)
def only_public_schedules(monkeypatch):
    """Without the schedules that other tests and examples have registered, which a message would list."""
    public = {name: value for name, value in vars(lr).items() if is_factory(value)}
    monkeypatch.setattr(registry, "_factories", public)


OF_PYTHON = {
    "linear({'a': 1}, 0, 9)": "column 8: only numbers, names of numbers, ",
    "\ud800": "column 1: invalid non-printable character U+D800; ",
    "linear('\ud800', 0, 9)": "column 1: linear(init_value='\\ud800') must be a number, ",
    "'\\N{nothing}'": "column 1: an expression is a schedule, ",
    "#": "column 2: invalid syntax; ",
    "# linear(0, 1, 9)": "column 18: invalid syntax; ",
    "scale(" * 64 + "1" + ", 1)" * 64: "column 306: nested deeper than 50; ",
}
"""The texts for which the page has other words: a dict, letters that no file holds, and what ends too early, where the
page points to the end of the text."""

REFUSED_VALUES = [
    "warmup_cosine(3e-4, 1000, 500)",
    "warmup_cosine(3e-4, 1000, 0.5)",
    "warmup_cosine(3e-4, 1000, -1)",
    "wsd(1, 2, 3, 4)",
    "linear(1, 2, 1e18)",
    "linear(1, 2, 2*4611686018427387904)",
    "linear(1, 2, steps=None)",
    "linear(1, 2, 3)*1e400",
    "warmup_inverse_sqrt(1, 0)",
    "one_cycle(1.0, 100, pct_start=0.7, three_phase=True)",
    "one_cycle(1.0, 100, pct_start=1.7)",
    "one_cycle(1e308, 100, div_factor=1e-5)",
    "piecewise_constant([1, 2], [3, 4])",
    "piecewise_constant([1, 2, 3], [3, 3])",
    "piecewise_constant([1, 2, 3], [4, 3])",
    "piecewise_constant([1, 2, 3, 4, 5, 6, 7, 8, 9], [1])",
    "join([1, 2], [])",
    "join([], [])",
    "join([linear(0, 1, 9), 0.5], [5, 6])",
    "join([1, 'a'], [5])",
    "join(5, [])",
    "cooldown(linear(1, 0, 9), 20, 5)",
    "cooldown(cosine(0.123456, 0.01234567, 9), 20, 5)",
    "extend(linear(1, 0, 9), 20, 5)",
    "extend(linear(1, 0, 9), 5, 5)",
    "extend(noam(1, 5), 5, 5)",
    "extend(stretch(linear(1, 0, 10), 1.05), 11, 20)",
    "restart(linear(1, 0, 9), 0)",
    "restart(linear(1, 0, 9), 5, period_mult=0.5)",
    "restart(linear(1, 0, 9), 5, value_mult=0)",
    "stretch(linear(1, 0, 9), -2.0)",
    "radam_warmup(0.5)",
    "counter(1.5, 2)",
    "batch_size_ramp(16, 64, 17, 300)",
    "batch_size_ramp(16, 8, 17, 300)",
    "batch_size_ramp(16.5, 64, 16, 300)",
    "batch_size_ramp(16, 64, 16, 300, multiple=32)",
    "cyclic(0, 1, 5, mode='triangle')",
    "cyclic(0, 1, 5, mode=5)",
    "exponential_decay(1, 0.5, staircase=1)",
    "exponential_decay(1, 0.5, decay_steps=1e300)",
    "exponential(-1.5, 1, 5)",
    "wsd(1, 2, 3, 1, decay=exponential)",
    "warmup(constant(1), 5, ramp='cosin')",
    "warmup(constant(1), 5, ramp=noam)",
    "warmup_cosine(1, 2, 3, 4)",
    "warmup_cosine(1, 2, 3, 4, 5, 6)",
    "warmup_cosine(1, 2, 3, 'a')",
    "wsd(1, 2, 3, 1, cosine)",
    "scale_schedule(cosine(0.1, 500, 10_000), 256, 1_024, warmup_rule='steps')",
    "scale_schedule(warmup_cosine(0.1, 500, 1000), 256, 10240, warmup_rule='steps')",
]

NAMES = ["constructor", "__proto__", "toString", "hasOwnProperty", "valueOf"]
"""What every object of JavaScript has."""

OF_NAMES = ["{}", "{}(1)", "scale({}, 1)", "linear(0, 1, 9, {}=1)", "lrsched.{}(1)", "warmup(1, 5, ramp='{}')"]

ARITHMETIC = [
    "linear(1, 0, 9) - 0.5",
    "0.5 - linear(1, 0, 9)",
    "-linear(1, 0, 9) / 3",
    "3 * linear(1, 0, 9) * 2 + cosine(1, 0, 5) * noam(5, 5)",
    "linear(1/3, 7.5//-2, 7//2*3 - -7//2)",
    "linear(0x10, 0b11, 0o17)",
    "linear(1_000.5e3, .5, 1.)",
    "warmup(0.5, 5, ramp=partial(polynomial, power=2))",
    "batch_size_ramp(16, 64, 16, 300, multiple=12)",
    "scale_schedule(warmup_cosine(0.1, 500, 10_000), 256, 1_024, warmup_rule='steps')",
    "scale_schedule(0.5 * wsd(0.1, 500, 10_000, 100), 256, 1_000, rule='sqrt', warmup_rule='linear')",
    "linear(9007199254740993 - 9007199254740992, 1, 9)",
]


def of_python(text):
    """What `parse` gives or says, with the column."""
    try:
        return repr(lr.parse(text))
    except lr.ParseError as error:
        return str(error)


def of_page(text):
    """What the page gives or says, in the same form."""
    found = outcome(text)
    if "text" in found:
        return found["text"]
    is_placed = found["start"] is not None and "an expression is empty" not in found["message"]
    return f"column {found['start'] + 1}: {found['message']}" if is_placed else found["message"]


def same(text, want):
    got = of_page(text)
    return got == want or f"column 1: {want}" == got  # an error without a place is at the begin


@pytest.mark.parametrize(
    "text",
    [*HOSTILE, *HONEST, *REPRS, *(text for text, _, _ in REFUSED), *REFUSED_VALUES, *ARITHMETIC],
    ids=lambda text: ascii(text[:60]),
)
def test_the_page_answers_as_parse(text):
    """With the same schedule, or the same message in the same column."""
    if text in OF_PYTHON:
        assert of_page(text).startswith(OF_PYTHON[text])
    else:
        want = of_python(text)
        assert same(text, want), f"{of_page(text)!r}, not {want!r}"


def changed(seed):
    """A repr with some letters changed, lost or doubled."""
    chance = random.Random(seed)
    letters = list(chance.choice(REPRS))
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(letters) + 1)
        letters[at : at + chance.randint(0, 3)] = chance.choice([[], [chance.choice(PIECES)], letters[at : at + 9] * 2])
    return "".join(letters)


@pytest.mark.parametrize("seeds", [range(300), pytest.param(range(300, 20_000), marks=pytest.mark.sweep)], ids=str)
def test_changed_texts_are_answered_as_parse_answers_them(seeds):
    """What is no expression of Python is refused; anything else has the same answer."""
    for text in map(changed, seeds):
        want = of_python(text)
        if want.endswith("write a call such as linear(0.0, 1.0, 10).") and ": an expression is " not in want:
            assert "message" in outcome(text), text
        else:
            assert same(text, want), f"{text!r}: {of_page(text)!r}, not {want!r}"


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("form", OF_NAMES)
def test_what_every_object_has_is_no_schedule(form, name):
    text = form.format(name)
    assert same(text, of_python(text))
    assert "message" in outcome(text)


@pytest.mark.parametrize(
    "text",
    [*LARGE.values(), "a" * 1_000_000, *(text[:9_000] for text in LARGE.values()), "scale(" * 50 + "1" + ", 1)" * 50],
    ids=lambda text: ascii(text[:30]),
)
def test_large_texts_are_refused_at_once(text):
    assert 20 < len(outcome(text)["message"]) < 1_500
    assert min(_seconds(text) for _ in range(3)) < 0.1


def _seconds(text):
    begin = time.perf_counter()
    outcome(text)
    return time.perf_counter() - begin


NESTED = {
    "restart of longer cycles": ("restart(", ", {}, period_mult=1.01)", [10 * 7**depth for depth in range(1, 9)]),
    "extend": ("extend(", ", 2, {})", range(20, 180, 5)),
}
"""Expressions with more pieces than can be counted: each level has many times those of the one inside."""


@pytest.mark.parametrize("name", NESTED)
def test_what_has_too_many_pieces_is_refused(name):
    before, after, numbers = NESTED[name]
    text = "linear(1, 0, 10)"
    for number in numbers:
        text = f"{before}{text}{after.format(number)}"
    assert outcome(text)["message"] == "a schedule of so many pieces cannot be drawn; nest fewer restarts."


def test_the_argument_at_fault_is_known():
    text = "join([linear(0, 1, 9), warmup_cosine(3e-4, 1_000, total_steps=500)], [9])"
    found = outcome(text)
    assert text[found["start"] : found["end"]] == "warmup_cosine(3e-4, 1_000, total_steps=500)"
    assert text[found["argument"]["start"] : found["argument"]["end"]] == "500"
    assert found["hint"] == "total_steps includes the warmup."


def test_an_expression_that_cannot_be_made_can_be_read_and_written():
    text = "warmup_cosine(0.0003, 1000, total_steps=2 - -500 * (3 + 1), end_value=-1e-05)"
    read = "(text) => lrsched.write(lrsched.read(text.replace('2 -', '2 - 5000 +')))"
    assert (
        ask(read, text) == "warmup_cosine(0.0003, 1000, total_steps=(2 - 5000) + ((-500) * (3 + 1)), end_value=-1e-05)"
    )


def test_the_parameters_say_what_fields_need():
    """Their unit, their bounds and their default."""
    assert ask("lrsched.parameters('wsd')[1]") == {
        "name": "warmup_steps",
        "unit": "steps",
        "kind": "steps",
        "required": True,
        "default": None,
        "optional": False,
        "minimum": 0,
        "maximum": 2**53,
        "isOpen": False,
        "options": None,
    }
    found = {parameter["name"]: parameter for parameter in ask("lrsched.parameters('one_cycle')")}
    assert [found[name]["default"] for name in ("ramp", "pct_start", "three_phase")] == ["cosine", 0.3, False]
    assert (found["div_factor"]["minimum"], found["div_factor"]["isOpen"]) == (0, True)
    assert (found["pct_start"]["minimum"], found["pct_start"]["maximum"]) == (0, 1)
    assert ask("lrsched.parameters('constructor')") == []


def test_the_names_are_the_vocabulary():
    public = {name for name in lr.__all__ if is_factory(getattr(lr, name))}
    assert {*ask("lrsched.names")} == public
    assert ask("lrsched.summary('linear')") == "A straight line from `init_value` to `end_value`."
