"""The value: an immutable schedule that can be called, compared, printed and kept."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, NoReturn, Self

from ..arrays import numbers
from ..arrays.libraries import LIBRARIES, Number, is_number
from ..arrays.namespaces import Namespace, namespace_of
from ..checks import guess
from .many import NO_ROWS, Rows, evaluate
from .safe import safe

if TYPE_CHECKING:
    from typing import final

    from .formula import Formula
    from .parameters import Child
else:  # the formula imports this module; at run time its name stands in annotations, which typing evaluates
    Formula = Any
    final = lambda kind: kind  # jsonargparse takes a class that is marked as final for a dataclass

__all__ = ["Schedule"]

LAST_STEP: Final = float(numbers.last_step)

OF_SCHEDULERS: Final = ("step", "get_last_lr", "get_lr", "state_dict", "load_state_dict", "last_epoch", "optimizer")
"""What the schedulers of PyTorch have, and a schedule has not."""


@final
class Schedule:
    """A pure function from a step to a value: which formula, and its parameters, and nothing else.

    Schedules are made by the vocabulary (`lrsched.cosine(...)`, `lrsched.join(...)`), by arithmetic
    (`0.1 * s`, `s * t`, `s + t`), or by a formula of your own under `@lrsched.schedule`.

    Calling one gives the value *for* update `step`, counted from 0:

    - a Python number gives a Python float;
    - an array of any library gives an array of the same shape: an integer array in the library's default float
      dtype, a float array in its own dtype;
    - negative steps give the value at 0, steps past the end the last value, NaN gives NaN.

    Raises TypeError for a step that is not a real number or an array of them.

    >>> import lrsched
    >>> s = lrsched.warmup_cosine(peak_value=3e-4, warmup_steps=1_000, total_steps=100_000)
    >>> s
    warmup_cosine(0.0003, 1000, 100000)
    >>> s(0), s(1_000), s(100_000)
    (0.0, 0.0003, 0.0)
    """

    formula: "Formula"
    values: tuple[Any, ...]
    _bound: dict[str, Callable[[Any], Any]]
    _rows: Rows
    _arrays: "tuple[Any, ...] | None"
    _expansion: "Schedule | None"

    # `__dict__` exists and stays empty: torch's LambdaLR copies and writes back the one of any callable object.
    __slots__ = ("__dict__", "__weakref__", "_arrays", "_bound", "_expansion", "_rows", "formula", "values")
    __array_ufunc__ = None  # so that a NumPy scalar leaves `scalar * schedule` to the schedule

    def __new__(cls, *args: object, **kwargs: object) -> Self:
        """Schedules are made by formulas."""
        raise TypeError("Schedule cannot be called; make one with lrsched.cosine(...), or write @lrsched.schedule.")

    @classmethod
    def make(cls, formula: "Formula", values: tuple[Any, ...]) -> "Schedule":
        """The schedule of a formula with these parameters, taken as they are (nothing is checked)."""
        self = object.__new__(cls)
        for name, value in (
            ("formula", formula),
            ("values", values),
            ("_bound", {}),
            ("_rows", NO_ROWS),
            ("_arrays", None),
            ("_expansion", None),
        ):
            object.__setattr__(self, name, value)
        return self

    # Evaluation.

    def __call__(self, step: Any) -> Any:
        """The value for update `step`."""
        start, end, origin, steps, value = self._rows.active
        kind: type[Any] = type(step)
        if (kind is int or kind is float) and start <= step < end:  # the next step of a loop is mostly in the same row
            return value((step - origin) / steps) if steps else value(step)
        return self._evaluate(step)

    def _evaluate(self, step: Any) -> Any:
        kind: type[Any] = type(step)
        if kind is int or kind is float:
            if self._rows is NO_ROWS and not self.traced():
                object.__setattr__(self, "_rows", self.bind(numbers))
            if self._rows is not NO_ROWS:
                return self._rows(step) if kind is int else self._float(step)
        elif not hasattr(step, "dtype") or not hasattr(step, "shape"):
            if isinstance(step, (int, float)) and kind is not bool:  # an IntEnum, say
                return self(int(step) if isinstance(step, int) else float(step))
            raise self._refused(step)
        try:
            xp, step, dtype = namespace_of(step, *self.traced())
        except TypeError as error:
            if not (hasattr(step, "dtype") and kind in LIBRARIES):
                raise self._refused(step) from None
            raise TypeError(f"{self.formula.name}(...)({_short(step)}): {error}.") from None
        return evaluate(self.bind(xp), xp, step, dtype)

    def _float(self, step: float) -> Any:
        """The value for a Python float; NaN stays NaN, and infinity is a large step."""
        return self._rows(min(step, LAST_STEP)) if step == step else step  # noqa: PLR0124 (NaN)

    def _refused(self, step: Any) -> TypeError:
        """The error of a step that is neither a number nor an array of a known library."""
        kind: type[Any] = type(step)
        is_many = hasattr(step, "__len__") and kind not in (str, bytes, dict)
        remedy = "numpy.asarray(steps) makes one" if is_many else "give an int or a float"
        return TypeError(
            f"{self.formula.name}(...)({_short(step)}): a step must be a number or an array, not {kind.__name__}; "
            f"{remedy}."
        )

    def bind(self, xp: Namespace) -> Callable[[Any], Any]:
        """The function of the step in one namespace, kept when every parameter is a Python number."""
        if self.traced():
            return self.formula.bind(xp, self)
        self.keep(xp)
        return self._bound[xp.name]

    def keep(self, xp: Namespace) -> None:
        """Make ready for a namespace, with Python numbers alone: `torch.compile` runs this and does not trace it."""
        if xp.name not in self._bound:
            self._bound[xp.name] = self.formula.bind(xp, self)

    def traced(self) -> tuple[Any, ...]:
        """The parameters that are arrays or tracers, children's included."""
        if self._arrays is None:
            found = tuple(leaf for leaf in self.formula.leaves(self.values) if not is_number(leaf))
            object.__setattr__(self, "_arrays", found)
            return found
        return self._arrays

    # What it is made of.

    @property
    def parameters(self) -> Mapping[str, Any]:
        """The parameters by name, defaults included."""
        return dict(zip(self.formula.parameters, self.values, strict=True))

    @property
    def length(self) -> Any:
        """The number of steps after which the value holds for ever, or None if it never does.

        >>> import lrsched
        >>> lrsched.warmup_cosine(3e-4, 1_000, 100_000).length
        100000
        >>> lrsched.inverse_sqrt(3e-4, 1_000).length is None
        True
        """
        return self.formula.length(self)

    @property
    def boundaries(self) -> tuple[Any, ...]:
        """The steps inside at which another formula begins to speak, sorted.

        >>> import lrsched
        >>> lrsched.wsd(3e-4, 100, 1000, 100).boundaries
        (100, 900)
        """
        return self.formula.boundaries(self)

    def expand(self) -> "Schedule":
        """What a composition is made of; a formula is made of itself.

        >>> import lrsched
        >>> lrsched.warmup_cosine(3e-4, 1_000, 100_000).expand()
        join([linear(0.0, 0.0003, 1000), cosine(0.0003, 0.0, 99000)], [1000])
        """
        if self._expansion is None:
            expansion = self.formula.expand(self)
            if self.traced():
                return expansion
            object.__setattr__(self, "_expansion", expansion)
            return expansion
        return self._expansion

    # A value among values.

    def __repr__(self) -> str:
        return self.formula.show(self.values)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Schedule):
            return NotImplemented
        return self.formula is other.formula and self.values == other.values

    def __hash__(self) -> int:
        return hash((self.formula, self.values))

    def __copy__(self) -> "Schedule":
        return self

    def __deepcopy__(self, memo: object) -> "Schedule":
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (self.formula.factory, self.values)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"{self.formula.name}(...).{name} cannot be set: a schedule is a value; make another one.")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"{self.formula.name}(...).{name} cannot be deleted: a schedule is a value.")

    # Operators, data and views, which are installed from above: see `install`.

    if TYPE_CHECKING:

        def __mul__(self, other: "Child") -> "Schedule": ...
        def __rmul__(self, other: "Child") -> "Schedule": ...
        def __truediv__(self, other: "Number") -> "Schedule": ...
        def __add__(self, other: "Child") -> "Schedule": ...
        def __radd__(self, other: "Child") -> "Schedule": ...
        def __sub__(self, other: "Child") -> "Schedule": ...
        def __rsub__(self, other: "Child") -> "Schedule": ...
        def __neg__(self) -> "Schedule": ...
        def to_config(self) -> dict[str, Any]: ...
        def describe(self) -> str: ...
        def _repr_html_(self) -> str | None: ...

        def plot(self, **options: Any) -> Any: ...

    else:  # a type checker finds unknown names by itself

        def __getattr__(self, name: str) -> NoReturn:
            if name[0] == "_" or name in Schedule.__slots__:
                raise AttributeError(name)
            start = f"{self.formula.name}(...).{name}"
            if name in self.formula.parameters:
                raise AttributeError(f"{start} is a parameter; write schedule.parameters[{name!r}].")
            if name in OF_SCHEDULERS:
                raise AttributeError(
                    f"{start} is of PyTorch's schedulers, and a schedule is a function of the step: call "
                    "schedule(step), or make a scheduler with "
                    "lrsched.adapters.torch.TorchScheduler(optimizer, schedule)."
                )
            known = [text for text in dir(self) if text[0] != "_"]
            raise AttributeError(f"{start} does not exist; {guess(name, known)}")

    @classmethod
    def install(cls, **methods: Any) -> None:
        """Give schedules methods that are written in the layers above."""
        for name, method in methods.items():
            setattr(cls, name, method)


@safe
def _rebuild(factory: Any, values: tuple[Any, ...]) -> Schedule:
    from .pytree import register_with_jax  # a schedule that is unpickled is made, too

    register_with_jax()
    return Schedule.make(factory.formula, values)


def _short(step: object) -> str:
    text = " ".join(repr(step).split())
    return text if len(text) <= 40 else text[:37] + "..."
