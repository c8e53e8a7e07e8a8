"""What must hold on every backend of Keras. `test_keras.py` runs this file once for each, in a process of its own."""

import copy
import json
import os
import pickle
import shutil
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
from keras import ops

import lrsched as lr
from lrsched.adapters.keras import CurrentValue, KerasHyperparameter, KerasSchedule, TotalSteps, to_keras
from lrsched.adapters.keras_values import BACKEND
from tests.adapters.keras_spy import COUNT, EPOCH, Spy, build, data
from tests.cases import CASES, QUICKLY

# Keras' variables don't know NumPy 2's `copy`, which its own `get_weights` and `save` make NumPy say.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy:DeprecationWarning")

SCHEDULE = lr.warmup_cosine(0.05, 4, COUNT, init_value=0.01, end_value=0.001)
OTHER = lr.join([lr.linear(0.9, 0.5, 10), lr.cosine(0.8, 0.1, 20)], [7])
STEPS = np.arange(COUNT)
LAST = slice(EPOCH - 1, None, EPOCH)  # the last update of each epoch
EAGER = [pytest.param(False, id="compiled"), pytest.param(True, id="eager")]

# One ulp of float32 is 2**-23 of the value. The core is within 5 ulp, times the exponent of e where a power has no
# bound (at most 41 in the table of cases, 2**40 doublings); a value that is a difference of greater ones, such as one
# near the floor of a ramp, errs by as much of the greatest value.
ULP = 2**-23


def fit(schedule, eager=False, epochs=4, callbacks=(), per_execution=1, optimizer=None, **more):
    """The model after some epochs, its history and the spy, which kept what every update used."""
    spy = optimizer or Spy(
        to_keras(schedule, gradient_accumulation_steps=more.get("gradient_accumulation_steps") or 1),
        momentum=0.5,
        **more,
    )
    model = build(spy, eager, per_execution)
    return model, run(model, epochs, callbacks), spy


def run(model, epochs, callbacks=(), first=0):
    x, y = data()
    more = {"epochs": epochs, "initial_epoch": first, "callbacks": list(callbacks), "shuffle": False, "verbose": 0}
    return model.fit(x, y, batch_size=4, **more).history


def per_execution(*numbers):
    """The numbers of steps in an execution that the backend knows: Keras refuses more than one for torch."""
    return pytest.mark.parametrize("per_execution", [n for n in numbers if n == 1 or BACKEND != "torch"])


def assert_equal_float32(used, schedule, steps=STEPS):
    expected = schedule(steps)
    assert used.dtype == np.float32
    np.testing.assert_allclose(used, expected, rtol=5 * ULP, atol=0)


# The values.


@pytest.fixture(scope="module")
def values():
    """The values of all cases: at a tensor of steps, and at some steps alone. On JAX each kind is one program."""
    rates = {name: to_keras(case.schedule) for name, case in CASES.items()}

    def at(step):
        return {name: rate(step) for name, rate in rates.items()}

    if BACKEND == "jax":
        import jax

        at = jax.jit(at, compiler_options=QUICKLY)
    return at(ops.arange(40)), [at(ops.convert_to_tensor(t)) for t in range(0, 40, 13)]


@pytest.mark.parametrize("name", CASES)
def test_values_are_those_of_the_core(values, name):
    """A tensor of steps goes through `keras.ops`, one step too or through Python; both are the schedule."""
    expected = CASES[name].schedule(np.arange(40))
    together = ops.convert_to_numpy(values[0][name])
    alone = np.array([float(one[name]) for one in values[1]])
    assert together.dtype == np.float32
    greatest = np.abs(expected).max()
    np.testing.assert_allclose(together, expected, rtol=5 * 41 * ULP, atol=5 * ULP * min(greatest, 256.0))
    np.testing.assert_allclose(alone, expected[::13], rtol=5 * 41 * ULP, atol=5 * ULP * min(greatest, 256.0))


DTYPES = ("int32", "uint8", "float32", "float16", "bfloat16", *(["int64"] if BACKEND != "jax" else []))
SEVENS = {
    **{type(step).__name__: lambda step=step: step for step in (7, 7.0, np.int64(7), np.uint8(7), np.float32(7))},
    **{f"tensor of {dtype}": lambda dtype=dtype: ops.convert_to_tensor(7, dtype) for dtype in DTYPES},
    "variable": lambda: keras.Variable(7, dtype="int", trainable=False),
}


