"""Numbers as an author prints them, and whether what is printed is the right rounding of the exact value."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from mpmath import mp, mpf

mp.dps = 40


def real(value: Decimal | Fraction | int) -> mpf:
    """A number to 40 digits."""
    exact = Fraction(value)
    return mpf(exact.numerator) / exact.denominator


def logistic(value: mpf) -> mpf:
    return 1 / (1 + mp.exp(-value))


def slope(value: mpf) -> mpf:
    """The derivative of the logistic function."""
    return logistic(value) * (1 - logistic(value))


def significant(value: mpf, digits: int) -> Decimal:
    """The right rounding to so many significant digits."""
    exponent = int(mp.floor(mp.log10(abs(value))))
    return decimals(value, digits - 1 - exponent)


def decimals(value: mpf, places: int) -> Decimal:
    """The right rounding to so many digits after the point."""
    scaled = int(mp.nint(value * mpf(10) ** places))
    return Decimal(scaled).scaleb(-places)


def unit(printed: Decimal) -> Decimal:
    """What one in the last digit of a printed number is worth."""
    exponent = printed.as_tuple().exponent
    assert isinstance(exponent, int)
    return Decimal(1).scaleb(exponent)


def is_right(printed: Decimal, exact: mpf) -> bool:
    """Whether a printed number is the right rounding of the exact value."""
    return bool(abs(real(printed) - exact) <= real(unit(printed)) / 2)


def verdict(printed: Decimal, exact: mpf) -> str:
    """What a printed number is of an exact value: proved where nothing was rounded."""
    if abs(real(printed) - exact) < mpf(10) ** -30:
        return "proved"
    return "rounded" if is_right(printed, exact) else "drifted"


def plain(value: Decimal) -> str:
    """A number without exponent and without zeros at its end: 0.5, -2, 10."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def printed(value: Decimal) -> str:
    """A rounded number: its zeros at the end count."""
    return format(value, "f")
