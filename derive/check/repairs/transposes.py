"""A matrix that should be transposed, or is and should not be; factors in the wrong order."""

from __future__ import annotations

from collections.abc import Iterator

from derive.check.repairs.places import Repair, Setting, everywhere
from derive.formula import (
    Derivative,
    Elementwise,
    Formula,
    Grouping,
    Indexed,
    MatrixProduct,
    Name,
    Power,
    Product,
    Transpose,
    walk,
)
from derive.notation import unicode_text

# Of products of matrices most slips are these.
ORDER = 12
HINT = "Look at what is transposed, and in which order matrices are multiplied."


def repaired(formula: Formula, setting: Setting) -> Iterator[Repair]:
    """The formula with one T more or less, or one product turned round, where it holds matrices."""
    nodes = [node for each in (formula, setting.other) for node in walk(each)]
    if not any(isinstance(node, Transpose | MatrixProduct | Elementwise) for node in nodes) and not any(
        isinstance(node, Name | Indexed) and node.name in setting.arrays for node in walk(formula)
    ):
        return

    def turned(node: Formula) -> Iterator[tuple[Formula, str]]:
        match node:
            case Transpose(operand):
                yield operand, f"{unicode_text(operand)} should not be transposed"
            case Name() | Indexed() | Grouping() | Derivative() | Power() if _holds(node, setting.arrays):
                yield Transpose(node), f"{unicode_text(node)} should be transposed"

    yield from everywhere(formula, turned)
    yield from everywhere(formula, _reversed)


def _holds(formula: Formula, arrays: frozenset[str]) -> bool:
    """Whether a vector or a matrix stands in a formula, or it is not known which names are any."""
    nodes = (node for node in walk(formula) if isinstance(node, Name | Indexed))
    return not arrays or any(node.name in arrays for node in nodes)


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