@pytest.mark.parametrize("seven", list(SEVENS.values()), ids=list(SEVENS))
def test_any_step_gives_float32(seven):
    value = to_keras(SCHEDULE)(seven())
    assert keras.backend.standardize_dtype(value.dtype) == "float32"
    assert tuple(value.shape) == ()
    np.testing.assert_allclose(float(value), SCHEDULE(7), rtol=5 * ULP)


@pytest.mark.parametrize("step", [-3, 0, COUNT, 2**31 - 1])
def test_outside_its_range_a_schedule_holds(step):
    rate = to_keras(SCHEDULE)
    for one in (step, ops.convert_to_tensor(step), ops.convert_to_tensor([step])[0]):
        assert float(rate(one)) == np.float32(SCHEDULE(step))
    assert float(rate(ops.convert_to_tensor([step]))[0]) == np.float32(SCHEDULE(step))


@pytest.fixture
def floatx(request):
    before = keras.config.floatx()
    keras.config.set_floatx(request.param)
    yield request.param
    keras.config.set_floatx(before)


@pytest.mark.parametrize("floatx", ["float16", "bfloat16", "float32", "float64"], indirect=True)
def test_never_narrower_than_float32(floatx):
    """float64 is given where it is the `floatx`, except by JAX; Keras itself computes tensors of torch in float32."""
    wide = floatx == "float64" and BACKEND != "jax"
    long = lr.warmup_cosine(0.05, 1000, 2**30)
    rate, steps = to_keras(long), np.array([0, 999, 70_001, 2**30 - 1, 2**30], np.int32)
    together, alone = rate(ops.convert_to_tensor(steps, "int32")), [rate(int(step)) for step in steps]
    for values, eps in ((together, 2**-52 if BACKEND == "tensorflow" else ULP), (alone, 2**-52)):
        eps = eps if wide else ULP
        assert all(keras.backend.standardize_dtype(v.dtype) == ("float64" if wide else "float32") for v in values)
        values = np.array([float(value) for value in values])
        np.testing.assert_allclose(values, long(steps), rtol=5 * eps)


def test_what_is_no_number_of_a_schedule():
    """A variable of Keras, and a tensor of TensorFlow: what to write is said, for parameters and for steps."""
    foreign = [keras.Variable(1.0, trainable=False), *([ops.convert_to_tensor(1.0)] if BACKEND == "tensorflow" else [])]
    for number in foreign:
        kind = type(number).__name__
        with pytest.raises(
            TypeError, match=rf"^linear\(init_value=.*\) must be a number, or .*, not {kind}; give float\("
        ):
            lr.linear(number, 0.0, 5)
        with pytest.raises(
            TypeError, match=rf"^join\(boundaries\[0\]=.*\) must be a number, .*, not {kind}; give float"
        ):
            lr.join([1.0, 2.0], [number])
        with pytest.raises(TypeError, match=rf"a step must be a number or an array, not {kind}; "):
            lr.linear(1.0, 0.0, 5)(number)
        assert lr.linear(float(number), 0.0, 5) == lr.linear(1.0, 0.0, 5)


# Training.


@pytest.mark.parametrize("eager", EAGER)
@per_execution(1, 3)
def test_fit_uses_the_schedule_and_logs_what_it_used(eager, per_execution):
    _, history, spy = fit(SCHEDULE, eager, callbacks=[CurrentValue()], per_execution=per_execution)
    assert_equal_float32(spy.rates(), SCHEDULE)
    assert all(type(rate) is float for rate in history["lr"])
    assert history["lr"] == spy.rates()[LAST].tolist()


def test_the_optimizers_of_keras_use_the_schedule():
    """Without a spy: where the gradient is 1, SGD subtracts the rate."""
    model = build(keras.optimizers.SGD(to_keras(SCHEDULE)), loss=lambda y, predicted: ops.sum(predicted) / 4)
    model.set_weights([np.zeros_like(w) for w in model.get_weights()])
    x, y = data()
    model.fit(np.ones_like(x), y, batch_size=4, epochs=4, verbose=0)
    np.testing.assert_allclose(model.get_weights()[0].ravel(), -SCHEDULE(STEPS).sum(), rtol=COUNT * ULP)


