"""The panel in JavaScript finds, counts and forecasts what Python does."""

import json

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

import lrsched as lr
from benchmarks.forecast import own
from lrsched.forecast import Law, Term, best_peak, bound, calibrate, fit
from lrsched.tools import findings
from lrsched.tools.tokens import batch_size_ramp, tokens_seen

from ..strategies import SCHEDULES
from ..tools.test_check import PUBLISHED
from .panel_in_js import ask, message, put

# Findings.


def in_python(schedule, steps):
    report = lr.check(schedule, steps)
    return [
        {"severity": one.severity, "name": one.name, "message": one.message, "remedy": one.remedy, "step": one.step}
        for one in report
    ]


def in_javascript(schedule, steps):
    return ask(f"lrsched.check({put(schedule)}, {steps})")


@pytest.mark.parametrize("name", lr.recipes.list())
def test_findings_of_published_runs(name):
    """As they were run, and for half and for twice as long."""
    schedule = getattr(lr.recipes, name)()
    total = PUBLISHED.get(name, schedule.length)
    for steps in (total, total // 2, 2 * total):
        assert in_javascript(schedule, steps) == in_python(schedule, steps)


TOTAL = 1_000
EACH = {
    "negative": (lr.linear(1.0, -0.1, TOTAL), TOTAL),
    "zero start": (lr.warmup_cosine(1.0, 100, TOTAL), TOTAL),
    "short warmup": (lr.warmup_constant(1.0, 5, init_value=0.5), 10_000),
    "long warmup": (lr.warmup_constant(1.0, 600, init_value=0.5), TOTAL),
    "peak not reached": (lr.warmup_constant(1.0, 1_500, init_value=0.5), TOTAL),
    "end not reached": (lr.cosine(1.0, 0.0, 1_500), TOTAL),
    "ends early": (lr.cosine(1.0, 0.0, 500), TOTAL),
    "floor not trained": (lr.linear(1.0, 1 / 3, TOTAL), TOTAL),
    "jump": (lr.join([lr.linear(1.0, 0.5, 500), lr.linear(1.0, 0.0, 500), lr.cosine(0.7, 0.0, 9)], [400, 900]), 900),
}


@pytest.mark.parametrize("name", EACH)
def test_each_finding(name):
    schedule, steps = EACH[name]
    found = in_javascript(schedule, steps)
    assert name in [one["name"] for one in found]
    assert found == in_python(schedule, steps)


def test_values_that_are_not_finite():
    values = "{ at: (step) => (step === 7 ? %s : -step), length: Infinity, boundaries: [] }"
    assert ["not finite", *EACH] == list(findings.WORDINGS)
    for value, text in (("NaN", "nan"), ("Infinity", "inf"), ("-Infinity", "-inf")):
        (found,) = ask(f"lrsched.check({values % value}, 10)")
        assert (found["severity"], found["name"], found["step"]) == ("error", "not finite", 7)
        assert found["message"] == f"the value is {text}"


few = settings(max_examples=30, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))


@few
@given(SCHEDULES, st.integers(1, 120))
def test_findings_of_drawn_schedules(schedule, steps):
    assert in_javascript(schedule, steps) == in_python(schedule, steps)


@pytest.mark.sweep
@settings(few, max_examples=300)
@given(SCHEDULES, st.integers(1, 120))
def test_findings_of_many_drawn_schedules(schedule, steps):
    assert in_javascript(schedule, steps) == in_python(schedule, steps)


@pytest.mark.parametrize(
    "schedule",
    [
        lr.warmup_cosine(1e-3, 30, 3_000_000),
        lr.step_decay(0.1, 0.5, 700_000),
        lr.wsd(1e-3, 2_000, 2_500_000, 123_457, end_value=1e-5),
        lr.sgdr(0.1, 0.0, 250_001),
        lr.warmup_inverse_sqrt(1e-3, 2**40),
    ],
    ids=lambda schedule: schedule.formula.name,
)
@pytest.mark.parametrize("steps", [2_500_000, 2**31 + 7, 2**50])
def test_findings_of_runs_that_are_looked_at_in_part(schedule, steps):
    assert in_javascript(schedule, steps) == in_python(schedule, steps)


