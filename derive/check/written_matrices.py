"""Matrices whose entries a text writes out: two of the same size are compared entry by entry."""

from __future__ import annotations

from collections.abc import Sequence

from derive.check.facts import Environment
from derive.formula import Formula, Grouping, Name, Negation, Number, Product, Quotient, Vector, times
from derive.tidy import negative

Rows = Sequence[Sequence[Formula]]

MOST_ENTRIES = 100


def entries_of(left: Formula, right: Formula, environment: Environment) -> tuple[Formula, Formula] | None:
    """Two matrices as lists of their entries; None where a side is none, or their sizes differ."""
    one, other = _rows(left, environment), _rows(right, environment)
    if one is None or other is None or (len(one) == 1 and len(other) == 1 and len(one[0]) == 1):
        return None
    if list(map(len, one)) != list(map(len, other)) or sum(map(len, one)) > MOST_ENTRIES:
        return None
    return _listed(one), _listed(other)


def _listed(rows: Rows) -> Vector:
    return Vector(tuple(each for row in rows for each in row))


def _rows(formula: Formula, environment: Environment) -> Rows | None:
    """The rows of a matrix; a list of numbers is a row beside a row."""
    match formula:
        case Name(name) if name in environment.equations:
            fact = environment.equations[name]
            return None if isinstance(fact.formula, Name) else _rows(fact.formula, environment)
        case Grouping(inner):
            return _rows(inner, environment)
        case Negation(inner) if (rows := _rows(inner, environment)) is not None:
            return [[negative(each) for each in row] for row in rows]
        case Product((Number() | Quotient() as factor, inner)):
            rows = _rows(inner, environment)
            return None if rows is None else [[times(factor, Grouping(each)) for each in row] for row in rows]
        case Vector(elements) if elements and all(isinstance(each, Vector) for each in elements):
            rows = [each.children for each in elements]
            return rows if len({len(row) for row in rows}) == 1 else None
    return None