@pytest.mark.parametrize("eager", EAGER)
def test_accumulated_gradients_count_as_one_update(eager):
    """The schedule counts updates, although Keras asks it for the rate of every batch."""
    _, history, spy = fit(SCHEDULE, eager, callbacks=[CurrentValue()], gradient_accumulation_steps=4)
    updates = COUNT // 4
    assert int(spy.iterations) == updates
    assert_equal_float32(spy.rates()[:updates], SCHEDULE, STEPS[:updates])
    assert history["lr"][-1] == spy.rates()[updates - 1]


def test_a_scaled_loss_changes_nothing():
    scaled = keras.optimizers.LossScaleOptimizer(Spy(to_keras(SCHEDULE), momentum=0.5), initial_scale=2.0)
    momentum = KerasHyperparameter("momentum", OTHER)
    _, history, _ = fit(None, optimizer=scaled, callbacks=[CurrentValue(), momentum])
    spy = scaled.inner_optimizer
    assert_equal_float32(spy.rates(), SCHEDULE)
    assert_equal_float32(spy.momenta(), OTHER)
    assert history["lr"] == spy.rates()[LAST].tolist()


# Saving.


def test_what_keras_serializes_comes_back():
    for case in CASES.values():
        rate = to_keras(case.schedule, gradient_accumulation_steps=3)
        text = json.dumps(keras.saving.serialize_keras_object(rate))
        for back in (
            keras.saving.deserialize_keras_object(json.loads(text)),
            KerasSchedule.from_config(rate.get_config()),
            pickle.loads(pickle.dumps(rate)),
            copy.deepcopy(rate),
        ):
            assert type(back) is KerasSchedule
            assert (back.schedule, back.gradient_accumulation_steps) == (case.schedule, 3)


def test_a_callback_comes_back():
    callback = KerasHyperparameter("momentum", SCHEDULE)
    for back in (pickle.loads(pickle.dumps(callback)), copy.deepcopy(callback)):
        assert type(back) is KerasHyperparameter
        assert (back.name, back.schedule.schedule) == ("momentum", SCHEDULE)


def test_an_optimizer_comes_back():
    optimizer = keras.optimizers.AdamW(to_keras(SCHEDULE), weight_decay=0.1)
    back = keras.optimizers.AdamW.from_config(optimizer.get_config())
    assert back.get_config() == optimizer.get_config()
    assert float(back.learning_rate) == np.float32(SCHEDULE(0))


def test_a_fresh_process_goes_on_with_the_same_rates(tmp_path):
    """Saved by `save` and, inside an epoch, by a checkpoint: the rest of the run is the same to the last bit."""
    path = tmp_path / "model.keras"
    momentum = KerasHyperparameter("momentum", OTHER)
    _, _, whole = fit(SCHEDULE, callbacks=[momentum])
    keep = keras.callbacks.ModelCheckpoint(tmp_path / "{epoch}-{batch}.keras", save_freq=8)
    model, _, _ = fit(SCHEDULE, epochs=2, callbacks=[keep, momentum])
    model.save(path)
    script, checkpoint = Path(__file__).with_name("keras_resume.py"), tmp_path / "2-3.keras"
    root = Path(__file__).parents[2]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    command = [sys.executable, str(script), str(path), str(checkpoint), repr(OTHER)]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    after_save, after_checkpoint = map(np.array, json.loads(done.stdout.splitlines()[-1]))
    np.testing.assert_array_equal(after_save, [whole.rates(), whole.momenta()])
    seen = 8 + 2 * EPOCH
    assert int(np.count_nonzero(after_checkpoint[0])) == seen
    np.testing.assert_array_equal(after_checkpoint[:, :seen], np.array([whole.rates(), whole.momenta()])[:, :seen])


# Lengths that `fit` knows.

TEXT = "warmup_cosine(0.05, 0.2*total, total, init_value=0.01, end_value=0.001)"


def schedule_of(total):
    return lr.warmup_cosine(0.05, 0.2 * total, total, init_value=0.01, end_value=0.001)


