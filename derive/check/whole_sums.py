"""Whether the sums of formulas, from 1 to n, run over whole axes of the arrays that they read."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from derive.check.facts import Fact
from derive.check.ranks import Ranks
from derive.formula import Bound, Formula, Indexed, Name, Reduction, rewrite, walk

Ends = tuple[Formula | None, Formula]
Axis = tuple[str, int]


def sums_with_ends(formulas: Iterable[Formula]) -> Iterator[tuple[str, Formula, Ends]]:
    """The letters of sums that say where they end, with what is summed and the ends."""
    for node in (node for formula in formulas for node in walk(formula)):
        for bound in node.bounds if isinstance(node, Reduction) else ():
            if bound.high is not None and isinstance(node, Reduction):
                yield bound.name, node.body, (bound.low, bound.high)


def run_over_axes(formulas: Sequence[Formula], ranks: Ranks) -> bool:
    """Whether every axis is summed up from one start to one end, which is the size that the text declares."""
    sums = list(sums_with_ends(formulas))
    several = len({ends for _, _, ends in sums}) > 1
    found: dict[Axis, set[Ends]] = {}
    for letter, body, ends in sums:
        axes = set(_axes(body, letter))
        for axis in axes:
            found.setdefault(axis, set()).add(ends)
        if several and not (axes and isinstance(ends[1], Name)):
            return False
    spoken = {node.name for each in formulas for node in walk(each) if isinstance(node, Name | Indexed)}
    declared = {size for name in spoken for size in ranks.sizes.get(name, ())}
    return all(
        len(each) == 1 and _is_size(high, axis, ranks, declared)
        for axis, each in found.items()
        for _, high in each
    )


def _is_size(high: Formula, axis: Axis, ranks: Ranks, declared: Collection[str]) -> bool:
    """Whether an end may be the size of an axis: a letter beside declared sizes ends on the way."""
    name, at = axis
    sizes = ranks.sizes.get(name, ())
    if at < len(sizes):
        return high == Name(sizes[at])
    return not declared or name in ranks.sampled or (isinstance(high, Name) and high.name in declared)


def ends_of_axes(facts: Sequence[Fact]) -> Mapping[Axis, Ends]:
    """Where the sums over an axis begin and end, for each axis over which all sums with ends are alike.

    What y_i is worked out from at i, x_i, has as many components as y.
    """
    found: dict[Axis, set[Ends]] = {}
    for letter, body, ends in sums_with_ends(fact.formula for fact in facts):
        for axis in _axes(body, letter):
            found.setdefault(axis, set()).add(ends)
    joined = [
        {(fact.name, at), *_axes(fact.formula, letter)}
        for fact in facts
        for at, letter in enumerate(fact.letters)
    ]
    before = -1
    while found and before != (before := sum(map(len, found.values()))):
        for axes in joined:
            together = {each for axis in axes for each in found.get(axis, ())}
            for axis in axes if together else ():
                found.setdefault(axis, set()).update(together)
    return {axis: next(iter(each)) for axis, each in found.items() if len(each) == 1}


def ends_of_letter(
    letter: str, formula: Formula, own: Axis | None, known: Mapping[Axis, Ends]
) -> Ends | None:
    """Where a letter begins and ends by the axes at which it stands in a formula, if these agree."""
    axes = [*_axes(formula, letter), *(() if own is None else (own,))]
    found = {known[axis] for axis in axes if axis in known}
    return next(iter(found)) if len(found) == 1 else None


def with_ends(formula: Formula, known: Mapping[Axis, Ends]) -> Formula:
    """The formula with the ends that its sums have elsewhere where it does not give them."""

    def ended(node: Formula) -> Formula:
        if not isinstance(node, Reduction) or not node.bounds:
            return node
        bounds = []
        for bound in node.bounds:
            ends = ends_of_letter(bound.name, node.body, None, known) if bound.high is None else None
            bounds.append(bound if ends is None else Bound(bound.name, *ends))
        return Reduction(node.kind, node.body, tuple(bounds), node.axis, node.at)

    return rewrite(formula, ended)


def _axes(body: Formula, letter: str) -> Iterator[Axis]:
    """The axes of arrays at which a letter is an index."""
    for node in walk(body):
        if isinstance(node, Indexed):
            yield from ((node.name, axis) for axis, at in enumerate(node.indices) if at == Name(letter))
