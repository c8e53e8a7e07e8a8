"""Every surprise is found where it is, and is not found where it is not."""

import time

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings

import lrsched as lr
from lrsched.tools.check import Finding, Report, check
from lrsched.tools.tokens import tokens_seen

from ..strategies import SCHEDULES

TOTAL = 10_000
CLEAN = lr.warmup_cosine(1e-3, 200, TOTAL - 1, init_value=5e-6, end_value=1e-4)


def names(schedule, total_steps=TOTAL):
    return [finding.name for finding in check(schedule, total_steps)]


def the(name, schedule, total_steps=TOTAL):
    """The one finding of a name."""
    (finding,) = [finding for finding in check(schedule, total_steps) if finding.name == name]
    return finding


@pytest.mark.parametrize(
    "schedule",
    [
        CLEAN,
        lr.constant(1e-3),
        lr.warmup_linear(1e-3, 1000, TOTAL - 1, init_value=1e-6),
        lr.warmup_constant(1e-3, 50, init_value=1e-6),
        lr.warmup_inverse_sqrt(1e-3, 100, init_value=1e-6),
        lr.wsd(1e-3, 100, 9999, 1999, init_value=1e-5, decay=lr.one_minus_sqrt),
        lr.cosine(1e-3, 0.0, TOTAL - 1),
        lr.step_decay(0.1, 0.1, 3000),
        lr.warmup(lr.step_decay(0.1, 0.1, 3000), 500, init_value=0.01),
        lr.piecewise_constant([0.1, 0.01, 0.001], [5000, 7500]),
        lr.exponential_decay(1e-3, 0.999),
        lr.join([CLEAN, 1e-4], [TOTAL - 1]),
        lr.cosine(1e-3, 0.0, 5000) + 0.0 * lr.linear(1.0, 0.5, TOTAL - 1),
    ],
    ids=repr,
)
def test_nothing_is_found(schedule):
    report = check(schedule, TOTAL)
    assert not report
    assert len(report) == 0
    assert repr(report).endswith(f"\n  over {TOTAL} updates, all looked at: nothing found")


# One surprise each. Where it is not: in the clean schedules above, and in the neighbours here.


def test_not_finite():
    broken = lr.join([1e-3, lambda t: np.where(t == 7, np.nan, 1e-3)], [70])
    finding = the("not finite", broken)
    assert (finding.step, finding.message) == (77, "the value is nan")
    assert names(lr.join([0.0, lambda t: t * np.inf], [9])) == ["not finite"]  # and no warning of NumPy
    assert "not finite" not in names(broken, 77)


def test_negative():
    finding = the("negative", lr.linear(1.0, -1.0, TOTAL - 1))
    assert finding.step == TOTAL // 2
    assert "clamp_min" in finding.remedy
    assert names(lr.clamp_min(lr.linear(1.0, -1.0, TOTAL - 1), 0.0)) == []
    assert names(lr.linear(1.0, 0.0, TOTAL - 1)) == []


def test_zero_start():
    finding = the("zero start", lr.warmup_cosine(1e-3, 200, TOTAL - 1))
    assert (finding.step, finding.message) == (0, "the first update has the value 0 and changes nothing")
    assert names(lr.shift(lr.warmup_cosine(1e-3, 200, TOTAL), 1)) == []
    assert names(lr.warmup_cosine(1e-3, 200, TOTAL - 1, init_value=1e-3 / 200)) == []


@pytest.mark.parametrize(
    ("steps", "found"),
    [(49, "short warmup"), (50, None), (1000, None), (1001, "long warmup")],
)
def test_warmup_length(steps, found):
    """Half a percent and a tenth of the run are still within."""
    schedule = lr.warmup_linear(1e-3, steps, TOTAL - 1, init_value=1e-6)
    assert names(schedule) == [found] * (found is not None)
    if found is not None:
        finding = the(found, schedule)
        assert finding.step == steps
        assert f"for {steps} of 10000 updates, {steps / 100:.2f}% of the run" in finding.message
        assert f"take {50 if steps == 49 else 1000} updates" in finding.remedy


def test_peak_not_reached():
    finding = the("peak not reached", lr.warmup_cosine(1e-3, 20_000, 50_000))
    assert (finding.step, finding.message) == (
        20_000,
        "the value is 0.001 at step 20000, and at most 0.0004999 in the run",
    )
    assert the("peak not reached", lr.warmup_constant(1e-3, TOTAL)).step == TOTAL
    assert "peak not reached" not in names(lr.warmup_constant(1e-3, TOTAL - 1))
    assert the("peak not reached", lr.noam(512, 30_000)).step >= 30_000
    assert "peak not reached" not in names(lr.noam(512, 300))
    assert "peak not reached" not in names(lr.sgdr(1.0, 0.1, 3000, period_mult=2))
    table = lr.compose(lr.linear(1.0, 0.0, TOTAL), np.arange(TOTAL).__getitem__)  # it knows no step after the run
    assert names(table) == []
    assert the("peak not reached", lr.join([1e-3, lr.linear(0.0, 2e-3, 5000), 0.0], [9000, 14_000])).step == 13_999


