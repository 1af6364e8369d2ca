"""Numbers: rationals as long as they stay rational, balls (midpoint and radius) from then on.

Balls are Arb's (F. Johansson, Arb: efficient arbitrary-precision midpoint-radius interval arithmetic,
2017): every operation encloses the true result.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import TypeAlias

from flint import arb, fmpq

from derive.errors import DeriveError
from derive.model.model import Value

Number: TypeAlias = "fmpq | arb"
Array: TypeAlias = "Number | tuple[Array, ...]"

# Rational powers are carried out exactly up to so many bits of the result.
MOST_BITS = 20_000


class ValueFault(DeriveError):
    """An operation without a value: a division by zero, the logarithm of a negative number."""


def exact(value: Fraction | int) -> fmpq:
    """A rational for exact arithmetic."""
    return fmpq(value.numerator, value.denominator)


def as_fraction(value: Number) -> Fraction | None:
    """The rational that a number is known to be; None of a ball."""
    return Fraction(int(value.p), int(value.q)) if isinstance(value, fmpq) else None


def as_array(value: Value | Array) -> Array:
    """A value of a model as numbers to reckon with."""
    if isinstance(value, tuple):
        return tuple(as_array(each) for each in value)
    return exact(value) if isinstance(value, (Fraction, int)) else value


def is_zero(value: Number) -> bool:
    """Whether the number is known to be zero."""
    return bool(value == 0)


def divided(top: Number, bottom: Number) -> Number:
    """A fraction; refused where the denominator is, or may be, zero."""
    if is_zero(bottom) or (isinstance(bottom, arb) and bottom.contains(0)):
        raise ValueFault("a division by zero")
    return top / bottom


def raised(base: Number, exponent: Number) -> Number:
    """A power; of a negative base only with a whole exponent."""
    if isinstance(exponent, fmpq):
        if exponent.q == 1:
            return _whole_power(base, int(exponent.p))
        if exponent == fmpq(1, 2):
            return square_root(base)
    if is_zero(base) and exponent > 0:
        return fmpq(0)
    if not base > 0:
        raise ValueFault("a broken power of a number that is not positive")
    return arb(base) ** exponent


def _whole_power(base: Number, exponent: int) -> Number:
    if exponent < 0 and is_zero(base):
        raise ValueFault("a division by zero")
    if isinstance(base, fmpq):
        bits = max(int(base.p).bit_length(), int(base.q).bit_length())
        if bits * abs(exponent) > MOST_BITS:
            return arb(base) ** exponent
    return base**exponent


def square_root(value: Number) -> Number:
    """The root, exact of squares of rationals."""
    if value < 0:
        raise ValueFault("the square root of a negative number")
    if isinstance(value, fmpq):
        top, bottom = value.p.isqrt(), value.q.isqrt()
        if top * top == value.p and bottom * bottom == value.q:
            return fmpq(top, bottom)
    return arb(value).sqrt()


def logarithm(value: Number) -> Number:
    """The natural logarithm of a positive number."""
    if not value > 0:
        raise ValueFault("the logarithm of a number that is not positive")
    return fmpq(0) if value == 1 else arb(value).log()


def magnitude(value: Number) -> Number:
    """The absolute value."""
    return abs(value)


def sign(value: Number) -> Number:
    """-1, 0 or 1."""
    return fmpq(compared(value, fmpq(0)))


def compared(one: Number, other: Number) -> int:
    """-1, 0 or 1 as one is less, equal or greater; balls that overlap count as equal."""
    return 1 if one > other else -1 if one < other else 0


def _vanishing(function: Callable[[arb], arb]) -> Callable[[Number], Number]:
    """A function with the value 0 at 0, kept exact there."""
    return lambda value: fmpq(0) if is_zero(value) else function(arb(value))


def _one_at_zero(function: Callable[[arb], arb]) -> Callable[[Number], Number]:
    """A function with the value 1 at 0, kept exact there."""
    return lambda value: fmpq(1) if is_zero(value) else function(arb(value))


PRIMITIVES: Mapping[str, Callable[[Number], Number]] = {
    "exp": _one_at_zero(arb.exp),
    "log": logarithm,
    "sqrt": square_root,
    "sin": _vanishing(arb.sin),
    "cos": _one_at_zero(arb.cos),
    "tan": _vanishing(arb.tan),
    "sinh": _vanishing(arb.sinh),
    "cosh": _one_at_zero(arb.cosh),
    "tanh": _vanishing(arb.tanh),
    "arcsin": _vanishing(arb.asin),
    "arccos": lambda value: arb(value).acos(),
    "arctan": _vanishing(arb.atan),
    "erf": _vanishing(arb.erf),
    "abs": magnitude,
    "sign": sign,
}
