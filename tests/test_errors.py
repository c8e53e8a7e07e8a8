"""The table of bad calls: what each raises, to the letter. A message says the call, the demand, the value, the remedy.

Then the other side of the same promise: what was made without an error never raises in a training loop, and never
changes.
"""

import copy
import enum
import io
import math
import multiprocessing
import pickle
import re
import subprocess
import sys
import warnings
import weakref
from functools import partial
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pandas
import pytest
import torch

import lrsched as lr

from .cases import CASES

ROOT = Path(__file__).parents[1]

HUGE = 10**5000  # more digits than Python prints
LONG = "9" * 1_000_000
CONFIG = {"lrsched": 1, "name": "linear", "args": {"init_value": 1, "end_value": 0, "steps": "1.0 *total"}}


class Unknown:
    """An array of a library that nobody knows, as a Keras variable or a TensorFlow tensor is."""

    dtype, shape = "float32", ()

    def __repr__(self):
        return "<Unknown>"


GIVEN = {"HUGE": HUGE, "LONG": LONG, "CONFIG": CONFIG, "Unknown": Unknown, "partial": partial}
LIBRARIES = {"np": np, "jnp": jnp, "torch": torch, "pandas": pandas}
NAMES = {**vars(lr), **LIBRARIES, "nan": math.nan, "inf": math.inf, **GIVEN}

NUMBER = "give an int or a float."
QUOTES = " (YAML reads 1e-5 as text, 1.0e-5 as a number)."
FINITE = "must be finite; give a number that float64 holds."
RATIO = "must be a number of steps, not a ratio; multiply it by the total number of steps."
COUNT = "must be at least 0; steps are counted from 0."
CHILD = "must be a schedule, a callable or a number"
RAMP = "must be a ramp such as linear or cosine; give the function or its name, such as 'cosine'."
PIECES = "boundaries[i] is the first step of schedules[i + 1]."
MODES = "must be one of 'triangular', 'triangular2', 'exp_range'"
DECAY = "must be greater than 0; a decay multiplies by a number between 0 and 1."
DIVISOR = "must be greater than 0; give a value that can be divided by."
CYCLES = "must be 1, or at least 1.01; with 1 all cycles are equally long."
WARMUP = "total_steps includes the warmup."
UNENDED = "must have a length of 1 step or more; end one that goes on with lrsched.cooldown(schedule, start, steps)."
ENDLESS = "a run without an end has no number of steps; set max_steps, or count the updates with lrsched.Horizon."
UNSET = "-1 means 'not given' in trainers; set max_steps, or count the updates with lrsched.Horizon."
QUOTIENT = (
    "must have a number as divisor; pass a function instead, such as lambda step: 2 / schedule(step), which "
    "TorchScheduler, optax and all combinators take."
)
GIVE = "give it a number: parse(expression, NAME=100), or --let NAME=100."
WRITE = "write a call such as linear(0.0, 1.0, 10)."
NINE = f"warmup_steps=9; {WARMUP}"
LIKE = "must be a number, or an array of NumPy, JAX, PyTorch or their like"
FLOAT = "give float(value)."
STEP = "a step must be a number or an array"
ASARRAY = "numpy.asarray(steps) makes one."
FRAME = f"DataFrame; {ASARRAY}"

