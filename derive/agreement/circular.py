"""Sine and cosine: of integer combinations of independent angles, by the addition theorems."""

from __future__ import annotations

import sympy
from flint import fmpq
from sympy import Expr

from derive.agreement.field import Exhausted, Ratio, Unsupported
from derive.agreement.forms import Forms
from derive.expression import contains

HIGHEST_MULTIPLE = 32


def sine(forms: Forms, angle: Ratio) -> Ratio:
    """sin(angle)."""
    return _sine_and_cosine(forms, angle)[0]


def cosine(forms: Forms, angle: Ratio) -> Ratio:
    """cos(angle)."""
    return _sine_and_cosine(forms, angle)[1]


# The sine and the cosine of one angle.
Pair = tuple[Ratio, Ratio]


def _sine_and_cosine(forms: Forms, angle: Ratio) -> Pair:
    angle, turn = _without_pi(forms, forms.canonical(angle))
    result = _of_constant(forms, turn)
    letters = bool(forms.letters(angle))
    for basis, times in forms.angles.combination(angle, split=letters):
        if abs(times) > HIGHEST_MULTIPLE:
            raise Exhausted
        single = _generators(forms, basis)
        if times < 0:
            single = forms.field.negative(single[0]), single[1]
        for _ in range(abs(times)):
            result = _sum(forms, result, single)
    return result


def _generators(forms: Forms, basis: Ratio) -> Pair:
    """sin and cos of a chosen angle, with sin² = 1 - cos²."""
    cos = forms.generator("cos", basis.key, arguments=(basis,))
    square = forms.field.multiply(cos, cos)
    rest = forms.field.add(forms.field.one, forms.field.negative(square))
    sin = forms.generator("sin", basis.key, arguments=(basis,), degree=2, relation=rest)
    return sin, cos


def _sum(forms: Forms, left: Pair, right: Pair) -> Pair:
    """sin and cos of a sum of two angles."""
    times, add, negative = forms.field.multiply, forms.field.add, forms.field.negative
    sin = add(times(left[0], right[1]), times(left[1], right[0]))
    cos = add(times(left[1], right[1]), negative(times(left[0], right[0])))
    return forms.canonical(sin), forms.canonical(cos)


def _without_pi(forms: Forms, angle: Ratio) -> tuple[Ratio, fmpq]:
    """The angle less its rational multiple of pi, and that multiple."""
    pi = forms.generator("pi", "", positive=True)
    number = next(forms.field.used(pi.num))
    if not angle.den.is_one() or number not in forms.used(angle):
        return angle, fmpq(0)
    multiple = fmpq(angle.num[pi.num.monomial(0)])
    return forms.field.add(angle, forms.field.scaled(pi, -multiple)), multiple


def _of_constant(forms: Forms, turn: fmpq) -> Pair:
    """sin and cos of a multiple of pi; SymPy knows those that are roots of rationals."""
    if turn == 0:
        return forms.field.zero, forms.field.one
    angle = sympy.pi * sympy.Rational(int(turn.p), int(turn.q))
    return _exact(forms, sympy.sin(angle)), _exact(forms, sympy.cos(angle))


def _exact(forms: Forms, value: Expr) -> Ratio:
    from derive.agreement.normal_form import normal_form

    if contains(value, sympy.sin, sympy.cos):
        raise Unsupported("an angle without a known sine")
    return normal_form(forms, value)
