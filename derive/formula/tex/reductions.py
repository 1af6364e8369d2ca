"""Sums, products and extremes over indices in LaTeX, and what they run over."""

from __future__ import annotations

from collections.abc import Mapping

from derive.errors import FormulaError
from derive.formula.binding import NEGATION, PRODUCT, strength
from derive.formula.pratt import Parser
from derive.formula.tex.functions import arguments
from derive.formula.tex.groups import exponent, inside
from derive.formula.tex.names import spelled_name
from derive.formula.tokens import Token
from derive.formula.tree import (
    ONE,
    ZERO,
    Bound,
    Branch,
    Call,
    Cases,
    Formula,
    Grouping,
    Indexed,
    Name,
    Reduction,
    Relation,
    walk,
)

# What a sum or a product takes from an index that is left out.
_NEUTRAL: Mapping[str, Formula] = {"sum": ZERO, "prod": ONE}


def reduction(parser: Parser, token: Token, power: int) -> Formula:
    r"""\sum_{i=1}^{n} body, \max_i z_i, \max(a, b); what is reduced ends at the next + or -."""
    letters: list[Bound] = []
    left_out: list[Formula] = []
    high: Formula | None = None
    while parser.next.kind in ("_", "^"):
        if parser.take().kind == "_":
            letters, left_out = _bounds(parser)
        else:
            high = exponent(parser)
    compared = not letters and token.text in ("max", "min") and parser.next.kind == "("
    if compared and inside(parser, parser.position)[0]:
        return Call(token.text, arguments(parser), at=token.at)
    if high is not None:
        letters = [Bound(each.name, each.low or ONE, high, each.at) for each in letters]
    outside = parser.indices
    parser.indices = outside | {bound.name for bound in letters}
    body = parser.expression(NEGATION)
    parser.indices = outside
    if isinstance(body, Grouping) and strength(body.inner) < PRODUCT:
        body = body.inner
    if not letters and parser.context.of_document:
        letters = [Bound(each) for each in _indexed_by(body)]
        letters = letters if len(letters) == 1 else []
    for each in left_out:
        if token.text not in _NEUTRAL:
            raise FormulaError("an index is left out of this", token.at, token.length)
        body = Cases((Branch(body, each), Branch(_NEUTRAL[token.text], None)))
    return Reduction(token.text, body, tuple(letters), at=token.at)


def _indexed_by(body: Formula) -> list[str]:
    """The letters that number the components of a body."""
    components = [node for node in walk(body) if isinstance(node, Indexed)]
    found = [each.name for node in components for each in node.indices if isinstance(each, Name)]
    inner = {bound.name for node in walk(body) if isinstance(node, Reduction) for bound in node.bounds}
    return [each for each in dict.fromkeys(found) if each not in inner]


def _bounds(parser: Parser) -> tuple[list[Bound], list[Formula]]:
    """The letters below a sum sign, i, i=1 or i,j, and which of their values are left out: j ≠ i."""
    if parser.next.kind != "{":
        found = parser.take()
        if found.kind != "letter":
            raise parser.missing(found)
        return [Bound(found.text, at=found.at)], []
    opening = parser.take()
    bounds: list[Bound] = []
    left_out: list[Formula] = []
    while True:
        name = spelled_name(parser)
        low: Formula | None = None
        if parser.next.kind == "=":
            parser.take()
            low = parser.expression()
        bounds.append(Bound(name.name, low, at=name.at))
        if parser.next.kind == "!=" and parser.context.of_document:
            sign = parser.take()
            left_out.append(Relation((Name(name.name), parser.expression()), (sign.kind,)))
        if parser.next.kind == ",":
            parser.take()
        elif parser.next.kind != "letter":
            break
    parser.expect("}", opening)
    return bounds, left_out
