"""Matrix notation computed with NumPy's matrices, and indexed sums computed on a grid of all letters."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from math import prod

import numpy as np
from numpy.typing import NDArray

from derive.equation import Term
from derive.formula import (
    Call,
    Derivative,
    Elementwise,
    ElementwisePower,
    Formula,
    Grouping,
    Indexed,
    MatrixProduct,
    Name,
    Negation,
    Number,
    Ones,
    Power,
    Product,
    Quotient,
    Reduction,
    Sum,
    Transpose,
)

Matrix = NDArray[np.float64]
FUNCTIONS: Mapping[str, Callable[[Matrix], Matrix]] = {
    "tanh": np.tanh,
    "exp": np.exp,
    "sqrt": np.sqrt,
    "sin": np.sin,
    "tanh'": lambda z: 1 - np.tanh(z) ** 2,
}


def key(formula: Formula) -> str:
    """The name of a quantity or of an adjoint."""
    if isinstance(formula, Derivative):
        return f"∂{key(formula.of)}/∂{key(formula.wrt)}"
    assert isinstance(formula, Name | Indexed)
    return formula.name


class Algebra:
    """Matrix notation with real matrices: vectors are n×1, and 𝟏 is as long as its neighbours ask."""

    def __init__(self, values: Mapping[str, Matrix]) -> None:
        self.scalars = {name for name, value in values.items() if not value.ndim}
        self.values = {
            name: value[:, None] if value.ndim == 1 else value.reshape(value.shape or (1, 1))
            for name, value in values.items()
        }

    def sizes(self, formula: Formula) -> tuple[int | None, int | None]:
        """Rows and columns; None where any number of them would do."""
        match formula:
            case Name() | Derivative():
                name = key(formula)
                return (None, None) if name in self.scalars else self.values[name].shape
            case Ones():
                return None, 1
            case Transpose(operand):
                rows, columns = self.sizes(operand)
                return columns, rows
            case MatrixProduct(factors):
                return self.sizes(factors[0])[0], self.sizes(factors[-1])[1]
            case Call("diag", (vector,)):
                return (self.sizes(vector)[0],) * 2
            case Call("diagonal of", (matrix,)):
                rows, columns = self.sizes(matrix)
                return rows or columns, 1
            case Call("trace" | "norm" | "frobenius norm") | Number():
                return None, None
        found = [self.sizes(child) for child in formula.children]
        rows = next((rows for rows, _ in found if rows), None)
        return rows, next((columns for _, columns in found if columns), None)

    def value(self, formula: Formula, rows: int | None = None, columns: int | None = None) -> Matrix:
        """The matrix, with as many rows and columns as its place asks."""
        match formula:
            case Name() | Derivative():
                return self.values[key(formula)]
            case Ones():
                assert rows is not None
                return np.ones((rows, 1))
            case Number(text):
                return np.array([[float(text)]])
            case Transpose(operand):
                return self.value(operand, columns, rows).T
            case MatrixProduct(factors):
                return self.product(factors, rows, columns)
            case Elementwise(factors) | Product(factors):
                return prod((self.value(each, rows, columns) for each in factors), start=np.ones((1, 1)))
            case Power(Call("diag", (vector,)), exponent):
                inverse = np.linalg.inv(np.diag(self.value(vector, rows)[:, 0]))
                assert self.value(exponent) == -1
                return inverse
            case Power(base, exponent) | ElementwisePower(base, exponent):
                return self.value(base, rows, columns) ** self.value(exponent, rows, columns)
            case Call("diag", (vector,)):
                return np.diag(self.value(vector, rows or columns)[:, 0])
            case Call("diagonal of", (matrix,)):
                return np.diag(self.value(matrix, rows, rows))[:, None]
            case Call("trace", (matrix,)):
                return np.trace(self.value(matrix, *self.sizes(matrix))).reshape(1, 1)
            case Call("norm" | "frobenius norm", (array,)):
                return np.linalg.norm(self.value(array, *self.sizes(array))).reshape(1, 1)
        return pointwise(formula, lambda each: self.value(each, rows, columns))

    def product(self, factors: Sequence[Formula], rows: int | None, columns: int | None) -> Matrix:
        """Matrices multiplied, each as large as its neighbours."""
        sizes = [self.sizes(each) for each in factors]
        inner = [left[1] or right[0] for left, right in pairwise(sizes)]
        ends = [rows or sizes[0][0], *inner, columns or sizes[-1][1]]
        found = [self.value(each, ends[at], ends[at + 1]) for at, each in enumerate(factors)]
        result = found[0]
        for each in found[1:]:
            result = result @ each
        return result


def pointwise(formula: Formula, value: Callable[[Formula], Matrix]) -> Matrix:
    """What is done component by component."""
    match formula:
        case Number(text):
            return np.array(float(text))
        case Grouping(inner):
            return value(inner)
        case Sum(terms):
            return sum((value(each) for each in terms[1:]), start=value(terms[0]))
        case Product(factors):
            return prod((value(each) for each in factors[1:]), start=value(factors[0]))
        case Negation(operand):
            return -value(operand)
        case Quotient(numerator, denominator):
            return value(numerator) / value(denominator)
        case Power(base, exponent):
            return value(base) ** value(exponent)
        case Call(function, (argument,), primes):
            return FUNCTIONS[function + "'" * primes](value(argument))
    raise AssertionError(formula)


class Grid:
    """Indexed formulas on the grid of all their letters, an axis for each."""

    def __init__(self, values: Mapping[str, Matrix], letters: Mapping[str, int]) -> None:
        self.values = values
        self.letters = dict(letters)

    def value(self, formula: Formula) -> Matrix:
        """The value at every point of the grid; an axis of length one where a letter does not occur."""
        match formula:
            case Name():
                return self.values[key(formula)]
            case Indexed(_, indices):
                return self.placed(self.values[key(formula)], indices)
            case Derivative(of, wrt):
                at = [*getattr(of, "indices", ()), *getattr(wrt, "indices", ())]
                return self.placed(self.values[key(formula)], at)
            case Reduction("sum", body, bounds):
                return self.summed(self.value(body), [each.name for each in bounds])
        return pointwise(formula, self.value)

    def summed(self, value: Matrix, letters: Sequence[str]) -> Matrix:
        """The sum over letters, also over those that the value does not vary with."""
        axes = tuple(at for at, letter in enumerate(self.letters) if letter in letters)
        shape = list(value.shape) or [1] * len(self.letters)
        for at, (letter, size) in enumerate(self.letters.items()):
            shape[at] = size if letter in letters else shape[at]
        return np.broadcast_to(value, shape).sum(axis=axes, keepdims=True)

    def placed(self, value: Matrix, indices: Sequence[Formula]) -> Matrix:
        """A component's array along the axes of its letters, its diagonal where a letter repeats."""
        names = [index.name for index in indices if isinstance(index, Name)]
        order = [letter for letter in self.letters if letter in names]
        codes = {letter: chr(ord("a") + at) for at, letter in enumerate(self.letters)}
        spelled = "".join(codes[name] for name in names) + "->" + "".join(codes[name] for name in order)
        shape = [size if letter in order else 1 for letter, size in self.letters.items()]
        return np.einsum(spelled, value).reshape(shape)

    def total(self, terms: Sequence[Term], free: Sequence[str]) -> Matrix:
        """The sum of the terms as the array with the free letters as axes."""
        order = list(self.letters)
        result = np.zeros([self.letters[letter] for letter in free])
        for term in terms:
            total = self.summed(self.value(term.body), term.summed)
            spread = [self.letters[each] if each in free else 1 for each in order]
            codes = "".join(chr(ord("a") + at) for at in range(len(order)))
            wanted = "".join(codes[order.index(letter)] for letter in free)
            result = result + np.einsum(f"{codes}->{wanted}", np.broadcast_to(total, spread))
        return result
