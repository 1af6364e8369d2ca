"""The parser: operators by binding power, after V. Pratt, Top Down Operator Precedence (1973).

A form is a table: what may start an operand, and what may join an operand to more on its right.
Chains of + and of * stay flat, so that only real nesting makes a tree deep.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from derive.errors import FormulaError, printable
from derive.formula.binding import (
    CASES,
    DERIVATIVE,
    NEGATION,
    POWER,
    PRODUCT,
    SUM,
    seated,
)
from derive.formula.size import check_power, deepest
from derive.formula.tokens import Context, Token
from derive.formula.tree import (
    Branch,
    Cases,
    Derivative,
    Formula,
    Grouping,
    Indexed,
    MatrixProduct,
    Name,
    Negation,
    Number,
    Power,
    Product,
    Quotient,
    Relation,
    Sum,
    Transpose,
)

# Deeper trees serve no reader, and every stage may walk a tree by recursion.
DEEPEST = 100

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

    __slots__ = ("context", "depth", "form", "functions", "indices", "position", "tokens", "wraps")

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
        return FormulaError(f"{_shown(token)} stands where a quantity should", token.at, token.length)

    def unexpected(self, token: Token, wanted: str | None = None) -> FormulaError:
        """Why the formula cannot go on with this token."""
        kind, place = token.kind, (token.at, token.length)
        if kind == "end":
            return FormulaError(f"the formula ends where {wanted} should follow", *place)
        if kind in (")", "]", "}"):
            return FormulaError(f"this {token.text} closes nothing", *place)
        if kind == "^":
            return FormulaError("^ is no sign of a power here", *place, "Write ** for a power: x**2.")
        if kind == "//":
            return FormulaError("// is no sign of a formula", *place, "Write / for a fraction.")
        if kind == "newline":
            return FormulaError(
                "a second formula begins after this line break", *place, "Read them one by one."
            )
        if kind == "prose":
            return FormulaError("words inside a formula", *place)
        if kind in RELATIONS:
            return FormulaError(f"{token.text} cannot stand inside a formula", *place)
        if kind in self.form.starts and kind not in ("-", "+", "if", "else"):
            return self.adjacent(token)
        return FormulaError(f"{_shown(token)} has no place here", *place)

    def adjacent(self, token: Token) -> FormulaError:
        """Why two operands cannot stand side by side."""
        before = self.tokens[self.position - 1]
        suggestion = None
        if before.kind in ("name", "number", ")", "]") and token.kind in ("name", "number", "("):
            left, right = _shown(before), "(…)" if token.kind == "(" else _shown(token)
            suggestion = f"Write {left}*{right} for a product."
        return FormulaError(f"a sign is missing before {_shown(token)}", token.at, token.length, suggestion)


def too_deep(at: int) -> FormulaError:
    """The refusal of a formula that is nested too deep."""
    return FormulaError(f"the formula is nested more than {DEEPEST} deep", at)


def _shown(token: Token) -> str:
    text = token.text if len(token.text) <= 40 else token.text[:40] + "…"
    return printable(text)


def number(parser: Parser, token: Token, power: int) -> Formula:
    """A number, in the author's spelling."""
    return Number(token.text)


def minus(parser: Parser, token: Token, power: int) -> Formula:
    """A leading minus covers its whole term; inside a product or a power, the next operand only."""
    operand = parser.expression(NEGATION if power < PRODUCT else DERIVATIVE)
    return Negation(seated(operand, Negation))


def plus(parser: Parser, token: Token, power: int) -> Formula:
    """A leading plus says nothing."""
    return parser.expression(NEGATION if power < PRODUCT else DERIVATIVE)


def parentheses(parser: Parser, token: Token, power: int) -> Formula:
    """A formula in parentheses; whoever takes it in decides whether they are implied."""
    inner = parser.expression()
    if parser.next.kind != ")":
        parser.expect(")", token)
    parser.position += 1
    return inner if type(inner) is Grouping else Grouping(inner)


def add(parser: Parser, left: Formula, token: Token) -> Formula:
    """A chain of + and -."""
    terms = [seated(left, Sum, first=True)]
    kind = token.kind
    while True:
        term = parser.expression(SUM)
        if kind == "-":
            terms.append(Negation(seated(term, Negation)))
        elif type(term) is Negation:
            # `a + -b` is no subtraction: the author's plus is kept.
            terms.append(Grouping(term))
        else:
            terms.append(seated(term, Sum))
        kind = parser.tokens[parser.position].kind
        if kind != "+" and kind != "-":
            return Sum(tuple(terms))
        parser.position += 1