BAD_TYPES = [
    (
        "linear('3e-4', 0, 9)",
        f"linear(init_value='3e-4') must be a number, not str; write 0.0003 without quotes{QUOTES}",
    ),
    ("linear(1, '1e-5', 9)", f"linear(end_value='1e-5') must be a number, not str; write 1e-05 without quotes{QUOTES}"),
    ("linear('0.1', 0, 9)", "linear(init_value='0.1') must be a number, not str; write 0.1 without quotes."),
    ("linear(1, 0, '100')", "linear(steps='100') must be a number, not str; write 100 without quotes."),
    ("linear(1, 0, ' 1_000 ')", "linear(steps=' 1_000 ') must be a number, not str; write 1000 without quotes."),
    ("linear('nan', 0, 9)", f"linear(init_value='nan') must be a number, not str; {NUMBER}"),
    ("linear('many', 0, 9)", f"linear(init_value='many') must be a number, not str; {NUMBER}"),
    ("linear(np.str_('many'), 0, 9)", f"linear(init_value=np.str_('many')) must be a number, not str; {NUMBER}"),
    (
        "linear(LONG, 0, 9)",
        f"linear(init_value='{'9' * 27}...{'9' * 28}') must be a number, not str; {NUMBER}",
    ),
    ("linear(b'1', 0, 9)", f"linear(init_value=b'1') must be a number, not bytes; {NUMBER}"),
    ("linear(True, 0, 9)", f"linear(init_value=True) must be a number, not bool; {NUMBER}"),
    ("linear(1, 0, False)", f"linear(steps=False) must be a number, not bool; {NUMBER}"),
    ("linear(None, 0, 9)", f"linear(init_value=None) must be a number, not NoneType; {NUMBER}"),
    ("linear(1j, 0, 9)", f"linear(init_value=1j) must be a real number, not complex; {NUMBER}"),
    ("linear([0.1], 0, 9)", f"linear(init_value=[0.1]) must be a number, not list; {NUMBER}"),
    ("linear({'lr': 0.1}, 0, 9)", f"linear(init_value={{'lr': 0.1}}) must be a number, not dict; {NUMBER}"),
    ("linear(linear, 0, 9)", f"linear(init_value=linear) must be a number, not function; {NUMBER}"),
    ("linear(constant(1), 0, 9)", f"linear(init_value=constant(...)) must be a number, not Schedule; {NUMBER}"),
    ("linear([HUGE], 0, 9)", f"linear(init_value=[<int of 16610 bits>]) must be a number, not list; {NUMBER}"),
    (
        "linear(np.zeros(2), 0, 9)",
        "linear(init_value=<array of shape (2,)>) must be one number; use jax.vmap for many.",
    ),
    (
        "linear(1, 0, jnp.zeros((2, 3)))",
        "linear(steps=<array of shape (2, 3)>) must be one number; use jax.vmap for many.",
    ),
    (
        "linear(1, 0, torch.ones(1))",
        "linear(steps=<array of shape (1,)>) must be one number; use jax.vmap for many.",
    ),
    ("linear(np.array(True), 0, 9)", "linear(init_value=<array of bool>) must be a real number; convert it first."),
    (
        "linear(np.complex64(1), 0, 9)",
        "linear(init_value=<array of complex64>) must be a real number; convert it first.",
    ),
    ("linear(np.array(None), 0, 9)", "linear(init_value=<array of object>) must be a real number; convert it first."),
    ("scale(linear(1, 0, 9), 'x')", f"scale(factor='x') must be a number, not str; {NUMBER}"),
    (
        "scale(linear, 2)",
        "scale(schedule=linear) must be a schedule, not the function that makes one; call it: linear(...).",
    ),
    (
        "linear(1, 0, 9) * cosine",
        "multiply(b=cosine) must be a schedule, not the function that makes one; call it: cosine(...).",
    ),
    (
        "scale('linear(1, 0, 9)', 2)",
        f"scale(schedule='linear(1, 0, 9)') {CHILD}, not str; lrsched.parse(expression) reads one.",
    ),
    ("scale(b'x', 2)", f"scale(schedule=b'x') {CHILD}, not bytes; lrsched.parse(expression) reads one."),
    ("scale([constant(1)], 2)", f"scale(schedule=[constant(1.0)]) {CHILD}, not list; give one schedule."),
    ("scale({1}, 2)", f"scale(schedule={{1}}) {CHILD}, not set; give one schedule."),
    ("scale(1j, 2)", f"scale(schedule=1j) {CHILD}, not complex; give one schedule."),
    ("scale(None, 2)", f"scale(schedule=None) {CHILD}, not NoneType; give one schedule."),
    ("linear(1, 0, 9) + None", f"add(b=None) {CHILD}, not NoneType; give one schedule."),
    ("linear(1, 0, 9) / 'x'", f"scale(factor='x') must be a number, not str; {NUMBER}"),
    ("linear(1, 0, 9) / linear(1, 0, 9)", f"linear(...) / linear(...) {QUOTIENT}"),
    ("2 / linear(1, 0, 9)", f"2 / linear(...) {QUOTIENT}"),
    ("abs / linear(1, 0, 9)", f"abs / linear(...) {QUOTIENT}"),
    ("linear(1, 0, 9) - 'x'", f"add(b='x') {CHILD}, not str; lrsched.parse(expression) reads one."),
    ("linear(1, 0, 9) - True", f"add(b=True) {CHILD}, not bool; give one schedule."),
    (
        "warmup(linear, 5)",
        "warmup(schedule=linear) must be a schedule, not the function that makes one; call it: linear(...).",
    ),
    ("warmup(lambda t: 'x', 5)", f"warmup: linear(end_value='x') must be a number, not str; {NUMBER}"),
    ("warmup(1, 5, ramp=b'linear')", f"warmup(ramp=b'linear') {RAMP}"),
    (
        "warmup(1, 5, ramp=partial(constant, value=2))",
        "warmup(ramp=partial(constant, ...)) must be a ramp: (init_value, end_value, steps); linear and cosine are.",
    ),
    (
        "scale(partial(linear, 1.0), 2)",
        "scale(schedule=partial(linear, ...)) must be a schedule, not the function that makes one; "
        "call it: linear(...).",
    ),
    (
        "warmup(1, 5, ramp=partial(polynomial, power=torch.tensor(2.0)))",
        "warmup(ramp=partial(polynomial, ...)) must not have a traced power; write the ramp as a piece of its own.",
    ),
    ("linear(Unknown(), 0, 9)", f"linear(init_value=<array of float32>) {LIKE}, not Unknown; give float(value)."),
    ("linear(1, 0, Unknown())", f"linear(steps=<array of float32>) {LIKE}, not Unknown; give float(value)."),
    ("scale(Unknown(), 2)", f"scale(schedule=<array of float32>) {LIKE}, not Unknown; give float(value)."),
    ("join([1, 2], [Unknown()])", f"join(boundaries[0]=<array of float32>) {LIKE}, not Unknown; give float(value)."),
    ("linear(pandas.Series([1]), 0, 9)", f"linear(init_value=<array of shape (1,)>) {LIKE}, not Series; {FLOAT}"),
    ("linear(1, 0, 9)(pandas.Series([1, 2]))", f"linear(...)(0 1 1 2 dtype: int64): {STEP}, not Series; {ASARRAY}"),
    ("linear(1, 0, 9)(pandas.DataFrame())", f"linear(...)(Empty DataFrame Columns: [] Index: []): {STEP}, not {FRAME}"),
    ("linear(1, 0, 9)(Unknown())", f"linear(...)(<Unknown>): {STEP}, not Unknown; give an int or a float."),
    ("linear(1, 0, 9)([1, 2])", f"linear(...)([1, 2]): {STEP}, not list; {ASARRAY}"),
    ("linear(1, 0, 9)('3')", f"linear(...)('3'): {STEP}, not str; give an int or a float."),
    ("join(5, np.array(5))", "join(schedules=5) must be a list, not int; write [...]."),
    ("join([1, 2], np.array(5))", "join(boundaries=<array of int64>) must be a list, not ndarray; write [...]."),
    ("join([1, 2], {5})", "join(boundaries={5}) must be a list, not set; write [...]."),
    ("join([1, 2], b'5')", "join(boundaries=b'5') must be a list, not bytes; write [...]."),
    ("parse(3)", "parse(3) must be a str or a schedule, not int; repr(schedule) is such a str."),
    ("parse('constant(a)', a='x')", f"parse(a='x') must be a number, not str; {NUMBER}"),
    (
        "parse('constant(a)', a='3e-4')",
        f"parse(a='3e-4') must be a number, not str; write 0.0003 without quotes{QUOTES}",
    ),
    ("parse('constant(a)', a=True)", f"parse(a=True) must be a number, not bool; {NUMBER}"),
    ("parse('constant(a)', a=None)", f"parse(a=None) must be a number, not NoneType; {NUMBER}"),
    ("parse('constant(a)', a=constant(1))", f"parse(a=constant(...)) must be a number, not Schedule; {NUMBER}"),
    (
        "parse('constant(a)', a=np.zeros(2))",
        "parse(a=<array of shape (2,)>) must be one number; use jax.vmap for many.",
    ),
    ("from_config(CONFIG, total='x')", f"from_config(total='x') must be a number, not str; {NUMBER}"),
    (
        "names(constant(1))",
        'names(constant(...)) must be a str, not Schedule; give an expression such as "cosine(peak, 0, total)".',
    ),
    ("warmup(1, 5, ramp=0.5)", f"warmup(ramp=0.5) {RAMP}"),
    (
        "wsd(1, 2, 9, 4, decay=linear(1, 0, 4))",
        "wsd(decay=linear(...)) must be a ramp that is still to be given its values; give the name alone: linear.",
    ),
    (
        "wsd(1, 2, 9, 4, decay=constant)",
        "wsd(decay=constant) must be a ramp: (init_value, end_value, steps); linear and cosine are.",
    ),
    ("join(linear(1, 0, 9), [])", "join(schedules=linear(...)) must be a list, not Schedule; write [...]."),
    ("join([1, 2], 5)", "join(boundaries=5) must be a list, not int; write [...]."),
    ("join('ab', [5])", "join(schedules='ab') must be a list, not str; write [...]."),
    (
        "join([linear, 2], [5])",
        "join(schedules[0]=linear) must be a schedule, not the function that makes one; call it: linear(...).",
    ),
    ("join([1, None], [5])", f"join(schedules[1]=None) {CHILD}, not NoneType; give one schedule."),
    ("join([1, 2], ['5'])", "join(boundaries[0]='5') must be a number, not str; write 5 without quotes."),
    ("piecewise_constant([1, 'x'], [5])", f"piecewise_constant(values[1]='x') must be a number, not str; {NUMBER}"),
    (
        "piecewise_constant([1, 2], {5: 0.1})",
        "piecewise_constant(boundaries={5: 0.1}) must be a list, not dict; write [...].",
    ),
    ("one_cycle(1, 9, three_phase=1)", "one_cycle(three_phase=1) must be a bool, not int; write True or False."),
    ("cyclic(0, 1, 5, mode=2)", f"cyclic(mode=2) {MODES}, not int; write 'triangular'."),
    ("cyclic(0, 1, 5, mode=None)", f"cyclic(mode=None) {MODES}, not NoneType; write 'triangular'."),
    (
        "cyclic(0, 1, 5, mode=np.zeros(2))",
        f"cyclic(mode=<array of shape (2,)>) {MODES}, not ndarray; write 'triangular'.",
    ),
    (
        "linear(1, 0)",
        "linear(init_value, end_value, steps) is missing steps; write steps=...",
    ),
    (
        "linear(1, 0, 9, 9)",
        "linear(init_value, end_value, steps) takes 3 values by position, not 4; leave out the last value.",
    ),
    (
        "linear(1, 0, 9, steps=9)",
        "linear(init_value, end_value, steps): steps is given by position and by name; leave one out.",
    ),
    ("linear(1, 0, step=9)", "linear(step=...) is not a parameter; did you mean 'steps'?"),
    (
        "warmup_cosine(1, warmup_ratio=0.1)",
        "warmup_cosine(warmup_ratio=...) is not a parameter; did you mean 'warmup_steps'?",
    ),
    ("linear(1, 0, 9, foo=1)", "linear(foo=...) is not a parameter; known are init_value, end_value, steps."),
    ("linear(1, 0, 9, self=1)", "linear(self=...) is not a parameter; known are init_value, end_value, steps."),
    ("Schedule(1)", "Schedule cannot be called; make one with lrsched.cosine(...), or write @lrsched.schedule."),
]

