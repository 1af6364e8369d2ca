"""Products in LaTeX: by adjacency, by sign, of vectors and of matrices; and what is raised."""

from __future__ import annotations

from derive.errors import FormulaError
from derive.formula.binding import ATOM, PRODUCT, seated, strength
from derive.formula.operators import power_of
from derive.formula.pratt import Parser
from derive.formula.tex.groups import bare, exponent
from derive.formula.tokens import Token
from derive.formula.tree import (
    Call,
    Derivative,
    Formula,
    Grouping,
    Indexed,
    MatrixProduct,
    Name,
    Power,
    Product,
    Quotient,
    Reduction,
    Transpose,
    Vector,
)

# What may stand beside a factor without a sign between them.
ADJACENT = (
    "number", "letter", "word", "function", "(", "[", "{", "fraction", "root", "reduction", "accent", "font",
    "box", "cells", "|(", "‖(", "ⅆ",
)  # fmt: skip


def juxtapose(parser: Parser, left: Formula, token: Token) -> Formula:
    """A factor beside the last one."""
    parser.position -= 1
    return _chain(parser, left, None)


def multiply(parser: Parser, left: Formula, token: Token) -> Formula:
    """A chain of factors with and without signs between them."""
    return _chain(parser, left, token)


def _chain(parser: Parser, left: Formula, sign: Token | None) -> Formula:
    parser.wraps += bool(left.children)
    factors = [left]
    while True:
        factor = parser.expression(PRODUCT)
        dotted = sign is not None and sign.text == "·"
        if dotted and _is_vector(parser, factors[-1]) and _is_vector(parser, factor):
            factors[-1] = Call("dot", (bare(factors[-1]), bare(factor)))
        else:
            factors.append(factor)
        kind = parser.next.kind
        if kind == "*":
            sign = parser.take()
        elif kind in ADJACENT:
            sign = None
        else:
            return _product(parser, factors)


def _is_vector(parser: Parser, formula: Formula) -> bool:
    formula = bare(formula)
    named = isinstance(formula, Name) and formula.name in parser.context.vectors
    return named or isinstance(formula, Vector)


def _product(parser: Parser, factors: list[Formula]) -> Formula:
    """The factors as a product; a transposed factor multiplies as a matrix does."""
    chained: list[Formula] = []
    matrices: list[Formula] = []
    for factor in factors:
        if matrices and isinstance(factor, Name | Indexed | Transpose | Grouping):
            matrices.append(factor)
        elif isinstance(factor, Transpose):
            matrices = [factor]
            if chained and _is_vector(parser, chained[-1]):
                matrices.insert(0, chained.pop())
        else:
            chained.extend(_matrices(matrices))
            matrices = []
            chained.append(factor)
    chained.extend(_matrices(matrices))
    if len(chained) == 1:
        return chained[0]
    last = len(chained) - 1
    return Product(tuple(_seated(factor, place, last) for place, factor in enumerate(chained)))


def _matrices(factors: list[Formula]) -> list[Formula]:
    if len(factors) < 2:
        return factors
    first, *rest = factors
    opening = seated(first, MatrixProduct, first=True)
    return [MatrixProduct((opening, *(seated(factor, MatrixProduct) for factor in rest)))]


def _seated(factor: Formula, place: int, last: int) -> Formula:
    if place < last and isinstance(factor, Grouping) and isinstance(factor.inner, Reduction | MatrixProduct):
        return factor.inner
    return seated(factor, Product, first=place == 0)


def divide(parser: Parser, left: Formula, token: Token) -> Formula:
    """a/b on the line; a factor beside b would leave open what is divided."""
    parser.wraps += bool(left.children)
    right = parser.expression(PRODUCT)
    following = parser.next
    if following.kind in ADJACENT:
        reason = "it is open whether this factor belongs to the denominator"
        raise FormulaError(reason, following.at, following.length, r"Write \frac{…}{…} or parentheses.")
    return Quotient(seated(left, Quotient, first=True), seated(right, Quotient))


def scripted(parser: Parser, left: Formula, token: Token) -> Formula:
    """A power, or the T of a transpose."""
    parser.wraps += 1
    if _takes_transpose(parser):
        return Transpose(seated(left, Transpose))
    if isinstance(left, Derivative):
        raise FormulaError("a power of a derivative needs parentheses", token.at, token.length)
    if isinstance(left, Power):
        raise FormulaError("a second superscript", token.at, token.length, "Write x^{a^b} or (x^a)^b.")
    inner = bare(left)
    if isinstance(inner, Reduction) or (isinstance(inner, Call) and inner.function in ("exp", "sqrt")):
        left = inner
    return power_of(left if strength(left) >= ATOM else Grouping(left), exponent(parser), token)


def _takes_transpose(parser: Parser) -> bool:
    """Pass the sign of a transpose, T or {T}, if it is one."""
    raised = parser.tokens[parser.position : parser.position + 3]
    braced = [token.kind for token in raised[::2]] == ["{", "}"]
    sign = raised[1] if braced else raised[0]
    letter = sign.kind == "letter" and sign.text == "T" and "T" not in parser.context.names
    if sign.kind == "transpose" or letter:
        parser.position += 3 if braced else 1
        return True
    return False


def primed(parser: Parser, left: Formula, token: Token) -> Formula:
    """f(x)' is f'(x)."""
    if not isinstance(left, Call) or len(left.arguments) != 1:
        raise FormulaError("only a function has a prime", token.at, token.length)
    parser.wraps += 1
    return Call(left.function, left.arguments, left.primes + 1, left.at)


def misplaced_subscript(parser: Parser, left: Formula, token: Token) -> Formula:
    """A subscript belongs to a name."""
    raise FormulaError("only a name has a subscript", token.at, token.length)
