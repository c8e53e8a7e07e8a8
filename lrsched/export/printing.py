"""Functions as text, in Python or in JavaScript: of Python, as much as formulas are written in."""

import ast
import re
import textwrap

__all__ = ["Python"]

COLUMNS = 100

POWER = re.compile(r"(?<![\w.)\]])([\w.]+) \*\* (-?[\w.]+)(?![\w.(\[])")
"""A power of two short operands, which is written without spaces."""


class Python:
    """Python as ruff formats it."""

    def function(self, node: ast.FunctionDef) -> str:
        """A function of a file."""
        return "\n".join(part for line in self._statement(node) for part in _broken(line))

    def _block(self, opening: str, body: list[ast.stmt]) -> list[str]:
        lines: list[str] = []
        for before, node in zip([None, *body], body, strict=False):
            if before and isinstance(before, ast.FunctionDef) | isinstance(node, ast.FunctionDef):
                lines.append("")
            lines += self._statement(node)
        return [f"{opening}:", *(textwrap.indent(line, " " * 4) for line in lines)]

    def _statement(self, node: ast.stmt) -> list[str]:
        if isinstance(node, ast.FunctionDef):
            return self._block(f"def {node.name}({_bare(node.args)})", node.body)
        if isinstance(node, ast.If | ast.While):
            word = "if" if isinstance(node, ast.If) else "while"
            orelse = self._block("else", node.orelse) if node.orelse else []
            return [*self._block(f"{word} {_bare(node.test)}", node.body), *orelse]
        if isinstance(node, ast.For):
            return self._block(f"for {_bare(node.target)} in {_bare(node.iter)}", node.body)
        if isinstance(node, ast.Assign):
            text = f"{_bare(node.targets[0])} = {_bare(node.value)}"
        elif isinstance(node, ast.Return) and node.value:
            text = f"return {_bare(node.value)}"
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            return textwrap.wrap(
                '"""{}"""'.format(str(node.value.value).replace("\\", "\\\\").replace('"""', "'''")), 116
            )
        else:
            text = _bare(node)
        return [text]


def _bare(node: ast.AST) -> str:
    """A line of code, in which a tuple needs no brackets."""
    items = node.elts if isinstance(node, ast.Tuple) else [node]
    return POWER.sub(r"\1**\2", ", ".join(map(ast.unparse, items)).replace("'", '"'))


def _broken(line: str) -> list[str]:
    """A line; where it is too long, what is in its widest brackets on a line of its own, or item by item."""
    pairs = [(*_closing(line, at), at) for at, sign in enumerate(line) if sign in "([{"]
    if len(line) <= COLUMNS or not pairs or line.lstrip().startswith(('"""', "#", "/")):
        return [line]
    end, commas, start = max(pairs, key=lambda pair: pair[0] - pair[2])
    if end - start < COLUMNS // 3:
        return [line]
    tab = line[: len(line) - len(line.lstrip())]
    cuts = [start, *commas, end]
    items = [f"{tab}    {line[a + 1 : b].strip()}{',' if commas else ''}" for a, b in zip(cuts, cuts[1:], strict=False)]
    inner = f"{tab}    {line[start + 1 : end]}"
    is_one = len(inner) <= COLUMNS or " for " in inner
    middle = [inner] if is_one else [part for item in items for part in _broken(item)]
    return [line[: start + 1], *middle, f"{tab}{line[end:]}"]


def _closing(line: str, start: int) -> tuple[int, list[int]]:
    """Where a bracket closes, and the commas between its items."""
    depth, commas = 0, list[int]()
    for at in range(start, len(line)):
        depth += (line[at] in "([{") - (line[at] in ")]}")
        if depth == 0:
            return at, commas
        commas += [at] if line[at] == "," and depth == 1 else []
    return start, []
