"""Formulas as mathematics: the text of a docstring or a table, in Python's notation, becomes MathML.

`s(t) = init_value * decay_rate**(t/decay_steps)    for t < 10` is read by Python's own parser. MathML is drawn by the
browser itself, so the site needs no script and no network.
"""

import ast
import re
from html import escape, unescape

__all__ = ["block", "inline", "in_tables"]

SYMBOLS = {"pi": "π", "tau": "τ", "rho": "ρ", "beta": "β", "inf": "∞"}  # noqa: RUF001 (Greek letters)
COMPARISONS = {ast.Eq: "=", ast.Lt: "&lt;", ast.LtE: "≤", ast.Gt: "&gt;", ast.GtE: "≥", ast.NotEq: "≠"}
FENCES = {"floor": "⌊⌋", "ceil": "⌈⌉", "abs": "||"}
SUM, PRODUCT, POWER, ATOM = range(4)
"""How strongly the parts of a formula hold together."""

TABLE = re.compile(r"<table>.*?</table>", re.DOTALL)
ROW = re.compile(r"<tr>.*?</tr>", re.DOTALL)
CELL = re.compile(r"(<t[hd][^>]*>)(.*?)(</t[hd]>)", re.DOTALL)
CODE = re.compile(r"<code>([^<]*)</code>")
FORMULA_COLUMNS = {"value", "value at t"}
"""The code in columns with these headings is a formula."""


def _row(*parts: str) -> str:
    return f"<mrow>{''.join(parts)}</mrow>"


def _operator(symbol: str) -> str:
    return f"<mo>{symbol}</mo>"


def _fenced(inner: str, fences: str = "()") -> str:
    opening, closing = ("<mo>", "</mo>") if "<mfrac>" in inner else ('<mo stretchy="false">', "</mo>")
    return _row(opening + fences[0] + closing, inner, opening + fences[1] + closing)


def _name(name: str) -> str:
    base, _, index = name.rpartition("_")
    if base and (len(index) == 1 or index == "inf"):
        return f"<msub>{_name(base)}<mi>{SYMBOLS.get(index, index)}</mi></msub>"
    return f"<mi>{SYMBOLS.get(name, name)}</mi>"


def _listed(nodes: list[ast.expr]) -> str:
    return _operator(",").join(_math(node) for node in nodes)


def _call(node: ast.Call) -> str:
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    if name == "sqrt":
        return f"<msqrt>{_math(node.args[0])}</msqrt>"
    if name == "exp":
        return f"<msup><mi>e</mi>{_exponent(node.args[0])}</msup>"
    if name == "over":
        return _row(_math(node.args[0], PRODUCT), _operator("/"), _math(node.args[1], ATOM))
    if name in FENCES:
        return _fenced(_math(node.args[0]), FENCES[name])
    named = [_row(_name(word.arg or ""), _operator("="), _math(word.value)) for word in node.keywords]
    arguments = _operator(",").join([*([_listed(node.args)] if node.args else []), *named])
    return _row(_math(node.func, ATOM), _fenced(arguments))


class _Flat(ast.NodeTransformer):
    """Fractions in a line, as in exponents."""

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        self.generic_visit(node)
        parts: list[ast.expr] = [node.left, node.right]
        return ast.Call(ast.Name("over"), parts, []) if isinstance(node.op, ast.Div) else node


def _exponent(node: ast.expr) -> str:
    return _row(_math(_Flat().visit(node)))


