"""Text is read, never run: hostile texts are refused at once and with a column, honest ones come back equal."""

import contextlib
import random
import sys
from functools import partial

import pytest
from hypothesis import given, settings, strategies as st

import lrsched as lr

from .cases import CASES

REPRS = [repr(case.schedule) for case in CASES.values()]

HOSTILE = [
    # Attributes, names and calls that Python would follow.
    "linear.formula",
    "linear.__class__(1)",
    "linear(0, 1, 9).length",
    "linear.formula.builder(0, 0, 1, 9)",
    "linear.__globals__['__builtins__']",
    "linear.__wrapped__(0, 1, 9)",
    "lrsched",
    "lrsched.linear",
    "lrsched.parse('linear(0, 1, 9)')",
    "lrsched.core.registry.find('linear')",
    "lrsched.lrsched.linear(0, 1, 9)",
    "lrsched.__builtins__",
    "lrsched.linear.formula",
    "optax.linear(0, 1, 9)",
    "linear(lrsched.os, 0, 9)",
    "scale(linear.__class__, 2)",
    "__import__('os').system('true')",
    "__import__('os')",
    "__builtins__",
    "eval('1')",
    "exec('1')",
    "open('x', 'w')",
    "print(1)",
    "scale(print, 2)",
    "scale(__import__, 2)",
    "Schedule(1)",
    "parse('linear(0, 1, 9)')",
    "from_config({'lrsched': 1})",
    "schedule(linear)",
    "linear(0, 1, 9)(3)",
    "linear(0, 1, 9)()",
    "(lambda: 1)()",
    "'linear'(0, 1, 9)",
    "[linear][0](0, 1, 9)",
    "(linear if 1 else cosine)(0, 1, 9)",
    # Expressions of other kinds.
    "linear(lambda: 1, 0, 9)",
    "linear([x for x in [1]], 0, 9)",
    "linear({x for x in [1]}, 0, 9)",
    "linear({x: x for x in [1]}, 0, 9)",
    "linear((x for x in [1]), 0, 9)",
    "linear(x for x in [1])",
    "linear(f'{1}', 0, 9)",
    "linear(f'{__import__(\"os\")}', 0, 9)",
    "linear(*[0, 1, 9])",
    "linear(**{'init_value': 0})",
    "linear(0, 1, **9)",
    "linear((x := 1), 0, 9)",
    "linear([1, 2][0], 0, 9)",
    "linear('abc'[0], 0, 9)",
    "linear(2 ** 999999999, 0, 9)",
    "linear('a' * 999999999, 0, 9)",
    "linear(1 if 1 else 2, 0, 9)",
    "linear(5 % 2, 0, 9)",
    "linear(1 << 9, 0, 9)",
    "linear(1 @ 2, 0, 9)",
    "linear(1 / 0, 0, 9)",
    "linear(1 // 0.0, 0, 9)",
    "linear(1e308 * 10, 0, 9)",
    "linear(1e999 - 1e999, 0, 9)",
    "linear(True + 1, 0, 9)",
    "linear('1' + '1', 0, 9)",
    "linear([1] * 9, 0, 9)",
    "linear(None + 1, 0, 9)",
    "linear(linear + 1, 0, 9)",
    "linear(linear(0, 1, 9) + 1, 0, 9)",
    "linear(0, 1, 9) / 0",
    "linear(0, 1, 9) / linear(0, 1, 9)",
    "2 / linear(0, 1, 9)",
    "linear(0, 1, 9) // 2",
    "linear(0, 1, 9) ** 2",
    "linear(0, 1, 9) @ linear(0, 1, 9)",
    "linear(0, 1, 9) * linear",
    "linear(0, 1, 9) + 'x'",
    "+linear(0, 1, 9)",
    "1 + 1",
    "oops * linear(0, 1, 9)",
    "linear(1 < 2, 0, 9)",
    "linear(1 or 2, 0, 9)",
    "linear(not 1, 0, 9)",
    "linear(~1, 0, 9)",
    "linear(- - -1, 0, 9)",
    "linear(-True, 0, 9)",
    "linear(-'a', 0, 9)",
    "linear(-linear, 0, 9)",
    "linear(-1j, 0, 9)",
    "linear(await x, 0, 9)",
    "linear((yield), 0, 9)",
    "linear(`1`, 0, 9)",
    "linear(0, 1, 9),",
    "[linear(0, 1, 9)]",
    "{linear(0, 1, 9)}",
    "linear(0, 1, 9) if 1 else 2",
    "linear",
    "'linear(0, 1, 9)'",
    "3",
    "...",
    # Statements.
    "import os",
    "x = linear(0, 1, 9)",
    "linear(0, 1, 9); linear(0, 1, 9)",
    "linear(0, 1, 9)\nlinear(0, 1, 9)",
    "del linear",
    "pass",
    "@linear",
    # Values that are no numbers.
    "linear(1e999, 0, 9)",
    "linear(-1e999, 0, 9)",
    "linear(nan, 0, 9)",
    "linear(inf, 0, 9)",
    "linear(1j, 0, 9)",
    "linear(True, 0, 9)",
    "linear('True', 0, 9)",
    "linear(None, 0, 9)",
    "linear('1', 0, 9)",
    "linear('1' '2', 0, 9)",
    "linear(b'1', 0, 9)",
    "linear(..., 0, 9)",
    "linear({1, 2}, 0, 9)",
    "linear({'a': 1}, 0, 9)",
    "linear({[1]: 1}, 0, 9)",
    "linear({**a}, 0, 9)",
    "linear([0], 1, 9)",
    "linear(01, 0, 9)",
    "linear(0, 1, 0x)",
    "linear(0, 1, 1__0)",
    "linear(0, 1, 1e)",
    # Calls that do not fit.
    "linear()",
    "linear(0, 1)",
    "linear(0, 1, 9, 9)",
    "linear(0, 1, 9, steps=9)",
    "linear(0, 1, steps=9, steps=9)",
    "linear(init_value=0, 1, 9)",
    "linear(0, 1, step=9)",
    "linear(0, 1, 9, self=1)",
    "linear(0, 1, 9, __class__=1)",
    "linear(0, 1, -9)",
    "warmup(linear, 5)",
    "warmup(constant(1), 5, ramp='constant')",
    "warmup(constant(1), 5, ramp=partial())",
    "warmup(constant(1), 5, ramp=partial(polynomial, 2))",
    "warmup(constant(1), 5, ramp=partial(polynomial, steps=2))",
    "warmup(constant(1), 5, ramp=partial(polynomial, power=0))",
    "warmup(constant(1), 5, ramp=partial(partial, power=2))",
    "warmup(constant(1), 5, ramp=partial(constant, value=2))",
    "warmup(constant(1), 5, ramp=partial('polynomial', power=2))",
    "partial(polynomial, power=2)",
    "partial(linear, init_value=0, end_value=1, steps=9)()",
    "linear(partial(polynomial), 0, 9)",
    "scale(partial(polynomial, power=2), 2)",
    "warmup(constant(1), 5, ramp=linear(0, 1, 5))",
    "cyclic(0, 1, 5, mode=triangular)",
    # Letters that only look right, and bytes that are not letters.
    "lіnear(0, 1, 9)",  # noqa: RUF001 (a Cyrillic letter)
    "lınear(0, 1, 9)",  # noqa: RUF001 (a Turkish letter)
    "linear（0, 1, 9）",  # noqa: RUF001 (wide brackets)
    "linear(0\u037e 1, 9)",  # a Greek question mark
    "linear(0, 1, ９)",  # noqa: RUF001 (a wide digit)
    "linear(0, 1, ٩)",
    "linear(0, −1, 9)",  # noqa: RUF001 (a minus sign that is no hyphen)
    "linear(0,\u200b1, 9)",
    "\ufefflinear(0, 1, 9)",
    "\ud800",
    "linear('\ud800', 0, 9)",
    "linear(0, 1, 9)\x00",
    "\x00",
    "linear(0, 1, 9\x1b)",
    # Pieces.
    "",
    " \n\t",
    "#",
    "# linear(0, 1, 9)",
    "linear(0, 1, 9",
    "linear(0, 1, 9))",
    "linear(0, 1, 9]",
    "linear(0,, 9)",
    "linear 0 1 9",
    "'''",
    '"',
    "'\\N{nothing}'",
    "\\",
    "linear(0, 1, 9) \\",
]


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_hostile_texts_are_refused(text):
    """With one error, whose message fits on a screen and whose column is in the text."""
    with pytest.raises(ValueError, match=r"[.?]$") as caught:
        lr.parse(text)
    error = caught.value
    assert type(error).__name__ == "ParseError"
    assert len(str(error)) < 1_500
    assert error.column is None or 1 <= error.column <= max(len(text), 1)


