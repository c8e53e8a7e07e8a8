"""Labels for `optax.partition` by rules on the names of parameters."""

from typing import Any

import jax
from jax.tree_util import keystr

from ..adapters.rules import Default, Named, Rules, assign, read_rules

__all__ = ["partition_labels"]


def partition_labels(params: Any, rules: Rules, *, default: Default = None) -> Any:
    r"""The label of each parameter, by the rules of `lrsched.adapters.torch.param_groups`.

    The key of a rule is a regular expression, which is searched in the path of a parameter (its keys joined by dots),
    or a function `(path, parameter) -> bool`. Its value is the label, or options with a `"name"`. If several rules
    match a parameter, their labels are joined by " + ".

    Args:
        params: a tree of parameters.
        rules: a mapping from regular expressions or functions to labels.
        default: the label of parameters that no rule matches; without it, such a parameter is an error.

    Raises ValueError for a rule that matches nothing, a parameter that no rule matches, and an invalid regular
    expression; TypeError for anything else that is not a rule.

    >>> import jax.numpy as jnp, lrsched, optax
    >>> params = {"embed": jnp.ones((5, 2)), "blocks": [{"kernel": jnp.ones((2, 2))}], "head": jnp.ones((2, 5))}
    >>> labels = partition_labels(params, {r"^blocks\.\d+\.kernel$": "muon"}, default="adam")
    >>> labels
    {'blocks': [{'kernel': 'muon'}], 'embed': 'adam', 'head': 'adam'}
    >>> rates = {"muon": lrsched.linear(0.02, 0.0, 100), "adam": lrsched.linear(3e-4, 0.0, 100)}
    >>> parts = {"muon": optax.contrib.muon(rates["muon"]), "adam": optax.adam(rates["adam"])}
    >>> state = optax.partition(parts, labels).init(params)
    """
    leaves, structure = jax.tree_util.tree_flatten_with_path(params)
    named = [Named((keystr(path, simple=True, separator="."),), leaf) for path, leaf in leaves]
    labels = assign("partition_labels", read_rules("partition_labels", rules), default, named)
    return jax.tree_util.tree_unflatten(structure, [label.name if label else None for label in labels])
