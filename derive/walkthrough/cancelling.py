"""A bracket of fractions times their denominators: multiplied through, cancelled, collected.

(y/h - (1 - y)/(1 - h))·h·(1 - h) becomes y·(1 - h) - (1 - y)·h and then y - h, as on a blackboard.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from derive import tidy
from derive.formula import (
    Formula,
    Grouping,
    Indexed,
    Name,
    Negation,
    Number,
    Product,
    Quotient,
    Sum,
    plus,
    times,
)

# A polynomial: coefficients by monomials, a monomial being its factors in reading order.
Polynomial = dict[tuple[Formula, ...], Fraction]

# A collected form with more terms than this is no simpler.
MOST_TERMS = 3


def cancelled(product: Formula) -> tuple[Formula, ...]:
    """The forms that lead from a product to a shorter one: multiplied through, then collected; else none."""
    sign, factors = _signed_factors(product)
    for position, factor in enumerate(factors):
        bracket = _bare(factor)
        others = [each for at, each in enumerate(factors) if at != position]
        found = _through(bracket, others)
        if found is None:
            continue
        through, rest = found
        first = tidy.product((*rest, _turned(through, sign)))
        short = _collected(_turned(through, sign))
        if short is None:
            return (first,) if not isinstance(through, Sum) else ()
        return _distinct(first, tidy.product((*rest, short)))
    return ()


def _distinct(*forms: Formula) -> tuple[Formula, ...]:
    return tuple(dict.fromkeys(forms))


def _signed_factors(product: Formula) -> tuple[int, list[Formula]]:
    sign = 1
    while isinstance(product, Negation):
        sign, product = -sign, product.operand
    factors: list[Formula] = []
    for factor in product.factors if isinstance(product, Product) else (product,):
        while isinstance(factor, Negation):
            sign, factor = -sign, factor.operand
        factors.append(factor)
    return sign, factors


def _bare(formula: Formula) -> Formula:
    return _bare(formula.inner) if isinstance(formula, Grouping) else formula


def _turned(formula: Formula, sign: int) -> Formula:
    return formula if sign > 0 else tidy.negative(formula)


def _through(bracket: Formula, others: Sequence[Formula]) -> tuple[Formula, list[Formula]] | None:
    """The bracket multiplied by its denominators, which must be among the other factors, and the rest."""
    terms = bracket.terms if isinstance(bracket, Sum) else (bracket,)
    denominators = [_denominator(term) for term in terms]
    needed = list(dict.fromkeys(each for found in denominators for each in found))
    if not needed or any(each not in others for each in needed):
        return None
    rest = list(others)
    for each in needed:
        rest.remove(each)
    multiplied = []
    for term, own in zip(terms, denominators, strict=True):
        missing = [each for each in needed if each not in own]
        multiplied.append(tidy.product((_without_denominator(term), *missing)))
    return plus(*multiplied), rest


def _denominator(term: Formula) -> tuple[Formula, ...]:
    term = term.operand if isinstance(term, Negation) else term
    if not isinstance(term, Quotient):
        return ()
    below = _bare(term.denominator)
    return below.factors if isinstance(below, Product) else (below,)


def _without_denominator(term: Formula) -> Formula:
    if isinstance(term, Negation):
        return Negation(_without_denominator(term.operand))
    return term.numerator if isinstance(term, Quotient) else term


def _collected(formula: Formula) -> Formula | None:
    """The formula as a sum of monomials, if it is a polynomial with few of them."""
    polynomial = _polynomial(formula)
    if polynomial is None:
        return None
    kept = {monomial: value for monomial, value in polynomial.items() if value}
    if not kept or len(kept) > MOST_TERMS:
        return None
    ordered = sorted(kept.items(), key=lambda pair: pair[1] < 0)
    return plus(*(_monomial(monomial, value) for monomial, value in ordered))


def _monomial(factors: tuple[Formula, ...], value: Fraction) -> Formula:
    number = tidy.numeral(abs(value)) or Number(str(abs(value)))
    size = times(*factors) if abs(value) == 1 and factors else times(number, *factors)
    return Negation(size) if value < 0 else size


def _polynomial(formula: Formula) -> Polynomial | None:
    match formula:
        case Name() | Indexed():
            return {(formula,): Fraction(1)}
        case Number():
            return {(): formula.value}
        case Grouping(inner):
            return _polynomial(inner)
        case Negation(operand):
            inner_polynomial = _polynomial(operand)
            return None if inner_polynomial is None else {m: -v for m, v in inner_polynomial.items()}
        case Sum(terms):
            return _added(map(_polynomial, terms))
        case Product(factors):
            return _multiplied(map(_polynomial, factors))
    return None


def _added(parts: Iterator[Polynomial | None]) -> Polynomial | None:
    total: Polynomial = {}
    for part in parts:
        if part is None:
            return None
        for monomial, value in part.items():
            total[monomial] = total.get(monomial, Fraction()) + value
    return total


def _multiplied(parts: Iterator[Polynomial | None]) -> Polynomial | None:
    total: Polynomial = {(): Fraction(1)}
    for part in parts:
        if part is None:
            return None
        step: Polynomial = {}
        for one, value in total.items():
            for other, factor in part.items():
                monomial = tuple(sorted((*one, *other), key=repr))
                step[monomial] = step.get(monomial, Fraction()) + value * factor
        total = step
    return total