LARGE = {
    "a million digits": "linear(" + "1" * 1_000_000 + ", 0, 9)",
    "a million blanks": " " * 1_000_000 + "linear(0, 1, 9)",
    "5000 digits": "linear(" + "1" * 5_000 + ", 0, 9)",
    "4000 digits": "linear(" + "1" * 4_000 + ", 0, 9)",
    "5000 digits below zero": "linear(-" + "1" * 5_000 + ", 0, 9)",
    "150 000 hexadecimal digits": "linear(0x" + "f" * 150_000 + ", 0, 9)",
    "a long name": "a" * 150_000 + "(1)",
    "a long parameter": "linear(" + "a" * 150_000 + "=1)",
    "a long text": "linear('" + "a" * 150_000 + "', 0, 9)",
    "a long comment": "#" * 150_000,
    "many arguments": "linear(" + "1, " * 30_000 + ")",
    "many parameters": "linear(" + ", ".join(f"a{i}=1" for i in range(10_000)) + ")",
    "many lines": "linear(0, 1,\n" + "\n" * 150_000 + "x)",
    "deep lists": "join(" + "[" * 10_000 + "]" * 10_000 + ", [])",
    "deep brackets": "(" * 10_000 + ")" * 10_000,
    "deep calls": "linear(" * 10_000,
    "deep closed calls": "scale(" * 10_000 + "1" + ", 1)" * 10_000,
    "deep dicts": "linear(" + "{1: " * 10_000 + "1" + "}" * 10_000 + ", 0, 9)",
    "minus signs": "-" * 10_000 + "1",
    "minus signs apart": "linear(" + "- " * 10_000 + "1, 0, 9)",
    "plus and minus signs": "linear(" + "+-" * 10_000 + "1, 0, 9)",
    "tildes": "linear(" + "~" * 10_000 + "1, 0, 9)",
    "a sum of schedules": "linear(0, 1, 9)" + " + 1" * 10_000,
    "a product of numbers": "linear(" + "9" * 4_000 + ("*" + "9" * 4_000) * 40 + ", 0, 9)",
    "products of products": "linear(" + "(9**9)*" * 20_000 + "1, 0, 9)",
    "names": "linear(" + "a*" * 40_000 + "1, 0, 9)",
    "nots": "linear(" + "not " * 10_000 + "1, 0, 9)",
    "lambdas": "linear(" + "lambda: " * 10_000 + "1, 0, 9)",
    "awaits": "linear(" + "await " * 10_000 + "1, 0, 9)",
    "conditions": "linear(" + "1 if 1 else " * 10_000 + "1, 0, 9)",
    "attributes": "linear" + ".a" * 40_000,
    "empty calls": "linear" + "()" * 40_000,
    "subscripts": "linear" + "[0]" * 30_000,
    "a sum": "linear(1" + "+1" * 40_000 + ", 0, 9)",
    "a power": "linear(" + "2**" * 30_000 + "2, 0, 9)",
    "a comparison": "linear(1" + "<1" * 40_000 + ", 0, 9)",
    "backslashes": "\\\n" * 50_000,
    "stars": "*" * 100_000,
    "quotes": "'" * 99_999,
    "f-strings": "linear(" + "f'{" * 60 + "1" + "}'" * 60 + ", 0, 9)",
}


