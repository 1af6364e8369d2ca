"""Derivatives of quantities as quantities of their own, and a name for Kronecker's δ."""

from __future__ import annotations

from collections.abc import Iterable

from derive.formula import Derivative, Formula, Indexed, Name, rewrite
from derive.notation import IVERSON

# No name of an author's.
KRONECKER = "Kronecker's δ"
_SPELLED = r"\delta"


def kronecker_latex(spelled: Iterable[str]) -> str:
    """How Kronecker's δ is written beside quantities spelled so: [i = j] where δ is one of them."""
    own = any(each == _SPELLED or each.startswith((f"{_SPELLED}_", f"{_SPELLED}^")) for each in spelled)
    return IVERSON if own else _SPELLED


def keyed(formula: Formula) -> Formula:
    """The formula with each derivative of a quantity as a quantity of its own, `∂L/∂W[i,j]`."""

    def key(node: Formula) -> Formula:
        if not isinstance(node, Derivative) or node.applied:
            return node
        indices = indices_of(node)
        return Indexed(key_of(node), indices) if indices else Name(key_of(node))

    return rewrite(formula, key)


def key_of(quantity: Formula) -> str:
    """The name of a quantity or of a derivative, without its indices."""
    if isinstance(quantity, Derivative):
        return f"∂{key_of(quantity.of)}/∂{key_of(quantity.wrt)}"
    assert isinstance(quantity, Name | Indexed)
    return quantity.name


def indices_of(quantity: Formula) -> tuple[Formula, ...]:
    """The indices of a quantity, of a derivative those of both of its sides."""
    if isinstance(quantity, Derivative):
        return indices_of(quantity.of) + indices_of(quantity.wrt)
    return quantity.indices if isinstance(quantity, Indexed) else ()


def without_indices(quantity: Formula) -> Formula:
    """The whole quantity, or the derivative of one whole by another."""
    if isinstance(quantity, Derivative):
        return Derivative(without_indices(quantity.of), without_indices(quantity.wrt), quantity.total)
    return Name(quantity.name) if isinstance(quantity, Indexed) else quantity
