"""An optimizer that keeps what every update used, and a small model for it."""

import keras
import numpy as np
from keras import ops

EPOCH = 5
"""Batches of 4 in an epoch."""

COUNT = 4 * EPOCH
"""Updates in a run of 4 epochs."""


@keras.saving.register_keras_serializable("tests")
class Spy(keras.optimizers.SGD):
    """SGD that keeps, in the compiled step itself, the rate and the momentum of every update."""

    def build(self, variables):
        if not self.built:
            super().build(variables)
            self.seen = [self.add_variable((COUNT,), dtype="float32", name=name) for name in ("rate", "momentum")]

    def update_step(self, gradient, variable, learning_rate):
        now = ops.arange(COUNT) == ops.cast(self.iterations, "int32")
        for seen, used in zip(self.seen, (learning_rate, self.momentum), strict=True):
            self.assign(seen, ops.where(now, ops.cast(used, "float32"), ops.convert_to_tensor(seen)))
        super().update_step(gradient, variable, learning_rate)

    def rates(self):
        """The rate of every update, 0 for those that have not been."""
        return np.array(ops.convert_to_numpy(self.seen[0]))

    def momenta(self):
        """The momentum of every update."""
        return np.array(ops.convert_to_numpy(self.seen[1]))


def data():
    """The points of an epoch, on a line in three dimensions."""
    x = np.random.default_rng(0).normal(size=(4 * EPOCH, 3)).astype(np.float32)
    return x, x @ np.array([[1.0], [-2.0], [0.5]], np.float32)


def build(optimizer, eager=False, per_execution=1, loss="mse"):
    """A linear model."""
    begin = keras.initializers.GlorotUniform(seed=0)
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1, use_bias=False, kernel_initializer=begin)])
    model.compile(optimizer, loss, run_eagerly=eager, steps_per_execution=per_execution)
    return model
