"""Expressions that are one number, whatever their names stand for: sin² x + cos² x."""

from __future__ import annotations

from sympy import Expr, Rational

from derive.agreement import agree
from derive.expression import MeaningError, put, symbols

# No values at which two formulas are equal by chance.
_PLACES = (Rational(3, 7), Rational(11, 13), Rational(17, 5), Rational(29, 23))


def constant(value: Expr) -> Expr | None:
    """The number that an expression is everywhere; None where it has names that count."""
    named = sorted(symbols(value), key=str)
    try:
        number = put(value, {each: _PLACES[at % len(_PLACES)] + at for at, each in enumerate(named)})
    except MeaningError:
        return None
    if number.free_symbols or symbols(number):
        return None
    if not named:
        return number
    found = agree(value, number, assume=False)
    # Beside a jump the number may be another one: |x|/x.
    only = found.assumptions or found.narrower or found.kinks
    return number if found.verdict == "proved" and not only else None
