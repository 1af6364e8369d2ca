"""One component of a derivative in the forms that lead from the chain rule to what the text concludes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from derive import tidy
from derive.equation import Equation, Term, equation, formula_of, terms_of
from derive.formula import (
    ONE,
    ZERO,
    Call,
    Cases,
    Derivative,
    Formula,
    Indexed,
    Name,
    Reduction,
    Relation,
    Sum,
    rewrite,
    times,
    walk,
)
from derive.gradient import Adjoint, with_cases
from derive.walkthrough.cancelling import cancelled
from derive.walkthrough.partials import Told
from derive.walkthrough.story import Story
from derive.walkthrough.symbols import key_of, keyed
from derive.walkthrough.tensors.monomials import arranged_term, gathered, opened
from derive.walkthrough.tensors.simplifying import (
    Ratio,
    Whole,
    ratios,
    recognised,
    vanishing,
    wholes,
    with_common_factor,
)
from derive.walkthrough.tree import Reference, Sentence
from derive.walkthrough.voice import listed, say
from derive.walkthrough.written_out import opened_by

# An adjoint of so few symbols, one array at most and numbers, is put into those that use it; into an error
# signal, one of so many.
MOST_PUT_IN, MOST_IN_SIGNAL = 8, 30


@dataclass(frozen=True)
class Result:
    """A derivative of the loss as the text concludes it: one component, and the whole where that can be."""

    adjoint: Adjoint
    formula: Formula
    matrix: Formula | None


@dataclass(frozen=True)
class Form:
    """One component of a derivative: as terms times the `front`, as the text shows it, and the reason."""

    terms: tuple[Term, ...]
    formula: Formula
    note: Sentence | None = None
    front: Formula = ONE


@dataclass(frozen=True)
class Forms:
    """How components get shorter, with the results told so far; `known` are the forms found already."""

    story: Story
    told: Told
    results: Mapping[str, Result]
    known: dict[str, tuple[Form, ...]]

    def of(self, adjoint: Adjoint) -> tuple[Form, ...]:
        """The forms of one component, from the chain rule's to the one that the text concludes with."""
        if adjoint.node not in self.known:
            self.known[adjoint.node] = tuple(self._forms_of(adjoint))
        return self.known[adjoint.node]

    def _forms_of(self, adjoint: Adjoint) -> Iterator[Form]:
        short = tuple(self._cancelled(adjoint))
        if short:
            yield from short
            return
        terms = self._put_in(adjoint, self.told.finished_terms(adjoint), self._short(adjoint))
        ordered = tuple(opened(map(self._ordered, terms)))
        terms = gathered(ordered)
        self.told.proofs.equal(written(ordered), written(terms))
        yield Form(terms, written(terms))
        named, used = self._recognised(terms)
        if used:
            terms = named
            yield Form(terms, written(terms), self._by(used))
        for form in self._without_zeros(terms):
            terms = form.terms
            yield form
        yield from self._with_all_put_in(adjoint, terms)

    def _cancelled(self, adjoint: Adjoint) -> Iterator[Form]:
        """The reader's adjoint put in where a bracket of fractions then cancels."""
        result = (
            self.results.get(adjoint.contributions[0].reader) if len(adjoint.contributions) == 1 else None
        )
        if result is None:
            return
        terms = self._put_in(adjoint, self.told.finished_terms(adjoint), (_as_equation(result),))
        if len(terms) != 1 or terms[0].summed or terms[0].guards:
            return
        before = tidy.product((terms[0].body,))
        forms = cancelled(before)
        notes = (None, say("rule.cancelled"), say("rule.collected"))
        for form, note in zip((before, *forms), notes, strict=False) if forms else ():
            self.told.proofs.equal(before, form)
            yield Form(terms_of(form), form, note)
            before = form

    def _recognised(self, terms: tuple[Term, ...]) -> tuple[tuple[Term, ...], tuple[Equation, ...]]:
        """The terms with quotients that have a name in the model under that name."""
        known: tuple[Ratio | Whole, ...] = (*ratios(self.story.graph), *wholes(self.story.graph))
        found: list[Term] = []
        used: dict[str, Equation] = {}
        for term in terms:
            named, equations = recognised(term, known)
            for each in equations:
                used[each.target] = each
            if equations:
                self._prove_named(term, named, dict.fromkeys(equations))
            found.append(named)
        return tuple(found), tuple(used.values())

    def _prove_named(self, term: Term, named: Term, equations: Collection[Equation]) -> None:
        """Prove a term equal to the one with names in it; a name may stand for what holds another."""
        before, after = formula_of((term,)), formula_of((named,))
        *others, last = equations
        if others:
            known = {each.target: each for each in equations}
            before, after = (opened_by(keyed(side), known, _letters_in(side)) for side in (before, after))
        self.told.proofs.equal(before, after, last)

    def _by(self, equations: Sequence[Equation]) -> Sentence:
        references = tuple(Reference(self.story.label(each)) for each in equations)
        return say("tensor.by", references=listed(references))

    def _without_zeros(self, terms: tuple[Term, ...]) -> Iterator[Form]:
        """The terms without those that hold a sum that is zero by an equation of the model."""
        for term in terms if len(terms) > 1 else ():
            zero = vanishing(term, self.story.graph)
            if zero is not None:
                self.told.proofs.count += 1
                terms = tuple(each for each in terms if each is not term)
                equals = Relation((zero[0], ZERO), ("=",))
                reference = Reference(self.story.label(zero[1]))
                yield Form(terms, written(terms), say("tensor.since", fact=equals, reference=reference))

    def _with_all_put_in(self, adjoint: Adjoint, terms: tuple[Term, ...]) -> Iterator[Form]:
        """The derivatives by what is made of this quantity alone put in, where quotients then have names."""
        inner = dict(self._statistics(adjoint))
        if not inner:
            return
        put = tuple(map(self._ordered, self._put_in(adjoint, terms, inner.items())))
        named, used = self._recognised(put)
        found = with_common_factor(named)
        if not used or found is None:
            return
        front, rest = found
        short = times(front, Sum(rest))
        self.told.proofs.equal(written(named), short)
        yield Form(put, written(put))
        yield Form(tuple(t for each in rest for t in terms_of(each)), short, self._by(used), front)

    def _statistics(self, adjoint: Adjoint) -> Iterator[tuple[str, Equation]]:
        """The adjoints of readers that sum over components of the quantity, and those that these read."""
        waiting = [each.reader for each in adjoint.contributions]
        seen: set[str] = set()
        while waiting:
            name = waiting.pop()
            result = self.results.get(name)
            if name in seen or result is None or name in self.story.signals or _has_cases(result.formula):
                continue
            seen.add(name)
            if len(result.adjoint.indices) < len(adjoint.indices):
                yield _as_equation(result)
                waiting += _adjoints_in(result.formula)

    def _ordered(self, term: Term) -> Term:
        found = arranged_term(term)
        before, after = (formula_of((Term(each.body, each.summed),)) for each in (term, found))
        self.told.proofs.equal(before, after)
        return found

    def _put_in(
        self, adjoint: Adjoint, terms: tuple[Term, ...], short: Iterable[tuple[str, Equation]]
    ) -> tuple[Term, ...]:
        """The terms with adjoints of readers written out."""
        equations = dict(short)
        if not equations or any(term.guards for term in terms):
            return terms
        scope = frozenset(adjoint.indices)
        whole = opened_by(keyed(formula_of(terms)), equations, scope)
        return terms_of(self._unkeyed(whole))

    def _short(self, adjoint: Adjoint) -> Iterator[tuple[str, Equation]]:
        """The adjoints of readers that are short, or used here alone, as equations."""
        is_signal = adjoint.node in self.story.signals and len(adjoint.contributions) == 1
        for each in adjoint.contributions:
            result = self.results.get(each.reader)
            if result is None or each.reader in self.story.signals or _has_cases(result.formula):
                continue
            size = sum(1 for _ in walk(result.formula))
            if (size <= MOST_PUT_IN and _is_single(result.formula)) or (is_signal and size <= MOST_IN_SIGNAL):
                yield _as_equation(result)

    def _unkeyed(self, formula: Formula) -> Formula:
        """The formula with derivatives of the loss as such again."""
        names = {f"∂{self.story.graph.loss}/∂{name}": name for name in self.story.adjoints}

        def put(node: Formula) -> Formula:
            if isinstance(node, Name | Indexed) and node.name in names:
                wrt = replace(node, name=names[node.name])
                return Derivative(self.story.loss, wrt)
            return node

        return rewrite(formula, put)


