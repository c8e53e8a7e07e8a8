"""The schedules of transformers, drawn by chance, run by transformers itself, and compared at every step."""

import warnings

import numpy as np
import pytest
import transformers
from hypothesis import given, settings, strategies as st

import lrsched
from lrsched.interop import transformers as names

from .test_torch import agree, drawn, optimizer_of, rates, run

PHASES = {"num_warmup_steps": st.integers(0, 30)}
RUN = PHASES | {"decay": st.integers(1, 90)}
CYCLES = st.sampled_from([0.25, 0.5, 1.0, 1.25, 1.5, 2.5, 3]) | st.integers(1, 60).map(lambda tenths: tenths / 10)
FLOOR = st.one_of(
    st.fixed_dictionaries({"min_lr": st.floats(0.0, 1e-3)}), st.fixed_dictionaries({"min_lr_rate": st.floats(0.0, 0.9)})
)
SHAPE = st.sampled_from(["linear", "cosine", "1-sqrt"])

CALLS = {
    "constant": ({}, {}),
    "constant_with_warmup": (PHASES, {}),
    "linear": (RUN, {}),
    "cosine": (RUN, {"num_cycles": CYCLES}),
    "cosine_with_restarts": (RUN, {"num_cycles": CYCLES}),
    "polynomial": (RUN, {"lr_end": st.floats(0.0, 9e-6), "power": st.floats(0.3, 4.0)}),
    "inverse_sqrt": (PHASES, {"timescale": st.integers(1, 99)}),
    "cosine_with_min_lr": (RUN, {"num_cycles": CYCLES}),
    "cosine_warmup_with_min_lr": (RUN, {"num_cycles": CYCLES, "warmup_lr_rate": st.floats(0.0, 1.0)}),
    "warmup_stable_decay": (
        RUN,
        {
            "warmup_type": SHAPE,
            "decay_type": SHAPE,
            "min_lr_ratio": st.floats(0.0, 0.9),
        },
    ),
}


@st.composite
def calls(draw, name):
    """The arguments of `get_scheduler` after the optimizer, those of the schedule in one dict."""
    required, optional = CALLS[name]
    kwargs = draw(st.fixed_dictionaries(required, optional=optional))
    if "decay" in kwargs:
        kwargs["num_training_steps"] = kwargs["num_warmup_steps"] + kwargs.pop("decay")
    if name.endswith("min_lr"):
        kwargs |= draw(FLOOR)
    if name == "warmup_stable_decay":
        rest = kwargs["num_training_steps"] - kwargs["num_warmup_steps"]
        kwargs["num_decay_steps"] = draw(st.integers(0, rest))
        if draw(st.booleans()):
            del kwargs["num_training_steps"]
            kwargs["num_stable_steps"] = rest - kwargs["num_decay_steps"]
    return kwargs


def theirs(name, rate, kwargs, steps):
    general = {key: kwargs[key] for key in ("num_warmup_steps", "num_training_steps") if key in kwargs}
    special = {key: value for key, value in kwargs.items() if key not in general}
    scheduler = transformers.get_scheduler(name, optimizer_of(rate), scheduler_specific_kwargs=special, **general)
    return run(scheduler, steps)[0]


def end_of(kwargs):
    """The last step of the defined range."""
    phases = ("num_warmup_steps", "num_stable_steps", "num_decay_steps")
    return kwargs.get("num_training_steps") or sum(kwargs.get(key, 0) for key in phases) or 80


def restarts_late(name, kwargs):
    """The steps at which transformers rounds a whole number of cycles down, and so misses the restart by a step."""
    if name != "cosine_with_restarts":
        return []
    cycles = kwargs.get("num_cycles", 1)
    warmup, steps = kwargs["num_warmup_steps"], kwargs["num_training_steps"] - kwargs["num_warmup_steps"]
    tenths = round(10 * cycles)
    return [
        warmup + step
        for step in range(steps)
        if tenths * step % (10 * steps) == 0
        and cycles * (step / steps) % 1 > 0.5
        and round(100 * cycles) == 10 * tenths
    ]


