"""Matrix notation put together: products, transposes, scalings, with as few transposes as can be."""

from __future__ import annotations

from collections.abc import Iterable

from derive.formula import (
    ONE,
    Call,
    Derivative,
    Elementwise,
    Formula,
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
    times,
    walk,
)

ONES = Ones()
# A matrix has a diagonal, diag(A), and a vector makes a diagonal matrix, diag(v): one name in print.
DIAGONAL = "diagonal of"
FROBENIUS_NORM = "frobenius norm"
_REDUCING = ("norm", FROBENIUS_NORM, "trace")
_ATOMS = (Name, Derivative, Ones, Call)


def cost(formula: Formula) -> int:
    """How hard a form is to read: its transposes, and twice those of whole formulas."""
    return sum(
        1 + (not isinstance(node.operand, _ATOMS)) for node in walk(formula) if isinstance(node, Transpose)
    )


def transposes(formula: Formula) -> int:
    """The number of transposes in a form."""
    return sum(isinstance(node, Transpose) for node in walk(formula))


def cheapest(*forms: Formula) -> Formula:
    """The form with the fewest transposes; the first of several."""
    return min(forms, key=cost)


def is_diagonal(formula: Formula) -> bool:
    """Whether the form is diag(v) or its inverse."""
    if isinstance(formula, Power):
        formula = formula.base
    return isinstance(formula, Call) and formula.function == "diag"


def is_reduced(scalar: Formula) -> bool:
    """Whether a scalar is made of arrays: a product, a norm, a trace, a sum."""
    nodes = tuple(walk(scalar))
    called = any(isinstance(node, Call) and node.function in _REDUCING for node in nodes)
    return called or any(isinstance(node, MatrixProduct | Reduction) for node in nodes)


def diagonal_matrix(vector: Formula) -> Formula:
    """diag(v), signs and scalars in front."""
    match vector:
        case Sum(terms):
            return Sum(tuple(map(diagonal_matrix, terms)))
        case Negation(operand):
            return Negation(diagonal_matrix(operand))
        case Product((*scalars, array)):
            return Product((*scalars, diagonal_matrix(array)))
    return Call("diag", (vector,))


def transposed(formula: Formula) -> Formula:
    """The transpose: of a product in reverse order where that is not longer."""
    match formula:
        case Transpose(operand):
            return operand
        case Number():
            return formula
        case MatrixProduct(factors):
            reverse = MatrixProduct(tuple(transposed(factor) for factor in reversed(factors)))
            return cheapest(reverse, Transpose(formula))
        case Elementwise(factors):
            return cheapest(Transpose(formula), Elementwise(tuple(map(transposed, factors))))
        case Quotient(numerator, denominator):
            return cheapest(Transpose(formula), Quotient(transposed(numerator), transposed(denominator)))
        case Negation(operand):
            return Negation(transposed(operand))
        case Product((*scalars, array)):
            return Product((*scalars, transposed(array)))
    return formula if is_diagonal(formula) else Transpose(formula)


def chain(*factors: Formula) -> Formula:
    """The product of matrices and vectors, products among them opened, signs and scalars in front."""
    flat: list[Formula] = []
    scalars: list[Formula] = []
    negative = False
    for factor in factors:
        array = factor
        if isinstance(array, Negation):
            array, negative = array.operand, not negative
        if isinstance(array, Product):
            scalars.extend(array.factors[:-1])
            array = array.factors[-1]
        flat.extend(array.factors if isinstance(array, MatrixProduct) else (array,))
    product = times(*scalars, flat[0] if len(flat) == 1 else MatrixProduct(tuple(flat)))
    return Negation(product) if negative else product


def elementwise(above: Iterable[Formula], below: Iterable[Formula], *, tall: bool = False) -> Formula:
    """Arrays of one shape multiplied and divided component by component.

    What is `tall`, a derivative, stands beside a reciprocal rather than in a fraction.
    """
    numerators, denominators = tuple(_opened(above)), tuple(_opened(below))
    if not denominators:
        return _multiplied(numerators)
    if tall and numerators:
        return Elementwise((*numerators, Quotient(ONE, _multiplied(denominators))))
    return Quotient(_multiplied(numerators), _multiplied(denominators))


def _multiplied(arrays: tuple[Formula, ...]) -> Formula:
    return ONE if not arrays else arrays[0] if len(arrays) == 1 else Elementwise(arrays)


def _opened(factors: Iterable[Formula]) -> Iterable[Formula]:
    for factor in factors:
        yield from factor.factors if isinstance(factor, Elementwise) else (factor,)


def scaled(
    array: Formula,
    *,
    low: tuple[Formula, ...],
    tall: tuple[Formula, ...],
    below: tuple[Formula, ...],
) -> Formula:
    """Scalars before an array: a fraction of those that are low, then those that are tall, derivatives."""
    front = (Quotient(times(*low), times(*below)),) if below else low
    factors = (*front, *tall, *(() if array == ONE else (array,)))
    return times(*factors)
