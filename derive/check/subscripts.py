"""The index letters of formulas and of what they come to: free, bound, compared."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sympy import Expr, Symbol
from sympy.core.relational import Equality, Unequality

from derive.expression import IndexedReduction, parts, symbols
from derive.formula import Formula, Indexed, Name, walk

_LETTER = re.compile(r"[^\W\d]\w*")


def compared(value: Expr) -> Iterator[str]:
    """The letters that a condition says are equal, or are not."""
    for part in parts(value):
        if isinstance(part, Equality | Unequality) and all(isinstance(each, Symbol) for each in part.args):
            yield from (each.name for each in part.args if "[" not in each.name)


def free_letters(side: tuple[Expr, ...]) -> set[str]:
    """The letters that a side speaks of, but for those that its sums run over."""
    within = {
        letter
        for value in side
        for part in parts(value)
        if isinstance(part, IndexedReduction)
        for letter in part.letters
    }
    named = {each.name for value in side for each in symbols(value)}
    return (named | letters(side)) - within


def letters(side: tuple[Expr, ...]) -> set[str]:
    """The index letters of a side."""
    found: set[str] = set()
    for value in side:
        for each in symbols(value):
            found.update(_LETTER.findall(each.name.partition("[")[2]))
        found.update(letter for part in parts(value) for letter in getattr(part, "letters", ()))
    return found


def index_letters(formula: Formula) -> Iterator[str]:
    """The letters that stand as indices in a formula."""
    for node in walk(formula):
        if isinstance(node, Indexed):
            yield from (each.name for each in node.indices if isinstance(each, Name))
