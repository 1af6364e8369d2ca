"""Indices that meet: a formula for i and j holds only if it does for j = i, where it speaks of that."""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Expr, Symbol
from sympy.core.relational import Equality, Unequality

from derive.expression import IndexedReduction, parts
from derive.expression.components import with_letters


def where_indices_meet(left: Expr, right: Expr) -> Iterator[tuple[Expr, Expr]]:
    """The sides with one index letter for two, for each two that a condition compares."""
    for one, other in sorted(_compared(left) | _compared(right)):
        yield with_letters(left, {other: one}), with_letters(right, {other: one})


def _compared(side: Expr) -> set[tuple[str, str]]:
    bound = {letter for part in parts(side) if isinstance(part, IndexedReduction) for letter in part.letters}
    found: set[tuple[str, str]] = set()
    for part in parts(side):
        if isinstance(part, Equality | Unequality) and all(isinstance(each, Symbol) for each in part.args):
            one, other = sorted(each.name for each in part.args)
            if not {one, other} & bound:
                found.add((one, other))
    return found
