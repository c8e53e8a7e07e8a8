"""Which function a Keras model trains by: one of a callback, for as long as its own `fit` runs."""

from collections.abc import Callable
from functools import partial
from typing import Any

__all__ = ["renew_train_function", "train_by"]


def renew_train_function(model: Any) -> None:
    """Make a train function that shares no compiled step with another: for JAX, equal methods are one, partials not."""
    attributes, step = vars(model), model.train_step
    own = "train_step" in attributes
    attributes["train_step"] = partial(step)
    try:
        model.make_train_function(force=True)
    finally:
        del attributes["train_step"]
        if own:
            attributes["train_step"] = step


def train_by(model: Any, train: Callable[..., Any]) -> None:
    """Let a model train by a function until the next `fit` or `train_on_batch` asks it to make its own.

    Callbacks are not told that a `fit` was interrupted, but each of the two calls `make_train_function` first.
    """

    def make_train_function(force: bool = False) -> Any:
        del vars(model)["make_train_function"]
        model.train_function = None
        return model.make_train_function(force)

    model.train_function = train
    vars(model)["make_train_function"] = make_train_function
