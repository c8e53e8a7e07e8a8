"""What a value is: a Python number, or an array of a library, which array-api-compat finds without importing any."""

from typing import Any, Final, Protocol, TypeAlias

import array_api_compat
import numpy as np

__all__ = [
    "LIBRARIES",
    "NATIVE",
    "Number",
    "SupportsArray",
    "is_number",
    "library_name",
    "library_of",
]

NATIVE: Final = ("numpy", "jax", "torch", "cupy")
"""Libraries whose integer arrays mix with Python floats; others count in float64, exact up to 2**53."""

LIBRARIES: dict[type, Any] = {}
"""The library of each type of arrays. A plain dict: torch.compile follows its look-ups, and warns of caches."""


def is_number(value: object) -> bool:
    """True for Python numbers; a NumPy number is an array of no dimensions, though some are floats as well."""
    return isinstance(value, (int, float)) and not isinstance(value, np.generic)


def library_of(array: Any) -> Any:
    """The Array API namespace of an array's library, as array-api-compat finds it."""
    library = LIBRARIES.get(type(array))
    if library is None:
        # NumPy itself from 2.1 on, for the look-alike of array-api-compat imports all of NumPy, f2py included.
        is_numpy = isinstance(array, (np.ndarray, np.generic)) and hasattr(np, "astype")
        library = LIBRARIES[type(array)] = np if is_numpy else array_api_compat.array_namespace(array)
    return library


def library_name(xp: Any) -> str:
    """The name of the library behind a namespace."""
    names = xp.__name__.split(".")
    return names[1] if names[0] == "array_api_compat" else names[0]


class SupportsArray(Protocol):
    """An array or tracer with one number in it: its shape is ()."""

    @property
    def shape(self) -> Any: ...
    @property
    def dtype(self) -> Any: ...
    def __abs__(self) -> Any: ...
    def __neg__(self) -> Any: ...
    def __add__(self, other: Any, /) -> Any: ...
    def __radd__(self, other: Any, /) -> Any: ...
    def __sub__(self, other: Any, /) -> Any: ...
    def __rsub__(self, other: Any, /) -> Any: ...
    def __mul__(self, other: Any, /) -> Any: ...
    def __rmul__(self, other: Any, /) -> Any: ...
    def __truediv__(self, other: Any, /) -> Any: ...
    def __rtruediv__(self, other: Any, /) -> Any: ...
    def __floordiv__(self, other: Any, /) -> Any: ...
    def __lt__(self, other: Any, /) -> Any: ...
    def __le__(self, other: Any, /) -> Any: ...
    def __gt__(self, other: Any, /) -> Any: ...
    def __ge__(self, other: Any, /) -> Any: ...


Number: TypeAlias = float | SupportsArray
"""A Python or NumPy number, or a 0-d array or tracer."""
