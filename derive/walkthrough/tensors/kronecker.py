"""Kronecker's δ: one component differentiated by another, told once, for all sums that collapse."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice, pairwise

from derive import tidy
from derive.equation import Term, formula_of
from derive.formula import (
    ONE,
    ZERO,
    Branch,
    Cases,
    Derivative,
    Formula,
    Indexed,
    Name,
    Negation,
    Reduction,
    Relation,
    rewrite,
    times,
)
from derive.gradient import LocalPartial
from derive.indices import fresh_letters, renamed, subscripts
from derive.notation import IVERSON
from derive.rules import differentiate
from derive.shapes import letters_of
from derive.walkthrough.partials import Told
from derive.walkthrough.symbols import KRONECKER
from derive.walkthrough.tree import Block, Display, Line, Sentence
from derive.walkthrough.voice import paragraph, say


def delta(one: Formula, other: Formula) -> Formula:
    """δ with two indices: 1 where they are equal, else 0."""
    return Indexed(KRONECKER, (one, other))


def by_cases(formula: Formula) -> Formula:
    """The formula with every δ as what it means."""

    def put(node: Formula) -> Formula:
        if isinstance(node, Indexed) and node.name == KRONECKER:
            return Cases((Branch(ONE, Relation(node.indices, ("=",))), Branch(ZERO, None)))
        return node

    return rewrite(formula, put)


def is_example(partial: LocalPartial) -> bool:
    """Whether differentiating by a component makes sums collapse, in a way that one line can show."""
    at = subscripts(partial.wrt)
    letters = {index.name for index in at if isinstance(index, Name)}
    summed = {letter for term in partial.terms for letter in term.summed}
    alone = [each for each in partial.equation.operands if each.name == partial.wrt.name] == [partial.wrt]
    plain = not any(term.guards or isinstance(term.body, Reduction) for term in partial.terms)
    return (
        alone and plain and len(letters) == len(at) > 0 and bool(letters & summed) and len(partial.terms) == 1
    )


def component_by_component(partial: LocalPartial, told: Told) -> Iterator[Block]:
    """The local partial by a component with letters of its own, and what remains of its sum."""
    [term] = partial.terms
    taken = {*letters_of(partial.equation), *told.story.graph.shapes, *told.story.graph.sizes}
    old = tuple(index.name for index in subscripts(partial.wrt) if isinstance(index, Name))
    new = tuple(islice(fresh_letters(taken), len(old)))
    wrt = Indexed(partial.wrt.name, tuple(map(Name, new)))
    deltas = tuple(delta(Name(one), Name(other)) for one, other in zip(old, new, strict=True))
    body = differentiate(term.body, partial.wrt, partial.functions)
    chain = Derivative(partial.wrt, wrt)
    forms = (
        Derivative(formula_of(partial.terms), wrt, applied=True),
        _summed(term, body, deltas),
        _collapsed(term, body, dict(zip(old, new, strict=True))),
    )
    for one, other in pairwise(forms):
        told.proofs.equal(by_cases(one), by_cases(other), apart=False)
    left = Derivative(partial.of, wrt)
    yield paragraph(_independent(chain, deltas, told))
    lines = [Line(left if left != forms[0] else None, forms[0])]
    lines.append(Line(None, _summed(term, body, (chain,))))
    lines.append(Line(None, forms[1]))
    lines.append(Line(None, forms[2], note=say("tensor.collapses", letters=_equal(old, new, term.summed))))
    yield Display(tuple(lines))
    yield paragraph(say("tensor.from_here_on"))
    told.example = partial


def _independent(chain: Formula, deltas: tuple[Formula, ...], told: Told) -> Sentence:
    """What the derivative of one component by another is, and how it is written."""
    brackets = told.story.notation[KRONECKER] == IVERSON
    if len(deltas) > 1:
        many = "tensor.independent_many_in_brackets" if brackets else "tensor.independent_many"
        return say(many, derivative=chain, delta=times(*deltas))
    single = "tensor.independent_in_brackets" if brackets else "tensor.independent"
    one, other = deltas[0].children
    return say(single, derivative=chain, delta=deltas[0], one=one, other=other)


def _summed(term: Term, body: Formula, factors: tuple[Formula, ...]) -> Formula:
    """The slope of a term times factors, summed as the term is."""
    sign = isinstance(body, Negation)
    inner = tidy.product((body.operand if isinstance(body, Negation) else body, *factors))
    whole = formula_of((Term(inner, term.summed),))
    return tidy.negative(whole) if sign else whole


def _collapsed(term: Term, body: Formula, letters: dict[str, str]) -> Formula:
    """What is left of the sum: letters that δ fixes are replaced, the other δ stay."""
    fixed = {old: new for old, new in letters.items() if old in term.summed}
    kept = tuple(delta(Name(old), Name(new)) for old, new in letters.items() if old not in fixed)
    rest = tuple(letter for letter in term.summed if letter not in fixed)
    inner = tidy.product((*kept, renamed(body, {old: Name(new) for old, new in fixed.items()})))
    return formula_of((Term(inner, rest),))


def _equal(old: Sequence[str], new: Sequence[str], summed: Sequence[str]) -> tuple[Formula, ...]:
    return tuple(
        Relation((Name(one), Name(other)), ("=",))
        for one, other in zip(old, new, strict=True)
        if one in summed
    )
