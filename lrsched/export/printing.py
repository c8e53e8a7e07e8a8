"""Functions as text, in Python."""

import ast
import re

__all__ = ["in_python", "wrapped"]

COLUMNS = 100
POWER = re.compile(r"(?<![\w.)\]])([\w.]+) \*\* (-?[\w.]+)(?![\w.(\[])")
"""A power of short operands, which is written without spaces."""


class _Spaced(ast.NodeTransformer):
    """Functions inside of others with an empty line after them."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> list[ast.stmt]:
        self.generic_visit(node)
        if isinstance(node.body[-1], ast.Expr):
            del node.body[-1]
        return [node, ast.Expr(ast.Name("_", ast.Load()))]


def in_python(tree: ast.FunctionDef) -> str:
    """A function as ruff formats it."""
    text = ast.unparse(ast.fix_missing_locations(_Spaced().generic_visit(tree)))
    return wrapped(POWER.sub(r"\1**\2", re.sub(r"(\n +_)?\n\n|\n +_\n", "\n\n", text)))


def wrapped(text: str) -> str:
    """Code with its long lines broken, and without brackets around a tuple that needs none."""
    return "\n".join(part for line in text.splitlines() for part in _broken(_bare(line)))


def _bare(line: str) -> str:
    opened = max(line.find(" = ("), line.find("return (") + 4) + 3
    end, commas = _closing(line, opened)
    return f"{line[:opened]}{line[opened + 1 : -1]}" if opened > 6 and commas and end == len(line) - 1 else line


def _broken(line: str) -> list[str]:
    """A line; where it is too long, what is in its widest brackets on a line of its own, or item by item."""
    pairs = [(*_closing(line, at), at) for at, sign in enumerate(line) if sign in "([{"]
    end, commas, start = max(pairs, key=lambda pair: pair[0] - pair[2], default=(0, [], 0))
    if len(line) <= COLUMNS or end - start < COLUMNS // 3 or line.lstrip().startswith(('"""', "#", "/")):
        return [line]
    tab = line[: len(line) - len(line.lstrip())] + "    "
    inner, stop = f"{tab}{line[start + 1 : end]}", "," if commas else ""
    cuts = zip([start, *commas], [*commas, end], strict=True)
    items = [part for a, b in cuts for part in _broken(f"{tab}{line[a + 1 : b].strip()}{stop}")]
    middle = [inner] if len(inner) <= COLUMNS or " for " in inner else items
    return [line[: start + 1], *middle, f"{tab[4:]}{line[end:]}"]


def _closing(line: str, start: int) -> tuple[int, list[int]]:
    """Where a bracket closes, and the commas between its items."""
    depth, commas = 0, list[int]()
    for at in range(start, len(line)):
        depth += (line[at] in "([{") - (line[at] in ")]}")
        if depth == 0:
            return at, commas
        commas += [at] if line[at] == "," and depth == 1 else []
    return start, []
