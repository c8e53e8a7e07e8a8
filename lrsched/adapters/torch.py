"""PyTorch: `TorchScheduler` sets the hyperparameters of an optimizer, and counts its updates."""

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar, cast

import torch
from torch import Tensor
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler

from .torch_batches import ScheduledBatchSampler
from .torch_call import all_given, first_step, is_relative, one_optimizer
from .torch_following import follow, steps_with_hooks
from .torch_groups import Given, Group, One, show
from .torch_hyperparameter import Hyperparameter, Seen
from .torch_merge import merge
from .torch_numbers import as_float
from .torch_parameters import layer_decay, param_groups
from .torch_rates import initial_rate, keep_initial, warn, warn_of_small_factors
from .torch_state import counted, differences, read_state
from .torch_together import Together
from .torch_watch import Watch
from .torch_wrapped import inner_optimizers, refuse_unseen, seen_groups, weights_of

__all__ = ["ScheduledBatchSampler", "Together", "TorchScheduler", "layer_decay", "merge", "param_groups"]

Method = TypeVar("Method", bound=Callable[..., Any])


def _eager(method: Method) -> Method:
    """A method that `torch.compile` leaves to Python, as those of torch's own schedulers.

    It would compile one anew for each piece of a schedule.
    """
    return cast("Method", torch.compiler.disable(method))