@pytest.mark.parametrize("name", CALLS)
@settings(drawn, max_examples=40)
@given(st.data(), rates)
def test_schedules(name, data, rate):
    """On the defined range, 0..T; and with their own tails where they have one."""
    kwargs = data.draw(calls(name))
    end = end_of(kwargs)
    values, late = theirs(name, rate, kwargs, 3 * end), restarts_late(name, kwargs)
    for schedule, last in (
        (names.get_scheduler(name, base_lr=rate, **kwargs), end),
        (names.get_scheduler(name, base_lr=rate, **kwargs, exact_tail=True), 3 * end),
    ):
        expected = values[: last + 1].copy()
        expected[late] = schedule(np.array(late, dtype=int))
        agree(schedule, expected)


def test_a_restart_that_transformers_misses():
    """49 cycles of 2 steps: 49 * (2/98) is below 1 in floats, and the rate there is 0 instead of the peak."""
    kwargs = {"num_warmup_steps": 0, "num_training_steps": 98, "num_cycles": 49}
    assert 2 in restarts_late("cosine_with_restarts", kwargs)
    assert theirs("cosine_with_restarts", 1.0, kwargs, 4)[2] < 1e-12
    assert names.get_scheduler("cosine_with_restarts", base_lr=1.0, **kwargs)(2) == 1.0


@pytest.mark.parametrize("name", ["cosine", "cosine_with_min_lr", "cosine_warmup_with_min_lr"])
@pytest.mark.parametrize("num_cycles", [0.5, 0.7, 2])
def test_a_cosine_holds_what_it_has_at_the_end(name, num_cycles):
    kwargs = {"num_warmup_steps": 10, "num_training_steps": 50, "num_cycles": num_cycles}
    if name != "cosine":
        kwargs["min_lr"] = 0.01
    schedule = names.get_scheduler(name, base_lr=0.1, **kwargs)
    assert schedule(50) == schedule(51) == schedule(10**9) == pytest.approx(theirs(name, 0.1, kwargs, 50)[50], rel=1e-9)
    assert names.get_scheduler(name, base_lr=0.1, **kwargs, exact_tail=True)(60) != schedule(60)


@pytest.mark.parametrize("name", CALLS)
def test_a_run_that_is_all_warmup(name):
    kwargs = {"constant": {}}.get(name, {"num_warmup_steps": 7, "num_training_steps": 7})
    if name.endswith("min_lr"):
        kwargs["min_lr"] = 0.01
    if name == "warmup_stable_decay":
        kwargs["num_decay_steps"] = 0
    last = 6 if name == "polynomial" else 7  # where transformers divides by the length of its decay, 0
    agree(names.get_scheduler(name, base_lr=0.1, **kwargs), theirs(name, 0.1, kwargs, last))


def test_a_long_run():
    """Next to the end transformers has lost the digits of 1 + cos; nothing is lost here, and the start is the same."""
    kwargs = {"num_warmup_steps": 100, "num_training_steps": 10_000}
    agree(names.get_scheduler("cosine", base_lr=0.1, **kwargs), theirs("cosine", 0.1, kwargs, 10_000), noise=1e-16)


def test_the_dict_of_transformers():
    kwargs = {"num_warmup_steps": 2, "num_training_steps": 9}
    in_one = names.get_scheduler("cosine", base_lr=0.1, **kwargs, scheduler_specific_kwargs={"num_cycles": 2})
    assert in_one == names.get_scheduler("cosine", base_lr=0.1, **kwargs, num_cycles=2)
    assert names.get_scheduler("linear", base_lr=0.1, **kwargs, scheduler_specific_kwargs=None)(2) == 0.1


def test_a_name_of_the_enumeration():
    kind = transformers.SchedulerType("linear")
    assert names.get_scheduler(kind, base_lr=0.1, num_warmup_steps=2, num_training_steps=9) == lrsched.warmup_linear(
        0.1, 2, 9
    )


