"""Sizes that no input has: how many values an index takes that is read with others, as in x[t + k]."""

from __future__ import annotations

from collections.abc import Iterator

from derive.affine import multiples, spelled
from derive.formula import Formula, Name, Relation, names, read
from derive.graph import Graph
from derive.shapes import fitted
from derive.walkthrough.tree import Sentence
from derive.walkthrough.voice import choice, listed


def sizes_found(graph: Graph) -> Iterator[Sentence]:
    """What each size is that is the length of no input, from those that are: N = T - K + 1."""
    inputs = (read(str(size)) for name in graph.inputs for size in graph.shapes.get(name, ()))
    known = frozenset(name for size in inputs for name in names(size))
    found, _ = fitted(graph.equations, graph.shapes, graph.letters, known)
    told: tuple[Formula, ...] = tuple(
        Relation((Name(size), read(spelled(multiples(value)))), ("=",)) for size, value in found.items()
    )
    if told:
        yield choice(len(told), "tensor.size_found", "tensor.sizes_found", sizes=listed(told))
