"""Large language models: published runs that are counted in tokens, and turned into updates."""

from ...combinators.phases import cooldown, warmup
from ...core.parameters import Period, Steps, Value
from ...core.schedule import Schedule
from ...schedules.ramps import exponential
from ..piecewise import piecewise_constant
from ..warmups import warmup_cosine, wsd
from .registry import Count, Part, recipe, updates

__all__ = ["chinchilla", "deepseek", "gpt3", "llama2", "llama3", "minicpm", "olmo2"]


@recipe
def gpt3(
    *,
    peak_value: Value = 6e-5,
    warmup_tokens: Count = 375_000_000,
    decay_tokens: Count = 260_000_000_000,
    tokens_per_step: Count = 3_200_000,
    end_value: Value = 6e-6,
) -> Schedule:
    """GPT-3 (175B): a warmup of 375M tokens, then a cosine to a tenth of the peak, where 260B tokens are reached.

    Args:
        peak_value: the peak (a rate), 6e-5 for 175B parameters.
        warmup_tokens: the length of the warmup (tokens).
        decay_tokens: where the decay ends (tokens), the warmup included.
        tokens_per_step: the tokens of an update, 3.2M for 175B parameters.
        end_value: the value at the end of the decay and after (a rate).

    Tokens become the nearest number of updates. The last 40B of the 300B tokens are trained at `end_value`. The paper's
    batch grows over the first 4 to 12 billion tokens, which is left out here; `compose(gpt3(tokens_per_step=1), clock)`
    has it, where the clock gives the tokens before each update.

    Source: Brown et al. 2020, GPT-3, arXiv:2005.14165, appendix B (warmup, decay), table 2.1 (peak, batch).

    >>> gpt3()
    warmup_cosine(6e-05, 117, 81250, end_value=6e-06)
    """
    warmup_steps = updates(warmup_tokens, tokens_per_step)
    return warmup_cosine(peak_value, warmup_steps, updates(decay_tokens, tokens_per_step), end_value=end_value)


@recipe
def chinchilla(
    *,
    peak_value: Value = 1e-4,
    warmup_steps: Steps = 1_500,
    total_tokens: Count = 1_400_000_000_000,
    tokens_per_step: Count = 2_000_000,
    init_value: Value = 1e-7,
    end_value: Value = 1e-5,
) -> Schedule:
    """Chinchilla (70B): 1,500 updates of warmup from 1e-7, then a cosine to a tenth of the peak over 1.4T tokens.

    Args:
        peak_value: the peak (a rate).
        warmup_steps: the length of the warmup (steps), 0 or more.
        total_tokens: the length of the whole (tokens).
        tokens_per_step: the tokens of an update. The paper begins with 1.5M and doubles them midway; with half of the
            tokens in each, that is 2M on average, and 700,000 updates.
        init_value: the value at step 0 (a rate).
        end_value: the value at the end and after (a rate).

    Tokens become the nearest number of updates.

    Source: Hoffmann et al. 2022, Training Compute-Optimal Large Language Models, arXiv:2203.15556, section 4.1 and
    table 4 (peak, batch, tokens; the rest as Gopher); Rae et al. 2021, Gopher, arXiv:2112.11446, section 3.2 (the
    warmup, its first value, the cosine by a factor of 10).

    >>> chinchilla()
    warmup_cosine(0.0001, 1500, 700000, init_value=1e-07, end_value=1e-05)
    """
    return warmup_cosine(
        peak_value, warmup_steps, updates(total_tokens, tokens_per_step), init_value=init_value, end_value=end_value
    )


@recipe
def llama2(
    *,
    peak_value: Value = 3e-4,
    warmup_steps: Steps = 2_000,
    total_tokens: Count = 2_000_000_000_000,
    tokens_per_step: Count = 4_000_000,
    end_value: Value = 3e-5,
) -> Schedule:
    """Llama 2 (7B and 13B): 2,000 updates of warmup, then a cosine to a tenth of the peak over 2T tokens.

    Args:
        peak_value: the peak (a rate), 3e-4 for 7B and 13B parameters, 1.5e-4 for 34B and 70B.
        warmup_steps: the length of the warmup (steps), 0 or more.
        total_tokens: the length of the whole (tokens).
        tokens_per_step: the tokens of an update, "4M" in the paper.
        end_value: the value at the end and after (a rate).

    Tokens become the nearest number of updates.

    Source: Touvron et al. 2023, Llama 2, arXiv:2307.09288, section 2.2 (warmup, cosine to 10 %), table 1 (the rest).

    >>> llama2()
    warmup_cosine(0.0003, 2000, 500000, end_value=3e-05)
    """
    return warmup_cosine(peak_value, warmup_steps, updates(total_tokens, tokens_per_step), end_value=end_value)


@recipe
def llama3(
    *,
    peak_value: Value = 8e-5,
    warmup_steps: Steps = 8_000,
    total_steps: Steps = 1_200_000,
    end_value: Value = 8e-7,
) -> Schedule:
    """Llama 3 (405B): 8,000 updates of warmup, then a cosine to a hundredth of the peak at update 1,200,000.

    Args:
        peak_value: the peak (a rate).
        warmup_steps: the length of the warmup (steps), 0 or more.
        total_steps: the length of the whole (steps), at least `warmup_steps`; the paper's "over 1,200,000 steps" is
            read as the warmup included.
        end_value: the value at the end and after (a rate).

    The paper anneals the last 40M tokens linearly to 0, which `cooldown(llama3(), start, steps)` adds.

    Source: Grattafiori et al. 2024, The Llama 3 Herd of Models, arXiv:2407.21783, section 3.4.1 (annealing: 3.4.3).

    >>> llama3()
    warmup_cosine(8e-05, 8000, 1200000, end_value=8e-07)
    """
    return warmup_cosine(peak_value, warmup_steps, total_steps, end_value=end_value)