@pytest.mark.parametrize(
    ("name", "kwargs"),
    [
        ("cosines", {}),
        ("linear", {"num_training_steps": 10}),
        ("linear", {"num_warmup_steps": 10}),
        ("polynomial", {"num_warmup_steps": 1, "num_training_steps": 10, "lr_end": 0.1}),
        ("cosine_with_min_lr", {"num_warmup_steps": 1, "num_training_steps": 10}),
        ("cosine_with_min_lr", {"num_warmup_steps": 1, "num_training_steps": 10, "min_lr": 0.0, "min_lr_rate": 0.1}),
        ("warmup_stable_decay", {"num_warmup_steps": 1, "num_decay_steps": 5}),
        ("warmup_stable_decay", {"num_warmup_steps": 1, "num_training_steps": 10}),
        (
            "warmup_stable_decay",
            {"num_warmup_steps": 1, "num_training_steps": 9, "num_decay_steps": 2, "decay_type": "exp"},
        ),
        ("linear", {"num_warmup_steps": 1, "num_training_steps": 10, "num_cycles": 2}),
    ],
)
def test_what_transformers_refuses_is_refused(name, kwargs):
    with pytest.raises((ValueError, TypeError)):
        theirs(name, 0.1, kwargs, 1)
    with pytest.raises((ValueError, TypeError), match=r"^get_\w+\(.+\) .+; .+[.?]$"):
        names.get_scheduler(name, base_lr=0.1, **kwargs)


@pytest.mark.parametrize(
    ("name", "kwargs", "message"),
    [
        ("reduce_lr_on_plateau", {}, r"get_scheduler\(name='reduce_lr_on_plateau'\) must be a function of the step"),
        ("greedy", {}, r"get_scheduler\(name='greedy'\) must be a function of the step"),
        (
            "linear",
            {"num_warmup_steps": 20, "num_training_steps": 10},
            r"get_linear_schedule_with_warmup\(num_training_steps=10\) must be at least num_warmup_steps=20",
        ),
        (
            "cosine",
            {"num_warmup_steps": -1, "num_training_steps": 10},
            r"get_cosine_schedule_with_warmup\(num_warmup_steps=-1\) must be at least 0",
        ),
        (
            "cosine",
            {"num_warmup_steps": 2.5, "num_training_steps": 10},
            r"get_cosine_schedule_with_warmup\(num_warmup_steps=2.5\) must be a whole number of steps; give 2 or 3",
        ),
        (
            "cosine",
            {"num_warmup_steps": 0.1, "num_training_steps": 10},
            r"get_cosine_schedule_with_warmup\(num_warmup_steps=0.1\) must be a",
        ),
        (
            "cosine_with_min_lr",
            {"num_warmup_steps": 2, "num_training_steps": 10, "min_lr": -0.1},
            r"get_cosine_with_min_lr_schedule_with_warmup\(min_lr=-0.1\) must be at least 0",
        ),
        (
            "warmup_stable_decay",
            {"num_warmup_steps": 6, "num_training_steps": 10, "num_decay_steps": 5},
            r"get_wsd_schedule\(num_training_steps=10\) must be at least warmup_and_decay=11",
        ),
        (
            "warmup_stable_decay",
            {"num_warmup_steps": 2, "num_training_steps": 10, "num_decay_steps": 5, "num_cycles": 1},
            r"get_wsd_schedule\(num_cycles=1.0\) must be 0.5; others end the run with a jump",
        ),
        (
            "warmup_stable_decay",
            {"num_warmup_steps": 6, "num_training_steps": 30, "num_decay_steps": 5, "num_stable_steps": 5},
            r"get_wsd_schedule\(num_training_steps=30\) must be 16, the sum of the three phases",
        ),
    ],
)
def test_what_transformers_takes_and_gets_wrong_is_refused(name, kwargs, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        names.get_scheduler(name, base_lr=0.1, **kwargs)
    if name in ("linear", "cosine", "warmup_stable_decay"):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            theirs(name, 0.1, kwargs, 2)  # takes it
