"""Products in LaTeX: by adjacency, by sign, of vectors and of matrices; and what is raised."""

from __future__ import annotations

import math

from derive.errors import FormulaError
from derive.formula.binding import ATOM, PRODUCT, seated, strength
from derive.formula.operators import by_prime, power_of
from derive.formula.pratt import Parser
from derive.formula.tex.groups import bare, exponent
from derive.formula.tokens import Token
from derive.formula.tree import (
    PRIME,
    Call,
    Derivative,
    Elementwise,
    ElementwisePower,
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
    Reduction,
    Transpose,
    Vector,
)

# What may stand beside a factor without a sign between them.
ADJACENT = (
    "number", "letter", "word", "function", "(", "[", "{", "fraction", "root", "reduction", "accent", "font",
    "box", "crossed", "annotated", "cells", "|(", "‖(", "⟨", "ⅆ", "∂", "∇", "limit",
)  # fmt: skip

# Signs that multiply arrays number by number.
_BY_NUMBER = ("⊙", "∘")
_LARGEST_FACTORIAL = 20
# 90° is 90 times this.
_DEGREE = Quotient(Name("pi"), Number("180"))
_TEMPERATURES = ("C", "F", "K")
# The signs above a matrix of which the transpose of the inverse is meant.
_INVERSE_TRANSPOSED = ["{", "-", "transpose", "}"]


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
    apart: list[Formula] = []
    while True:
        factor = parser.expression(PRODUCT)
        dotted = sign is not None and sign.text == "·"
        if parser.context.arrays and sign is not None and _is_elementwise(sign, factors):
            apart.append(_product(parser, factors))
            factors = [factor]
        elif dotted and _is_vector(parser, factors[-1]) and _is_vector(parser, factor):
            factors[-1] = Call("dot", (bare(factors[-1]), bare(factor)))
        else:
            factors.append(factor)
        kind = parser.next.kind
        if kind == "*":
            sign = parser.take()
        elif kind in ADJACENT:
            sign = None
        else:
            last = _product(parser, factors)
            return Elementwise(tuple(seated(each, Elementwise) for each in (*apart, last))) if apart else last


def _is_elementwise(sign: Token, factors: list[Formula]) -> bool:
    """Whether a sign multiplies number by number; an asterisk does so after a product of matrices.

    Behind a row alone, w^T * x, it stands for the product that everybody means.
    """
    if sign.text != "*":
        return sign.text in _BY_NUMBER
    return any(isinstance(each, Transpose) for each in factors) and not _is_row(factors[-1])


def _is_row(formula: Formula) -> bool:
    match formula:
        case Transpose(Name(name) | Indexed(name)):
            return name[:1].islower()
    return False


def _is_vector(parser: Parser, formula: Formula) -> bool:
    formula = bare(formula)
    named = isinstance(formula, Name) and formula.name in parser.context.vectors
    return named or isinstance(formula, Vector)


def _product(parser: Parser, factors: list[Formula]) -> Formula:
    """The factors as a product; a transposed factor multiplies as a matrix does."""
    if len(factors) == 1:
        return factors[0]
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
    if isinstance(left, Number) and _takes_degrees(parser):
        return Product((seated(left, Product, first=True), _DEGREE))
    if isinstance(left, Derivative) and left.wrt == PRIME:
        left = Grouping(left)
    if isinstance(left, Derivative):
        raise FormulaError("a power of a derivative needs parentheses", token.at, token.length)
    if isinstance(left, Power):
        raise FormulaError("a second superscript", token.at, token.length, "Write x^{a^b} or (x^a)^b.")
    if [each.kind for each in parser.tokens[parser.position : parser.position + 4]] == _INVERSE_TRANSPOSED:
        parser.position += 4
        base = left if strength(left) >= ATOM else Grouping(left)
        return Power(base, Negation(Name("T")))
    inner = bare(left)
    if isinstance(inner, Reduction) or (isinstance(inner, Call) and inner.function in ("exp", "sqrt")):
        left = inner
    base = left if strength(left) >= ATOM else Grouping(left)
    if parser.context.arrays and (raised := _elementwise(parser)) is not None:
        return ElementwisePower(seated(base, ElementwisePower, first=True), raised)
    return power_of(base, exponent(parser), token)


