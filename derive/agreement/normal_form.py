"""The normal form of an expression: a rational function over independent generators."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import sympy
from flint import fmpq
from sympy import Expr

from derive.agreement.balls import certain_sign
from derive.agreement.circular import cosine, sine
from derive.agreement.conditions import piecewise
from derive.agreement.field import Ratio, Unsupported
from derive.agreement.forms import Forms
from derive.agreement.powers import exponential, general_power, logarithm, rational_power
from derive.agreement.quantities import quantity
from derive.agreement.reductions import reduction
from derive.agreement.signs import magnitude, sign_of
from derive.expression import CaseDistinction, IndexedReduction, Opaque


def normal_form(forms: Forms, expression: Expr) -> Ratio:
    """The ratio that an expression is equal to, wherever it has a meaning.

    Raises Unsupported, Exhausted, and what makes the question be taken up again: Fork, Refine, Overflow.
    """
    found = forms.memo.get(expression)
    if found is None:
        found = _converted(forms, expression)
        forms.memo[expression] = found
    return found


def _converted(forms: Forms, expression: Expr) -> Ratio:
    forms.field.check()
    if expression.is_Rational:
        return forms.field.constant(fmpq(int(expression.p), int(expression.q)))
    if expression.is_Symbol:
        return quantity(forms, expression)
    if expression.is_Add:
        return forms.field.total([normal_form(forms, term) for term in expression.args])
    if expression.is_Mul:
        return forms.field.product([normal_form(forms, factor) for factor in expression.args])
    if expression.is_Pow:
        return _power(forms, *expression.args)
    for kind in type(expression).__mro__:
        if kind in _CONVERSIONS:
            return _CONVERSIONS[kind](forms, expression)
    raise Unsupported(type(expression).__name__)


def _power(forms: Forms, base: Expr, exponent: Expr) -> Ratio:
    if exponent.is_Rational:
        degree = fmpq(int(exponent.p), int(exponent.q))
        return rational_power(forms, normal_form(forms, base), degree)
    if base is sympy.E:
        return exponential(forms, normal_form(forms, exponent))
    return general_power(forms, normal_form(forms, base), normal_form(forms, exponent))


def _float(forms: Forms, expression: Expr) -> Ratio:
    return normal_form(forms, sympy.Rational(str(expression)))


def _pi(forms: Forms, expression: Expr) -> Ratio:
    return forms.generator("pi", "", positive=True)


def _first(forms: Forms, expression: Expr) -> Ratio:
    return normal_form(forms, expression.args[0])


def _tangent(forms: Forms, expression: Expr) -> Ratio:
    argument = _first(forms, expression)
    return forms.field.multiply(sine(forms, argument), forms.field.inverse(cosine(forms, argument)))


def _hyperbolic(forms: Forms, expression: Expr) -> tuple[Ratio, Ratio]:
    """Twice the hyperbolic sine and cosine."""
    up = exponential(forms, _first(forms, expression))
    down = forms.field.inverse(up)
    return forms.field.add(up, forms.field.negative(down)), forms.field.add(up, down)


def _hyperbolic_sine(forms: Forms, expression: Expr) -> Ratio:
    return forms.field.scaled(_hyperbolic(forms, expression)[0], fmpq(1, 2))


def _hyperbolic_cosine(forms: Forms, expression: Expr) -> Ratio:
    return forms.field.scaled(_hyperbolic(forms, expression)[1], fmpq(1, 2))


def _hyperbolic_tangent(forms: Forms, expression: Expr) -> Ratio:
    """1 - 2/(exp(2u) + 1)."""
    twice = exponential(forms, forms.field.scaled(_first(forms, expression), 2))
    half = forms.field.inverse(forms.field.add(twice, forms.field.one))
    return forms.field.add(forms.field.one, forms.field.scaled(half, -2))


def _arc_cosine(forms: Forms, expression: Expr) -> Ratio:
    quarter = forms.field.scaled(_pi(forms, expression), fmpq(1, 2))
    return forms.field.add(quarter, forms.field.negative(_odd("asin")(forms, expression)))


def _odd(name: str) -> Callable[[Forms, Expr], Ratio]:
    """An odd function that is not opened: its argument starts with a positive coefficient."""

    def convert(forms: Forms, expression: Expr) -> Ratio:
        argument = forms.canonical(_first(forms, expression))
        if argument.num.is_zero():
            return forms.field.zero
        if argument.num.leading_coefficient() > 0:
            return function_of(forms, name, (argument,))
        return forms.field.negative(function_of(forms, name, (forms.field.negative(argument),)))

    return convert


def function_of(forms: Forms, name: str, arguments: tuple[Ratio, ...]) -> Ratio:
    """A function of which only its name is known: equal arguments, equal values."""
    key = ", ".join(argument.key for argument in arguments)
    return forms.generator("function", f"{name}({key})", name=name, arguments=arguments)


def _opened_not(forms: Forms, expression: Expr) -> Ratio:
    arguments = tuple(forms.canonical(normal_form(forms, each)) for each in expression.args)
    return function_of(forms, expression.func.__name__, arguments)


def _complementary(forms: Forms, expression: Expr) -> Ratio:
    return forms.field.add(forms.field.one, forms.field.negative(_odd("erf")(forms, expression)))


def _magnitude(forms: Forms, expression: Expr) -> Ratio:
    side = certain_sign(expression.args[0])
    if side is not None:
        return forms.field.scaled(_first(forms, expression), side)
    return magnitude(forms, _first(forms, expression))


def _sign(forms: Forms, expression: Expr) -> Ratio:
    side = certain_sign(expression.args[0])
    if side is not None:
        return forms.field.constant(side)
    forms.kinks[expression.args[0], sympy.Integer(0)] = None
    return sign_of(forms, _first(forms, expression))


def _heaviside(forms: Forms, expression: Expr) -> Ratio:
    return forms.field.scaled(forms.field.add(forms.field.one, _sign(forms, expression)), fmpq(1, 2))


def _impulse(forms: Forms, expression: Expr) -> Ratio:
    forms.kinks[expression.args[0], sympy.Integer(0)] = None
    return forms.field.zero


def _extreme(forms: Forms, expression: Expr) -> Ratio:
    """max(a, b) = (a + b + |a - b|)/2, and min with the other sign."""
    side = 1 if isinstance(expression, sympy.Max) else -1
    first, *others = expression.args
    result = normal_form(forms, first)
    for each in others:
        value = normal_form(forms, each)
        distance = magnitude(forms, forms.field.add(result, forms.field.negative(value)))
        doubled = forms.field.total([result, value, forms.field.scaled(distance, side)])
        result = forms.canonical(forms.field.scaled(doubled, fmpq(1, 2)))
    return result


def _sum_over_index(forms: Forms, expression: Expr) -> Ratio:
    return reduction(forms, expression, normal_form)


def _cases(forms: Forms, expression: Expr) -> Ratio:
    return piecewise(forms, expression, normal_form)


_CONVERSIONS: Mapping[type, Callable[[Forms, Expr], Ratio]] = {
    sympy.Float: _float,
    type(sympy.pi): _pi,
    type(sympy.E): lambda forms, expression: exponential(forms, forms.field.one),
    sympy.exp: lambda forms, expression: exponential(forms, _first(forms, expression)),
    sympy.log: lambda forms, expression: logarithm(forms, _first(forms, expression)),
    sympy.sin: lambda forms, expression: sine(forms, _first(forms, expression)),
    sympy.cos: lambda forms, expression: cosine(forms, _first(forms, expression)),
    sympy.tan: _tangent,
    sympy.sinh: _hyperbolic_sine,
    sympy.cosh: _hyperbolic_cosine,
    sympy.tanh: _hyperbolic_tangent,
    sympy.asin: _odd("asin"),
    sympy.acos: _arc_cosine,
    sympy.atan: _odd("atan"),
    sympy.erf: _odd("erf"),
    sympy.erfc: _complementary,
    sympy.Abs: _magnitude,
    sympy.sign: _sign,
    sympy.Heaviside: _heaviside,
    sympy.DiracDelta: _impulse,
    sympy.Max: _extreme,
    sympy.Min: _extreme,
    sympy.Piecewise: _cases,
    CaseDistinction: _cases,
    IndexedReduction: _sum_over_index,
    Opaque: _opened_not,
    sympy.Function: _opened_not,
}