@pytest.mark.parametrize("eager", EAGER)
@per_execution(1, 3)
def test_a_text_is_resolved_by_fit(eager, per_execution):
    """Rate and momentum, whichever callback is first."""
    momentum = KerasHyperparameter("momentum", "linear(0.9, 0.1, total)")
    _, history, spy = fit(TEXT, eager, callbacks=[momentum, TotalSteps(), CurrentValue()], per_execution=per_execution)
    assert_equal_float32(spy.rates(), schedule_of(COUNT))
    assert_equal_float32(spy.momenta(), lr.linear(0.9, 0.1, COUNT))
    assert history["lr"] == spy.rates()[LAST].tolist()


def test_a_function_of_the_length_is_resolved_by_fit():
    _, _, spy = fit(schedule_of, epochs=3, callbacks=[TotalSteps()])
    assert_equal_float32(spy.rates()[: 3 * EPOCH], schedule_of(3 * EPOCH), STEPS[: 3 * EPOCH])


def test_a_text_under_accumulation():
    """20 batches, of which 3 make an update: 6 updates, and 2 batches are left."""
    spy = Spy(to_keras(TEXT, gradient_accumulation_steps=3), momentum=0.5, gradient_accumulation_steps=3)
    fit(None, optimizer=spy, callbacks=[TotalSteps()])
    assert_equal_float32(spy.rates()[:6], schedule_of(6), STEPS[:6])


def test_a_run_that_is_resumed(tmp_path):
    """From the model as it is, and from a file; the schedule is that of the whole run."""
    spy = Spy(to_keras(TEXT), momentum=0.5)
    model = build(spy)
    with pytest.raises(KeyboardInterrupt):
        run(model, 4, [TotalSteps(), Stop(2)])
    model.save(tmp_path / "model.keras")
    for resumed in (model, keras.saving.load_model(tmp_path / "model.keras")):
        run(resumed, 4, [TotalSteps()], first=2)
        assert_equal_float32(resumed.optimizer.rates(), schedule_of(COUNT))
        assert resumed.optimizer._learning_rate.schedule == schedule_of(COUNT)
        assert resumed.optimizer._learning_rate.plan == TEXT


class Stop(keras.callbacks.Callback):
    """Ends a fit before an epoch, as a lost machine may."""

    def __init__(self, epoch):
        super().__init__()
        self.epoch = epoch

    def on_epoch_begin(self, epoch, logs=None):
        if epoch == self.epoch:
            raise KeyboardInterrupt


def test_a_longer_run_has_another_schedule():
    """Which is said."""
    model, _, spy = fit(TEXT, epochs=2, callbacks=[TotalSteps()])
    with pytest.warns(UserWarning, match=r"the schedule was warmup_cosine\(0\.05, 2, 10, .* in this run of 20 updates"):
        run(model, 4, [TotalSteps()], first=2)
    expected = [schedule_of(10)(t) if t < 10 else schedule_of(20)(t) for t in range(20)]
    np.testing.assert_allclose(spy.rates(), expected, rtol=5 * ULP)


def test_a_backup_is_restored(tmp_path):
    """By Keras' own callback, whichever is first."""
    model = build(Spy(to_keras(TEXT), momentum=0.5))
    with pytest.raises(KeyboardInterrupt):
        run(model, 4, [keras.callbacks.BackupAndRestore(tmp_path / "0"), TotalSteps(), Stop(2)])
    shutil.copytree(tmp_path / "0", tmp_path / "1")  # a run that ends deletes its backup
    for place in (0, 1):
        model = build(Spy(to_keras(TEXT), momentum=0.5))
        callbacks = [TotalSteps()]
        callbacks.insert(place, keras.callbacks.BackupAndRestore(tmp_path / str(place)))
        run(model, 4, callbacks)
        assert_equal_float32(model.optimizer.rates(), schedule_of(COUNT))


# Keras warns of what it does not load.
@pytest.mark.filterwarnings("ignore:Skipping variable loading for optimizer:UserWarning")
def test_a_lost_count_is_noticed(tmp_path):
    """Weights that are loaded before the optimizer is built come without its count; after it is built, with it."""
    model, _, _ = fit(SCHEDULE, epochs=2)
    model.save_weights(tmp_path / "a.weights.h5")
    message = r"\(initial_epoch=2\) begins with an optimizer that has made no update; load the weights after model\.opt"
    momentum = KerasHyperparameter("momentum", OTHER)
    for rate, callback in ((SCHEDULE, CurrentValue()), (TEXT, TotalSteps()), (SCHEDULE, momentum)):
        lost = build(Spy(to_keras(rate), momentum=0.5))
        lost.load_weights(tmp_path / "a.weights.h5")
        with pytest.raises(ValueError, match=message):
            run(lost, 4, [callback], first=2)
    kept = build(Spy(to_keras(SCHEDULE), momentum=0.5))
    kept.optimizer.build(kept.trainable_variables)
    kept.load_weights(tmp_path / "a.weights.h5")
    run(kept, 4, [CurrentValue()], first=2)
    assert_equal_float32(kept.optimizer.rates(), SCHEDULE)


