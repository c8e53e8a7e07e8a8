"""Names that `lrsched` does not have at first: its version, `forecast`, what was moved, and what others have."""

import warnings
from importlib import import_module
from typing import Any

from . import types
from .checks import nearest, sentence
from .peers import libraries_with

__all__ = ["attribute"]


def attribute(name: str) -> Any:
    """What `lrsched.name` stands for, or an AttributeError that says where the name is."""
    if name == "__version__":
        from importlib.metadata import version  # slow to import

        return version("lrsched-toolkit")
    if name == "forecast":
        return import_module("lrsched.forecast")  # slow to import
    if name[0] != "_" and hasattr(types, name):
        warnings.warn(f"lrsched.{name} is lrsched.types.{name} now.", DeprecationWarning, stacklevel=3)
        return getattr(types, name)
    raise AttributeError(sentence(f"lrsched has no {name!r}{_remedy(name)}"))


def _remedy(name: str) -> str:
    """Where another library's schedule is, or the nearest name."""
    if name[0] == "_":
        return ""
    homes = libraries_with(name)
    if homes:
        return f"; it is a schedule of {' and '.join(homes)}: write lrsched.interop.{homes[0]}.{name}(...)"
    import lrsched  # made by now

    near = nearest(name, lrsched.__all__)
    return f"; did you mean {near!r}?" if near else "; dir(lrsched) lists its names"
