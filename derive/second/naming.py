"""Names for what second derivatives add: they never meet a name of the author's, nor an index letter."""

from __future__ import annotations

from itertools import chain, count

from derive.formula import Name, walk
from derive.graph import Graph


def fresh(stem: str, taken: set[str]) -> str:
    """The stem, with a number behind it if it is taken; it then is."""
    candidates = chain((stem,), (f"{stem}_{number}" for number in count(2)))
    name = next(each for each in candidates if each not in taken)
    taken.add(name)
    return name


def names_in(graph: Graph) -> set[str]:
    """Every name that a model uses for anything."""
    model = graph.model
    taken = {*model.parameters, *model.data, *model.values, *model.notation, *model.functions, *graph.sizes}
    for each in (*graph.equations, *graph.dropped):
        taken.update((each.target, *each.aliases, *each.indices))
        taken.update(node.name for node in walk(each.formula) if isinstance(node, Name))
        taken.update(each.reads)
    return taken