BAD_VALUES = [
    ("linear(nan, 0, 9)", f"linear(init_value=nan) {FINITE}"),
    ("linear(1, 0, inf)", f"linear(steps=inf) must be finite; {ENDLESS}"),
    ("linear(1, 0, -inf)", f"linear(steps=-inf) {FINITE}"),
    ("linear(1, 0, nan)", f"linear(steps=nan) {FINITE}"),
    ("warmup_cosine(1, 4, inf)", f"warmup_cosine(total_steps=inf) must be finite; {ENDLESS}"),
    ("sgdr(1, 0, inf)", f"sgdr(period=inf) must be finite; {ENDLESS}"),
    ("join([1, 2], [inf])", f"join(boundaries[0]=inf) must be finite; {ENDLESS}"),
    ("inverse_sqrt(1, inf)", f"inverse_sqrt(timescale=inf) must be finite; {ENDLESS}"),
    ("warmup_cosine(1, 0, -1)", f"warmup_cosine(total_steps=-1) must be at least 0; {UNSET}"),
    ("warmup_cosine(1, -1, 9)", f"warmup_cosine(warmup_steps=-1) must be at least 0; {UNSET}"),
    ("sgdr(1, 0, -1)", f"sgdr(period=-1) must be at least 1; {UNSET}"),
    ("warmup_cosine(1, 0, -2)", f"warmup_cosine(total_steps=-2) {COUNT}"),
    ("parse('constant(a)', a=inf)", f"parse(a=inf) must be finite; {ENDLESS}"),
    ("parse('constant(a)', a=nan)", f"parse(a=nan) {FINITE}"),
    ("parse('constant(a)')", f"column 10: unknown name 'a'; {GIVE}"),
    ("parse('constant(peek)', peak=1)", "column 10: unknown name 'peek' (known: peak); did you mean 'peak'?"),
    ("parse('constant(x)', peak=1, total=9)", f"column 10: unknown name 'x' (known: peak, total); {GIVE}"),
    ("parse('constant(a / b)', a=1, b=0)", "column 10: 1 is divided by 0; give another divisor."),
    ("parse('constant(' + '1' * 5_000 + ')')", "column 1: a number has too many digits; float64 holds 17."),
    ("parse('constant(a // b)', a=1, b=0)", "column 10: 1 is divided by 0; give another divisor."),
    (
        "parse('constant(a * b)', a=1e200, b=1e200)",
        "column 10: the result must be finite; give numbers that float64 holds.",
    ),
    ("parse('a + b', a=1, b=2)", f"column 1: an expression is a schedule, not 3; {WRITE}"),
    ("parse('warmup_cosine(1, 9, total)', total=5)", f"column 1: warmup_cosine(total_steps=5) must be at least {NINE}"),
    (
        "from_config(CONFIG, totl=9)",
        "linear.steps: column 6: unknown name 'total' (known: totl); did you mean 'totl'?",
    ),
    ("from_config(CONFIG, total=-1)", f"linear(steps=-1.0) must be at least 0; {UNSET}"),
    ("warmup(1, 5, ramp='liner')", "warmup(ramp='liner') must be the name of a ramp; did you mean 'linear'?"),
    (
        "warmup(1, 5, ramp='lrsched.liner')",
        "warmup(ramp='lrsched.liner') must be the name of a ramp; did you mean 'linear'?",
    ),
    (
        "warmup(1, 5, ramp=partial(polynomial, 1.0))",
        "warmup(ramp=partial(polynomial, ...)) must be a partial call by name; write partial(polynomial, name=...).",
    ),
    (
        "warmup(1, 5, ramp=partial(polynomial, steps=9))",
        "warmup(ramp=partial(polynomial, ...)) must leave steps open; "
        "the schedule gives a ramp its values and its length.",
    ),
    (
        "warmup(1, 5, ramp=partial(polynomial, pover=9))",
        "warmup(ramp=partial(polynomial, ...)) has a parameter 'pover' that polynomial does not have; "
        "did you mean 'power'?",
    ),
    (
        "warmup(1, 5, ramp=partial(polynomial, power=0))",
        "polynomial(power=0) must be greater than 0; 1.0 is a straight line.",
    ),
    ("linear(np.float32('nan'), 0, 9)", f"linear(init_value=nan) {FINITE}"),
    ("linear(jnp.array(inf), 0, 9)", f"linear(init_value=inf) {FINITE}"),
    ("linear(1, 0, 9) / 0", "linear(...) / 0 must be divided by another number than 0."),
    ("linear(1, 0, 9) / inf", f"scale(factor=inf) {FINITE}"),
    ("scale(nan, 2)", f"scale(schedule=nan) {FINITE}"),
    ("piecewise_constant([1, -inf], [5])", f"piecewise_constant(values[1]=-inf) {FINITE}"),
    ("linear(10**400, 0, 9)", f"linear(init_value=<int of 1329 bits>) {FINITE}"),
    ("linear(1, 0, HUGE)", f"linear(steps=<int of 16610 bits>) {FINITE}"),
    ("linear(np.longdouble('1e4000'), 0, 9)", f"linear(init_value=inf) {FINITE}"),
    ("linear(1, 0, -2)", f"linear(steps=-2) {COUNT}"),
    ("join([1, 2], [-2])", f"join(boundaries[0]=-2) {COUNT}"),
    ("cooldown(1, -5, 5)", f"cooldown(start=-5) {COUNT}"),
    ("linear(1, 0, 2**53 + 2)", "linear(steps=9007199254740994) must be at most 2**53; count in a larger unit."),
    ("shift(1, -10**20)", "shift(steps=-100000000000000000000) must be at most 2**53; count in a larger unit."),
    ("warmup_cosine(1, 0.1, 900)", f"warmup_cosine(warmup_steps=0.1) {RATIO}"),
    ("cooldown(1, 0.8, 9)", f"cooldown(start=0.8) {RATIO}"),
    (
        "cooldown(warmup_cosine(3e-4, 10, 100), 101, 9)",
        "cooldown(start=101) must be at most 100, where warmup_cosine(...) ends and then stays at 0; "
        "start the cooldown before the decay is over.",
    ),
    (
        "cooldown(clamp_min(2 * linear(1, 0, 50), 0.125), 80, 9)",
        "cooldown(start=80) must be at most 50, where clamp_min(...) ends and then stays at 0.125; "
        "start the cooldown before the decay is over.",
    ),
    ("extend(constant(1), 3, 9)", f"extend(schedule=constant(...)) {UNENDED}"),
    ("extend(1, 3, 9)", f"extend(schedule=1.0) {UNENDED}"),
    ("extend(inverse_sqrt(1, 5), 3, 9)", f"extend(schedule=inverse_sqrt(...)) {UNENDED}"),
    ("extend(linear(1, 0, 9), -1, 20)", f"extend(start=-1) {COUNT}"),
    (
        "extend(linear(1, 0, 9), 9, 20)",
        "extend(start=9) must be less than 9, where linear(...) ends; lrsched.cooldown ends a value that is held, "
        "and lrsched.join appends another run.",
    ),
    (
        "extend(linear(1, 0, 9), 5, 5)",
        "extend(total_steps=5) must be greater than start=5; it is the length of the whole run, counted from step 0.",
    ),
    ("join([1, 2], [0.5])", f"join(boundaries[0]=0.5) {RATIO}"),
    ("warmup_cosine(1, 900, 500)", f"warmup_cosine(total_steps=500) must be at least warmup_steps=900; {WARMUP}"),
    ("warmup_linear(1, 900, 500)", f"warmup_linear(total_steps=500) must be at least warmup_steps=900; {WARMUP}"),
    (
        "warmup_polynomial(1, 900, 500)",
        f"warmup_polynomial(total_steps=500) must be at least warmup_steps=900; {WARMUP}",
    ),
    (
        "warmup_inverse_sqrt(1, 0)",
        "warmup_inverse_sqrt(warmup_steps=0) must be at least 1 without a timescale, which is warmup_steps; "
        "give timescale=1000.",
    ),
    ("join([], [])", "join(schedules=[]) must have one schedule or more; give the pieces in order."),
    ("join([1], [2])", f"join(boundaries=[2]) must be one shorter than schedules, of length 0 and not 1; {PIECES}"),
    (
        "join([1, 2, 3], [5])",
        f"join(boundaries=[5]) must be one shorter than schedules, of length 2 and not 1; {PIECES}",
    ),
    (
        "join([1, 2, 3], [9, 5])",
        "join(boundaries[1]=5) must be after 9; sort the boundaries together with their pieces.",
    ),
    ("join([1, 2, 3], [9, 9.2])", "join(boundaries[1]=9) must not repeat; leave out the piece of no steps."),
    (
        "piecewise_constant([1], [5])",
        "piecewise_constant(values=[1.0]) must be one longer than boundaries, of length 2 and not 1; "
        "values[0] is the value at step 0.",
    ),
    (
        "piecewise_interpolate([], [])",
        "piecewise_interpolate(values=[]) must be one longer than boundaries, of length 1 and not 0; "
        "values[0] is the value at step 0.",
    ),
    ("restart(1, 0)", "restart(period=0) must be at least 1; a period has one step or more."),
    ("sgdr(1, 0, -3)", "sgdr(period=-3) must be at least 1; a period has one step or more."),
    (
        "cyclic(0, 1, 5, step_size_down=0)",
        "cyclic(step_size_down=0) must be at least 1; a period has one step or more.",
    ),
    (
        "radam_warmup(0.5)",
        "radam_warmup(beta_2=0.5) must be greater than 0.6 and less than 1; 0.999 is Adam's default.",
    ),
    (
        "radam_warmup(1.0)",
        "radam_warmup(beta_2=1.0) must be greater than 0.6 and less than 1; 0.999 is Adam's default.",
    ),
    (
        "radam_warmup(0.6)",
        "radam_warmup(beta_2=0.6) must be greater than 0.6 and less than 1; 0.999 is Adam's default.",
    ),
    ("noam(512, 0)", "noam(warmup_steps=0) must be at least 1; a period has one step or more."),
    ("restart(1, 5, period_mult=0.5)", f"restart(period_mult=0.5) {CYCLES}"),
    ("restart(1, 5, period_mult=1.001)", f"restart(period_mult=1.001) {CYCLES}"),
    (
        "restart(1, 5, period_mult=1e308)",
        "restart(period_mult=1e+308) must be at most 2**53; with so long a cycle there is but one.",
    ),
    ("restart(1, 5, value_mult=0)", f"restart(value_mult=0) {DECAY}"),
    ("exponential_decay(1, 0)", f"exponential_decay(decay_rate=0) {DECAY}"),
    ("step_decay(1, -0.1, 3)", f"step_decay(decay_rate=-0.1) {DECAY}"),
    (
        "exponential_decay(1, 0.9, decay_steps=0)",
        "exponential_decay(decay_steps=0) must be greater than 0; give a number of steps.",
    ),
    ("power_law(1, 0, -0.5)", "power_law(timescale=0) must be greater than 0; give a number of steps."),
    ("power_law(1, 10, float('inf'))", "power_law(power=inf) must be finite; give a number that float64 holds."),
    ("cosine_power(1, 0, 9, power=0)", "cosine_power(power=0) must be greater than 0; 1.0 is a straight line."),
    ("inverse_sqrt(1, -3)", "inverse_sqrt(timescale=-3) must be greater than 0; give a number of steps."),
    (
        "natural_exp_decay(1, -1)",
        "natural_exp_decay(rate=-1) must be at least 0; a positive rate makes the value fall.",
    ),
    ("polynomial(1, 0, 9, power=0)", "polynomial(power=0) must be greater than 0; 1.0 is a straight line."),
    ("round_to(1, 0)", f"round_to(multiple=0) {DIVISOR}"),
    ("exponential(1, 0, 9)", f"exponential(end_value=0) {DIVISOR}"),
    ("wsd(1, 2, 9, 4, decay=exponential)", f"wsd: cooldown: exponential(end_value=0.0) {DIVISOR}"),
    ("one_cycle(1e308, 9, div_factor=1e-300)", f"one_cycle: cosine(init_value=inf) {FINITE}"),
    ("stretch(1, 0)", "stretch(factor=0) must be greater than 0; 2 makes a schedule twice as long."),
    ("one_cycle(1, 9, pct_start=30)", "one_cycle(pct_start=30) must be between 0 and 1; 0.3 is 30 %."),
    ("one_cycle(1, 9, pct_start=-0.1)", "one_cycle(pct_start=-0.1) must be between 0 and 1; 0.3 is 30 %."),
    (
        "one_cycle(1, 9, pct_start=0.7, three_phase=True)",
        "one_cycle(pct_start=0.7) must be at most 0.5 with three_phase; the first two phases take it twice.",
    ),
    ("cyclic(0, 1, 5, mode='triangle')", f"cyclic(mode='triangle') {MODES}; did you mean 'triangular'?"),
    ("cyclic(0, 1, 5, mode='zigzag')", f"cyclic(mode='zigzag') {MODES}; write 'triangular'."),
]

