"""Samples in rows: a model that speaks of one sample gets an index that runs over many."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from derive.equation import Equation, component, equation, with_formula
from derive.formula import Bound, Formula, Indexed, Name, Quotient, Reduction, rewrite
from derive.graph import Graph
from derive.indices import fresh_letters
from derive.model.model import Size

# What becomes of the rows' losses: their mean, their sum, or nothing.
REDUCTIONS = ("mean", "sum", "rows")


@dataclass(frozen=True, slots=True)
class Batch:
    """Equations over samples: `letter` is the sample index, `size` the name of its size.

    `rowwise` are the quantities that have a value for each row, `constant` those inputs among them that
    have the same in all rows: with the index, their derivative has a value for each row.
    """

    equations: tuple[Equation, ...]
    loss: str
    letter: str | None = None
    size: str | None = None
    rowwise: frozenset[str] = frozenset()
    constant: frozenset[str] = frozenset()


def batched(graph: Graph, reduction: str = "mean") -> Batch:
    """The graph's equations with a sample index on the data and on all that depends on them.

    A model that has such an index already, or no data, is left as it is; so is one that says what its
    samples are, and one with data of two axes or more, which is taken for a whole.
    """
    own = set(graph.model.data) - set(graph.parameters)
    data = [name for name in graph.inputs if name in own]
    if not data or graph.model.batch is not None or _is_whole(graph, data):
        return Batch(graph.equations, graph.loss)
    taken = _names(graph)
    letter = next(each for each in chain("n", fresh_letters(taken)) if each not in taken)
    constant = frozenset(graph.parameters if reduction == "rows" else ()) - set(data)
    rowwise = {*data, *constant}
    equations: list[Equation] = []
    for each in graph.equations:
        if rowwise.isdisjoint(each.reads):
            equations.append(each)
            continue
        rowwise.add(each.target)
        equations.append(_with_rows(each, rowwise, letter))
    size = next(name for name in ("N", "N1", "N2", "rows") if name not in taken)
    loss = graph.loss
    if reduction != "rows":
        loss = next(name for name in (f"{reduction}_{graph.loss}", f"{reduction}_loss") if name not in taken)
        equations.append(_whole(loss, graph.loss, letter, size, reduction))
    return Batch(tuple(equations), loss, letter, size, frozenset(rowwise), constant)


def _is_whole(graph: Graph, data: Sequence[str]) -> bool:
    """Whether the model speaks of all its samples, or of none, so that it gets no rows."""
    ranks = (len(graph.shapes[name]) for name in data)
    return max(ranks) > 1 or own_sample_index(graph, data) is not None


def own_sample_index(graph: Graph, data: Sequence[str]) -> Size | None:
    """The size that is the first axis of every array among the data and of no parameter, if there is one."""
    firsts = {graph.shapes[name][0] for name in data if graph.shapes[name]}
    if len(firsts) != 1 or any(not graph.shapes[name] for name in data):
        return None
    (first,) = firsts
    if any(first in graph.shapes[name] for name in graph.parameters):
        return None
    alone = len(data) == 1 and len(graph.shapes[data[0]]) == 1
    return None if alone and not graph.parameters else first


def without_rows(formula: Formula, batch: Batch) -> Formula:
    """The formula with the sample index taken from inputs that have the same value in all rows."""

    def plain(node: Formula) -> Formula:
        match node:
            case Indexed(name, (_, *rest)) if name in batch.constant:
                return Indexed(name, tuple(rest)) if rest else Name(name)
        return node

    return rewrite(formula, plain) if batch.constant else formula


def _with_rows(each: Equation, rowwise: Collection[str], letter: str) -> Equation:
    def row(node: Formula) -> Formula:
        match node:
            case Name(name) if name in rowwise:
                return component(name, (letter,))
            case Indexed(name, indices) if name in rowwise:
                return Indexed(name, (Name(letter), *indices))
        return node

    made = with_formula(each, rewrite(each.formula, row), (letter, *each.indices))
    return replace(made, written=None, averaged=None)


def _whole(name: str, loss: str, letter: str, size: str, reduction: str) -> Equation:
    total: Formula = Reduction("sum", component(loss, (letter,)), (Bound(letter),))
    return equation(name, Quotient(total, Name(size)) if reduction == "mean" else total)


def _names(graph: Graph) -> set[str]:
    read = {name for each in graph.equations for name in (each.target, *each.reads)}
    letters = {letter for sizes in graph.letters.values() for letter in sizes}
    return read | letters | set(graph.sizes) | set(graph.model.functions)
