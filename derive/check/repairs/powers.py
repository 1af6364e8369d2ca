"""An exponent that is one off."""

from __future__ import annotations

from collections.abc import Iterator

from derive.check.repairs.places import Repair, Setting, everywhere
from derive.formula import TWO, Formula, Grouping, Indexed, Name, Number, Power

ORDER = 40
HINT = "Look at the exponents."


def repaired(formula: Formula, setting: Setting) -> Iterator[Repair]:
    """The formula with one exponent changed."""
    yield from everywhere(formula, _changed)


def _changed(node: Formula) -> Iterator[tuple[Formula, str]]:
    match node:
        case Power(base, Number(text)) if text.isdecimal() and len(text) < 4:
            for value in (int(text) - 1, int(text) + 1):
                if value == 1:
                    yield base, "an exponent is one off"
                elif value > 1:
                    yield Power(base, Number(str(value))), "an exponent is one off"
        case Name() | Indexed() | Grouping():
            yield Power(node, TWO), "a square is missing"
