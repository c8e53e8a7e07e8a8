"""One hyperparameter of a PyTorch optimizer: the schedules of the groups, and how their values are written there."""

from collections.abc import Callable, Mapping, Sequence
from math import inf, nan
from typing import Any, Final, NamedTuple, NoReturn

from ..arrays.libraries import is_number
from ..checks import brief, name_of, sentence
from ..core.schedule import Schedule
from .torch_groups import ByGroup, Group, read_given, refuse, schedules_of
from .torch_numbers import as_float, is_one_number
from .torch_place import Place
from .torch_rates import default_of, join_in_proportion, keep_initial, refuse_to_flatten, refuse_to_join
from .torch_state import config_of

__all__ = ["Hyperparameter", "Seen"]

LIMITS: Final = {
    **dict.fromkeys(("lr", "weight_decay", "momentum", "eps", "alpha", "rho"), (0.0, inf)),
    "betas": (0.0, 1.0),
}
"""What torch's optimizers demand of the values that they are made with: at least the first, below the second."""

REACHED: Final = 10**8
"""More updates than any run has: schedules imported from libraries whose schedules never end are given a later end."""


class Seen(NamedTuple):
    """A group of the optimizer, and other groups, of optimizers inside it, that train its parameters."""

    group: Group
    inner: Sequence[Group] = ()


