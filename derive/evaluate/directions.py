"""Arithmetic on values that are numbers or arrays of them."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from derive.evaluate.quantities import Array
from derive.evaluate.real import Real, exact, total

SETTLED_DIGITS = 60


def moved(value: Array, direction: Array, step: Real) -> Array:
    """A value moved along a direction of its shape."""
    if isinstance(value, Real):
        assert isinstance(direction, Real)
        return value + direction * step
    assert isinstance(direction, tuple)
    return tuple(moved(one, other, step) for one, other in zip(value, direction, strict=True))


def settled(value: Array) -> Array:
    """A value to reckon on with: its first digits as a rational."""
    if isinstance(value, tuple):
        return tuple(map(settled, value))
    if value.rational is not None:
        return value
    middle = value.known(SETTLED_DIGITS).mid().fmpq()
    return exact(Fraction(int(middle.p), int(middle.q)))


def inner_product(one: Array, other: Array) -> Real:
    """The sum of the products of the components of two values of one shape."""
    if isinstance(one, Real):
        assert isinstance(other, Real)
        return one * other
    assert isinstance(other, tuple)
    return total(map(inner_product, one, other))


def direction(value: Array, positions: Iterator[int]) -> Array:
    """A component for every number, ±1 over its position, so that no two numbers are confused."""
    if isinstance(value, Real):
        position = next(positions)
        return exact(Fraction((-1) ** position, position))
    return tuple(direction(each, positions) for each in value)
