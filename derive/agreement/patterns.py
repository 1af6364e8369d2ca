"""Proofs by pattern: forms that differ in their names only are proved once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import lru_cache

from derive.agreement.engine import agree
from derive.expression import NO_FUNCTIONS
from derive.formula import Formula, Indexed, Name, Reduction, names, rewrite, walk
from derive.functions import Function

# A step of a text is proved on a busy machine too: what is written must not depend on its speed.
PATIENCE = 10.0

# The functions that a pattern reads, in a form that can be looked up.
Rows = tuple[tuple[str, Function], ...]


def proved_equal(
    left: Formula,
    right: Formula,
    functions: Mapping[str, Function] = NO_FUNCTIONS,
    *,
    constants: tuple[str, ...] = ("pi",),
) -> bool:
    """Whether two forms are proved equal without an assumption; the hundredth of a pattern is a lookup.

    Give no `constants` where the model has a quantity of that name.
    """
    if left == right:
        return True
    bodies = (body for row in functions.values() if (body := row.body()) is not None)
    kept = {*constants, *(name for body in bodies for name in names(body))}
    pattern = _numbered((left, right), kept | _letters((left, right)))
    return _proved(*pattern, tuple(functions.items()), constants)


@lru_cache(maxsize=65536)
def _proved(left: Formula, right: Formula, functions: Rows, constants: tuple[str, ...]) -> bool:
    found = agree(left, right, functions=dict(functions), constants=constants, assume=False, seconds=PATIENCE)
    return found.proved


def _letters(sides: tuple[Formula, Formula]) -> set[str]:
    """The index letters, free and bound: they keep their names."""
    nodes = [node for side in sides for node in walk(side)]
    free = {
        name for node in nodes if isinstance(node, Indexed) for index in node.indices for name in names(index)
    }
    reductions = (node for node in nodes if isinstance(node, Reduction))
    return free.union(bound.name for node in reductions for bound in node.bounds)


def _numbered(sides: tuple[Formula, Formula], kept: Collection[str]) -> tuple[Formula, Formula]:
    """Both sides with their names numbered in reading order."""
    numbers: dict[str, str] = {}

    def renamed(node: Formula) -> Formula:
        if isinstance(node, Name) and node.name not in kept:
            return Name(numbers.setdefault(node.name, f"q{len(numbers)}"))
        if isinstance(node, Indexed):
            return Indexed(numbers.setdefault(node.name, f"q{len(numbers)}"), node.indices)
        return node

    return rewrite(sides[0], renamed), rewrite(sides[1], renamed)
