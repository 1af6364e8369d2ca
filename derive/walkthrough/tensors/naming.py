"""What a model with arrays needs to be told well: names for its pre-activations and its probabilities."""

from __future__ import annotations

from derive.graph import Graph
from derive.walkthrough.tensors.preactivations import with_preactivations_named
from derive.walkthrough.tensors.probabilities import with_softmax_named


def with_parts_named(graph: Graph) -> Graph:
    """The graph with equations of their own for weighted sums in activations and for softmaxes in a loss."""
    if not any(graph.shapes.values()):
        return graph
    return with_softmax_named(with_preactivations_named(graph))
