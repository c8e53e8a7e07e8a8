"""What callbacks ask of the optimizer: how long a `fit` is in its updates, and whether the schedule counts them."""

from typing import Any

from keras import ops  # pyright: ignore[reportMissingTypeStubs]  (keras has none)

from ..checks import Site

__all__ = ["check_accumulation", "float_of", "innermost", "lost_count", "updates_of_run"]


def innermost(model: Any) -> Any:
    """The optimizer that updates, inside the one that scales the loss."""
    return getattr(model.optimizer, "inner_optimizer", model.optimizer)


def updates_of_run(call: str, callback: Any, first_epoch: int) -> int:
    """The updates that the optimizer has completed when a `fit` ends that begins with an epoch.

    Raises ValueError where the length is not known, and where the optimizer has completed another run before.
    """
    steps, epochs = callback.params["steps"], callback.params["epochs"]
    if steps is None:
        remedy = "give fit the batches of an epoch: steps_per_epoch=1000"
        Site(call, "steps").refuse(steps, "must be known", remedy)
    optimizer = innermost(callback.model)
    done = int(optimizer._iterations)
    lost_count(call, optimizer, first_epoch)
    if done and not first_epoch:
        every = optimizer.gradient_accumulation_steps or 1
        remedy = "go on with fit(initial_epoch=...), or compile the model with a new optimizer"
        Site(call, "initial_epoch").refuse(0, f"must be that of a run with {done // every} updates", remedy)
    return (done + (epochs - first_epoch) * steps) // (optimizer.gradient_accumulation_steps or 1)


def lost_count(call: str, optimizer: Any, first_epoch: int) -> None:
    """Refuse to go on with a later epoch where the optimizer has forgotten its updates.

    Keras does not load the state of an optimizer that is not built yet, and warns of it once.
    """
    if first_epoch and not int(optimizer._iterations):
        remedy = (
            "load the weights after model.optimizer.build(model.trainable_variables), or load the whole model; "
            "for weights alone, set model.optimizer.iterations.assign(n) to the updates that they had"
        )
        Site(call, "initial_epoch").refuse(first_epoch, "begins with an optimizer that has made no update", remedy)


def check_accumulation(optimizer: Any) -> None:
    """Refuse a KerasSchedule that counts other updates than the optimizer makes."""
    given = optimizer.gradient_accumulation_steps
    every = getattr(optimizer._learning_rate, "gradient_accumulation_steps", given or 1)
    if every != (given or 1):
        demand = f"must be that of {type(optimizer).__name__}, which is {given}"
        Site("to_keras", "gradient_accumulation_steps").refuse(every, demand, "give both the same number, or none")


def float_of(value: Any) -> float:
    """A number of any backend."""
    number: Any = ops.convert_to_numpy(ops.convert_to_tensor(value))
    return float(number)