@pytest.mark.parametrize("steps", ["0", "1.5", "2**54", "NaN", '"5"'])
def test_a_number_of_steps_that_is_none(steps):
    made = put(lr.constant(1.0))
    for call in (f"lrsched.check({made}, {steps})", f"lrsched.costs({made}, {{ steps: {steps} }})"):
        assert "(total_steps=" in message(call)


def test_a_schedule_without_an_end_needs_the_steps():
    with pytest.raises(TypeError) as refused:
        lr.check(lr.inverse_sqrt(1.0, 10))
    assert message(f"lrsched.check({put(lr.inverse_sqrt(1.0, 10))})") == str(refused.value)


def test_numbers_are_written_as_python_writes_them():
    """Any float, numbers of some digits, and those halfway between two: 1.0625 is 1.062."""
    draw = np.random.default_rng(7)
    drawn = np.concatenate(
        [
            draw.integers(0, 2**64, 400, np.uint64).view(np.float64),
            10.0 ** draw.uniform(-6, 10, 400),
            draw.integers(-(10**6), 10**6, 400) / 16,
            [0.0, -0.0, 9999.5, 99995.0, 0.00099995, 2.5, 12345.0, 1e22, 5e-324, np.inf, -np.inf, np.nan],
        ]
    ).tolist()
    texts = json.dumps([repr(value).replace("inf", "Infinity") for value in drawn])
    for digits in (1, 3, 4, 8):
        found = ask(f"{texts}.map((text) => lrsched.general(Number(text), {digits}))")
        assert found == [f"{value:.{digits}g}" for value in drawn]


# Costs.


def test_costs_of_a_batch_size():
    found = ask(
        f"lrsched.costs({put(lr.cosine(1.0, 0.0, 9_000))}, "
        "{ batchSize: 256, sequenceLength: 2048, datasetSize: 1000, secondsPerUpdate: 1.8 })"
    )
    assert found["updates"] == 9_000
    assert found["samples"] == 9_000 * 256
    assert found["tokens"] == tokens_seen(256, 2048)(9_000)
    assert found["epochs"] == 9_000 * 256 / 1_000
    assert found["hours"] == pytest.approx(4.5)


@pytest.mark.parametrize(
    "ramp",
    [
        batch_size_ramp(16, 256, 16, 100_000),
        batch_size_ramp(16, 64, 16, 300, multiple=12),
        lr.piecewise_constant([16.0, 8.0, 32.0], [10, 11]),
        lr.constant(3.0),
        lr.recipes.modded_nanogpt_batch_size(),
    ],
    ids=lambda ramp: ramp.formula.name,
)
def test_costs_of_a_batch_size_that_changes(ramp):
    steps = [0, 1, 6, 7, 10, 11, 12, 500, 1_284, 1_285, 10**6]
    clock = tokens_seen(ramp, 1_024)
    made = f"lrsched.costs({put(lr.constant(1.0))}, {{ steps: 500, batchSize: {put(ramp)}, sequenceLength: 1024 }})"
    assert ask(f"{steps}.map((step) => {made}.before(step).tokens)") == [clock(step) for step in steps]
    found = ask(made)
    assert found["tokens"] == clock(500)
    sizes = ramp(np.arange(500))
    starts = [0, *(np.flatnonzero(np.diff(sizes)) + 1).tolist()]
    assert found["batchSizes"] == [{"begin": start, "size": sizes[start]} for start in starts]


@pytest.mark.parametrize(
    ("given", "demand"),
    [
        ("batchSize: 0", "costs(batch_size=0) must be at least 1; give how many there are."),
        ("batchSize: 1.5", "costs(batch_size=1.5) must be a whole number; give how many there are."),
        ("sequenceLength: null", "costs(sequence_length=None) must be a number; give a number."),
        ("datasetSize: 0", "costs(dataset_size=0) must be at least 1; give how many there are."),
        ("secondsPerUpdate: 0", "costs(seconds_per_update=0) must be greater than 0; give how much there is."),
    ],
)
def test_costs_refused(given, demand):
    assert message(f"lrsched.costs({put(lr.constant(1.0))}, {{ steps: 5, {given} }})") == demand


