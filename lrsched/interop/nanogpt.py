"""The schedule of nanoGPT, as a composition of the vocabulary."""

from ..core.parameters import Steps, Value
from . import vocabulary as lrs
from .calls import room, translated


@translated
def get_lr(
    learning_rate: Value = 6e-4,
    warmup_iters: Steps = 2_000,
    lr_decay_iters: Steps = 600_000,
    min_lr: Value = 6e-5,
    decay_lr: bool = True,
) -> lrs.Schedule:
    """The rate of nanoGPT's `get_lr(it)`: a warmup that begins above zero, then half a cosine.

        s(t) = learning_rate * (t + 1)/(warmup_iters + 1)                         for t < warmup_iters
        s(t) = min_lr + (learning_rate - min_lr) * (1 + cos(pi*x))/2              after it
        x = (t - warmup_iters) / (lr_decay_iters - warmup_iters)

    It is `warmup_cosine` from an `init_value` of one part in `warmup_iters + 1` of the peak. The loop sets the rate
    before the update, with `iter_num` counted from 0: s(t) is the rate of update t. Older copies of the script divide
    `it` by `warmup_iters`, which is `warmup_cosine` from 0.

    Args:
        learning_rate: the value at step `warmup_iters` (a rate).
        warmup_iters: the length of the warmup (steps), 0 or more.
        lr_decay_iters: the step from which the rate is `min_lr` (steps), after the warmup.
        min_lr: the floor (a rate), held past the end by both.
        decay_lr: whether there is a schedule; without one the rate is `learning_rate`.

    Raises ValueError or TypeError for a value that is not finite, a negative length, and a decay that does not end
    after the warmup, where nanoGPT divides by zero.

    Source: karpathy/nanoGPT, `train.py`.

    >>> s = get_lr(1.0, warmup_iters=4, lr_decay_iters=12, min_lr=0.1)
    >>> s
    warmup_cosine(1.0, 4, 12, init_value=0.2, end_value=0.1)
    >>> [round(s(t), 3) for t in (0, 3, 4, 8, 12, 20)]
    [0.2, 0.8, 1.0, 0.55, 0.1, 0.1]
    """
    if not decay_lr:
        return lrs.constant(learning_rate)
    room("get_lr", strict=True, lr_decay_iters=lr_decay_iters, warmup_iters=warmup_iters)
    first = learning_rate / (warmup_iters + 1)
    return lrs.warmup_cosine(learning_rate, warmup_iters, lr_decay_iters, init_value=first, end_value=min_lr)