TABLE = [(call, TypeError, text) for call, text in BAD_TYPES] + [(call, ValueError, text) for call, text in BAD_VALUES]


@pytest.mark.parametrize(("call", "kind", "text"), TABLE, ids=[call for call, _, _ in TABLE])
def test_message(call, kind, text):
    """The error of a bad call, to the letter."""
    with pytest.raises(kind) as caught:
        eval(call, dict(NAMES))
    assert str(caught.value) == text


def test_the_table_is_broad():
    """Every schedule that can be called wrongly with one number stands in the table, and no call stands twice."""
    assert len(TABLE) >= 80
    assert len({call for call, _, _ in TABLE}) == len(TABLE)


# Data.

LINEAR = {"name": "linear", "args": {"init_value": 0.0, "end_value": 1.0, "steps": 9}}
SHORT = {"name": "linear", "args": {"init_value": 0.0, "end_value": 1.0, "steps": -2}}


def config(name, /, **args):
    return {"lrsched": 1, "name": name, "args": args}


def nested(levels):
    inner = LINEAR
    for _ in range(levels):
        inner = {"name": "scale", "args": {"schedule": inner, "factor": 1.0}}
    return {"lrsched": 1, **inner}


def nested_list(levels):
    inner: list = []
    for _ in range(levels):
        inner = [inner]
    return config("join", schedules=inner, boundaries=[])