def _binary(node: ast.BinOp) -> tuple[int, str]:
    """What an operation looks like, and how strongly it holds together."""
    match node.op:
        case ast.Div():
            return ATOM, f"<mfrac>{_row(_math(node.left))}{_row(_math(node.right))}</mfrac>"
        case ast.Pow():
            base = _math(node.left, ATOM)
            raised = _fenced(base) if base.startswith("<mfrac>") else base
            return POWER, f"<msup>{raised}{_exponent(node.right)}</msup>"
        case ast.Mult():
            return PRODUCT, _row(_math(node.left, PRODUCT), _operator("⋅"), _math(node.right, POWER))
        case ast.Add() | ast.Sub():
            sign, right = ("+", SUM) if isinstance(node.op, ast.Add) else ("−", PRODUCT)  # noqa: RUF001 (a minus)
            return SUM, _row(_math(node.left, SUM), _operator(sign), _math(node.right, right))
        case _:
            raise ValueError(f"no notation for {ast.unparse(node)}; write it with + - * / **.")


def _math(node: ast.expr, needed: int = SUM) -> str:
    """A part of a formula, in parentheses where it holds together less than is needed."""
    match node:
        case ast.Constant(value=str() as text):
            return f"<mtext>“{escape(text)}”</mtext>"
        case ast.Constant(value=value):
            return _operator("⋯") if value is ... else f"<mn>{value}</mn>"
        case ast.Name():
            return _name(node.id)
        case ast.Subscript():
            return f"<msub>{_math(node.value, ATOM)}{_row(_math(node.slice))}</msub>"
        case ast.Call():
            return _call(node)
        case ast.UnaryOp(op=ast.USub()):
            return _row(_operator("−"), _math(node.operand, PRODUCT))  # noqa: RUF001 (a minus)
        case ast.Compare():
            signs = [_operator(COMPARISONS[type(sign)]) for sign in node.ops]
            others = [_math(part) for part in node.comparators]
            return _row(_math(node.left), *(part for pair in zip(signs, others, strict=True) for part in pair))
        case ast.BoolOp(op=ast.Or()):
            return "<mtext>&#160;or&#160;</mtext>".join(_math(part) for part in node.values)
        case ast.BinOp():
            strength, text = _binary(node)
            return text if strength >= needed else _fenced(text)
        case _:
            raise ValueError(f"no notation for {ast.unparse(node)}; leave the formula as code.")


def _part(text: str) -> str:
    """An equation, a condition, or words."""
    word = re.match(r"(for|if|with|where|in|once|or)\b ?", text)
    if word is not None:
        return f"<mtext>{word[1]}&#160;</mtext>" + _part(text[word.end() :])
    if re.fullmatch(r"[a-z]+ [a-z ]+", text):
        return f"<mtext>{text}</mtext>"
    equation = re.sub(r"(?<![<>=!])=(?!=)(?![^(]*\)[^(]*$)", "==", text)
    return _math(ast.parse(equation.strip(), mode="eval").body)


def inline(text: str) -> str:
    """A formula in a line of text: an equation, and what stands apart from it, such as its condition."""
    return " ".join(f"<math>{_part(part)}</math>" for part in re.split(r",? {2,}", text.strip()))


def block(text: str) -> str | None:
    """The lines of a formula as HTML, or None where they are not all mathematics."""
    try:
        lines = [inline(line).replace("<math>", '<math display="block">') for line in text.splitlines()]
    except (SyntaxError, ValueError):
        return None
    return f'<div class="formula">{"".join(f"<div>{line}</div>" for line in lines)}</div>'


def in_tables(html: str) -> str:
    """A page whose tables show the code in columns of values as formulas."""
    return TABLE.sub(lambda table: _table(table[0]), html)


def _table(html: str) -> str:
    heads = [unescape(text) for _, text, _ in CELL.findall(ROW.findall(html)[0])]
    columns = {index for index, head in enumerate(heads) if head in FORMULA_COLUMNS}

    def row(found: re.Match[str]) -> str:
        place = iter(range(len(heads)))

        def cell(part: re.Match[str]) -> str:
            inner = part[2]
            if next(place) in columns:
                inner = CODE.sub(lambda code: inline(unescape(code[1])), inner)
            return part[1] + inner + part[3]

        return CELL.sub(cell, found[0])

    return ROW.sub(row, html)
