"""Every surprise is found where it is, and is not found where it is not."""

import time
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings

import lrsched as lr
from lrsched.tools.check import Finding, Report, check
from lrsched.tools.findings import NAMES
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
    assert repr(report).endswith(f"\n  over {TOTAL} updates, all checked: nothing found")


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
    ("steps", "total", "found"),
    [
        (9, 10_000, "short warmup"),
        (10, 10_000, None),
        (39, 39_001, "short warmup"),
        (39, 39_000, None),
        (40, 10**6, None),
        (5, 450_450, "short warmup"),
        (5, 50, None),
        (5_000, 10_000, None),
        (5_001, 10_000, "long warmup"),
        (1, 2, None),
    ],
)
def test_warmup_length(steps, total, found):
    """Forty updates, a thousandth and half of the run are still within."""
    schedule = lr.warmup_linear(1e-3, steps, total - 1, init_value=1e-6)
    assert names(schedule, total) == [found] * (found is not None)
    if found is not None:
        finding = the(found, schedule, total)
        assert finding.step == steps
        assert f"for {steps} of {total} updates, {100 * steps / total:.3g} % of the run" in finding.message


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
    assert finding.message.startswith("the run ends after 10000 updates, at the value ")
    assert finding.message.endswith(", but the schedule ends at step 10001")
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
    assert names(lr.linear(1.0, 0.0, TOTAL)) == []  # an update at 0 changes nothing
    assert names(lr.linear(1.0, 1e-300, TOTAL)) == ["floor not trained"]
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


@pytest.mark.parametrize(
    ("first", "rest", "found"),
    [
        (1e-4, 1e-3, True),
        (3e-5, 3e-4, True),  # 10*3e-5 is above 3e-4 in floats
        (1.01e-4, 1e-3, False),
        (0.0, 1e-3, True),
        (1e-3, 1e-4, False),
        (1e-3, 0.0, False),
        (1e-3, 1e-3, False),
        (1e-5, lr.cosine(1e-3, 0.0, TOTAL - 501), True),
        (1e-3, lr.step_decay(1e-2, 0.1, 1_000), True),
    ],
)
def test_a_constant_warmup_that_jumps(first, rest, found):
    """A held value that rises by a factor of 10 or more; less, or falling, is a stair."""
    schedule = lr.join([first, rest], [500])
    assert [finding.step for finding in check(schedule, TOTAL) if finding.name == "jump"] == [500] * found


@pytest.mark.parametrize("ramp", [lr.hold, lr.linear])
def test_a_warmup_of_stairs(ramp):
    schedule = lr.warmup(lr.constant(1e-3), 500, init_value=1e-5, ramp=ramp)
    assert names(schedule) == ["jump"] * (ramp is lr.hold)


PUBLISHED = {
    "transformer": 100_000,
    "t5": 2**19,
    "t5_finetune": 2**18,
    "gpt3": 93_750,
    "deepseek": 211_928,
    "resnet50_1h": 14_075,
    "sgdr_wrn": 156_200,
    "clr": 25_000,
    "clr_triangular2": 25_000,
    "modded_nanogpt_batch_size": 1_285,
    "modded_nanogpt_window": 1_285,
}
"""The updates of the published run, where that is not the length of the schedule."""
MEANT = {"gpt3": {"ends early"}, "sgdr_wrn": {"jump"}, "clr_triangular2": {"jump"}, "modded_nanogpt": {"jump"}}
"""GPT-3's last 40B tokens at the floor; restarts; phases; a new stage with another batch size."""


@pytest.mark.parametrize("name", lr.recipes.list())
def test_published_runs(name):
    """Nothing is found but what their sources say."""
    schedule = getattr(lr.recipes, name)()
    found = names(schedule, PUBLISHED.get(name, schedule.length))
    assert set(found) - {"zero start", "floor not trained"} == MEANT.get(name, set())


def test_thresholds_are_those_of_the_published_runs():
    """The rise of GPT-3 is the shortest, that of super-convergence the longest."""
    from lrsched.tools import findings

    gpt3, triangle = lr.recipes.gpt3(), lr.recipes.super_convergence()
    assert findings.SHORT_SHARE < gpt3.boundaries[0] / PUBLISHED["gpt3"] < 1.25 * findings.SHORT_SHARE
    assert triangle.boundaries[0] / triangle.length == findings.LONG_SHARE
    assert round(2 / (1 - 0.95)) == findings.SHORT_STEPS