def endless():
    loop = config("scale", factor=1.0)
    loop["args"]["schedule"] = {"name": "scale", "args": loop["args"]}
    return loop


DEEP = "from_config: nested deeper than 160; build such a schedule in code."
BAD_CONFIGS = [
    ([], TypeError, "from_config([]) must be a dict, not list; json.load gives one."),
    (
        "linear(0, 1, 9)",
        TypeError,
        "from_config('linear(0, 1, 9)') must be a dict, not str; lrsched.parse reads an expression.",
    ),
    ({}, ValueError, 'from_config({}) must have the key "lrsched"; write "lrsched": 1.'),
    (
        {"lrsched": 2, **LINEAR},
        ValueError,
        "from_config(lrsched=2) must be of version 1; a newer one needs a newer lrsched.",
    ),
    ({"lrsched": "1", **LINEAR}, TypeError, "from_config(lrsched='1') must be an int, not str; write \"lrsched\": 1."),
    ({"lrsched": True, **LINEAR}, TypeError, 'from_config(lrsched=True) must be an int, not bool; write "lrsched": 1.'),
    (
        {"lrsched": 1, "args": {}},
        ValueError,
        'from_config: the key "name" is missing; write the name of a schedule, such as "linear".',
    ),
    ({**config("linear"), "arg": 1}, ValueError, "from_config: unknown key 'arg'; did you mean 'args'?"),
    ({**config("linear"), "zzz": 1}, ValueError, "from_config: unknown key 'zzz'; known are name, args."),
    (
        config(3),
        TypeError,
        "from_config: the name 3 must be a str, not int; write that of a schedule, such as 'linear'.",
    ),
    (config("linaer"), ValueError, "from_config: unknown schedule 'linaer'; did you mean 'linear'?"),
    (
        {"lrsched": 1, "name": "linear", "args": [0, 1, 9]},
        TypeError,
        "linear: args=[0, 1, 9] must be a dict of parameters, not list; name each value.",
    ),
    (
        {"lrsched": 1, "name": "linear", "args": {3: 0.0}},
        TypeError,
        "linear: the parameter 3 must be named by a str, not int; known are init_value, end_value, steps.",
    ),
    (
        config("linear", init_value=0.0, end_value=1.0, step=9),
        TypeError,
        "linear(step=...) is not a parameter; did you mean 'steps'?",
    ),
    (
        config("linear", init_value=0.0, end_value=1.0),
        TypeError,
        "linear(init_value, end_value, steps) is missing steps; write steps=...",
    ),
    (
        config("linear", init_value="fast", end_value=1.0, steps=9),
        ValueError,
        f"linear.init_value: column 1: unknown name 'fast'; {GIVE}",
    ),
    (
        config("linear", init_value="'3e-4'", end_value=1.0, steps=9),
        TypeError,
        f"linear(init_value='3e-4') must be a number, not str; write 0.0003 without quotes{QUOTES}",
    ),
    (
        config("linear", init_value="linear(0, 1, 9)", end_value=1.0, steps=9),
        TypeError,
        f"linear(init_value=linear(...)) must be a number, not Schedule; {NUMBER}",
    ),
    (
        config("join", schedules=["1", "linear(0, 1, )"], boundaries=["5"]),
        ValueError,
        "join.schedules[1]: column 1: linear(init_value, end_value, steps) is missing steps; write steps=...",
    ),
    (
        config("warmup", schedule=1, steps=5, ramp={"name": "polynomial", "args": {"pover": 2}}),
        ValueError,
        "warmup(ramp=partial(polynomial, ...)) has a parameter 'pover' that polynomial does not have; "
        "did you mean 'power'?",
    ),
    (
        config("warmup", schedule=1, steps=5, ramp={"name": "polinomial"}),
        ValueError,
        "warmup.ramp: unknown schedule 'polinomial'; did you mean 'polynomial'?",
    ),
    (config("scale", schedule=SHORT, factor=2), ValueError, f"scale.schedule: linear(steps=-2) {COUNT}"),
    (
        config("join", schedules=[LINEAR, SHORT], boundaries=[5]),
        ValueError,
        f"join.schedules[1]: linear(steps=-2) {COUNT}",
    ),
    (
        config("join", schedules=[{"name": "scale", "args": {"schedule": SHORT, "factor": 2}}], boundaries=[]),
        ValueError,
        f"join.schedules[0].scale.schedule: linear(steps=-2) {COUNT}",
    ),
    (
        config("join", schedules=[{"name": "linaer"}], boundaries=[]),
        ValueError,
        "join.schedules[0]: unknown schedule 'linaer'; did you mean 'linear'?",
    ),
    (
        config("join", schedules=[{**LINEAR, "lrsched": 2}], boundaries=[]),
        ValueError,
        "join.schedules[0]: from_config(lrsched=2) must be of version 1; a newer one needs a newer lrsched.",
    ),
    (
        config("scale", schedule=config("join")["args"], factor=1),
        ValueError,
        'scale.schedule: the key "name" is missing; write the name of a schedule, such as "linear".',
    ),
    (
        config("warmup", schedule=LINEAR, steps=5, ramp="liner"),
        ValueError,
        "warmup.ramp: column 1: unknown name 'liner'; did you mean 'linear'?",
    ),
    (config("warmup", schedule=LINEAR, steps=5, ramp=None), TypeError, f"warmup(ramp=None) {RAMP}"),
    (
        config("linear", init_value=HUGE, end_value=0, steps=9),
        ValueError,
        f"linear(init_value=<int of 16610 bits>) {FINITE}",
    ),
    (nested(161), ValueError, DEEP),
    (nested(400), ValueError, DEEP),
    (nested_list(400), ValueError, DEEP),
    (endless(), ValueError, DEEP),
]


