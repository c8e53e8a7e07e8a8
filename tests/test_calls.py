"""How calls are written: what has a default is given by name, and an error names the parameter that was meant."""

import inspect

import jax
import numpy as np
import pytest

import lrsched as lr
from lrsched.core.decorators import formula_of
from lrsched.interop import megatron, olmo_core, optax, torch, transformers
from lrsched.text.config import to_config

from .cases import CASES


def public():
    """Every public function and class, and the public methods of the classes, by name."""
    for name, value in [*vars(lr).items(), *vars(lr.recipes).items()]:
        ours = getattr(value, "__module__", "").startswith("lrsched") and not name.startswith("_")
        if ours and (inspect.isfunction(value) or inspect.isclass(value)):
            yield name, value
            for method in vars(value) if inspect.isclass(value) else ():
                if not method.startswith("_") and inspect.isfunction(getattr(value, method)):
                    yield f"{name}.{method}", getattr(value, method)


EXCEPT = {"ParseError", "schedule", "check"}
"""An exception is raised by lrsched alone; `schedule` takes its builder by position, `check` the length of the run."""


def test_what_has_a_default_is_given_by_name():
    looked_at = 0
    for name, value in public():
        if name not in EXCEPT:
            parameters = inspect.signature(value).parameters.values()
            assert [p.name for p in parameters if p.default is not p.empty and p.kind is not p.KEYWORD_ONLY] == [], name
            looked_at += 1
    assert looked_at > 100


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_no_case_can_be_called_with_a_default_by_position(case):
    """Also where the signature is not looked at: the call itself refuses."""
    formula = case.schedule.formula
    optional = [p for p in formula.parameters.values() if not p.required]
    if optional and not formula.name.startswith("_"):
        required = [
            value for p, value in zip(formula.parameters.values(), case.schedule.values, strict=True) if p.required
        ]
        with pytest.raises(TypeError, match=rf"takes {len(required)} values? by position, not {len(required) + 1}; "):
            formula.factory(*required, case.schedule.parameters[optional[0].name])


WARMUP_COSINE = "warmup_cosine(peak_value, warmup_steps, total_steps, *, init_value=0.0, end_value=0.0)"
POSITIONS = [
    (
        lambda: lr.warmup_cosine(3e-4, 1000, 10000, 3e-5),
        f"{WARMUP_COSINE} takes 3 values by position, not 4; write end_value=3e-05 or init_value=3e-05.",
    ),
    (
        lambda: lr.warmup_cosine(3e-4, 1000, 10000, 0.0, 3e-5),
        f"{WARMUP_COSINE} takes 3 values by position, not 5; write init_value=0.0, end_value=3e-05.",
    ),
    (
        lambda: lr.warmup_cosine(3e-4, 1000, 10000, 3e-5, init_value=0.0),
        f"{WARMUP_COSINE} takes 3 values by position, not 4; write end_value=3e-05.",
    ),
    (
        lambda: lr.warmup_cosine(3e-4, 1000, 10000, "3e-5"),
        f"{WARMUP_COSINE} takes 3 values by position, not 4; give end_value or init_value by name.",
    ),
    (
        lambda: lr.warmup_cosine(3e-4, 1000, 10000, 0.0, 3e-5, 2.0),
        f"{WARMUP_COSINE} takes 3 values by position, not 6; give init_value or end_value by name.",
    ),
    (
        lambda: lr.warmup_cosine(3e-4, 1000),
        f"{WARMUP_COSINE} is missing total_steps; write total_steps=...",
    ),
    (
        lambda: lr.warmup_cosine(3e-4, end_value=3e-5),
        f"{WARMUP_COSINE} is missing warmup_steps and total_steps; write warmup_steps=..., total_steps=...",
    ),
    (
        lambda: lr.wsd(1.0, 10, 100, 20, lr.one_minus_sqrt),
        "wsd(peak_value, warmup_steps, total_steps, decay_steps, *, init_value=0.0, end_value=0.0, decay=linear) "
        "takes 4 values by position, not 5; write decay=one_minus_sqrt.",
    ),
    (
        lambda: lr.cyclic(0.0, 1.0, 5, None, "triangular2"),
        "cyclic(min_value, max_value, step_size_up, *, step_size_down=None, mode='triangular', gamma=1.0) "
        "takes 3 values by position, not 5; write step_size_down=None, mode='triangular2'.",
    ),
    (
        lambda: lr.linear(1.0, 0.0, 9, 1, 2),
        "linear(init_value, end_value, steps) takes 3 values by position, not 5; leave out the last 2 values.",
    ),
    (
        lambda: lr.recipes.t5_finetune(1e-3),
        "t5_finetune(*, value=0.001) takes 0 values by position, not 1; write value=0.001.",
    ),
    (
        lambda: torch.CosineAnnealingLR(0.1, 100, 0.0, True),
        "CosineAnnealingLR(base_lr, T_max, eta_min=0.0, *, exact_tail=False) takes 3 values by position, not 4; "
        "write exact_tail=True.",
    ),
    (
        torch.OneCycleLR,
        "OneCycleLR(max_lr, ...) is missing max_lr; write max_lr=...",
    ),
]


