"""The first transformers: published runs that are counted in updates."""

from typing import Any, Literal, cast

from ...checks import require
from ...combinators.join import join
from ...combinators.time import shift
from ...core.parameters import Factor, Period, Positive, Steps, Value
from ...core.schedule import Schedule
from ...schedules.decays import constant, inverse_sqrt, noam
from ...schedules.ramps import linear
from ..warmups import warmup_cosine, warmup_inverse_sqrt, warmup_linear
from .registry import recipe

__all__ = ["bert", "gpt2", "t5", "t5_finetune", "transformer"]


@recipe
def transformer(*, d_model: Positive = 512, warmup_steps: Period = 4_000, scale: Factor = 1.0) -> Schedule:
    """The first Transformer, base model: `noam(d_model, warmup_steps, scale=scale)`.

    Args:
        d_model: the width of the model (1), 512 for the base model, 1024 for the big one; greater than 0.
        warmup_steps: the step of the peak (steps), 1 or more.
        scale: a factor (1), 1.0 in the paper.

    The paper counts updates from 1: `shift(transformer(), 1)` begins with its first value, above 0. It has no end; the
    base model was trained for 100,000 updates, the big one for 300,000.

    Source: Vaswani et al. 2017, Attention Is All You Need, arXiv:1706.03762, section 5.3, equation 3 (the lengths:
    section 5.2; the widths: table 3).

    >>> transformer()
    noam(512.0, 4000)
    >>> round(transformer()(4_000), 9)
    0.000698771
    """
    return noam(d_model, warmup_steps, scale=scale)


@recipe
def bert(
    *,
    peak_value: Value = 1e-4,
    warmup_steps: Steps = 10_000,
    total_steps: Steps = 1_000_000,
    variant: Literal["paper", "released", "cosine"] = "paper",
) -> Schedule:
    """BERT's pretraining: 10,000 updates of warmup, then a straight line to 0 at update 1,000,000.

    Args:
        peak_value: the peak (a rate).
        warmup_steps: the length of the warmup (steps), 0 or more.
        total_steps: the length of the whole (steps), at least `warmup_steps`.
        variant: "paper" is `warmup_linear`. "released" is what the published code computes: the line falls from update
            0 on, under the warmup, so that the rate jumps from the peak down to it (by 1 % here) when the warmup ends.
            "cosine" is `warmup_cosine`, which many descriptions of BERT give, and neither the paper nor the code.

    A warmup of a tenth of the run is not BERT's pretraining either, where it is a hundredth: 0.1 is what
    `run_classifier.py` takes for fine-tuning. That run is `bert(5e-5, total // 10, total, "released")`.

    From `total_steps` on the schedule holds 0.

    Source: Devlin et al. 2019, BERT, arXiv:1810.04805, appendix A.2 (peak, warmup, linear decay, 1,000,000 steps);
    google-research/bert, `optimization.py` ("released"), `run_classifier.py` (fine-tuning).

    >>> bert()
    warmup_linear(0.0001, 10000, 1000000)
    >>> bert(variant="released")
    join([linear(0.0, 0.0001, 10000), shift(linear(0.0001, 0.0, 1000000), 10000)], [10000])
    """
    if variant == "cosine":
        return warmup_cosine(peak_value, warmup_steps, total_steps)
    run = warmup_linear(peak_value, warmup_steps, total_steps)
    if variant == "paper":
        return run
    line = linear(peak_value, 0.0, total_steps)
    return join([linear(0.0, peak_value, warmup_steps), shift(line, warmup_steps)], [warmup_steps])


@recipe
def gpt2(
    *,
    peak_value: Value = 6e-4,
    warmup_steps: Steps = 2_000,
    total_steps: Steps = 600_000,
    end_value: Value = 6e-5,
) -> Schedule:
    """GPT-2 (124M) as nanoGPT reproduces it: 2,000 updates of warmup, then a cosine to a tenth of the peak.

    Args:
        peak_value: the peak (a rate).
        warmup_steps: the length of the warmup (steps), 0 or more; it begins at peak_value/(warmup_steps + 1), as
            nanoGPT's does.
        total_steps: the length of the whole (steps), at least `warmup_steps`.
        end_value: the value at the end and after (a rate).

    GPT-2's own schedule was not published: its paper says that the rates were tuned by hand, and gives none.

    Source: karpathy/nanoGPT, `train.py` (defaults and `get_lr`) and `config/train_gpt2.py` (600,000 updates of
    491,520 tokens). Radford et al. 2019, Language Models are Unsupervised Multitask Learners, section 3, on the rates.

    >>> gpt2()
    warmup_cosine(0.0006, 2000, 600000, init_value=2.998500749625187e-07, end_value=6e-05)
    """
    return warmup_cosine(
        peak_value, warmup_steps, total_steps, init_value=peak_value / (warmup_steps + 1), end_value=end_value
    )


@recipe
def t5(
    *,
    warmup_steps: Period = 10_000,
    total_steps: Steps | None = None,
    variant: Literal["paper", "linear_warmup", "cosine"] = "paper",
) -> Schedule:
    """T5's pretraining: 1/sqrt(warmup_steps), constant, for 10,000 updates, then one over the square root of the step.

        s(t) = 1/sqrt(max(t, warmup_steps))

    Args:
        warmup_steps: the length of the constant part (steps), 1 or more; 10,000 makes the rate 0.01.
        total_steps: the length of the whole (steps), for the variant that has one: 2**19 there unless given.
        variant: "paper" is the formula above. "linear_warmup" rises to the same peak in a straight line, which many
            implementations of "T5's schedule" do. "cosine" rises so too, then falls to a tenth of it at `total_steps`,
            which some descriptions give. Both are not T5's: it has no rise, and decays without an end.

    Before step 0 the schedule holds its first value. The rate is of Adafactor.

    Source: Raffel et al. 2020, T5, arXiv:1910.10683, section 3.1.2 (the formula, k = 10**4, 2**19 steps; its words
    "exponentially decays" contradict the formula).

    >>> t5()
    join([constant(0.01), inverse_sqrt(0.01, 10000)], [10000])
    >>> t5()(0), t5()(10_000), t5()(1_000_000)
    (0.01, 0.01, 0.001)
    """
    require(
        variant == "cosine" or total_steps is None,
        "t5",
        f"total_steps={total_steps}) must be left out: this variant has no end; variant='cosine' has one.",
    )
    peak: Any = cast("Any", warmup_steps) ** -0.5
    if variant == "paper":
        return join([constant(peak), inverse_sqrt(peak, warmup_steps)], [warmup_steps])
    if variant == "linear_warmup":
        return warmup_inverse_sqrt(peak, warmup_steps)
    return warmup_cosine(peak, warmup_steps, 2**19 if total_steps is None else total_steps, end_value=peak / 10)


@recipe
def t5_finetune(*, value: Value = 1e-3) -> Schedule:
    """T5's fine-tuning: `constant(value)`.

    Args:
        value: the value (a rate).

    It has no end and no warmup; the paper fine-tunes for 2**18 = 262,144 updates. The rate is of Adafactor.

    Source: Raffel et al. 2020, T5, arXiv:1910.10683, section 3.1.2.

    >>> t5_finetune()
    constant(0.001)
    """
    return constant(value)
