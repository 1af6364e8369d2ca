"""A factor that all terms of a sum share, taken out: P ⊙ D - diag(r) P is P ⊙ (D - r𝟏ᵀ)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from derive.equation import Term
from derive.formula import Formula, Negation
from derive.matrix.factors import Factors, product


@dataclass(frozen=True, slots=True)
class Shared:
    """The factor, whether it stands first, and the terms without it."""

    factor: Formula
    leads: bool
    rest: tuple[Term, ...]


def shared_factor(
    terms: Sequence[Factors], free: frozenset[str], span: Callable[[Formula], frozenset[str]]
) -> Shared | None:
    """The matrix that is a factor of each term and whose rows or columns one of the terms scales.

    A sum that was multiplied out is one again.
    """
    for place, factor in enumerate(terms[0].each):
        if factor.below or span(factor.formula) != free or any(factor not in each.each for each in terms):
            continue
        rest: list[Term] = []
        for each in terms:
            at = each.each.index(factor)
            left = replace(each, each=(*each.each[:at], *each.each[at + 1 :]))
            body = product(left.each)
            rest.append(Term(Negation(body) if left.negative else body, left.summed))
        if any(frozenset() < span(term.body) - set(term.summed) < free for term in rest):
            return Shared(factor.formula, place == 0, tuple(rest))
    return None
