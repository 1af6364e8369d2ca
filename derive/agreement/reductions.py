"""Sums, products and extremes over indices, as they stand in an expression."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

from sympy import Expr, Symbol

from derive.agreement.field import Exhausted, Ratio, Unsupported
from derive.agreement.forms import Forms
from derive.agreement.generators import Affine
from derive.agreement.indices import letter
from derive.agreement.products import multiplied
from derive.agreement.sums import size, summed, unopened
from derive.expression import IndexedReduction

Convert = Callable[[Forms, Expr], Ratio]

MOST_VALUES = 64


def reduction(forms: Forms, expression: IndexedReduction, convert: Convert) -> Ratio:
    """The value of a sum, a product or an extreme over indices."""
    bounds = expression.args[2:]
    if all(_has_numbers(bound) for bound in bounds):
        return _listed(forms, expression, convert)
    names: list[str] = []
    bindings = dict(forms.bindings)
    for each in expression.letters:
        forms.fresh += 1
        axis = forms.question.axes[expression, each]
        names.append(f"{axis}#{forms.fresh}")
        bindings[each] = letter(names[-1])
    if expression.kind == "size":
        return forms.field.product([size(forms, name) for name in names])
    body = _under(forms, bindings, expression.body, convert)
    if expression.kind == "sum":
        return summed(forms, names, body)
    if expression.kind == "prod" and len(names) == 1:
        return multiplied(forms, names[0], forms.canonical(body))
    return unopened(forms, expression.kind, tuple(names), forms.canonical(body))


def _has_numbers(bound: Expr) -> bool:
    return not isinstance(bound, Symbol) and bound.args[1].is_Integer and bound.args[2].is_Integer


def _under(forms: Forms, bindings: dict[str, Affine], body: Expr, convert: Convert) -> Ratio:
    """The body's normal form, with letters bound."""
    outer, memo = forms.bindings, forms.memo
    forms.bindings, forms.memo = bindings, {}
    try:
        return convert(forms, body)
    finally:
        forms.bindings, forms.memo = outer, memo


def _listed(forms: Forms, expression: IndexedReduction, convert: Convert) -> Ratio:
    """A sum or product over a range of numbers, written out."""
    ranges = [range(int(b.args[1]), int(b.args[2]) + 1) for b in expression.args[2:]]
    if any(len(each) > MOST_VALUES for each in ranges):
        raise Exhausted
    if expression.kind not in ("sum", "prod"):
        raise Unsupported(f"{expression.kind} over a range")
    parts = []
    for values in product(*ranges):
        at: dict[str, Affine] = {n: ((), v) for n, v in zip(expression.letters, values, strict=True)}
        parts.append(_under(forms, {**forms.bindings, **at}, expression.body, convert))
    return forms.field.total(parts) if expression.kind == "sum" else forms.field.product(parts)
