"""Samples: the rows of a table as arrays, a quantity each, the samples on the leading axis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from derive.errors import ModelError
from derive.graph import Graph
from derive.model import Table
from derive.training.start import Floats, as_array


@dataclass(frozen=True, slots=True)
class Samples:
    """The data of several samples by name, and what each sample is called.

    `indexed` says that the model itself has an index for the samples: its data have their axis.
    """

    arrays: Mapping[str, Floats]
    count: int
    indexed: bool
    labels: tuple[str, ...] = ()

    def rows(self, chosen: Sequence[int] | np.ndarray[Any, np.dtype[np.int64]]) -> Samples:
        """Some of the samples, in the order in which they are chosen."""
        arrays = {name: array[chosen] for name, array in self.arrays.items()}
        labels = tuple(self.labels[at] for at in chosen) if self.labels else ()
        return Samples(arrays, len(chosen), self.indexed, labels)

    def shape(self, name: str) -> tuple[int, ...]:
        """The lengths of the axes that the model gives a quantity."""
        return tuple(self.arrays[name].shape)[0 if self.indexed else 1 :]


def samples(graph: Graph, table: Table, *, needed: Sequence[str] | None = None) -> Samples:
    """The rows of a table as data of the model; what the table lacks has the model's own value.

    Raises ModelError where data are missing: `needed`, or all that the loss depends on.
    """
    if not table.rows:
        raise ModelError("there is no sample in the data")
    arrays = dict(_columns(table))
    indexed = any(len(graph.shapes.get(name, ())) == array.ndim for name, array in arrays.items())
    needed = [name for name in graph.inputs if name in graph.model.data] if needed is None else needed
    for name in needed:
        if name not in arrays:
            arrays[name] = _repeated(name, graph, len(table.rows), indexed=indexed)
    kept = {name: arrays[name] for name in needed}
    return Samples(kept, len(table.rows), indexed, table.labels)


def _columns(table: Table) -> dict[str, Floats]:
    """A quantity's column, or its columns `x[0]`, `x[1]`, … side by side."""
    numbers = as_array(table.rows)
    found: dict[str, list[int]] = {}
    for at, column in enumerate(table.columns):
        found.setdefault(column.partition("[")[0], []).append(at)
    return {
        name: numbers[:, at] if "[" in table.columns[at[0]] else numbers[:, at[0]]
        for name, at in found.items()
    }


def _repeated(name: str, graph: Graph, count: int, *, indexed: bool) -> Floats:
    if name not in graph.model.values:
        raise ModelError(f"the data have no column for {name}, and the model gives it no value")
    value = as_array(graph.model.values[name])
    return value if indexed else np.broadcast_to(value, (count, *value.shape))
