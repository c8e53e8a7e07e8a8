"""PyTorch tensors as steps and as parameters, compiled without a break in the graph."""

import pytest
import torch

import lrsched as lr

from .cases import CASES

TRACED = [
    "warmup_cosine",
    "wsd",
    "step_decay",
    "cyclic",
    "noam",
    "stretch by a broken factor",
    "join of many pieces",
    "sgdr of longer cycles",
]


def unasked(name):
    """A schedule that nobody has called, by its expression."""
    return lr.parse(repr(CASES[name].schedule))


@pytest.mark.parametrize("name", TRACED)
def test_compiles_without_a_graph_break(name):
    """A vector of steps, and a scalar inside of a function; the traced program gives the values of the schedule."""
    schedule, steps = unasked(name), torch.arange(60)
    torch.compiler.reset()
    compiled = torch.compile(schedule, fullgraph=True, backend="eager")
    torch.testing.assert_close(compiled(steps), schedule(steps), rtol=0, atol=0)
    inside = unasked(name)
    compiled = torch.compile(lambda step: 2 * inside(step), fullgraph=True, backend="eager")
    assert compiled(torch.tensor(7)) == pytest.approx(2 * schedule(7), rel=1e-6)


@pytest.mark.parametrize("name", ["warmup_cosine", "step_decay", "cyclic", "join of many pieces"])
def test_a_schedule_that_is_made_in_a_compiled_function(name):
    """It breaks the graph and gives the same values."""
    torch.compiler.reset()
    steps = torch.arange(60)
    made = torch.compile(lambda steps: 2 * unasked(name)(steps), backend="eager")
    torch.testing.assert_close(made(steps), 2 * unasked(name)(steps), rtol=0, atol=0)


def test_a_parameter_may_be_a_tensor_with_a_gradient():
    """The peak of a run is learned by autograd; the gradient is the one of the formula."""
    peak = torch.tensor(2.0, requires_grad=True)
    rates = lr.warmup_linear(peak, 4, 12)(torch.tensor([1, 8, 12]))
    torch.testing.assert_close(rates.detach(), torch.tensor([0.5, 1.0, 0.0]))
    rates.sum().backward()
    assert peak.grad == pytest.approx(0.25 + 0.5)


def test_gradients_by_functional_transforms():
    """`torch.func.grad` and `vmap` see through a schedule, by its parameters and over its steps."""
    slope = torch.func.grad(lambda end: lr.linear(1.0, end, 4)(torch.tensor(3)))(torch.tensor(0.5))
    assert slope == pytest.approx(0.75)
    steps = torch.arange(12)
    schedule = lr.wsd(1.0, 4, 12, 4)
    torch.testing.assert_close(torch.func.vmap(schedule)(steps), schedule(steps))


def test_the_default_dtype_is_followed():
    """Integer steps give torch's default float dtype, whatever it is at the time."""
    schedule = lr.cosine(1.0, 0.1, 1000)
    default = torch.get_default_dtype()
    try:
        torch.set_default_dtype(torch.float64)
        values = schedule(torch.arange(1000))
    finally:
        torch.set_default_dtype(default)
    assert values.dtype == torch.float64
    assert values.tolist() == pytest.approx([schedule(step) for step in range(1000)], rel=1e-14)
    assert schedule(torch.arange(3)).dtype == default