@pytest.mark.parametrize("cycle", [lr.recipes.clr(), lr.restart(lr.join([1.0, 0.1], [500]), 1_000)])
@pytest.mark.parametrize("total", [999, 1_000, 10_000, 25_000])
def test_a_cycle_does_not_come_to_rest(cycle, total):
    assert "end not reached" not in names(cycle, total)


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
        (lr.warmup_cosine(1e-3, 39, LONG - 1, init_value=1e-6), ["short warmup"]),
        (
            lr.warmup_linear(1e-3, LONG // 2 + 1, LONG, init_value=1e-6, end_value=1e-9),
            ["long warmup", "floor not trained"],
        ),
        (lr.warmup_cosine(1e-3, 10**7, 5 * 10**8 + 1, init_value=1e-6), ["ends early"]),
        (
            lr.warmup_cosine(1e-3, 2 * 10**9, 3 * 10**9),
            ["long warmup", "peak not reached", "end not reached", "zero start"],
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
    assert "checked (the ends, the boundaries, and blocks between them)" in repr(report)


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
    linear = lr.warmup_linear(1e-3, 200, TOTAL, end_value=1e-4)
    report = check(linear, TOTAL)
    assert isinstance(report, Report)
    assert [type(finding) for finding in report] == [Finding, Finding]
    assert report[0].name == report[:1][0].name == "zero start"
    assert report.at_least("note") == report.findings
    assert report.at_least("warning") == report.at_least("error") == ()
    assert str(report).splitlines() == [
        "warmup_linear(0.001, 200, 10000, end_value=0.0001)",
        "  over 10000 updates, all checked: 2 notes",
        "  note: zero start at step 0: the first update has the value 0 and changes nothing; "
        "begin above it: init_value=peak_value/warmup_steps, or lrsched.shift(schedule, 1).",
        "  note: floor not trained at step 9999: the last update has the value 0.00010009184, and 0.0001 comes "
        "one update later; let the schedule end at step 9999.",
    ]
    assert report == check(linear, TOTAL) != check(CLEAN, TOTAL)
    assert report.schedule == linear
    many = lr.join([1.0, 2.0] * 100, list(range(1, 200)))
    assert max(map(len, str(check(many, 300)).splitlines())) <= 200


SEVERITY = {
    "not finite": "error",
    "negative": "error",
    "zero start": "note",
    "short warmup": "warning",
    "long warmup": "warning",
    "peak not reached": "warning",
    "end not reached": "warning",
    "ends early": "warning",
    "floor not trained": "note",
    "jump": "warning",
}
EACH = {
    "not finite": (lr.join([1e-3, lambda t: t * np.nan], [7]), 100),
    "negative": (lr.linear(1.0, -1.0, 99), 100),
    "zero start": (lr.warmup_constant(1.0, 50), 100),
    "short warmup": (lr.warmup_constant(1.0, 5, init_value=0.5), 10_000),
    "long warmup": (lr.warmup_constant(1.0, 80, init_value=0.5), 100),
    "peak not reached": (lr.linear(0.5, 1.0, 200), 100),
    "end not reached": (lr.linear(1.0, 0.5, 200), 100),
    "ends early": (lr.linear(1.0, 0.5, 50), 100),
    "floor not trained": (lr.linear(1.0, 0.5, 100), 100),
    "jump": (lr.join([lr.linear(0.5, 0.4, 50), lr.linear(1.0, 0.5, 49)], [50]), 100),
}


def test_every_finding_has_a_severity():
    changes = {"past changed": "error", "jump at the change": "warning"}  # of a plan: they are looked for with `after`
    assert set(EACH) == set(SEVERITY) == set(NAMES) - set(changes)
    page = (Path(__file__).parents[2] / "docs" / "check.md").read_text()
    for name, severity in (SEVERITY | changes).items():
        assert name in changes or the(name, *EACH[name]).severity == severity
        for text in (check.__doc__, page):
            assert f"| {name} | {severity} | " in text


@pytest.mark.parametrize("name", EACH)
def test_what_is_ignored(name):
    schedule, total = EACH[name]
    everything = check(schedule, total)
    rest = [finding for finding in everything if finding.name != name]
    for written in (name, name.replace(" ", "-"), name.replace(" ", "_")):
        assert list(check(schedule, total, ignore=[written])) == rest
    assert not check(schedule, total, ignore=NAMES)
    assert everything.at_least("note") == everything.findings


def test_the_worst_comes_first():
    report = check(lr.warmup(lr.linear(1.0, -1.0, 300), 20), 200)
    assert [finding.severity for finding in report] == ["error", "warning", "note"]
    assert [len(report.at_least(severity)) for severity in ("error", "warning", "note")] == [1, 2, 3]
    assert "all checked: 1 error, 1 warning, 1 note\n  error: negative at step 171: " in str(report)


def test_the_flagship_has_no_warning():
    for run in (
        lr.warmup_cosine(3e-4, 1000, 10_000),
        lr.warmup_cosine(3e-4, 1000, 10_000, end_value=3e-5),
        lr.warmup_linear(3e-4, 1000, 10_000),
        lr.wsd(3e-4, 1000, 10_000, 2000),
    ):
        assert check(run, 10_000).at_least("warning") == ()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ("check(CLEAN, 9, ignore='jump')", "check(ignore='jump') must be a list of names, not str; write [...]."),
        ("check(CLEAN, 9, ignore=None)", "check(ignore=None) must be a list of names, not NoneType; write [...]."),
        (
            "check(CLEAN, 9, ignore=['jumps'])",
            "check(ignore[0]='jumps') must be the name of a finding; did you mean 'jump'?",
        ),
        (
            "check(CLEAN, 9, ignore=['jump', 3])",
            f"check(ignore[1]=3) must be the name of a finding; known are {', '.join(NAMES)}.",
        ),
        (
            "check(CLEAN, 9).at_least('warn')",
            "at_least(severity='warn') must be one of 'error', 'warning', 'note'; did you mean 'warning'?",
        ),
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


# A change of plan.

OLD = lr.warmup_cosine(3e-4, 1000, 100_000)
PLANS = {
    "extended": (lr.extend(OLD, 60_000, 150_000), []),
    "ended early": (lr.cooldown(OLD, 60_000, 10_000), []),
    "the same": (OLD, []),
    "another length": (lr.warmup_cosine(3e-4, 1000, 150_000), [("past changed", 1085), ("jump at the change", 60_000)]),
    "another run": (lr.join([OLD, 1e-4], [60_000]), [("jump at the change", 60_000)]),
    "a shifted past": (
        lr.join([lr.shift(OLD, 1), OLD], [60_000]),
        [("past changed", 0), ("jump at the change", 60_000)],
    ),
}


@pytest.mark.parametrize("name", PLANS)
def test_a_change_of_plan(name):
    new, found = PLANS[name]
    changed = {"past changed", "jump at the change"}
    report = lr.check(new, 200_000, after=OLD, at=60_000)
    assert [(finding.name, finding.step) for finding in report if finding.name in changed] == found
    assert not {finding.name for finding in lr.check(new, 200_000)} & changed


@pytest.mark.parametrize("at", [0, 1, 2])
def test_a_change_at_the_first_steps(at):
    """Before step 0 there is no past; before step 1 it is one value."""
    report = lr.check(lr.linear(1.0, 0.0, 10), after=lr.linear(0.5, 0.0, 10), at=at)
    assert ("past changed" in {finding.name for finding in report}) == (at > 0)
    jump = the_one(report, "jump at the change")
    assert (jump.step, jump.severity) == (at, "warning")
    assert jump.message == f"the value is {1 - at / 10:g}, 2 times the {0.5 - at / 20:g} of the old schedule"
    report = lr.check(lr.constant(1.0), 10, after=lr.linear(1.0, 0.0, 1), at=5)
    assert the_one(report, "jump at the change").message == "the value is 1, and 0 in the old schedule"


def the_one(report, name):
    (found,) = (finding for finding in report if finding.name == name)
    return found


def test_how_far_the_past_is_changed():
    message = the_one(lr.check(PLANS["another length"][0], after=OLD, at=60_000), "past changed").message
    assert message.endswith("are not those that the run had, most at step 59999, by +9.269e-05")


@pytest.mark.parametrize(
    ("given", "kind", "message"),
    [
        (
            {"after": OLD},
            TypeError,
            r"check\(after=warmup_cosine\(...\)\) must come with at, the step of the change; write at=",
        ),
        ({"at": 5}, TypeError, r"check\(at=5\) must come with after, the old schedule; write after="),
        ({"after": OLD, "at": -1}, ValueError, r"check\(at=-1\) must be at least 0"),
        (
            {"after": OLD, "at": 100_000},
            ValueError,
            r"check\(at=100000\) must be less than 100000, the updates of the run; give the total_steps ",
        ),
        ({"after": OLD, "at": 2.5}, ValueError, r"check\(at=2.5\) must be a whole number"),
        ({"after": 3e-4, "at": 5}, TypeError, r"check\(after=0.0003\) must be a schedule, not float"),
    ],
)
def test_a_change_that_is_refused(given, kind, message):
    with pytest.raises(kind, match=message):
        lr.check(OLD, **given)


def test_a_change_at_the_last_update():
    assert [finding.name for finding in lr.check(OLD, after=OLD, at=99_999)] == ["zero start"]


def test_the_length_is_that_of_the_schedule():
    assert lr.check(OLD).total_steps == 100_000
    with pytest.raises(TypeError, match=r"check\(total_steps=None\) must be given; the schedule has no end of its own"):
        lr.check(lr.inverse_sqrt(1e-3, 100))