def test_a_text_before_its_length_is_known(tmp_path):
    """Is saved as it is, and asks for the callback when it is needed."""
    rate = to_keras(TEXT)
    for back in (KerasSchedule.from_config(rate.get_config()), pickle.loads(pickle.dumps(rate))):
        assert (back.plan, back.schedule) == (TEXT, None)
    message = (
        r"to_keras\(schedule='warmup_cosine\(.* must be given the length of the run; give fit the callback lrsched"
    )
    with pytest.raises(ValueError, match=message):
        rate(3)
    with pytest.raises(ValueError, match=message):
        fit(TEXT, eager=True, epochs=1)
    assert to_keras("linear(1, 0, 9)").schedule == lr.linear(1.0, 0.0, 9)
    with pytest.raises(
        ValueError, match=r"to_keras\(<function schedule_of .*\) can be saved after a fit with TotalSteps"
    ):
        to_keras(schedule_of).get_config()


def test_the_column_of_the_rate(tmp_path):
    """`CurrentValue` before the callback that writes it."""
    log = keras.callbacks.CSVLogger(tmp_path / "log.csv")
    _, history, _ = fit(SCHEDULE, callbacks=[CurrentValue(), log])
    header, *lines = (tmp_path / "log.csv").read_text().splitlines()
    column = header.split(",").index("lr")
    assert [float(line.split(",")[column]) for line in lines] == history["lr"]


# The other numbers of an optimizer.


@pytest.mark.parametrize("eager", EAGER)
@per_execution(1, 3)
def test_momentum_follows_a_schedule(eager, per_execution):
    momentum = KerasHyperparameter("momentum", OTHER)
    model, history, spy = fit(SCHEDULE, eager, callbacks=[momentum], per_execution=per_execution)
    assert_equal_float32(spy.momenta(), OTHER)
    assert_equal_float32(spy.rates(), SCHEDULE)
    assert history["momentum"] == spy.momenta()[LAST].tolist()
    assert spy.momentum == 0.5
    assert type(spy.momentum) is float
    run(model, 1)
    assert spy.momenta()[0] == np.float32(OTHER(0))  # the fit without the callback wrote behind the end


@pytest.mark.parametrize("eager", EAGER)
def test_a_fit_without_the_callback_uses_the_number(eager):
    """Compiled steps are made anew in both directions."""
    model, _, spy = fit(SCHEDULE, eager, epochs=1)
    run(model, 2, [KerasHyperparameter("momentum", OTHER)], first=1)
    run(model, 3, first=2)
    used = spy.momenta()
    first, second, third = (slice(EPOCH * i, EPOCH * (i + 1)) for i in range(3))
    assert set(used[first].tolist()) == {0.5} == set(used[third].tolist())
    assert_equal_float32(used[second], OTHER, STEPS[second])
    assert_equal_float32(spy.rates()[: 3 * EPOCH], SCHEDULE, STEPS[: 3 * EPOCH])


class Interrupt(keras.callbacks.Callback):
    """Ends a fit before its third step, as a user may."""

    def on_train_batch_begin(self, batch, logs=None):
        if batch == 2:
            raise KeyboardInterrupt


@pytest.mark.parametrize("eager", EAGER)
@pytest.mark.parametrize("then", ["fit", "train_on_batch", "compile and fit", "fit with a callback"])
def test_an_interrupted_fit_leaves_the_number(eager, then):
    first, second = KerasHyperparameter("momentum", OTHER), KerasHyperparameter("momentum", lr.constant(0.25))
    spy = Spy(to_keras(SCHEDULE), momentum=0.5)
    model = build(spy, eager)
    with pytest.raises(KeyboardInterrupt):
        run(model, 1, [first, Interrupt()])
    assert spy.momentum == 0.5
    if then == "train_on_batch":
        x, y = data()
        for _ in range(3):
            model.train_on_batch(x[:4], y[:4])
    else:
        if then == "compile and fit":
            model.compile(spy, "mse", run_eagerly=eager)
        run(model, 1, [second] if then == "fit with a callback" else [])
    used = spy.momenta()[: 2 + 3]
    assert_equal_float32(used[:2], OTHER, STEPS[:2])
    assert set(used[2:].tolist()) == {0.25 if then == "fit with a callback" else 0.5}


