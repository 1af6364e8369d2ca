"""Derivatives of quantities as quantities of their own, with a name and a value."""

from __future__ import annotations

from derive.formula import Derivative, Formula, Indexed, Name, rewrite


def keyed(formula: Formula) -> Formula:
    """The formula with each derivative of a quantity as a quantity of its own."""

    def key(node: Formula) -> Formula:
        if isinstance(node, Derivative) and not node.applied:
            return key_of(node)
        return node

    return rewrite(formula, key)


def key_of(derivative: Derivative) -> Name | Indexed:
    """The quantity that a derivative is: `∂L/∂W[i,j]`."""
    of, wrt = derivative.of, derivative.wrt
    assert isinstance(of, Name | Indexed) and isinstance(wrt, Name | Indexed)
    indices = tuple(index for each in (of, wrt) if isinstance(each, Indexed) for index in each.indices)
    name = f"∂{of.name}/∂{wrt.name}"
    return Indexed(name, indices) if indices else Name(name)
