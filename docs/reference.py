"""How the reference in the documents reads the code: as those who call a schedule see it.

A formula takes the namespace `xp` first, which callers never give, and returns a function of the step, where callers
get a `Schedule`; the formulas and the examples of a docstring are plain lines in it.
"""

import inspect
import re

import formulas
import griffe

EXAMPLE = re.compile(r"^(>>> .*(?:\n(?!\n).+)*)", re.MULTILINE)


class CallersView(griffe.Extension):
    """Drops `xp`, names the result, sets the formulas, and fences the examples."""

    def on_function(self, *, func: griffe.Function, **_: object) -> None:
        """Rewrite one function."""
        names = {decorator.callable_path.rpartition(".")[2] for decorator in func.decorators}
        if "schedule" in names and "xp" in func.parameters:
            del func.parameters["xp"]
            func.returns = "Schedule"

    def on_object(self, *, obj: griffe.Object, **_: object) -> None:
        """Rewrite one docstring."""
        if obj.docstring is not None:
            paragraphs = "\n\n".join(map(_paragraph, obj.docstring.value.split("\n\n")))
            obj.docstring.value = EXAMPLE.sub(r"```pycon\n\1\n```", paragraphs)


def _paragraph(text: str) -> str:
    """A paragraph of a docstring; one that is indented is a formula, or code."""
    if not text.startswith("    "):
        return text
    return formulas.block(inspect.cleandoc("\n" + text)) or text
