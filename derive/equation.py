"""The indexed equation: one named line of a model, of a gradient or of a program."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from derive.errors import Place
from derive.formula import (
    ZERO,
    Bound,
    Branch,
    Cases,
    Formula,
    Grouping,
    Indexed,
    Name,
    Negation,
    Product,
    Quotient,
    Reduction,
    Relation,
    Sum,
    operands,
    plus,
    times,
    walk,
)


@dataclass(frozen=True, slots=True)
class Term:
    """A scalar formula summed over indices of its own, where its guards hold.

    Guards say what elimination of δ left over: index ranges and equalities of indices.
    """

    body: Formula
    summed: tuple[str, ...] = ()
    guards: tuple[Relation, ...] = ()

    @property
    def formula(self) -> Formula:
        """The term as a reader writes it."""
        if not self.summed:
            return self.body
        return Reduction("sum", self.body, tuple(Bound(index) for index in self.summed))


@dataclass(frozen=True)
class Equation:
    """`target[indices] = formula`; `terms` is the same right side as a sum of indexed terms.

    `aliases` are further names of the target, as in `y_pred = o1 = …`. `written` is the right side in the
    author's matrix notation, `W @ x + b`, where it was written so; `formula` is always by components.
    `averaged` is the right side as the author wrote it, with a mean that `formula` has as a sum.
    """

    target: str
    indices: tuple[str, ...]
    formula: Formula
    terms: tuple[Term, ...]
    aliases: tuple[str, ...] = ()
    place: Place | None = field(default=None, compare=False)
    written: Formula | None = field(default=None, compare=False)
    averaged: Formula | None = field(default=None, compare=False)

    @property
    def left(self) -> Name | Indexed:
        """The left side: the target, with its indices."""
        return component(self.target, self.indices)

    @cached_property
    def operands(self) -> tuple[Name | Indexed, ...]:
        """The distinct quantities and components that the right side reads, in reading order."""
        return tuple(dict.fromkeys(each for term in self.terms for each in operands(term.body)))

    @cached_property
    def reads(self) -> tuple[str, ...]:
        """The names that the right side reads, in reading order; indices are no such names."""
        bound = set(self.indices).union(*(term.summed for term in self.terms))
        return tuple(dict.fromkeys(each.name for each in self.operands if each.name not in bound))


def component(name: str, indices: Iterable[str]) -> Name | Indexed:
    """The quantity itself if it has no index, else its component at the index variables."""
    letters = tuple(indices)
    return Indexed(name, tuple(Name(letter) for letter in letters)) if letters else Name(name)


def equation(
    target: str,
    formula: Formula,
    *,
    indices: tuple[str, ...] = (),
    aliases: tuple[str, ...] = (),
    place: Place | None = None,
    written: Formula | None = None,
) -> Equation:
    """An equation from its right side; sums over indices become terms that carry those indices."""
    return Equation(target, indices, formula, terms_of(formula), aliases, place, written)


def with_formula(each: Equation, formula: Formula, indices: tuple[str, ...] | None = None) -> Equation:
    """The equation with another right side; its guards, written there as cases, are guards again."""
    terms = terms_of(formula)
    letters = each.indices if indices is None else indices
    if any(term.guards for term in each.terms):
        terms = tuple(_guarded(term, letters) for term in terms)
    return replace(each, indices=letters, formula=formula, terms=terms)


def _guarded(term: Term, letters: tuple[str, ...]) -> Term:
    """The term with conditions on index letters taken from its body."""
    match term.body:
        case Cases((Branch(body, Relation() as guard), Branch(rest, None))) if rest == ZERO:
            if _is_of_letters(guard, (*letters, *term.summed)):
                return _guarded(Term(body, term.summed, (guard, *term.guards)), letters)
    return term


def _is_of_letters(guard: Relation, letters: tuple[str, ...]) -> bool:
    nodes = tuple(walk(guard))
    if any(isinstance(node, Indexed | Reduction) for node in nodes):
        return False
    return any(isinstance(node, Name) and node.name in letters for node in nodes)


def terms_of(formula: Formula) -> tuple[Term, ...]:
    """The right side as a sum of terms: a sum over indices is opened wherever it enters linearly."""
    match formula:
        case Sum(terms):
            return tuple(each for term in terms for each in terms_of(term))
        case Grouping(inner) if _sums(inner):
            return terms_of(inner)
        case Negation(operand) if _sums(operand):
            return tuple(Term(Negation(each.body), each.summed) for each in terms_of(operand))
        case Quotient(numerator, denominator) if _sums(numerator) and not _sums(denominator):
            return tuple(Term(Quotient(each.body, denominator), each.summed) for each in terms_of(numerator))
        case Product(factors) if sum(map(_sums, factors)) == 1:
            return _opened_product(factors)
        case Reduction(kind="sum", body=body, bounds=bounds) if bounds and _unbounded(bounds):
            indices = tuple(bound.name for bound in bounds)
            opened = terms_of(body)
            if any(_is_reckoned_apart(letter, opened) for letter in indices):
                return (Term(body, indices),)
            return tuple(Term(each.body, indices + each.summed) for each in opened)
    return (Term(formula),)


def _is_reckoned_apart(letter: str, terms: Sequence[Term]) -> bool:
    """Whether terms of one sum, x[i + 1] - y[i], have a letter alone in one, and only reckoned in another.

    Apart, they would have sums over two ranges.
    """
    places = [
        {
            index == Name(letter)
            for node in walk(term.body)
            if isinstance(node, Indexed)
            for index in node.indices
            if Name(letter) in walk(index)
        }
        for term in terms
    ]
    return any(True in found for found in places) and any(found == {False} for found in places)


def _opened_product(factors: tuple[Formula, ...]) -> tuple[Term, ...]:
    position = next(index for index, factor in enumerate(factors) if _sums(factor))
    before, after = factors[:position], factors[position + 1 :]
    return tuple(Term(times(*before, each.body, *after), each.summed) for each in terms_of(factors[position]))


def _unbounded(bounds: tuple[Bound, ...]) -> bool:
    return all(bound.low is None and bound.high is None for bound in bounds)


def _sums(formula: Formula) -> bool:
    """Whether a sum over indices enters the formula linearly."""
    match formula:
        case Reduction(kind="sum", bounds=bounds):
            return bool(bounds) and _unbounded(bounds)
        case Grouping(inner) | Negation(inner):
            return _sums(inner)
        case Sum(terms):
            return any(map(_sums, terms))
        case Product(factors):
            return sum(map(_sums, factors)) == 1
        case Quotient(numerator, denominator):
            return _sums(numerator) and not _sums(denominator)
    return False


def formula_of(terms: Iterable[Term]) -> Formula:
    """The terms as one right side; negated terms become subtractions."""
    return plus(*(_signed(term) for term in terms))


def _signed(term: Term) -> Formula:
    if isinstance(term.body, Negation):
        return Negation(Term(term.body.operand, term.summed, term.guards).formula)
    return term.formula
