"""Case distinctions: a condition on numbers is decided by signs, one on indices is an indicator."""

from __future__ import annotations

from collections.abc import Callable

import sympy
from sympy import Expr
from sympy.logic.boolalg import Boolean

from derive.agreement.balls import certain_sign
from derive.agreement.field import Ratio, Unsupported
from derive.agreement.forms import Forms
from derive.agreement.generators import Affine
from derive.agreement.indices import difference
from derive.agreement.quantities import affine, indicator
from derive.agreement.signs import sign_of
from derive.expression import symbols

Convert = Callable[[Forms, Expr], Ratio]


def piecewise(forms: Forms, expression: Expr, convert: Convert) -> Ratio:
    """The value of the first branch whose condition holds."""
    rest = forms.field.one
    total = forms.field.zero
    for value, condition in expression.args:
        holds = _holds(forms, condition, convert)
        if holds.num.is_zero():
            continue
        part = forms.field.multiply(rest, holds)
        if part.num.is_one():
            converted = convert(forms, value)
        else:
            with forms.branch():
                converted = convert(forms, value)
        total = forms.field.add(total, forms.field.multiply(part, converted))
        rest = forms.field.multiply(rest, _opposite(forms, holds))
        if holds.num.is_one():
            return forms.canonical(total)
    if not forms.canonical(rest).num.is_zero():
        raise Unsupported("cases that do not cover everything")
    return forms.canonical(total)


def _opposite(forms: Forms, truth: Ratio) -> Ratio:
    return forms.field.add(forms.field.one, forms.field.negative(truth))


def _holds(forms: Forms, condition: Boolean, convert: Convert) -> Ratio:
    """1 where the condition holds, 0 where it fails."""
    if condition == sympy.true:
        return forms.field.one
    if condition == sympy.false:
        return forms.field.zero
    if isinstance(condition, sympy.And):
        return forms.field.product([_holds(forms, each, convert) for each in condition.args])
    if isinstance(condition, sympy.Not):
        return _opposite(forms, _holds(forms, condition.args[0], convert))
    if not isinstance(condition, sympy.core.relational.Relational):
        raise Unsupported(type(condition).__name__)
    if any(_is_index(forms, side) for side in condition.args):
        return _index_condition(forms, condition, convert)
    return _by_sign(forms, condition, convert)


def _is_index(forms: Forms, side: Expr) -> bool:
    """Whether a side of a comparison is an index: letters, and sizes perhaps."""
    names = {each.name for each in symbols(side)}
    return bool(names & forms.question.letters) and affine(forms, side) is not None


def _by_sign(forms: Forms, condition: Boolean, convert: Convert) -> Ratio:
    """A comparison of numbers, away from equality."""
    side = certain_sign(condition.args[0] - condition.args[1])
    if side is not None:
        return forms.field.constant(int(_true_for(condition, side)))
    sides = [convert(forms, side) for side in condition.args]
    gap = forms.canonical(forms.field.add(sides[0], forms.field.negative(sides[1])))
    if gap.num.is_zero():
        closed = isinstance(condition, sympy.Eq | sympy.Le | sympy.Ge)
        return forms.field.one if closed else forms.field.zero
    if not (gap.num.is_constant() and gap.den.is_constant()):
        forms.kinks[condition.args] = None
    if isinstance(condition, sympy.Eq | sympy.Ne):
        return forms.field.constant(int(isinstance(condition, sympy.Ne)))
    sign = sign_of(forms, gap)
    if isinstance(condition, sympy.Lt | sympy.Le):
        sign = forms.field.negative(sign)
    half = forms.field.inverse(forms.field.constant(2))
    return forms.canonical(forms.field.multiply(half, forms.field.add(forms.field.one, sign)))


def _true_for(condition: Boolean, side: int) -> bool:
    """Whether a comparison holds for a gap between its sides that has a sign."""
    if isinstance(condition, sympy.Eq | sympy.Ne):
        return isinstance(condition, sympy.Ne)
    return isinstance(condition, sympy.Gt | sympy.Ge) == (side > 0)


def _index_condition(forms: Forms, condition: Boolean, convert: Convert) -> Ratio:
    left, right = condition.args
    sides: list[Affine | None] = [affine(forms, left), affine(forms, right)]
    if sides[0] is None or sides[1] is None:
        keys = [forms.canonical(convert(forms, side)) for side in (left, right)]
        return indicator(forms, type(condition).__name__, None, tuple(keys))
    gap = difference(sides[0], sides[1])
    match type(condition).__name__:
        case "Equality":
            return indicator(forms, "=", gap)
        case "Unequality":
            return _opposite(forms, indicator(forms, "=", gap))
        case "GreaterThan":
            return indicator(forms, ">=", gap)
        case "LessThan":
            return indicator(forms, ">=", difference(sides[1], sides[0]))
        case "StrictGreaterThan":
            return indicator(forms, ">=", (gap[0], gap[1] - 1))
    opposite = difference(sides[1], sides[0])
    return indicator(forms, ">=", (opposite[0], opposite[1] - 1))
