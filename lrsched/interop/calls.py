"""Functions under the names of other libraries, whose arguments are checked as those of the vocabulary are."""

import inspect
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, ParamSpec, TypeVar, get_args, get_type_hints

from ..checks import Site, brief, guess, is_factory, require
from ..core.calls import bind_arguments
from ..core.parameters import read_parameter
from . import vocabulary as lrs

P = ParamSpec("P")
R = TypeVar("R")


def translated(function: Callable[P, R]) -> Callable[P, R]:
    """A function of another library, which sees its arguments checked as their annotations say.

    A `**name: Unpack[Group]` stands for the keyword arguments that the TypedDict `Group` names.
    """
    return _checked(function, inspect.signature(function, eval_str=True))


def alias(name: str, function: Callable[..., lrs.Schedule], arguments: str = "") -> Callable[..., lrs.Schedule]:
    """A function in a library, or "library.name", with its arguments there: "theirs=ours", or one name for the same."""
    library, _, called = name.partition(".")
    signature = inspect.signature(inspect.unwrap(function) if is_factory(function) else function, eval_str=True)
    pairs = (pair.partition("=") for pair in arguments.split() or signature.parameters)
    ours = {theirs: mine or theirs for theirs, _, mine in pairs}
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    given = [signature.parameters[mine].replace(name=theirs, kind=kind) for theirs, mine in ours.items()]

    def renamed(**values: Any) -> lrs.Schedule:
        return function(**{ours[name]: value for name, value in values.items()})

    renamed.__name__ = renamed.__qualname__ = called or function.__name__
    renamed.__module__, renamed.__doc__ = f"{__package__}.{library}", f"`{function.__name__}` in another library."
    return _checked(renamed, inspect.Signature(given, return_annotation=lrs.Schedule))


def _checked(function: Callable[..., R], signature: inspect.Signature) -> Callable[..., R]:
    name = function.__name__
    given = [parameter for p in signature.parameters.values() for parameter in _spread(p)]
    given.sort(key=lambda p: p.kind)
    signature = signature.replace(parameters=given)
    parameters = {p.name: read_parameter(name, p.name, p.annotation, p.default, p.default is p.empty) for p in given}

    @wraps(function)
    def checked(*args: Any, **kwargs: Any) -> R:
        given = bind_arguments(name, signature, parameters, args, kwargs)
        return function(**{key: parameters[key].check(name, value) for key, value in given.items()})

    vars(checked).update(__signature__=signature)
    return checked


OURS = ("exact_tail", "tokens_per_step")
"""What no library has; it is given by name, so that a pasted call means what it meant there."""


def _spread(parameter: inspect.Parameter) -> list[inspect.Parameter]:
    """A parameter, or what an `Unpack[Group]` stands for: by position, too, unless something in it is required."""
    if parameter.kind is not parameter.VAR_KEYWORD:
        return [parameter]
    group = get_args(parameter.annotation)[0]
    kind = parameter.KEYWORD_ONLY if group.__required_keys__ else parameter.POSITIONAL_OR_KEYWORD
    found = [
        parameter.replace(name=name, kind=parameter.KEYWORD_ONLY if name in OURS else kind, annotation=hint)
        for name, hint in get_type_hints(group, include_extras=True).items()
    ]
    return [p if p.name in group.__required_keys__ else p.replace(default=None) for p in found]


def by_name(
    functions: Mapping[str, Callable[..., lrs.Schedule]], name: Any, base_lr: Any, shared: Any, options: Any
) -> lrs.Schedule:
    """What `get_scheduler` makes of a name, and of those of the shared arguments that the name's function takes."""
    site, name = Site("get_scheduler", "name"), str(getattr(name, "value", name))
    if name in ("reduce_lr_on_plateau", "greedy"):
        site.refuse(name, "must be a function of the step", "no schedule knows the metric")
    if name not in functions:
        site.refuse(name, "must be the name of a schedule", guess(name, functions))
    taken = inspect.signature(functions[name]).parameters
    given = {key: value for key, value in shared.items() if key in taken}
    for key, value in given.items():
        if value is None and taken[key].default is inspect.Parameter.empty:
            Site("get_scheduler", key).refuse(None, f"must be given for {name!r}", "count it in steps")
    return functions[name](base_lr, **given, **options)


# Demands on arguments that depend on each other.


def room(call: str, *, strict: bool = False, **lengths: Any) -> None:
    """Refuse a whole that is shorter than its part, or, if strict, as short: `room(call, total=10, warmup=20)`."""
    (whole, length), (part, steps) = lengths.items()
    demand = "greater than" if strict else "at least"
    is_long = length > steps if strict else length >= steps
    require(is_long, call, f"{whole}={length}) must be {demand} {part}={steps}; {whole} includes it.")


def one_of(call: str, *, optional: bool = False, **options: Any) -> str:
    """The name of the one option that is given, or "" for none where all are optional."""
    given = [name for name, value in options.items() if value is not None]
    values = ", ".join(f"{name}={brief(options[name])}" for name in given or options)
    demand = "must not be given together; leave one out, or write None" if given else "must not be None; give one"
    require(len(given) == 1 or (optional and not given), call, f"{values}) {demand}.")
    return given[0] if given else ""


def needed(call: str, reason: str, **options: Any) -> None:
    """Refuse options that are not given."""
    for name, value in options.items():
        if value is None:
            Site(call, name).refuse(None, "must be given", reason)
