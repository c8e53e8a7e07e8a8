"""Load two models in a process that knows no schedule but by `lrsched.adapters.keras`, and train on."""

import json
import sys

import tests.adapters.keras_alone  # noqa: F401  # isort: skip
import keras

import lrsched.adapters.keras
from tests.adapters import keras_spy


def main(saved, checkpoint, momentum):
    """Print what the updates used: of two more epochs after two, and of two after one and a half."""
    used = []
    for path, epochs in ((saved, 2), (checkpoint, 2)):
        model = keras.saving.load_model(path)
        callback = lrsched.adapters.keras.KerasHyperparameter("momentum", lrsched.parse(momentum))
        x, y = keras_spy.data()
        model.fit(x, y, batch_size=4, epochs=epochs, shuffle=False, verbose=0, callbacks=[callback])
        used.append([model.optimizer.rates().tolist(), model.optimizer.momenta().tolist()])
    print(json.dumps(used))


if __name__ == "__main__":
    main(*sys.argv[1:])
