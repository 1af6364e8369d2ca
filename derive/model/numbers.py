"""Numbers in model files and tables: exact, and of a size that exact arithmetic can bear."""

from __future__ import annotations

import re
from fractions import Fraction

from derive.formula.tokens import LARGEST_EXPONENT, MOST_DIGITS
from derive.model.model import Value

_NUMBER = re.compile(
    r"(?P<sign>[-+−]?)(?P<mantissa>[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE](?P<exponent>[-+]?[0-9]+))?"
    r"(?:\s*/\s*(?P<denominator>[0-9]+))?",
    re.ASCII,
)


class NoNumber(ValueError):
    """A text that spells no number; the message says why."""


def exact(text: str) -> Fraction:
    """The rational that a text spells: -2, 0.50, 1e-3, 1/3; raises NoNumber."""
    if len(text) > 2 * MOST_DIGITS:
        raise NoNumber("it has too many digits")
    found = _NUMBER.fullmatch(text.strip())
    if found is None:
        raise NoNumber("it is no number")
    exponent = found["exponent"] or "0"
    if len(found["mantissa"]) > MOST_DIGITS or len(found["denominator"] or "") > MOST_DIGITS:
        raise NoNumber("it has too many digits")
    if len(exponent) > 9 or abs(int(exponent)) > LARGEST_EXPONENT:
        raise NoNumber(f"its exponent is beyond {LARGEST_EXPONENT}")
    number = Fraction(f"{found['mantissa']}e{int(exponent)}")
    if found["denominator"]:
        if int(found["denominator"]) == 0:
            raise NoNumber("it divides by 0")
        number /= int(found["denominator"])
    return number if found["sign"] in ("", "+") else -number


def lengths(value: Value) -> tuple[int, ...]:
    """The sizes of the axes of a value: of nested lists, row by row."""
    return (len(value), *lengths(value[0])) if isinstance(value, tuple) else ()
