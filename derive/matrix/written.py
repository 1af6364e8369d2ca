"""The author's matrix notation as textbooks print it: A ⊙ B, xᵀy for dot, 𝟏bᵀ for what is broadcast."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from derive.formula import (
    Along,
    Call,
    Derivative,
    ElementwiseCall,
    ElementwisePower,
    Formula,
    Grouping,
    Indexed,
    MatrixProduct,
    Name,
    Negation,
    Number,
    Power,
    Product,
    Quotient,
    Reduction,
    Sum,
    Transpose,
    names,
    times,
    walk,
)
from derive.functions import Function
from derive.losses import loss
from derive.matrix.algebra import DIAGONAL, FROBENIUS_NORM, ONES, chain, is_reduced, transposed
from derive.matrix.network import Network, Part
from derive.matrix.reducing import NO_SHAPES, Reductions, Shapes

NO_FUNCTIONS: Mapping[str, Function] = MappingProxyType({})
# Letters of the axes of a matrix while its factors are put together.
_ROW, _COLUMN = "i", "j"
_SCALAR: tuple[str, ...] = ()
# A vector that meets a matrix runs along its columns; a column that `keepdims` kept, along its rows.
_VECTOR, _KEPT, _MATRIX = (_COLUMN,), (_ROW,), (_ROW, _COLUMN)
_OF_RANK = (_SCALAR, _VECTOR, _MATRIX)
_MATRIX_PRODUCTS = frozenset({"dot", "matmul"})
_SAME_SHAPE = frozenset({"softmax", "log_softmax"})
_REDUCING = frozenset({"logsumexp", "var", "std", "norm"})


class Unprintable(Exception):
    """A form with arrays of more than two axes; it stays as its author wrote it."""


@dataclass(frozen=True, slots=True)
class Array:
    """A form with the axes that it runs along: a vector is a column that meets the columns of a matrix."""

    form: Formula
    axes: tuple[str, ...]

    def along(self, axes: tuple[str, ...]) -> Formula:
        """The form among others of these axes: a scalar as it is, a vector once for each row or column."""
        if self.axes in (axes, _SCALAR) or len(axes) == 1:
            return self.form
        if self.axes == _KEPT:
            return chain(self.form, transposed(ONES))
        return chain(ONES, transposed(self.form))


def in_matrix_notation(
    written: Formula,
    ranks: Mapping[str, int],
    shapes: Shapes = NO_SHAPES,
    functions: Mapping[str, Function] = NO_FUNCTIONS,
) -> Formula:
    """The author's form in the signs of textbooks.

    Arrays of one shape are multiplied with ⊙, what NumPy broadcasts is written out with 𝟏 or diag, vectors
    are columns. With `shapes`, the sizes of the axes of each name, a mean is a sum over its size. `functions`
    are the model's own; those with components in their definition take whole arrays and return numbers.
    """
    if any(ranks.get(name, 0) > 2 for name in names(written)):
        return written
    try:
        taken = {*ranks, *(node.name for node in walk(written) if isinstance(node, Name))}
        whole = [name for name, row in functions.items() if _takes_arrays(row)]
        return _Printing(ranks, Reductions(ranks, shapes, taken), whole).array(written).form
    except Unprintable:
        return written


def _takes_arrays(row: Function) -> bool:
    body = row.body()
    return body is not None and any(isinstance(node, Indexed) for node in walk(body))


def _common(arrays: Sequence[Array]) -> tuple[str, ...]:
    found = {array.axes for array in arrays} - {_SCALAR}
    return _SCALAR if not found else found.pop() if len(found) == 1 else _MATRIX


def _spread(term: Array, axes: tuple[str, ...]) -> Formula:
    """A term of a sum: a scalar made of arrays, xᵀy, is one times 𝟏."""
    if term.axes or not axes or not is_reduced(term.form):
        return term.along(axes)
    if isinstance(term.form, Negation):
        return Negation(_spread(Array(term.form.operand, _SCALAR), axes))
    return chain(times(term.form, ONES), *((transposed(ONES),) if len(axes) > 1 else ()))


class _Printing:
    def __init__(self, ranks: Mapping[str, int], reductions: Reductions, whole: Collection[str]) -> None:
        self.ranks = ranks
        self.reductions = reductions
        self.whole = whole

    def array(self, formula: Formula) -> Array:
        """The formula in print with its axes."""
        match formula:
            case Number() | Indexed():
                return Array(formula, _SCALAR)
            case Name(name):
                return Array(formula, _OF_RANK[self._rank(name)])
            case Derivative(Name(of), Name(wrt)) if self._rank(of) + self._rank(wrt) < len(_OF_RANK):
                return Array(formula, _OF_RANK[self._rank(of) + self._rank(wrt)])
            case Grouping(inner):
                return self.array(inner)
            case Transpose(operand):
                return self._transposed(self.array(operand))
            case MatrixProduct(factors):
                return self._matrix_product([self.array(factor) for factor in factors])
            case Product(factors):
                return self._product([self.array(factor) for factor in factors])
            case Quotient(numerator, denominator):
                return self._quotient(self.array(numerator), self.array(denominator))
            case Sum() | Negation():
                return self._together(formula)
            case Power(base, exponent):
                arrays = [self.array(base), self.array(exponent)]
                axes = _common(arrays)
                parts = [each.along(axes) for each in arrays]
                return Array(ElementwisePower(*parts) if axes else Power(*parts), axes)
            case Call():
                return self._call(formula)
            case Along(operand, axis, keeps):
                return self._along(operand, axis, keeps)
            case Reduction():
                return self._reduction(formula, keeps=False)
        raise Unprintable

    def _rank(self, name: str) -> int:
        return self.ranks.get(name, 0)

    def _together(self, formula: Sum | Negation) -> Array:
        arrays = [self.array(child) for child in formula.children]
        axes = _common(arrays)
        return Array(formula.with_children(tuple(_spread(each, axes) for each in arrays)), axes)

    def _transposed(self, array: Array) -> Array:
        if array.axes != _MATRIX:
            return array
        form = array.form.operand if isinstance(array.form, Transpose) else Transpose(array.form)
        return Array(form, _MATRIX)

    def _matrix_product(self, arrays: Sequence[Array]) -> Array:
        """Factors of rank one in front are rows; a product that is a row is written as a column."""
        *before, last = arrays
        if not before:
            return last
        if len(before) > 1 and last.axes != _MATRIX:
            return self._matrix_product([*before[:-1], self._pair(before[-1], last)])
        first, second, *rest = arrays
        return self._matrix_product([self._pair(first, second), *rest])

    def _pair(self, left: Array, right: Array) -> Array:
        if left.axes == _MATRIX:
            return Array(chain(left.form, right.form), right.axes)
        if right.axes == _MATRIX:
            return Array(chain(transposed(right.form), left.form), left.axes)
        return Array(chain(transposed(left.form), right.form), _SCALAR)

    def _product(self, arrays: Sequence[Array]) -> Array:
        axes = _common(arrays)
        if axes == _SCALAR:
            return Array(times(*(each.form for each in arrays)), axes)
        parts = [Part(each.form, each.axes, at) for at, each in enumerate(arrays)]
        return Array(Network(parts).array(axes, spread=False), axes)

    def _quotient(self, above: Array, below: Array) -> Array:
        axes = _common((above, below))
        if below.axes == _SCALAR or above.axes in (below.axes, _SCALAR):
            return Array(Quotient(above.form, below.form), axes)
        parts = [Part(above.form, above.axes, 0), Part(below.form, below.axes, 1, below=True)]
        return Array(Network(parts).array(axes, spread=False), axes)

    def _call(self, call: Call) -> Array:
        arrays = [self.array(each) for each in call.arguments]
        forms = tuple(each.form for each in arrays)
        axes = _common(arrays)
        row = loss(call.function)
        match call.function:
            case name if name in _MATRIX_PRODUCTS and len(arrays) == 2:
                return self._pair(*arrays)
            case "outer" if len(arrays) == 2:
                return Array(chain(forms[0], transposed(forms[1])), _MATRIX)
            case "norm":
                return Array(Call(FROBENIUS_NORM if axes == _MATRIX else "norm", forms), _SCALAR)
            case "trace":
                return Array(Call("trace", forms), _SCALAR)
            case "diag" if axes == _MATRIX:
                return Array(Call(DIAGONAL, forms), _VECTOR)
            case "diag":
                return Array(Call("diag", forms), _MATRIX)
            case name if name in _REDUCING or name in self.whole:
                return Array(Call(name, forms), _SCALAR)
            case name if name in _SAME_SHAPE:
                return Array(Call(name, forms), axes)
        if row is not None and row.vectors:
            return Array(Call(call.function, forms), axes[:-1])
        kind = ElementwiseCall if axes else Call
        return Array(kind(call.function, tuple(each.along(axes) for each in arrays), call.primes), axes)

    def _along(self, operand: Formula, axis: tuple[int, ...] | None, keeps: bool) -> Array:
        if isinstance(operand, Reduction):
            return self._reduction(operand, keeps=keeps)
        if not isinstance(operand, Call) or len(operand.arguments) != 1:
            raise Unprintable
        (argument,) = (self.array(each) for each in operand.arguments)
        called = Call(operand.function, (argument.form,))
        if axis is None or argument.axes != _MATRIX:
            reduced = operand.function in _REDUCING
            return Array(called, _SCALAR if reduced else argument.axes)
        along = axis[0] % 2
        form = Along(called, (along,))
        if operand.function in _REDUCING:
            return Array(form, _KEPT if keeps and along else _VECTOR)
        return Array(form, _MATRIX)

    def _reduction(self, formula: Reduction, *, keeps: bool) -> Array:
        if formula.bounds:
            return Array(formula, _SCALAR)
        body = self.array(formula.body)
        rank = len(body.axes)
        if not rank:
            raise Unprintable
        over = {axis % rank for axis in formula.axis} if formula.axis is not None else set(range(rank))
        if len(over) == rank:
            return Array(self.reductions.over_all(formula.kind, body.form, rank), _SCALAR)
        (axis,) = over
        return Array(
            self.reductions.over(formula.kind, body.form, axis), _KEPT if keeps and axis else _VECTOR
        )