def multiply(parser: Parser, left: Formula, token: Token) -> Formula:
    """A chain of *."""
    parser.wraps += bool(left.parts)
    factors = [seated(left, Product, first=True)]
    while True:
        factors.append(seated(parser.expression(PRODUCT), Product))
        if parser.tokens[parser.position].kind != "*":
            return Product(tuple(factors))
        parser.position += 1


def multiply_matrices(parser: Parser, left: Formula, token: Token) -> Formula:
    """A chain of @."""
    parser.wraps += bool(left.parts)
    factors = [seated(left, MatrixProduct, first=True)]
    while True:
        factors.append(seated(parser.expression(PRODUCT), MatrixProduct))
        if parser.tokens[parser.position].kind != "@":
            return MatrixProduct(tuple(factors))
        parser.position += 1


def divide(parser: Parser, left: Formula, token: Token) -> Formula:
    """A fraction of what stands on both sides."""
    parser.wraps += bool(left.parts)
    right = parser.expression(PRODUCT)
    return Quotient(seated(left, Quotient, first=True), seated(right, Quotient))


def raise_to(parser: Parser, left: Formula, token: Token) -> Formula:
    """A power; a tower is read from the right."""
    if isinstance(left, Derivative):
        raise FormulaError("a power of a derivative needs parentheses", token.at, token.length)
    return power_of(left, parser.expression(DERIVATIVE), token)


def power_of(left: Formula, exponent: Formula, token: Token) -> Formula:
    """The power of an operand, unless its size is out of all proportion."""
    power = Power(seated(left, Power, first=True), seated(exponent, Power))
    check_power(power, token.at, token.length)
    return power


def superscript(parser: Parser, left: Formula, token: Token) -> Formula:
    """A power spelled with raised digits."""
    parser.wraps += 1
    digits = token.text.lstrip("-")
    exponent = Number(digits) if digits == token.text else Negation(Number(digits))
    return power_of(left, exponent, token)


def transpose(parser: Parser, left: Formula, token: Token) -> Formula:
    """The transpose of what stands before."""
    parser.wraps += 1
    return Transpose(seated(left, Transpose))


def conditional(parser: Parser, left: Formula, token: Token) -> Formula:
    """A case distinction, `a if x > 0 else b`; without `else` it says nothing of the rest."""
    parser.wraps += 1
    branches = [Branch(seated(left, Cases), _condition(parser))]
    while parser.next.kind == "else":
        parser.take()
        value = parser.expression(CASES)
        if parser.next.kind != "if":
            # A case distinction in parentheses here is one that the author keeps apart.
            inner = isinstance(value, Grouping) and isinstance(value.inner, Cases)
            branches.append(Branch(value if inner else seated(value, Cases), None))
            break
        parser.take()
        branches.append(Branch(seated(value, Cases), _condition(parser)))
    return Cases(tuple(branches))


def _condition(parser: Parser) -> Formula:
    condition = parser.relation(CASES)
    if not isinstance(condition, Relation):
        raise FormulaError("a condition compares: x > 0", parser.next.at, max(1, parser.next.length))
    *rest, last = condition.sides
    return Relation((*rest, seated(last, Cases)), condition.signs)


def indices(parser: Parser, opening: Token, closing: str) -> tuple[Formula, ...]:
    """Formulas between brackets, with commas between them; none between empty brackets."""
    if parser.next.kind == closing:
        parser.take()
        return ()
    found = [parser.expression()]
    while parser.next.kind == ",":
        parser.take()
        found.append(parser.expression())
    parser.expect(closing, opening)
    return tuple(found)


def derivative(parser: Parser, token: Token, power: int) -> Formula:
    """∂L/∂w, or the operator ∂/∂w (…)."""
    total = token.kind == "ⅆ"
    applied = parser.next.kind == "/"
    of = None if applied else seated(parser.expression(POWER), Derivative)
    parser.expect("/")
    parser.expect(token.kind)
    wrt = parser.form.quantity(parser)
    if of is None:
        opening = parser.expect("(")
        of = parser.expression()
        parser.expect(")", opening)
    return Derivative(of, wrt, total, applied)
