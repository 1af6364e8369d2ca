"""Operations on vectors and matrices, each by its components: a row each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from derive.formula import Formula, read


@dataclass(frozen=True, slots=True)
class Components:
    """An operation by its components: `definition` is the one at `letters`, in components of the parameters.

    `ranks` are the numbers of indices of the parameters. A `batched` operation takes arguments with further
    axes in front, and works along the last ones.
    """

    parameters: tuple[str, ...]
    ranks: tuple[int, ...]
    letters: tuple[str, ...]
    definition: Formula
    batched: bool = False


@dataclass(frozen=True, slots=True)
class _Row:
    name: str
    parameters: tuple[str, ...]
    ranks: tuple[int, ...]
    letters: tuple[str, ...]
    definition: str
    batched: bool = False


_ROWS: Sequence[_Row] = (
    _Row("@", ("a", "b"), (1, 1), (), "sum(a[i]*b[i], i)"),
    _Row("@", ("a", "b"), (2, 1), ("i",), "sum(a[i,j]*b[j], j)"),
    _Row("@", ("a", "b"), (1, 2), ("j",), "sum(a[i]*b[i,j], i)"),
    _Row("@", ("a", "b"), (2, 2), ("i", "j"), "sum(a[i,k]*b[k,j], k)"),
    _Row("dot", ("a", "b"), (1, 1), (), "sum(a[i]*b[i], i)"),
    _Row("dot", ("a", "b"), (2, 1), ("i",), "sum(a[i,j]*b[j], j)"),
    _Row("dot", ("a", "b"), (1, 2), ("j",), "sum(a[i]*b[i,j], i)"),
    _Row("dot", ("a", "b"), (2, 2), ("i", "j"), "sum(a[i,k]*b[k,j], k)"),
    _Row("outer", ("a", "b"), (1, 1), ("i", "j"), "a[i]*b[j]"),
    _Row("norm", ("a",), (1,), (), "sqrt(sum(a[i]**2, i))"),
    _Row("norm", ("a",), (2,), (), "sqrt(sum(a[i,j]**2, i, j))"),
    _Row("trace", ("a",), (2,), (), "sum(a[i,i], i)"),
    _Row("diag", ("a",), (2,), ("i",), "a[i,i]"),
    _Row("softmax", ("a",), (1,), ("i",), "exp(a[i])/sum(exp(a[j]), j)", batched=True),
    _Row(".T", ("a",), (2,), ("i", "j"), "a[j,i]"),
)

# Functions of vectors and matrices that a model may call, with the number of their arguments.
ARRAY_FUNCTIONS: Mapping[str, int] = MappingProxyType(
    {row.name: len(row.parameters) for row in _ROWS if row.name.isidentifier()}
)


@cache
def rows(name: str) -> tuple[Components, ...]:
    """The operations of a name, one for each choice of ranks."""
    return tuple(
        Components(row.parameters, row.ranks, row.letters, read(row.definition), row.batched)
        for row in _ROWS
        if row.name == name
    )
