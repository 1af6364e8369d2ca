"""Environments of cells in LaTeX: case distinctions and matrices."""

from __future__ import annotations

from derive.errors import FormulaError
from derive.formula.binding import seated
from derive.formula.pratt import Parser
from derive.formula.tokens import Token
from derive.formula.tree import Branch, Call, Cases, Formula, Grouping, Relation, Vector


def cells(parser: Parser, token: Token, power: int) -> Formula:
    """A case distinction or a matrix."""
    lines = cases if token.text in ("cases", "dcases") else matrix
    found = lines(parser)
    parser.expect("end of cells", token)
    return Call("det", (found,), at=token.at) if token.text == "vmatrix" else found


def cases(parser: Parser) -> Formula:
    """Lines of a value and, after &, its condition."""
    branches: list[Branch] = []
    while parser.next.kind != "end of cells":
        value, condition = _ended(parser, parser.expression()), _condition(parser)
        branches.append(Branch(_kept_apart(value) if condition is None else seated(value, Cases), condition))
        if parser.next.kind != "newline":
            break
        parser.take()
    if not branches:
        raise FormulaError("a case distinction without cases", parser.next.at, max(1, parser.next.length))
    return Cases(tuple(branches))


def _kept_apart(rest: Formula) -> Formula:
    """The rest of a case distinction; one in it is a distinction of its own, as in the plain form."""
    if isinstance(rest, Cases):
        return Grouping(rest)
    return rest if isinstance(rest, Grouping) and isinstance(rest.inner, Cases) else seated(rest, Cases)


def _ended(parser: Parser, value: Formula) -> Formula:
    """The value, past the comma that may end it."""
    if parser.next.kind == ",":
        parser.take()
    return value


def _condition(parser: Parser) -> Formula | None:
    if parser.next.kind != "&":
        return None
    parser.take()
    rest = False
    while parser.next.kind == "prose":
        rest = parser.take().text.startswith(("otherwise", "else"))
    if rest:
        return None
    start = parser.next
    condition = _ended(parser, parser.relation())
    if not isinstance(condition, Relation):
        raise FormulaError("a condition compares: x > 0", start.at, max(1, start.length))
    return condition


def matrix(parser: Parser) -> Formula:
    """Rows of cells; one column is a vector."""
    rows: list[Formula] = []
    while parser.next.kind != "end of cells":
        row = [parser.expression()]
        while parser.next.kind == "&":
            parser.take()
            row.append(parser.expression())
        rows.append(row[0] if len(row) == 1 else Vector(tuple(row)))
        if parser.next.kind != "newline":
            break
        parser.take()
    if not rows:
        raise FormulaError("a matrix without cells", parser.next.at, max(1, parser.next.length))
    return Vector(tuple(rows))
