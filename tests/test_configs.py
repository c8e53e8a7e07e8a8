"""Schedules in configs: any mapping and sequence, texts, pydantic, OmegaConf, Hydra, and command lines."""

import argparse
import copy
import importlib
import json
import os
import pickle
import pkgutil
import re
import subprocess
import sys
import types
import typing
from collections import UserDict, UserList, deque
from functools import partial
from pathlib import Path
from typing import Annotated

import hydra
import jax
import numpy as np
import pydantic
import pytest
import tyro
from hydra.utils import instantiate
from jsonargparse import ArgumentError, ArgumentParser
from jsonargparse.typing import register_type, registered_type_handlers
from omegaconf import OmegaConf
from omegaconf.errors import InterpolationToMissingValueError, MissingMandatoryValue

import lrsched as lr
from lrsched.core.formula import Formula

from .cases import CASES

CONFIGS = {}
for name, case in CASES.items():
    try:
        CONFIGS[name] = (case.schedule, case.schedule.to_config())
    except ValueError as error:
        assert "plain callable" in str(error)  # noqa: PT017 (nothing is expected to raise)

every_config = pytest.mark.parametrize(("schedule", "config"), CONFIGS.values(), ids=list(CONFIGS))


def rebuilt(data, mapping, sequence):
    """A config with other mappings and sequences in it."""
    if isinstance(data, dict):
        return mapping({key: rebuilt(value, mapping, sequence) for key, value in data.items()})
    return sequence([rebuilt(item, mapping, sequence) for item in data]) if isinstance(data, list) else data


KINDS = {
    "dict and tuple": (dict, tuple),
    "UserDict and UserList": (UserDict, UserList),
    "MappingProxyType and deque": (types.MappingProxyType, deque),
    "OmegaConf": (lambda data: data, lambda data: data),
}


@pytest.mark.parametrize("kind", KINDS)
@every_config
def test_any_mapping_and_sequence(schedule, config, kind):
    """Is read as the dicts and lists that it stands for."""
    data = rebuilt(config, *KINDS[kind])
    assert lr.from_config(OmegaConf.create(data) if kind == "OmegaConf" else data) == schedule


@every_config
def test_texts_in_the_place_of_numbers(schedule, config):
    """A number as text, with a name in it, is that number; a text that is no expression stays as it is."""

    def written(data, parameters):
        found = {}
        for name, value in data.items():
            found[name] = of_value(value, parameters[name]) if parameters[name].reads_text else value
        return found

    def of_value(value, parameter):
        if isinstance(value, list):
            return [of_value(item, parameter) for item in value]
        if isinstance(value, dict):
            factory = getattr(lr, value["name"])
            return {"name": value["name"], "args": written(value["args"], factory.formula.parameters)}
        return value if value is None or isinstance(value, str) else f"one * {value!r} + nothing"

    texts = written(config["args"], schedule.formula.parameters)
    assert texts == config["args"] or "one * " in str(texts)
    assert lr.from_config({**config, "args": texts}, one=1, nothing=0) == schedule


@pytest.mark.parametrize(
    "sequence", [tuple, UserList, deque, np.array, lambda items: range(items[0], items[-1] + 1, 5)]
)
def test_lists_of_any_kind(sequence):
    """In code as in configs: one rule for all parameters that are lists."""
    expected = lr.join([1.0, 2.0, 3.0], [5, 10])
    assert lr.join(deque([1.0, 2.0, 3.0]), sequence([5, 10])) == expected
    assert lr.join((1.0, 2.0, 3.0), OmegaConf.create([5, 10])) == expected


def test_configs_in_a_config():
    """Children may be what `to_config` gave, with its version."""
    parts = [lr.linear(0.0, 1.0, 5), 0.5 * lr.cosine(1.0, 0.0, 9)]
    args = {"schedules": [part.to_config() for part in parts], "boundaries": [5]}
    assert lr.from_config({"lrsched": 1, "name": "join", "args": args}) == lr.join(parts, [5])


# Ramps.

