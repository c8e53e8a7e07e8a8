"""The length of a run in updates of the optimizer, from what the user knows."""

import math
from dataclasses import dataclass
from typing import Any

from ..core.checks import Site
from ..core.numbers import meant
from ..core.parameters import flag
from ..core.safe import safe
from .sizes import Rounding, amount, ratio, rounded, size

__all__ = ["Horizon"]

_flag = flag()
_NEEDS_EPOCHS = "must come with dataset_size, epochs and batch_size", "a run in tokens has no epochs"


@safe
@dataclass(frozen=True, init=False, repr=False)
class Horizon:
    """The length of a run in completed updates of the optimizer, the one clock of all schedules. All of it is exact.

        samples of a device = ceil(dataset_size / devices)
        batches of an epoch = ceil(samples of a device / batch_size),    floor with drop_last
        steps_per_epoch     = ceil(batches of an epoch / accumulation)
        total_steps         = ceil(epochs * steps_per_epoch)

        total_steps         = ceil(tokens / tokens_per_step)

    What is incomplete counts: torch's `DistributedSampler` repeats a few samples, so that all devices have as many; a
    `DataLoader` gives the last, smaller batch, unless its `drop_last` is set; and trainers (transformers, accelerate,
    Lightning) make an update of the batches that are left at the end of an epoch. In a loop that carries these over to
    the next epoch, as Keras does, the length is that of `accumulation=1`, divided by the accumulation.

    Args:
        dataset_size: the samples of the training set, 1 or more. A sampler with a `drop_last` of its own makes it
            `dataset_size - dataset_size % devices`.
        epochs: how often they are seen, greater than 0; it need not be whole.
        batch_size: the batch of one forward pass on one device (samples), 1 or more.
        accumulation: how many batches are accumulated before an update, 1 or more.
        devices: how many devices share the samples, 1 or more.
        drop_last: whether the last batch of a device is left out where it is smaller than the others.
        tokens: the tokens of the whole run, in place of a dataset, 1 or more.
        tokens_per_step: the tokens behind one update, 1 or more; with a dataset it serves `Horizon.tokens` alone.

    Numbers are taken as they are written: 0.06 is 6/100. The repr is the call, and the derivation below it. Raises
    ValueError or TypeError for a size that is not a whole number of 1 or more, for arguments that do not go together,
    and for a dataset that does not fill one batch.

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
        drop_last: bool = False,
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
        found = {name: _checked(name, value) for name, value in given.items() if value is not None or name in _DEFAULTS}
        shown = {name: value for name, value in found.items() if value != _DEFAULTS.get(name)}
        _check_together(shown)
        per_epoch, total, lines = (_of_tokens if tokens is not None else _of_epochs)(found)
        for name, value in (
            ("total_steps", total),
            ("arguments", tuple(shown.items())),
            ("derivation", tuple(lines)),
            ("_steps_per_epoch", per_epoch),
        ):
            object.__setattr__(self, name, value)

    @property
    def steps_per_epoch(self) -> int:
        """The updates of an epoch.

        Raises ValueError for a run that is given in tokens.
        """
        if self._steps_per_epoch is None:
            raise ValueError(f"Horizon(...).steps_per_epoch {'; '.join(_NEEDS_EPOCHS)}.")
        return self._steps_per_epoch

    def fraction(self, fraction: float, *, rounding: Rounding = "round") -> int:
        """The updates of a part of the run.

        Args:
            fraction: the part (1), from 0 to 1, as it is written: 0.06 of 1 000 is 60.
            rounding: "ceil" (as transformers rounds a warmup ratio), "floor", or "round", half away from zero.

        Raises ValueError or TypeError for a fraction outside 0 to 1, and an unknown rounding.

        >>> Horizon(tokens=1000, tokens_per_step=1).fraction(0.29)
        290
        """
        call = "Horizon.fraction"
        return rounded(call, ratio(Site(call, "fraction"), fraction) * self.total_steps, rounding)

    def epochs(self, epochs: float, *, rounding: Rounding = "round") -> int:
        """The updates of some epochs, or of a part of one.

        Args:
            epochs: how many (1), greater than 0.
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
        """The updates that see some tokens.

        Args:
            tokens: how many (1), greater than 0.
            rounding: "ceil", "floor", or "round", half away from zero.

        Raises ValueError or TypeError for a number that is not greater than 0, an unknown rounding, and a run whose
        `tokens_per_step` is not given. Where the batch size changes, `tokens_seen` counts.

        >>> Horizon(tokens=1e9, tokens_per_step=500_000).tokens(1e8)
        200
        """
        call = "Horizon.tokens"
        many = amount(Site(call, "tokens"), tokens)
        each = dict(self.arguments).get("tokens_per_step")
        if each is None:
            Site(call, "tokens").refuse(tokens, "must come with tokens_per_step", "give it to Horizon(...)")
        return rounded(call, many / each, rounding)

    def __repr__(self) -> str:
        """The call, with the derivation as comments, so that it can still be run."""
        call = ", ".join(f"{name}={value!r}" for name, value in self.arguments)
        return "\n".join([f"Horizon({call})", *(f"# {line}" for line in self.derivation)])


