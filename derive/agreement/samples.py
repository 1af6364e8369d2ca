"""Values of sides at points, kept while one side is compared with many: what they share is found once."""

from __future__ import annotations

from collections.abc import Hashable, Mapping

from flint import arb
from sympy import Eq, Expr, Symbol

from derive.agreement.balls import Evaluation, Undefined, precision
from derive.agreement.domains import Domain
from derive.agreement.indices import Axes
from derive.agreement.points import Point
from derive.expression import IndexedReduction, component_parts, parts, symbols

FIRST_BITS = 64


class Samples:
    """The evaluations at the points that have been tried, in the first precision."""

    def __init__(self) -> None:
        self._known: dict[Hashable, Evaluation] = {}
        self._spoken: dict[Expr, frozenset[str]] = {}
        self._axes: dict[Expr, Axes] = {}
        self._indexed: dict[Expr, bool] = {}

    def axes(self, left: Expr, right: Expr) -> Axes:
        """The letters of two sides, linked where they run over one axis."""
        if not (self._has_letters(left) or self._has_letters(right)):
            return Axes()
        if left not in self._axes:
            self._axes[left] = Axes()
            self._axes[left].read(left, {})
        found = self._axes[left].copy()
        found.read(right, {})
        return found

    def _has_letters(self, side: Expr) -> bool:
        """Whether a side has components or sums, whose letters run over axes."""
        if side not in self._indexed:
            self._indexed[side] = any(
                "[" in part.name if isinstance(part, Symbol) else isinstance(part, IndexedReduction | Eq)
                for part in parts(side)
            )
        return self._indexed[side]

    def value(self, side: Expr, attempt: int, axes: Axes, domains: Mapping[str, Domain]) -> arb | None:
        """The value of a side at a point; None where it has none."""
        if (spoken := self._spoken.get(side)) is None:
            spoken = self._spoken[side] = _spoken(side)
        # Of letters and sizes only the side's own count: then one side has one value beside any other.
        letters, sizes = (spoken & axes.letters) - axes.sizes, spoken & axes.sizes
        key = attempt, tuple(sorted(domains.items())), letters, sizes
        if key not in self._known:
            self._known[key] = Evaluation(Point(attempt, domains, sizes), letters)
        return value_at(self._known[key], side)


def _spoken(side: Expr) -> frozenset[str]:
    """All names in a side: of quantities, of letters in indices, of letters that it binds."""
    found: set[str] = set()
    for part in parts(side):
        if isinstance(part, Symbol):
            _, indices = component_parts(part.name)
            found.update((part.name,), *((each.name for each in symbols(index)) for index in indices))
        elif isinstance(part, IndexedReduction):
            found.update(part.letters)
    return frozenset(found)


def evaluation(attempt: int, axes: Axes, domains: Mapping[str, Domain]) -> Evaluation:
    """Nothing evaluated yet at the point of an attempt."""
    # The n of x_n, to which a sum runs, is the last index.
    letters, sizes = frozenset(axes.letters - axes.sizes), frozenset(axes.sizes)
    return Evaluation(Point(attempt, domains, sizes), letters)


def value(at: Evaluation, side: Expr) -> arb | None:
    """The value of a side; None where it has none."""
    try:
        return at.value(side)
    except (Undefined, ZeroDivisionError, OverflowError, ValueError, RecursionError):
        return None


def value_at(at: Evaluation, side: Expr) -> arb | None:
    """The value of a side in the first precision; None where it has none."""
    with precision(FIRST_BITS):
        return value(at, side)