# On JAX, Keras itself loses the weights when the first step of a fit is interrupted while it is compiled.
@pytest.mark.parametrize("eager", EAGER if BACKEND != "jax" else EAGER[1:])
def test_an_interrupted_step_leaves_the_number(eager):
    """A loss interrupts: a step that is eager its third time, and one that is compiled while that is done."""
    calls = []

    def loss(y, predicted):
        calls.append(None)
        if interrupts and len(calls) == (3 if eager else 1):
            raise KeyboardInterrupt
        return ops.mean((y - predicted) ** 2)

    interrupts = False
    spy = Spy(to_keras(SCHEDULE), momentum=0.5)
    model = build(spy, eager, loss=loss)
    run(model, 1)  # builds what a first step builds
    interrupts, calls = True, []
    with pytest.raises(KeyboardInterrupt):
        run(model, 1, [KerasHyperparameter("momentum", OTHER)])
    assert spy.momentum == 0.5
    assert type(spy.momentum) is float
    interrupts, before = False, int(spy.iterations)
    run(model, 1)
    assert set(spy.momenta()[before : before + EPOCH].tolist()) == {0.5}


@pytest.mark.parametrize("eager", EAGER)
def test_a_batch_that_a_callback_trains_uses_the_number(eager):
    class Trains(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            if batch == 2:
                x, y = data()
                self.model.train_on_batch(x[:4], y[:4])

    two = [KerasHyperparameter("momentum", OTHER), KerasHyperparameter("weight_decay", lr.constant(0.2)), Trains()]
    spy = Spy(to_keras(SCHEDULE), momentum=0.5, weight_decay=0.1)
    run(build(spy, eager), 1, two)
    used, steps = spy.momenta()[: EPOCH + 1], STEPS[: EPOCH + 1]
    assert used[3] == 0.5
    assert_equal_float32(np.delete(used, 3), OTHER, np.delete(steps, 3))


GIVEN = {
    "int": ("clipnorm", 1),
    "float32": ("clipnorm", np.float32(0.5)),
    "float64": ("clipnorm", np.float64(0.5)),
    "int64": ("global_clipnorm", np.int64(2)),
    # On JAX, Keras' `clip` takes no variable for `clipvalue`, and says so.
    "float": ("clipvalue" if BACKEND != "jax" else "global_clipnorm", 0.5),
}


@pytest.mark.parametrize(("name", "given"), list(GIVEN.values()), ids=list(GIVEN))
def test_clipping_follows_a_schedule(name, given):
    """SGD at rate 1 with a gradient of 1 in each of 3 numbers, clipped; the number may be of any kind."""
    bound = lr.linear(0.1, 0.01, COUNT)
    optimizer = keras.optimizers.SGD(1.0, **{name: given})
    model = build(optimizer, loss=lambda y, predicted: ops.sum(predicted) / 4)
    model.set_weights([np.zeros_like(w) for w in model.get_weights()])
    x, y = data()
    model.fit(np.ones_like(x), y, batch_size=4, epochs=4, callbacks=[KerasHyperparameter(name, bound)], verbose=0)
    each = bound(STEPS).sum() / (1 if name == "clipvalue" else 3**0.5)
    np.testing.assert_allclose(model.get_weights()[0].ravel(), -each, rtol=COUNT * ULP)
    assert vars(optimizer)[name] is given


@pytest.mark.parametrize("given", [1, np.float32(0.1)], ids=["int", "float32"])
def test_a_decay_may_be_of_any_kind(given):
    decay = lr.linear(0.8, 0.1, COUNT)
    model = build(keras.optimizers.SGD(0.5, weight_decay=given), loss=lambda y, predicted: 0.0 * ops.sum(predicted))
    model.set_weights([np.ones_like(w) for w in model.get_weights()])
    run(model, 4, [KerasHyperparameter("weight_decay", decay)])
    expected = np.prod(1 - 0.5 * decay(STEPS))
    np.testing.assert_allclose(model.get_weights()[0].ravel(), expected, rtol=COUNT * ULP)


@pytest.mark.parametrize("eager", EAGER)
def test_weight_decay_and_beta_follow_two_schedules(eager):
    """The optimizer of Keras itself: with no gradient, AdamW multiplies the weights by 1 - rate*decay."""
    decay = lr.linear(0.8, 0.1, COUNT)
    optimizer = keras.optimizers.AdamW(to_keras(SCHEDULE), weight_decay=0.1)
    model = build(optimizer, eager, loss=lambda y, predicted: 0.0 * ops.sum(predicted))
    model.set_weights([np.ones_like(w) for w in model.get_weights()])
    callbacks = [KerasHyperparameter("weight_decay", decay), KerasHyperparameter("beta_2", lr.linear(0.9, 0.99, COUNT))]
    history = run(model, 4, callbacks)
    expected = np.prod(1 - SCHEDULE(STEPS) * decay(STEPS))
    np.testing.assert_allclose(model.get_weights()[0].ravel(), expected, rtol=COUNT * ULP)
    assert history["weight_decay"][-1] == np.float32(decay(COUNT - 1))
    assert len(optimizer.variables) == 3  # the count of updates, and two for the weights: nothing else is saved
    assert (optimizer.weight_decay, optimizer.beta_2) == (0.1, 0.999)


# The history.


def test_other_rates_are_logged_too():
    """A number, and a schedule of Keras."""
    polynomial = keras.optimizers.schedules.PolynomialDecay(0.1, COUNT)
    for rate in (0.25, polynomial):
        _, history, spy = fit(None, optimizer=Spy(rate, momentum=0.5), callbacks=[CurrentValue()])
        # Keras' own formula is not the same program when it is compiled with the step.
        np.testing.assert_allclose(history["lr"], spy.rates()[LAST], rtol=5 * ULP)


# Bad input.


def nothing(t):
    return 0.1


def endless():
    while True:
        yield np.ones((4, 3)), np.ones((4, 1))


CHECKED = "KerasHyperparameter(name="
ERRORS = {
    "a number": (
        lambda: to_keras(0.1),
        TypeError,
        "to_keras(schedule=0.1) must be a schedule of lrsched; lrsched.const",
    ),
    "a function of the step": (
        lambda: fit(nothing, callbacks=[TotalSteps()]),
        TypeError,
        "to_keras(schedule=<function nothing at",
    ),
    "the function of a schedule": (lambda: to_keras(lr.cosine), TypeError, "must be a schedule of lrsched"),
    "a text with a typo": (
        lambda: to_keras("cosin(1, 0, total)"),
        ValueError,
        "column 1: unknown schedule 'cosin'; did you mean 'cosine'?",
    ),
    "another name than total": (
        lambda: to_keras("cosine(1, 0, steps)"),
        ValueError,
        "column 14: unknown name 'steps'; ",
    ),
    "a length for a number": (
        lambda: fit(None, optimizer=Spy(0.1, momentum=0.5), callbacks=[TotalSteps()]),
        ValueError,
        "must be a schedule of to_keras; write Spy(to_keras(",
    ),
    "a second run": (
        lambda: [run(model, 1, [TotalSteps()]) for model in [fit(TEXT, callbacks=[TotalSteps()])[0]]],
        ValueError,
        "TotalSteps(initial_epoch=0) must be that of a run with 20 updates; go on with fit(initial_epoch=...), or",
    ),
    "an unknown length": (
        lambda: build(Spy(to_keras(TEXT), momentum=0.5)).fit(
            endless(), epochs=1, callbacks=[TotalSteps()], verbose=0, shuffle=False
        ),
        ValueError,
        "TotalSteps(steps=None) must be known; give fit the batches of an epoch: steps_per_epoch=1000.",
    ),
    "a schedule of Keras": (
        lambda: KerasHyperparameter("momentum", keras.optimizers.schedules.PolynomialDecay(0.1, 9)),
        TypeError,
        "must be a schedule of lrsched; lrsched.constant makes one of a number; write @lrsched.schedule for a formula",
    ),
    "a number for momentum": (
        lambda: KerasHyperparameter("momentum", 0.9),
        TypeError,
        "KerasHyperparameter(schedule=0.9) must be a schedule of lrsched; lrsched.const",
    ),
    "no accumulation": (
        lambda: to_keras(SCHEDULE, gradient_accumulation_steps=0),
        ValueError,
        "to_keras(gradient_accumulation_steps=0) must be a whole number from 1 on; it is the one that the optimizer",
    ),
    "a name with an error": (
        lambda: fit(SCHEDULE, callbacks=[KerasHyperparameter("momentun", OTHER)]),
        ValueError,
        f"{CHECKED}'momentun') must be a number of Spy; did you mean 'momentum'?",
    ),
    "the rate": (
        lambda: fit(SCHEDULE, callbacks=[KerasHyperparameter("learning_rate", OTHER)]),
        ValueError,
        f"{CHECKED}'learning_rate') must be another number than the rate; write Spy(to_keras(schedule)).",
    ),
    "None": (
        lambda: fit(SCHEDULE, callbacks=[KerasHyperparameter("weight_decay", OTHER)]),
        ValueError,
        f"{CHECKED}'weight_decay') must be a number of Spy other than 0, and is None; give Spy a number to begin with.",
    ),
    "0": (
        lambda: fit(None, optimizer=Spy(0.1), callbacks=[KerasHyperparameter("momentum", OTHER)]),
        ValueError,
        f"{CHECKED}'momentum') must be a number of Spy other than 0, and is 0.0; give Spy a number to begin with.",
    ),
    "no number": (
        lambda: fit(SCHEDULE, callbacks=[KerasHyperparameter("nesterov", OTHER)]),
        ValueError,
        f"{CHECKED}'nesterov') must be a number of Spy other than 0, and is False; give Spy a number to begin with.",
    ),
    "a number that is read once": (
        lambda: fit(
            None,
            optimizer=keras.optimizers.Adagrad(0.1),
            callbacks=[KerasHyperparameter("initial_accumulator_value", OTHER)],
        ),
        ValueError,
        f"{CHECKED}'initial_accumulator_value') must be a number that every update reads; give Adagrad another one",
    ),
    "a count": (
        lambda: fit(
            SCHEDULE,
            gradient_accumulation_steps=2,
            callbacks=[KerasHyperparameter("gradient_accumulation_steps", OTHER)],
        ),
        ValueError,
        f"{CHECKED}'gradient_accumulation_steps') must be a number that every update reads",
    ),
    "accumulation of the optimizer alone": (
        lambda: fit(
            None,
            optimizer=Spy(to_keras(SCHEDULE), gradient_accumulation_steps=2),
            callbacks=[CurrentValue()],
        ),
        ValueError,
        "to_keras(gradient_accumulation_steps=1) must be that of Spy, which is 2; give both the same number, or none.",
    ),
    "accumulation of the schedule alone": (
        lambda: fit(
            None,
            optimizer=keras.optimizers.LossScaleOptimizer(
                Spy(to_keras(SCHEDULE, gradient_accumulation_steps=2), momentum=0.5)
            ),
            callbacks=[KerasHyperparameter("momentum", OTHER)],
        ),
        ValueError,
        "to_keras(gradient_accumulation_steps=2) must be that of Spy, which is None; give both the same number",
    ),
    "a callable child": (
        lambda: to_keras(lr.warmup(nothing, 3)).get_config(),
        ValueError,
        "warmup(...).to_config()",
    ),
    "a config of another format": (
        lambda: KerasSchedule.from_config({"initial_learning_rate": 0.1}),
        ValueError,
        'must have the key "schedule"; get_config() of a KerasSchedule gives one.',
    ),
    "a config of another version": (
        lambda: KerasSchedule.from_config({"schedule": {**SCHEDULE.to_config(), "lrsched": 2}}),
        ValueError,
        "must be of version 1",
    ),
    "a config with another key": (
        lambda: KerasSchedule.from_config({**to_keras(SCHEDULE).get_config(), "warmup": 3}),
        ValueError,
        "must not have the key 'warmup'; known are schedule, plan, gradient_accumulation_steps.",
    ),
}


@pytest.mark.parametrize(("make", "kind", "text"), list(ERRORS.values()), ids=list(ERRORS))
def test_errors_say_what_to_do(make, kind, text):
    with pytest.raises(kind) as error:
        make()
    assert text in str(error.value)
