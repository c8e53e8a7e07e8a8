"""Parameter groups of a PyTorch model by rules on the names of its parameters, with none forgotten."""

import re
from collections.abc import Iterable, Mapping
from math import inf
from typing import Any, TypeAlias

from torch import Tensor, nn

from ..adapters.rules import Default, Named, Rule, Rules, assign, read_rules
from ..checks import Site, brief
from ..core.parameters import Fraction, kind_of
from .torch_groups import Group

__all__ = ["layer_decay", "param_groups"]

Model: TypeAlias = nn.Module | Iterable[tuple[str, Tensor]]
"""A module, or what its `named_parameters()` gives."""


def param_groups(model: Model, rules: Rules, *, default: Default = None) -> list[Group]:
    """The parameters of a model in groups for an optimizer, by rules on their names.

    A rule is a regular expression, which is searched for in the name of a parameter, or a function `(name, parameter)
    -> bool`; it gives the options of a group (`lr_scale`, `weight_decay`, `name`, ...), or just its name. A parameter
    has the options of all rules that match it, and is in exactly one group. The name of a group joins those of its
    rules by " + "; the name of a rule is its expression unless its options have a `"name"`.

    A tied parameter is in one group; a rule may match any of its names. A frozen parameter (`requires_grad` is False)
    is left out.

    Args:
        model: a module, or pairs of names and parameters.
        rules: from expressions or functions to options or names.
        default: the options of parameters that no rule matches, or the name of their group; without it, such a
            parameter is an error.

    Raises ValueError for a rule that matches nothing, a parameter that no rule matches, rules that contradict each
    other, and what is no regular expression; TypeError for what is no rule.

    >>> import torch
    >>> model = torch.nn.Sequential(torch.nn.Linear(4, 4), torch.nn.LayerNorm(4), torch.nn.Linear(4, 1))
    >>> groups = param_groups(model, {"bias$|^1": {"weight_decay": 0.0}, "^2": {"lr_scale": 10.0, "name": "head"}},
    ...                       default={"weight_decay": 0.1})
    >>> [(group["name"], len(group["params"])) for group in groups]
    [('bias$|^1', 3), ('bias$|^1 + head', 1), ('head', 1), ('default', 1)]
    """
    return _grouped("param_groups", model, read_rules("param_groups", rules), default)


def layer_decay(model: Model, decay: float, pattern: str, *, rules: Rules | None = None) -> list[Group]:
    r"""The parameters of a model in groups by layer, each at `decay` times the rate of the layer above.

        lr_scale = decay**(n - k)    for layer k = 0 (embedding), 1 ... (blocks), n (head)

    The numbers that `pattern` finds in the names, such as that in `blocks.3.mlp.weight`, order the blocks. What the
    model lists before its first block is the embedding, and what it lists otherwise the head. A name in which
    the pattern matches without a number counts as the last block: `r"^blocks\.(\d+)|^norm"` does what timm does for a
    ViT, and `r"^blocks\.(\d+)"` what BEiT does, where the last norm is part of the head.

    Args:
        model: a module, or pairs of names and parameters.
        decay: the factor from a layer to the one below, between 0 and 1.
        pattern: a regular expression with the number of the block in parentheses; with several such numbers, blocks
            are ordered by all of them.
        rules: further options, as in `param_groups`; each layer is then divided by these.

    Raises ValueError or TypeError for a factor that is not between 0 and 1, a pattern without parentheses or one that
    matches nothing, and as `param_groups` does.

    Source: Clark et al. 2020, ELECTRA, arXiv:2003.10555, appendix A; Bao et al. 2021, BEiT, arXiv:2106.08254; timm
    `param_groups_layer_decay`.

    >>> import torch
    >>> blocks = torch.nn.ModuleList(torch.nn.Linear(2, 2, bias=False) for _ in range(2))
    >>> embed, head = torch.nn.Embedding(5, 2), torch.nn.Linear(2, 5)
    >>> model = torch.nn.ModuleDict({"embed": embed, "blocks": blocks, "head": head})
    >>> [(group["name"], group["lr_scale"]) for group in layer_decay(model, 0.5, r"blocks\.(\d+)")]
    [('layer_0', 0.125), ('layer_1', 0.25), ('layer_2', 0.5), ('layer_3', 1.0)]
    """
    factor = float(kind_of(Fraction).check(Site("layer_decay", "decay"), decay))
    named = _named(model)
    layers = _layers([item.names[0] for item in named], pattern)
    last = max(layers.values())
    by_layer = [
        Rule(f"layer_{k}", lambda name, _, k=k: layers.get(name) == k, f"layer_{k}", {"lr_scale": factor ** (last - k)})
        for k in sorted(set(layers.values()))
    ]
    return _grouped("layer_decay", named, [*by_layer, *read_rules("layer_decay", rules or {})], None)


