"""The order of an array's axes: that in which the author wrote them, so that few are moved."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import pairwise

from derive.formula import Formula, Indexed, Name, walk


def axis_order(
    formulas: Iterable[Formula], letters: Collection[str], first: Sequence[str] = ()
) -> tuple[str, ...]:
    """The letters that occur, each before those that it precedes in a component, as far as that goes.

    `first` is an order that is kept; among letters that nothing orders the one read first comes first.
    """
    if not letters:
        return ()
    components = list(_components(formulas, frozenset(letters)))
    found = dict.fromkeys((*first, *(letter for each in components for letter in each)))
    if len(found) < 2:
        return tuple(found)
    after: dict[str, set[str]] = {letter: set() for letter in found}
    for each in (first, *components):
        for one, other in pairwise(each):
            if not _leads(after, other, one):
                after[one].add(other)
    return tuple(_sorted(after))


def _components(formulas: Iterable[Formula], letters: Collection[str]) -> Iterator[tuple[str, ...]]:
    """The letters of each component in order; a letter that stands elsewhere is an order of its own."""
    for formula in formulas:
        for node in walk(formula):
            if isinstance(node, Indexed):
                at = (each.name for each in node.indices if isinstance(each, Name))
                yield tuple(dict.fromkeys(letter for letter in at if letter in letters))
            elif isinstance(node, Name) and node.name in letters:
                yield (node.name,)


def _leads(after: dict[str, set[str]], one: str, other: str) -> bool:
    """Whether a letter is known to come before another one, or is that one."""
    return one == other or any(_leads(after, each, other) for each in after[one])


def _sorted(after: dict[str, set[str]]) -> Iterator[str]:
    left = list(after)
    while left:
        letter = next(each for each in left if not any(each in after[other] for other in left))
        left.remove(letter)
        yield letter
