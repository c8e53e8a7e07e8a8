"""The vocabulary, in one place for the modules beside this one, in which the other libraries are written."""

# The names are used in the modules beside this one.
# pyright: reportUnusedImport=false

from ..combinators.arithmetic import add, multiply, round_to, scale
from ..combinators.bounds import clamp_max, clamp_min
from ..combinators.join import join
from ..combinators.phases import cooldown, warmup
from ..combinators.restart import restart
from ..combinators.time import compose, shift, stretch
from ..core.schedule import Schedule
from ..runs.cycles import cyclic, sgdr
from ..runs.piecewise import piecewise_constant, piecewise_interpolate
from ..runs.warmups import warmup_constant, warmup_cosine, warmup_inverse_sqrt, warmup_linear, warmup_polynomial, wsd
from ..schedules.decays import (
    constant,
    exponential_decay,
    inverse_sqrt,
    inverse_time_decay,
    natural_exp_decay,
    noam,
    power_law,
    step_decay,
)
from ..schedules.ramps import cosine, cosine_power, exponential, hold, linear, one_minus_sqrt, polynomial
