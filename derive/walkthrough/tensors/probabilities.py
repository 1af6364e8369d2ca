"""Softmaxes of a model: three equations each, named where they stand inside a formula."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain, count

from derive.equation import Equation, component, equation, with_formula
from derive.formula import (
    Bound,
    Call,
    Formula,
    Indexed,
    Name,
    Quotient,
    Reduction,
    rewrite,
    walk,
)
from derive.graph import Graph
from derive.graph import graph as graph_of
from derive.indices import subscripts
from derive.shapes import letters_of
from derive.walkthrough.written_out import opened_by


@dataclass(frozen=True)
class Softmax:
    """The three equations of a softmax: exponentials, their sum over the last index, probabilities."""

    scores: str
    exponential: Equation
    total: Equation
    probability: Equation

    @property
    def hidden(self) -> tuple[str, ...]:
        """The names that only these equations use."""
        return self.exponential.target, self.total.target

    @property
    def whole(self) -> Equation:
        """The probabilities by the scores, in one equation."""
        steps = {each.target: each for each in (self.exponential, self.total)}
        formula = opened_by(self.probability.formula, steps, frozenset(self.probability.indices))
        return with_formula(self.probability, formula)


def softmaxes(graph: Graph) -> Mapping[str, Softmax]:
    """The softmaxes of a model by the name of their scores."""
    found: dict[str, Softmax] = {}
    for exponential, total in _sums_of_exponentials(graph):
        scores = _scores(exponential)
        for each in graph.equations:
            quotient = _quotient_at(each, exponential, total)
            only = set(graph.readers[exponential.target]) == {total.target, each.target}
            alone = graph.readers.get(scores) == (exponential.target,)
            if quotient and only and alone and graph.readers[total.target] == (each.target,):
                found[scores] = Softmax(scores, exponential, total, each)
    return found


def _scores(exponential: Equation) -> str:
    match exponential.formula:
        case Call(arguments=(Indexed(name=name),)):
            return name
    raise AssertionError


def _sums_of_exponentials(graph: Graph) -> Iterator[tuple[Equation, Equation]]:
    """Pairs of equations e[…, i] = exp(z[…, i]) and s[…] = sum(e[…, i], i)."""
    for each in graph.equations:
        match each.formula:
            case Call(function="exp", arguments=(Indexed(indices=at),), primes=0) if at == tuple(
                map(Name, each.indices)
            ):
                for other in graph.equations:
                    if _is_sum_of(other, each):
                        yield each, other


def _is_sum_of(total: Equation, exponential: Equation) -> bool:
    match total.formula:
        case Reduction(kind="sum", body=Indexed(name=name, indices=at), bounds=(Bound(name=letter),)):
            expected = (*map(Name, total.indices), Name(letter))
            return name == exponential.target and at == expected
    return False


def _quotient_at(each: Equation, exponential: Equation, total: Equation) -> bool:
    """Whether an equation is the quotient of the exponential and the sum, index by index."""
    if len(each.indices) != len(exponential.indices):
        return False
    return each.formula == Quotient(
        component(exponential.target, each.indices), component(total.target, each.indices[:-1])
    )


def with_softmax_named(graph: Graph) -> Graph:
    """The graph with a name for each quotient e/s that stands inside a longer formula: the probability."""
    for exponential, total in _sums_of_exponentials(graph):
        others = [each for each in graph.equations if each.target != total.target]
        inside = [
            each for each in others if any(_is_share(n, exponential, total) for n in walk(each.formula))
        ]
        if inside and not any(_quotient_at(each, exponential, total) for each in others):
            graph = _with_name(graph, exponential, total)
    return graph


def _is_share(node: Formula, exponential: Equation, total: Equation) -> bool:
    match node:
        case Quotient(Indexed(name=above, indices=at), Name() | Indexed() as below):
            names = (above, below.name) == (exponential.target, total.target)
            return names and subscripts(below) == at[:-1]
    return False


def _with_name(graph: Graph, exponential: Equation, total: Equation) -> Graph:
    name = _free_name(graph, _scores(exponential))
    formula = Quotient(exponential.left, component(total.target, exponential.indices[:-1]))
    made = equation(name, formula, indices=exponential.indices)

    def put(node: Formula) -> Formula:
        if _is_share(node, exponential, total):
            assert isinstance(node, Quotient)
            assert isinstance(node.numerator, Indexed)
            return Indexed(name, node.numerator.indices)
        return node

    lines: list[Equation] = []
    for each in graph.equations:
        changed = rewrite(each.formula, put)
        lines.append(each if changed == each.formula else with_formula(each, changed))
        if each.target == total.target:
            lines.append(made)
    return graph_of(replace(graph.model, equations=(*lines, *graph.dropped)))


def _free_name(graph: Graph, scores: str) -> str:
    letters = {letter for each in graph.equations for letter in letters_of(each)}
    model = graph.model
    taken = {*graph.shapes, *model.values, *model.notation, *model.functions, *letters, *graph.sizes}
    names = chain(("p", f"p_{scores}"), (f"p{number}" for number in count(1)))
    return next(name for name in names if name not in taken)
