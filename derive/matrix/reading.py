"""Sums of indexed terms read as arrays: factors by the letters they span, functions by components."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from derive.equation import Term
from derive.formula import (
    TWO,
    Call,
    ElementwiseCall,
    ElementwisePower,
    Formula,
    Grouping,
    Indexed,
    Name,
    Negation,
    Number,
    Ones,
    Power,
    Product,
    Quotient,
    Reduction,
    Relation,
    Sum,
    plus,
    walk,
)
from derive.indices import fresh_letters, renamed
from derive.matrix.algebra import (
    DIAGONAL,
    cheapest,
    cost,
    diagonal_matrix,
    elementwise,
    is_reduced,
    transposed,
)
from derive.matrix.factors import Factor, Factors, factors, multiplied_out
from derive.matrix.network import Network, Part
from derive.matrix.sharing import shared_factor

Letters = tuple[str, ...]


class NoMatrixForm(Exception):
    """An array that this way of reading finds no matrix form for."""


class Reading:
    """The reading of one sum of terms.

    `letters` are all its index letters, free and summed; `derivatives` the names that stand for adjoints,
    which no fraction takes up.
    """

    def __init__(self, letters: frozenset[str], derivatives: frozenset[str]) -> None:
        self.letters = letters
        self.derivatives = derivatives
        self._found: dict[tuple[Formula, Letters], Formula] = {}
        self._spans: dict[Formula, frozenset[str]] = {}

    def total(self, terms: Sequence[Term], free: Letters, *, spread: bool) -> Formula:
        """The sum of terms as the array with the free letters as axes.

        With `spread`, a constant c among arrays is the array c𝟏.
        """
        shared = None
        if len(terms) > 1 and free and spread and not any(term.guards for term in terms):
            shared = shared_factor(tuple(map(self._opened, terms)), frozenset(free), self.span)
        if shared is not None:
            rest = self.total(shared.rest, free, spread=spread)
            factor = self.array(shared.factor, free)
            return elementwise((factor, rest) if shared.leads else (rest, factor), ())
        return plus(*(self.term(term, free, spread=spread) for term in terms))

    def term(self, term: Term, free: Letters, *, spread: bool) -> Formula:
        """A product of factors, summed, as the array with the free letters as axes."""
        if term.guards:
            return self._guarded(term, free)
        fraction = self._fraction(term, free, spread=spread)
        if fraction is not None:
            return fraction
        opened = self._opened(term)
        place = self._to_multiply_out(opened)
        if place is None:
            return self._product(opened, free, spread=spread)
        summands = [Term(each, opened.summed) for each in multiplied_out(opened.each, place)]
        total = self.total(summands, free, spread=spread)
        return _negative(total) if opened.negative else total

    def _product(self, found: Factors, free: Letters, *, spread: bool) -> Formula:
        parts = [self._part(each, at) for at, each in enumerate(found.each)]
        spanned = {letter for part in parts for letter in part.letters}
        network = Network(parts)
        if not set(found.summed) <= spanned <= {*free, *found.summed} or not network.contract(found.summed):
            raise NoMatrixForm
        array = network.array(free, spread)
        return Negation(array) if found.negative else array

    def _guarded(self, term: Term, free: Letters) -> Formula:
        """An equality of two letters as a guard: one of them is put in, or the array is diagonal."""
        guard, *others = term.guards
        match guard:
            case Relation((Name(left), Name(right)), ("=",)) if {left, right} <= self.letters:
                kept, other = (right, left) if left in term.summed else (left, right)
            case _:
                raise NoMatrixForm
        values: dict[str, Formula] = {other: Name(kept)}
        relations = (renamed(each, values) for each in others)
        guards = tuple(each for each in relations if isinstance(each, Relation))
        summed = tuple(letter for letter in term.summed if letter != other)
        inner = Term(renamed(term.body, values), summed, guards)
        if other in term.summed:
            return self.term(inner, free, spread=True)
        if set(free) != {kept, other}:
            raise NoMatrixForm
        return diagonal_matrix(self.term(inner, (kept,), spread=True))

    def _fraction(self, term: Term, free: Letters, *, spread: bool) -> Formula | None:
        """An array over a scalar as one fraction, where the author wrote it so and it stays low."""
        body = term.body
        negative = isinstance(body, Negation)
        body = body.operand if isinstance(body, Negation) else body
        if not isinstance(body, Quotient) or self.span(body.denominator) or not self.span(body.numerator):
            return None
        above = self.term(Term(body.numerator, term.summed), free, spread=spread)
        if self._is_tall(above):
            return None
        below = self.array(body.denominator, ())
        if isinstance(above, Negation):
            above, negative = above.operand, not negative
        return Negation(Quotient(above, below)) if negative else Quotient(above, below)

    def _is_tall(self, array: Formula) -> bool:
        return self._derives(array) or any(isinstance(node, Ones | Quotient) for node in walk(array))

    def _derives(self, form: Formula) -> bool:
        """Whether a derivative stands in the form."""
        return any(isinstance(node, Name) and node.name in self.derivatives for node in walk(form))

    def _to_multiply_out(self, found: Factors) -> int | None:
        """The place of a sum that spans letters that none of its summands spans together.

        Not where a summand would be summed over a letter that it does not have.
        """
        for place, each in enumerate(found.each):
            inner = _bare(each.formula)
            if each.below or not isinstance(inner, Sum) or len(self.span(inner)) < 2:
                continue
            others = [self.span(other.formula) for at, other in enumerate(found.each) if at != place]
            lacking = set(found.summed).difference(*others)
            spans = [self.span(term) for term in inner.terms]
            if others and all(span != self.span(inner) and lacking <= span for span in spans):
                return place
        return None

    def _opened(self, term: Term) -> Factors:
        """The factors of a term, sums over letters among them opened."""
        found = factors(term.body)
        negative, summed = found.negative, term.summed
        waiting, opened = list(reversed(found.each)), list[Factor]()
        while waiting:
            factor = waiting.pop()
            inner = None if factor.below else self._summand(factor.formula)
            if inner is None:
                opened.append(factor)
                continue
            more = factors(inner.body)
            negative ^= more.negative
            summed += inner.summed
            waiting.extend(reversed(more.each))
        return Factors(negative, tuple(opened), summed)

    def _summand(self, factor: Formula) -> Term | None:
        """What a sum of one term runs over, its letters renamed so that no other factor has them."""
        if not isinstance(factor, Reduction) or factor.kind != "sum":
            return None
        terms = self._terms(factor)
        if len(terms) > 1:
            return None
        (term,) = terms
        fresh = fresh_letters(
            {*self.letters, *(node.name for node in walk(term.body) if isinstance(node, Name))}
        )
        values: dict[str, Formula] = {letter: Name(next(fresh)) for letter in term.summed}
        summed = tuple(new.name for new in values.values() if isinstance(new, Name))
        self.letters |= frozenset(summed)
        return Term(renamed(term.body, values), summed)

    def _terms(self, reduction: Reduction) -> tuple[Term, ...]:
        """A sum over letters term by term, if each term has all of the letters."""
        letters = tuple(bound.name for bound in reduction.bounds)
        body = _bare(reduction.body)
        if isinstance(body, Sum) and all(set(letters) <= self.span(term) for term in body.terms):
            return tuple(Term(each, letters) for each in body.terms)
        return (Term(body, letters),)

    def _part(self, factor: Factor, at: int) -> Part:
        letters = tuple(sorted(self.span(factor.formula)))
        form = self.array(factor.formula, letters)
        turned = self.array(factor.formula, letters[::-1]) if len(letters) == 2 else None
        if turned is not None and cost(turned) < cost(form):
            form, turned, letters = turned, form, letters[::-1]
        return Part(form, letters, at, factor.below, self._derives(form), turned)

    def span(self, formula: Formula) -> frozenset[str]:
        """The index letters that the formula varies with."""
        if formula not in self._spans:
            self._spans[formula] = frozenset(self._letters(formula))
        return self._spans[formula]

    def _letters(self, formula: Formula) -> Iterator[str]:
        if isinstance(formula, Name) and formula.name in self.letters:
            yield formula.name
        bound = {each.name for each in formula.bounds} if isinstance(formula, Reduction) else set()
        for child in formula.children:
            yield from self.span(child) - bound

    def array(self, formula: Formula, axes: Letters) -> Formula:
        """The formula as the array with these axes, at most two; a constant as the scalar that it is."""
        span = self.span(formula)
        axes = axes if span else ()
        key = formula, axes
        if key not in self._found:
            if len(axes) > 2:
                raise NoMatrixForm
            narrow = span < set(axes)
            self._found[key] = self._spread(formula, axes) if narrow else self._oriented(formula, axes)
        return self._found[key]

    def _spread(self, formula: Formula, axes: Letters) -> Formula:
        return self.term(Term(formula), axes, spread=True)

    def _oriented(self, formula: Formula, axes: Letters) -> Formula:
        """The array as it is read, or the transpose of the other way round if that has fewer transposes."""
        forward = self._as_it_stands(formula, axes)
        if len(axes) < 2 or isinstance(formula, Indexed) or not cost(forward):
            return forward
        return cheapest(forward, transposed(self._as_it_stands(formula, axes[::-1])))

    def _as_it_stands(self, formula: Formula, axes: Letters) -> Formula:
        match formula:
            case Number():
                return formula
            case Name(name) if name not in self.letters:
                return formula
            case Indexed(name, indices):
                return _component(name, indices, axes)
            case Grouping(inner):
                return self.array(inner, axes)
            case Negation() | Product() | Quotient():
                return self.term(Term(formula), axes, spread=False)
            case Sum(terms):
                return plus(*(self._summed(term, axes) for term in terms))
            case Reduction(kind="sum"):
                return self.total(self._terms(formula), axes, spread=False)
            case Power(base, exponent):
                kind = ElementwisePower if axes else Power
                return kind(self.array(base, axes), self.array(exponent, axes))
            case Call():
                return self._call(formula, axes)
        raise NoMatrixForm

    def _summed(self, term: Formula, axes: Letters) -> Formula:
        """A term among arrays: a number or a name stays as it is, a scalar made of arrays is one times 𝟏."""
        form = self.array(term, axes)
        return self._spread(term, axes) if axes and not self.span(term) and is_reduced(form) else form

    def _call(self, call: Call, axes: Letters) -> Formula:
        arguments = tuple(self.array(each, axes) for each in call.arguments)
        match call.function, arguments:
            case "sqrt", (Power(Call("norm" | "frobenius norm") as norm, exponent),) if exponent == TWO:
                return norm
        kind = ElementwiseCall if axes else Call
        return kind(call.function, arguments, call.primes)


def _bare(formula: Formula) -> Formula:
    return formula.inner if isinstance(formula, Grouping) else formula


def _negative(formula: Formula) -> Formula:
    """The sum with the sign of each term turned."""
    terms = formula.terms if isinstance(formula, Sum) else (formula,)
    return plus(*(each.operand if isinstance(each, Negation) else Negation(each) for each in terms))


def _component(name: str, indices: tuple[Formula, ...], axes: Letters) -> Formula:
    """A component with letters for indices: a vector, a matrix, its transpose or its diagonal."""
    letters = tuple(index.name for index in indices if isinstance(index, Name))
    if len(letters) == len(indices):
        if letters == axes:
            return Name(name)
        if letters == axes[::-1]:
            return transposed(Name(name))
        if len(axes) == 1 and letters == axes * 2:
            return Call(DIAGONAL, (Name(name),))
    raise NoMatrixForm
