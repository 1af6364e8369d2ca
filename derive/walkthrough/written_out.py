"""The loss written out as one expression of its inputs, where a reader can bear it."""

from __future__ import annotations

from collections.abc import Mapping

from derive.equation import Equation
from derive.formula import Bound, Formula, Indexed, Name, Reduction, walk
from derive.graph import Graph
from derive.indices import fresh_letters, renamed

# A longer expression is not printed.
MOST_NODES = 300


def written_out(graph: Graph) -> Formula | None:
    """The loss with every equation put into those that use it; None beyond MOST_NODES."""
    if size_written_out(graph) > MOST_NODES:
        return None
    return opened(Name(graph.loss), graph)


def size_written_out(graph: Graph) -> int:
    """How many nodes the loss would have if it were written out, counted without writing it."""
    sizes: dict[str, int] = {}
    for each in graph.equations:
        sizes[each.target] = _size(each.formula, sizes)
    return sizes[graph.loss]


def _size(formula: Formula, sizes: Mapping[str, int]) -> int:
    if isinstance(formula, Name | Indexed):
        return sizes.get(formula.name, 1)
    return 1 + sum(_size(child, sizes) for child in formula.children)


def opened(formula: Formula, graph: Graph) -> Formula:
    """The formula with every computed quantity replaced by what it stands for, down to the inputs."""
    return opened_by(formula, graph.by_target)


def opened_by(
    formula: Formula, equations: Mapping[str, Equation], scope: frozenset[str] = frozenset()
) -> Formula:
    """The formula with the targets of some equations replaced by their right sides, as far as they go.

    `scope` are the index letters in force where the formula stands.
    """
    if isinstance(formula, Name | Indexed) and formula.name in equations:
        equation = equations[formula.name]
        at = formula.indices if isinstance(formula, Indexed) else ()
        names = frozenset(name for each in equations.values() for name in (each.target, *each.reads))
        body = _with_letters_apart(equation.formula, at, scope, names)
        letters = dict(zip(equation.indices, at, strict=True))
        return opened_by(renamed(body, letters), equations, scope)
    if isinstance(formula, Reduction):
        scope = scope | {bound.name for bound in formula.bounds}
    children = tuple(opened_by(child, equations, scope) for child in formula.children)
    return formula.with_children(children) if children else formula


def _with_letters_apart(
    formula: Formula, at: tuple[Formula, ...], scope: frozenset[str], names: frozenset[str]
) -> Formula:
    """The formula with its bound letters renamed where they meet letters that are put in or in force.

    No letter gets one of the names.
    """
    incoming = scope | {node.name for index in at for node in walk(index) if isinstance(node, Name)}
    taken = {*incoming, *names, *(node.name for node in walk(formula) if isinstance(node, Name))}

    def apart(node: Formula) -> Formula:
        if isinstance(node, Reduction):
            for bound in node.bounds:
                if bound.name in incoming:
                    fresh = next(fresh_letters(taken))
                    taken.add(fresh)
                    node = _rebound(node, bound, fresh)
        if not node.children:
            return node
        return node.with_children(tuple(apart(child) for child in node.children))

    return apart(formula)


def _rebound(reduction: Reduction, old: Bound, new: str) -> Reduction:
    bounds = tuple(
        Bound(new, each.low, each.high, each.at) if each == old else each for each in reduction.bounds
    )
    body = renamed(reduction.body, {old.name: Name(new)})
    return Reduction(reduction.kind, body, bounds, reduction.axis, reduction.at)