@pytest.mark.parametrize(("call", "message"), POSITIONS)
def test_message(call, message):
    with pytest.raises(TypeError) as caught:
        call()
    assert str(caught.value) == message


def test_a_config_and_a_text_follow_the_same_rule():
    with pytest.raises(lr.ParseError, match=r"column 1: .* not 4; write end_value=3e-05 or init_value=3e-05\."):
        lr.parse("warmup_cosine(3e-4, 1000, 10000, 3e-5)")
    assert lr.parse("warmup_cosine(3e-4, 1000, 10000, end_value=3e-5)") == lr.warmup_cosine(
        3e-4, 1000, 10000, end_value=3e-5
    )


def test_a_formula_of_ones_own_need_not_write_the_star():
    @lr.schedule
    def written_default(xp, init_value: lr.types.Value, power: lr.types.Power = 2.0):
        return lambda t: init_value / (1 + t) ** power

    assert repr(written_default(1.0, power=3.0)) == "written_default(1.0, power=3.0)"
    assert [p.kind.name for p in inspect.signature(written_default).parameters.values()] == [
        "POSITIONAL_OR_KEYWORD",
        "KEYWORD_ONLY",
    ]
    with pytest.raises(TypeError, match=r"takes 1 value by position, not 2; write power=3.0\."):
        written_default(1.0, 3.0)


def test_a_ramp_needs_its_three_values_and_no_more():
    """Compositions call it by position, so that `steps` may have no default, and nothing else be required."""

    @lr.schedule(length="steps")
    def written_ramp_of_default(xp, init_value: lr.types.Value, end_value: lr.types.Value, steps: lr.types.Steps = 10):
        return lambda x: init_value, lambda x: end_value

    @lr.schedule(length="steps")
    def written_ramp_of_four(
        xp, init_value: lr.types.Value, end_value: lr.types.Value, steps: lr.types.Steps, power: lr.types.Power
    ):
        return lambda x: init_value, lambda x: end_value

    with pytest.raises(TypeError, match=r"must be a ramp: \(init_value, end_value, steps\)"):
        lr.warmup(1.0, 5, ramp=written_ramp_of_default)
    with pytest.raises(TypeError, match=r"must be given power; write functools\.partial"):
        lr.warmup(1.0, 5, ramp=written_ramp_of_four)


def test_interop_keeps_the_order_of_the_other_library():
    """A pasted call means what it meant there; what lrsched adds is given by name."""
    assert torch.StepLR(0.1, 30, 0.5) == lr.step_decay(0.1, 0.5, 30)
    assert optax.warmup_cosine_decay_schedule(0.0, 1.0, 10, 100, 0.1) == lr.warmup_cosine(1.0, 10, 100, end_value=0.1)
    for function in (
        torch.CosineAnnealingLR,
        torch.OneCycleLR,
        transformers.get_cosine_schedule_with_warmup,
        olmo_core.WSD,
        megatron.OptimizerParamScheduler,
    ):
        parameters = inspect.signature(function).parameters
        ours = [parameters[name] for name in ("exact_tail", "tokens_per_step", "increment") if name in parameters]
        assert ours
        assert all(p.kind is p.KEYWORD_ONLY for p in ours)


# wsd takes the whole length, as its siblings do.


@pytest.mark.parametrize(("warmup", "total", "decay"), [(10, 100, 20), (0, 0, 0), (3, 7, 4), (0, 9, 9), (9, 9, 0)])
def test_wsd_takes_the_total(warmup, total, decay):
    run = lr.wsd(1.0, warmup, total, decay, init_value=0.5, end_value=0.25)
    assert run.length == total
    assert run(total) == 0.25
    assert run(total - decay) == (1.0 if decay else 0.25)
    assert all(run(step) == 1.0 for step in range(warmup, total - decay))


@pytest.mark.parametrize(("warmup", "total", "decay"), [(10, 29, 20), (10, 0, 0), (0, 5, 6), (1, 1, 1)])
def test_wsd_of_a_total_that_is_too_short(warmup, total, decay):
    with pytest.raises(ValueError) as caught:  # noqa: PT011 (the message is compared to the letter)
        lr.wsd(1.0, warmup, total, decay)
    assert str(caught.value) == (
        f"wsd(total_steps={total}) must be at least warmup_steps + decay_steps = {warmup + decay}; "
        "total_steps includes the warmup and the decay."
    )


OLD = {"peak_value": 1.0, "warmup_steps": 10, "stable_steps": 70, "decay_steps": 20, "init_value": 0.0}


