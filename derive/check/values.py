"""The exact values of formulas where a document's facts hold."""

from __future__ import annotations

from dataclasses import dataclass, field

from flint import arb

from derive.check.readings import Readings
from derive.check.roundings import number
from derive.expression import MeaningError
from derive.formula import Formula


@dataclass(frozen=True, slots=True)
class Values:
    """Works formulas out under everything that the text has said."""

    readings: Readings
    _known: dict[Formula, arb | None] = field(default_factory=dict)

    def exact(self, formula: Formula) -> arb | None:
        """The exact value of a formula; None if names are left."""
        if formula not in self._known:
            self._known[formula] = self._value(formula)
        return self._known[formula]

    def components(self, formula: Formula) -> tuple[arb, ...] | None:
        """The exact values of the components of a vector; None if names are left."""
        for meaning in self.readings.of(formula):
            try:
                sides = meaning.sides(formula, "values")
            except MeaningError:
                continue
            found = tuple(value for each in sides if (value := number(each)) is not None)
            if len(found) == len(sides):
                return found
        return None

    def _value(self, formula: Formula) -> arb | None:
        for meaning in self.readings.of(formula):
            try:
                sides = meaning.sides(formula, "values")
            except MeaningError:
                continue
            if len(sides) == 1 and (value := number(sides[0])) is not None:
                return value
        return None
