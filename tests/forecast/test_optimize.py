"""What is known of the best schedules is found: by the gradient alone, from a constant rate."""

import numpy as np
import pytest

import lrsched as lr
from lrsched.forecast import FinalLaw, Law, Term, best_peak, bound, optimize

LAW = Law((Term("multi_power", 1.0, (2.9, 0.6, 0.5, 450.0, 2.1, 0.6, 0.64)),), peak=3e-4, clock=7.0)
STEPS = 24_000


def test_a_straight_line_is_best_by_the_bound():
    """arXiv:2310.07831: the line to 0, at its best peak."""
    ends, steps, ratio = [100 * i for i in range(1, 11)], 1_000, 0.05
    peak = best_peak(lr.linear(1.0, 0.0, steps), steps, ratio)

    def shape(values):
        return lr.piecewise_interpolate(values, ends)

    found = optimize(shape, steps, ratio, {"values": (0.0, 4 * peak)}, start={"values": [peak] * 11})
    np.testing.assert_allclose(found.parameters["values"], np.linspace(peak, 0.0, 11), atol=0.01 * peak)
    assert found.value == bound(found.schedule, steps, ratio)


def test_a_late_cooldown_is_best_by_the_multi_power_law():
    """arXiv:2503.12811: a plateau, then a cooldown close to (1 - x)**1.5."""
    start = round(0.8 * STEPS)
    ends = [start] + [start + (STEPS - start) * i // 20 for i in range(1, 21)]
    limits = {"values": (0.0, 3e-4)}
    shape = lambda values: lr.piecewise_interpolate(values, ends)
    found = optimize(shape, STEPS, LAW, limits, start={"values": [3e-4] * 22})
    values = np.array(found.parameters["values"]) / 3e-4
    last = np.flatnonzero(values > 0.995)[-1]
    assert (values[:last] > 0.995).all()
    assert 5 <= last <= 15
    x, y = np.linspace(0.0, 1.0, len(values) - last)[1:-1], values[last + 1 : -1]
    assert np.polyfit(np.log(1 - x), np.log(y), 1)[0] == pytest.approx(1.5, abs=0.15)
    assert found.value < LAW.final(lr.wsd(3e-4, 0, STEPS, STEPS // 5), STEPS)


def test_the_parameters_of_a_family():
    """A grid finds nothing better."""

    def family(peak, decay):
        return lr.wsd(peak, 100, 2_000, decay, end_value=0.1 * peak)

    law = FinalLaw(2.9, 0.7, 200.0, 0.4)
    found = optimize(family, 2_000, law, {"peak": (1e-5, 1e-2), "decay": (10, 1_900)})
    grid = [
        law.final(family(peak, decay), 2_000) for peak in np.geomspace(1e-5, 1e-2, 30) for decay in (10, 500, 1_900)
    ]
    assert found.value <= min(grid) + 1e-6
    assert found.schedule == family(**found.parameters)
    assert isinstance(found.parameters["peak"], float)


@pytest.mark.parametrize(
    ("limits", "start", "message"),
    [
        ({"peak": (1.0, 1.0)}, {}, r"optimize(limits['peak']=(1.0, 1.0)) must rise; give the least value first."),
        (
            {"peak": 1.0},
            {},
            r"optimize(limits['peak']=1.0) must be two numbers; give the least and the greatest value.",
        ),
        ({"peak": (0.0, 1.0)}, {"peak": 2.0}, "optimize(start['peak']=2.0) must be from 0.0 to 1.0; start within the"),
        ({"peak": (0.0, 1.0)}, {"top": 2.0}, "optimize(start='top') must be parameters with limits; known are peak."),
    ],
)
def test_bad_limits_are_refused(limits, start, message):
    with pytest.raises((ValueError, TypeError)) as caught:
        optimize(lr.constant, 10, 1.0, limits, start=start)
    assert message in str(caught.value)