@pytest.mark.parametrize(("data", "kind", "text"), BAD_CONFIGS, ids=range(len(BAD_CONFIGS)))
def test_config_message(data, kind, text):
    """The error of a config says the path to its place."""
    with pytest.raises(kind) as caught:
        lr.from_config(data)
    assert str(caught.value) == text


@pytest.mark.parametrize("name", ["z" * 1_000_000, "__import__", ""])
def test_unknown_name_is_brief(name):
    """A message stays readable, however long the name is."""
    with pytest.raises(
        ValueError, match=r"^from_config: unknown schedule '.*'; known are add, batch_size_ramp, clamp_max,"
    ) as caught:
        lr.from_config(config(name))
    assert len(str(caught.value)) < 2_000


def test_config_of_a_callable():
    """What no config can hold is refused when it is written."""
    for schedule in (lr.scale(abs, 2), lr.warmup(1.0, 5, ramp=lambda a, b, n: lr.linear(a, b, n + 1))):
        with pytest.raises(
            ValueError, match=r"is a plain callable, which no config can hold; make it a formula: @schedule\.$"
        ):
            schedule.to_config()


# Formulas of one's own.


def test_formula_without_a_unit():
    with pytest.raises(TypeError) as caught:

        @lr.schedule
        def unit_missing(xp, rate: float):
            return lambda t: rate

    assert str(caught.value) == (
        "unit_missing(rate: float) must be annotated with what it is; lrsched.types.Value is a rate."
    )


def test_formula_without_an_annotation():
    with pytest.raises(TypeError) as caught:

        @lr.schedule
        def annotation_missing(xp, rate):
            return lambda t: rate

    assert (
        str(caught.value)
        == "annotation_missing(rate) must be annotated with what it is; lrsched.types.Value is a rate."
    )


def test_formula_of_a_known_name():
    text = "linear is already a schedule of lrsched.schedules.ramps; choose another name."
    with pytest.raises(ValueError, match=f"^{re.escape(text)}$"):

        @lr.schedule
        def linear(xp, rate: lr.types.Value):
            return lambda t: rate

    assert lr.parse("linear(0, 1, 9)") == lr.linear(0, 1, 9)


def positional_only(xp, rate: lr.types.Value, /):
    return lambda t: rate


def keyword_only(xp, *, rate: lr.types.Value):
    return lambda t: rate


def many(xp, *rate: lr.types.Value):
    return lambda t: rate


def named(xp, **rate: lr.types.Value):
    return lambda t: rate


@pytest.mark.parametrize("builder", [positional_only, keyword_only, many, named])
def test_formula_of_odd_parameters(builder):
    """The repr gives required parameters by position and the others by name, so that calls must allow it."""
    with pytest.raises(TypeError) as caught:
        lr.schedule(builder)
    assert str(caught.value) == (
        f"{builder.__name__}(rate) must be given by position or by name; leave out / and **, "
        "and write * only before parameters that have a default."
    )


@pytest.mark.parametrize("result", [0.5, None, abs])
def test_composition_of_no_schedule(result):
    """What a composition returns is looked at when the schedule is made, not in the training loop."""

    @lr.composition
    def composed(rate: lr.types.Value):
        return result

    with pytest.raises(TypeError) as caught:
        composed(1.0)
    kind = type(result).__name__
    assert str(caught.value) == f"composed(...) must return a schedule, not {kind}; lrsched.constant(value) is one."


# Steps of a wrong type.

S = lr.linear(1.0, 0.0, 9)
STEP = "a step must be a number or an array"
ARRAY = "a step must be a whole or real number"
BAD_STEPS = [
    ("S('3')", f"linear(...)('3'): {STEP}, not str; {NUMBER}"),
    ("S(None)", f"linear(...)(None): {STEP}, not NoneType; {NUMBER}"),
    ("S(1j)", f"linear(...)(1j): {STEP}, not complex; {NUMBER}"),
    ("S(True)", f"linear(...)(True): {STEP}, not bool; {NUMBER}"),
    ("S(S)", f"linear(...)(linear(1.0, 0.0, 9)): {STEP}, not Schedule; {NUMBER}"),
    ("S([1, 2])", f"linear(...)([1, 2]): {STEP}, not list; numpy.asarray(steps) makes one."),
    ("S(range(3))", f"linear(...)(range(0, 3)): {STEP}, not range; numpy.asarray(steps) makes one."),
    ("S([7] * 100)", f"linear(...)([{'7, ' * 12}...): {STEP}, not list; numpy.asarray(steps) makes one."),
    ("S(np.array([True]))", f"linear(...)(array([ True])): {ARRAY}, not an array of bool; convert it first."),
    ("S(np.True_)", f"linear(...)(np.True_): {ARRAY}, not an array of bool; convert it first."),
    (
        "S(np.array([1], object))",
        f"linear(...)(array([1], dtype=object)): {ARRAY}, not an array of object; convert it first.",
    ),
    ("S(np.array([1j]))", f"linear(...)(array([0.+1.j])): {ARRAY}, not an array of complex128; convert it first."),
    ("S(np.array(['3']))", f"linear(...)(array(['3'], dtype='<U1')): {ARRAY}, not an array of <U1; convert it first."),
    ("S(torch.tensor([True]))", f"linear(...)(tensor([True])): {ARRAY}, not an array of torch.bool; convert it first."),
    ("S(jnp.array(True))", f"linear(...)(Array(True, dtype=bool)): {ARRAY}, not an array of bool; convert it first."),
]