_DEFAULTS = {"accumulation": 1, "devices": 1, "drop_last": False}
_EPOCHS, _TOKENS = ("dataset_size", "epochs", "batch_size"), ("tokens", "tokens_per_step")


def _checked(name: str, value: Any) -> Any:
    site = Site("Horizon", name)
    if name == "drop_last":
        return _flag.check(site, value)
    if name == "epochs":
        exact = amount(site, value)
        return int(exact) if exact.denominator == 1 else float(value)
    return size(site, value)


def _check_together(shown: dict[str, Any]) -> None:
    """A run is given in epochs of a dataset or in tokens."""
    needed = _TOKENS if "tokens" in shown else _EPOCHS
    for name in needed:
        if name not in shown:
            remedy = f"a run is given by {', '.join(_EPOCHS)}, or by {', '.join(_TOKENS)}"
            Site("Horizon", name).refuse(None, "must be given", remedy)
    for name in (*_EPOCHS, *_DEFAULTS) if "tokens" in shown else ():
        if name in shown:
            Site("Horizon", name).refuse(
                shown[name], "must not come with tokens", "a run is one of epochs or of tokens"
            )


def _of_tokens(found: dict[str, Any]) -> tuple[None, int, list[str]]:
    lines: list[str] = []
    return None, _divide(lines, found["tokens"], "tokens", found["tokens_per_step"], "", "updates"), lines


def _of_epochs(found: dict[str, Any]) -> tuple[int, int, list[str]]:
    """The updates of an epoch, and of the run, and how they follow."""
    lines: list[str] = []
    samples = found["dataset_size"]
    if found["devices"] > 1:
        samples = _divide(lines, samples, "samples", found["devices"], " devices", "samples of a device")
    down = found["drop_last"]
    updates = _divide(lines, samples, "samples", found["batch_size"], "", "batches of an epoch", down)
    if updates == 0:
        remedy = "lower it, or leave out drop_last"
        Site("Horizon", "batch_size").refuse(found["batch_size"], f"must be at most the {samples} samples", remedy)
    if found["accumulation"] > 1:
        updates = _divide(lines, updates, "batches", found["accumulation"], "", "updates of an epoch")
    exact = meant(found["epochs"]) * updates
    total = math.ceil(exact)
    up = "" if exact == total else " (rounded up)"
    lines.append(f"{updates} updates * {found['epochs']} epochs = {total} updates{up}")
    return updates, total, lines


def _divide(lines: list[str], of: int, unit: str, by: int, per: str, result: str, down: bool = False) -> int:
    """A division that is rounded up, or down, and the line that says so."""
    value = of // by if down else -(-of // by)
    how = "" if of % by == 0 else " (rounded down)" if down else " (rounded up)"
    lines.append(f"{of} {unit} / {by}{per} = {value} {result}{how}")
    return value
