r"""Products of arrays as mathematics writes them, side by side, in the signs of NumPy.

Vectors are columns: `W x` is W @ x, `x^\top y` dot(x, y), `\delta x^\top` outer(delta, x), `A \odot B` A*B.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from derive.errors import FormulaError
from derive.formula import (
    Call,
    Elementwise,
    Formula,
    Grouping,
    MatrixProduct,
    Negation,
    Power,
    Product,
    Quotient,
    Reduction,
    Sum,
    Transpose,
    times,
)
from derive.model.parsing import first_place
from derive.model.shaping import Shapes
from derive.notation import unicode_text

MATRIX, COLUMN, ROW = "matrix", "column", "row"
# Which neighbours multiply, those first whose product is smallest.
_FITTING = (
    ((ROW, COLUMN), (MATRIX, COLUMN), (ROW, MATRIX)),
    ((COLUMN, ROW), (MATRIX, MATRIX)),
)


@dataclass(frozen=True, slots=True)
class _Factor:
    formula: Formula
    kind: str


def in_signs(formula: Formula, shapes: Shapes) -> Formula:
    """The formula with products side by side as matrix products, where the factors are arrays."""
    if isinstance(formula, Transpose) and shapes.rank(in_signs(formula.operand, shapes)) == 1:
        return Transpose(in_signs(formula.operand, shapes))
    if isinstance(formula, Reduction) and not formula.bounds:
        inner = bare(formula.body)
        if isinstance(inner, Power):
            # What is summed are components, so what is raised are components.
            squared = inner.with_children(tuple(in_signs(each, shapes) for each in inner.children))
            return formula.with_children((squared,))
        return formula.with_children((in_signs(inner, shapes),))
    children = tuple(in_signs(child, shapes) for child in formula.children)
    match formula:
        case Product() | MatrixProduct():
            return _product(formula, children, shapes)
        case Elementwise():
            return Elementwise(children)
        case Power(exponent=Negation()) if shapes.rank(children[0]) > 1:
            word = bare_text(formula.base)
            suggestion = "Give the inverse a name of its own, as data or as a parameter."
            reason = f"the inverse of {word}, a matrix, is not read"
            raise FormulaError(reason, first_place(formula.base) or 0, len(word), suggestion)
        case Power() if shapes.rank(children[0]) > 1:
            word = unicode_text(formula.base)
            raise FormulaError(
                f"{bare_text(formula.base)} is a matrix: is this its power, or that of its components?",
                first_place(formula.base) or 0,
                len(word),
                rf"Write {word} {word} for the one, {word} \odot {word} for the other.",
            )
    return formula.with_children(children) if children else formula


def bare(formula: Formula) -> Formula:
    """The formula without the parentheses round the whole of it."""
    return formula.inner if isinstance(formula, Grouping) else formula


def bare_text(formula: Formula) -> str:
    """The formula as a message names it."""
    return unicode_text(bare(formula))


def _product(formula: Formula, factors: tuple[Formula, ...], shapes: Shapes) -> Formula:
    """Numbers in front, and the arrays multiplied one pair at a time."""
    arrays = [_Factor(each, _kind(each, shapes)) for each in factors if shapes.rank(each)]
    if len(arrays) < 2 or any(shapes.rank(each.formula) > 2 for each in arrays):
        return times(*factors) if isinstance(formula, Product) else formula.with_children(factors)
    numbers = [each for each in factors if not shapes.rank(each)]
    while len(arrays) > 1:
        at = _pair(arrays)
        left, right = arrays[at : at + 2]
        found = _multiplied(left, right)
        if left.kind == ROW and right.kind == COLUMN:
            numbers.append(found)
            arrays[at : at + 2] = []
        else:
            kind = {(COLUMN, ROW): MATRIX, (ROW, MATRIX): ROW}.get((left.kind, right.kind), right.kind)
            arrays[at : at + 2] = [_Factor(found, kind)]
    return times(*numbers, *(each.formula for each in arrays))


def _pair(arrays: Sequence[_Factor]) -> int:
    """Where two neighbours stand that are multiplied first, from the right."""
    for fitting in _FITTING:
        for at in range(len(arrays) - 2, -1, -1):
            if (arrays[at].kind, arrays[at + 1].kind) in fitting:
                return at
    left, right = arrays[:2]
    one, other = (unicode_text(each.formula) for each in (left, right))
    at = first_place(right.formula) or 0
    if left.kind == right.kind == COLUMN:
        suggestion = rf"Write {one}^\top {other} for the scalar product, {one} \odot {other} by components."
        raise FormulaError(f"{one} {other}: both are columns", at, len(other), suggestion)
    what = {ROW: "a row", COLUMN: "a column", MATRIX: "a matrix"}
    reason = f"{one} {other}: {one} is {what[left.kind]}, and {other} is {what[right.kind]}"
    raise FormulaError(reason, at, len(other))


def _multiplied(left: _Factor, right: _Factor) -> Formula:
    one, other = (_upright(each) for each in (left, right))
    if (left.kind, right.kind) == (ROW, COLUMN):
        return Call("dot", (one, other), at=first_place(one))
    if (left.kind, right.kind) == (COLUMN, ROW):
        return Call("outer", (one, other), at=first_place(one))
    before = one.factors if isinstance(one, MatrixProduct) else (_enclosed(one),)
    chain = isinstance(other, MatrixProduct) and right.kind == COLUMN
    return MatrixProduct((*before, *(other.children if chain else (_enclosed(other),))))


def _upright(factor: _Factor) -> Formula:
    """A row as the vector that it is."""
    formula = factor.formula
    while isinstance(formula, Grouping):
        formula = formula.inner
    return formula.operand if factor.kind == ROW and isinstance(formula, Transpose) else formula


def _enclosed(formula: Formula) -> Formula:
    return Grouping(formula) if isinstance(formula, MatrixProduct) else formula


def _kind(formula: Formula, shapes: Shapes) -> str:
    """Whether an array is a matrix, a column or a row."""
    if shapes.rank(formula) > 1:
        return MATRIX
    return ROW if _is_row(formula, shapes) else COLUMN


def _is_row(formula: Formula, shapes: Shapes) -> bool:
    match formula:
        case Transpose(operand):
            return not _is_row(operand, shapes)
        case MatrixProduct((first, *_)):
            return shapes.rank(first) == 1
        case Sum() | Product() | Quotient() | Negation() | Grouping():
            return any(_is_row(each, shapes) for each in formula.children if shapes.rank(each) == 1)
    return False