@pytest.mark.parametrize(("call", "text"), BAD_STEPS, ids=[call for call, _ in BAD_STEPS])
def test_step_message(call, text):
    """A step that is none is a TypeError that names its type."""
    with pytest.raises(TypeError) as caught:
        eval(call, {**NAMES, "S": S})
    assert str(caught.value) == text


# What was made never raises.

MADE = {name: case.schedule for name, case in CASES.items()} | {
    "growth": lr.step_decay(1e-3, 1.5, 1),
    "cycles that grow": lr.restart(lr.linear(1.0, 0.0, 5), 5, period_mult=1.05, value_mult=3.0),  # to the largest float
    "many cycles": lr.restart(lr.linear(1.0, 0.0, 5), 5, period_mult=1.01),
    "cycles of NumPy numbers": lr.sgdr(1.0, 0.0, np.int64(3), period_mult=np.float64(1.5)),
    "growth in stairs": lr.round_to(lr.exponential_decay(1.0, 2.0), 0.3),
    "a clock that stands": lr.compose(lr.cosine(1.0, 0.0, 9), 3),
    "a clock that runs": lr.compose(lr.cosine(1.0, 0.0, 900), lr.linear(0.0, 1e12, 10)),
    "stretched far": lr.stretch(lr.cosine(1.0, 0.0, 9), 1e30),
    "no steps": lr.wsd(1.0, 0, 0, 0),
    "the longest": lr.join([lr.cosine(1.0, 0.0, 2**53), 0.5], [2**53]),
    "far ahead": lr.shift(lr.inverse_sqrt(1.0, 5), 2**53),
    "far behind": lr.shift(lr.inverse_sqrt(1.0, 5), -(2**53)),
    "many boundaries": lr.piecewise_constant([0.5**i for i in range(20)], range(1, 20)),
}
every_schedule = pytest.mark.parametrize("schedule", [pytest.param(made, id=name) for name, made in MADE.items()])

NUMBERS = [-(2**31), -1, 0, 1, 2**31 - 1, 2**53, 10**30, 0.5, -0.0, 5e-324, 1e308, math.inf, -math.inf, math.nan]
ARRAYS = [
    np.int8(3),
    np.uint64(2**63),
    np.float16(3),
    np.float64(math.nan),
    np.array(3),
    np.array(3.5),
    np.array([]),
    np.array([], np.int32),
    np.zeros((2, 0, 3), np.int8),
    np.array([-128, 0, 127], np.int8),
    np.array([0, 255], np.uint8),
    np.array([0, 2**64 - 1], np.uint64),
    np.array([-(2**63), 2**63 - 1, 2**53]),
    np.array([0, 65504, math.inf, -math.inf, math.nan], np.float16),
    np.array([1e38, -1e38, 3.0, math.nan], np.float32),
    np.array([1e308, -1e308, 5e-324, math.inf]),
    np.array([1, 2, 3], ">i4"),
    np.arange(24).reshape(4, 6)[::-2, ::3],
    np.asfortranarray(np.arange(6.0).reshape(2, 3)),
    np.broadcast_to(np.arange(3), (4, 3)),  # read-only
    np.ma.masked_array([1, 2, 3], mask=[False, True, False]),
]


def float_like(array):
    """The dtype of values at these steps, by name: their own for floats, else the default of the library."""
    name = str(array.dtype).removeprefix("torch.")
    if "float" in name:
        return name
    return "float64" if isinstance(array, (np.ndarray, np.generic)) else "float32"


def check(values, steps):
    """Of the shape and dtype due, finite, and NaN where the step is."""
    assert values.shape == steps.shape
    assert str(values.dtype).removeprefix("torch.") == float_like(steps)
    values, steps = (np.asarray(x.double() if isinstance(x, torch.Tensor) else x, float) for x in (values, steps))
    assert np.array_equal(np.isnan(values), np.isnan(steps))
    assert not np.isinf(values).any()


@every_schedule
def test_numbers_never_raise(schedule):
    """Every Python number gives a finite Python float, NaN alone gives NaN."""
    for step in NUMBERS:
        value = schedule(step)
        assert type(value) is float
        assert math.isnan(value) if math.isnan(step) else math.isfinite(value)


@every_schedule
def test_arrays_never_raise(schedule):
    """Nor does any NumPy array, which is not written to, either."""
    for steps in ARRAYS:
        before = np.array(steps)
        check(schedule(steps), steps)
        assert np.array_equal(before, np.array(steps), equal_nan=before.dtype.kind == "f")


@every_schedule
def test_tensors_never_raise(schedule):
    """Nor does any tensor, whatever its dtype and layout."""
    for kind in (torch.int8, torch.uint8, torch.int32, torch.int64):
        check(schedule(torch.arange(6).to(kind).reshape(2, 3).T), torch.arange(6).to(kind).reshape(2, 3).T)
    for kind in (torch.bfloat16, torch.float16, torch.float32, torch.float64):
        check(schedule(torch.tensor([0, 1e4, -1, math.nan], dtype=kind)), torch.tensor([0, 1e4, -1, math.nan]).to(kind))
    check(schedule(torch.tensor(3, dtype=torch.uint8)), torch.tensor(3, dtype=torch.uint8))
    check(schedule(torch.tensor([], dtype=torch.int32)), torch.tensor([], dtype=torch.int32))


SOME = [
    "linear",
    "sgdr of broken cycles",
    "join of many pieces",
    "shift ahead",
    "cyclic triangular2",
    "growth in stairs",
]


@pytest.mark.parametrize("name", SOME)
def test_jax_arrays_never_raise(name):
    """Nor does any array of JAX, in 32 bits or less."""
    for kind in (jnp.int8, jnp.uint8, jnp.int32, jnp.uint32):
        steps = jnp.asarray(np.array([0, 3, 3, jnp.iinfo(kind).max], kind))
        check(MADE[name](steps), steps)
    for kind in (jnp.bfloat16, jnp.float16, jnp.float32):
        steps = jnp.asarray(np.array([0.0, jnp.finfo(kind).max, -np.inf, np.nan], kind))
        check(MADE[name](steps), steps)