CUBIC = partial(lr.polynomial, power=3.0)
OF_RAMPS = {
    "warmup": lambda ramp: lr.warmup(lr.constant(1.0), 5, ramp=ramp),
    "cooldown": lambda ramp: lr.cooldown(lr.constant(1.0), 3, 5, ramp=ramp),
    "one_cycle": lambda ramp: lr.one_cycle(1.0, 10, ramp=ramp),
    "piecewise_interpolate": lambda ramp: lr.piecewise_interpolate([0.0, 1.0, 0.5], [3, 7], ramp=ramp),
    "wsd": lambda ramp: lr.wsd(1.0, 5, 20, 10, decay=ramp),
}
every_user = pytest.mark.parametrize("make", OF_RAMPS.values(), ids=list(OF_RAMPS))


@every_user
@pytest.mark.parametrize("name", ["linear", "cosine", "polynomial", "one_minus_sqrt", "hold"])
def test_a_ramp_by_name(make, name):
    """Its name is the ramp, with the package in front or not."""
    assert make(name) == make(getattr(lr, name)) == make(f"lrsched.{name}") == make(partial(getattr(lr, name)))


def test_a_ramp_of_ones_own_by_name():
    """Once it is defined."""
    with pytest.raises(ValueError, match="must be the name of a ramp; known are cosine, "):
        lr.warmup(1.0, 10, ramp="constant")

    @lr.composition
    def slow_start(init_value: lr.types.Value, end_value: lr.types.Value, steps: lr.types.Steps) -> lr.Schedule:
        """Half of the time nothing, then a line."""
        return lr.join([init_value, lr.linear(init_value, end_value, steps - steps // 2)], [steps // 2])

    assert lr.warmup(1.0, 10, ramp="slow_start") == lr.warmup(1.0, 10, ramp=slow_start)


@every_user
def test_a_partial_ramp_is_a_value(make):
    """Equal, hashable, printed, pickled, and kept as a config, whatever the way in which its parameters were given."""
    schedule = make(CUBIC)
    again = make(partial(partial(lr.polynomial, power=2), power=np.float32(3)))
    assert schedule == again != make(partial(lr.polynomial, power=4.0))
    assert hash(schedule) == hash(again)
    assert "partial(polynomial, power=3.0)" in repr(schedule)
    assert schedule == eval(repr(schedule), vars(lr).copy()) == lr.parse(repr(schedule))
    assert schedule == lr.from_config(json.loads(json.dumps(schedule.to_config())))
    assert schedule == pickle.loads(pickle.dumps(schedule)) == copy.deepcopy(schedule)
    leaves, tree = jax.tree.flatten(schedule)
    assert jax.tree.unflatten(tree, leaves) == schedule
    assert tree == jax.tree.structure(again)


@every_user
@pytest.mark.parametrize("text", ["partial(polynomial, power=3)", " partial(lrsched.polynomial, power=2 + 1)\n"])
def test_a_partial_ramp_by_its_text(make, text):
    """In code, in a text and in a config alike."""
    schedule = make(CUBIC)
    assert make(text) == schedule
    given = repr(schedule).replace("partial(polynomial, power=3.0)", repr(text))
    assert lr.parse(given) == schedule
    config = schedule.to_config()
    (name,) = (name for name, value in config["args"].items() if isinstance(value, dict) and "power" in str(value))
    assert lr.from_config(config | {"args": config["args"] | {name: text}}) == schedule


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "partial(polynomal, power=3)",
            "wsd(decay='partial(polynomal, power=3)') must be the expression of a ramp; column 9: unknown name "
            "'polynomal'; did you mean 'polynomial'?",
        ),
        (
            "partial(polynomial, powr=3)",
            "wsd(decay=partial(polynomial, ...)) has a parameter 'powr' that polynomial does not have; "
            "did you mean 'power'?",
        ),
        (
            "cosine(1, 0, 9)",
            "wsd(decay=cosine(...)) must be a ramp that is still to be given its values; give the name alone: cosine.",
        ),
    ],
)
def test_a_text_that_is_no_ramp(text, message):
    with pytest.raises((TypeError, ValueError), match=re.escape(message)):
        lr.wsd(1.0, 0, 20, 10, decay=text)


def test_a_partial_ramp_is_its_ramp():
    """With the parameters that were given; one that has its defaults alone is the plain ramp."""
    schedule = lr.wsd(1.0, 0, 20, 10, decay=CUBIC)
    assert [schedule(t) for t in range(22)] == [1.0] * 10 + [lr.polynomial(1.0, 0.0, 10, power=3)(t) for t in range(12)]
    assert lr.wsd(1.0, 0, 20, 10, decay=partial(lr.polynomial, power=2.0)) == lr.wsd(1.0, 0, 20, 10, decay="polynomial")


