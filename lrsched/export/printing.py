"""Functions as text, in Python."""

import ast
import re
import textwrap

__all__ = ["in_python", "wrapped"]

COLUMNS = 100
DEFINITION = re.compile(r"((?:export )?(?:function|def) \w+\()(.*)(\).*)")
STATEMENT = re.compile(r"""(return |if (?=.*:$)|[^("']* = )(.*?)([:;]?)""")
"""The head of a line, what may be broken, and its tail."""


def in_python(tree: ast.FunctionDef) -> str:
    """A function, with an empty line after each block inside of it."""
    text = ast.unparse(ast.fix_missing_locations(tree))
    return wrapped(re.sub(r"(?m)(^( *) {4}.*\n)(?=\2(?!el)\S)", r"\1\n", text))


def wrapped(text: str) -> str:
    """Code in which what is in long lines has lines of its own, in brackets."""
    return "\n".join(_broken(line) if len(line) > COLUMNS else line for line in text.splitlines())


def _broken(line: str) -> str:
    code = line.lstrip()
    found, tab = DEFINITION.fullmatch(code) or STATEMENT.fullmatch(code), line[: -len(code)]
    if not found:
        return line
    head, body, tail = found.groups()
    kept = re.sub("(?<!,) ", "\0", body)  # lines end with a comma
    inner = textwrap.fill(kept, COLUMNS - len(tab) - 4, break_long_words=False)
    opening, closing = ("", "") if head.endswith("(") else ("(", ")")
    return f"{tab}{head}{opening}\n{textwrap.indent(inner, tab + '    ')}\n{tab}{closing}{tail}".replace("\0", " ")
