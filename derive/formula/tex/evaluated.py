r"""Where a formula is evaluated: \left. f \right|_{x=a}, \lim_{x \to a} f."""

from __future__ import annotations

from collections.abc import Callable

from derive.errors import FormulaError
from derive.formula.binding import NEGATION, PRODUCT, strength
from derive.formula.evaluated import Evaluated
from derive.formula.pratt import Parser
from derive.formula.tex.names import spelled_name
from derive.formula.tokens import Token
from derive.formula.tree import Call, Derivative, Formula, Grouping, Name, Quotient


def evaluated(parser: Parser, left: Formula, token: Token) -> Formula:
    """What stands before a bar at the place below it."""
    if not isinstance(left, Derivative | Grouping | Call | Quotient):
        reason = "it is open what is evaluated here"
        raise FormulaError(reason, token.at, token.length, "Write parentheses round it.")
    return _at_place(parser, left)


def enclosed(parser: Parser, opening: Token, power: int) -> Formula:
    r"""What stands between \left. and \right| at the place below the bar."""
    body = parser.expression()
    parser.expect("evaluated)", opening)
    return _at_place(parser, body)


def hoisted(of: Formula, derivative: Callable[[Formula], Formula]) -> Formula:
    """The derivative of f(x)|_{x=a}, which is taken before its place is."""
    if isinstance(of, Evaluated) and not of.approached:
        return Evaluated(hoisted(of.body, derivative), of.wrt, of.point)
    return derivative(of)


def _at_place(parser: Parser, left: Formula) -> Formula:
    parser.wraps += 1
    parser.expect("_")
    opening = parser.expect("{")
    body = left.inner if isinstance(left, Grouping) else left
    while True:
        wrt = _quantity(parser)
        parser.expect("=")
        body = Evaluated(body, wrt, parser.expression())
        if parser.next.kind != ",":
            break
        parser.take()
    parser.expect("}", opening)
    return body


def limit(parser: Parser, token: Token, power: int) -> Formula:
    """The limit of the product that follows."""
    parser.expect("_")
    opening = parser.expect("{")
    wrt = _quantity(parser)
    parser.expect("→")
    point = parser.expression()
    if parser.next.kind != "}":
        raise FormulaError("a limit of this kind is not read", parser.next.at, max(1, parser.next.length))
    parser.expect("}", opening)
    body = parser.expression(NEGATION)
    if isinstance(body, Grouping) and strength(body.inner) < PRODUCT:
        body = body.inner
    return Evaluated(body, wrt, point, approached=True)


def _quantity(parser: Parser) -> Name:
    if parser.next.kind not in ("letter", "word"):
        place = parser.next
        raise FormulaError("which quantity has this value is not said", place.at, max(1, place.length))
    place, found = parser.next, spelled_name(parser)
    if not isinstance(found, Name):
        raise FormulaError("a component has no value of its own here", place.at, max(1, place.length))
    return found
