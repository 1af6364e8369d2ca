"""Numbers as a reader sees them: right roundings of exact values, in decimals or with a power of ten."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from flint import arb

from derive.evaluate import Array, Real, as_fraction, exact
from derive.formula import Formula, Negation, Number, Power, Product, Vector

# From 10⁻⁵ down and from 10¹⁰ up, a power of ten stands beside the digits.
SMALLEST_EXPONENT, LARGEST_EXPONENT = -5, 10
# An exact number may have so many digits more than a rounded one: 25.125 beside 0.5237.
SPARE_DIGITS = 2


@dataclass(frozen=True, slots=True)
class Rounded:
    """A number as printed: the rational that the print means, and whether that is the value itself.

    `places` are the decimals of a rounded number, negative before the point; an exact one has none to keep.
    """

    value: Fraction
    is_exact: bool
    places: int | None = None

    @property
    def formula(self) -> Formula:
        """The number as mathematics: its sign before it, a power of ten behind it where it takes one."""
        return spelled(self.value, self.places)

    @property
    def text(self) -> str:
        """The number as text: 0.5237, -2, 1.235e-7."""
        return _text(self.formula)

    def unit(self, digits: int) -> Fraction:
        """One unit of the last printed digit; of an exact number, of the last of so many digits."""
        if self.places is not None:
            return Fraction(10) ** -self.places
        exponent = magnitude(exact(self.value))
        places = digits - 1 - exponent
        if SMALLEST_EXPONENT < exponent < LARGEST_EXPONENT:
            places = max(places, _decimals(self.value) or 0)
        return Fraction(10) ** -places


def rounded(value: Real, digits: int = 4) -> Rounded:
    """The right rounding of a value to so many significant digits, halves away from zero.

    Rationals with a short decimal expansion are printed exactly, whole numbers in full; other numbers keep
    at least the digits before their point, since a zero there would pass for one of them.
    """
    fraction = as_fraction(value) if value.sign() else Fraction()
    if fraction is not None and _is_short(fraction, digits + SPARE_DIGITS):
        return Rounded(fraction, is_exact=True)
    exponent = magnitude(value)
    places = digits - 1 - exponent
    if SMALLEST_EXPONENT < exponent < LARGEST_EXPONENT:
        places = max(0, places)
    printed = nearest(value, places)
    if places > 0 and magnitude(exact(printed)) > exponent:
        places -= 1  # 9.9996 is 10.00
    return Rounded(printed, printed == fraction, places)


def numeral(value: Array, digits: int = 4) -> Formula:
    """A number, or a vector of numbers, as printed."""
    if isinstance(value, tuple):
        return Vector(tuple(numeral(each, digits) for each in value))
    return rounded(value, digits).formula


def spelled(value: Fraction, places: int | None = None) -> Formula:
    """A decimal with so many places (as many as it needs, without), its sign before it."""
    if value < 0:
        return Negation(spelled(-value, places))
    exponent = magnitude(exact(value))
    if SMALLEST_EXPONENT < exponent < LARGEST_EXPONENT:
        return Number(_decimal(value, _decimals(value) if places is None else places))
    mantissa = spelled(value / Fraction(10) ** exponent, None if places is None else places + exponent)
    size = Number(str(abs(exponent)))
    power = Power(Number("10"), Negation(size) if exponent < 0 else size)
    return power if mantissa == Number("1") else Product((mantissa, power))


def magnitude(value: Real) -> int:
    """The exponent of ten of the leading digit; 0 of zero."""
    if value.sign() == 0:
        return 0
    ball = abs(value.known(20))
    guess = (ball.log() / arb(10).log()).mid().floor().unique_fmpz()
    assert guess is not None
    found = int(guess)
    if abs(value) < Fraction(10) ** found:
        return found - 1
    return found + 1 if abs(value) >= Fraction(10) ** (found + 1) else found


def nearest(value: Real, places: int) -> Fraction:
    """The nearest decimal with so many places, of two the one further from zero."""
    scale = Fraction(10) ** places
    whole = (abs(value) * scale + Fraction(1, 2)).floor()
    return Fraction(whole) / scale * (-1 if value.sign() < 0 else 1)


def _is_short(value: Fraction, digits: int) -> bool:
    """Whether the number is whole, or its decimals end within so many significant digits."""
    if value.denominator == 1 and abs(value) < 10**LARGEST_EXPONENT:
        return True
    places = _decimals(value)
    if places is None or max(places, len(str(value.numerator))) > 400:
        return False
    return len(str(abs(value.numerator) * 10**places // value.denominator).rstrip("0")) <= digits


def _decimals(value: Fraction) -> int | None:
    """The decimals that the value has; None if they do not end."""
    rest, twos, fives = value.denominator, 0, 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    return max(twos, fives) if rest == 1 else None


def _decimal(value: Fraction, places: int | None) -> str:
    assert places is not None, "only a decimal that ends is spelled without places"
    digits = str(int(value * 10**places)).rjust(places + 1, "0")
    return f"{digits[:-places]}.{digits[-places:]}" if places else digits


def _text(formula: Formula) -> str:
    match formula:
        case Negation(operand):
            return f"-{_text(operand)}"
        case Product((mantissa, Power(exponent=exponent))):
            return f"{_text(mantissa)}e{_text(exponent)}"
        case Power(exponent=exponent):
            return f"1e{_text(exponent)}"
        case Number(text):
            return text
    raise TypeError(formula)
