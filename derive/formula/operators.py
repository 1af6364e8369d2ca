"""The operators that plain text and LaTeX share: what they build from their operands."""

from __future__ import annotations

from derive.errors import FormulaError
from derive.formula.binding import CASES, DERIVATIVE, NEGATION, POWER, PRODUCT, SUM, seated
from derive.formula.pratt import Parser
from derive.formula.size import check_power
from derive.formula.tokens import Token
from derive.formula.tree import (
    PRIME,
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
    parser.wraps += bool(left.children)
    factors = [seated(left, Product, first=True)]
    while True:
        factors.append(seated(parser.expression(PRODUCT), Product))
        if parser.tokens[parser.position].kind != "*":
            return Product(tuple(factors))
        parser.position += 1


def multiply_matrices(parser: Parser, left: Formula, token: Token) -> Formula:
    """A chain of @."""
    parser.wraps += bool(left.children)
    factors = [seated(left, MatrixProduct, first=True)]
    while True:
        factors.append(seated(parser.expression(PRODUCT), MatrixProduct))
        if parser.tokens[parser.position].kind != "@":
            return MatrixProduct(tuple(factors))
        parser.position += 1


def divide(parser: Parser, left: Formula, token: Token) -> Formula:
    """A fraction of what stands on both sides."""
    parser.wraps += bool(left.children)
    right = parser.expression(PRODUCT)
    return Quotient(seated(left, Quotient, first=True), seated(right, Quotient))


def raise_to(parser: Parser, left: Formula, token: Token) -> Formula:
    """A power; a tower is read from the right."""
    if isinstance(left, Derivative) and left.wrt == PRIME:
        left = Grouping(left)
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


def by_prime(of: Formula, primes: int) -> Formula:
    """The derivative that primes stand for, by what only the text around them may tell."""
    for _ in range(primes):
        of = Derivative(of, PRIME, total=True, applied=not isinstance(of, Name | Indexed | Derivative))
    return of
