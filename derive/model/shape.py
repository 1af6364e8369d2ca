"""Shapes as far as they are known: sizes of axes, and whether two arrays can meet."""

from __future__ import annotations

from itertools import zip_longest

from derive.formula import read
from derive.model.model import Size
from derive.notation import plain

# The size of an axis, or None where nothing tells it.
Axis = Size | None
Shape = tuple[Axis, ...]
# An axis that `keepdims` keeps: it has one value, for whatever it meets.
KEPT = "1"


def same(one: Axis, other: Axis) -> bool:
    """Whether two sizes may be equal: a name may be any number but 1, and no other name."""
    if one is None or other is None or one == other:
        return True
    if isinstance(one, str) and isinstance(other, str):
        return plain(read(one)) == plain(read(other))
    return type(one) is not type(other) and not {1, KEPT} & {one, other}


def joined(one: Shape, other: Shape) -> Shape | None:
    """The shape of two arrays that meet component by component, along the last axes; None if they do not."""
    found: list[Axis] = []
    for left, right in zip_longest(one[::-1], other[::-1], fillvalue=KEPT):
        if KEPT in (left, right):
            found.append(right if left == KEPT else left)
        elif same(left, right):
            found.append(right if left is None else left)
        else:
            return None
    return tuple(found[::-1])


def told(shape: Shape) -> str:
    """A shape as a message writes it: (n,), (128, 784); ? where nothing tells a size."""
    sizes = ["?" if size is None else str(size) for size in shape]
    return f"({sizes[0]},)" if len(sizes) == 1 else f"({', '.join(sizes)})"
