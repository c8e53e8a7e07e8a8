"""Names that are not there say what to write."""

import importlib.metadata
import typing

import matplotlib as mpl
import pytest
import torch

import lrsched as lr
from lrsched import types
from lrsched.interop import torch as torch_names

mpl.use("agg")

RUN = lr.warmup_cosine(3e-4, 100, 1000)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "CosineAnnealingLR",
            r"it is a schedule of torch and mmengine: write lrsched\.interop\.torch\.CosineAnnealingLR",
        ),
        ("warmup_cosine_decay_schedule", r"a schedule of optax: write lrsched\.interop\.optax\.warmup_cosine_decay"),
        ("get_cosine_schedule_with_warmup", r"lrsched\.interop\.transformers\.get_cosine_schedule_with_warmup"),
        ("warmup_cosin", r"did you mean 'warmup_cosine'\?"),
        ("zzz", r"dir\(lrsched\) lists its names"),
    ],
)
def test_a_name_that_lrsched_does_not_have(name, message):
    with pytest.raises(AttributeError, match=rf"lrsched has no '{name}'; .*{message}"):
        getattr(lr, name)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("peak_value", r"is a parameter; write schedule\.parameters\['peak_value'\]"),
        ("step", r"call schedule\(step\), or make a scheduler with lrsched\.adapters\.torch\.TorchScheduler"),
        ("get_last_lr", r"call schedule\(step\)"),
        ("lenght", r"did you mean 'length'\?"),
        ("zzz", r"known are .*boundaries, .*length"),
    ],
)
def test_an_attribute_that_schedules_do_not_have(name, message):
    with pytest.raises(AttributeError, match=rf"warmup_cosine\(\.\.\.\)\.{name} .*{message}"):
        getattr(RUN, name)
    assert not hasattr(RUN, name)


def test_an_optimizer_is_not_a_rate():
    optimizer = torch.optim.SGD([torch.zeros(1)], lr=0.1)
    for make in (lambda: torch_names.StepLR(optimizer, 30), lambda: lr.cosine(optimizer, 0.0, 30)):
        with pytest.raises(TypeError, match=r"must be a number, not SGD; give its rate: optimizer\.param_groups\[0\]"):
            make()


def test_the_names_of_the_package():
    """What a user needs: no folder of the package, and no kind of parameter."""
    assert lr.__version__ == importlib.metadata.version("lrsched-toolkit")
    assert {"warmup_cosine", "join", "plot", "types", "Schedule"} <= set(lr.__all__) == set(dir(lr)) - {"__version__"}
    assert not set(lr.__all__) & {"core", "combinators", "Value", "Steps", "Any"}
    assert all(getattr(lr, name) is not None for name in lr.__all__)


@pytest.mark.parametrize("name", types.__all__)
def test_kinds_of_parameters_have_moved(name):
    with pytest.warns(DeprecationWarning, match=rf"lrsched\.{name} is lrsched\.types\.{name} now\."):
        assert getattr(lr, name) is getattr(types, name)


def test_formulas_are_annotated_with_them():
    hints = typing.get_type_hints(lr.warmup_cosine.formula.builder, include_extras=True)
    assert (hints["peak_value"], hints["warmup_steps"]) == (types.Value, types.Steps)


def test_a_schedule_plots_itself():
    ax = RUN.plot(steps=500, log=True)
    assert (ax.get_xlim()[1], ax.get_yscale()) == (500, "log")