@pytest.mark.parametrize("text", LARGE.values(), ids=LARGE)
def test_large_texts_are_refused(text):
    """At any size and depth, with a message that does not repeat the text."""
    with pytest.raises(ValueError, match=r"[.?]$") as caught:
        lr.parse(text)
    assert 20 < len(str(caught.value)) < 1_500


def run_events(action):
    """What Python reports that it runs, opens or starts in the meantime."""
    seen = []
    watched = {"exec", "open", "os.system", "subprocess.Popen", "import"}

    def watch(event, args):
        if watching and event in watched:
            seen.append(event)

    watching = [True]
    sys.addaudithook(watch)
    try:
        action()
    finally:
        watching.clear()
    return seen


def test_nothing_is_run():
    """No hostile text makes Python run anything; the same watch sees what `eval` runs."""

    def read_all():
        for text in HOSTILE:
            with contextlib.suppress(ValueError):
                lr.parse(text)

    read_all()  # so that what the parser itself imports has been imported
    assert run_events(read_all) == []
    assert run_events(lambda: eval("__import__('os').getcwd()")) == ["exec"]


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("oops(0, 1)", "oops", "unknown schedule 'oops'; known are add,"),
        ("linear(0, 1, oops)", "oops", "unknown name 'oops'; give it a number: "),
        ("   linear(0, 1, oops)", "oops", "unknown name 'oops'; give it a number: "),
        ("\n\n linear(0,\n  1,\n  oops)", "oops", "unknown name 'oops'; give it a number: "),
        ("linear(0,\r  1,\r\n  oops)", "oops", "unknown name 'oops'; give it a number: "),
        ("\r\n\x0c linear(\x0c0,\r\r\n\n\x0c oops)", "oops", "unknown name 'oops'; give it a number: "),
        ("linear(0, 'a\u2028b\x1c\x85',\r oops)", "oops", "unknown name 'oops'; give it a number: "),
        ("cyclic(0, 1, 9, mode='äöü', gamma=oops)", "oops", "unknown name 'oops'; give it a number: "),
        ("linear(0, 1, 9) + oops * 2", "oops", "unknown name 'oops'; give it a number: "),
        ("linear(0, 1, 3 * (2 / 0))", "2 / 0", "2 is divided by 0; give another divisor."),
        ("linear(0, 1, 3 + 1e308 * 9)", "1e308 * 9", "the result must be finite; "),
        ("2 * (2 // linear(0, 1, 9))", "2 // linear(0, 1, 9)", "a schedule can be divided by a number, with /, and "),
        ("join([1, 2 * linear(0, 1, -9)], [9])", "linear(0, 1, -9)", "join.schedules[1]: linear(steps=-9) must"),
        ("  linear(0,, 9)", ", 9)", "invalid syntax; write a call such as linear(0.0, 1.0, 10)."),
        (
            "\n linear(0, 1, 2 % 3)",
            "2 % 3",
            "only numbers, names of numbers, + - * / //, strings, True, False, None, lists ",
        ),
        ("linear(0, 1, -9)", "linear", "linear(steps=-9) must be at least 0; "),
        (
            "join([linear(0, 1, 9), linear(0, 1, -9)], [5])",
            "linear(0, 1, -9)",
            "join.schedules[1]: linear(steps=-9) must",
        ),
        ("scale(scale(linear(0, 1, -9), 1), 1)", "linear", "scale.schedule.scale.schedule: linear(steps=-9) must be"),
        ("scale(factor=1, schedule=linear(0, 1))", "linear", "scale.schedule: linear(init_value, end_value, steps) "),
        (
            "join([constant(1)] , [5], boundarys=3)",
            "join",
            "join(boundarys=...) is not a parameter; did you mean 'boundaries'?",
        ),
        ("linear(0, 1, steps=7, steps=9)", "9)", "steps is given twice; "),
        ("linaer(0, 1, 9)", "linaer", "unknown schedule 'linaer'; did you mean 'linear'?"),
        ("warmup(constant(1), 5, ramp=liner)", "liner", "unknown name 'liner'; did you mean 'linear'?"),
    ],
)
def test_the_column_is_the_place(text, place, message):
    """Counted from 1 in the text as it was given: blanks, lines and letters of several bytes included."""
    with pytest.raises(ValueError, match=r"^column \d+: ") as caught:
        lr.parse(text)
    assert text[caught.value.column - 1 :].startswith(place)
    assert str(caught.value).startswith(f"column {caught.value.column}: {message}")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "write a call such as linear(0.0, 1.0, 10)."),
        ("linear(- - -1, 0, 9)", "one sign"),
        ("a" * 200_001, "an expression of 200001 characters is longer than 200000; build it in code."),
        ("scale(" * 161 + "1" + ", 1)" * 161, "column 966: nested deeper than 160; build such a schedule in code."),
    ],
)
def test_what_the_message_says(text, message):
    """The demand that was not met, not another one."""
    with pytest.raises(ValueError, match=r"\.$") as caught:
        lr.parse(text)
    assert message in str(caught.value)


