"""What a model's own equations make shorter: quotients that have a name, sums that are zero, one fraction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from derive.agreement import agree
from derive.equation import Equation, Term, terms_of
from derive.formula import (
    ONE,
    ZERO,
    Bound,
    Call,
    Derivative,
    Formula,
    Indexed,
    Name,
    Negation,
    Quotient,
    Reduction,
    Sum,
    replace,
    walk,
)
from derive.graph import Graph
from derive.indices import renamed
from derive.likeness import likeness
from derive.walkthrough.tensors.monomials import Monomial, arranged_term, in_order, monomial
from derive.walkthrough.written_out import opened_by


@dataclass(frozen=True)
class Ratio:
    """An equation T = A/B: wherever A stands over a power of B, T may stand instead."""

    equation: Equation
    above: Formula
    below: Monomial

    def within(self, formula: Formula) -> Formula | None:
        """The term with T in place of A over B; None where there is no such quotient."""
        found = monomial(formula)
        for base, power in found.powers.items():
            letters = likeness(self.above, base, self.equation.indices) if power >= 1 else None
            if letters is None:
                continue
            divided = {renamed(each, letters): by for each, by in self.below.powers.items()}
            if all(by * (found.powers.get(each, Fraction()) + by) <= 0 for each, by in divided.items()):
                found.take(Quotient(renamed(self.equation.left, letters), base), Fraction(1))
                for each, by in divided.items():
                    found.take(each, by)
                return in_order(found)
        return None


@dataclass(frozen=True)
class Whole:
    """An equation T = A·B·…, one factor of which is a function: wherever all stand together, T may stand."""

    equation: Equation
    factors: Monomial
    call: Call

    def within(self, formula: Formula) -> Formula | None:
        """The term with T in place of all its factors; None where they do not stand together."""
        found = monomial(formula)
        for base in tuple(found.powers):
            letters = likeness(self.call, base, self.equation.indices)
            if letters is None or not set(self.equation.indices) <= set(letters):
                continue
            needed = {renamed(each, letters): by for each, by in self.factors.powers.items()}
            if all(_covers(found.powers.get(each, Fraction()), by) for each, by in needed.items()):
                for each, by in needed.items():
                    found.take(each, -by)
                found.number /= self.factors.number
                found.take(renamed(self.equation.left, letters), Fraction(1))
                return in_order(found)
        return None


def _covers(power: Fraction, needed: Fraction) -> bool:
    """Whether a power holds another of the same sign."""
    return abs(power) >= abs(needed) and power * needed > 0


def wholes(graph: Graph) -> tuple[Whole, ...]:
    """The equations of a model that are products with a function among the factors."""
    found = []
    for each in graph.equations:
        factors = monomial(each.formula)
        calls = [base for base, power in factors.powers.items() if isinstance(base, Call) and power == 1]
        if each.indices and len(factors.powers) > 1 and calls and not isinstance(each.formula, Reduction):
            found.append(Whole(each, factors, calls[0]))
    return tuple(found)


def ratios(graph: Graph) -> tuple[Ratio, ...]:
    """The equations of a model that are quotients with a number free denominator."""
    found = []
    for each in graph.equations:
        match each.formula:
            case Quotient(numerator, denominator) if _is_worth_a_name(numerator, each):
                below = monomial(denominator)
                if below.number == 1 and below.powers and numerator != denominator:
                    found.append(Ratio(each, _bare(numerator), below))
    return tuple(found)


def _is_worth_a_name(numerator: Formula, equation: Equation) -> bool:
    kinds = (Sum, Indexed, Reduction) if equation.indices else (Reduction,)
    return isinstance(_bare(numerator), kinds)


def _bare(formula: Formula) -> Formula:
    inner = getattr(formula, "inner", None)
    return formula if inner is None else _bare(inner)


def recognised(term: Term, known: Sequence[Ratio | Whole]) -> tuple[Term, tuple[Equation, ...]]:
    """The term with quotients by their names, and the equations that name them."""
    used: list[Equation] = []
    term = _with_sums_named(term, known, used)
    flat = terms_of(term.formula)
    if term.guards or len(flat) != 1:
        return term, tuple(used)
    [found] = flat
    for ratio in known:
        while (body := ratio.within(found.body)) is not None:
            found = Term(body, found.summed)
            used.append(ratio.equation)
    return (arranged_term(found), tuple(used)) if used else (term, ())


def _with_sums_named(term: Term, known: Sequence[Ratio | Whole], used: list[Equation]) -> Term:
    """The term with quotients whose numerator is a whole sum by their names."""
    sums = [each for each in known if isinstance(each, Ratio) and isinstance(each.above, Reduction)]
    for ratio in sums if not term.summed and not term.guards else ():
        body = ratio.within(term.body)
        if body is not None:
            used.append(ratio.equation)
            term = Term(body)
    return term


def vanishing(term: Term, graph: Graph) -> tuple[Formula, Equation] | None:
    """A sum in the term that is zero by the definition of a quantity in it, and that equation."""
    for node in walk(arranged_term(term).formula):
        if not isinstance(node, Reduction) or node.kind != "sum" or _has_derivative(node):
            continue
        for each in graph.equations:
            if any(isinstance(part, Name | Indexed) and part.name == each.target for part in walk(node)):
                opened = _with_counts(opened_by(node, {each.target: each}), graph)
                if agree(opened, ZERO).proved:
                    return node, each
    return None


def _has_derivative(formula: Formula) -> bool:
    return any(isinstance(node, Derivative) for node in walk(formula))


def _with_counts(formula: Formula, graph: Graph) -> Formula:
    """The formula with sizes as sums of ones over a letter, so that sums of constants can be counted."""
    sizes = dict(_sizes(formula, graph))
    return replace(formula, {size: Reduction("sum", ONE, (Bound(letter),)) for size, letter in sizes.items()})


def _sizes(formula: Formula, graph: Graph) -> Iterator[tuple[Formula, str]]:
    """The sizes of the letters that sums in the formula run over."""
    for node in walk(formula):
        if isinstance(node, Reduction):
            for bound in node.bounds:
                for part in walk(node.body):
                    if isinstance(part, Indexed) and Name(bound.name) in part.indices:
                        size = graph.shapes[part.name][part.indices.index(Name(bound.name))]
                        if isinstance(size, str):
                            yield Name(size), bound.name


def with_common_factor(terms: Sequence[Term]) -> tuple[Formula, tuple[Formula, ...]] | None:
    """The fraction that all the terms share, and what is left of each; None where they share none."""
    left = [monomial(arranged_term(term).formula) for term in terms]
    shared = _shared([each.powers for each in left])
    if not shared or len(terms) < 2:
        return None
    for each in left:
        for base, power in shared.items():
            each.take(base, -power)
    rest = sorted(map(in_order, left), key=lambda each: isinstance(each, Negation))
    return in_order(Monomial(Fraction(1), dict(shared))), tuple(rest)


def _shared(powers: Sequence[Mapping[Formula, Fraction]]) -> dict[Formula, Fraction]:
    """The denominators that all have: each with its smallest power."""
    first, *rest = powers
    found: dict[Formula, Fraction] = {}
    for base, power in first.items():
        others = [each.get(base, Fraction()) for each in rest]
        if power < 0 and all(other < 0 for other in others):
            found[base] = max((power, *others))
    return found
