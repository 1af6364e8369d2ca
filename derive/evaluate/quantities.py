"""Quantities with values: by which name, with which indices, of which lengths."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from derive.errors import DeriveError
from derive.evaluate.real import Real
from derive.formula import Derivative, Formula, Indexed, Name, Reduction

# A number, or nested tuples of numbers in row-major order.
Array: TypeAlias = "Real | tuple[Array, ...]"


def name_of(node: Formula) -> str:
    """The name under which the value of a quantity, or of a derivative of quantities, stands."""
    match node:
        case Name(name) | Indexed(name):
            return name
        case Derivative(of=of, wrt=wrt):
            return f"∂{name_of(of)}/∂{name_of(wrt)}"
    raise DeriveError(f"a {type(node).__name__.lower()} is no quantity")


def indices_of(node: Formula) -> tuple[Formula, ...]:
    """The indices of a component; of a derivative of components first those above, then those below."""
    match node:
        case Indexed(indices=indices):
            return indices
        case Derivative(of=of, wrt=wrt):
            return indices_of(of) + indices_of(wrt)
    return ()


def lengths(value: Array) -> tuple[int, ...]:
    """The lengths of the axes of an array; none of a number."""
    if not isinstance(value, tuple):
        return ()
    return (len(value), *(lengths(value[0]) if value else ()))


def axes_of(key: str, values: Mapping[str, Array]) -> tuple[int, ...] | None:
    """The lengths of the axes of a quantity; those of a derivative follow from its two quantities."""
    if key in values:
        return lengths(values[key])
    above, bar, below = key.removeprefix("∂").partition("/∂")
    if bar and above in values and below in values:
        return lengths(values[above]) + lengths(values[below])
    return None


def quantities(formula: Formula) -> tuple[Formula, ...]:
    """The distinct names, components and derivatives of quantities that a formula reads, in reading order.

    Bound indices and what stands in the brackets of a component are no quantities.
    """
    found: dict[Formula, None] = {}
    waiting: list[tuple[Formula, frozenset[str]]] = [(formula, frozenset())]
    while waiting:
        node, bound = waiting.pop()
        if isinstance(node, Indexed) or (isinstance(node, Derivative) and not node.applied):
            found[node] = None
        elif isinstance(node, Name):
            if node.name not in bound:
                found[node] = None
        else:
            if isinstance(node, Reduction):
                bound = bound | {each.name for each in node.bounds}
            waiting.extend((child, bound) for child in reversed(node.children))
    return tuple(found)
