"""The body of a function as lines of source: intermediate results are named, and choices are written as branches."""

import keyword
import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from .expressions import STEP, Expression, in_order
from .pieces import Cases
from .targets import OPERATORS, Target, Word

__all__ = ["Names", "Writer"]

WIDTH = 84
"""The longest expression; with its indentation and what it is assigned to, it stays below 100 columns."""

TAB = "    "

POWER = OPERATORS["**"]

DEFAULT_NAMES = {"piece": "piece", "since": "local", "%": "local", "//": "cycle", "call": "inner", ">": "holds"}


class Names:
    """Names that are not taken."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self.taken = set(taken)

    def new(self, wanted: str) -> str:
        """A name, with a number if it is taken."""
        name, number = wanted, 1
        while name in self.taken or keyword.iskeyword(name):
            number += 1
            name = f"{wanted}_{number}"
        self.taken.add(name)
        return name


class Text(NamedTuple):
    """An expression as it is written, with its precedence."""

    source: str
    precedence: int = 20


class Writer:
    """Writes one function. `call` gives the name of what is called, `table` that of a table, `helper` asks for one."""

    def __init__(
        self,
        target: Target,
        names: Names,
        parameters: dict[str, str],
        call: Callable[[Expression], tuple[str, bool]],
        table: Callable[[tuple[Any, ...], str], str],
        helper: Callable[[str], None],
    ) -> None:
        self.target = target
        self.names = names
        self.parameters = parameters
        self.call = call
        self.table = table
        self.helper = helper
        self.uses: Counter[int] = Counter()
        self.texts: dict[int, Text] = {}
        self.lines: list[str] = []
        self.indent = ""

    def write(self, cases: Cases) -> list[str]:
        """The lines of a function that returns the case that holds."""
        roots = [*cases.values, *(cases.enters if self.target.varies else cases.stays)]
        for node in in_order(roots):
            self.uses.update(id(operand) for operand in node.operands if not self.is_plain(node, operand))
        self.uses.update(id(root) for root in roots if isinstance(root, Expression))
        if len(cases.values) == 1:
            self.answer(cases.values[0])
        elif self.target.varies:
            self.choose(cases)
        else:
            self.branch(cases)
        return self.lines

    def is_plain(self, node: Expression, operand: Expression) -> bool:
        """Whether an operand is a local step that a ramp takes as it is, since it holds its ends by itself."""
        return node.op == "call" and operand is node.args[1] and operand.op == "since" and self.call(node)[1]

    # Statements.

    def answer(self, value: Any) -> None:
        """Return a value."""
        if not isinstance(value, Expression) and self.target.varies:
            self.say(f"return {self.target.prefix}.{self.constant(value)}")
        elif isinstance(value, Expression) and self.is_branch(value):
            condition, yes, no = value.args
            self.settle([condition, *self.shared([yes, no])])
            self.under(condition, yes)
            self.answer(no)
        else:
            self.settle([value])
            self.say(f"return {self.text(value).source}")

    def constant(self, value: float) -> str:
        """A number in the shape of the steps."""
        step = self.parameters[STEP]
        return f"full_like({step}, {value!r})" if self.target.prefix == "torch" else f"full({step}.shape, {value!r})"

    def branch(self, cases: Cases) -> None:
        """Return the case that holds, one `if` after another."""
        self.settle(self.shared(cases.values))
        for value, stays in zip(cases.values, cases.stays, strict=False):
            self.settle([stays])
            self.under(stays, value)
        self.answer(cases.values[-1])

    def under(self, condition: Expression, value: Any) -> None:
        """Return a value if a condition holds; what is named on the way is not known below."""
        self.say(f"if {self.text(condition).source}:")
        texts, indent, taken = dict(self.texts), self.indent, set(self.names.taken)
        self.indent += TAB
        self.answer(value)
        self.texts, self.indent, self.names.taken = texts, indent, taken

    def choose(self, cases: Cases) -> None:
        """Return an array of the cases that hold."""
        first, *later = cases.values
        varies = isinstance(first, Expression) and first.varies
        self.settle([first])
        name = self.names.new("value")
        self.say(f"{name} = {self.text(first).source}")
        so_far = Text(name)
        for value, enters in zip(later, cases.enters, strict=True):
            self.settle([enters, value])
            word = "where" if varies or (isinstance(value, Expression) and value.varies) else "where of numbers"
            choice = self.spell(self.word(word), [self.text(enters), self.text(value), so_far])
            if len(choice.source) > WIDTH:
                self.texts[id(value)] = self.assign(value, self.text(value))
                choice = self.spell(self.word(word), [self.text(enters), self.text(value), so_far])
            varies = True
            self.say(f"{'return' if value is later[-1] else f'{name} ='} {choice.source}")

    def say(self, line: str) -> None:
        """One line."""
        self.lines.append(self.indent + line)

    def is_branch(self, value: Expression) -> bool:
        """Whether a choice is between two values that are choices themselves."""
        condition, *sides = value.args if value.op == "where" else (None,)
        is_choice = isinstance(condition, Expression) and not condition.varies
        return is_choice and any(isinstance(side, Expression) and side.op == "where" for side in sides)

    def shared(self, values: Sequence[Any]) -> list[Expression]:
        """What is needed for several of some values, and is worth a name."""
        seen: Counter[int] = Counter()
        for value in values:
            seen.update({id(node) for node in in_order([value])})
        nodes = in_order(list(values))
        return [node for node in nodes if seen[id(node)] > 1 and self.is_named(node)]

    def is_named(self, node: Expression) -> bool:
        """Whether an expression has a name in its formula, or is used more than once."""
        least = 1 if node.hint else 2
        return node.op != "symbol" and self.uses[id(node)] >= least

    # Expressions.

    def settle(self, roots: Sequence[Any]) -> None:
        """Know the texts of some expressions, and write what they need before them."""
        for node in in_order(list(roots)):
            if id(node) not in self.texts:
                text = self.compose(node)
                is_new = self.is_named(node) and not text.source.isidentifier()
                self.texts[id(node)] = self.assign(node, text) if is_new else text

    def assign(self, node: Expression, text: Text) -> Text:
        """Give a value a name."""
        name = self.names.new(node.hint or self.default_name(node))
        self.say(f"{name} = {text.source}")
        return Text(name)

    def default_name(self, node: Expression) -> str:
        """What a value is called that its formula has no name for."""
        if node.op == "take":
            return node.args[2] if node.args[2] != "number" else "entry"
        return DEFAULT_NAMES.get(node.op, "part")

    def compose(self, node: Expression) -> Text:
        """An operation as text; where it is too long, its longest operands are named before it."""
        text = self.operation(node)
        operands = [operand for operand in node.operands if not self.is_plain(node, operand)]
        unnamed = [operand for operand in operands if not self.text(operand).source.isidentifier()]
        for operand in sorted(unnamed, key=lambda operand: -len(self.text(operand).source)):
            if len(text.source) <= WIDTH:
                break
            self.texts[id(operand)] = self.assign(operand, self.texts[id(operand)])
            text = self.operation(node)
        return text

    def operation(self, node: Expression) -> Text:
        """An operation as text."""
        match node.op, node.args:
            case "symbol", (name,):
                return Text(self.parameters[name])
            case "call", (_, step, *given):
                name, is_ramp = self.call(node)
                at = self.since(step) if is_ramp and step.op == "since" else self.text(step)
                return Text(f"{name}({', '.join([at.source, *(self.text(arg).source for arg in given)])})")
            case "take", (piece, numbers, name):
                table = self.table(numbers, node.hint or name)
                step = self.parameters[STEP]
                return Text(self.target.table.format(self.text(piece).source, table=table, step=step))
            case "piece", (step, numbers):
                self.helper("piece_at")
                return self.spell(self.word("piece"), [self.text(step)], table=self.table(numbers, "start"))
            case "since", (_, start):
                is_safe = not node.varies or (not isinstance(start, Expression) and start == 0)
                text = self.since(node)
                return text if is_safe else self.spell(self.word("maximum of number"), [text, Text("0")])
            case "*" | "+", args if self.neutral(node.op) in [arg for arg in args if isinstance(arg, (int, float))]:
                neutral = self.neutral(node.op)
                return self.text(args[0] if not isinstance(args[1], Expression) and args[1] == neutral else args[1])
            case _:
                word = self.spelling(node)
                for called in re.findall(r"(\w+)\(", word.template):
                    self.helper(called)
                return self.spell(word, [self.text(arg) for arg in self.sorted(node)])

    def neutral(self, op: str) -> int:
        """The number that changes nothing."""
        return 1 if op == "*" else 0

    def sorted(self, node: Expression) -> list[Any]:
        """The operands as the target wants them: a bound after what it bounds."""
        args = list(node.args)
        swapped = node.op in ("minimum", "maximum") and node.varies and not self.varies(args[0])
        return args[::-1] if swapped else args

    def spelling(self, node: Expression) -> Word:
        """The word for an operation."""
        varying = [self.varies(arg) for arg in node.args]
        if not node.varies or (node.op == "where" and not varying[0]):
            return self.target.numbers[node.op]
        if node.op in ("minimum", "maximum") and not all(varying):
            return self.word(f"{node.op} of number")
        return self.word("where of numbers" if node.op == "where" and not any(varying[1:]) else node.op)

    def word(self, name: str) -> Word:
        """A word of the target; not all libraries tell numbers from arrays."""
        words = self.target.words or self.target.numbers
        return words.get(name) or words[name.partition(" ")[0]]

    def varies(self, arg: Any) -> bool:
        """Whether an operand is an array."""
        return isinstance(arg, Expression) and arg.varies

    def since(self, node: Expression) -> Text:
        """The steps since the first one of a piece."""
        step, start = node.args
        if not isinstance(start, Expression) and start == 0:
            return self.text(step)
        return self.spell(self.target.numbers["-"], [self.text(step), self.text(start)])

    def spell(self, word: Word, operands: Sequence[Text], **more: str) -> Text:
        """A word with its operands."""
        pairs = zip(operands, word.operands, strict=False)
        texts = [text.source if text.precedence >= least else f"({text.source})" for text, least in pairs]
        if word is POWER and not all(re.fullmatch(r"[\w.]+", text) for text in texts):
            return Text(f"{texts[0]} ** {texts[1]}", word.result)
        return Text(word.template.format(*texts, step=self.parameters[STEP], **more), word.result)

    def text(self, arg: Any) -> Text:
        """An operand, which is known already."""
        if isinstance(arg, Expression):
            return self.texts[id(arg)]
        if arg == math.pi / 2:
            return Text(f"{'np' if self.target.prefix == 'np' else 'math'}.pi / 2", 12)
        return Text(repr(arg).replace("e+", "e"), 13 if arg < 0 else 20)
