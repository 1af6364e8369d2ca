"""Sums, means and extremes of whole arrays in print: A𝟏 for rows, letters below a sign for everything."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import islice
from types import MappingProxyType

from derive.formula import (
    ONE,
    Bound,
    Component,
    Formula,
    MatrixProduct,
    Name,
    Number,
    Product,
    Quotient,
    Reduction,
    Transpose,
    times,
)
from derive.indices import fresh_letters
from derive.matrix.algebra import ONES, chain, transposed
from derive.matrix.components import Meaning

# The sizes of the axes of names.
Shapes = Mapping[str, Sequence[Formula]]
NO_SHAPES: Shapes = MappingProxyType({})


class Reductions:
    """Reductions of forms; no letter of theirs is one of those `taken`."""

    def __init__(self, ranks: Mapping[str, int], shapes: Shapes, taken: Collection[str]) -> None:
        self.ranks = ranks
        self.shapes = shapes
        self.taken = frozenset(taken)

    def over(self, kind: str, matrix: Formula, axis: int) -> Formula:
        """A reduction along one axis of a matrix: a vector."""
        size = self.size(matrix, axis) if kind == "mean" else None
        if kind == "sum" or size is not None:
            total = chain(matrix if axis else transposed(matrix), ONES)
            return total if size is None else Product((Quotient(ONE, size), total))
        letter = self._letters(2)[axis]
        letters = (None, letter) if axis else (letter, None)
        return Reduction(kind, Component(matrix, letters), (Bound(letter),))

    def over_all(self, kind: str, array: Formula, rank: int) -> Formula:
        """A reduction of all components of an array, products of matrices in it kept whole."""
        letters = self._letters(rank)
        row, column, *_ = (*letters, None, None)
        inner = Meaning(self.ranks, self.taken.union(letters), keeps=True).at(array, row, column)
        bounds = tuple(map(Bound, letters))
        sizes = [self.size(array, axis) for axis in range(rank)] if kind == "mean" else []
        known = [size for size in sizes if size is not None]
        if known and len(known) == rank:
            return Product((Quotient(ONE, times(*known)), Reduction("sum", inner, bounds)))
        return Reduction(kind, inner, bounds)

    def _letters(self, count: int) -> tuple[str, ...]:
        return tuple(islice(fresh_letters(self.taken), count))

    def size(self, form: Formula, axis: int) -> Formula | None:
        """The number of rows or columns of a form, where the shapes tell it."""
        match form:
            case Name(name):
                sizes = self.shapes.get(name, ())
                return sizes[axis] if axis < len(sizes) else None
            case Transpose(operand):
                return self.size(operand, 1 - axis)
            case MatrixProduct(factors):
                return self.size(factors[-1 if axis else 0], axis)
            case Number() | Reduction() | Component():
                return None
        return next((size for child in form.children if (size := self.size(child, axis)) is not None), None)
