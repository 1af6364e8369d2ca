"""Equality by a zero derivative on a connected domain and one exact value: arctan, erf and their like."""

from __future__ import annotations

from collections.abc import Mapping

import sympy
from flint import fmpq_mpoly
from sympy import Expr

from derive.agreement.domains import REAL, Domain
from derive.agreement.field import Exhausted, Overflow, Unsupported
from derive.agreement.forms import Fork, Forms, Infeasible, Question
from derive.agreement.indices import Axes
from derive.agreement.lattice import Refine
from derive.agreement.normal_form import normal_form
from derive.agreement.proof import Proof, prove
from derive.agreement.signs import known_sign
from derive.expression import contains, parts, put, symbols

# Functions with a value and a derivative for every real argument.
_SMOOTH = (
    sympy.exp,
    sympy.sin,
    sympy.cos,
    sympy.sinh,
    sympy.cosh,
    sympy.tanh,
    sympy.atan,
    sympy.erf,
    sympy.erfc,
)
_TRANSCENDENTAL = (sympy.atan, sympy.asin, sympy.acos, sympy.erf, sympy.erfc)


def prove_by_derivative(
    left: Expr, right: Expr, domains: Mapping[str, Domain], *, axes: Axes, deadline: float
) -> Proof | None:
    """A proof for smooth expressions on an interval of each name; None if none was found."""
    gap = left - right
    names = sorted(symbols(gap), key=lambda symbol: symbol.name)
    if not contains(gap, *_TRANSCENDENTAL) or not names or axes.letters:
        return None
    if not _smooth(gap, domains, axes, deadline):
        return None
    start = {name: _exact_start(domains.get(name.name, REAL)) for name in names}
    try:
        value = put(gap, start)
        slopes = [gap.diff(name) for name in names]
    except (ValueError, TypeError, RecursionError):
        return None
    if prove(value, sympy.Integer(0), domains, axes=axes, deadline=deadline) is None:
        return None
    for slope in slopes:
        if prove(slope, sympy.Integer(0), domains, axes=axes, deadline=deadline) is None:
            return None
    return Proof()


def _exact_start(domain: Domain) -> Expr:
    """A value in the domain at which SymPy may know exact values."""
    if domain.low is None:
        return sympy.Integer(0)
    return sympy.Integer(domain.low + 1) if domain.high is None else sympy.Rational(1, 2)


def _smooth(gap: Expr, domains: Mapping[str, Domain], axes: Axes, deadline: float) -> bool:
    """Whether the expression has derivatives everywhere on the domain, an interval for each name."""
    if any(domain.values for domain in domains.values()):
        return False
    question = Question(deadline, domains, frozenset(), axes.axes(), size=8 + 2 * len(symbols(gap)))
    forms = Forms(question, {})
    for part in parts(gap):
        if part.is_Atom or part.is_Add or part.is_Mul or not symbols(part):
            continue
        if isinstance(part, _SMOOTH):
            continue
        inner = _must_not_vanish(part)
        if inner is None or not all(_positive(forms, each) for each in inner):
            return False
    return True


def _must_not_vanish(part: Expr) -> list[Expr] | None:
    """The expressions that must be positive or negative throughout for a part to be smooth."""
    if part.is_Pow and part.exp.is_Integer:
        return [part.base] if part.exp.is_negative else []
    if part.is_Pow or isinstance(part, sympy.log):
        return [part.args[0]]
    if isinstance(part, sympy.asin | sympy.acos):
        return [1 - part.args[0] ** 2]
    return None


def _positive(forms: Forms, inner: Expr) -> bool:
    """Whether the sign of an expression is certain, with no zero on the domain."""
    try:
        ratio = forms.canonical(normal_form(forms, inner))
        return not ratio.num.is_zero() and all(
            known_sign(forms, factor) is not None and _bounded_away(forms, factor)
            for factor, _ in forms.all_factors(ratio)[1]
        )
    except (Unsupported, Exhausted, Overflow, Fork, Infeasible, Refine):
        return False


def _bounded_away(forms: Forms, factor: fmpq_mpoly) -> bool:
    """Whether a term of a factor of one sign cannot vanish: a number, or a product of positive quantities."""
    for _, powers in forms.field.terms(factor):
        if all(_strictly_positive(forms, number) for number in powers):
            return True
    return False


def _strictly_positive(forms: Forms, number: int) -> bool:
    each = forms.generators[number]
    return each.positive and each.kind in ("symbol", "component", "exp", "pi")