@pytest.mark.parametrize("ramp", [lr.inverse_sqrt(8.0, 10), lr.linear(1.0, 3.0, 5), lr.linear(0.0, 3.0, 3)])
def test_costs_of_what_are_no_batch_sizes(ramp):
    with pytest.raises(ValueError, match="tokens_seen") as refused:
        tokens_seen(ramp, 1)
    demand = str(refused.value).partition(") ")[2]
    made = message(f"lrsched.costs({put(lr.constant(1.0))}, {{ steps: 5, batchSize: {put(ramp)} }})")
    assert made == f"costs(batch_size) {demand}"


# The bound.

SHAPES = {
    "constant": (lr.constant(0.1), 500),
    "warmup_cosine": (lr.warmup_cosine(1e-3, 300, 20_000, end_value=1e-4), 20_000),
    "wsd": (lr.wsd(1.0, 100, 3_000, 600, decay=lr.one_minus_sqrt), 3_000),
    "to 0": (lr.warmup_linear(1.0, 50, 2_999), 3_000),
    "restarts": (lr.sgdr(0.1, 0.0, 700), 3_000),
    "stairs": (lr.piecewise_constant([1.0, 0.0, 0.1, 1e-6], [400, 800, 1_200]), 2_000),
    "to next to nothing": (lr.exponential(1.0, 1e-40, 1_500), 2_000),
    "from 0": (lr.join([0.0, 1.0], [30]), 300),
    "one": (lr.constant(2.0), 1),
}


@pytest.mark.parametrize("name", SHAPES)
def test_bound(name):
    schedule, steps = SHAPES[name]
    every = np.unique(np.linspace(1, steps, 211).astype(int)).tolist()
    made = put(schedule)
    found = ask(f"lrsched.bound({made}, {steps}, 3.0, {every})")
    assert found["steps"] == every
    values = [np.inf if value is None else value for value in found["values"]]  # JSON has no infinity
    np.testing.assert_allclose(values, bound(schedule, np.array(every), 3.0), rtol=1e-9)
    assert ask(f"lrsched.calibrate({made}, {steps})") == pytest.approx(calibrate(schedule, steps), rel=1e-12)
    assert ask(f"lrsched.bestPeak({made}, {steps}, 0.5)") == pytest.approx(best_peak(schedule, steps, 0.5), rel=1e-12)


