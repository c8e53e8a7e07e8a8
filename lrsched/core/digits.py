"""A number that knows more of its digits than a float holds."""

import operator
from collections.abc import Callable
from typing import Any

__all__ = ["Digits"]


class Digits:
    """It is its `value`, a float, but for what asks for the rest."""

    value: Any

    @property
    def dtype(self) -> Any:
        """That of its value."""
        return self.value.dtype

    @property
    def ndim(self) -> int:
        """That of its value."""
        return self.value.ndim

    @property
    def shape(self) -> Any:
        """That of its value."""
        return self.value.shape


def _of_value(operator: Callable[..., Any], reflected: bool = False) -> Any:
    def apply(*operands: Any) -> Any:
        values = [operand.value if isinstance(operand, Digits) else operand for operand in operands]
        return operator(*(reversed(values) if reflected else values))

    return apply


for _name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow"):
    setattr(Digits, f"__{_name}__", _of_value(getattr(operator, _name)))
    setattr(Digits, f"__r{_name}__", _of_value(getattr(operator, _name), reflected=True))
for _name in ("lt", "le", "eq", "ne", "ge", "gt", "neg", "abs"):
    setattr(Digits, f"__{_name}__", _of_value(getattr(operator, _name)))
