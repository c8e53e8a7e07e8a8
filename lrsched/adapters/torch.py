"""PyTorch: `TorchScheduler` sets the hyperparameters of an optimizer, and counts its updates."""

import operator
import warnings
from collections.abc import Mapping
from typing import Any

from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler

from ..core.checks import brief
from .torch_following import follow_loading
from .torch_groups import Given
from .torch_hyperparameter import Hyperparameter
from .torch_place import as_float
from .torch_state import differences, read_state, whole

__all__ = ["TorchScheduler"]


class TorchScheduler(LRScheduler):
    """Sets the hyperparameters of an optimizer to the values of schedules: at update `k` the rate is `schedule(k)`.

    It is a `torch.optim.lr_scheduler.LRScheduler`, so trainers take it: build it, and call `step()` after every update
    of the optimizer, not after every epoch. Its whole state is the number of completed updates. Values are assigned,
    never multiplied, so the rate that the optimizer was made with plays no part; a tensor is filled in place, from the
    float64 value. What is not named is not touched, and nothing is patched: the optimizer only gets hooks, so
    that what its `load_state_dict` brings back is set anew, and its groups get `"initial_lr"`, the rate that they were
    made with, which torch's own schedulers beside it read.

    Each hyperparameter is given as

    - a schedule, for all groups; the rate of a group that has an `"lr_scale"` is `schedule(k) * group["lr_scale"]`;
    - a dict from the index or the `"name"` of a group, or a list by index, to the schedule of the group;
    - a callable `group -> schedule`, asked once for each group; where the optimizer was loaded before, its rate is
      `group.get("initial_lr", group["lr"])`.

    None in the place of a group's schedule leaves the group alone. A group that is added later has its values from the
    next `step()` on, or at once after `set_step(scheduler.last_epoch)`.

    Args:
        optimizer: whose hyperparameters are set.
        schedule: what the rate is (for short; the same as `lr=`).
        step: how many updates are completed.
        last_epoch: the same as torch counts it, the index of the last completed update: `step - 1`.
        strict: whether `load_state_dict` refuses the state of other schedules, where it otherwise warns.
        **hyperparameters: any key of the groups, such as `weight_decay=`, or `**{"betas[0]": ...}` for a part of a
            tuple.

    Raises TypeError or ValueError for what is no hyperparameter of the optimizer, for groups that nothing is said about
    or that don't exist, and for a value that the optimizer would refuse: when it is made, as far as the values
    at the boundaries tell, else at the step.

    >>> import lrsched, torch
    >>> optimizer = torch.optim.AdamW([torch.nn.Parameter(torch.zeros(3))])
    >>> rate, decay = lrsched.warmup_cosine(3e-4, 10, 100), lrsched.linear(0.1, 0.0, 100)
    >>> scheduler = TorchScheduler(optimizer, rate, weight_decay=decay)
    >>> for _ in range(10):
    ...     optimizer.step()
    ...     scheduler.step()
    >>> scheduler.last_lr, optimizer.param_groups[0]["weight_decay"]
    ([0.0003], 0.09)
    """

    _step_count = 0  # Accelerate counts it up; nothing reads it

    def __init__(
        self,
        optimizer: Optimizer,
        schedule: Given | None = None,
        *,
        step: int = 0,
        last_epoch: int = -1,
        strict: bool = False,
        **hyperparameters: Given,
    ) -> None:
        # Users have no checker, so the types are checked here, too.
        # The base class would wrap `optimizer.step`: it is not initialised.
        if not isinstance(optimizer, Optimizer):  # pyright: ignore[reportUnnecessaryIsInstance]  (callers are unchecked)
            raise TypeError(
                f"TorchScheduler({brief(optimizer)}) must be a torch.optim.Optimizer, not {type(optimizer).__name__}; "
                "the optimizer comes first, then the schedule."
            )
        if schedule is not None:
            if "lr" in hyperparameters:
                raise TypeError("TorchScheduler(schedule, lr=...) gives the rate twice; leave one out.")
            hyperparameters = {"lr": schedule, **hyperparameters}
        if not hyperparameters:
            raise TypeError("TorchScheduler(optimizer) must be given what to set; give a schedule.")
        if last_epoch != -1 and step:
            raise TypeError(f"TorchScheduler(step={step}, last_epoch={last_epoch}) counts twice; leave one out.")
        self.optimizer = optimizer
        self.hyperparameters = [Hyperparameter(name, given) for name, given in hyperparameters.items()]
        self.strict = strict
        self._groups: list[dict[str, Any]] = []
        self.set_step(step if last_epoch == -1 else whole(last_epoch) + 1)
        follow_loading(optimizer, self._set_again)

    # Counting.

    def step(self, epoch: int | None = None) -> None:
        """Count a completed update, and set the values for the next; or those for update `epoch`."""
        self.set_step(self.last_epoch + 1 if epoch is None else epoch)

    def set_step(self, step: int) -> None:
        """Set the values for update `step`: how many updates are completed. Again and again is the same as once."""
        if type(step) is not int:
            step = whole(step)
        if step < 0:
            raise ValueError(f"TorchScheduler.set_step({step}) must be at least 0; no update is completed at 0.")
        groups = self.optimizer.param_groups
        if len(groups) != len(self._groups) or not all(map(operator.is_, groups, self._groups)):
            self._find_groups(self.optimizer)
        for hyperparameter in self.hyperparameters:
            hyperparameter.set_values(step)
        self.last_epoch = step

    def _find_groups(self, optimizer: Optimizer) -> None:
        for hyperparameter in self.hyperparameters:
            hyperparameter.find_groups(optimizer)
        self._groups = list(optimizer.param_groups)

    def _set_again(self, optimizer: Optimizer) -> None:
        """Set the values in an optimizer that was loaded, whose groups a wrapper around it may not have yet."""
        self._find_groups(optimizer)
        if self._has_begun():
            for hyperparameter in self.hyperparameters:
                hyperparameter.set_values(self.last_epoch)

    def _has_begun(self) -> bool:
        """Whether it has values to set; SequentialLR puts the schedulers that wait for their turn at -1."""
        return self.last_epoch >= 0

    @property
    def last_lr(self) -> list[float]:
        """The rate of each group that is in force: the one of the next update."""
        return [as_float(group["lr"]) for group in self.optimizer.param_groups]

    def get_last_lr(self) -> list[Any]:
        """The same as `last_lr`, by the name that trainers call."""
        return self.last_lr

    def get_lr(self) -> list[Any]:
        """The rate of each group for update `last_epoch`, which some trainers set themselves."""
        if self._has_begun():
            self.set_step(self.last_epoch)
        return self.last_lr

    # Saving and loading.

    def state_dict(self) -> dict[str, Any]:
        """The number of completed updates, and the schedules' configs to compare with: numbers and text alone.

        A schedule that no config can hold (it has a plain callable or an array in it) is saved as None.
        """
        configs = {hyperparameter.name: hyperparameter.config() for hyperparameter in self.hyperparameters}
        return {"step": self.last_epoch, "schedule": configs}

    def load_state_dict(self, state_dict: Mapping[str, Any], strict: bool | None = None) -> None:
        """Go on at the step of a state. The schedules stay those of the code.

        Warns where the state was saved with other schedules, and raises ValueError instead if `strict` (of this call,
        else of the scheduler) is True. Raises ValueError for the state of anything else.
        """
        step, saved = read_state(state_dict)
        strict = self.strict if strict is None else strict
        for text in differences(saved, self.state_dict()["schedule"], len(self.optimizer.param_groups)):
            if strict:
                raise ValueError(f"{text}; load it with strict=False to go on with the code's.")
            warnings.warn(f"{text}; the code's is used from update {max(step, 0)} on.", UserWarning, stacklevel=2)
        if step < 0:
            self.last_epoch = step
        else:
            self.set_step(step)

    # A copy finds its groups again, and its optimizer has lost the hooks.

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state, _groups=[])
        follow_loading(self.optimizer, self._set_again)