class Hyperparameter:
    """A key of the groups, or a part of the tuple under a key, and the schedules that it follows."""

    def __init__(self, name: str, given: Any, relative: bool = False) -> None:
        self.name, self.given, self.relative = name, read_given(name, given), relative
        self.place = Place(name, self.given)
        self.low, self.high = LIMITS.get(self.place.key, (-inf, inf))
        self.single = isinstance(self.given, Schedule)
        self.scaled = name == "lr"
        self.schedules: list[Schedule | None] = []
        self.scheduled: list[tuple[int, Seen, Schedule]] = []
        self.refused: Exception | None = None

    def find_groups(
        self,
        owner: str,
        seen: Sequence[Seen],
        numbers: Sequence[int | None],
        base: Sequence[float],
        step: Any,
        defaults: Sequence[Mapping[str, Any]],
    ) -> None:
        """Find the schedule of each group, and check that the group can have its values.

        The groups that were there before were made with the rates `base`, in which they have the `numbers`; those that
        have none join at `step`, or are there from the beginning. `defaults` are those of the optimizer and of those
        inside it.
        """
        groups = [each.group for each in seen]
        if self.name == "lr" and isinstance(self.given, ByGroup):
            keep_initial(groups)  # what it may ask for, of a group that comes from a checkpoint as well
        known = [None if number is None else self.schedules[number] for number in numbers]
        joined = [number is None for number in numbers]
        schedules = schedules_of(self.name, self.given, groups, known, joined)
        pairs = enumerate(zip(seen, schedules, strict=True))
        scheduled = [(number, each, schedule) for number, (each, schedule) in pairs if schedule is not None]
        for number, each, _ in scheduled:
            for group in (each.group, *each.inner):
                self.place.check(owner, number, group)
            if self.scaled and "lr_scale" in each.group:
                self._scale(number, each.group)
        for schedule in {id(schedule): schedule for _, _, schedule in scheduled}.values():
            self._check_values(schedule, max(step, 0))
        if self.single:
            self._respect(seen, numbers, base, step, defaults)
        self.place.part_tensors([group for each in seen for group in (each.group, *each.inner)])
        self.schedules, self.scheduled = schedules, scheduled

    def _respect(
        self,
        seen: Sequence[Seen],
        numbers: Sequence[int | None],
        base: Sequence[float],
        step: Any,
        defaults: Sequence[Mapping[str, Any]],
    ) -> None:
        """Keep the values that groups were made with from being flattened by one schedule for all."""
        joined = [(place, seen[place]) for place, number in enumerate(numbers) if base and number is None]
        key = "initial_lr" if self.relative else "lr_scale"
        if not base and not self.relative:
            refuse_to_flatten(self.place, [group for each in seen for group in (each.inner or (each.group,))])
        usual = [value for each in defaults for value in default_of(self.place, each)]
        if self.scaled:
            pairs = zip(numbers, seen, strict=True)
            usual += [base[n] for n, each in pairs if n is not None and "lr_scale" not in each.group]
        for number, (group, _) in joined if step >= 0 else []:
            now = as_float(self.given(step))
            if not self.scaled:
                refuse_to_join(self.place, number, group, now, usual)
            elif "lr_scale" not in group and key not in group:
                join_in_proportion(self.place, number, group, now, usual, key)
        for each in seen if self.relative else ():
            keep_initial([each.group])

    def set_values(self, step: Any) -> None:
        """Assign the value for update `step` to every group; a tensor is filled in place.

        A value that the optimizer would refuse is kept as an error, for the update that would use it.
        """
        self.refused = None
        low, high, key, is_whole = self.low, self.high, self.place.key, self.place.index is None
        latest, common = None, 0.0
        for number, seen, schedule in self.scheduled:
            if schedule is not latest:
                latest, common = schedule, schedule(step)
                if type(common) is not float:
                    common = as_float(common)
            value = common * self._factor(number, seen.group) if self.scaled else common
            if not low <= value < high:
                self.refused = self.refused or self._refusal(schedule, step, value)
            for group in (seen.group, *seen.inner) if seen.inner else (seen.group,):
                if is_whole and type(group[key]) is float:
                    group[key] = value
                else:
                    self.place.write(group, value)

    def config(self) -> Any:
        """The config of the schedule, or of each group's; None for one that no config can hold."""
        given = self.given
        return config_of(given) if self.single else [config_of(schedule) for schedule in self.schedules]

    def _factor(self, number: int, group: Group) -> float:
        """What the schedule is multiplied by for a group."""
        factor = self._scale(number, group) if "lr_scale" in group else 1.0
        return factor * self._scale(number, group, "initial_lr") if self.relative else factor

    def _scale(self, number: int, group: Group, key: str = "lr_scale") -> float:
        """A factor of a group, which was not made by torch."""
        scale = group[key]
        if type(scale) is float and 0.0 <= scale < inf:
            return scale
        value = as_float(scale) if is_one_number(scale) else nan
        if not 0.0 <= value < inf:
            demand = f'must be scaled by a finite number >= 0, but param_groups[{number}]["{key}"] is {brief(scale)}'
            kind = ValueError if is_one_number(scale) else TypeError
            refuse(self.name, self.given, demand, "1.0 changes nothing", kind)
        return value

    # Values.

    def _check_values(self, schedule: Schedule, first: Any) -> None:
        """Refuse a schedule for its values where its pieces meet, so that most errors come before the training.

        The step at which it ends is not looked at, for a run of its length has no update there.
        """
        meet = [step for step in schedule.boundaries if is_number(step)]
        ends = [schedule.length] if is_number(schedule.length) else []
        steps = {first, *meet, *(step - 1 for step in meet + ends)}
        for step in sorted(step for step in steps if first <= step < REACHED or step == first):
            value = self._value(schedule, step)
            if not self.low <= value < self.high:
                raise self._refusal(schedule, step, value)

    def _value(self, schedule: Schedule, step: Any) -> float:
        function: Any = schedule.values[0] if schedule.formula.name == "shift" else schedule
        if isinstance(function, Schedule) or not callable(function):
            return as_float(schedule(step))
        try:
            return as_float(schedule(step))
        except Exception as error:  # whatever a function of the user raises
            self._refuse_function(function, step, error)

    def _refuse_function(self, function: Callable[[Any], Any], step: Any, error: Exception) -> NoReturn:
        demand = f"must be a callable step -> value, and fails at step {step} ({error})"
        text = f"TorchScheduler({self.name}={name_of(function)}) {demand}; by_group= takes a callable group -> schedule"
        raise TypeError(sentence(text)) from error

    def _refusal(self, schedule: Schedule, step: Any, value: float) -> Exception:
        demand, remedy = "must be finite", "describe() shows its values"
        if value < self.low:
            demand, remedy = f"must be at least {self.low:g}", f"lrsched.clamp_min(schedule, {self.low:g}) keeps it so"
        elif self.high <= value < inf:
            demand, remedy = f"must be below {self.high:g}", "lrsched.clamp_max(schedule, 0.999) keeps it so"
        try:
            refuse(self.name, schedule, f"{demand}, and is {value:g} at step {step}", remedy)
        except ValueError as error:
            return error