def test_the_grid_is_that_of_plots():
    """The times of `lrsched.plot(..., forecast=ratio)`."""
    for schedule, end in ((lr.warmup_cosine(1.0, 300, 7_001), 7_001), (lr.constant(1.0), 90), (lr.constant(1.0), 1)):
        warmup = int(np.argmax(schedule(np.arange(end))))
        wanted = np.unique(np.linspace(min(max(warmup, end // 50) + 1, end), end, 200).astype(np.int64))
        assert ask(f"lrsched.bound({put(schedule)}, {end}).steps") == wanted.tolist()


def test_the_bound_of_a_long_run():
    schedule, steps = lr.warmup_cosine(1e-3, 2_000, 200_000), 200_000
    found = ask(f"lrsched.bound({put(schedule, steps)}, {steps}, 3.0, 300)")
    np.testing.assert_allclose(found["values"], bound(schedule, np.array(found["steps"]), 3.0), rtol=1e-9)


@pytest.mark.parametrize(
    "schedule", [lr.constant(0.0), lr.linear(1.0, -1.0, 40)], ids=lambda schedule: schedule.formula.name
)
def test_rates_that_the_bound_refuses(schedule):
    with pytest.raises(ValueError, match="bound") as refused:
        bound(schedule, 50)
    demand = str(refused.value).partition(") ")[2]
    assert message(f"lrsched.bound({put(schedule)}, 50)") == f"bound(schedule) {demand}"


def test_a_ratio_and_a_length_that_are_refused():
    made = put(lr.constant(1.0))
    remedy = "calibrate(best, steps) gives it"
    assert message(f"lrsched.bound({made}, 9, 0)") == f"bound(ratio=0) must be greater than 0; {remedy}."
    assert message(f"lrsched.bestPeak({made}, 9, -1)") == f"best_peak(ratio=-1) must be greater than 0; {remedy}."
    assert message(f"lrsched.bound({made}, 9, 1, [0])").startswith("bound(points=0) must be at least 1; ")
    assert message(f"lrsched.bound({made}, 9, 1, [10])").startswith("bound(points=10) must be at most 9, ")
    assert message(f"lrsched.bound({made}, 9, 1, 2.5)").startswith("bound(points=2.5) must be a whole number; ")
    assert "must be at most 10000000; count in a larger unit" in message(f"lrsched.bound({made}, 20_000_000)")


# Laws.

PARAMETERS = {
    "multi_power": (2.9, 0.6, 0.5, 450.0, 2.1, 0.6, 0.64),
    "momentum": (2.9, 0.6, 0.5, 450.0, 300.0),
    "power_momentum": (2.9, 0.6, 0.5, 450.0, 60.0, 0.5),
    "functional_scaling": (2.9, 0.6, 0.5, 150.0, 0.8, 300.0, 0.6),
}
EXPERIMENT = own()


@pytest.fixture(scope="module")
def fitted():
    return fit([EXPERIMENT.runs[name] for name in EXPERIMENT.fitted])


def in_json(law):
    return json.dumps(json.dumps(law.to_config()))


def compare(law, schedule, steps, rtol, many=None):
    steps, made = np.asarray(steps), put(schedule, many)
    found = ask(f"lrsched.law({in_json(law)}).band({made}, {steps.tolist()}, 0.8)")
    low, high = law.interval(schedule, steps, level=0.8)
    np.testing.assert_allclose(found["loss"], law.loss(schedule, steps), rtol=rtol)
    np.testing.assert_allclose(found["low"], low, rtol=rtol)
    np.testing.assert_allclose(found["high"], high, rtol=rtol)


@pytest.mark.parametrize("name", EXPERIMENT.runs)
def test_a_fitted_law_on_loss_curves(fitted, name):
    schedule, steps, _ = EXPERIMENT.runs[name]
    compare(fitted, schedule, steps, 1e-9)


@pytest.mark.parametrize("name", PARAMETERS)
def test_each_law(name):
    law = Law((Term(name, 1.0, PARAMETERS[name]),), peak=3e-4, clock=0.1, shape=1e-3, horizon=0.02, folds=3)
    for schedule in (
        lr.warmup_cosine(3e-4, 50, 899),
        lr.wsd(1e-4, 50, 900, 200),
        lr.warmup(lr.sgdr(3e-4, 1e-5, 300), 50),
        lr.warmup_constant(3e-4, 50),
        lr.piecewise_constant([3e-4, 0.0, 1e-4], [200, 500]),
    ):
        compare(law, schedule, [900, 60, 61, 350, 351, 201, 777], 1e-9)


RANGES = {
    "multi_power": ((1e-6, 1e4), (0.01, 30.0), (0.01, 3.0)),
    "momentum": ((0.1, 1e5),),
    "power_momentum": ((0.1, 1e5), (0.01, 30.0)),
    "functional_scaling": ((1e-3, 1e3), (1e-4, 1e5), (0.01, 30.0)),
}
"""The own parameters of each law, far beyond what curves give."""
RATES = {
    "to 0": lr.warmup_linear(1e-2, 50, 2_999),
    "restarts": lr.warmup(lr.sgdr(1.0, 1e-5, 300), 50),
    "to next to nothing": lr.exponential(1.0, 1e-12, 3_000),
}


@pytest.mark.parametrize("name", RANGES)
@pytest.mark.parametrize("rates", RATES)
def test_laws_of_drawn_parameters(name, rates):
    draw = np.random.default_rng(3)
    schedule, peak = RATES[rates], float(RATES[rates](np.arange(3_000)).max())
    for _ in range(5):
        ranges = ((0.01, 1.0), (0.1, 1.0), (0.1 / peak, 1.0 / peak), *RANGES[name])
        drawn = [float(np.exp(draw.uniform(*np.log(limits)))) for limits in ranges]
        law = Law((Term(name, 1.0, (2.0, *drawn)),), peak=peak, clock=1.0)
        compare(law, schedule, np.unique(draw.integers(60, 3_001, 40)), 1e-9)


def test_a_number_of_steps_gives_a_number(fitted):
    made, schedule = put(lr.warmup_cosine(1e-2, 100, 900)), lr.warmup_cosine(1e-2, 100, 900)
    law = f"lrsched.law({in_json(fitted)})"
    assert ask(f"{law}.loss({made}, 900)") == pytest.approx(fitted.final(schedule, 900), rel=1e-9)
    low, high = fitted.interval(schedule, 900)
    found = ask(f"{law}.band({made}, 900)")
    assert (found["low"], found["high"]) == pytest.approx((low, high), rel=1e-9)


@pytest.mark.parametrize(
    "schedule",
    [lr.warmup_cosine(1e-2, 1_000, 60_000), lr.sgdr(1e-2, 0.0, 8_000)],
    ids=lambda schedule: schedule.formula.name,
)
def test_a_law_on_a_long_run(fitted, schedule):
    """More than 16384 falls are taken together."""
    compare(fitted, schedule, np.linspace(2_000, 60_000, 25).astype(int), 1e-5, 60_000)


@pytest.mark.parametrize("level", [0.01, 0.5, 0.9, 0.999999])
def test_levels(fitted, level):
    schedule = EXPERIMENT.runs["drop_3000"][0]
    found = ask(f"lrsched.law({in_json(fitted)}).band({put(schedule)}, 3000, {level})")
    low, high = fitted.interval(schedule, 3_000, level=level)
    assert (found["low"], found["high"]) == pytest.approx((low, high), rel=1e-9)


CONFIG = Law((Term("momentum", 1.0, PARAMETERS["momentum"]),), peak=3e-4, clock=0.1).to_config()
TERM = CONFIG["terms"][0]


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ("", "law(json) must be JSON"),
        ("{", "law(json) must be JSON"),
        ("x" * 1_000_001, "law(json) must be at most 1000000 characters; "),
        ("[" * 100_000, "law(json) must be JSON"),
        ("null", "law(json) must be the config of a law; "),
        ("[]", "law(json) must be the config of a law; "),
        ("3", "law(json) must be the config of a law; "),
        ("{}", "law(lrsched_law=None) must be 1; give what law.to_config() gave."),
        ('{"__proto__": {"lrsched_law": 1}}', "law(lrsched_law=None) must be 1; "),
        ({**CONFIG, "lrsched_law": 2}, "law(lrsched_law=2) must be 1; "),
        ({**CONFIG, "terms": []}, "law(terms) must be a list of 1 to 20 laws; "),
        ({**CONFIG, "terms": [TERM] * 21}, "law(terms) must be a list of 1 to 20 laws; "),
        ({**CONFIG, "terms": [None]}, "law(terms[0]=None) must be a law; "),
        (
            {**CONFIG, "terms": [TERM, {**TERM, "name": "constructor"}]},
            "law(terms[1].name='constructor') must be a law",
        ),
        ({**CONFIG, "terms": [{**TERM, "weight": "1"}]}, "law(terms[0].weight='1') must be a number; "),
        ({**CONFIG, "terms": [{**TERM, "parameters": [1.0]}]}, "law(terms[0].parameters) must be a list of 5 numbers"),
        (
            {**CONFIG, "terms": [{**TERM, "parameters": [1, 1, None, 1, 1]}]},
            "law(terms[0].parameters[2]=None) must be a",
        ),
        ({**CONFIG, "terms": [{**TERM, "axes": [[1.0]]}]}, "law(terms[0].axes[0]) must be a list of 5 numbers"),
        ({**CONFIG, "peak": 0}, "law(peak=0) must be greater than 0; "),
        ({**CONFIG, "clock": None}, "law(clock=None) must be a number; "),
        ({**CONFIG, "noise": -1}, "law(noise=-1) must be at least 0; "),
    ],
)
def test_what_is_no_law(given, text):
    found = message(f"lrsched.law({json.dumps(given if isinstance(given, str) else json.dumps(given))})")
    assert found.startswith(text)
    assert len(found) < 300


def test_a_law_refuses_a_level_and_steps():
    made, law = put(lr.constant(1e-4)), f"lrsched.law({json.dumps(CONFIG)})"
    assert message(f"{law}.band({made}, 9, 1)") == "band(level=1) must be between 0 and 1; 0.9 is a usual one."
    assert message(f"{law}.loss({made}, [5, 0])") == "loss(steps=0) must be at least 1; give how many there are."
