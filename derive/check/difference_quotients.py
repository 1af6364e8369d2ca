"""Quotients of differences, (f(x + h) - f(x))/h: they come near a derivative, and are none."""

from __future__ import annotations

from derive.formula import (
    Call,
    Derivative,
    Formula,
    Grouping,
    Indexed,
    Name,
    Negation,
    Product,
    Quotient,
    Sum,
)


def comes_near(left: Formula, right: Formula) -> bool:
    """Whether a derivative stands beside a quotient of differences."""
    is_slope = isinstance(left, Derivative) or (isinstance(left, Call) and left.primes > 0)
    return is_slope and is_difference_quotient(right)


def is_difference_quotient(formula: Formula) -> bool:
    """Whether a formula divides the difference of two values of one function, or of L_+ and L_-."""
    match _inner(formula):
        case Quotient(above, _):
            return _is_difference(_inner(above))
        case Product((Quotient(), above)):
            return _is_difference(_inner(above))
    return False


def _is_difference(formula: Formula) -> bool:
    match formula:
        case Sum((one, Negation(other))):
            return _kind(one) is not None and _kind(one) == _kind(other) and _inner(one) != _inner(other)
    return False


def _kind(formula: Formula) -> str | None:
    """The function that is called, or the letter of a quantity with a mark."""
    match _inner(formula):
        case Call(function, primes=0):
            return f"{function}()"
        case Name(name) | Indexed(name):
            letter = name.rstrip("+-").partition("_")[0]
            return letter if letter != name else None
    return None


def _inner(formula: Formula) -> Formula:
    while isinstance(formula, Grouping):
        formula = formula.inner
    return formula
