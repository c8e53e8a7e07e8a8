"""The schedules of levanter, the `lr_scheduler` of its `OptimizerConfig`, as compositions of the vocabulary."""

from collections.abc import Mapping
from itertools import accumulate, pairwise
from typing import Annotated, Any

from ..checks import Site, guess, require
from ..core.parameters import Factor, Kind, NotNegative, Value, kind_of
from . import vocabulary as lrs
from .arguments import Count, Lengths, instance, known
from .calls import one_of, room, translated
from .curves import floored, half_wave

CALL = "lr_scheduler"
OPTIONS: dict[str, dict[str, Any]] = {
    "constant": {},
    "cosine": {"exponent": 1.0},
    "linear": {},
    "inv_sqrt": {"timescale": 10_000},
    "inv": {},
    "power": {"batch_size": None, "seq_length": None, "a": 4.6, "b": -0.51},
}
"""The decays, and what a dict may say about them."""


def _decay(site: Site, value: Any) -> dict[str, Any]:
    """The type and the options of a decay, which is given by its name or as a dict."""
    given: dict[str, Any] = {"type": value} if isinstance(value, str) else kind_of(Table).check(site, value)
    kind = str(given.get("type"))
    if kind not in OPTIONS:
        site.refuse(value, f"has the unknown type {kind!r}", guess(kind, OPTIONS))
    for option, setting in {**OPTIONS[kind], **given}.items():
        if option not in (*OPTIONS[kind], "type"):
            site.refuse(value, f"has the unknown option {option!r}", guess(option, OPTIONS[kind]))
        if setting is None:
            site.refuse(value, f"must have the option {option!r}", "the power law counts tokens")
    return {**OPTIONS[kind], **given}


def _steps(site: Site, value: Any) -> Any:
    length = kind_of(NotNegative).check(site, value)
    if length > 1 and length % 1:
        site.refuse(value, "must be a part of the cycle, up to 1, or a whole number of steps", "give one of them")
    return length


def _cycles(site: Site, value: Any) -> Any:
    kind = Lengths if isinstance(value, (list, tuple)) else Count if site.name == "cycles" else Span
    return kind_of(kind).check(site, value)


Table = Annotated[Mapping[str, Any], instance(Mapping, 'write "cosine", or {"type": "cosine"}')]
"""A dict."""
Decay = Annotated[Any, Kind("Decay", "", _decay, leaf=False)]
"""The name of a decay, or a dict of its type and options."""
Span = Annotated[float, Kind("Span", "steps", known(_steps), leaf=False)]
"""A part of a cycle up to 1, and from there on a whole number of steps."""
Cycles = Annotated[Any, Kind("Cycles", "steps", _cycles, leaf=False)]
"""A length or a number, or a list of steps."""


