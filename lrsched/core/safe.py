"""What `torch.load` may rebuild: by default it refuses all classes and functions that nobody has called safe."""

import sys
from collections.abc import Callable
from typing import Any, Final, TypeVar

__all__ = ["safe"]

Thing = TypeVar("Thing", bound=Callable[..., Any])

SAFE: Final[list[Callable[..., Any]]] = []


def safe(thing: Thing) -> Thing:
    """Call a function or class safe, which the pickle of a schedule names: it only makes a value of its arguments."""
    SAFE.append(thing)
    _tell_torch([thing])
    return thing


def _tell_torch(things: list[Callable[..., Any]]) -> bool:
    """Add to the safe globals of torch, if torch is imported already."""
    add = getattr(sys.modules.get("torch.serialization"), "add_safe_globals", None)
    if add is not None:
        add(things)
    return add is not None


class _OnceTorchIsImported:
    """A finder of modules that finds none, but sees when torch is there; it is needed no longer then."""

    @classmethod
    def find_spec(cls, name: str, *_: Any) -> None:
        """Called before each import of another module."""
        if name.startswith("torch") and _tell_torch(SAFE):
            sys.meta_path = [finder for finder in sys.meta_path if finder is not cls]  # the old list is being walked


if not _tell_torch([]):
    sys.meta_path.insert(0, _OnceTorchIsImported)  # pyright: ignore[reportArgumentType]  (a finder may be a class)
