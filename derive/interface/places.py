"""Single numbers among the parameters: w1, or the component W[0,1] of an array."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from math import prod

from derive.errors import ModelError, nearest
from derive.formula import Formula, Indexed, Name, Number
from derive.graph import Graph
from derive.model.model import Value
from derive.shapes import shape

_COMPONENT = re.compile(r"\s*(\w+)\s*\[\s*([0-9]+(?:\s*,\s*[0-9]+)*)\s*\]\s*\Z")


@dataclass(frozen=True, slots=True)
class Place:
    """A parameter that is a number, or a component of one that is an array."""

    name: str
    at: tuple[int, ...] = ()

    @property
    def label(self) -> str:
        """The place as it is written: w1, W[0,1]."""
        return f"{self.name}[{','.join(map(str, self.at))}]" if self.at else self.name

    @property
    def formula(self) -> Formula:
        """The place as mathematics."""
        return Indexed(self.name, tuple(Number(str(i)) for i in self.at)) if self.at else Name(self.name)


def place(graph: Graph, written: str, at: tuple[int, ...] = ()) -> Place:
    """The place that is written W[0,1], or as a name with indices; raises ModelError if there is none."""
    spelled = _COMPONENT.match(written)
    if spelled is not None and not at:
        written, at = spelled[1], tuple(map(int, spelled[2].split(",")))
    if written not in graph.parameters:
        near = nearest(written, graph.parameters)
        reason = f"{written} is no parameter of {graph.model.name}"
        raise ModelError(reason, suggestion=f"Did you mean {near}?" if near else None)
    _check_indices(graph, written, at)
    return Place(written, at)


def _check_indices(graph: Graph, name: str, at: tuple[int, ...]) -> None:
    rank = len(graph.shapes.get(name, ()))
    if len(at) != rank and not at:
        zeros = ",".join("0" for _ in range(rank))
        axes = "1 axis" if rank == 1 else f"{rank} axes"
        raise ModelError(f"{name} is an array with {axes}: choose a component, as in {name}[{zeros}]")
    if len(at) != rank:
        has = "is a number" if not rank else f"has {rank} {'axis' if rank == 1 else 'axes'}"
        raise ModelError(f"{name} {has}, and {len(at)} {'index is' if len(at) == 1 else 'indices are'} given")
    for index, size in zip(at, sizes(graph, name), strict=True):
        if index < 0 or (size is not None and index >= size):
            counted = "counted from 0" if size is None else f"from 0 to {size - 1}"
            raise ModelError(f"the index {index} of {name} is out of range: indices are {counted}")


def sizes(graph: Graph, name: str) -> tuple[int | None, ...]:
    """The sizes of the axes of a parameter, as declared or as its value has them; None if nothing tells."""
    known = named_sizes(graph, graph.model.values)
    return tuple(size if isinstance(size, int) else known.get(size) for size in graph.shapes.get(name, ()))


def named_sizes(graph: Graph, values: Mapping[str, Value]) -> dict[str, int]:
    """The numbers of the sizes that have a name, read off values."""
    return {
        size: length
        for each, value in values.items()
        for size, length in zip(graph.shapes.get(each, ()), shape(value), strict=False)
        if isinstance(size, str) and size.isidentifier()
    }


def every_place(graph: Graph, most: int) -> tuple[Place, ...]:
    """Every number among the parameters, in order; raises ModelError if they are more than `most`."""
    count = 0
    for name in graph.parameters:
        lengths = [size for size in sizes(graph, name) if size is not None]
        if len(lengths) < len(graph.shapes.get(name, ())):
            raise ModelError(
                f"the Hessian has a row for every component of {name}, and nothing tells how many there are",
                suggestion=f"Give {name} a value or a size, or use the Hessian-vector product, for any size.",
            )
        count += prod(lengths)
    if count > most:
        raise ModelError(
            f"the Hessian would have {count:,} rows, and is written for {most} at most",
            suggestion="Use the Hessian-vector product: its code does not need the matrix.",
        )
    return tuple(_every(graph))


def _every(graph: Graph) -> Iterator[Place]:
    for name in graph.parameters:
        lengths = (range(size or 0) for size in sizes(graph, name))
        yield from (Place(name, at) for at in product(*lengths))
