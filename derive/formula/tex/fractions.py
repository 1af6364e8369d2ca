"""Fractions, derivatives written as fractions, and roots in LaTeX."""

from __future__ import annotations

from derive.errors import FormulaError
from derive.formula.binding import ATOM, DERIVATIVE, seated, strength
from derive.formula.operators import power_of
from derive.formula.pratt import Parser
from derive.formula.tex.groups import argument, bare, inside
from derive.formula.tex.names import quantity
from derive.formula.tokens import Token
from derive.formula.tree import ONE, Call, Derivative, Formula, Grouping, Quotient


def fraction(parser: Parser, token: Token, power: int) -> Formula:
    r"""\frac{a}{b}, and with ∂, d or δ in both parts a derivative."""
    if _is_derivative(parser):
        return _fraction_of_differentials(parser)
    numerator = argument(parser)
    denominator = argument(parser)
    return Quotient(seated(numerator, Quotient, first=True), seated(denominator, Quotient))


def _is_derivative(parser: Parser) -> bool:
    """Whether numerator and denominator both begin with a differential, and more follows below."""
    first = _differential(parser, parser.position)
    if first is None:
        return False
    _, end = inside(parser, parser.position)
    position = end + 1
    second = _differential(parser, position)
    third = parser.tokens[position + 2].kind if position + 2 < len(parser.tokens) else "end"
    return second == first and third in ("letter", "word", "accent", "font")


def _differential(parser: Parser, position: int) -> str | None:
    """The differential that a group in braces begins with; δ and ∂ are one."""
    if position + 1 >= len(parser.tokens) or parser.tokens[position].kind != "{":
        return None
    token = parser.tokens[position + 1]
    sign = token.text if token.kind in ("letter", "word") else token.kind
    return {"∂": "∂", "delta": "∂", "ⅆ": "ⅆ", "d": "ⅆ"}.get(sign)


def _fraction_of_differentials(parser: Parser) -> Formula:
    opening = parser.take()
    sign = parser.take()
    total = sign.kind != "∂" and sign.text != "delta"
    if parser.next.kind == "^":
        raise FormulaError("a second derivative is not read", parser.next.at, 1)
    of = None
    if parser.next.kind != "}":
        of = seated(parser.expression(), Derivative)
    parser.expect("}", opening)
    opening = parser.expect("{")
    parser.take()
    wrt = quantity(parser)
    if parser.next.kind == "^":
        raise FormulaError("a second derivative is not read", parser.next.at, 1)
    parser.expect("}", opening)
    if of is not None:
        return Derivative(of, wrt, total)
    body = parser.expression(DERIVATIVE)
    return Derivative(body.inner if isinstance(body, Grouping) else body, wrt, total, applied=True)


def root(parser: Parser, token: Token, power: int) -> Formula:
    r"""\sqrt{x}; \sqrt[3]{x} is a power."""
    if parser.next.kind != "[":
        return Call("sqrt", (argument(parser),), at=token.at)
    opening = parser.take()
    degree = parser.expression()
    parser.expect("]", opening)
    base = bare(argument(parser))
    enclosed = base if strength(base) >= ATOM else Grouping(base)
    return power_of(enclosed, Quotient(ONE, seated(degree, Quotient)), token)
