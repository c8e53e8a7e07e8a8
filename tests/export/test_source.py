"""What is written is a file that a person would have written: complete, short, with nothing in it that is not used."""

import ast
import textwrap

import numpy as np
import pytest
from lrsched.export.tables import table_text

import lrsched as lr
from lrsched.export import to_code
from tests.cases import CASES
from tests.export.running import STANDARD, TARGETS, defined, imported, mentioned, source_of, unused_locals, written

every_target = pytest.mark.parametrize("target", TARGETS)
every_case = pytest.mark.parametrize("case", [pytest.param(case, id=name) for name, case in CASES.items()])

MAY_IMPORT = {
    "python": {"math"},
    "numpy": {"numpy"},
    "jax": {"math", "jax"},
    "optax": {"math", "jax", "optax"},
    "torch": {"math", "torch"},
}


@every_case
def test_the_file_is_complete_and_has_nothing_to_spare(case):
    for target in TARGETS:
        assert_complete(source_of(case.schedule, target), target)


def assert_complete(source, target):
    assert imported(source) <= MAY_IMPORT[target]
    used = {"learning_rate", "make_scheduler"}
    assert defined(source) - mentioned(source) <= used, "every function, table and import is used"
    assert unused_locals(source) == set()
    assert max(map(len, source.splitlines())) <= 120
    assert source.endswith("\n")
    assert not source.endswith("\n\n")
    assert "\n\n\n\n" not in source
    assert not any(line != line.rstrip() for line in source.splitlines())


def comment(source):
    lines = []
    for line in source.splitlines():
        if not line.startswith("#"):
            break
        lines.append(line.removeprefix("#").strip())
    return " ".join(lines)


@every_case
def test_the_first_comment_is_the_expression(case):
    for target in TARGETS:
        text = comment(source_of(case.schedule, target)).removeprefix("lrsched: ")
        assert lr.parse(text.partition(" optax has ")[0]) == case.schedule


@pytest.mark.parametrize(
    ("check", "source"),
    [
        (lambda s: imported(s) <= STANDARD, "from numpy import sin"),
        (lambda s: defined(s) <= mentioned(s), "import math\nx = 1\nx"),
        (lambda s: defined(s) <= mentioned(s), "def f(x):\n    return 1"),
        (lambda s: not unused_locals(s), "def f(x):\n    y = 1\n    return x"),
    ],
)
def test_the_checks_can_fail(check, source):
    assert not check(source)


def test_a_reader_recognises_the_run():
    source = to_code(lr.warmup_cosine(3e-4, 1000, 100_000), "python")
    assert source == textwrap.dedent('''\
        # lrsched: warmup_cosine(0.0003, 1000, 100000)
        import math


        def linear(step, init_value, end_value, steps):
            """A straight line from `init_value` to `end_value`."""
            # x is the distance from the nearer end, as a part of the length: next to an end nothing cancels.
            left = steps - step
            first = step < left
            span = end_value - init_value
            x = max(step if first else left, 0) / steps
            part = span * x
            return init_value + part if first else end_value - part


        def cosine(step, init_value, end_value, steps):
            """Half a cosine wave from `init_value` to `end_value`: flat, steep, flat."""
            # x is the distance from the nearer end, as a part of the length: next to an end nothing cancels.
            left = steps - step
            first = step < left
            span = end_value - init_value
            x = max(step if first else left, 0) / steps
            u = math.sin(math.pi / 2 * x)
            part = span * u * u
            return init_value + part if first else end_value - part


        def learning_rate(step):
            """The value for update `step`, counted from 0."""
            step = max(step, 0)
            if step < 1000:
                return linear(step, 0.0, 0.0003, 1000)
            return cosine(step - 1000, 0.0003, 0.0, 99000)
        ''')


def test_a_formula_that_is_used_twice_is_written_once():
    source = to_code(lr.wsd(1.0, 10, 60, 30), "python")
    assert source.count("def linear(") == 1
    assert source.count("linear(step") == 3


def test_optax_is_called_where_it_is_exact():
    source = to_code(lr.wsd(1.0, 10, 60, 30), "optax")
    assert "learning_rate = optax.join_schedules(\n" in source
    assert "        optax.constant_schedule(1.0),\n" in source
    assert "# optax has linear_schedule too" in source
    assert "optax.constant_schedule(0.3)" in to_code(lr.constant(0.3), "optax")


def test_cycles_are_a_sum_and_not_a_list():
    assert "STARTS = [4 * (2**k - 1) for k in range(52)]\n" in to_code(lr.sgdr(1.0, 0.0, 4, period_mult=2), "python")


@pytest.mark.parametrize(
    "numbers",
    [
        tuple(range(0, 70, 10)),
        tuple(range(5, 75, 10)),
        tuple(3 * 2**k for k in range(9)),
        tuple(3 * (2**k - 1) for k in range(9)),
        tuple(7 + 3 * (5**k - 1) for k in range(9)),
        tuple(0.9**k for k in range(9)),
        tuple(0.3 * 0.9**k for k in range(9)),
        (1, 2, 4, 8, 16, 33),
        (1, 1, 1, 1, 1, 2),
        (0.5, 0.25, 0.125, 0.0625, 0.03125, -0.0),
        (0.0, 0.5, 1.0, 1.5, 2.0, 2.5),
        (1.0, 2, 4, 8, 16, 32),
        (5, 3, 1, -1, -3, -5),
    ],
)
def test_a_table_is_the_numbers_to_the_last_bit(numbers):
    assert list(map(repr, eval(table_text(numbers)))) == list(map(repr, numbers))


@every_target
def test_names_do_not_collide(target):
    """A schedule whose name is that of a formula, of a helper's look-alike, or of a parameter."""
    made = lr.join([lr.polynomial(1.0, 0.0, 5, power=1.7), lr.exponential_decay(1.0, 0.5), lr.noam(4, 4)], [5, 9])
    for name in ("polynomial", "noam", "scale", "join", "x", "left"):
        function = written(made, target, name)[name]
        assert np.isclose(float(function(3)), made(3), rtol=1e-6)


def test_special_characters_of_a_docstring():
    @lr.schedule
    def quoted(xp, value: lr.Value):
        """A \\ and a \"quote\"\"."""
        return lambda t: value / (1 + t)

    source = to_code(quoted(0.3), "python")
    ast.parse(source)
    assert written(quoted(0.3), "python")["learning_rate"](1) == 0.15
