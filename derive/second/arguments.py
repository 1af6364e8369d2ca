"""Arguments of functions get names, so that a derivative passes through each of them once: z_h1 of h1."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from derive.equation import Equation, terms_of
from derive.formula import Bound, Call, Formula, Reduction, operands, rewrite, walk
from derive.graph import Graph
from derive.graph import graph as graph_of
from derive.indices import letters_in
from derive.second.naming import fresh, names_in


def with_arguments_named(graph: Graph) -> Graph:
    """The graph with a line of its own for every compound argument of a function."""
    taken = names_in(graph)
    equations = tuple(line for each in graph.equations for line in _lines(each, taken))
    if len(equations) == len(graph.equations):
        return graph
    return graph_of(replace(graph.model, equations=(*equations, *graph.dropped), shapes=dict(graph.shapes)))


def _lines(each: Equation, taken: set[str]) -> Iterator[Equation]:
    """The arguments, each once, then the equation that reads them."""
    made: dict[Formula, Equation] = {}
    bounds = [b for node in walk(each.formula) if isinstance(node, Reduction) for b in node.bounds]
    letters = (*each.indices, *(bound.name for bound in bounds))

    def name(node: Formula) -> Formula:
        if not (isinstance(node, Call) and any(_is_compound(part) for part in node.arguments)):
            return node
        return node.with_children(tuple(map(named, node.arguments)))

    def named(argument: Formula) -> Formula:
        if not _is_compound(argument):
            return argument
        if argument not in made:
            own = letters_in(argument, letters)
            target = fresh(f"z_{each.target}", taken)
            made[argument] = Equation(target, own, argument, terms_of(argument))
        return made[argument].left

    formula = rewrite(each.formula, name) if _is_free(bounds) else each.formula
    yield from made.values()
    yield replace(each, formula=formula, terms=terms_of(formula), written=None) if made else each


def _is_compound(argument: Formula) -> bool:
    """Whether a derivative by several quantities passes through the argument."""
    return len(operands(argument)) > 1 and not any(isinstance(node, Reduction) for node in walk(argument))


def _is_free(bounds: list[Bound]) -> bool:
    """Whether every letter is bound once, so that it means one thing."""
    return len({bound.name for bound in bounds}) == len(bounds)