class TorchScheduler(LRScheduler):
    """Sets the hyperparameters of an optimizer to the values of schedules: at update `k` the rate is `schedule(k)`.

    It is a `torch.optim.lr_scheduler.LRScheduler`, so trainers take it: build it, and call `step()` after every update
    of the optimizer, not after every epoch. Its whole state is the number of completed updates. Values are assigned,
    never multiplied, so the optimizer's initial learning rate is ignored; a tensor is filled in place, from the float64
    value. Other hyperparameters are not touched. The optimizer gets hooks, so that loading it, or adding a group,
    changes no value that is set here.

    Each hyperparameter is given as

    - a schedule, a number or a callable `step -> value`, for all groups;
    - a mapping from the `"name"` or the index of a group, or a sequence by index, to one of these. None leaves the
      group alone. A name may be that of a group that joins later.

    The rate of a group that has an `"lr_scale"` is `schedule(k) * group["lr_scale"]`.

    One schedule for groups that were made with different rates is refused, since it would flatten them; so it is for
    any other hyperparameter. A group that joins later is set before its first update. If it joins with a rate of its
    own, neither the optimizer's default nor the current rate, it gets the `"lr_scale"` that keeps its ratio to the
    schedule.

    Args:
        optimizer: whose hyperparameters are set; several in a list are one, `Together(*optimizers)`.
        schedule: what the rate is (for short; the same as `lr=`).
        by_group: a callable `group -> schedule` for the rate, asked once for each group, in which `"initial_lr"` is the
            rate that it was made with; or a dict from hyperparameters to such callables.
        relative_to: None, or "groups": the schedule is then a factor of the rate that each group was made with, as in
            `torch.optim.lr_scheduler.LambdaLR`.
        step: how many updates are completed.
        last_epoch: the same as torch counts it, the index of the last completed update: `step - 1`.
        strict: whether `load_state_dict` refuses the state of other schedules, where it otherwise warns.
        **hyperparameters: any key of the groups, such as `weight_decay=`, or `**{"betas[0]": ...}` for a part of a
            tuple.

    Raises TypeError or ValueError for what is no hyperparameter of the optimizer, for groups that no schedule is given
    for, for optimizers that hold others whose groups it could not set, and for a value that the optimizer would refuse:
    when it is made, as far as the values where pieces meet tell, else before the update that would use the value. An
    optimizer inside that no search finds is refused at the first update, before it takes its step.

    >>> import lrsched, torch
    >>> optimizer = torch.optim.AdamW([torch.nn.Parameter(torch.zeros(3))])
    >>> rate, decay = lrsched.warmup_cosine(3e-4, 10, 100), lrsched.linear(0.1, 0.0, 100)
    >>> scheduler = TorchScheduler(optimizer, rate, weight_decay=decay)
    >>> for _ in range(10):
    ...     optimizer.step()
    ...     scheduler.step()
    >>> scheduler.last_lr, optimizer.param_groups[0]["weight_decay"]
    ([0.0003], 0.09)
    >>> scheduler
    TorchScheduler(AdamW, lr=warmup_cosine(0.0003, 10, 100), weight_decay=linear(0.1, 0.0, 100), step=10)
    """

    _step_count = 0  # Accelerate counts it up; nothing reads it
    _loaded = False  # whether the optimizer was loaded since its last update

    def __init__(
        self,
        optimizer: Optimizer | Sequence[Optimizer],
        schedule: Given | None = None,
        *,
        by_group: Callable[[Group], One | None] | Mapping[str, Callable[[Group], One | None]] | None = None,
        relative_to: str | None = None,
        step: float = 0,
        last_epoch: int = -1,
        strict: bool = False,
        **hyperparameters: Given,
    ) -> None:
        # The base class would wrap `optimizer.step`: it is not initialised.
        self.optimizer = optimizer = one_optimizer(optimizer)
        given = all_given(schedule, by_group, hyperparameters)
        relative = is_relative(relative_to, given)
        self.hyperparameters = [Hyperparameter(name, value, relative and name == "lr") for name, value in given.items()]
        self.strict = strict
        self.last_epoch: Any = first_step(step, last_epoch)
        self.base_lrs: list[float | Tensor] = []
        self._groups: list[Group] = []
        self._inner: list[Optimizer] = []
        self._watch = Watch(self)
        self._lent: list[Group] = []
        self._find_groups()
        self._lent += keep_initial(optimizer.param_groups) if "lr" in given else []
        self._set(self.last_epoch)
        follow([optimizer], self, self._lent)
        self._watch_updates()
        if relative:
            warn_of_small_factors(self.hyperparameters[0].given, list(map(as_float, self.base_lrs)))

    # Counting.

    @_eager
    def step(self, epoch: float | None = None) -> None:
        """Count a completed update, and set the values for the next; or those for update `epoch`."""
        self._set(self.last_epoch + 1 if epoch is None else epoch)

    _update_lr = step  # what SequentialLR calls at a milestone

    @_eager
    def set_step(self, step: float) -> None:
        """Set the values for update `step`: how many updates are completed. Again and again is the same as once.

        Where a schedule is in epochs, so is the step, and may be a fraction: `set_step(epoch + batch / batches)`.
        """
        self._set(step)

    def _set(self, step: Any) -> None:
        if type(step) is not int:
            step = counted(step)
        if step < 0:
            raise ValueError(f"TorchScheduler.set_step({step}) must be at least 0; no update is completed at 0.")
        if self._groups_changed():
            self._find_groups()
        for hyperparameter in self.hyperparameters:
            hyperparameter.set_values(step)
        if step != self.last_epoch:
            self.last_epoch = step
            self._watch.close()

    def _present(self) -> list[Group]:
        """The groups of the optimizer, and of those inside it."""
        groups = self.optimizer.param_groups
        return [*groups, *(group for each in self._inner for group in each.param_groups)] if self._inner else groups

    def _groups_changed(self) -> bool:
        present = self._present()
        return len(present) != len(self._groups) or not all(map(operator.is_, present, self._groups))

    def _find_groups(self) -> None:
        optimizer = self.optimizer
        inner = inner_optimizers(optimizer)
        seen = seen_groups(optimizer, inner)
        numbers = self._numbers(seen)
        defaults = [getattr(each, "defaults", {}) for each in (optimizer, *inner.values())]
        base = list(map(as_float, self.base_lrs))
        for hyperparameter in self.hyperparameters:
            hyperparameter.find_groups(type(optimizer).__name__, seen, numbers, base, self.last_epoch, defaults)
        pairs = zip(seen, numbers, strict=True)
        self.base_lrs = [initial_rate(each.group) if n is None else self.base_lrs[n] for each, n in pairs]
        known_inner, self._inner = self._inner, list(inner.values())
        self._groups = list(self._present())
        follow([each for each in self._inner if not _is_in(each, known_inner)], self, self._lent)

    def _numbers(self, seen: Sequence[Seen]) -> list[int | None]:
        """The number that each group had when they were last found; None for one that has joined since.

        A load replaces the groups, and leaves their order.
        """
        known = len(self.base_lrs)
        before = {id(group): number for number, group in enumerate(self._groups[:known])}
        numbers = [before.get(id(each.group)) for each in seen]
        if numbers.count(None) == max(len(seen) - known, 0):
            return numbers
        return [number if number < known else None for number in range(len(seen))]

    def _has_begun(self) -> bool:
        """Whether it has values to set; SequentialLR puts the schedulers that wait for their turn at -1."""
        return self.last_epoch >= 0

    # What is asked of it.

    @property
    def last_lr(self) -> list[float]:
        """The rate of each group that is in force: the one of the next update."""
        if self._has_begun() and self._groups_changed():
            self.set_step(self.last_epoch)
        return [as_float(group["lr"]) for group in self.optimizer.param_groups]

    @property  # torch assigns it; here it is what the groups have
    def _last_lr(self) -> list[Any]:
        """The same as `last_lr`, by the name of torch's own schedulers."""
        return self.last_lr

    @_last_lr.setter
    def _last_lr(self, rates: Any) -> None:  # pyright: ignore[reportIncompatibleVariableOverride]  (torch: a variable)
        """Nothing: torchtitan assigns what `get_lr` gave, which the groups have by then."""

    def get_last_lr(self) -> list[Any]:
        """The same as `last_lr`, by the name that trainers call."""
        return self.last_lr

    def get_lr(self) -> list[Any]:
        """The rate of each group for update `last_epoch`, which some trainers set themselves."""
        if self._has_begun():
            self.set_step(self.last_epoch)
        return self.last_lr

    def __repr__(self) -> str:
        given = (f"{each.name}={show(each.given, whole=True)}" for each in self.hyperparameters)
        relative = ["relative_to='groups'"] if any(each.relative for each in self.hyperparameters) else []
        parts = [type(self.optimizer).__name__, *given, *relative, f"step={self.last_epoch}"]
        return f"TorchScheduler({', '.join(parts)})"

    # Saving and loading.

    def state_dict(self) -> dict[str, Any]:
        """The number of completed updates, and the schedules' configs to compare with: numbers and text alone.

        A schedule that no config can hold (it has a plain callable or an array in it) is saved as None.
        """
        configs = {hyperparameter.name: hyperparameter.config() for hyperparameter in self.hyperparameters}
        return {"step": self.last_epoch, "schedule": configs}

    def load_state_dict(self, state_dict: Mapping[str, Any], strict: bool | None = None) -> None:
        """Go on at the step of a state. The schedules stay those of the code.

        Warns where the state was saved with other schedules, or by one of torch's own schedulers, whose `last_epoch` is
        taken as the step; raises ValueError instead if `strict` (of this call, else of the scheduler) is True. What is
        warned of is logged as well. Raises ValueError for the state of anything else.
        """
        step, saved = read_state(state_dict)
        for text in self._surprises(step, saved):
            if self.strict if strict is None else strict:
                raise ValueError(f"{text}; load it with strict=False to go on with the code's schedule.")
            warn(f"{text}; the code's schedule is used from update {max(step, 0)} on.")
        if step < 0:
            self.last_epoch = step
        else:
            self._set(step)
        self._watch_updates()

    def _surprises(self, step: Any, saved: Mapping[str, Any] | None) -> Iterable[str]:
        """What is not as it was when a state was saved."""
        if saved is not None:
            return differences(saved, self.state_dict()["schedule"], len(self.optimizer.param_groups))
        return [
            f"TorchScheduler.load_state_dict: the state is that of another scheduler, whose last_epoch={step} is taken "
            "as the number of completed updates (set_step(n) corrects it)"
        ]

    # What follows the optimizer.

    @property
    def kept_keys(self) -> tuple[str, ...]:
        """Keys of a group that say what its schedule is: as the schedule itself, they stay those of the code."""
        relative = any(each.relative for each in self.hyperparameters)
        return ("name", "lr_scale", "initial_lr") if relative else ("name", "lr_scale")

    def knows(self, group: Group) -> bool:
        """Whether a group was there when the values were last set."""
        return any(group is each for each in self._groups)

    def set_again(self) -> None:
        """Set the values in an optimizer that was loaded, or whose groups are others now."""
        self._find_groups()
        self._loaded = True
        if self._has_begun():
            self._set(self.last_epoch)
        self._watch_updates()

    def before_update(self, optimizer: Optimizer) -> None:
        """Set the values if a group has joined or was replaced, and refuse one that the optimizer would refuse.

        After a load they are set once more, since a wrapper may have written others behind the hooks.
        """
        loaded, self._loaded = self._loaded, False
        if self._has_begun() and (loaded or self._groups_changed()):
            self._set(self.last_epoch)
        for hyperparameter in self.hyperparameters:
            if hyperparameter.refused is not None:
                raise hyperparameter.refused
        if optimizer is self.optimizer:
            self._watch.open()

    def after_update(self, optimizer: Optimizer) -> None:
        """An update that was watched is over."""
        if optimizer is self.optimizer:
            self._watch.close()

    def _watch_updates(self) -> None:
        """Watch the next updates: those of an optimizer without hooks from now on, until the next one is counted."""
        self._watch.again()
        if not steps_with_hooks(self.optimizer) and self._unseen():
            self._watch.open()

    def _unseen(self) -> set[int]:
        """The parameters of scheduled groups that no optimizer inside is known to train."""
        groups = [each.group for hyperparameter in self.hyperparameters for _, each, _ in hyperparameter.scheduled]
        return weights_of(groups).difference(*(weights_of(each.param_groups) for each in self._inner))

    def before_step_of(self, optimizer: Optimizer) -> None:
        """Set the values in an optimizer inside that was not there when the groups were found, or refuse it."""
        if optimizer is self.optimizer or _is_in(optimizer, self._inner) or not self._has_begun():
            return
        unknown = [group for group in optimizer.param_groups if not self.knows(group)]
        if unknown and weights_of(unknown) & self._unseen():
            self._find_groups()
            if not _is_in(optimizer, self._inner):
                self._watch.close()
                refuse_unseen(self.optimizer, optimizer)
            self._set(self.last_epoch)

    # A copy finds its groups again, and its optimizer has lost the hooks.

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state, _groups=[], _watch=Watch(self))
        follow([self.optimizer, *self._inner], self, self._lent)
        self._watch_updates()


def _is_in(optimizer: Optimizer, optimizers: Iterable[Optimizer]) -> bool:
    return any(optimizer is each for each in optimizers)
