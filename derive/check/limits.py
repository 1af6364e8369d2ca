"""Limits of expressions: the place put in, or after L'Hôpital where both parts of a fraction vanish."""

from __future__ import annotations

import sympy
from sympy import Abs, Expr, Heaviside, Max, Min, Piecewise, Symbol, sign

from derive.expression import CaseDistinction, IndexedReduction, MeaningError, contains, partial, put, symbols

# So often both parts of a fraction may vanish.
MOST_ROUNDS = 4
_BROKEN = (Abs, sign, Heaviside, Max, Min, Piecewise, CaseDistinction)
_NO_NUMBERS = (sympy.nan, sympy.zoo, sympy.oo, -sympy.oo)


def evaluated(value: Expr, wrt: Symbol, point: Expr) -> Expr:
    """The value at a place; raises MeaningError where there is none."""
    _require_known(value)
    found = put(value, {wrt: point})
    if contains(found, *map(type, _NO_NUMBERS)):
        raise MeaningError("there is no value at this place")
    return found


def limit(value: Expr, wrt: Symbol, point: Expr) -> Expr:
    """The limit as a quantity comes near a place, of what is smooth there; raises MeaningError."""
    _require_known(value)
    if contains(value, *_BROKEN):
        raise MeaningError("a limit of what jumps or bends is not worked out")
    above, below = sympy.fraction(sympy.together(value)) if not value.is_Symbol else (value, sympy.Integer(1))
    for _ in range(MOST_ROUNDS):
        at = [_expanded(put(each, {wrt: point})) for each in (above, below)]
        if not at[1].is_zero:
            if at[1].is_nonzero is None and not _is_told(at[1]):
                raise MeaningError("whether the denominator vanishes is not known")
            return at[0] / at[1]
        if not at[0].is_zero:
            raise MeaningError("there is no limit at this place")
        above, below = partial(above, wrt), partial(below, wrt)
    raise MeaningError("this limit is not worked out")


def _expanded(value: Expr) -> Expr:
    return value if contains(value, IndexedReduction) else sympy.expand(value)


def _is_told(value: Expr) -> bool:
    """Whether a denominator with names in it is generic: it vanishes at single places only."""
    return bool(symbols(value))


def _require_known(value: Expr) -> None:
    if any(each.name.startswith("∂") for each in symbols(value)):
        raise MeaningError("what the derivative is at this place is not said")
