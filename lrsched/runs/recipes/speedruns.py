"""The record of modded-nanogpt of 2026-07-17, 1.23 minutes: four schedules on one clock, updates from 0."""

from typing import Literal

from ...combinators.join import join
from ...combinators.time import shift
from ...core.parameters import Steps, Value
from ...core.schedule import Schedule
from ...schedules.decays import constant
from ...schedules.ramps import linear
from ..piecewise import piecewise_constant
from ..warmups import wsd
from .registry import Count, Part, recipe, updates

__all__ = ["modded_nanogpt", "modded_nanogpt_batch_size", "modded_nanogpt_momentum", "modded_nanogpt_window"]


def _stages(scheduled_steps: float) -> list[int]:
    """Where the second and the third stage begin."""
    return [updates(scheduled_steps, 3), updates(2 * scheduled_steps, 3)]


@recipe
def modded_nanogpt(
    *, base_value: Value = 0.023, scheduled_steps: Count = 1_270, cooldown_part: Part = 0.6, end_factor: Value = 0.15
) -> Schedule:
    """modded-nanogpt's record: a rate that rises with the batch, and a line to 0.15 of the base for the last 60 %.

    Args:
        base_value: the rate of the first stage (a rate), 0.023 of Muon; Adam has 0.008.
        scheduled_steps: the length of the three stages (steps); 15 updates more have the last rate.
        cooldown_part: the part of them that is the decay (1).
        end_factor: the last rate over the base (1).

    The stages, a third each, have 1, 1.52 and 1.73 times the base, and the decay goes to the same end in all of them,
    so that the rate jumps where the third one begins. Raises ValueError or TypeError for a part outside 0 to 1, a
    length of less than a step, and a value that is not finite.

    Source: KellerJordan/modded-nanogpt, `train_gpt.py`, `TrainingSchedule.get_lr` (record 89, 2026-07-17).

    >>> s = modded_nanogpt(base_value=1.0)
    >>> s(0), s(423), round(s(847), 4), s(1_270)
    (1.0, 1.52, 1.0271, 0.15)
    """
    steps = int(scheduled_steps)
    end, cut = base_value * end_factor, steps - updates(steps, 1, cooldown_part)
    pieces: list[Schedule] = []
    starts: list[int] = []
    edges = [0, *_stages(steps), steps]
    for factor, start, stop in zip((1.0, 1.52, 1.73), edges, edges[1:], strict=False):
        if start < cut:
            pieces.append(constant(base_value * factor))
            starts.append(start)
        if stop > cut:
            line = linear(base_value * factor, end, steps - cut)
            pieces.append(shift(line, start - cut) if start > cut else line)
            starts.append(max(start, cut))
    return join(pieces, starts[1:])


@recipe
def modded_nanogpt_momentum(
    *,
    low_value: Value = 0.85,
    high_value: Value = 0.95,
    warmup_steps: Steps = 300,
    total_steps: Steps = 1_285,
    cooldown_steps: Steps = 50,
) -> Schedule:
    """modded-nanogpt's record: the momentum of Muon, up to 0.95 over 300 updates and back over the last 50.

    Args:
        low_value: the momentum at both ends (1).
        high_value: the momentum between (1).
        warmup_steps: the length of the rise (steps).
        total_steps: the length of the whole (steps).
        cooldown_steps: the length of the fall (steps).

    Raises ValueError or TypeError for phases that do not fit the whole, a negative length, and a value that is not
    finite.

    Source: KellerJordan/modded-nanogpt, `train_gpt.py`, `get_muon_momentum` (record 89, 2026-07-17).

    >>> modded_nanogpt_momentum()
    wsd(0.95, 300, 1285, 50, init_value=0.85, end_value=0.85)
    """
    return wsd(high_value, warmup_steps, total_steps, cooldown_steps, init_value=low_value, end_value=low_value)


@recipe
def modded_nanogpt_batch_size(*, scheduled_steps: Count = 1_270, first_tokens: Count = 131_072) -> Schedule:
    """modded-nanogpt's record: the tokens of an update, 128K, then twice and three times as many.

    Args:
        scheduled_steps: the length of the three stages (steps).
        first_tokens: the tokens of an update of the first stage.

    Raises ValueError or TypeError for a length of less than a step, and a number of tokens below 1.

    Source: KellerJordan/modded-nanogpt, `train_gpt.py`, `TRAINING_STAGES` (record 89, 2026-07-17).

    >>> modded_nanogpt_batch_size()
    piecewise_constant([131072.0, 262144.0, 393216.0], [423, 847])
    """
    return piecewise_constant([first_tokens * factor for factor in (1, 2, 3)], _stages(scheduled_steps))


@recipe
def modded_nanogpt_window(
    *, scheduled_steps: Count = 1_270, block_size: Count = 128, window: Literal["long", "short"] = "long"
) -> Schedule:
    """modded-nanogpt's record: the window of attention (tokens), wider in each stage and in the updates after them.

    Args:
        scheduled_steps: the length of the three stages (steps).
        block_size: the tokens of a block, in which windows are counted.
        window: that of the long or of the short layers.

    Raises ValueError or TypeError for a length of less than a step, and a block of less than a token.

    Source: KellerJordan/modded-nanogpt, `train_gpt.py`, `TRAINING_STAGES` (record 89, 2026-07-17).

    >>> modded_nanogpt_window()
    piecewise_constant([384.0, 896.0, 1408.0, 1664.0], [423, 847, 1270])
    """
    blocks = (3, 7, 11, 13) if window == "long" else (1, 3, 5, 6)
    return piecewise_constant(
        [block_size * count for count in blocks], [*_stages(scheduled_steps), int(scheduled_steps)]
    )
