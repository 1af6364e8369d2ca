"""Which changed sides cannot be right: they differ at a point where names have the values that the text says.

A proof puts in what the text says of every name, side by side; here each name is worked out once, in
numbers, for all sides that are tried.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from flint import arb
from sympy import Expr

from derive.agreement import Domain, Evaluation, Point, Samples, standard_assumptions, value_at
from derive.check.meaning import Depth, Meaning
from derive.expression import MeaningError, component_parts, symbol
from derive.formula import Formula

# Values of some names at a point, and domains of others.
_Place: TypeAlias = tuple[dict[str, Expr], dict[str, Domain]]

# The points that are tried until the left side has a value: at the first, all free names are positive, and
# logarithms and roots have a value, too.
ATTEMPTS = (1, 0, 2)
# What the indices of a component are called where it is worked out for all their values.
_INDICES = ("ι0", "ι1", "ι2", "ι3")


class _Worked(Evaluation):
    """Values at a point at which names have the values that a text gives them, but for those `given`."""

    def __init__(
        self, point: Point, letters: Collection[str], meaning: Meaning, given: Mapping[str, Expr]
    ) -> None:
        super().__init__(point, frozenset((*letters, *_INDICES)))
        # Sums from 1 to n and sums over whole axes, which begin with 0, both come to these terms.
        self.letters = {each: 1 + at % (point.size - 1) for each, at in self.letters.items()}
        self.meaning = meaning
        self.given = given
        self._worth: dict[str, Expr] = {}

    def _value(self, expression: Expr) -> arb:
        if not expression.is_Symbol or expression.name in self.letters:
            return super()._value(expression)
        if expression.name in self.given:
            return self.value(self.given[expression.name])
        quantity, indices = component_parts(expression.name)
        if not indices or len(indices) > len(_INDICES) or not all(each.is_Symbol for each in indices):
            # What is said of a layer need not be said of the next one: l + 1 is no letter.
            worth = self._worth_of(expression)
            return super()._value(expression) if worth == expression else self.value(worth)
        places = _INDICES[: len(indices)]
        general = symbol(f"{quantity}[{','.join(places)}]")
        worth = self._worth_of(general)
        if worth == general:
            return super()._value(expression)
        before = self.letters
        self.letters = {**before, **dict(zip(places, map(self._index, indices), strict=True))}
        try:
            return self.value(worth)
        finally:
            self.letters = before

    def _worth_of(self, quantity: Expr) -> Expr:
        if quantity.name not in self._worth:
            self._worth[quantity.name] = self.meaning.worth(quantity)
        return self._worth[quantity.name]


@dataclass(frozen=True, slots=True)
class _Look:
    """A point, and the values of the left side at it."""

    at: _Worked
    left: tuple[arb, ...]

    def differs(self, side: Sequence[Expr]) -> bool:
        """Whether a right side has other components here, or a value that is certainly another one."""
        if len(side) != len(self.left):
            return True
        values = (value_at(self.at, each) for each in side)
        pairs = zip(self.left, values, strict=True)
        return any(value is not None and not (left - value).contains(0) for left, value in pairs)


@dataclass(frozen=True)
class Sieve:
    """Holds right sides against a left side under one reading; `example` is one of them.

    `labels` are the names that the text uses as labels, `sets` those that it says names are from.
    """

    meaning: Meaning
    left: Formula
    example: Formula
    labels: Collection[str]
    sets: Mapping[str, Domain]

    def excludes(self, right: Formula) -> bool:
        """Whether a right side has no meaning, or is another one under each standard assumption."""
        looks = self._looks
        side = self._said(right, "names") if looks else ()
        return side is None or (bool(looks) and all(look.differs(side) for look in looks))

    def _said(self, formula: Formula, depth: Depth) -> tuple[Expr, ...] | None:
        try:
            return self.meaning.sides(formula, depth)
        except MeaningError:
            return None

    @cached_property
    def _looks(self) -> tuple[_Look, ...]:
        """The points that are looked at; () where one of them gives the left side no value."""
        left, side = self._said(self.left, "names"), self._said(self.left, "values")
        if left is None or side is None or self.meaning.units:
            # What a layer calls as the layer before has two values at one point.
            return ()
        pairs = list(zip(side, self._said(self.example, "values") or side, strict=False))
        letters, sizes = set[str](), set[str]()
        for pair in pairs:
            axes = Samples().axes(*pair)
            letters |= axes.letters
            sizes |= axes.sizes
        places = self._places(pairs)
        found = [self._look(left, *each, letters - sizes, frozenset(sizes)) for each in places]
        looks = tuple(each for each in found if each is not None)
        return looks if len(looks) == len(places) else ()

    def _look(
        self,
        left: Sequence[Expr],
        given: Mapping[str, Expr],
        domains: Mapping[str, Domain],
        letters: Collection[str],
        sizes: frozenset[str],
    ) -> _Look | None:
        """The first point at which the left side has a value."""
        for attempt in ATTEMPTS:
            at = _Worked(Point(attempt, domains, sizes), letters, self.meaning, given)
            values = [value for each in left if (value := value_at(at, each)) is not None]
            if len(values) == len(left):
                return _Look(at, tuple(values))
        return None

    def _places(self, pairs: Iterable[tuple[Expr, Expr]]) -> list[_Place]:
        """Values and domains of names such that each standard assumption holds in one of them.

        What holds under an assumption only holds at a point that fits others, too.
        """
        found: list[_Place] = [({}, dict(self.sets))]
        for one, other in pairs:
            for each in standard_assumptions(one, other, self.sets, self.labels):
                # A label that is 0 or 1, or -1 or 1, may be 1 for both.
                given = {at.name: value for at, value in (each.values[-1] if each.values else {}).items()}
                domains = dict(each.domains or {})
                for known, ranges in found:
                    if _agree(known, given) and _agree(ranges, domains):
                        known.update(given)
                        ranges.update(domains)
                        break
                else:
                    found.append((given, {**self.sets, **domains}))
        return found


def _agree(one: Mapping[str, object], other: Mapping[str, object]) -> bool:
    return all(one.get(name, value) == value for name, value in other.items())
