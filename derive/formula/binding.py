"""How tightly each kind of formula binds, and hence where parentheses stand.

Reader and printers share this table: the reader drops the parentheses that a printer would set again,
and keeps the others as Grouping.
"""

from __future__ import annotations

from derive.formula.tree import (
    Cases,
    Component,
    Derivative,
    Elementwise,
    ElementwisePower,
    Formula,
    Grouping,
    MatrixProduct,
    Negation,
    Number,
    Power,
    Product,
    Quotient,
    Relation,
    Sum,
    Transpose,
)

RELATION, CASES, SUM, NEGATION, PRODUCT, DERIVATIVE, POWER, ATOM = range(8)

_STRENGTH: dict[type[Formula], int] = {
    Relation: RELATION,
    Cases: CASES,
    Sum: SUM,
    Negation: NEGATION,
    Product: PRODUCT,
    Quotient: PRODUCT,
    MatrixProduct: PRODUCT,
    Elementwise: PRODUCT,
    Derivative: DERIVATIVE,
    Power: POWER,
    ElementwisePower: POWER,
}

# The least strength a part needs to stand without parentheses: the first part, the others.
_SEATS: dict[type[Formula], tuple[int, int]] = {
    Relation: (SUM, SUM),
    Cases: (SUM, SUM),
    Sum: (NEGATION, NEGATION),
    Negation: (PRODUCT, PRODUCT),
    Product: (PRODUCT, DERIVATIVE),
    Quotient: (PRODUCT, POWER),
    MatrixProduct: (PRODUCT, DERIVATIVE),
    Elementwise: (DERIVATIVE, DERIVATIVE),
    Derivative: (ATOM, ATOM),
    Power: (ATOM, POWER),
    ElementwisePower: (ATOM, POWER),
    Transpose: (ATOM, ATOM),
    Component: (ATOM, ATOM),
}

# Chains that the reader keeps flat: the same kind inside is the author's grouping.
_CHAINS = (Sum, Product, MatrixProduct, Elementwise)


def strength(formula: Formula) -> int:
    """How tightly the outermost sign of a formula binds."""
    return _STRENGTH.get(type(formula), ATOM)


def enclosed(parent: Formula, place: int, part: Formula) -> bool:
    """Whether the plain form needs parentheses round the part at this place among the parent's children."""
    kind = type(parent)
    if kind not in _SEATS or isinstance(part, Grouping):
        return False
    if isinstance(parent, Relation) and place == len(parent.sides) - 1:
        return isinstance(part, Relation)
    if kind is type(part) and kind in _CHAINS:
        return True
    if isinstance(parent, Transpose) and isinstance(part, Number):
        return True
    if kind is MatrixProduct and isinstance(part, Elementwise):
        return True
    return strength(part) < _SEATS[kind][place > 0]


def seated(part: Formula, kind: type[Formula], first: bool = False) -> Formula:
    """The part as it stands in a parent of this kind: parentheses that the kind implies are dropped."""
    if type(part) is not Grouping:
        return part
    inner = part.inner
    if kind is type(inner) and kind in _CHAINS:
        return part
    if kind is Transpose and isinstance(inner, Number):
        return inner
    return inner if strength(inner) < _SEATS[kind][not first] else part