def _layers(names: list[str], pattern: str) -> dict[str, int]:
    """The layer of each parameter, from 0."""
    place = f"layer_decay(pattern={brief(pattern)})"
    try:
        expression = re.compile(pattern)
    except (re.error, TypeError) as error:
        raise ValueError(f"{place} must be a regular expression ({error}).") from None
    if expression.groups == 0:
        raise ValueError(rf"{place} must have the number of a block in parentheses; write r'blocks\.(\d+)'.")
    keys: dict[str, tuple[float, ...]] = {}
    for name in names:
        match = expression.search(name)
        if match is not None:
            keys[name] = tuple(_number(place, part) for part in match.groups())
    if not any(key[0] < inf for key in keys.values()):
        raise ValueError(f"{place} must match the blocks of the model, and matches none of {', '.join(names[:5])}.")
    first = next(index for index, name in enumerate(names) if name in keys)
    number: dict[tuple[float, ...], int] = {}
    layer = 0 if first == 0 else 1
    for key in sorted(set(keys.values())):
        layer += bool(number) and key[-1] < inf  # without a number, it belongs to the block before
        number[key] = layer
    return {
        name: number[keys[name]] if name in keys else (0 if index < first else layer + 1)
        for index, name in enumerate(names)
    }


def _number(place: str, part: str | None) -> float:
    if part is None:
        return inf
    if not part.isdecimal():
        raise ValueError(rf"{place} must find numbers, and finds {part!r}; write (\d+).")
    return int(part)


def _named(model: Any) -> list[Named]:
    """The parameters of a model, each once, with all of its names."""
    if isinstance(model, nn.Module):
        pairs: Iterable[tuple[str, Tensor]] = model.named_parameters(remove_duplicate=False)
    elif isinstance(model, list) and all(isinstance(item, Named) for item in model):
        return model
    else:
        pairs = model.items() if isinstance(model, Mapping) else model
    names: dict[int, list[str]] = {}
    parameters: dict[int, Tensor] = {}
    for pair in pairs:
        if not (isinstance(pair, tuple) and len(pair) == 2 and isinstance(pair[1], Tensor)):
            raise TypeError(
                f"param_groups(model={brief(model)}) must be a torch.nn.Module, or its named_parameters(), "
                f"not one with {brief(pair)} in it."
            )
        names.setdefault(id(pair[1]), []).append(pair[0])
        parameters[id(pair[1])] = pair[1]
    return [Named(tuple(names[key]), tensor, not tensor.requires_grad) for key, tensor in parameters.items()]


def _grouped(call: str, model: Any, rules: list[Rule], default: Default) -> list[Group]:
    named = _named(model)
    labels = assign(call, rules, default, named)
    groups: dict[str, Group] = {}
    for label, item in sorted(
        ((label, item) for label, item in zip(labels, named, strict=True) if label), key=lambda pair: pair[0].order
    ):
        group = groups.setdefault(label.name, {"name": label.name, "params": [], **label.options})
        group["params"].append(item.parameter)
    return list(groups.values())
