"""Random schedules of the whole vocabulary, as hypothesis draws them."""

from functools import partial

from hypothesis import strategies as st

import lrsched as lr

VALUES = st.floats(0.0, 2.0, allow_subnormal=False).map(lambda value: round(value, 6))
POSITIVE = st.floats(1e-3, 2.0).map(lambda value: round(value, 6))
RATES = st.floats(0.1, 1.0).map(lambda value: round(value, 3))
STEPS = st.integers(0, 20)
PERIODS = st.integers(1, 12)
RAMPS = st.sampled_from(
    [lr.linear, lr.cosine, lr.polynomial, lr.one_minus_sqrt, lr.rex, lr.hold, partial(lr.polynomial, power=3)]
)

LEAVES = st.one_of(
    st.builds(lr.constant, VALUES),
    st.builds(lambda ramp, *args: ramp(*args), RAMPS, VALUES, VALUES, STEPS),
    st.builds(lr.polynomial, VALUES, VALUES, STEPS, power=st.floats(0.2, 4.0)),
    st.builds(lr.exponential, POSITIVE, POSITIVE, STEPS),
    st.builds(lr.exponential_decay, VALUES, RATES, decay_steps=PERIODS, staircase=st.booleans()),
    st.builds(lr.step_decay, VALUES, RATES, PERIODS),
    st.builds(lr.natural_exp_decay, VALUES, RATES),
    st.builds(lr.inverse_time_decay, VALUES, RATES, decay_steps=PERIODS, staircase=st.booleans()),
    st.builds(lr.inverse_sqrt, VALUES, PERIODS),
    st.builds(lr.noam, PERIODS, PERIODS),
    st.builds(lr.exponential_approach, VALUES, VALUES, PERIODS),
    st.builds(lr.radam_warmup, st.sampled_from([0.7, 0.95, 0.999])),
    st.builds(
        lr.cyclic, VALUES, VALUES, PERIODS, step_size_down=PERIODS, mode=st.sampled_from(["triangular", "triangular2"])
    ),
    st.builds(lr.one_cycle, POSITIVE, STEPS, pct_start=st.floats(0.0, 1.0)),
    st.builds(lr.sgdr, VALUES, VALUES, PERIODS, period_mult=st.sampled_from([1, 1.5, 2, 3]), value_mult=RATES),
    st.builds(lambda peak, w, d, init: lr.warmup_cosine(peak, w, w + d, init_value=init), VALUES, STEPS, STEPS, VALUES),
    st.builds(lr.warmup_inverse_sqrt, VALUES, PERIODS),
    st.builds(
        lambda peak, w, s, d, **more: lr.wsd(peak, w, w + s + d, d, **more),
        *(VALUES, STEPS, STEPS, STEPS),
        init_value=VALUES,
        end_value=VALUES,
        decay=RAMPS,
    ),
)


def _joins(children):
    def build(pieces, gaps):
        boundaries, at = [], 0
        for gap in gaps[: len(pieces) - 1]:
            at += gap
            boundaries.append(at)
        return lr.join(pieces, boundaries)

    return st.builds(build, st.lists(children, min_size=1, max_size=5), st.lists(PERIODS, min_size=4, max_size=4))


def start_within(schedule, start):
    """A start of a cooldown that is not past the end of a decay."""
    return min(start, getattr(schedule, "length", None) or start)


def cooled(schedule, start, steps, **more):
    return lr.cooldown(schedule, start_within(schedule, start), steps, **more)


def _combinations(children):
    return st.one_of(
        _joins(children),
        st.builds(lr.warmup, children, STEPS, init_value=VALUES, ramp=RAMPS),
        st.builds(cooled, children, STEPS, STEPS, end_value=VALUES, ramp=RAMPS),
        st.builds(
            lr.restart, children, PERIODS, period_mult=st.sampled_from([1, 2, 3]), value_mult=RATES, base_value=VALUES
        ),
        st.builds(lr.scale, children, VALUES),
        st.builds(lr.multiply, children, children),
        st.builds(lr.add, children, children),
        st.builds(lr.clamp_min, children, VALUES),
        st.builds(lr.clamp_max, children, VALUES),
        st.builds(lr.minimum, children, children),
        st.builds(lr.maximum, children, children),
        st.builds(lr.shift, children, st.integers(-10, 10)),
        st.builds(lr.stretch, children, st.integers(1, 4)),
        st.builds(lr.staircase, children, PERIODS),
    )


def deep(depth):
    """Schedules that are nested up to `depth`."""
    return LEAVES if depth == 1 else st.one_of(LEAVES, _combinations(deep(depth - 1)))


SCHEDULES = deep(4)
