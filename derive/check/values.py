"""The exact values of formulas where a document's facts hold."""

from __future__ import annotations

from dataclasses import dataclass, field

from flint import arb

from derive.check.meaning import CONSTANTS
from derive.check.readings import Readings
from derive.check.roundings import number
from derive.expression import MeaningError
from derive.formula import Call, Derivative, Evaluated, Formula, names, walk


@dataclass(frozen=True, slots=True)
class Values:
    """Works formulas out under everything that the text has said."""

    readings: Readings
    _known: dict[Formula, arb | None] = field(default_factory=dict)
    _given: dict[str, bool] = field(default_factory=dict)

    def exact(self, formula: Formula) -> arb | None:
        """The exact value of a formula; None if names are left."""
        if formula not in self._known:
            self._known[formula] = self._value(formula) if self._may_be_worked_out(formula) else None
        return self._known[formula]

    def _may_be_worked_out(self, formula: Formula) -> bool:
        """Whether the text gives a value to all that a formula reads, or may give one that is not looked for.

        A derivative may be of names without a value.
        """
        if any(isinstance(node, Derivative | Evaluated | Call) for node in walk(formula)):
            return True
        return all(map(self._is_given, names(formula)))

    def _is_given(self, name: str) -> bool:
        """Whether a name has a value, or an equation that may be worked out; so has a component of a list."""
        if name not in self._given:
            # What is worked out from itself is left to the reading.
            self._given[name] = True
            at = (name, name.rstrip("0123456789"))
            self._given[name] = name in CONSTANTS or any(
                each in known.values
                or (each in known.equations and self._may_be_worked_out(known.equations[each].formula))
                for known in self.readings.environments
                for each in at
            )
        return self._given[name]

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