# pydantic.


class Settings(pydantic.BaseModel):
    """A config with schedules in it."""

    rate: lr.Schedule
    decay: lr.Schedule | None = None
    groups: list[lr.Schedule] = []


@every_config
def test_pydantic_reads_and_writes(schedule, config):
    """A schedule, its expression, or its config; what is written is the expression, which is read again."""
    for given in (schedule, repr(schedule), config):
        settings = Settings(rate=given, groups=[given])
        assert settings.rate == settings.groups[0] == schedule
        assert settings.model_dump(exclude_none=True) == {"rate": repr(schedule), "groups": [repr(schedule)]}
        assert Settings.model_validate_json(settings.model_dump_json()) == settings
    assert Settings.model_validate_json(json.dumps({"rate": config})).rate == schedule


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("cosin(1, 0, 9)", "column 1: unknown schedule 'cosin'; did you mean 'cosine'?"),
        ("cosine(1, 0, '9')", "cosine(steps='9') must be a number, not str; write 9 without quotes."),
        (3e-4, "0.0003 must be a schedule, its expression or its config, not float."),
        (None, "None must be a schedule, its expression or its config, not NoneType."),
        ({"name": "linear"}, 'must have the key "lrsched"; write "lrsched": 1.'),
        ({"lrsched": "1", "name": "linear"}, "must be an int, not str"),
    ],
)
def test_pydantic_says_what_is_wrong(given, message):
    with pytest.raises(pydantic.ValidationError) as caught:
        Settings(rate=given)
    assert caught.value.errors()[0]["loc"] == ("rate",)
    assert message in caught.value.errors()[0]["msg"]


def test_pydantic_does_not_write_what_cannot_be_read():
    with pytest.raises(ValueError, match="is a plain callable, which no config can hold"):
        Settings(rate=lr.scale(lambda t: 1.0, 2)).model_dump_json()


def test_the_json_schema():
    """Of what is read: a text or an object; of what is written: a text."""
    read = Settings.model_json_schema()["properties"]["rate"]
    assert [option["type"] for option in read["anyOf"]] == ["string", "object"]
    assert read["anyOf"][1]["required"] == ["lrsched", "name"]
    assert lr.parse(read["examples"][0])
    assert Settings.model_json_schema(mode="serialization")["properties"]["rate"]["type"] == "string"


def test_pydantic_calls():
    """Arguments of functions, and fields of dataclasses."""

    @pydantic.validate_call
    def first(rate: lr.Schedule) -> float:
        return rate(0)

    @pydantic.dataclasses.dataclass
    class Optimizer:
        rate: lr.Schedule = lr.constant(1.0)

    assert first("linear(0.5, 1, 9)") == 0.5
    assert Optimizer("constant(2)").rate == lr.constant(2.0)
    assert pydantic.TypeAdapter(Optimizer).json_schema()["properties"]["rate"]["default"] == "constant(1.0)"


# OmegaConf and Hydra.


def test_lengths_that_are_missing():
    """`total: ???` is OmegaConf's word for a value that is given later."""
    config = OmegaConf.create(
        {
            "total": "???",
            "text": "warmup_cosine(3e-4, 0.03*total, total)",
            "node": {
                "_target_": "lrsched.warmup_cosine",
                "peak_value": 3e-4,
                "warmup_steps": 600,
                "total_steps": "${total}",
            },
            "data": {
                "lrsched": 1,
                "name": "warmup_cosine",
                "args": {"peak_value": 3e-4, "warmup_steps": "0.03*total", "total_steps": "${total}"},
            },
        }
    )
    with pytest.raises(MissingMandatoryValue, match="total_steps"):
        instantiate(config.node)
    with pytest.raises(InterpolationToMissingValueError, match="total"):
        lr.from_config(config.data, total=20_000)
    assert lr.names(config.text) == ["total"]
    config.total = 20_000
    expected = lr.warmup_cosine(3e-4, 600, 20_000)
    assert instantiate(config.node) == lr.parse(config.text, total=config.total) == expected
    assert lr.from_config(config.data, total=config.total) == expected


