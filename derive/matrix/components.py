"""What matrix notation means by components, from the definitions of its operations."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import pairwise

from derive.equation import component
from derive.formula import (
    ONE,
    TWO,
    ZERO,
    Bound,
    Branch,
    Call,
    Cases,
    Component,
    Derivative,
    Elementwise,
    ElementwisePower,
    Formula,
    Indexed,
    MatrixProduct,
    Name,
    Negation,
    Number,
    Ones,
    Power,
    Quotient,
    Reduction,
    Relation,
    Transpose,
    times,
    walk,
)
from derive.indices import fresh_letters
from derive.matrix.algebra import DIAGONAL, FROBENIUS_NORM, is_diagonal

NORMS = ("norm", FROBENIUS_NORM)
# Whether an array has rows and columns: a scalar neither, a column vector rows only.
Axes = tuple[bool, bool]
SCALAR, COLUMN, MATRIX = (False, False), (True, False), (True, True)


class ShapeError(ValueError):
    """The parts of a formula in matrix notation do not fit together."""


def _of_rank(rank: int) -> Axes:
    if rank > 2:
        raise ShapeError
    return (SCALAR, COLUMN, MATRIX)[rank]


def by_components(formula: Formula, indices: Sequence[str], ranks: Mapping[str, int]) -> Formula:
    """The component at the indices of a formula in matrix notation; vectors are columns.

    `ranks` gives the number of axes of every name that is no scalar. Raises ShapeError.
    """
    meaning = Meaning(ranks, {*indices, *_words(formula), *ranks})
    if meaning.axes(formula) not in (SCALAR, _of_rank(len(indices))):
        raise ShapeError
    row, column, *_ = (*indices, None, None)
    return meaning.at(formula, row, column)


def _words(formula: Formula) -> Iterator[str]:
    """All names and letters of a formula, bound ones too."""
    for node in walk(formula):
        if isinstance(node, Name | Indexed):
            yield node.name
        elif isinstance(node, Reduction):
            yield from (bound.name for bound in node.bounds)


class Meaning:
    """The reading of components; letters that it needs are none of those `taken`.

    With `keeps`, a product of matrices stays as it is, and its component is one of the whole product.
    """

    def __init__(self, ranks: Mapping[str, int], taken: Collection[str], *, keeps: bool = False) -> None:
        self.ranks = ranks
        self.fresh = fresh_letters(taken)
        self.keeps = keeps
        self._axes: dict[Formula, Axes] = {}

    def axes(self, formula: Formula) -> Axes:
        """Which axes the formula has."""
        if formula not in self._axes:
            self._axes[formula] = self._axes_of(formula)
        return self._axes[formula]

    def _axes_of(self, formula: Formula) -> Axes:
        match formula:
            case Number():
                return SCALAR
            case Name(name):
                return _of_rank(self.ranks.get(name, 0))
            case Derivative(Name(of), Name(wrt)):
                return _of_rank(self.ranks.get(of, 0) + self.ranks.get(wrt, 0))
            case Ones():
                return COLUMN
            case Component() | Indexed() | Reduction():
                return SCALAR
            case Transpose(operand):
                row, column = self.axes(operand)
                return column, row
            case MatrixProduct(factors):
                return self._axes_of_product([self.axes(factor) for factor in factors])
            case Call("diag"):
                return MATRIX
            case Call(function) if function == DIAGONAL:
                return COLUMN
            case Call(function) if function == "trace" or function in NORMS:
                return SCALAR
        return self._common([self.axes(child) for child in formula.children])

    def _axes_of_product(self, factors: Sequence[Axes]) -> Axes:
        if any(left[1] != right[0] for left, right in pairwise(factors)):
            raise ShapeError
        return factors[0][0], factors[-1][1]

    def _common(self, parts: Sequence[Axes]) -> Axes:
        arrays = {axes for axes in parts if axes != SCALAR}
        if len(arrays) > 1:
            raise ShapeError
        return arrays.pop() if arrays else SCALAR

    def at(self, formula: Formula, row: str | None, column: str | None) -> Formula:
        """The component in a row and a column, where the formula has those axes."""
        match formula:
            case Number() | Ones():
                return ONE if isinstance(formula, Ones) else formula
            case Name(name):
                return component(name, self._letters(formula, row, column))
            case Derivative(Name(of), Name(wrt)):
                letters = self._letters(formula, row, column)
                split = self.ranks.get(of, 0)
                return Derivative(component(of, letters[:split]), component(wrt, letters[split:]))
            case Indexed():
                return formula
            case Component(array, letters):
                at = (*letters, None) if self.axes(array)[0] else (None, *letters)
                return self.at(array, at[0], at[1])
            case Transpose(operand):
                return self.at(operand, column, row)
            case MatrixProduct(factors):
                return self._product(factors, row, column)
            case Power(Call("diag", (vector,)), Negation(Number("1"))):
                return _where_equal(row, column, Quotient(ONE, self.at(vector, row, None)))
            case Call("diag", (vector,)):
                return _where_equal(row, column, self.at(vector, row, None))
            case Call(function, (matrix,)) if function == DIAGONAL:
                return self.at(matrix, row, row)
            case Call("trace", (matrix,)):
                letter = next(self.fresh)
                return Reduction("sum", self.at(matrix, letter, letter), (Bound(letter),))
            case Call(function, (array,)) if function in NORMS:
                return self._norm(array)
            case Elementwise(factors):
                return times(*(self.at(factor, row, column) for factor in factors))
            case ElementwisePower(base, exponent):
                return Power(self.at(base, row, column), self.at(exponent, row, column))
            case Call(function, arguments, primes):
                return Call(function, tuple(self.at(each, row, column) for each in arguments), primes)
        return formula.with_children(tuple(self.at(child, row, column) for child in formula.children))

    def _letters(self, formula: Formula, row: str | None, column: str | None) -> tuple[str, ...]:
        has = self.axes(formula)
        found = tuple(letter for letter, there in zip((row, column), has, strict=True) if there)
        if None in found:
            raise ShapeError
        return tuple(letter for letter in found if letter is not None)

    def _product(self, factors: Sequence[Formula], row: str | None, column: str | None) -> Formula:
        """Neighbours with an axis between them are summed over it."""
        axes = [self.axes(factor) for factor in factors]
        self._axes_of_product(axes)
        inner = [next(self.fresh) if has else None for (_, has), _ in pairwise(axes)]
        ends = _through_diagonals(factors, (row, *inner, column))
        parts = (self.at(factor, *places) for factor, places in zip(factors, pairwise(ends), strict=True))
        body = times(*parts)
        summed = dict.fromkeys(letter for letter in ends if letter not in (None, row, column))
        bounds = tuple(Bound(letter) for letter in summed if letter is not None)
        if self.keeps and bounds:
            return Component(MatrixProduct(tuple(factors)), tuple(each for each in (row, column) if each))
        return Reduction("sum", body, bounds) if bounds else body

    def _norm(self, array: Formula) -> Formula:
        letters = tuple(next(self.fresh) for has in self.axes(array) if has)
        row, column, *_ = (*letters, None, None)
        square = Power(self.at(array, row, column), TWO)
        return Call("sqrt", (Reduction("sum", square, tuple(map(Bound, letters))),))


def _through_diagonals(factors: Sequence[Formula], ends: Sequence[str | None]) -> tuple[str | None, ...]:
    """The letters between factors, where the rows and columns of a diagonal matrix have one letter.

    Those at the ends of the product stay.
    """
    found = tuple(ends)
    outer = (found[0], found[-1])
    for place, factor in enumerate(factors):
        left, right = found[place], found[place + 1]
        if is_diagonal(factor) and (left not in outer or right not in outer):
            old, new = (right, left) if right not in outer else (left, right)
            found = tuple(new if letter == old else letter for letter in found)
    return found


def _where_equal(row: str | None, column: str | None, value: Formula) -> Formula:
    """A component of a diagonal matrix."""
    if row is None or column is None:
        raise ShapeError
    if row == column:
        return value
    condition = Relation((Name(row), Name(column)), ("=",))
    return Cases((Branch(value, condition), Branch(ZERO, None)))