@translated
def lr_scheduler(
    num_train_steps: Count,
    learning_rate: Value = 6e-4,
    min_lr_ratio: Factor = 0.1,
    warmup: Span = 0.01,
    decay: Span | None = None,
    rewarmup: Span = 0.0,
    cycle_length: Cycles | None = None,
    cycles: Cycles | None = None,
    lr_schedule: Decay = "cosine",
) -> lrs.Schedule:
    """The rate of levanter: a warmup from 0, the peak, and a decay, once or in cycles.

    The arguments are those of `OptimizerConfig`. A length up to 1 is a part of the cycle, cut off to steps, so that 1
    is all of it. A cycle begins at the peak, or with a `rewarmup` from where the one before ended. `cycle_length` and
    `cycles` say where cycles begin, by lengths and by steps. `lr_schedule` is a name or a dict, such as
    {"type": "power", "batch_size": 1024, "seq_length": 4096}:

        cosine      a power (`exponent`) of half a cosine to min_lr_ratio * learning_rate
        linear      a line to the same floor
        inv_sqrt    learning_rate * min(1, sqrt(timescale/u)), u being the steps of the warmup and the decay so far
        inv         one over the time, to the floor at the end of the decay
        power       batch_size * a * tokens**b, at most learning_rate; tokens are counted from the end of the warmup
        constant    the peak

    s(t) is the rate of update t; levanter computes in float32. Raises ValueError or TypeError for phases that do not
    fit their cycle, where the boundaries of levanter are out of order. The older `cooldown` and `haps` are left out.

    Source: stanford-crfm/levanter, `src/levanter/optim/config.py`.

    >>> lr_scheduler(10_000, 3e-4, warmup=500, decay=0.2, lr_schedule="linear")
    join([linear(0.0, 0.0003, 500), constant(0.0003), linear(0.0003, 2.9999999999999997e-05, 2000)], [500, 8000])
    """
    pieces: list[lrs.Schedule] = []
    starts: list[int] = []
    floor, last, shape = learning_rate * min_lr_ratio, 0.0, _decay(Site(CALL, "lr_schedule"), lr_schedule)
    for index, (begin, end) in enumerate(pairwise(_ends(num_train_steps, cycle_length, cycles))):
        rise = _whole(rewarmup if index else warmup, end - begin)
        fall = end - begin - rise if decay is None else _whole(decay, end - begin)
        room(CALL, cycle=end - begin, warmup_and_decay=rise + fall)
        curve = _curve(shape, learning_rate, floor, rise, fall)
        phases = [lrs.linear(last, learning_rate, rise), lrs.constant(learning_rate), curve]
        for piece, (start, stop) in zip(phases, pairwise((begin, begin + rise, end - fall, end)), strict=True):
            pieces += [piece] * (stop > start)
            starts += [start] * (stop > start)
        last = curve(fall)
    return lrs.join(pieces, starts[1:])


def _whole(length: float, cycle: int) -> int:
    return int(length * cycle) if length <= 1 else int(length)


def _ends(total: int, cycle_length: Any, cycles: Any) -> list[int]:
    """The steps at which the cycles begin, and the end of the last."""
    one_of(CALL, optional=True, cycle_length=cycle_length, cycles=cycles)
    inner = [*accumulate(cycle_length)] if isinstance(cycle_length, tuple) else cycles or []
    if isinstance(cycles, int):
        inner = [int(total / cycles * count) for count in range(1, cycles)]
    elif isinstance(cycle_length, (int, float)):
        length = _whole(cycle_length, total)
        require(length > 0, CALL, f"cycle_length={cycle_length}) must be at least one step of the run; make it longer.")
        inner = [count * length for count in range(1, total // length)]
    ends = [0, *inner, *([] if inner[-1:] == [total] else [total])]
    rises = all(before < after for before, after in pairwise(ends))
    require(rises, CALL, f"num_train_steps={total}) must be after the cycles, which begin at {ends[:-1]}.")
    return ends


def _curve(decay: dict[str, Any], peak: Any, floor: Any, rise: int, fall: int) -> lrs.Schedule:
    """The decay of a cycle, from its own step 0."""
    kind = decay["type"]
    if kind == "cosine":
        return half_wave(peak, floor, fall, decay["exponent"])
    if kind == "linear":
        return lrs.linear(peak, floor, fall)
    if kind == "inv_sqrt":
        return floored(lrs.shift(lrs.power_law(peak, decay["timescale"], power=-0.5), rise), floor)
    if kind == "inv":
        require(floor != 0, CALL, "min_lr_ratio=0.0) must be greater than 0 with 'inv', which divides by it.")
        curve = lrs.inverse_time_decay(peak, peak / floor - 1, decay_steps=fall)
        return lrs.join([curve(1), floored(lrs.shift(curve, 1), floor)], [1])
    if kind == "power":
        tokens = (peak / (decay["batch_size"] * decay["a"])) ** (1 / decay["b"])
        return lrs.power_law(peak, tokens / (decay["batch_size"] * decay["seq_length"]), power=decay["b"])
    return lrs.constant(peak)
