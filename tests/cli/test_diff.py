"""What `lrsched diff` finds, and its exit code."""

import json

import numpy as np
import pytest

import lrsched

from .run import in_terminal, invoke, printed, process, refused

A, B = "warmup_cosine(3e-4, 100, 1000)", "warmup_cosine(3e-4, 200, 1000)"


def found(*args: str, code: int) -> dict[str, object]:
    return json.loads(printed("diff", *args, "--json", code=code))


def test_equal_schedules_agree() -> None:
    name = repr(lrsched.parse(A))
    assert printed("diff", A, A) == f"a: {name}\nb: {name}\nThey agree at 1001 steps from 0 to 1000.\n"
    assert found(A, A, code=0) == {
        "a": "warmup_cosine(0.0003, 100, 1000)",
        "b": "warmup_cosine(0.0003, 100, 1000)",
        "last_step": 1000,
        "tolerance": 0.0,
        "looked_at": 1001,
        "differ_at": 0,
        "stretches": 0,
        "most": None,
        "first_stretches": [],
    }


def test_another_expression_of_the_same_curve_agrees() -> None:
    assert found("warmup_cosine(1.0, 10, 90)", "warmup(cosine(1.0, 0.0, 80), 10)", code=0)["differ_at"] == 0


def test_a_difference_is_said_with_its_place_and_size() -> None:
    a, b = (lrsched.parse(text)(np.arange(1_001)) for text in (A, B))
    result = found(A, B, code=1)
    assert result["differ_at"] == int((a != b).sum())
    most = {"step": 100, "a": 3e-4, "b": 1.5e-4, "difference": -1.5e-4}
    apart = np.flatnonzero(a != b)
    assert result["most"] == {"first": int(apart[0]), "last": int(apart[-1]), **most}
    output = printed("diff", A, B, code=1)
    assert f"They differ at {len(apart)} of 1001 steps from 0 to 1000, most at step 100, by -0.00015:" in output
    assert output.splitlines()[-2:] == [
        "from   to  most at       a        b     b - a",
        "   1  999      100  0.0003  0.00015  -0.00015",
    ]


@pytest.mark.parametrize("apart", [0.1, 1e-5, 1e-6, 1e-7, 1e-12, 2.0**-52])
def test_numbers_have_one_format_with_the_digits_that_tell_them_apart(apart: float) -> None:
    *_, row = printed("diff", "constant(1.0)", f"constant({1 + apart!r})", "--steps", "1", code=1).splitlines()
    a, b, difference = row.split()[-3:]
    assert a == "1"
    assert a != b
    assert float(b) == pytest.approx(1 + apart, rel=0.5 * apart)
    assert float(difference) == pytest.approx(apart, rel=1e-5)
    digits = max(len(b) - 1, 6)
    assert difference == f"{1 + apart - 1:.{digits}g}"


def test_stretches_are_told_apart() -> None:
    a = "join([constant(1.0), constant(2.0), constant(1.0), constant(3.0), constant(1.0)], [10, 20, 30, 40])"
    result = found(a, "constant(1.0)", "--steps", "100", code=1)
    assert result["stretches"] == 2
    assert [(part["first"], part["last"], part["difference"]) for part in result["first_stretches"]] == [
        (10, 19, -1.0),
        (30, 39, -2.0),
    ]
    assert result["most"] == {"first": 10, "last": 39, "step": 30, "a": 3.0, "b": 1.0, "difference": -2.0}


def test_very_many_stretches_are_counted() -> None:
    result = found("cyclic(0.0, 1.0, 1)", "constant(0.0)", "--steps", "9999", code=1)
    assert (result["stretches"], len(result["first_stretches"])) == (5_000, 1_000)
    assert printed("diff", "cyclic(0.0, 1.0, 1)", "constant(0.0)", "--steps", "9999", code=1).endswith("4980 more.\n")


@pytest.mark.parametrize("factor", [2.0**-10, 1.0, 2.0**10])
@pytest.mark.parametrize(("tolerance", "code"), [("0", 1), ("2.2e-16", 1), ("2.3e-16", 0), ("1e-9", 0)])
def test_a_tolerance_is_a_part_of_the_value(tolerance: str, code: int, factor: float) -> None:
    """The number after a power of two is 2**-52, or 2.22e-16 of it, above."""
    a, b = f"constant({factor!r})", f"constant({factor * (1 + 2.0**-52)!r})"
    assert invoke("diff", a, b, "--tolerance", tolerance).exit_code == code
    assert invoke("diff", b, a, "--tolerance", tolerance).exit_code == code


def test_what_is_not_finite_is_null_in_json() -> None:
    result = found("scale(constant(1e308), 10.0)", "constant(1.0)", "--steps", "1", code=1)
    assert result["most"] == {"first": 0, "last": 1, "step": 0, "a": None, "b": 1.0, "difference": None}


def test_a_config_is_compared_with_an_expression() -> None:
    config = printed("config", A)
    assert invoke("diff", A, "--config", "-", stdin=config).exit_code == 0
    assert invoke("diff", B, "--config", "-", stdin=config).exit_code == 1


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("--tolerance", "-1"), "--tolerance -1.0 must be from 0 to below 1; 1e-9 allows for rounding"),
        (("--tolerance", "1"), "--tolerance 1.0 must be from 0 to below 1; 1e-9 allows for rounding"),
        (("--tolerance", "nan"), "--tolerance nan must be from 0 to below 1; 1e-9 allows for rounding"),
        (("--steps", "0"), "--steps 0 must be at least 1; it is the last step that is shown"),
    ],
)
def test_what_is_refused(args: tuple[str, ...], message: str) -> None:
    assert refused("diff", A, B, *args) == message


def test_the_exit_code_of_a_process_and_the_bar() -> None:
    assert [process("diff", A, other).returncode for other in (A, B)] == [0, 1]
    code, sent = in_terminal("diff", "constant(1.0)", "constant(2.0)", "--steps", "2000000", "--json")
    assert code == 1
    assert "100%" in sent
    assert '"differ_at": 2000001' in sent
