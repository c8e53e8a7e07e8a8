"""Large language models of 2024 to 2026: published runs that are counted in tokens, and turned into updates."""

from typing import Any

from ...combinators.join import join
from ...combinators.time import shift
from ...core.parameters import Steps, Value
from ...core.schedule import Schedule
from ...schedules.ramps import cosine, linear
from ..warmups import warmup_constant, warmup_cosine, wsd
from .registry import Count, recipe, updates

__all__ = ["deepseek_v3", "kimi_k2", "moonlight", "olmo3_32b", "olmo3_7b", "smollm3"]


@recipe
def smollm3(
    *,
    peak_value: Value = 2e-4,
    warmup_steps: Steps = 2_000,
    total_steps: Steps = 4_720_001,
    decay_steps: Steps = 522_000,
) -> Schedule:
    """SmolLM3 (3B): 2,000 updates of warmup, the peak, and a line to 0 over the last 522,000 of 11T tokens.

    Args:
        peak_value: the peak (a rate).
        warmup_steps: the length of the warmup (steps), 0 or more.
        total_steps: the length of the whole (steps): the decay begins at update 4,198,001.
        decay_steps: the length of the decay (steps).

    An update has 2.36M tokens. Raises ValueError or TypeError for phases that do not fit the whole, a negative length,
    and a value that is not finite.

    Source: huggingface/smollm, `text/pretraining/smollm3/stage1_8T.yaml` and the two stages after it, nanotron's
    `lr_decay_starting_step`, `lr_decay_steps` and `train_steps`.

    >>> smollm3()
    wsd(0.0002, 2000, 4720001, 522000)
    """
    return wsd(peak_value, warmup_steps, total_steps, decay_steps)