@pytest.mark.parametrize("text", [None, 3, b"linear(0, 1, 9)", ["linear(0, 1, 9)"], {"lrsched": 1}])
def test_only_text_is_parsed(text):
    """Anything else is a TypeError that names it."""
    kind = type(text).__name__
    with pytest.raises(
        TypeError, match=rf"^parse\(.*\) must be a str or a schedule, not {kind}; repr\(schedule\) is such a str\.$"
    ):
        lr.parse(text)
    with pytest.raises(TypeError, match=rf"^names\(.*\) must be a str, not {kind}; give an expression such as .*\.$"):
        lr.names(text)


def test_a_schedule_is_returned():
    """So that a field of a config may hold either."""
    schedule = lr.linear(0, 1, 9)
    assert lr.parse(schedule) is schedule


HONEST = {
    "linear(0, 1, 9)": lr.linear(0.0, 1.0, 9),
    "  linear ( 0 , 1 , 9 , )  ": lr.linear(0.0, 1.0, 9),
    "\nlinear(0,\n\t1,  # up\n 9)\n": lr.linear(0.0, 1.0, 9),
    "linear(init_value=-1, end_value=+1e-3, steps=1_000)": lr.linear(-1.0, 0.001, 1000),
    "linear(0, .5, 0x10)": lr.linear(0.0, 0.5, 16),
    "((linear)(0, 1, 9))": lr.linear(0.0, 1.0, 9),
    "warmup(0.5, 5, ramp=cosine)": lr.warmup(0.5, 5, ramp=lr.cosine),
    "warmup(0.5, 5, ramp='cosine')": lr.warmup(0.5, 5, ramp=lr.cosine),
    "warmup(0.5, 5, ramp=partial(polynomial, power=3))": lr.warmup(0.5, 5, ramp=partial(lr.polynomial, power=3.0)),
    "lrsched.linear(0, 1, 9)": lr.linear(0, 1, 9),
    "lrsched.warmup(lrsched.constant(1), 5, ramp=lrsched.cosine)": lr.warmup(lr.constant(1), 5, ramp=lr.cosine),
    "linear(--1, -(-1), - -9)": lr.linear(1, 1, 9),
    "linear(0,\r\n1,\r9)": lr.linear(0, 1, 9),
    "\x0clinear(0, 1,\x0c 9)": lr.linear(0, 1, 9),
    "join((linear(0, 1, 9), 0.5), (9,))": lr.join([lr.linear(0, 1, 9), 0.5], [9]),
    "cyclic(0, 1, 5, step_size_down=None, mode='triangular2')": lr.cyclic(0, 1, 5, mode="triangular2"),
    "exponential_decay(1, 0.5, staircase=True)": lr.exponential_decay(1, 0.5, staircase=True),
    "scale(" * 64 + "1" + ", 1)" * 64: None,
}


