"""Calls that are given an optimizer, of which a schedule needs the learning rate alone."""

import ast
from collections.abc import Callable, Iterator
from typing import Any

from ..text.places import Text
from .calls import Calls, Find

__all__ = ["called", "read_scheduler"]

NAME = "opt"
"""What the name of an optimizer has in it: `optimizer`, `self.optimizer`, `opt_g`, `optim`."""

BASE_LR = "base_lr"
"""What the learning rate of the optimizer is called in `lrsched.interop`."""

OWN_BASE_LR = ("CyclicLR", "CyclicLR_momentum")
"""Functions whose `base_lr` is their own, and not the rate of the optimizer."""

WITHOUT_EFFECT = {"last_epoch": (-1,), "verbose": (True, False, "deprecated")}
"""Arguments that do not change a schedule, with these values."""


class SchedulerCalls(Calls):
    """Calls as they stand in training code, the optimizer among their arguments."""

    def __init__(self, text: str, find: Find, base_lr: float | None) -> None:
        super().__init__(text, find, {})
        self.base_lr = base_lr

    def call(self, node: ast.Call, path: str) -> Any:
        """What a call gives, whose optimizer is replaced by its learning rate, or left out."""
        function = self.read(node.func, lambda: self.find(self.called(node.func))) if self.called(node.func) else None
        parameters = self.parameters(function) if function else []
        rate = parameters.index(BASE_LR) if BASE_LR in parameters else None
        if self.called(node.func) in OWN_BASE_LR:
            rate = None
        args = [*self._positional(node, rate)]
        keywords = [keyword for keyword in node.keywords if not _is_optimizer(keyword.value) and _has_effect(keyword)]
        given = [keyword for keyword in node.keywords if _is_optimizer(keyword.value)]
        given_by_position = [argument for argument in node.args if _is_optimizer(argument)]
        if rate is not None and (given or (given_by_position and len(args) <= rate)):
            place = given[0].value if given else given_by_position[0]
            keywords.append(ast.keyword(BASE_LR, self._rate(place)))
        return super().call(ast.copy_location(ast.Call(node.func, args, keywords), node), path)

    def _positional(self, node: ast.Call, rate: int | None) -> Iterator[ast.expr]:
        for index, argument in enumerate(node.args):
            if not _is_optimizer(argument):
                yield argument
            elif index == rate:
                yield self._rate(argument)

    def _rate(self, node: ast.expr) -> ast.expr:
        if self.base_lr is None:
            raise self.text.refused(node, "give the optimizer's learning rate: --base-lr 0.1")
        return ast.copy_location(ast.Constant(self.base_lr), node)


def _is_optimizer(node: ast.expr) -> bool:
    name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
    return NAME in name.lower()


def _has_effect(keyword: ast.keyword) -> bool:
    try:
        value = ast.literal_eval(keyword.value)
    except ValueError:
        return True
    return value not in WITHOUT_EFFECT.get(keyword.arg or "", ())


def called(text: str) -> str:
    """The name of the function in a call, without what stands before it, or nothing."""
    tree = Text(text).tree
    function = tree.func if isinstance(tree, ast.Call) else tree
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def read_scheduler(text: str, find: Callable[[str], Callable[..., Any]], base_lr: float | None) -> Any:
    """The schedule of a call in training code, with the learning rate of its optimizer."""
    return SchedulerCalls(text, find, base_lr).schedule()
