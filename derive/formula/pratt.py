"""The parser: operators by binding power, after V. Pratt, Top Down Operator Precedence (1973).

A form is a table: what may start an operand, and what may join an operand to more on its right.
Chains of + and of * stay flat, so that only real nesting makes a tree deep.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from derive.errors import FormulaError, printable
from derive.formula.binding import seated
from derive.formula.foreign import INSTEAD
from derive.formula.size import deepest
from derive.formula.tokens import Context, Token
from derive.formula.tree import Formula, Indexed, Name, Relation

# Deeper trees serve no reader, and every stage may walk a tree by recursion.
DEEPEST = 100
# Words that are names, but beside another name are Python's.
_OF_PYTHON = frozenset(("and", "as", "def", "for", "from", "import", "in", "is", "not", "or", "return"))

RELATIONS = frozenset({"=", "==", "!=", "<", "<=", ">", ">=", ":=", "≈", "→"})


@dataclass(frozen=True, slots=True)
class Join:
    """A sign that joins an operand on its left to more on its right."""

    power: int
    build: Callable[[Parser, Formula, Token], Formula]


@dataclass(frozen=True, slots=True)
class Form:
    """A spelling of formulas: its words, what starts an operand, what joins operands."""

    tokens: Callable[[str, Context], list[Token]]
    starts: Mapping[str, Callable[[Parser, Token, int], Formula]]
    joins: Mapping[str, Join]
    quantity: Callable[[Parser], Name | Indexed]


class Parser:
    """One reading of one text."""

    __slots__ = ("context", "depth", "form", "functions", "indices", "pairs", "position", "tokens", "wraps")

    def __init__(self, text: str, form: Form, context: Context) -> None:
        self.form = form
        self.context = context
        self.tokens = form.tokens(text, context)
        self.position = 0
        self.depth = 0
        # How often a sign has wrapped its left operand: a bound for the depth that no recursion shows.
        self.wraps = 0
        # A definition f(t) = … and a sum over i tell more names on the way.
        self.functions = frozenset(context.functions)
        self.indices = frozenset(context.indices)
        # Where brackets close, once a form has asked.
        self.pairs: dict[int, tuple[bool, int]] | None = None

    @property
    def next(self) -> Token:
        """The token that comes next."""
        return self.tokens[self.position]

    def take(self) -> Token:
        """Pass the next token."""
        token = self.tokens[self.position]
        self.position += 1
        return token

    def expect(self, kind: str, opening: Token | None = None) -> Token:
        """Pass a token of this kind, or refuse what stands in its place."""
        token = self.next
        if token.kind != kind:
            if token.kind == "end" and opening is not None:
                raise FormulaError(f"this {opening.text} is never closed", opening.at, opening.length)
            raise self.unexpected(token, kind)
        self.position += 1
        return token

    def whole(self) -> Formula:
        """The whole text as one formula."""
        if self.next.kind == "end":
            raise FormulaError("the formula is empty", 0)
        formula = self.relation()
        if self.next.kind != "end":
            raise self.unexpected(self.next)
        if self.wraps >= DEEPEST // 2:
            depth, at = deepest(formula)
            if depth > DEEPEST:
                raise too_deep(at)
        return formula

    def relation(self, power: int = 0) -> Formula:
        """A formula, or a chain of formulas with relation signs between them."""
        first = self.expression(power)
        if self.next.kind not in RELATIONS:
            return first
        sides, signs = [first], []
        while self.next.kind in RELATIONS:
            signs.append(self.take().kind)
            sides.append(self.expression(power))
        *rest, last = sides
        return Relation((*(seated(side, Relation) for side in rest), last), tuple(signs))

    def expression(self, power: int = 0) -> Formula:
        """An operand with everything that binds to it more tightly than `power`."""
        self.depth += 1
        token = self.tokens[self.position]
        if self.depth > DEEPEST:
            raise too_deep(token.at)
        self.position += 1
        start = self.form.starts.get(token.kind)
        if start is None:
            raise self.missing(token)
        left = start(self, token, power)
        joins = self.form.joins
        while True:
            token = self.tokens[self.position]
            join = joins.get(token.kind)
            if join is None or join.power <= power:
                self.depth -= 1
                return left
            self.position += 1
            left = join.build(self, left, token)

    def descend(self, at: int) -> None:
        """Count a level of nesting that no operand shows; the caller takes it back."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise too_deep(at)

    def missing(self, token: Token) -> FormulaError:
        """Why no operand can start here."""
        if token.kind == "end":
            return FormulaError("the formula ends where a quantity should follow", token.at)
        if token.kind in ("if", "else"):
            return FormulaError(
                f"{token.text} stands where a quantity should",
                token.at,
                token.length,
                "Write: a if x > 0 else b.",
            )
        if token.kind == "'":
            called = self.tokens[max(0, self.position - 3)].text
            return FormulaError("a text in quotes is no formula", token.at, token.length, INSTEAD.get(called))
        return FormulaError(f"{_shown(token)} stands where a quantity should", token.at, token.length)

    def unexpected(self, token: Token, wanted: str | None = None) -> FormulaError:
        """Why the formula cannot go on with this token."""
        kind, place = token.kind, (token.at, token.length)
        if kind == "end":
            return FormulaError(f"the formula ends where {wanted} should follow", *place)
        if kind in (")", "]", "}"):
            return FormulaError(f"this {token.text} closes nothing", *place)
        if kind == "^":
            transposed = self.tokens[self.position + 1].text == "T"
            hint = "Write A.T for a transpose." if transposed else "Write ** for a power: x**2."
            return FormulaError("^ is no sign of a power here", *place, hint)
        if kind == "//":
            return FormulaError("// is no sign of a formula", *place, "Write / for a fraction.")
        if kind == "newline":
            return FormulaError(
                "a second formula begins after this line break", *place, "Read them one by one."
            )
        if kind == "prose":
            return FormulaError("words inside a formula", *place)
        if kind in RELATIONS:
            compares = kind in ("<", "<=", ">", ">=", "==", "!=")
            suggestion = "Write: a if x > 0 else b." if compares else None
            return FormulaError(f"{token.text} cannot stand inside a formula", *place, suggestion)
        if kind in self.form.starts and kind not in ("-", "+", "if", "else"):
            return self.adjacent(token)
        return FormulaError(f"{_shown(token)} has no place here", *place)

    def adjacent(self, token: Token) -> FormulaError:
        """Why two operands cannot stand side by side."""
        before = self.tokens[self.position - 1]
        suggestion = None
        if token.kind == "[" and before.kind == ")":
            suggestion = "Give what is in parentheses a name in a line above."
            return FormulaError("only a name has an index", token.at, token.length, suggestion)
        word = next((each.text for each in (token, before) if each.text in _OF_PYTHON), None)
        if word:
            suggestion = f"The word {word} of Python has no meaning in a formula."
        elif before.kind in ("name", "number", ")", "]") and token.kind in ("name", "number", "("):
            left, right = _shown(before), "(…)" if token.kind == "(" else _shown(token)
            suggestion = f"Write {left}*{right} for a product."
        return FormulaError(f"a sign is missing before {_shown(token)}", token.at, token.length, suggestion)


def too_deep(at: int) -> FormulaError:
    """The refusal of a formula that is nested too deep."""
    return FormulaError(f"the formula is nested more than {DEEPEST} deep", at)


def _shown(token: Token) -> str:
    text = token.text if len(token.text) <= 40 else token.text[:40] + "…"
    return printable(text)
