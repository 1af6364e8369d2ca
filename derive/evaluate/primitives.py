"""Powers and primitive functions: exact where a rational comes out, refused outside their domain."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from flint import arb, fmpq

from derive.evaluate.real import (
    MOST_RATIONAL_BITS,
    Real,
    ValueFault,
    compared,
    exact,
    kept,
    operation,
)

PI = operation(arb.pi)
CONSTANTS: Mapping[str, Real] = {"pi": PI, "π": PI}


def power(base: Real, exponent: Real) -> Real:
    """A power: of a negative base only with a whole exponent; 0 to the power 0 is 1."""
    rational = exponent.rational
    if rational is not None and rational.q == 1:
        return _whole_power(base, int(rational.p))
    sign = base.sign()
    if sign < 0:
        raise ValueFault("a broken power of a negative number")
    if sign == 0:
        return _power_of_zero(exponent)
    if rational is not None and base.rational is not None:
        root = _exact_root(base.rational, int(rational.q))
        if root is not None:
            return _whole_power(Real(root), int(rational.p))
    return operation(pow, base, exponent)


def _whole_power(base: Real, exponent: int) -> Real:
    if exponent == 0:
        return exact(1)
    if exponent < 0 and base.sign() == 0:
        raise ValueFault("a division by zero")
    rational = base.rational
    if rational is not None and rational.height_bits() * abs(exponent) <= 2 * MOST_RATIONAL_BITS:
        return kept(rational**exponent)
    return base if exponent == 1 else operation(lambda ball: _ball_power(ball, exponent), base)


def _ball_power(ball: arb, exponent: int) -> arb:
    """A whole power; of a ball that holds zero by products, for which Arb's power has no answer."""
    if exponent < 0 or not ball.contains(0):
        return ball**exponent
    found = arb(1)
    while exponent:
        if exponent & 1:
            found = found * ball
        ball, exponent = ball * ball, exponent >> 1
    return found


def _power_of_zero(exponent: Real) -> Real:
    if exponent.sign() > 0:
        return exact(0)
    raise ValueFault("a division by zero")


def _exact_root(value: fmpq, degree: int) -> fmpq | None:
    """The root of a rational that is not negative, if that is rational."""
    if degree > value.height_bits():
        return value if value <= 1 and value.q == 1 else None
    top, bottom = value.p.root(degree), value.q.root(degree)
    if top**degree == value.p and bottom**degree == value.q:
        return fmpq(top, bottom)
    return None


def square_root(value: Real) -> Real:
    """The root, exact of squares of rationals."""
    if value.sign() < 0:
        raise ValueFault("the square root of a negative number")
    if value.rational is None:
        return operation(arb.sqrt, value)
    root = _exact_root(value.rational, 2)
    return operation(arb.sqrt, value) if root is None else Real(root)


def logarithm(value: Real) -> Real:
    """The natural logarithm of a positive number."""
    if value.sign() <= 0:
        raise ValueFault("the logarithm of a number that is not positive")
    return exact(0) if value.rational == 1 else operation(arb.log, value)


def tangent(value: Real) -> Real:
    """The tangent, where the cosine is not zero."""
    if value.rational is None and operation(arb.cos, value).sign() == 0:
        raise ValueFault("the tangent of an odd multiple of π/2")
    return operation(arb.tan, value) if value.rational != 0 else value


def sign(value: Real) -> Real:
    """-1, 0 or 1."""
    return exact(value.sign())


def extreme(values: Sequence[Real], kind: str) -> int:
    """The position of the first element that attains the maximum ("max") or the minimum ("min")."""
    better, best = (1 if kind == "max" else -1), 0
    for at, value in enumerate(values):
        if compared(value, values[best]) == better:
            best = at
    return best


def _from_minus_one_to_one(name: str, inverse: Callable[[Real], Real]) -> Callable[[Real], Real]:
    """An inverse function on [-1, 1]; ends that are only known as balls are made exact first."""

    def at(value: Real) -> Real:
        side = compared(abs(value), exact(1))
        if side > 0:
            raise ValueFault(f"the {name} of a number beyond 1")
        return inverse(sign(value) if side == 0 else value)

    return at


def _known_at_zero(function: Callable[[arb], arb], at_zero: int) -> Callable[[Real], Real]:
    """A function of any number, whose value at zero is whole."""
    return lambda value: exact(at_zero) if value.rational == 0 else operation(function, value)


PRIMITIVES: Mapping[str, Callable[[Real], Real]] = {
    "exp": _known_at_zero(arb.exp, 1),
    "log": logarithm,
    "sqrt": square_root,
    "sin": _known_at_zero(arb.sin, 0),
    "cos": _known_at_zero(arb.cos, 1),
    "tan": tangent,
    "arcsin": _from_minus_one_to_one("inverse sine", _known_at_zero(arb.asin, 0)),
    "arccos": _from_minus_one_to_one(
        "inverse cosine", lambda value: exact(0) if value.rational == 1 else operation(arb.acos, value)
    ),
    "arctan": _known_at_zero(arb.atan, 0),
    "erf": _known_at_zero(arb.erf, 0),
    "abs": abs,
    "sign": sign,
}