def _takes_degrees(parser: Parser) -> bool:
    r"""Pass the sign of degrees, 90^\circ, if it is one."""
    raised = parser.tokens[parser.position : parser.position + 3]
    braced = [token.kind for token in raised[::2]] == ["{", "}"]
    sign = raised[1] if braced else raised[0]
    if sign.text not in _BY_NUMBER or not parser.context.of_document:
        return False
    parser.position += 3 if braced else 1
    if parser.next.text in _TEMPERATURES:
        raise FormulaError("a temperature is no angle, and is not read", sign.at, sign.length)
    return True


def _elementwise(parser: Parser) -> Formula | None:
    """The exponent after the sign of a power of each component, {⊙ 2}, if that is raised."""
    opening, sign = parser.tokens[parser.position : parser.position + 2]
    if opening.kind != "{" or sign.text not in _BY_NUMBER:
        return None
    parser.position += 2
    raised = parser.expression()
    parser.expect("}", opening)
    return raised


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
    if parser.context.of_document and not (isinstance(left, Call) and left.function not in ("exp", "sqrt")):
        return by_prime(left.inner if isinstance(left, Grouping) else left, 1)
    if not isinstance(left, Call) or len(left.arguments) != 1:
        raise FormulaError("only a function has a prime", token.at, token.length)
    parser.wraps += 1
    return Call(left.function, left.arguments, left.primes + 1, left.at)


def factorial(parser: Parser, left: Formula, token: Token) -> Formula:
    """n! as a function; of a number, its value."""
    if isinstance(left, Number) and left.text.isdecimal() and int(left.text) <= _LARGEST_FACTORIAL:
        return Number(str(math.factorial(int(left.text))))
    if not isinstance(left, Name | Indexed | Grouping):
        raise FormulaError("what this is the factorial of is open", token.at, token.length)
    return Call("factorial", (bare(left),), at=token.at)


def _component_of_call(parser: Parser, left: Formula) -> Formula | None:
    """softmax(z)_i, [softmax(z)]_i as a component of a quantity so called; None but at an index letter."""
    match left:
        case Call(function, (Name(name),), 0, at) | Grouping(Call(function, (Name(name),), 0, at)):
            found = f"{function}({name})"
        case _:
            return None
    braced = parser.next.kind == "{"
    index = parser.tokens[parser.position + braced]
    closed = not braced or parser.tokens[parser.position + 2].kind == "}"
    if index.kind != "letter" or index.text not in parser.indices or not closed:
        return None
    parser.position += 3 if braced else 1
    return Indexed(found, (Name(index.text, index.at),), at)


def misplaced_subscript(parser: Parser, left: Formula, token: Token) -> Formula:
    """A subscript belongs to a name; below a norm, 2 and F say what it is anyway."""
    bare_two = parser.next.text in ("2", "F") and parser.next.kind in ("number", "letter")
    if isinstance(left, Call) and left.function == "norm":
        braced = [each.text for each in parser.tokens[parser.position : parser.position + 3]]
        if bare_two or braced in (["{", "2", "}"], ["{", "F", "}"]):
            parser.position += 1 if bare_two else 3
            return left
        raise FormulaError("a norm other than the Euclidean is not read", token.at, token.length)
    if parser.context.of_document and (found := _component_of_call(parser, left)) is not None:
        return found
    suggestion = None
    if isinstance(left, Grouping | Call | MatrixProduct):
        suggestion = "Give what stands before it a name in a line above."
    raise FormulaError("only a name has a subscript", token.at, token.length, suggestion)