def _letters_in(formula: Formula) -> frozenset[str]:
    """The names that stand in indices."""
    indexed = (node for node in walk(formula) if isinstance(node, Indexed))
    return frozenset(
        part.name for node in indexed for at in node.indices for part in walk(at) if isinstance(part, Name)
    )


def _has_cases(formula: Formula) -> bool:
    """Whether guards have made the formula a case distinction."""
    return any(isinstance(node, Cases) for node in walk(formula))


def _adjoints_in(formula: Formula) -> Iterator[str]:
    """The quantities whose adjoints a formula reads."""
    for node in walk(formula):
        match node:
            case Derivative(wrt=Name(name) | Indexed(name=name), applied=False):
                yield name


def _as_equation(result: Result) -> tuple[str, Equation]:
    """A derivative as the equation of a quantity of its own, with its name."""
    key = key_of(result.adjoint.derivative)
    return key, equation(key, keyed(result.formula), indices=result.adjoint.indices)


def _is_single(formula: Formula) -> bool:
    """Whether a formula is one array at most, times and over numbers."""
    nodes = list(walk(formula))
    whole = any(isinstance(node, Derivative | Reduction | Sum | Call) for node in nodes)
    return not whole and sum(isinstance(node, Indexed) for node in nodes) <= 1


def written(terms: Sequence[Term]) -> Formula:
    """The sum of the terms as a reader sees it; what guards exclude counts as zero."""
    return tidy.total(formula_of((with_cases(term),)) for term in terms)
