"""Printed numbers: what a decimal says of the exact value that it stands for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType

from flint import arb, fmpq
from sympy import Expr

from derive.agreement.balls import Evaluation, Undefined, precision
from derive.agreement.points import Point
from derive.effort import TooMuch
from derive.expression import Opaque, parts
from derive.formula import Formula, Grouping, Negation, Number, Power, Product
from derive.numerals import spelled

BITS = 320
MOST_UNITS, FEWEST_UNITS = 5, 100
# A right number with more places than this behind the point is told as 0.
MOST_PLACES = 60
NO_VALUES: Mapping[str, Fraction] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Printed:
    """A number as printed, with the unit of its last digit."""

    value: Fraction
    unit: Fraction

    def rounds(self, exact: arb) -> bool:
        """Whether this is the right rounding of a value; a tie may go either way."""
        with precision(BITS):
            off = abs(exact - arb(fmpq(self.value.numerator, self.value.denominator)))
            half = arb(fmpq(self.unit.numerator, 2 * self.unit.denominator))
            return bool(off <= half) or bool((off - half).contains(0))

    def is_near(self, exact: arb) -> bool:
        """Whether rounding on the way led here: of several digits the last alone is off, and by little."""
        with precision(BITS):
            off = abs(exact - arb(fmpq(self.value.numerator, self.value.denominator)))
            unit = arb(fmpq(self.unit.numerator, self.unit.denominator))
            return bool(off <= MOST_UNITS * unit) and bool(FEWEST_UNITS * unit <= abs(exact))


def printed(formula: Formula) -> Printed | None:
    """The number that a formula is, if it is one: 0.0474, -2, 1.2 · 10^{-3}; None for anything else."""
    match formula:
        case Number(text):
            digits = text.lower().partition("e")
            decimals = len(digits[0].partition(".")[2])
            exponent = int(digits[2]) if digits[2] else 0
            return Printed(Fraction(text), Fraction(10) ** (exponent - decimals))
        case Negation(operand) | Grouping(operand):
            found = printed(operand)
            if found is None or isinstance(formula, Grouping):
                return found
            return Printed(-found.value, found.unit)
        case Product((mantissa, Power(Number("10"), exponent))):
            number, power = printed(mantissa), printed(exponent)
            if number is None or power is None or power.value.denominator != 1 or abs(power.value) > 400:
                return None
            scale = Fraction(10) ** int(power.value)
            return Printed(number.value * scale, number.unit * scale)
    return None


def decimals(formula: Formula) -> Iterator[Formula]:
    """The decimals inside a formula, each with its sign if it has one of its own."""
    if isinstance(formula, Number):
        if "." in formula.text:
            yield formula
        return
    for child in formula.children:
        yield from decimals(child)


def number(value: Expr, names: Mapping[str, Fraction] = NO_VALUES) -> arb | None:
    """The value of an expression where `names` have these values, as a ball; None where it has no value.

    It has none where it has more names, or functions that are not specified.
    """
    if any(isinstance(part, Opaque) or (part.is_Symbol and part.name not in names) for part in parts(value)):
        return None
    given = {name: fmpq(each.numerator, each.denominator) for name, each in names.items()}
    with precision(BITS):
        try:
            return Evaluation(Point(0, {}, values=given), frozenset()).value(value)
        except (Undefined, ZeroDivisionError, OverflowError, ValueError, RecursionError):
            return None


def same(left: arb, right: arb) -> bool:
    """Whether two values cannot be told apart to about 90 digits."""
    with precision(BITS):
        return bool((left - right).contains(0))


def rounded_like(exact: arb, as_printed: Printed) -> Formula:
    """The right rounding of a value to as many decimals as were printed, or digits where that leaves none.

    Raises TooMuch of a value with so many digits that they are not known.
    """
    unit = as_printed.unit
    whole = _nearest(exact, unit)
    if not whole and abs(exact) > arb(10) ** -MOST_PLACES:
        digits = len(str(abs(int(as_printed.value / unit))))
        with precision(BITS):
            while abs(exact) < arb(fmpq(unit.numerator, unit.denominator)) * 10 ** (digits - 1):
                unit /= 10
        whole = _nearest(exact, unit)
    places = max(0, len(str(unit.denominator)) - 1)
    return spelled(whole * unit, places)


def _nearest(exact: arb, unit: Fraction) -> int:
    """How many units a value is, to the nearest; raises TooMuch where that is not known."""
    with precision(BITS):
        scaled = exact / arb(fmpq(unit.numerator, unit.denominator))
        whole = (scaled + arb(1) / 2).floor().unique_fmpz()
    if whole is None:
        raise TooMuch
    return int(whole)
