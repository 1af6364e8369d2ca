"""Formulas in LaTeX, the way textbooks set them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from derive.formula import (
    Along,
    Call,
    Cases,
    Component,
    Derivative,
    Elementwise,
    ElementwiseCall,
    ElementwisePower,
    Evaluated,
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
)
from derive.notation.tex import arithmetic, arrays, functions, structures
from derive.notation.tex.page import NO_NOTATION, Notation, Page, Tex

_WRITERS: Mapping[type[Formula], Callable[..., Tex]] = MappingProxyType(
    {
        Number: arithmetic.number,
        Name: arithmetic.name,
        Indexed: arithmetic.indexed,
        Sum: arithmetic.sum_,
        Product: arithmetic.product,
        MatrixProduct: arithmetic.matrix_product,
        Elementwise: arrays.elementwise,
        ElementwisePower: arrays.elementwise_power,
        Ones: arrays.ones,
        Component: arrays.component,
        Quotient: arithmetic.quotient,
        Power: arithmetic.power,
        Negation: arithmetic.negation,
        Transpose: arithmetic.transpose,
        Call: functions.call,
        ElementwiseCall: arrays.elementwise_call,
        Along: arrays.along,
        Reduction: functions.reduction,
        Derivative: functions.derivative,
        Relation: structures.relation,
        Cases: structures.cases,
        Evaluated: structures.evaluated,
        Vector: structures.vector,
        Grouping: structures.grouping,
    }
)


def latex(formula: Formula, notation: Notation = NO_NOTATION) -> str:
    """The formula in LaTeX; `notation` spells names and functions in place of the automatic way."""
    return Page(notation, _WRITERS).latex(formula)
