"""Names that would be printed like a component of an array: a scalar x_0 beside the vector x."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from derive.model.shape import Shape
from derive.notation import name_latex, split_subscript, upright

# A letter and what stands below it, one entry for each index or number.
_Parts = tuple[str, tuple[str, ...]]


def spelled_apart(
    names: Collection[str], shapes: Mapping[str, Shape], letters: Collection[str], given: Mapping[str, str]
) -> dict[str, str]:
    """Spellings, upright and as typed, for names whose LaTeX is that of a component of an array.

    What the author has spelled is left as it is.
    """
    indices = frozenset(map(name_latex, letters))
    arrays = [
        (_parts(given.get(name) or name_latex(name)), len(axes)) for name, axes in shapes.items() if axes
    ]
    return {
        name: upright(name)
        for name in names
        if name not in given
        and any(
            _is_component(_parts(name_latex(name)), len(shapes.get(name, ())), *each, indices)
            for each in arrays
        )
    }


def _parts(spelled: str) -> _Parts:
    letter, below = split_subscript(spelled)
    return letter, tuple(below.split(",")) if below else ()


def _is_component(name: _Parts, rank: int, array: _Parts, axes: int, indices: Collection[str]) -> bool:
    """Whether the subscripts of a name are those of an array and then an index for each axis it lacks."""
    own = len(array[1])
    further = name[1][own:]
    return (
        name == (array[0], (*array[1], *further))
        and 0 < len(further) == axes - rank
        and all(each.isdecimal() or each in indices for each in further)
    )
