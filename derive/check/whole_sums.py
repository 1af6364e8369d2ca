"""Whether the sums of formulas, from 1 to n, run over whole axes of the arrays that they read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from derive.check.ranks import Ranks
from derive.formula import Bound, Formula, Indexed, Name, Reduction, walk

Ends = tuple[Formula | None, Formula]


def bounds(formulas: Iterable[Formula]) -> Iterator[Bound]:
    """The bounds of sums that say where they end."""
    for formula in formulas:
        for node in walk(formula):
            if isinstance(node, Reduction):
                yield from (bound for bound in node.bounds if bound.high is not None)


def run_over_axes(formulas: Sequence[Formula], ranks: Ranks) -> bool:
    """Whether every axis is summed up from one start to one end, which is the size that the text declares."""
    ends: dict[tuple[str, int], set[Ends]] = {}
    several = len({(bound.low, bound.high) for bound in bounds(formulas)}) > 1
    for node in (node for formula in formulas for node in walk(formula)):
        for bound in node.bounds if isinstance(node, Reduction) else ():
            axes = set(_axes(node.body, bound.name)) if bound.high is not None else set()
            for axis in axes:
                ends.setdefault(axis, set()).add((bound.low, bound.high))
            if several and bound.high is not None and not (axes and isinstance(bound.high, Name)):
                return False
    return all(len(found) == 1 and _is_size(*found, *axis, ranks) for axis, found in ends.items())


def _is_size(ends: Ends, name: str, axis: int, ranks: Ranks) -> bool:
    """Whether an end may be the size of an axis: a letter that is no declared size ends on the way."""
    sizes, high = ranks.sizes.get(name, ()), ends[1]
    if axis < len(sizes):
        return high == Name(sizes[axis])
    declared = {size for each in ranks.sizes.values() for size in each}
    return not declared or name in ranks.sampled or (isinstance(high, Name) and high.name in declared)


def _axes(body: Formula, letter: str) -> Iterator[tuple[str, int]]:
    """The axes of arrays at which a letter is an index."""
    for node in walk(body):
        if isinstance(node, Indexed):
            yield from ((node.name, axis) for axis, at in enumerate(node.indices) if at == Name(letter))
