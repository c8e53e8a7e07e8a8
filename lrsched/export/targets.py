"""The targets: how each spells the words that formulas are written in, and the functions that it has for schedules.

Both are in the folder `runtime`: the words as expressions, the functions as text, in which `xp.` stands before words.
"""

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

__all__ = ["TARGETS", "Target", "runtime_text", "target_of"]

TARGETS = ("python", "numpy", "jax", "optax", "torch", "javascript")


class Target(NamedTuple):
    """A language or library.

    It has the prefix of its functions, the words that are spelled otherwise, the lines that import other names, and
    the files of its functions, of which the first that has one counts. `last` is its largest step.
    """

    prefix: str
    words: Mapping[str, str]
    imports: Mapping[str, str]
    files: list[str]
    last: int

    def word(self, text: str) -> str:
        """A word in the target's own way."""
        return self.words.get(text, f"{self.prefix}.{text}")

    def runtime(self) -> dict[str, str]:
        """The functions that schedules are made of."""
        text = "\n\n\n".join(map(runtime_text, reversed(self.files)))
        text = re.sub(r"\bxp\.(\w+)", lambda found: self.word(found[1]), text)
        functions = re.finditer(r"(?ms)^(?:// [^\n]*\n)?(?:def|function) (\w+)\(.*?(?=\n\n\n|\Z)", text)
        return {found[1]: found[0] for found in functions}


def runtime_text(file: str) -> str:
    """A file of the runtime."""
    return (Path(__file__).parent / "runtime" / file).read_text().strip()


@cache
def target_of(name: str, is_placed: bool = False) -> Target:
    """The target of a name, where all lengths are whole steps or, placed, where they need not be."""
    given, name = json.loads(runtime_text("targets.json")), name.replace("optax", "jax")
    return Target(**given[""] | given[name] | (given.get(f"{name} placed", {}) if is_placed else {}))
