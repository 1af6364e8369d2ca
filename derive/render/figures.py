"""The drawings of a walkthrough's figures."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from derive.figures import Drawing, computation_graph, network, svg
from derive.walkthrough.tree import Figure, Walkthrough, blocks

_NAMES: Mapping[str, str] = MappingProxyType({"network": "network", "graph": "graph"})


def drawing(figure: Figure, walkthrough: Walkthrough) -> Drawing:
    """What the figure shows: the network, or the computation graph of a model that is none."""
    drawn = network(walkthrough.graph, figure.paths) if figure.drawing == "network" else None
    return drawn or computation_graph(walkthrough.graph, paths=figure.paths)


def file_names(walkthrough: Walkthrough) -> Mapping[int, str]:
    """The name of the file of each figure, by the figure's identity; the model's name keeps them apart."""
    stem = slug(walkthrough.graph.model.name)
    found: dict[int, str] = {}
    for block in blocks(walkthrough):
        if isinstance(block, Figure):
            name = f"{stem}-{_NAMES.get(block.drawing, 'figure')}"
            count = sum(each.startswith(name) for each in found.values())
            found[id(block)] = f"{name}-{count + 1}.svg" if count else f"{name}.svg"
    return found


def figures(walkthrough: Walkthrough) -> dict[str, str]:
    """The SVG files that the Markdown text shows, by file name."""
    names = file_names(walkthrough)
    return {
        names[id(block)]: svg(drawing(block, walkthrough))
        for block in blocks(walkthrough)
        if isinstance(block, Figure)
    }


def slug(name: str) -> str:
    """A name for files and links: letters, digits and hyphens."""
    plain = "".join(each if each.isascii() and each.isalnum() else "-" for each in name)
    return "-".join(filter(None, plain.split("-"))).lower() or "model"
