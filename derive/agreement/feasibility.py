"""Whether signs that a case assumes can hold together, by elimination of monomials as in linear programs."""

from __future__ import annotations

from collections.abc import Iterable

from flint import fmpq, fmpq_mpoly

from derive.agreement.forms import Forms

# A linear form that is to be positive: coefficients of monomials, () for the constant.
Form = dict[tuple[int, ...], fmpq]

MOST_FORMS = 64


def contradictory(forms: Forms) -> bool:
    """Whether the signs assumed in a run exclude each other; False where that is not seen.

    Monomials count as unknowns of their own: what is infeasible for those is infeasible.
    """
    assumed = [_linear(poly * forms.signs[key]) for key, poly in forms.asked.items() if key in forms.signs]
    if len(assumed) < 2:
        return False
    positive = [{monomial: fmpq(1)} for monomial in _positive_monomials(forms, assumed)]
    return _infeasible(assumed + positive)


def _linear(poly: fmpq_mpoly) -> Form:
    return {monomial if any(monomial) else (): fmpq(coefficient) for monomial, coefficient in poly.terms()}


def _positive_monomials(forms: Forms, assumed: Iterable[Form]) -> list[tuple[int, ...]]:
    """The monomials among the forms that cannot be negative."""
    top = forms.field.size - 1
    found = dict.fromkeys(monomial for form in assumed for monomial in form if monomial)
    return [
        monomial
        for monomial in found
        if all(power % 2 == 0 or forms.generators[top - slot].positive for slot, power in enumerate(monomial))
    ]


def _infeasible(forms: list[Form]) -> bool:
    """Whether no values of the monomials make all forms positive (Fourier and Motzkin)."""
    while forms and len(forms) <= MOST_FORMS:
        if any(not any(form) and form.get((), 0) <= 0 for form in forms):
            return True
        unknowns = {monomial for form in forms for monomial in form if monomial}
        if not unknowns:
            return False
        chosen = min(unknowns, key=lambda each: (_growth(forms, each), each))
        above = [form for form in forms if form.get(chosen, 0) > 0]
        below = [form for form in forms if form.get(chosen, 0) < 0]
        forms = [form for form in forms if chosen not in form] + [
            _eliminated(upper, lower, chosen) for upper in above for lower in below
        ]
    return False


def _growth(forms: list[Form], monomial: tuple[int, ...]) -> int:
    above = sum(form.get(monomial, 0) > 0 for form in forms)
    below = sum(form.get(monomial, 0) < 0 for form in forms)
    return above * below - above - below


def _eliminated(upper: Form, lower: Form, monomial: tuple[int, ...]) -> Form:
    """The positive combination of two forms that is free of a monomial."""
    first, second = -lower[monomial], upper[monomial]
    result: Form = {}
    for form, times in ((upper, first), (lower, second)):
        for each, coefficient in form.items():
            result[each] = result.get(each, fmpq(0)) + times * coefficient
    return {each: coefficient for each, coefficient in result.items() if coefficient != 0}
