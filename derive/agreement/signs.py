"""Signs of factors: known from their terms, from the case at hand, or asked for by a fork."""

from __future__ import annotations

from flint import fmpq, fmpq_mpoly

from derive.agreement.field import Ratio
from derive.agreement.forms import Fork, Forms, Infeasible

# An interval of rationals; None is an infinite end.
Interval = tuple[fmpq | None, fmpq | None]

_BOUNDED = {"sin": (fmpq(-1), fmpq(1)), "cos": (fmpq(-1), fmpq(1)), "erf": (fmpq(-1), fmpq(1))}


def known_sign(forms: Forms, poly: fmpq_mpoly) -> int | None:
    """The sign of a polynomial, where its terms or the case at hand tell it; it may vanish at points."""
    sign = _sign_of_terms(forms, poly)
    if sign is None:
        sign = forms.signs.get(str(poly))
    if sign is None:
        sign = _sign_from_facts(forms, str(poly))
    if sign is None:
        sign = _sign_of_bounds(forms, poly)
    return sign


def sign(forms: Forms, poly: fmpq_mpoly) -> Ratio:
    """The sign of an irreducible factor: a number where it is known, or a generator whose square is 1."""
    ratio = Ratio(poly, forms.field.unit)
    exponent = _compared_exponent(forms, poly)
    if exponent is not None:
        return sign_of(forms, exponent)
    found = known_sign(forms, poly)
    if found is not None:
        forms.asked[str(poly)] = poly
        return forms.field.constant(found)
    kinds = {forms.generators[number].kind for number in forms.field.used(poly)}
    if not forms.letters(ratio) and (forms.question.forking or "sign" in kinds):
        raise Fork(str(poly))
    others = _sign_by_others(forms, poly)
    if others is not None:
        return others
    return forms.generator("sign", ratio.key, arguments=(ratio,), degree=2, relation=forms.field.one)


def _sign_by_others(forms: Forms, poly: fmpq_mpoly) -> Ratio | None:
    """The sign of a factor by those of the others in a product of known sign; for the last of these only."""
    key = str(poly)
    for factors, product in forms.facts:
        if key == max(factors):
            signs = [sign(forms, factor) for each, factor in factors.items() if each != key]
            return forms.canonical(forms.field.scaled(forms.field.product(signs), product))
    return None


def _compared_exponent(forms: Forms, poly: fmpq_mpoly) -> Ratio | None:
    """u - v for the difference of two exponentials exp(u) - exp(v), which has its sign."""
    if len(poly) != 2 or set(poly.coeffs()) != {1, -1}:
        return None
    gap = forms.field.zero
    for coefficient, powers in forms.field.terms(poly):
        for number, power in powers.items():
            each = forms.generators[number]
            if each.kind != "exp":
                return None
            gap = forms.field.add(gap, forms.field.scaled(each.arguments[0], power * coefficient))
    return gap


def sign_of(forms: Forms, ratio: Ratio) -> Ratio:
    """The sign of a ratio, away from its zeros."""
    ratio = forms.canonical(ratio)
    if ratio.num.is_zero():
        return forms.field.zero
    number, factors = forms.all_factors(ratio)
    odd = [sign(forms, factor) for factor, power in factors if power % 2]
    return forms.field.scaled(forms.field.product(odd), 1 if number > 0 else -1)


def magnitude(forms: Forms, ratio: Ratio) -> Ratio:
    """|ratio|."""
    return forms.canonical(forms.field.multiply(sign_of(forms, ratio), ratio))


def require_positive(forms: Forms, ratio: Ratio) -> None:
    """Note that a ratio is positive wherever the claim has a meaning."""
    number, factors = forms.all_factors(ratio)
    product = 1 if number > 0 else -1
    unknown: dict[str, fmpq_mpoly] = {}
    for factor, power in factors:
        if power % 2:
            found = known_sign(forms, factor)
            if found is not None:
                product *= found
            else:
                unknown[str(factor)] = factor
    if not unknown:
        if product < 0:
            raise Infeasible
    elif len(unknown) == 1:
        forms.signs[next(iter(unknown))] = product
    else:
        forms.facts.append((unknown, product))


def _sign_of_terms(forms: Forms, poly: fmpq_mpoly) -> int | None:
    """The sign that all terms share, if each is a product of what is never negative."""
    signs = {1 if coefficient > 0 else -1 for coefficient in poly.coeffs()}
    if len(signs) != 1:
        return None
    for _, powers in forms.field.terms(poly):
        for number, power in powers.items():
            if power % 2 and not forms.generators[number].positive:
                return None
    return signs.pop()


def _sign_from_facts(forms: Forms, key: str) -> int | None:
    for factors, product in forms.facts:
        others = factors.keys() - {key}
        if key in factors and all(other in forms.signs for other in others):
            for other in others:
                product *= forms.signs[other]
            return product
    return None


def _sign_of_bounds(forms: Forms, poly: fmpq_mpoly) -> int | None:
    """The sign by interval arithmetic, where some generator is bounded."""
    numbers = list(forms.field.used(poly))
    bounds = {number: _bounds(forms, number) for number in numbers}
    if all(high is None for _, high in bounds.values()):
        return None
    low: fmpq | None = fmpq(0)
    high: fmpq | None = fmpq(0)
    for coefficient, powers in forms.field.terms(poly):
        term: Interval = (coefficient, coefficient)
        for number, power in powers.items():
            term = _times(term, _power(bounds[number], power))
        low = None if low is None or term[0] is None else low + term[0]
        high = None if high is None or term[1] is None else high + term[1]
    if low is not None and low >= 0:
        return 1
    return -1 if high is not None and high <= 0 else None


def _bounds(forms: Forms, number: int) -> Interval:
    each = forms.generators[number]
    if each.kind == "symbol" and each.name in forms.question.domains:
        domain = forms.question.domains[each.name]
        low = None if domain.low is None else fmpq(domain.low)
        return low, None if domain.high is None else fmpq(domain.high)
    if (each.kind == "function" and each.name in _BOUNDED) or each.kind in _BOUNDED:
        return _BOUNDED[each.name if each.kind == "function" else each.kind]
    return (fmpq(0), None) if each.positive else (None, None)


def _power(base: Interval, power: int) -> Interval:
    if power % 2 == 0 and (base[0] is None or base[0] < 0):
        if base[0] is None or base[1] is None:
            return fmpq(0), None
        return fmpq(0), max(-base[0], base[1]) ** power
    low, high = base
    return (None if low is None else low**power), (None if high is None else high**power)


def _times(left: Interval, right: Interval) -> Interval:
    if None in left or None in right:
        return _times_unbounded(left, right)
    ends = [a * b for a in left for b in right if a is not None and b is not None]
    return min(ends), max(ends)


def _times_unbounded(left: Interval, right: Interval) -> Interval:
    if _sided(left) and _sided(right):
        return (fmpq(0), None) if _sided(left) == _sided(right) else (None, fmpq(0))
    return None, None


def _sided(interval: Interval) -> int:
    """1 for an interval without negative numbers, -1 for one without positive, else 0."""
    if interval[0] is not None and interval[0] >= 0:
        return 1
    return -1 if interval[1] is not None and interval[1] <= 0 else 0