def test_end_not_reached():
    finding = the("end not reached", lr.warmup_cosine(1e-3, 200, TOTAL + 1))
    assert finding.step == TOTAL
    assert finding.message.startswith("the schedule ends at step 10001, and the run after 10000 updates, at the value ")
    assert "end not reached" not in names(lr.warmup_cosine(1e-3, 200, TOTAL))
    assert "end not reached" in names(lr.piecewise_constant([1.0, 0.1], [TOTAL + 1]))
    assert "end not reached" not in names(lr.inverse_sqrt(1.0, 100))


def test_end_not_reached_by_a_clock():
    """A run over tokens has no length in updates; it is seen that it comes to rest after the run, somewhere else."""
    over_tokens = lr.compose(lr.wsd(1.0, 10, 2010, 1000, init_value=0.1), tokens_seen(lr.constant(2), 1))
    assert over_tokens.length is None
    assert "end not reached" not in names(over_tokens, 1006)
    finding = the("end not reached", over_tokens, 800)
    assert (finding.step, finding.message) == (800, "the value is 0.412 at the end of the run, and 0 in the end")
    for endless in (lr.exponential_decay(1e-3, 0.9), lr.exponential_decay(1e-3, 0.98), lr.sgdr(1.0, 0.0, 300)):
        assert "end not reached" not in names(endless)


def test_ends_early():
    finding = the("ends early", lr.warmup_cosine(1e-3, 200, TOTAL - 2, end_value=1e-4))
    assert (finding.step, finding.message) == (
        9998,
        "the schedule ends at step 9998, and holds 0.0001 for 2 updates more",
    )
    assert the("ends early", lr.cosine(1.0, 0.0, 300)).step == 300
    assert "ends early" in names(lr.scale(lr.stretch(lr.cosine(1.0, 0.0, 30), 10), 0.5))
    # What is held is a piece of its own, or the peak.
    assert "ends early" not in names(lr.join([lr.cosine(1.0, 0.1, 300), 0.1], [300]))
    assert "ends early" not in names(lr.linear(0.1, 1.0, 300))


def test_floor_not_trained():
    finding = the("floor not trained", lr.linear(1.0, 0.5, TOTAL))
    assert finding.step == TOTAL - 1
    assert (finding.message, finding.remedy) == (
        "the last update has the value 0.50005, and 0.5 comes one update later",
        "let the schedule end at step 9999",
    )
    assert names(lr.linear(1.0, 0.5, TOTAL - 1)) == []
    assert "floor not trained" not in names(lr.linear(0.5, 1.0, TOTAL))
    assert "floor not trained" not in names(lr.piecewise_constant([1.0, 1.0], [TOTAL]))


def test_jump():
    finding = the("jump", lr.join([lr.linear(1e-6, 1e-3, 200), lr.cosine(5e-4, 0.0, TOTAL - 201)], [200]))
    assert (finding.step, finding.message) == (200, "the value jumps from 0.000995 to 0.0005")
    assert names(lr.join([lr.linear(1e-6, 1e-3, 200), lr.cosine(1e-3, 0.0, TOTAL - 201)], [200])) == []
    restarts = the("jump", lr.sgdr(1.0, 0.1, 1000))
    assert (restarts.step, restarts.message) == (1000, "the value jumps from 0.1 to 1 (8 more were seen)")
    assert "jump" in names(lr.cosine(1.0, 0.0, TOTAL - 1) * lr.step_decay(1.0, 0.1, 3000))
    # A short run is steep, and no jump; a stair is none either.
    assert "jump" not in names(lr.linear(1.0, 0.0, 9), 10)
    assert "jump" not in names(lr.one_minus_sqrt(1.0, 0.0, 99), 100)
    assert "jump" not in names(lr.step_decay(1.0, 0.1, 100))


def test_a_run_in_the_wrong_unit():
    """A schedule in epochs that is run in updates, and the other way round."""
    epochs = lr.warmup_cosine(0.1, 5, 90)
    assert {"ends early", "short warmup"} < set(names(epochs, 90 * 5005))
    assert {"end not reached", "peak not reached"} < set(names(lr.stretch(epochs, 5005), 90))


# Long runs.

LONG = 10**9


