"""A matrix that should be transposed, or is and should not be; factors in the wrong order."""

from __future__ import annotations

from collections.abc import Iterator

from derive.check.repairs.places import Repair, Setting, everywhere
from derive.formula import (
    Elementwise,
    Formula,
    Grouping,
    Indexed,
    MatrixProduct,
    Name,
    Product,
    Transpose,
    walk,
)
from derive.notation import unicode_text

ORDER = 35
HINT = "Look at what is transposed, and in which order matrices are multiplied."


def repaired(formula: Formula, setting: Setting) -> Iterator[Repair]:
    """The formula with one T more or less, or one product turned round, where it holds matrices."""
    if not any(
        isinstance(node, Transpose | MatrixProduct | Elementwise)
        for each in (formula, setting.other)
        for node in walk(each)
    ):
        return
    yield from everywhere(formula, _turned)
    yield from everywhere(formula, _reversed)


def _turned(node: Formula) -> Iterator[tuple[Formula, str]]:
    match node:
        case Transpose(operand):
            yield operand, f"{unicode_text(operand)} should not be transposed"
        case Name() | Indexed() | Grouping():
            yield Transpose(node), f"{unicode_text(node)} should be transposed"


def _reversed(node: Formula) -> Iterator[tuple[Formula, str]]:
    match node:
        case MatrixProduct(factors) | Product(factors) if len(factors) == 2:
            one, other = factors
            yield MatrixProduct((other, one)), "the factors stand in the wrong order"
            if isinstance(one, Transpose) != isinstance(other, Transpose):
                turned = (_flipped(other), _flipped(one))
                yield MatrixProduct(turned), "the product is transposed"


def _flipped(factor: Formula) -> Formula:
    return factor.operand if isinstance(factor, Transpose) else Transpose(factor)
