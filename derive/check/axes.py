"""Which axes formulas of arrays have: rows, columns, both or none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from derive.check.ranks import (
    COLUMN,
    MATRIX,
    OF_RANK,
    ROW,
    SCALAR,
    SOFTMAX_OF_ROWS,
    TO_NUMBERS,
    Axes,
    Ranks,
)
from derive.expression import MeaningError
from derive.formula import (
    Branch,
    Call,
    Cases,
    Component,
    Derivative,
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
    Relation,
    Sum,
    Transpose,
    Vector,
    walk,
)
from derive.functions import function as known_function


class ShapeError(MeaningError):
    """The parts of a formula do not fit together."""


@dataclass(frozen=True)
class Shapes:
    """The axes of formulas, where names have ranks and derivatives of numbers a layout.

    With `rows` the derivative of a number by a vector is a row, with `flat` that by a matrix has the shape
    of its transpose.
    """

    ranks: Ranks
    rows: bool = False
    flat: bool = False
    # A formula is kept as long as its number stands for it.
    _known: dict[int, tuple[Formula, Axes]] = field(default_factory=dict, compare=False, repr=False)

    def axes(self, formula: Formula) -> Axes:
        """Which axes a formula has; raises ShapeError where its parts do not fit."""
        found = self._known.get(id(formula))
        if found is None:
            found = self._known[id(formula)] = formula, self._axes(formula)
        return found[1]

    def _axes(self, formula: Formula) -> Axes:
        match formula:
            case Number() | Component():
                return SCALAR
            case Ones():
                return COLUMN
            case Name() | Indexed():
                return self.of_quantity(formula)
            case Vector():
                raise MeaningError("a list of components beside matrices")
            case Transpose(operand):
                row, column = self.axes(operand)
                return column, row
            case Grouping(inner) | Negation(inner):
                return self.axes(inner)
            case Product(factors) | MatrixProduct(factors):
                return self.of_product(factors)
            case Power(base, exponent):
                return self._of_power(base, exponent)
            case Call(function, arguments):
                return self._of_call(function, arguments)
            case Reduction():
                axes = self.axes(formula.body)
                if formula.bounds or axes == SCALAR:
                    return axes
                if not self.ranks.over_all or formula.kind not in ("sum", "mean") or formula.axis is not None:
                    raise MeaningError("a sum that does not say over what it runs")
                return SCALAR
            case Derivative():
                return self._of_derivative(formula)
            case Relation():
                raise MeaningError("a comparison is no quantity")
            case Cases(branches):
                return self._common(tuple(_compared(branches)))
            case Quotient(numerator, denominator) if self.axes(denominator) == SCALAR:
                return self.axes(numerator)
            case Sum(terms):
                return self._of_sum(terms)
        return self._common(formula.children)

    def of_quantity(self, formula: Name | Indexed) -> Axes:
        """The axes of a name or of what its indices leave of it."""
        if self.ranks.is_identity(formula.name):
            return MATRIX if len(formula.children) < 2 else SCALAR
        if self.ranks.is_doubtful(formula.name):
            raise MeaningError(f"what rank {formula.name} has is not clear")
        axes = self.ranks.axes_of(formula)
        rank = self.ranks.of(formula.name) or 0
        given = len(formula.children) - self.ranks.leading(formula.name)
        if axes is None or given <= 0:
            return axes or SCALAR
        if rank not in (0, given):
            raise MeaningError(f"{formula.name} has {rank} indices")
        return SCALAR

    def letter_of_entries(self, inside: Formula) -> str | None:
        """The letter by which a diagonal is told entry by entry: diag(p_i (1 - p_i))."""
        if self.axes(inside) != SCALAR:
            return None
        nodes = list(walk(inside))
        bound = {each.name for node in nodes if isinstance(node, Reduction) for each in node.bounds}
        found = {
            index.name
            for node in nodes
            if isinstance(node, Indexed) and self.ranks.of(node.name) == 1
            for index in node.indices
            if isinstance(index, Name) and index.name not in bound
        }
        return found.pop() if len(found) == 1 else None

    def of_product(self, factors: Sequence[Formula]) -> Axes:
        """The axes of a matrix product."""
        whole: Axes = SCALAR
        for factor in factors:
            axes = self.axes(factor)
            if SCALAR in (axes, whole):
                whole = axes if whole == SCALAR else whole
            elif whole[1] != axes[0]:
                raise ShapeError("the factors of a product do not fit together")
            else:
                whole = whole[0], axes[1]
        return whole

    def _of_power(self, base: Formula, exponent: Formula) -> Axes:
        axes = self.axes(base)
        if axes == MATRIX and not is_inverse(exponent) and whole_exponent(exponent) is None:
            raise MeaningError("a power of a matrix")
        if axes != MATRIX and self.axes(exponent) != SCALAR:
            raise MeaningError("a power with an array above")
        return axes

    def _of_call(self, function: str, arguments: Sequence[Formula]) -> Axes:
        each = [self.axes(argument) for argument in arguments]
        if function == "dot" and each[0] != each[-1]:
            raise ShapeError("a scalar product is one of two vectors")
        if function in TO_NUMBERS or function in self.ranks.numbers:
            return SCALAR
        if function in self.ranks.maps and SCALAR not in each:
            return OF_RANK[self.ranks.maps[function]]
        if function in self.ranks.given:
            if each != [COLUMN]:
                raise MeaningError(f"{function} is defined by components, and this is no vector")
            return COLUMN
        if function == "abs" and each == [MATRIX]:
            return SCALAR
        if function == "diag" and self.letter_of_entries(arguments[0]) is not None:
            return MATRIX
        if function == "diag":
            if each not in ([COLUMN], [ROW]):
                raise MeaningError("a diagonal of what is no vector")
            return MATRIX
        scalars = [SCALAR] * len(each)
        if len(arguments) > 1 and each != scalars and known_function(function) is None:
            raise MeaningError(f"what {function} makes of arrays is not said")
        if function == SOFTMAX_OF_ROWS and each != [MATRIX]:
            raise MeaningError("the rows of what is no matrix")
        if function == "softmax" and each not in ([COLUMN], [ROW], [MATRIX]):
            raise MeaningError("the softmax of what is no vector")
        return self._common(arguments)

    def _of_derivative(self, node: Derivative) -> Axes:
        above, below = self.axes(node.of), self.axes(node.wrt)
        if above == SCALAR:
            transposed = self.transposes(below) and not is_gradient(node)
            return (below[1], below[0]) if transposed else below
        if below == SCALAR:
            return above
        if (above, below) != (COLUMN, COLUMN):
            raise MeaningError("a derivative with more than two axes")
        return MATRIX

    def transposes(self, below: Axes) -> bool:
        """Whether the derivative of a number by what has these axes has the transposed shape."""
        return self.flat if below == MATRIX else self.rows

    def _of_sum(self, terms: Sequence[Formula]) -> Axes:
        each = [self.axes(term) for term in terms]
        if any(axes != SCALAR for axes in each) and any(map(self._is_component, terms)):
            raise ShapeError("a component is added to an array")
        if MATRIX not in each:
            return self._common(terms)
        for term, axes in zip(terms, each, strict=True):
            bare = term.operand if isinstance(term, Negation) else term
            if axes == SCALAR and not isinstance(bare, Number):
                raise MeaningError("a number is added to a matrix")
            if axes in (COLUMN, ROW) and not self.is_bias(bare):
                raise ShapeError("arrays of different shapes stand side by side")
        return MATRIX

    def _is_component(self, term: Formula) -> bool:
        """Whether a term is x_n where x is an array: it may be one of its components, or a sample."""
        bare = term.operand if isinstance(term, Negation) else term
        return (
            isinstance(bare, Indexed)
            and self.ranks.is_array(bare.name)
            and len(bare.children) > self.ranks.leading(bare.name)
        )

    def is_bias(self, term: Formula) -> bool:
        """Whether a vector is added to each row or column of a matrix."""
        bare = term.operand if isinstance(term, Negation) else term
        return isinstance(bare, Name | Indexed) and self.ranks.is_bias(bare)

    def _common(self, parts: Sequence[Formula]) -> Axes:
        arrays = dict.fromkeys(axes for part in parts if (axes := self.axes(part)) != SCALAR)
        if len(arrays) > 1:
            raise ShapeError("arrays of different shapes stand side by side")
        return next(iter(arrays), SCALAR)


def _compared(branches: Sequence[Branch]) -> Iterator[Formula]:
    """What a distinction goes by and comes to: 1[z > 0] of a vector has a component for each of its."""
    for each in branches:
        yield each.value
        yield from each.condition.children if each.condition is not None else ()


def is_gradient(node: Derivative) -> bool:
    """Whether it was written with ∇: the gradient has the shape of its variable everywhere."""
    return node.total and node.applied


def is_inverse(exponent: Formula) -> bool:
    """Whether an exponent is -1, or -T for the inverse of the transpose."""
    return isinstance(exponent, Negation) and exponent.operand in (Number("1"), Name("T"), Name("top"))


def whole_exponent(exponent: Formula) -> int | None:
    """The exponent of a power that is a product of equal factors, if it is small."""
    if isinstance(exponent, Number) and exponent.text in ("2", "3", "4"):
        return int(exponent.text)
    return None
