"""Configs in files, JSON or YAML, in which nothing is left to chance: no key twice, no alias."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..checks import brief
from ..core.schedule import Schedule
from ..text.config import from_config
from .refused import Refused, refusing

__all__ = ["KINDS", "read_config"]

KINDS = (".json", ".yaml", ".yml")
"""The extensions of configs."""

BYTE_ORDER_MARK = "\ufeff"
"""What Windows writes at the beginning of a file of UTF-8."""

LONGEST = 10_000_000
"""A file with more characters is no config of a schedule."""


def read_config(name: str, names: Mapping[str, float]) -> Schedule:
    """The schedule of a file, by its extension JSON or YAML; standard input, which is -, may be either."""
    suffix = Path(name).suffix.lower()
    if name != "-" and suffix not in KINDS:
        raise Refused(f"{name}: unknown extension {suffix!r}; a config ends in .json, .yaml or .yml")
    place = "standard input" if name == "-" else name
    with refusing(place=place):
        text = _text(name)
        is_json = suffix == ".json" or (name == "-" and text.lstrip().startswith("{"))
        return from_config(_from_json(text) if is_json else _from_yaml(text), **names)


def _text(name: str) -> str:
    if name == "-":
        text = sys.stdin.read(LONGEST + 1)
    else:
        with Path(name).open(encoding="utf-8") as file:
            text = file.read(LONGEST + 1)
    if len(text) > LONGEST:
        raise ValueError(f"more than {LONGEST} characters; a config holds one schedule.")
    return text.removeprefix(BYTE_ORDER_MARK)


def _from_json(text: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_once)
    except RecursionError:
        raise ValueError("nested too deeply; build such a schedule in code.") from None


def _once(pairs: list[tuple[Any, Any]]) -> dict[Any, Any]:
    """A dict of pairs, none of whose keys is there twice."""
    found: dict[Any, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the key {brief(key)} is there twice; write each once.")
        found[key] = value
    return found


def _from_yaml(text: str) -> Any:
    try:
        import yaml  # needs the optional package pyyaml
    except ImportError:
        raise ImportError("YAML needs pyyaml; pip install pyyaml, or write JSON.") from None

    class Loader(yaml.SafeLoader):
        """Plain data, without aliases, and no key twice."""

        def compose_node(self, parent: Any, index: Any) -> Any:
            if self.check_event(yaml.AliasEvent):
                raise ValueError(f"the alias *{self.peek_event().anchor} cannot be read; write out what it stands for.")
            return super().compose_node(parent, index)

        def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
            return _once(
                [(self.construct_object(key, True), self.construct_object(value, True)) for key, value in node.value]
            )

    try:
        return yaml.load(text, Loader)
    except yaml.YAMLError as error:
        raise ValueError(" ".join(str(error).split())) from None
    except RecursionError:
        raise ValueError("nested too deeply; build such a schedule in code.") from None