@pytest.mark.parametrize(("text", "schedule"), HONEST.items(), ids=[text[:40] for text in HONEST])
def test_honest_texts_are_read(text, schedule):
    """Blanks, lines, comments, names or places: as Python reads them."""
    assert lr.parse(text) == (schedule or lr.parse(repr(lr.parse(text))))


@pytest.mark.parametrize("text", REPRS)
def test_reprs_are_read(text):
    assert repr(lr.parse(text)) == text


# Chance.


def outcome(text):
    """A schedule, or an error of the one kind that a text may raise, with a place in the text; any other error passes.

    The names in the text can be listed, or the text is refused there, too.
    """
    with contextlib.suppress(lr.ParseError):
        assert all(name.isidentifier() for name in lr.names(text))
    try:
        return lr.parse(text)
    except lr.ParseError as error:
        column = error.column or 1
    assert 1 <= column <= max(len(text), 1)
    return None


SEPARATORS = [
    "\r",
    "\n",
    "\r\n",
    "\n\r",
    "\t",
    "\v",
    "\f",
    "\x1c",
    "\x1d",
    "\x1e",
    "\x85",
    "\u2028",
    "\u2029",
    "\ufeff",
]
"""What ends a line for Python, for `str.splitlines`, or for neither."""

PIECES = [
    *"()[],=.-+*/%0123456789eE'\" _:#\\",
    "nan",
    "None",
    "True",
    "10**9",
    "linear",
    "steps=",
    "lrsched.",
    "//",
    "total",
]
ANYTHING = [*PIECES, *SEPARATORS, "\x00", "\ud800", "é", "\u0301", "🙂"]


@settings(max_examples=300, derandomize=True, deadline=None)
@given(st.one_of(st.text(max_size=60), st.lists(st.sampled_from(ANYTHING), max_size=30).map("".join)))
def test_random_text(text):
    """Never raises anything but a ParseError, and almost never is a schedule."""
    outcome(text)


@settings(max_examples=600, derandomize=True, deadline=None)
@given(st.sampled_from(REPRS), st.randoms(use_true_random=False))
def test_random_changes(text, chance: random.Random):
    """A repr with some letters changed, lost, doubled or moved is a schedule whose repr reads back, or refused."""
    letters = list(text)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(letters) + 1)
        piece = chance.choice(ANYTHING)
        letters[at : at + chance.randint(0, 3)] = chance.choice([[], [piece], letters[at : at + 9] * 2])
        letters = letters or [piece]
    schedule = outcome("".join(letters))
    assert schedule is None or lr.parse(repr(schedule)) == schedule


@settings(max_examples=300, derandomize=True, deadline=None)
@given(
    st.sampled_from(REPRS), st.lists(st.tuples(st.floats(0, 1), st.sampled_from(SEPARATORS)), min_size=1, max_size=6)
)
def test_separators_anywhere(text, separators):
    """Wherever a text is broken, it is the same schedule, or refused at a place in it."""
    for place, separator in separators:
        at = int(place * len(text))
        text = text[:at] + separator + text[at:]
    outcome(text)
