"""Learning-rate schedules: pure functions from the step to the value, written once for every framework."""

import typing as _typing
from functools import partial as partial  # a ramp with parameters prints as a call of it

from . import types as types
from .combinators.arithmetic import add as add, multiply as multiply, round_to as round_to, scale as scale
from .combinators.bounds import clamp_max as clamp_max, clamp_min as clamp_min, maximum as maximum, minimum as minimum
from .combinators.extend import extend as extend
from .combinators.join import join as join
from .combinators.phases import cooldown as cooldown, warmup as warmup
from .combinators.restart import restart as restart
from .combinators.time import compose as compose, shift as shift, stretch as stretch
from .core.binding import bound as bound
from .core.decorators import composition as composition, schedule as schedule
from .core.schedule import Schedule as Schedule
from .designer import design as design
from .export import to_code as to_code
from .plot import diff as diff, plot as plot
from .runs import recipes as recipes
from .runs.cycles import cyclic as cyclic, one_cycle as one_cycle, sgdr as sgdr
from .runs.piecewise import piecewise_constant as piecewise_constant, piecewise_interpolate as piecewise_interpolate
from .runs.warmups import (
    warmup_constant as warmup_constant,
    warmup_cosine as warmup_cosine,
    warmup_inverse_sqrt as warmup_inverse_sqrt,
    warmup_linear as warmup_linear,
    warmup_polynomial as warmup_polynomial,
    wsd as wsd,
)
from .schedules.decays import (
    constant as constant,
    exponential_approach as exponential_approach,
    exponential_decay as exponential_decay,
    inverse_sqrt as inverse_sqrt,
    inverse_time_decay as inverse_time_decay,
    natural_exp_decay as natural_exp_decay,
    noam as noam,
    power_law as power_law,
    step_decay as step_decay,
)
from .schedules.ramps import (
    cosine as cosine,
    cosine_power as cosine_power,
    exponential as exponential,
    hold as hold,
    linear as linear,
    one_minus_sqrt as one_minus_sqrt,
    polynomial as polynomial,
    rex as rex,
)
from .schedules.rectification import radam_warmup as radam_warmup
from .text.config import from_config as from_config, to_config as to_config
from .text.parse import ParseError as ParseError, names as names, parse as parse
from .tools.check import check as check
from .tools.epochs import from_epochs as from_epochs
from .tools.horizon import Horizon as Horizon
from .tools.losses import check_losses as check_losses
from .tools.merging import merge_weights as merge_weights
from .tools.noise import gradient_noise_scale as gradient_noise_scale
from .tools.range_test import (
    RangeTestResult as RangeTestResult,
    range_test as range_test,
    run_range_test as run_range_test,
)
from .tools.scaling import (
    effective_batch_size as effective_batch_size,
    inverse_to as inverse_to,
    proportional as proportional,
    scale_lr as scale_lr,
    scale_schedule as scale_schedule,
    scale_warmup_steps as scale_warmup_steps,
)
from .tools.seesaw import seesaw as seesaw
from .tools.staircase import staircase as staircase
from .tools.suggestions import Suggestion as Suggestion, suggest as suggest
from .tools.tokens import batch_size_ramp as batch_size_ramp, counter as counter, tokens_seen as tokens_seen
from .view.compare import compare as compare

_ROOMS = {"adapters", "arrays", "combinators", "core", "export", "runs", "schedules", "text", "tools", "view"}
# Computed, so that no name is written twice; type checkers read the names that are imported `as` themselves.
__all__ = sorted(name for name in {*globals(), "forecast"} if name[0] != "_" and name not in _ROOMS)  # noqa: PLE0605  # pyright: ignore[reportUnsupportedDunderAll]


def __dir__() -> list[str]:
    return [*__all__, "__version__"]


if _typing.TYPE_CHECKING:
    from . import forecast as forecast
else:  # a typed program is told of unknown names by its type checker

    def __getattr__(name: str) -> _typing.Any:
        from .moved import attribute

        return attribute(name)
