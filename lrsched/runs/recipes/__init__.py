"""Published runs by name: each is a function that returns an ordinary schedule, with the numbers of its source.

A recipe is printed, kept and parsed as the expression that it stands for; its name is not part of the vocabulary.
"""

from .language import (
    chinchilla as chinchilla,
    deepseek as deepseek,
    gpt3 as gpt3,
    llama2 as llama2,
    llama3 as llama3,
    minicpm as minicpm,
    olmo2 as olmo2,
)
from .recent import (
    deepseek_v3 as deepseek_v3,
    kimi_k2 as kimi_k2,
    moonlight as moonlight,
    olmo3_7b as olmo3_7b,
    olmo3_32b as olmo3_32b,
    smollm3 as smollm3,
)
from .registry import find as find, names
from .speedruns import (
    modded_nanogpt as modded_nanogpt,
    modded_nanogpt_batch_size as modded_nanogpt_batch_size,
    modded_nanogpt_momentum as modded_nanogpt_momentum,
    modded_nanogpt_window as modded_nanogpt_window,
)
from .transformers import (
    bert as bert,
    gpt2 as gpt2,
    t5 as t5,
    t5_finetune as t5_finetune,
    transformer as transformer,
)
from .vision import (
    clr as clr,
    clr_triangular2 as clr_triangular2,
    resnet50_1h as resnet50_1h,
    sgdr_wrn as sgdr_wrn,
    super_convergence as super_convergence,
    vit as vit,
    vit_imagenet as vit_imagenet,
)


def list() -> tuple[str, ...]:
    """The names of all recipes, sorted.

    >>> list()[:4]
    ('bert', 'chinchilla', 'clr', 'clr_triangular2')
    """
    return names()
