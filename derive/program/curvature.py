"""A graph made ready for code of second derivatives: stable before it is differentiated twice.

The first derivative of log(sigmoid(z)), with its factors 1/h and h*(1 - h) apart, is 0/0 where h is 0, and no
row makes that stable afterwards.
"""

from __future__ import annotations

from dataclasses import replace

from derive.graph import Graph
from derive.graph import graph as graph_of
from derive.program.stability import with_rows, written_out


def in_stable_form(graph: Graph) -> Graph:
    """The graph with stable formulas in place of the author's where they differ, equal for all numbers."""
    equations = written_out(graph.equations, graph.model.functions)
    stable = tuple(with_rows(equations, _names(graph)))
    if stable == equations:
        return graph
    return graph_of(replace(graph.model, equations=(*stable, *graph.dropped), shapes=dict(graph.shapes)))


def _names(graph: Graph) -> set[str]:
    model = graph.model
    names = {*model.parameters, *model.data, *model.values, *model.notation, *model.functions, *graph.sizes}
    for each in (*graph.equations, *graph.dropped):
        names |= {each.target, *each.reads, *each.aliases}
    return names
