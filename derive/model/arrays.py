"""Operations on vectors and matrices, each by its components: a row each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from derive.formula import Bound, Formula, Indexed, Name, Reduction, read, times


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
    _Row("log_softmax", ("a",), (1,), ("i",), "a[i] - log(sum(exp(a[j]), j))", batched=True),
    _Row("logsumexp", ("a",), (1,), (), "log(sum(exp(a[i]), i))"),
    _Row("logsumexp", ("a",), (2,), (), "log(sum(exp(a[i,j]), i, j))"),
    _Row("var", ("a",), (1,), (), "mean((a[i] - mean(a[j], j))**2, i)"),
    _Row("var", ("a",), (2,), (), "mean((a[i,j] - mean(a[k,l], k, l))**2, i, j)"),
    _Row("std", ("a",), (1,), (), "sqrt(mean((a[i] - mean(a[j], j))**2, i))"),
    _Row("std", ("a",), (2,), (), "sqrt(mean((a[i,j] - mean(a[k,l], k, l))**2, i, j))"),
)

# Functions of vectors and matrices that a model may call.
ARRAY_FUNCTIONS = frozenset({"ones", *(row.name for row in _ROWS if row.name.isidentifier())})


@cache
def rows(name: str) -> tuple[Components, ...]:
    """The operations of a name, one for each choice of ranks."""
    return tuple(
        Components(row.parameters, row.ranks, row.letters, read(row.definition), row.batched)
        for row in _ROWS
        if row.name == name
    )


# The letters of the axes in front of the last two: matrix n of a stack.
_STACKED = ("n", "m", "l", "p", "q", "r")


def matrix_product(left: int, right: int) -> Components:
    """The product of stacks of matrices with so many axes: NumPy's, along the last two."""
    ahead = max(left, right) - 2
    front = tuple(reversed(_STACKED[:ahead]))
    rows_of = ("i",) if left > 1 else ()
    columns_of = ("j",) if right > 1 else ()
    one = Indexed("a", tuple(map(Name, (*front[ahead - max(left - 2, 0) :], *rows_of, "k"))))
    other = Indexed("b", tuple(map(Name, (*front[ahead - max(right - 2, 0) :], "k", *columns_of))))
    total = Reduction("sum", times(one, other), (Bound("k"),))
    return Components(("a", "b"), (left, right), (*front, *rows_of, *columns_of), total)