@recipe
def minicpm(
    *,
    peak_value: Value = 1e-2,
    stable_tokens: Count = 1_000_000_000_000,
    decay_tokens: Count = 100_000_000_000,
    tokens_per_step: Count = 3_930_000,
    half_life: Period = 5_000,
    warmup_steps: Steps = 0,
) -> Schedule:
    """MiniCPM (2.4B): constant for 1T tokens, then halved every 5,000 updates over the last 0.1T.

        s(t) = peak_value * 0.5**((t - start)/half_life)    in the decay, which begins at step `start`

    Args:
        peak_value: the peak (a rate); in the paper it is scaled for each tensor (table 7 there).
        stable_tokens: where the decay begins (tokens), the warmup included.
        decay_tokens: the length of the decay (tokens); 1.1T in all, less the 1T before.
        tokens_per_step: the tokens of an update.
        half_life: the updates in which the decay halves the rate (steps), 1 or more.
        warmup_steps: the length of the warmup (steps), 0 or more; the paper has one and does not tell its length.

    Tokens become the nearest number of updates. After the decay the schedule holds its last value.

    Source: Hu et al. 2024, MiniCPM, arXiv:2404.06395, section 6.2 (peak, batch, 1T tokens, half-life), table 2 (1.1T
    tokens in all), equation 1 (the shape).

    >>> minicpm()
    wsd(0.01, 0, 279898, 25445, end_value=0.0002938044382841018, decay=exponential)
    """
    decay_steps = updates(decay_tokens, tokens_per_step)
    total_steps = updates(stable_tokens, tokens_per_step) + decay_steps
    end_value = peak_value * 0.5 ** (decay_steps / half_life)
    return wsd(
        peak_value,
        warmup_steps,
        total_steps,
        decay_steps,
        end_value=end_value,
        decay=exponential,
    )


@recipe
def deepseek(
    *,
    peak_value: Value = 4.2e-4,
    warmup_steps: Steps = 2_000,
    total_tokens: Count = 2_000_000_000_000,
    tokens_per_step: Count = 2_304 * 4_096,
    first_drop: Part = 0.8,
    second_drop: Part = 0.9,
) -> Schedule:
    """DeepSeek LLM (7B): 2,000 updates of warmup, then the peak, 31.6 % of it after 80 % of the tokens, 10 % after 90.

    Args:
        peak_value: the peak (a rate), 4.2e-4 for 7B parameters, 3.2e-4 for 67B.
        warmup_steps: the length of the warmup (steps), 0 or more.
        total_tokens: the length of the whole (tokens).
        tokens_per_step: the tokens of an update: 2,304 sequences of 4,096 for 7B parameters, 4,608 for 67B.
        first_drop: the part of the tokens after which the rate is 0.316 of the peak (1), between 0 and 1.
        second_drop: the part of the tokens after which the rate is a tenth of the peak (1), after the first.

    Tokens become the nearest number of updates. After the second drop the value stays.

    Source: Bi et al. 2024, DeepSeek LLM, arXiv:2401.02954, section 2.3 (the schedule), table 2 (the rest).

    >>> s = deepseek()
    >>> [round(s(t), 9) for t in (2_000, 169_541, 169_542, 190_734, 190_735)]
    [0.00042, 0.00042, 0.00013272, 0.00013272, 4.2e-05]
    """
    drops = [updates(total_tokens, tokens_per_step, part) - warmup_steps for part in (first_drop, second_drop)]
    return warmup(piecewise_constant([peak_value, 0.316 * peak_value, 0.1 * peak_value], drops), warmup_steps)


@recipe
def olmo2(
    *,
    peak_value: Value = 3e-4,
    warmup_tokens: Count = 8_388_608_000,
    decay_tokens: Count = 5_000_000_000_000,
    tokens_per_step: Count = 1_024 * 4_096,
    end_value: Value = 3e-5,
    anneal_start: Steps = 928_646,
    anneal_tokens: Count = 50_000_000_000,
) -> Schedule:
    """OLMo 2 (7B): a warmup of 2,000 updates, a cosine planned for 5T tokens, cut at 3.9T by a straight line to 0.

    Args:
        peak_value: the peak (a rate).
        warmup_tokens: the length of the warmup (tokens).
        decay_tokens: where the cosine would end (tokens), the warmup included.
        tokens_per_step: the tokens of an update: 1,024 sequences of 4,096.
        end_value: where the cosine would end (a rate).
        anneal_start: the first update of the line to 0, which begins at the cosine's value there (steps).
        anneal_tokens: the length of the line (tokens): 50B in each of the runs that are averaged.

    Tokens become the nearest number of updates. The released run begins its line at 6.1499e-05, which the cosine gives
    650 updates earlier.

    Source: allenai/OLMo, `configs/official-1124/OLMo2-7B-stage1.yaml` and `OLMo2-7B-stage2-seed42.yaml`; OLMo et al.
    2024, 2 OLMo 2 Furious, arXiv:2501.00656, sections 4.1 and 4.2, table 9.

    >>> olmo2()
    cooldown(warmup_cosine(0.0003, 2000, 1192093, end_value=3e-05), 928646, 11921)
    """
    warmup_steps = updates(warmup_tokens, tokens_per_step)
    run = warmup_cosine(peak_value, warmup_steps, updates(decay_tokens, tokens_per_step), end_value=end_value)
    return cooldown(run, anneal_start, updates(anneal_tokens, tokens_per_step))