@pytest.mark.parametrize("convert", ["none", "partial", "object", "all"])
def test_hydra_instantiates(convert):
    """Lists, nested schedules, ramps by name and as `_partial_`, whatever its conversion of lists is."""
    line = {"_target_": "lrsched.linear", "init_value": 0.0, "end_value": 1.0, "steps": 10}
    cubic = {"_target_": "lrsched.polynomial", "_partial_": True, "power": 3.0}
    run = {
        "_target_": "lrsched.wsd",
        "peak_value": 1.0,
        "warmup_steps": 5,
        "total_steps": 90,
        "decay_steps": 20,
        "decay": cubic,
    }
    joined = {"_target_": "lrsched.join", "schedules": [line, run], "boundaries": [10], "_convert_": convert}
    assert instantiate(OmegaConf.create(joined)) == lr.join(
        [lr.linear(0, 1, 10), lr.wsd(1.0, 5, 90, 20, decay=CUBIC)], [10]
    )


TRAIN = """
import hydra, lrsched

@hydra.main(version_base=None, config_path=".", config_name="run")
def main(config):
    text = lrsched.parse(config.text, total=config.total, peak=config.peak)
    print(text, hydra.utils.instantiate(config.node), lrsched.from_config(config.data, total=config.total), sep=chr(10))

main()
"""
RUN = """
total: ???
peak: 3e-4
text: warmup_cosine(peak, 0.03*total, total)
node: {_target_: lrsched.warmup_cosine, peak_value: "${peak}", warmup_steps: 600, total_steps: "${total}"}
data: {lrsched: 1, name: warmup_cosine, args: {peak_value: "${peak}", warmup_steps: 0.03*total, total_steps: total}}
hydra: {run: {dir: .}, output_subdir: null, job_logging: {root: {handlers: []}}}
"""


def test_a_program_of_hydra(tmp_path):
    """`total: ???` is given on the command line, and asked for where it is not."""
    (tmp_path / "train.py").write_text(TRAIN)
    (tmp_path / "run.yaml").write_text(RUN)
    environment = {**os.environ, "PYTHONPATH": str(Path(lr.__file__).parents[1])}

    def train(*overrides):
        command = [sys.executable, "train.py", *overrides]
        return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)

    done = train("total=20000")
    assert done.stdout.splitlines() == ["warmup_cosine(0.0003, 600, 20000)"] * 3, done.stderr
    assert "Missing mandatory value: total" in train().stderr
    assert "must be at least warmup_steps=600; total_steps includes the warmup" in train("total=500").stderr


def test_hydra_says_what_is_wrong():
    config = OmegaConf.create(
        {"_target_": "lrsched.warmup_cosine", "peak_value": 1.0, "warmup_step": 1, "total_steps": 9}
    )
    with pytest.raises(hydra.errors.InstantiationException, match="did you mean 'warmup_steps'"):
        instantiate(config)


# Command lines.


def test_argparse(capsys):
    """A text becomes the schedule; an error keeps its words."""
    parser = argparse.ArgumentParser(prog="train.py")
    parser.add_argument("--rate", type=lr.parse, default="constant(1e-3)")
    assert parser.parse_args([]).rate == lr.constant(1e-3)
    assert parser.parse_args(["--rate", "linear(0, 1, 9)"]).rate == lr.linear(0, 1, 9)
    for text, message in (
        ("cosin(1, 0, 9)", "error: argument --rate: column 1: unknown schedule 'cosin'; did you mean 'cosine'?"),
        ("cosine(1, 0, 9", "error: argument --rate: column 7: '(' was never closed; write a call such as"),
        ("cosine(1, 0, [9])", "error: argument --rate: column 1: cosine(steps=[9]) must be a number, not list;"),
        ("cosine(1, 0, total)", "error: argument --rate: column 14: unknown name 'total'; give it a number"),
    ):
        with pytest.raises(SystemExit):
            parser.parse_args(["--rate", text])
        assert message in capsys.readouterr().err


class Model:
    """A class whose arguments a command line sets."""

    def __init__(self, rate: lr.Schedule, width: int = 3) -> None:
        self.rate = rate
        self.width = width


def jsonargparse_of(*arguments):
    parser = ArgumentParser(exit_on_error=False)
    parser.add_class_arguments(Model, "model")
    return parser.instantiate(parser.parse_args(arguments)).model.rate


