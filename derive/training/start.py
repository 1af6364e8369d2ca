"""Where the descent starts: the model's own values, and random ones where it gives none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from derive.errors import ModelError
from derive.graph import Graph

if TYPE_CHECKING:
    from derive.training.samples import Samples

Floats: TypeAlias = "np.ndarray[Any, np.dtype[np.float64]]"


def start(graph: Graph, samples: Samples, random: np.random.Generator) -> dict[str, Floats]:
    """The parameters' first values, from the model or drawn from a normal distribution of variance 1."""
    sizes = _sizes(graph, samples)
    return {
        name: as_array(graph.model.values[name])
        if name in graph.model.values
        else random.standard_normal(_shape(name, graph, sizes))
        for name in graph.inputs
        if name in graph.model.parameters
    }


def as_array(value: object) -> Floats:
    """Exact numbers as floats."""
    return np.asarray(np.array(value, dtype=object), dtype=np.float64)


def _shape(name: str, graph: Graph, sizes: dict[str, int]) -> tuple[int, ...]:
    return tuple(_size(name, size, sizes) for size in graph.shapes[name])


def _size(name: str, size: int | str, sizes: dict[str, int]) -> int:
    if isinstance(size, int):
        return size
    if size not in sizes:
        raise ModelError(
            f"the size {size} of {name} is not known",
            suggestion=f"Give {name} a value, or a shape with numbers: shapes = {{{name} = [3]}}",
        )
    return sizes[size]


def _sizes(graph: Graph, samples: Samples) -> dict[str, int]:
    """The sizes by name that the values and the samples tell."""
    found: dict[str, int] = {}
    known = {name: as_array(value).shape for name, value in graph.model.values.items()}
    known.update({name: samples.shape(name) for name in samples.arrays})
    for name, lengths in known.items():
        for size, length in zip(graph.shapes.get(name, ()), lengths, strict=False):
            if isinstance(size, str):
                found.setdefault(size, length)
    return found
