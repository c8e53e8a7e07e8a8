"""The length of a run in updates of the optimizer, from what the user knows."""

from dataclasses import dataclass
from typing import Any, Literal

from ..checks import Site
from ..core.safe import safe
from .derivation import DEFAULTS, check_together, checked, of_epochs, of_tokens
from .sizes import Rounding, amount, ratio, rounded

__all__ = ["Horizon"]

_NEEDS_EPOCHS = "must come with dataset_size, epochs and batch_size", "a run in tokens has no epochs"


@safe
@dataclass(init=False, repr=False, unsafe_hash=True)
class Horizon:
    """The length of a run in optimizer updates, the steps of every schedule. All arithmetic is exact.

        samples of a device = ceil(dataset_size / devices)
        batches of an epoch = ceil(samples of a device / batch_size)
        steps_per_epoch     = ceil(batches of an epoch / accumulation)
        total_steps         = ceil(epochs * steps_per_epoch)

        total_steps         = ceil(tokens / tokens_per_step)

    Partial batches count: samplers repeat a few samples, so that every device gets the same number; a `DataLoader`
    returns a smaller last batch; and trainers (transformers, Accelerate, Lightning) make an update from the batches
    left over at the end of an epoch. If a loop carries these over to the next epoch, as Keras does, the length is that
    with `accumulation=1`, divided by the accumulation.

    On several devices, libraries drop partial batches in three ways:

    | `drop_last=` | batches of an epoch | who counts so |
    |---|---|---|
    | `True` | floor(dataset_size / batch_size / devices) | Accelerate, and the `Trainer` of transformers |
    | `"loader"` | floor(ceil(dataset_size / devices) / batch_size) | torch's `DataLoader(drop_last=True)`; Lightning |
    | `"sampler"` | ceil(floor(dataset_size / devices) / batch_size) | torch's `DistributedSampler(drop_last=True)` |

    Args:
        dataset_size: the samples of the training set, 1 or more.
        epochs: the number of passes over the training set, greater than 0; it need not be whole.
        batch_size: the batch of one forward pass on one device (samples), 1 or more.
        accumulation: the number of batches accumulated for one update, 1 or more.
        devices: the number of devices that share the samples, 1 or more.
        drop_last: which partial batches are dropped: none, or as in a row of the table. `True` also fits a sampler and
            a loader that both drop; on one device, it is the `drop_last` of a `DataLoader`.
        tokens: the tokens of the whole run, in place of a dataset, 1 or more.
        tokens_per_step: the tokens per update, 1 or more; with a dataset, only `Horizon.tokens` uses it.

    Floats are read as decimals: 0.06 is 6/100. The repr is the call, followed by the derivation. Raises ValueError or
    TypeError for a size that is not a whole number of 1 or more, for arguments that do not go together, and for a
    dataset that does not fill one batch.

    >>> run = Horizon(dataset_size=50_000, epochs=3, batch_size=32, devices=4, accumulation=2)
    >>> run
    Horizon(dataset_size=50000, epochs=3, batch_size=32, accumulation=2, devices=4)
    # 50000 samples / 4 devices = 12500 samples of a device
    # 12500 samples / 32 = 391 batches of an epoch (rounded up)
    # 391 batches / 2 = 196 updates of an epoch (rounded up)
    # 196 updates * 3 epochs = 588 updates
    >>> run.total_steps, run.steps_per_epoch, run.fraction(0.06, rounding="ceil")
    (588, 196, 36)
    >>> Horizon(tokens=300e9, tokens_per_step=3_200_000).tokens(375e6)
    117
    """

    total_steps: int
    """The updates of the run."""
    arguments: tuple[tuple[str, Any], ...]
    """What the horizon was made of, by name."""
    derivation: tuple[str, ...]
    """How it follows, line by line."""
    _steps_per_epoch: int | None

    def __init__(
        self,
        *,
        dataset_size: int | None = None,
        epochs: float | None = None,
        batch_size: int | None = None,
        accumulation: int = 1,
        devices: int = 1,
        drop_last: bool | Literal["loader", "sampler"] = False,
        tokens: float | None = None,
        tokens_per_step: float | None = None,
    ) -> None:
        given = {
            "dataset_size": dataset_size,
            "epochs": epochs,
            "batch_size": batch_size,
            "accumulation": accumulation,
            "devices": devices,
            "drop_last": drop_last,
            "tokens": tokens,
            "tokens_per_step": tokens_per_step,
        }
        found = {name: checked(name, value) for name, value in given.items() if value is not None or name in DEFAULTS}
        shown = {name: value for name, value in found.items() if value != DEFAULTS.get(name)}
        check_together(shown)
        per_epoch, total, lines = (of_tokens if tokens is not None else of_epochs)(found)
        for name, value in (
            ("total_steps", total),
            ("arguments", tuple(shown.items())),
            ("derivation", tuple(lines)),
            ("_steps_per_epoch", per_epoch),
        ):
            object.__setattr__(self, name, value)

    @property
    def steps_per_epoch(self) -> int:
        """The updates per epoch.

        Raises ValueError for a run that is given in tokens.
        """
        if self._steps_per_epoch is None:
            raise ValueError(f"Horizon(...).steps_per_epoch {'; '.join(_NEEDS_EPOCHS)}.")
        return self._steps_per_epoch

    def fraction(self, fraction: float, *, rounding: Rounding = "round") -> int:
        """The updates in a fraction of the run.

        Args:
            fraction: the fraction (1), from 0 to 1, read as a decimal: 0.06 of 1,000 is 60.
            rounding: "ceil" (as transformers rounds a warmup ratio), "floor", or "round", half away from zero.

        Raises ValueError or TypeError for a fraction outside 0 to 1, and an unknown rounding.

        >>> Horizon(tokens=1000, tokens_per_step=1).fraction(0.29)
        290
        """
        call = "Horizon.fraction"
        return rounded(call, ratio(Site(call, "fraction"), fraction) * self.total_steps, rounding)

    def epochs(self, epochs: float, *, rounding: Rounding = "round") -> int:
        """The updates in a number of epochs, which need not be whole.

        Args:
            epochs: the number of epochs (1), greater than 0.
            rounding: "ceil", "floor", or "round", half away from zero.

        Raises ValueError or TypeError for a number that is not greater than 0, an unknown rounding, and a run that is
        given in tokens.

        >>> Horizon(dataset_size=50_000, epochs=90, batch_size=128).epochs(5)
        1955
        """
        call = "Horizon.epochs"
        many = amount(Site(call, "epochs"), epochs)
        if self._steps_per_epoch is None:
            Site(call, "epochs").refuse(epochs, *_NEEDS_EPOCHS)
        return rounded(call, many * self._steps_per_epoch, rounding)

    def tokens(self, tokens: float, *, rounding: Rounding = "round") -> int:
        """The updates that process a number of tokens.

        Args:
            tokens: the number of tokens (1), greater than 0.
            rounding: "ceil", "floor", or "round", half away from zero.

        Raises ValueError or TypeError for a number that is not greater than 0, an unknown rounding, and a run whose
        `tokens_per_step` is not given. If the batch size changes, use `tokens_seen`.

        >>> Horizon(tokens=1e9, tokens_per_step=500_000).tokens(1e8)
        200
        """
        call = "Horizon.tokens"
        many = amount(Site(call, "tokens"), tokens)
        each = dict(self.arguments).get("tokens_per_step")
        if each is None:
            Site(call, "tokens").refuse(tokens, "must come with tokens_per_step", "give it to Horizon(...)")
        return rounded(call, many / each, rounding)

    def __setattr__(self, name: str, value: object) -> None:
        """Refuse another value; Lightning, which copies a dataclass field by field, sets what is there."""
        if name not in vars(self) or vars(self)[name] != value:
            raise AttributeError(f"Horizon(...).{name} cannot be set: a horizon is a value; make another one.")

    def __repr__(self) -> str:
        """The call, with the derivation as comments, so that it can still be run."""
        call = ", ".join(f"{name}={value!r}" for name, value in self.arguments)
        return "\n".join([f"Horizon({call})", *(f"# {line}" for line in self.derivation)])