def test_numbers_of_other_types():
    """A member of an IntEnum, a NumPy longdouble and a memory map are steps like others."""

    class Milestone(enum.IntEnum):
        HALF = 5

    assert S(Milestone.HALF) == S(5)
    assert S(np.longdouble(5)) == pytest.approx(S(5), rel=1e-15)


def test_memory_map(tmp_path):
    """Steps from a file give an array, and leave the file as it is."""
    steps = np.memmap(tmp_path / "steps", np.int64, "w+", shape=(3,))
    steps[:] = [0, 5, 9]
    assert S(steps).tolist() == S(np.array([0, 5, 9])).tolist()
    assert steps.tolist() == [0, 5, 9]


def chain(links):
    """Ever longer chains, each of which can be called; the last that could be made is kept."""
    chains = [lr.linear(1.0, 0.0, 9)]
    with pytest.raises(ValueError, match="must not be nested deeper") as caught:
        chains.extend(chains[-1] * 0.99 for _ in range(links))
    return chains[-1], str(caught.value)


def test_long_chains_are_refused_when_made():
    """A schedule that can be made can be called: nesting too deep for Python is an error of the call that nests."""
    schedule, text = chain(2_000)
    assert text == (
        "scale(schedule=scale(...)) must not be nested deeper than 64; write one formula: @lrsched.schedule."
    )
    assert 0 < schedule(3) < 1
    assert lr.from_config(schedule.to_config()) == lr.parse(repr(schedule)) == schedule


# What was made never changes.


def test_attributes_are_set_for_ever():
    for name in ("formula", "values", "length", "other"):
        with pytest.raises(
            AttributeError,
            match=rf"^linear\(\.\.\.\)\.{name} cannot be set: a schedule is a value; make another one\.$",
        ):
            setattr(S, name, 1)
    with pytest.raises(AttributeError, match=r"^linear\(\.\.\.\)\.formula cannot be deleted: a schedule is a value\.$"):
        del S.formula
    assert repr(S) == "linear(1.0, 0.0, 9)"


def test_what_it_was_made_of_may_change():
    """Lists, arrays and dicts that went in or came out are nobody else's."""
    pieces, boundaries, number = [lr.linear(0.0, 1.0, 5), 0.5], [5], np.array(5.0)
    schedule, scaled = lr.join(pieces, boundaries), lr.scale(S, number)
    pieces.clear()
    boundaries[0] = 7
    number[...] = 0.0
    schedule.parameters["schedules"] = ()
    schedule.to_config()["args"].clear()
    assert schedule == lr.join([lr.linear(0.0, 1.0, 5), 0.5], [5])
    assert scaled == lr.scale(S, 5.0)


def test_copies_keys_and_references():
    """A copy is the same object; equal schedules are one key; a reference does not keep it."""
    assert copy.copy(S) is copy.deepcopy(S) is S
    assert {S: 1}[lr.linear(1, 0, 9.0)] == 1
    assert len({S, lr.linear(1.0, 0.0, 9), lr.linear(1.0, 0.0, 10)}) == 2
    passing = lr.linear(1.0, 0.0, 77)
    passing(np.arange(3))
    assert weakref.ref(passing)() is passing


def test_lambda_lr():
    """LambdaLR copies the `__dict__` of a callable object and writes it back: there is nothing in it."""

    def make():
        optimizer = torch.optim.SGD([torch.nn.Parameter(torch.ones(1))], lr=0.5)
        return optimizer, torch.optim.lr_scheduler.LambdaLR(optimizer, schedule)

    schedule = lr.warmup_cosine(1.0, 2, 9)
    before = [schedule(t) for t in range(12)]
    optimizer, scheduler = make()
    for _ in range(5):
        optimizer.step()
        scheduler.step()
    file = io.BytesIO()
    torch.save(scheduler.state_dict(), file)
    file.seek(0)
    optimizer, scheduler = make()
    scheduler.load_state_dict(torch.load(file, weights_only=True))
    optimizer.step()
    scheduler.step()
    assert optimizer.param_groups[0]["lr"] == 0.5 * schedule(6)
    assert [schedule(t) for t in range(12)] == before
    assert vars(schedule) == {}


def test_inject_hyperparams():
    """Optax takes a callable object with `init` and `update` for a stateful schedule: a schedule has neither."""
    schedule = lr.warmup_linear(1.0, 4, 9)
    optimizer = optax.inject_hyperparams(optax.adam)(learning_rate=schedule)
    weights = jnp.ones(2)
    state = optimizer.init(weights)
    for step in range(3):
        _, state = jax.jit(optimizer.update)(weights, state)
        assert state.hyperparams["learning_rate"] == jnp.float32(schedule(step))
    assert not {"init", "update"} & set(dir(schedule))


@pytest.mark.filterwarnings("ignore:`torch.jit.script` is deprecated:DeprecationWarning")  # torch, of its own code
def test_gradients_pass_the_checks():
    """A number that is being differentiated is checked for its shape alone: its gradient is not cut off."""
    gradients = [
        jax.grad(lambda peak: lr.linear(peak, 0.0, 4)(1))(2.0),
        jax.jacfwd(lambda peak: lr.linear(peak, 0.0, 4)(jnp.int32(1)))(2.0),
        torch.func.grad(lambda peak: lr.linear(peak, 0.0, 4)(1))(torch.tensor(2.0)),
        torch.func.jacfwd(lambda peak: lr.linear(peak, 0.0, 4)(torch.tensor(1)))(torch.tensor(2.0)),
    ]
    assert [float(gradient) for gradient in gradients] == [0.75] * 4


# Other processes.


def test_pickle_in_a_fresh_process():
    """The bytes alone make the schedule again, without an import of lrsched."""
    schedule = lr.warmup(lr.sgdr(1.0, 0.1, 9, period_mult=2), 3, ramp=lr.cosine)
    code = "import pickle, sys; s = pickle.load(sys.stdin.buffer); print([repr(s), s(5), s.length])"
    run = subprocess.run(
        [sys.executable, "-c", code], input=pickle.dumps(schedule), capture_output=True, check=True, cwd=ROOT
    )
    assert run.stdout.decode().strip() == str([repr(schedule), schedule(5), schedule.length])


def test_spawned_processes():
    """A schedule is what a worker is given to call, bound here already or not."""
    schedule = lr.join([lr.one_cycle(1.0, 10), lr.restart(lr.linear(1.0, 0.0, 5), 5)], [10])
    expected = [schedule(step) for step in range(20)]
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.map(schedule, range(20)) == expected


def test_no_warnings_of_numpy():
    """The last test of arrays holds by itself: this file turns warnings into errors."""
    with warnings.catch_warnings(), pytest.raises(RuntimeWarning):
        np.float32(1e38) * np.float32(1e38)
