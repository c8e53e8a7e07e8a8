"""Rules on the names of parameters: which options each has, and the group of those that have the same."""

import difflib
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple, TypeAlias, cast

from ..checks import brief, name_of, sentence

__all__ = ["Default", "Label", "Named", "Rule", "Rules", "assign", "read_rules"]

Rules: TypeAlias = Mapping[str | re.Pattern[str] | Callable[[str, Any], bool], str | Mapping[str, Any]]
"""From a regular expression (a string, or compiled), or a function `(name, parameter) -> bool`, to the options of a
group, or to its name."""

Default: TypeAlias = str | Mapping[str, Any] | None
"""The options of the group of all parameters that no rule matches, or its name; None if there must be no such group."""


LAST: Final = (sys.maxsize,)
"""Where the default group stands."""


class Rule(NamedTuple):
    """What holds for the parameters that it matches."""

    text: str
    matches: Callable[[str, Any], bool]
    name: str
    options: Mapping[str, Any]


class Named(NamedTuple):
    """A parameter with all of its names: one that is tied has several. A frozen one is in no group."""

    names: tuple[str, ...]
    parameter: Any
    frozen: bool = False


class Label(NamedTuple):
    """The group of a parameter: its name, its options, and where it stands among the groups."""

    name: str
    options: dict[str, Any]
    order: tuple[int, ...]


def read_rules(call: str, rules: Any) -> list[Rule]:
    """Rules as they are written, checked."""
    if not isinstance(rules, Mapping):
        kind = type(rules).__name__
        raise TypeError(f'{call}(rules={brief(rules)}) must be a dict, not {kind}; write {{"bias$": {{...}}}}.')
    return [_rule(call, key, value) for key, value in rules.items()]


def _rule(call: str, key: Any, value: Any) -> Rule:
    written: Any = cast("re.Pattern[str]", key).pattern if isinstance(key, re.Pattern) else key
    text = written if isinstance(written, str) else name_of(key)
    place = f"{call}(rules={{{brief(text)}: ...}})"
    options = _options(place, value)
    rest = {option: setting for option, setting in options.items() if option != "name"}
    name = options.get("name", text)
    if not isinstance(name, str) or name == "<lambda>":
        raise TypeError(f'{place} must have a name that is a str, not {brief(name)}; write "name": "decay".')
    if callable(key):
        return Rule(text, lambda name, parameter: bool(key(name, parameter)), name, rest)
    if not isinstance(written, str):
        raise TypeError(f"{place} must be a regular expression or a function, not {type(key).__name__}.")
    try:
        pattern = re.compile(key)
    except re.error as error:
        raise ValueError(f"{place} must be a regular expression ({error}); re.escape(name) matches a name.") from None
    return Rule(text, lambda name, _: pattern.search(name) is not None, name, rest)


def _options(place: str, value: Any) -> Mapping[str, Any]:
    """The options of a group; a string is its name."""
    options = {"name": value} if isinstance(value, str) else value
    if not isinstance(options, Mapping) or not all(isinstance(option, str) for option in options):
        raise TypeError(f"{place} must be the options of a group, or its name, not {brief(value)}; write a dict.")
    if "params" in options:
        raise ValueError(f'{place} must not set "params"; the rules choose the parameters.')
    return options


def assign(call: str, rules: Sequence[Rule], default: Default, named: Iterable[Named]) -> list[Label | None]:
    """The group of each parameter, or None if it is frozen.

    A parameter has the options of all rules that match it. Raises ValueError for rules that contradict each other, for
    a rule that matches nothing, and for a parameter that no rule matches, unless there is a default.
    """
    items = list(named)
    rest = None if default is None else _options(f"{call}(default={brief(default)})", default)
    used: set[int] = set()
    found: list[Label | None] = []
    missing: list[str] = []
    for item in items:
        order = tuple(
            index for index, rule in enumerate(rules) if any(rule.matches(name, item.parameter) for name in item.names)
        )
        used.update(order)
        if not order and default is None and not item.frozen:
            missing.append(item.names[0])
        found.append(None if item.frozen else _label(call, item.names[0], [rules[i] for i in order], order, rest))
    for index, rule in enumerate(rules):
        if index not in used:
            _refuse_unused(call, rule.text, [name for item in items for name in item.names])
    if missing:
        shown = ", ".join(map(repr, missing[:3])) + (f" and {len(missing) - 3} more" if len(missing) > 3 else "")
        patterns = ", ".join(repr(rule.text) for rule in rules[:5])
        told = f"the rules are {patterns}" if rules else "there are no rules"
        raise ValueError(f"{call}: no rule matches {shown}; {told}; give default={{}} for the rest.")
    _check_names(call, found)
    return found


def _label(
    call: str, name: str, rules: Sequence[Rule], order: tuple[int, ...], rest: Mapping[str, Any] | None
) -> Label:
    if not rules:
        others = dict(rest or {})
        return Label(others.pop("name", "default"), others, LAST)
    options: dict[str, Any] = {}
    setter: dict[str, str] = {}
    for rule in rules:
        for option, value in rule.options.items():
            if option in options and options[option] != value:
                raise ValueError(
                    f"{call}: {name!r} matches {setter[option]!r} and {rule.text!r}, which set {option} to "
                    f"{options[option]!r} and {value!r}; let one of them match less."
                )
            options.setdefault(option, value)
            setter.setdefault(option, rule.text)
    return Label(" + ".join(dict.fromkeys(rule.name for rule in rules)), options, order)


def _refuse_unused(call: str, text: str, names: Sequence[str]) -> None:
    plain = re.sub(r"[\\^$*+?(){}\[\]|]", "", text)
    near = difflib.get_close_matches(plain, names, n=3, cutoff=0.0)
    remedy = f"the nearest names are {', '.join(map(repr, near))}" if near else "there are no parameters"
    raise ValueError(sentence(f"{call}: the rule {text!r} matches no parameter; {remedy}"))


def _check_names(call: str, labels: Iterable[Label | None]) -> None:
    known: dict[str, dict[str, Any]] = {}
    for label in labels:
        if label is not None and known.setdefault(label.name, label.options) != label.options:
            raise ValueError(
                f"{call}: the name {label.name!r} is given to groups with different options, {known[label.name]} and "
                f"{label.options}; give each a name of its own."
            )