def test_a_config_of_0_1_is_read():
    """It had the length of the plateau; nested configs are read the same."""
    old = {"lrsched": 1, "name": "wsd", "args": {**OLD, "end_value": 0.1, "decay": "cosine"}}
    assert lr.from_config(old) == lr.wsd(1.0, 10, 100, 20, end_value=0.1, decay=lr.cosine)
    nested = {"name": "wsd", "args": OLD}
    assert lr.from_config({"lrsched": 1, "name": "scale", "args": {"schedule": nested, "factor": 0.5}}) == (
        0.5 * lr.wsd(1.0, 10, 100, 20)
    )
    assert old["args"]["stable_steps"] == 70  # and left as it was
    assert "stable_steps" not in to_config(lr.wsd(1.0, 10, 100, 20))["args"]


@pytest.mark.parametrize("more", [{"stable_steps": "70"}, {"stable_steps": None}, {"total_steps": 100}])
def test_a_config_that_is_neither_old_nor_new_is_refused(more):
    with pytest.raises(TypeError, match=r"wsd\(stable_steps=...\) is not a parameter; did you mean 'total_steps'"):
        lr.from_config({"lrsched": 1, "name": "wsd", "args": {**OLD, **more}})


def test_every_formula_has_its_required_parameters_first():
    for case in CASES.values():
        required = [p.required for p in formula_of(case.schedule.formula.factory).parameters.values()]
        assert required == sorted(required, reverse=True)


# A cooldown cools something down.


@pytest.mark.parametrize(
    "schedule",
    [
        lr.constant(1.0),
        1.0,
        lambda t: 1.0,
        lr.warmup_constant(1.0, 100),
        lr.linear(0.0, 1.0, 100),
        lr.piecewise_constant([1.0, 0.1], [100]),
        lr.join([lr.cosine(1.0, 0.1, 100), 0.1], [100]),
        lr.inverse_sqrt(1.0, 10),
        lr.sgdr(1.0, 0.0, 100),
        lr.linear(1.0, 0.5, 0),
    ],
    ids=lambda made: made.__name__ if not hasattr(made, "formula") and callable(made) else repr(made),
)
def test_what_is_held_or_goes_on_can_be_cooled_down(schedule):
    assert lr.cooldown(schedule, 500, 10)(510) == 0.0


@pytest.mark.parametrize(
    "schedule",
    [
        lr.warmup_cosine(1.0, 10, 100),
        lr.wsd(1.0, 10, 100, 1),
        lr.one_cycle(1.0, 100),
        lr.clamp_min(lr.linear(1.0, 0.0, 100), 0.5),
        lr.stretch(lr.cosine(1.0, 0.1, 10), 10),
        lr.shift(lr.cosine(1.0, 0.1, 90), -10),
        0.5 * lr.warmup_linear(1.0, 10, 100),
        lr.minimum(lr.warmup_cosine(1.0, 10, 100), 0.5),
    ],
    ids=repr,
)
def test_a_decay_that_is_over_cannot(schedule):
    assert lr.cooldown(schedule, 100, 10).length == 110
    with pytest.raises(
        ValueError, match=r"^cooldown\(start=101\) must be at most 100, where .* ends and then stays at"
    ):
        lr.cooldown(schedule, 101, 10)


# A plan that is extended keeps its past.


@pytest.mark.parametrize(
    "schedule",
    [
        lr.warmup_cosine(3e-4, 100, 2_000),
        lr.wsd(3e-4, 100, 2_000, 400, decay=lr.one_minus_sqrt),
        lr.one_cycle(1e-3, 2_000, three_phase=True),
        lr.piecewise_interpolate([0.0, 1e-3, 5e-4, 2e-4], [100, 900, 2_000]),
        lr.piecewise_interpolate([0.0, 1e-3, 5e-4, 2e-4, 1e-5], [100, 400, 900, 2_000]),
    ],
    ids=lambda made: made.formula.name,
)
@pytest.mark.parametrize("total_steps", [1_300, 3_000])
def test_an_extended_plan_keeps_its_past_and_its_end(schedule, total_steps):
    """To the last bit, in compiled programs as well; traced programs gather no piece of the past with a later one."""
    longer, steps = lr.extend(schedule, 1_200, total_steps), np.arange(4_000)
    for was, now in ((schedule(steps), longer(steps)), (jax.jit(schedule)(steps), jax.jit(longer)(steps))):
        assert np.array_equal(now[:1_200], was[:1_200])
        assert now[total_steps] == was[2_000]
    assert [longer(step) for step in range(0, 1_200, 7)] == [schedule(step) for step in range(0, 1_200, 7)]
    assert longer(1_200) == pytest.approx(schedule(1_200), rel=1e-15)
    assert longer.length == total_steps
