"""Values with a unit as numbers: x = 23 m says that x is 23, and what that is counted in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from derive.check.assertions import Assertion
from derive.check.layout import UNITS, UPRIGHT
from derive.formula import ONE, Formula, Name, Power, Product, Quotient, rewrite, walk

_SIGNS = frozenset(UPRIGHT.values()).union(f"{each}_unit" for each in UNITS.split("|"))


def without_units(said: Iterable[Assertion]) -> tuple[Assertion, ...]:
    """The assertions with numbers in place of values in one unit; 1 h = 60 min stays as it is."""
    return tuple(_without_units(each) if len(_units(each)) == 1 else each for each in said)


def _units(said: Assertion) -> set[frozenset[str]]:
    """The units that stand in a side each; nothing is said of those that begin a chain."""
    found = [
        frozenset(node.name for node in walk(side.formula) if isinstance(node, Name) and node.name in _SIGNS)
        for side in said.sides
    ]
    return set(filter(None, found)) if found and not found[0] else set()


def _without_units(said: Assertion) -> Assertion:
    sides = tuple(replace(side, formula=rewrite(side.formula, _folded)) for side in said.sides)
    return replace(said, sides=sides)


def _folded(node: Formula) -> Formula:
    """The node with units left out, where its parts have been read so."""
    match node:
        case Name(name) if name in _SIGNS:
            return ONE
        case Product(factors):
            rest = tuple(each for each in factors if each != ONE)
            return Product(rest) if len(rest) > 1 else (*rest, ONE)[0]
        case Quotient(numerator, denominator) if denominator == ONE:
            return numerator
        case Power(base) if base == ONE:
            return ONE
    return node
