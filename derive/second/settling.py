"""Formulas whose index letters have become numbers: conditions on them are decided."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

from derive import tidy
from derive.formula import (
    Bound,
    Branch,
    Cases,
    Formula,
    Indexed,
    Name,
    Negation,
    Number,
    Product,
    Quotient,
    Reduction,
    Relation,
    Sum,
)
from derive.indices import renamed

_HOLDS = {
    "=": Fraction.__eq__,
    "==": Fraction.__eq__,
    "<": Fraction.__lt__,
    "<=": Fraction.__le__,
    ">": Fraction.__gt__,
    ">=": Fraction.__ge__,
}


def settled(formula: Formula) -> Formula:
    """The formula with cases decided whose conditions are on numbers, and what is then 0 left out."""
    if isinstance(formula, Indexed):
        return formula.with_children(tuple(map(_folded, formula.indices)))
    if not formula.children:
        return formula
    node = formula.with_children(tuple(map(settled, formula.children)))
    match node:
        case Cases(branches):
            return _chosen(node, branches)
        case Reduction(kind="sum", body=body, bounds=bounds):
            return _with_known_letters(node, body, bounds)
        case Product(factors):
            return tidy.product(factors)
        case Sum(terms):
            return tidy.total(terms)
        case Negation(operand):
            return tidy.negative(operand)
    return node


def _chosen(cases: Cases, branches: tuple[Branch, ...]) -> Formula:
    """The value of the first case that holds; the cases themselves where that is not known."""
    for branch in branches:
        holds = branch.condition is None or decided(branch.condition)
        if holds is None:
            return cases
        if holds:
            return branch.value
    return cases


def _with_known_letters(whole: Formula, body: Formula, bounds: tuple[Bound, ...]) -> Formula:
    """A sum of which one element alone is not 0, as that element."""
    for bound in bounds:
        number = _only(body, bound.name)
        if number is not None:
            rest = tuple(other for other in bounds if other is not bound)
            element = renamed(body, {bound.name: number})
            return settled(Reduction("sum", element, rest) if rest else element)
    return tidy.summed(body, bounds) if tidy.is_number(body, 0) else whole


def _only(body: Formula, letter: str) -> Formula | None:
    """The number that a letter must be for the body not to be 0."""
    match body:
        case Cases((Branch(value, Relation(sides, ("=",))), Branch(Number("0"), None))):
            for one, other in (sides, sides[::-1]):
                if one == Name(letter) and isinstance(other, Number):
                    return other
            return _only(value, letter)
        case Cases((Branch(value, _), Branch(Number("0"), None))):
            return _only(value, letter)
        case Product(factors):
            return next((found for each in factors if (found := _only(each, letter)) is not None), None)
        case Negation(inner) | Quotient(inner, _):
            return _only(inner, letter)
    return None


def _folded(index: Formula) -> Formula:
    value = _value(index)
    return index if value is None else Number(str(value))


def decided(condition: Formula) -> bool | None:
    """Whether a condition on numbers holds; None where it is on something else."""
    if not isinstance(condition, Relation):
        return None
    values = [_value(side) for side in condition.sides]
    pairs = [
        None if one is None or other is None else _HOLDS[sign](one, other)
        for (one, other), sign in zip(pairwise(values), condition.signs, strict=True)
    ]
    if False in pairs:
        return False
    return None if None in pairs else True


def _value(formula: Formula) -> Fraction | None:
    if isinstance(formula, Sum):
        parts = [_value(term) for term in formula.terms]
        return None if None in parts else sum((part for part in parts if part is not None), Fraction())
    if isinstance(formula, Negation):
        value = _value(formula.operand)
        return None if value is None else -value
    return tidy.rational(formula)
