"""Indexed sums recognised as matrix notation, and proved; each pattern once."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType

from derive.agreement import agree
from derive.equation import Term, formula_of
from derive.expression import MeaningError, expression
from derive.formula import (
    ZERO,
    Bound,
    Branch,
    Call,
    Cases,
    Derivative,
    Formula,
    Grouping,
    Indexed,
    Name,
    Product,
    Quotient,
    Reduction,
    Relation,
    Sum,
    replace,
    rewrite,
    walk,
)
from derive.indices import multiplied
from derive.matrix.components import ShapeError, by_components
from derive.matrix.reading import NoMatrixForm, Reading

NO_SIZES: Mapping[str, Formula] = MappingProxyType({})
# The letter of the numbered names that stand for adjoints.
DERIVED = "d"
# The function of which only the name is known while fractions are taken apart.
RECIPROCAL = "reciprocal of"
# What a proof may take at most: a text must not depend on the speed of the machine.
PATIENCE = 5.0


def matrix_form(
    terms: Sequence[Term],
    indices: Sequence[str],
    ranks: Mapping[str, int],
    *,
    sizes: Mapping[str, Formula] = NO_SIZES,
) -> Formula | None:
    """The array with axes `indices` whose component is the sum of the terms, in matrix notation.

    Operands are names, components and adjoints; `ranks` gives the number of axes of every name, absent
    ones are scalars. `sizes` gives the number of values of a letter, for sums over what does not vary.
    The form is proved equal to the terms for all sizes; None where there is none: more than two axes,
    extremes, case distinctions, shifted or gathered components. A formula given as one term keeps its
    grouping.
    """
    if not terms or len(indices) > 2:
        return None if terms else ZERO
    pattern = _Pattern(ranks)
    try:
        free = tuple(map(pattern.letter, indices))
        whole = tuple(each for term in terms for each in _summands(_whole(term, sizes)))
        found = _form(tuple(map(pattern.term, whole)), free)
    except NoMatrixForm:
        return None
    return None if found is None else replace(found, pattern.originals)


def _whole(term: Term, sizes: Mapping[str, Formula]) -> Term:
    """The term without sums over letters that it does not have, where their sizes are known."""
    if term.guards or not sizes:
        return term
    body, summed = multiplied(term.body, term.summed, sizes)
    return Term(body, tuple(summed))


def _summands(term: Term) -> tuple[Term, ...]:
    """A term that is a sum as it stands, as the terms of that."""
    body = term.body.inner if isinstance(term.body, Grouping) else term.body
    if not isinstance(body, Sum) or term.summed:
        return (term,)
    return tuple(Term(each, (), term.guards) for each in body.terms)


class _Pattern:
    """Terms with quantities and letters numbered in reading order; an adjoint is a quantity of its own."""

    def __init__(self, ranks: Mapping[str, int]) -> None:
        self.ranks = ranks
        self.letters: dict[str, str] = {}
        self.quantities: dict[Formula, str] = {}

    @property
    def originals(self) -> dict[Formula, Formula]:
        """What each numbered quantity stands for."""
        return {Name(number): original for original, number in self.quantities.items()}

    def letter(self, name: str) -> str:
        return self.letters.setdefault(name, f"i{len(self.letters)}")

    def term(self, term: Term) -> Term:
        summed = tuple(map(self.letter, term.summed))
        guards = tuple(self.formula(guard) for guard in term.guards)
        relations = tuple(guard for guard in guards if isinstance(guard, Relation))
        return Term(self.formula(term.body), summed, relations)

    def formula(self, formula: Formula) -> Formula:
        match formula:
            case Name(name):
                if name in self.letters:
                    return Name(self.letters[name])
                return self._quantity(formula, ())
            case Indexed(name, indices):
                return self._quantity(Name(name), indices)
            case Derivative(Name() | Indexed() as of, Name() | Indexed() as wrt, total, False):
                at = (*_indices(of), *_indices(wrt))
                return self._quantity(Derivative(Name(of.name), Name(wrt.name), total), at)
            case Reduction(kind, body, bounds, None) if bounds and not any(b.low or b.high for b in bounds):
                named = tuple(Bound(self.letter(bound.name)) for bound in bounds)
                return Reduction(kind, self.formula(body), named)
            case Reduction() | Derivative():
                raise NoMatrixForm
        return formula.with_children(tuple(map(self.formula, formula.children)))

    def _quantity(self, original: Name | Derivative, at: tuple[Formula, ...]) -> Formula:
        parts = (original,) if isinstance(original, Name) else original.children
        rank = sum(self.ranks.get(part.name, 0) for part in parts if isinstance(part, Name))
        if rank != len(at) or rank > 2:
            raise NoMatrixForm
        letter = "q" if isinstance(original, Name) else DERIVED
        number = self.quantities.setdefault(original, f"{letter}{len(self.quantities)}")
        return Indexed(number, tuple(map(self.formula, at))) if at else Name(number)


def _indices(operand: Name | Indexed) -> tuple[Formula, ...]:
    return operand.indices if isinstance(operand, Indexed) else ()


@lru_cache(maxsize=16384)
def _form(terms: tuple[Term, ...], free: tuple[str, ...]) -> Formula | None:
    """The form of a pattern, if one is found and proved."""
    nodes = [node for term in terms for node in walk(term.body)]
    bound = {each.name for node in nodes if isinstance(node, Reduction) for each in node.bounds}
    letters = frozenset({*free, *bound}.union(*(term.summed for term in terms)))
    named = {node.name for node in nodes if isinstance(node, Name | Indexed)}
    try:
        found = Reading(letters, frozenset(name for name in named if name.startswith(DERIVED))).total(
            terms, free, spread=True
        )
    except NoMatrixForm:
        return None
    ranks = {node.name: len(node.indices) for node in nodes if isinstance(node, Indexed)}
    return found if _proved(terms, found, free, ranks) else None


def _proved(terms: Sequence[Term], form: Formula, free: Sequence[str], ranks: Mapping[str, int]) -> bool:
    try:
        meant = by_components(form, free, ranks)
    except ShapeError:
        return False
    given = formula_of(map(_with_guards, terms))
    # The forms only move functions about: what they compute plays no part, apart from that of a norm.
    calls = (node for node in walk(given) if isinstance(node, Call))
    opaque = {node.function for node in calls if node.function != "sqrt"} | {RECIPROCAL}
    pairs = {(rewrite(given, _with_reciprocals), rewrite(meant, _with_reciprocals)), (given, meant)}
    return any(_agree(*pair, opaque) for pair in sorted(pairs, key=lambda pair: pair == (given, meant)))


def _agree(left: Formula, right: Formula, opaque: Collection[str]) -> bool:
    if left == right:
        return True
    try:
        sides = [expression(side, opaque=opaque) for side in (left, right)]
    except MeaningError:
        return False
    return agree(*sides, assume=False, seconds=PATIENCE).proved


def _with_reciprocals(node: Formula) -> Formula:
    """A fraction whose denominator varies as a product with reciprocals, which sums can take apart."""
    if not isinstance(node, Quotient) or not any(
        isinstance(each, Indexed) for each in walk(node.denominator)
    ):
        return node
    below = node.denominator.factors if isinstance(node.denominator, Product) else (node.denominator,)
    return Product((node.numerator, *(Call(RECIPROCAL, (factor,)) for factor in below)))


def _with_guards(term: Term) -> Term:
    """The term with what its guards exclude as zero."""
    body = term.body
    for guard in term.guards:
        body = Cases((Branch(body, guard), Branch(ZERO, None)))
    return Term(body, term.summed)