@pytest.mark.parametrize(
    ("schedule", "found"),
    [
        (lr.warmup_cosine(1e-3, 10**7 + 3, LONG - 1, init_value=1e-6), []),
        (lr.warmup_cosine(1e-3, 1_234_567, LONG - 1, init_value=1e-6), ["short warmup"]),
        (lr.warmup_cosine(1e-3, 10**8 + 1, LONG, init_value=1e-6), ["long warmup", "floor not trained"]),
        (lr.warmup_cosine(1e-3, 10**7, 5 * 10**8 + 1, init_value=1e-6), ["ends early"]),
        (
            lr.warmup_cosine(1e-3, 2 * 10**9, 3 * 10**9),
            ["zero start", "long warmup", "peak not reached", "end not reached"],
        ),
        (lr.join([lr.linear(1.0, 0.9, 10**8), lr.linear(0.5, 0.1, LONG)], [123_456_789]), ["end not reached", "jump"]),
        (lr.linear(1.0, -1e-9, LONG - 1), ["negative"]),
    ],
    ids=repr,
)
def test_a_billion_updates(schedule, found):
    """Boundaries and ends are looked at, blocks between them, and the time is that of a short run."""
    started = time.perf_counter()
    report = check(schedule, LONG)
    assert time.perf_counter() - started < 2.0  # it takes 30 ms; one look at all updates would take 20 s
    assert [finding.name for finding in report] == found
    assert "looked at (the ends, the boundaries, and blocks between them)" in repr(report)


def test_what_is_looked_at():
    """The first and the last updates, both sides of boundaries, blocks; inside the run, sorted, each once."""
    from lrsched.tools.survey import survey

    schedule = lr.piecewise_constant([1.0, 0.5, 0.1], [7_654_321, 99_999_999])
    seen = survey(schedule, 10**8)
    assert np.all(np.diff(seen.steps) > 0)
    assert len(seen.steps) < 80_000
    assert set(range(4096)) | set(range(10**8 - 4096, 10**8)) <= set(seen.steps.tolist())
    assert {7_654_321 - 16, 7_654_320, 7_654_321, 99_999_998, 99_999_999} <= set(seen.steps.tolist())
    assert np.diff(seen.steps).max() <= 10**8 // 1024
    assert seen.values.tolist() == schedule(seen.steps).tolist()
    assert survey(schedule, 10**6).steps.tolist() == list(range(10**6))
    assert survey(schedule, 1).steps.tolist() == [0]


@settings(max_examples=60, deadline=None, derandomize=True)
@given(SCHEDULES)
def test_any_schedule(schedule):
    """A report of whatever there is, for runs of any length; a finding is at a step, and says what to do."""
    for total_steps in (1, 2, 3, 50, 2**53):
        report = check(schedule, total_steps)
        assert bool(report) == (len(report) > 0)
        for finding in report:
            assert finding.step >= 0
            assert all((finding.name, finding.message, finding.remedy))
            assert str(finding) in repr(report)


def test_the_report():
    """A sequence of findings, readable, a value."""
    report = check(lr.warmup_cosine(1e-3, 200, TOTAL), TOTAL)
    assert isinstance(report, Report)
    assert [type(finding) for finding in report] == [Finding, Finding]
    assert report[0].name == report[:1][0].name == "zero start"
    assert str(report).splitlines() == [
        "warmup_cosine(0.001, 200, 10000)",
        "  over 10000 updates, all looked at: 2 findings",
        "  zero start at step 0: the first update has the value 0 and changes nothing; "
        "begin above it: init_value=peak_value/warmup_steps, or lrsched.shift(schedule, 1).",
        "  floor not trained at step 9999: the last update has the value 2.569139e-11, and 0 comes one update later; "
        "let the schedule end at step 9999.",
    ]
    assert report == check(lr.warmup_cosine(1e-3, 200, TOTAL), TOTAL) != check(CLEAN, TOTAL)
    assert report.schedule == lr.warmup_cosine(1e-3, 200, TOTAL)
    many = lr.join([1.0, 2.0] * 100, list(range(1, 200)))
    assert max(map(len, str(check(many, 300)).splitlines())) <= 200


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ("check(CLEAN, 0)", "check(total_steps=0) must be at least 1; give how many there are."),
        ("check(CLEAN, 0.5)", "check(total_steps=0.5) must be a whole number; give how many there are."),
        ("check(CLEAN, '9')", "check(total_steps='9') must be a number, not str; write 9 without quotes."),
        ("check(0.1, 9)", "check(schedule=0.1) must be a schedule, not float; lrsched.constant(value) is one."),
        (
            "check(lr.cosine, 9)",
            "check(schedule=cosine) must be a schedule, not function; lrsched.constant(value) is one.",
        ),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(TypeError if ", not " in message else ValueError) as caught:
        eval(call)
    assert str(caught.value) == message


def test_traced_schedules():
    """What a tracer stands for cannot be looked at."""
    with pytest.raises(TypeError, match=r"^check\(schedule=linear\(\.\.\.\)\) must hold numbers, not arrays; "):
        jax.jit(lambda peak: len(check(lr.linear(peak, 0.0, 9), 10)))(jnp.float32(1.0))
