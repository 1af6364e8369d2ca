"""Numbers as a reader sees them: right roundings of exact values, in decimals or with a power of ten."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from flint import arb, fmpq

from derive.evaluate import Array
from derive.evaluate import Number as Value
from derive.formula import Formula, Negation, Number, Power, Product, Vector

# From 10⁻⁴ down and from 10¹⁰ up a power of ten stands beside the digits.
SMALLEST_EXPONENT, LARGEST_EXPONENT = -4, 10
# An exact number may have so many digits more than a rounded one: 25.125 beside 0.5237.
SPARE_DIGITS = 2


@dataclass(frozen=True, slots=True)
class Rounded:
    """A number as printed, the rational that the print means, and whether that is the value itself."""

    formula: Formula
    value: Fraction
    is_exact: bool

    @property
    def unit(self) -> Fraction:
        """One unit of the last printed digit."""
        return _unit(self.formula)


def rounded(value: Value, digits: int) -> Rounded:
    """The right rounding of a value to so many significant digits, halves away from zero.

    Rationals with a short decimal expansion are printed exactly, whole numbers always in full.
    """
    nearby = _fraction(value)
    if isinstance(value, fmpq) and _is_short(nearby, digits + SPARE_DIGITS):
        return Rounded(spelled(nearby), nearby, True)
    places = digits - 1 - magnitude(nearby) if nearby else digits
    if SMALLEST_EXPONENT < magnitude(nearby) < LARGEST_EXPONENT:
        places = max(0, places)
    printed = _nearest(nearby, places)
    places = places if nearby else 0
    return Rounded(spelled(printed, places), printed, isinstance(value, fmpq) and printed == nearby)


def numeral(value: Array, digits: int) -> Formula:
    """A number, or a vector of numbers, as printed."""
    if isinstance(value, tuple):
        return Vector(tuple(numeral(each, digits) for each in value))
    return rounded(value, digits).formula


def spelled(value: Fraction, places: int | None = None) -> Formula:
    """A decimal with so many places (as many as it needs, without), its sign before it."""
    if value < 0:
        return Negation(spelled(-value, places))
    exponent = magnitude(value)
    if value and not SMALLEST_EXPONENT < exponent < LARGEST_EXPONENT:
        mantissa = spelled(
            value / Fraction(10) ** exponent, None if places is None else places + exponent
        )
        power: Formula = Number(str(abs(exponent)))
        power = Power(Number("10"), Negation(power) if exponent < 0 else power)
        return power if mantissa == Number("1") else Product((mantissa, power))
    return Number(_decimal(value, _places(value) if places is None else max(0, places)))


def magnitude(value: Fraction) -> int:
    """The exponent of ten of the leading digit; 0 of zero."""
    if not value:
        return 0
    value = abs(value)
    guess = len(str(value.numerator)) - len(str(value.denominator))
    return guess if value >= Fraction(10) ** guess else guess - 1


def _fraction(value: Value) -> Fraction:
    """The value itself, or the midpoint of its ball."""
    if isinstance(value, arb):
        value = fmpq(0) if value.contains(0) else value.mid().fmpq()
    return Fraction(int(value.p), int(value.q))


def _nearest(value: Fraction, places: int) -> Fraction:
    scale = Fraction(10) ** places
    whole = (abs(value) * scale + Fraction(1, 2)).__floor__()
    return Fraction(whole) / scale * (-1 if value < 0 else 1)


def _is_short(value: Fraction, digits: int) -> bool:
    """Whether the decimal expansion ends within so many significant digits."""
    if value.denominator == 1:
        return magnitude(value) < LARGEST_EXPONENT
    places = _places(value)
    return places is not None and len(str(abs(value.numerator * 10**places // value.denominator))) <= digits


def _places(value: Fraction) -> int | None:
    """The decimals that the value has; None if they do not end."""
    rest, twos, fives = value.denominator, 0, 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    return max(twos, fives) if rest == 1 else None


def _decimal(value: Fraction, places: int | None) -> str:
    assert places is not None, "only a decimal that ends is spelled without places"
    digits = str((value * 10**places).__floor__()).rjust(places + 1, "0")
    return f"{digits[:-places]}.{digits[-places:]}" if places else digits


def _unit(formula: Formula) -> Fraction:
    match formula:
        case Negation(operand):
            return _unit(operand)
        case Product((mantissa, power)):
            return _unit(mantissa) * _power_of_ten(power)
        case Number(text):
            return Fraction(1, 10 ** len(text.partition(".")[2]))
    return _power_of_ten(formula)


def _power_of_ten(power: Formula) -> Fraction:
    match power:
        case Power(_, Negation(Number(exponent))):
            return Fraction(1, 10 ** int(exponent))
        case Power(_, Number(exponent)):
            return Fraction(10 ** int(exponent))
    return Fraction(1)
