"""Real numbers: rationals, and operations on reals that are carried out as precisely as is asked.

An operation is kept with its parts, so that its ball (midpoint and radius, certain to hold the value) can
be made again with more bits whenever a question needs them. Balls are Arb's (F. Johansson, Arb: efficient
arbitrary-precision midpoint-radius interval arithmetic, IEEE Transactions on Computers 66, 2017).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from functools import reduce, total_ordering
from operator import add, mul, neg, truediv
from typing import TypeAlias

from flint import arb, ctx, fmpq

from derive.errors import DeriveError

# The bits that are tried in turn. What the last of them (9,800 digits) do not tell from zero counts as zero.
PRECISIONS = tuple(256 << step for step in range(8))
# A rational that needs more bits than this is no longer carried along exactly.
MOST_RATIONAL_BITS = 4_096
# Numbers beyond 10 to the power ±1,000,000 are refused: nobody could print them.
_LARGEST = arb(2) ** 3_321_928
_SMALLEST = 1 / _LARGEST


class ValueFault(DeriveError):
    """An operation without a value: a division by zero, the logarithm of a negative number."""


@total_ordering
class Real:
    """A real number; `rational` is its value where that is known to be rational."""

    __slots__ = ("_ball", "_bits", "_operation", "_parts", "rational")

    def __init__(
        self,
        rational: fmpq | None,
        operation: Callable[..., arb] | None = None,
        parts: tuple[Real, ...] = (),
    ) -> None:
        self.rational = rational
        self._operation = operation
        self._parts = parts
        self._ball = arb()
        self._bits = 0

    def ball(self, bits: int) -> arb:
        """A ball that holds the number, made with so many bits at least."""
        if self._bits < bits:
            with _precision(bits):
                self._make_balls(bits)
        return self._ball

    def _make_balls(self, bits: int) -> None:
        """The balls of all that the number is made of, then its own; no recursion, as chains are long."""
        waiting = [self]
        while waiting:
            node = waiting[-1]
            if node._bits < bits:
                rough = [part for part in node._parts if part._bits < bits]
                if rough:
                    waiting.extend(rough)
                    continue
                node._ball = node._carried_out()
                node._bits = bits
            waiting.pop()

    def _carried_out(self) -> arb:
        if self._operation is None:
            return arb(self.rational)
        return self._operation(*(part._ball for part in self._parts))

    def known(self, digits: int) -> arb:
        """A ball that gives so many significant digits."""
        needed = digits * 10 // 3 + 2
        for bits in PRECISIONS:
            ball = self.ball(bits)
            if ball.is_finite() and ball.rel_accuracy_bits() >= needed:
                return ball
        if self.sign() != 0:
            raise ValueFault("a number that cannot be told to so many digits")
        return arb()

    def sign(self) -> int:
        """-1, 0 or 1."""
        if self.rational is not None:
            return int(self.rational > 0) - int(self.rational < 0)
        for bits in PRECISIONS:
            ball = self.ball(bits)
            if ball > 0:
                return 1
            if ball < 0:
                return -1
        if not self._ball.is_finite():
            raise ValueFault("a number beyond all bounds")
        self.rational, self._operation, self._parts, self._ball = fmpq(0), None, (), arb()
        return 0

    def floor(self) -> int:
        """The largest whole number that is no larger."""
        if self.rational is not None:
            return int(self.rational.floor())
        for bits in PRECISIONS:
            with _precision(bits):
                found = self.ball(bits).floor().unique_fmpz()
            if found is not None:
                return int(found)
        # Undecided between a whole number and what lies just below: it counts as the whole number.
        with _precision(PRECISIONS[-1]):
            whole = self._ball.upper().floor().unique_fmpz()
        if whole is None:
            raise ValueFault("a number beyond all bounds")
        return int(whole)

    def check(self) -> None:
        """Refuse a number that is too large, or too close to zero, for anybody to print."""
        if self.rational is not None:
            return
        ball = next((ball for bits in PRECISIONS if (ball := abs(self.ball(bits))).is_finite()), None)
        if ball is None or not ball < _LARGEST:
            raise ValueFault("a number that is too large")
        if 0 < ball < _SMALLEST:
            raise ValueFault("a number that is too close to zero")

    def __neg__(self) -> Real:
        return operation(neg, self) if self.rational is None else Real(-self.rational)

    def __abs__(self) -> Real:
        return -self if self.sign() < 0 else self

    def __add__(self, other: Operand) -> Real:
        return total((self, exact(other)))

    def __sub__(self, other: Operand) -> Real:
        return total((self, -exact(other)))

    def __mul__(self, other: Operand) -> Real:
        return product((self, exact(other)))

    def __truediv__(self, other: Operand) -> Real:
        return quotient(self, exact(other))

    def __radd__(self, other: Operand) -> Real:
        return exact(other) + self

    def __rsub__(self, other: Operand) -> Real:
        return exact(other) - self

    def __rmul__(self, other: Operand) -> Real:
        return exact(other) * self

    def __rtruediv__(self, other: Operand) -> Real:
        return exact(other) / self

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Real | Fraction | int):
            return compared(self, exact(other)) == 0
        return NotImplemented

    def __lt__(self, other: Operand) -> bool:
        return compared(self, exact(other)) < 0

    def __bool__(self) -> bool:
        return self.sign() != 0

    def __float__(self) -> float:
        return float(self.known(30).mid())

    def __format__(self, specification: str) -> str:
        return format(float(self), specification) if specification else str(self)

    def __str__(self) -> str:
        fraction = as_fraction(self)
        return str(self.known(51).str(50, radius=False)) if fraction is None else str(fraction)

    def __repr__(self) -> str:
        return str(self)


Operand: TypeAlias = Real | Fraction | int


def exact(value: Operand) -> Real:
    """A rational, or a Real, as a Real."""
    if isinstance(value, Real):
        return value
    return Real(fmpq(value.numerator, value.denominator))


def as_fraction(value: Real) -> Fraction | None:
    """The rational that a number is known to be; None of others."""
    rational = value.rational
    return None if rational is None else Fraction(int(rational.p), int(rational.q))


def operation(carry_out: Callable[..., arb], *parts: Real) -> Real:
    """An operation on reals, given by what it does to their balls."""
    return Real(None, carry_out, parts)


def total(terms: Iterable[Real]) -> Real:
    """The sum of the terms: rational ones are added up exactly, the others kept beside them."""
    rational, others = fmpq(0), []
    for term in terms:
        if term.rational is None:
            others.append(term)
        else:
            rational = rational + term.rational
    if rational != 0 or not others:
        others.append(kept(rational))
    return others[0] if len(others) == 1 else operation(_added, *others)


def product(factors: Iterable[Real]) -> Real:
    """The product of the factors: rational ones are multiplied exactly, the others kept beside them."""
    rational, others = fmpq(1), []
    for factor in factors:
        if factor.rational is None:
            others.append(factor)
        else:
            rational = rational * factor.rational
    if rational == 0:
        return Real(rational)
    if rational != 1 or not others:
        others.append(kept(rational))
    return others[0] if len(others) == 1 else operation(_multiplied, *others)


def quotient(top: Real, bottom: Real) -> Real:
    """A fraction; refused over zero."""
    if bottom.sign() == 0:
        raise ValueFault("a division by zero")
    if top.rational is not None and bottom.rational is not None:
        return kept(top.rational / bottom.rational)
    return top if top.rational == 0 else operation(truediv, top, bottom)


def compared(one: Real, other: Real) -> int:
    """-1, 0 or 1 as one is less than, equal to or greater than the other."""
    if one is other:
        return 0
    return (one - other).sign()


def kept(rational: fmpq) -> Real:
    """A rational carried along exactly, unless it has grown too long."""
    if rational.height_bits() <= MOST_RATIONAL_BITS:
        return Real(rational)
    return operation(lambda: arb(rational))


def _added(*balls: arb) -> arb:
    return reduce(add, balls)


def _multiplied(*balls: arb) -> arb:
    return reduce(mul, balls)


@contextmanager
def _precision(bits: int) -> Iterator[None]:
    before = ctx.prec
    ctx.prec = bits
    try:
        yield
    finally:
        ctx.prec = before