def test_jsonargparse_takes_a_call(monkeypatch):
    """A factory is what jsonargparse calls a class path, with its parameters as init_args.

    So it is until the type is registered, as the page on configs does.
    """
    monkeypatch.setitem(registered_type_handlers, lr.Schedule, None)  # what was there comes back after the test
    del registered_type_handlers[lr.Schedule]
    line = {"class_path": "lrsched.linear", "init_args": {"init_value": 0.0, "end_value": 1.0, "steps": 10}}
    wsd = {"peak_value": 1.0, "warmup_steps": 5, "total_steps": 90, "decay_steps": 20, "decay": "cosine"}
    children = [line, {"class_path": "lrsched.wsd", "init_args": wsd}]
    joined = {"class_path": "lrsched.join", "init_args": {"schedules": children, "boundaries": [10]}}
    made = jsonargparse_of("--model.rate", json.dumps(joined))
    assert made == lr.join([lr.linear(0, 1, 10), lr.wsd(1.0, 5, 90, 20, decay=lr.cosine)], [10])
    flags = [f"--model.rate.{name}={value}" for name, value in line["init_args"].items()]
    assert jsonargparse_of("--model.rate=lrsched.linear", *flags) == lr.linear(0, 1, 10)
    with pytest.raises(ArgumentError, match="'step' is not accepted"):
        jsonargparse_of("--model.rate=lrsched.linear", "--model.rate.step=10")
    register_type(lr.Schedule, serializer=repr, deserializer=lr.parse)
    assert jsonargparse_of("--model.rate=linear(0, 1, 10)") == lr.linear(0, 1, 10)
    with pytest.raises(ArgumentError, match="must be a str or a schedule, not dict"):
        jsonargparse_of("--model.rate", json.dumps(line))


DEFAULT = lr.constant(1e-3)


def test_tyro(capsys):
    """A text becomes the schedule; an error keeps its words."""
    spec = tyro.constructors.PrimitiveConstructorSpec(
        nargs=1,
        metavar="EXPR",
        instance_from_str=lambda strings: lr.parse(strings[0]),
        is_instance=lambda value: isinstance(value, lr.Schedule),
        str_from_instance=lambda schedule: [repr(schedule)],
    )

    def train(rate: Annotated[lr.Schedule, spec] = DEFAULT) -> lr.Schedule:
        return rate

    assert tyro.cli(train, args=[]) == lr.constant(1e-3)
    assert tyro.cli(train, args=["--rate", "linear(0, 1, 9)"]) == lr.linear(0, 1, 9)
    with pytest.raises(SystemExit):
        tyro.cli(train, args=["--rate", "cosin(1, 0, 9)"])
    shown = capsys.readouterr()
    assert "did you mean 'cosine'?" in " ".join((shown.out + shown.err).replace("│", " ").split())


# Types.


LEFT_OUT = ("adapters.keras", "adapters.transformers", "adapters.accelerate", "export.", "__main__")
"""Modules whose import takes seconds, decides a backend, or runs something; and what nobody calls but `to_code`."""


def public_names(name, module):
    """The functions and classes that a module defines, and the methods of the classes, by name."""
    for key, value in vars(module).items():
        defined = name in ("lrsched", getattr(value, "__module__", None))
        if defined and not key.startswith("_") and isinstance(value, (type, types.FunctionType)):
            yield f"{name}.{key}", value
            methods = vars(value).items() if isinstance(value, type) else ()
            yield from (
                (f"{name}.{key}.{m}", method) for m, method in methods if isinstance(method, types.FunctionType)
            )


MODULES = [
    name
    for name in ["lrsched", *(found.name for found in pkgutil.walk_packages(lr.__path__, "lrsched."))]
    if not name.removeprefix("lrsched.").startswith(LEFT_OUT)
]


@pytest.mark.parametrize("name", MODULES)
def test_type_hints(name):
    """`typing.get_type_hints` works for every public name; of a factory it gives the parameters, and a schedule."""
    for full, value in public_names(name, importlib.import_module(name)):
        hints = typing.get_type_hints(value, include_extras=True)
        formula = getattr(value, "formula", None)
        if isinstance(formula, Formula):
            assert list(hints) == [*formula.parameters, "return"], full
            assert hints["return"] is lr.Schedule, full