@recipe
def olmo3_7b(
    *,
    peak_value: Value = 3e-4,
    warmup_steps: Steps = 2_000,
    planned_tokens: Count = 5_000_000_000_000,
    total_tokens: Count = 7_000_000_000_000,
    tokens_per_step: Count = 4_194_304,
    end_value: Value = 3e-5,
) -> Schedule:
    """OLMo 3 (7B): half of a cosine over 5T tokens, and after update 597,046 a slower second half, to 7T.

    Args:
        peak_value: the peak (a rate).
        warmup_steps: the length of the warmup (steps), 0 or more.
        planned_tokens: the length of the first plan (tokens). Where half of its decay was over, the second began.
        total_tokens: the length of the second plan (tokens).
        tokens_per_step: the tokens of an update, 512 sequences of 8,192.
        end_value: the value at the end and after (a rate).

    The released run ended at update 1,413,814, with 5.93T tokens; the stages after it are other runs. The checkpoint
    that the second script loads is named step596047, but the schedule in it starts at step 597,046, where the first
    script stops; this recipe follows the schedules. The trainer counts an update before it sets its rate, so the first
    one is above 0. Raises ValueError or TypeError for a number of tokens that is not whole or below 1, a second plan
    that ends before it begins, and a value that is not finite.

    Source: allenai/OLMo-core, `src/scripts/official/OLMo3/OLMo-3-1025-7B-pretrain-1.py` and `-2.py`.

    >>> s = olmo3_7b()
    >>> s(1_999), s(1_413_813) < s(597_046) < s(597_045)
    (0.0003, True)
    """
    first, last = (-(-int(tokens) // int(tokens_per_step)) for tokens in (planned_tokens, total_tokens))
    middle = int(planned_tokens) // int(tokens_per_step) // 2 + warmup_steps // 2
    before = warmup_cosine(peak_value, warmup_steps, first, end_value=end_value)
    after = shift(cosine(peak_value, end_value, 2 * (last - middle)), last - middle + 1)
    return shift(join([before, after], [middle + 1]), 1)


@recipe
def olmo3_32b(
    *,
    peak_value: Value = 6e-4,
    warmup_steps: Steps = 2_000,
    total_tokens: Count = 5_930_000_000_000,
    tokens_per_step: Count = 8_388_608,
    end_value: Value = 6e-5,
) -> Schedule:
    """OLMo 3 (32B): 2,000 updates of warmup, then a cosine to a tenth of the peak over 5.93T tokens.

    Args:
        peak_value: the peak (a rate).
        warmup_steps: the length of the warmup (steps), 0 or more.
        total_tokens: the length of the whole (tokens).
        tokens_per_step: the tokens of an update, 1,024 sequences of 8,192.
        end_value: the value at the end and after (a rate).

    The run was cut off at 5.5T tokens, where this cosine is at 6.7e-5; table 35 says 6.21e-5. The trainer counts an
    update before it sets its rate, so the first one is above 0. Raises ValueError or TypeError for a number of tokens
    that is not whole or below 1, a warmup longer than the whole, and a value that is not finite.

    Source: OLMo 3, arXiv:2512.13961, figure 4 and table 35; allenai/OLMo-core,
    `src/scripts/official/OLMo3/OLMo-3-1025-32B-pretrain.py`.

    >>> olmo3_32b()
    shift(warmup_cosine(0.0006, 2000, 706911, end_value=6e-05), 1)
    """
    total_steps = updates(total_tokens, tokens_per_step)
    return shift(warmup_cosine(peak_value, warmup_steps, total_steps, end_value=end_value), 1)


@recipe
def deepseek_v3(
    *,
    peak_value: Value = 2.2e-4,
    warmup_steps: Steps = 2_000,
    stable_tokens: Count = 10_000_000_000_000,
    decay_tokens: Count = 4_300_000_000_000,
    low_tokens: Count = 333_000_000_000,
    tokens_per_step: Count = 62_914_560,
    low_value: Value = 2.2e-5,
    end_value: Value = 7.3e-6,
) -> Schedule:
    """DeepSeek-V3: the peak for 10T tokens, a cosine over 4.3T, a tenth of the peak for 333B, then 7.3e-6 for 167B.

    Args:
        peak_value: the peak (a rate).
        warmup_steps: the length of the warmup (steps), 0 or more.
        stable_tokens: where the decay begins (tokens), the warmup included.
        decay_tokens: the length of the decay (tokens).
        low_tokens: the length of the plateau after it (tokens).
        tokens_per_step: the tokens of an update, 15,360 sequences of 4,096.
        low_value: the value at the end of the decay (a rate).
        end_value: the value from there to the end (a rate).

    Tokens become the nearest number of updates. The paper's batch grows from 3,072 to 15,360 sequences over the first
    469B tokens, in stairs that it does not tell, so that is left out here. Raises ValueError or TypeError for a number
    of tokens that is not whole or below 1, a warmup longer than `stable_tokens`, and a value that is not finite.

    Source: DeepSeek-AI 2024, DeepSeek-V3, arXiv:2412.19437, section 4.2.

    >>> deepseek_v3()
    join([wsd(0.00022, 2000, 227292, 68346, end_value=2.2e-05, decay=cosine), 7.3e-06], [232585])
    """
    start, end = (updates(tokens, tokens_per_step) for tokens in (stable_tokens, stable_tokens + decay_tokens))
    run = wsd(peak_value, warmup_steps, end, end - start, end_value=low_value, decay=cosine)
    return join([run, end_value], [updates(stable_tokens + decay_tokens + low_tokens, tokens_per_step)])


@recipe
def kimi_k2(
    *,
    peak_value: Value = 2e-4,
    warmup_steps: Steps = 500,
    stable_tokens: Count = 10_000_000_000_000,
    decay_tokens: Count = 5_500_000_000_000,
    tokens_per_step: Count = 67_000_000,
    end_value: Value = 2e-5,
) -> Schedule:
    """Kimi K2: 500 updates of warmup, the peak for 10T tokens, and a cosine to a tenth of it over 5.5T.

    Args:
        peak_value: the peak (a rate).
        warmup_steps: the length of the warmup (steps), 0 or more.
        stable_tokens: where the decay begins (tokens), the warmup included.
        decay_tokens: the length of the decay (tokens).
        tokens_per_step: the tokens of an update, "67M" in the paper.
        end_value: the value at the end of the decay (a rate).

    Tokens become the nearest number of updates. The annealing after it, from 2e-5 to 7e-6 over 460B tokens, is left
    out, since the paper does not tell its shape. Raises ValueError or TypeError for a number of tokens that is not
    whole or below 1, a warmup longer than `stable_tokens`, and a value that is not finite.

    Source: Kimi Team 2025, Kimi K2, arXiv:2507.20534, section 2.5.

    >>> kimi_k2()
    wsd(0.0002, 500, 231343, 82089, end_value=2e-05, decay=cosine)
    """
    start, end = (updates(tokens, tokens_per_step) for tokens in (stable_tokens, stable_tokens + decay_tokens))
    return wsd(peak_value, warmup_steps, end, end - start, end_value=end_value, decay=cosine)


@recipe
def moonlight(
    *,
    peak_value: Value = 4.2e-4,
    warmup_steps: Steps = 2_000,
    small_batch_tokens: Count = 200_000_000_000,
    decay_tokens: Count = 5_200_000_000_000,
    total_tokens: Count = 5_700_000_000_000,
    tokens_per_step: Count = 16_777_216,
    end_value: Value = 4.2e-5,
    cooldown_value: Value = 1e-4,
    rewarmup_steps: Steps = 100,
) -> Schedule:
    """Moonlight: a cosine over 5.2T tokens whose batch is doubled at 200B; up again to 1e-4, and a line to 0.

    Args:
        peak_value: the peak (a rate).
        warmup_steps: the length of the warmup (steps), 0 or more; 33B tokens in the paper.
        small_batch_tokens: where the batch is doubled (tokens).
        decay_tokens: where the cosine ends (tokens).
        total_tokens: the length of the whole (tokens).
        tokens_per_step: the tokens of an update at first, 2,048 sequences of 8,192.
        end_value: the value at the end of the cosine (a rate).
        cooldown_value: the value at the end of the second warmup (a rate).
        rewarmup_steps: the length of the second warmup (steps).

    Tokens become the nearest number of updates. The cosine is one over tokens: with twice the batch it goes on twice as
    fast. Raises ValueError or TypeError for a number of tokens that is not whole or below 1, phases out of order, and a
    value that is not finite.

    Source: Liu et al. 2025, Muon is Scalable for LLM Training, arXiv:2502.16982, section 3.3.

    >>> s = moonlight()
    >>> s(2_000), s(160_933), round(s(161_033), 7), s(175_834)
    (0.00042, 4.2e-05, 0.0001, 0.0)
    """
    large: Any = 2 * tokens_per_step
    doubled = updates(small_batch_tokens, tokens_per_step)
    slow = updates(decay_tokens, tokens_per_step) - warmup_steps
    fast = updates(decay_tokens - small_batch_tokens, large)
    fall = updates(total_tokens - decay_tokens, large)
    wave = shift(cosine(peak_value, end_value, slow // 2), slow // 2 - fast)
    up, down = linear(end_value, cooldown_value, rewarmup_steps), linear(cooldown_value, 0.0, fall - rewarmup_steps)
    pieces = [warmup_constant(peak_value, warmup_steps), cosine(peak_value, end_value, slow), wave, up, down]
    starts = [warmup_steps, doubled, doubled + fast, doubled + fast + rewarmup_steps]
    return join(pieces, starts)
