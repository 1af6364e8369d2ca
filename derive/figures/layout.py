"""A layered drawing of a graph: columns from left to right, few crossings, long edges led round the shapes.

The steps are those of Sugiyama: a long edge gets a joint in every column that it passes, the columns are
ordered by medians of neighbours, and heights follow from neighbours as far as the distances allow.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

Edge = tuple[str, str]
Columns = tuple[tuple[str, ...], ...]

_ROUNDS = 12


@dataclass(frozen=True, slots=True)
class Layout:
    """Where shapes and joints stand: their columns from top to bottom, and their heights on the sheet."""

    columns: Columns
    heights: Mapping[str, float]
    joints: Mapping[Edge, tuple[str, ...]]

    @property
    def top(self) -> float:
        """The highest place of all."""
        return max(self.heights.values())


def layered(
    columns: Columns,
    edges: Sequence[Edge],
    tall: Mapping[str, float],
    *,
    gap: float,
    joint: float,
    fixed: bool = False,
) -> Layout:
    """The layout of shapes that are so `tall`, joints as tall as `joint`, `gap` apart at least.

    With `fixed`, the shapes keep their order in the columns.
    """
    jointed, joints, short = _with_joints(columns, edges)
    sizes = {**dict.fromkeys((each for chain in joints.values() for each in chain), joint), **tall}
    ordered = jointed if fixed else _ordered(jointed, short)
    heights = _heights(ordered, short, sizes, gap)
    _straighten(joints, heights, ordered, sizes, gap)
    lowest = min(heights[each] - sizes[each] / 2 for column in ordered for each in column)
    return Layout(ordered, {name: at - lowest for name, at in heights.items()}, joints)


def _with_joints(
    columns: Columns, edges: Sequence[Edge]
) -> tuple[Columns, dict[Edge, tuple[str, ...]], list[Edge]]:
    """The columns with joints in them, the joints of every long edge, and all edges between neighbours."""
    place = {name: at for at, column in enumerate(columns) for name in column}
    filled = [list(column) for column in columns]
    joints: dict[Edge, tuple[str, ...]] = {}
    short: list[Edge] = []
    for start, end in edges:
        passed = range(place[start] + 1, place[end])
        chain = tuple(f"{start} → {end} {at}" for at in passed)
        for at, joint in zip(passed, chain, strict=True):
            filled[at].append(joint)
        if chain:
            joints[start, end] = chain
        short.extend(zip((start, *chain), (*chain, end), strict=True))
    return tuple(map(tuple, filled)), joints, short


def _neighbours(edges: Sequence[Edge]) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Whom each shape is reached from, and whom it reaches."""
    before: dict[str, list[str]] = {}
    after: dict[str, list[str]] = {}
    for start, end in edges:
        after.setdefault(start, []).append(end)
        before.setdefault(end, []).append(start)
    return before, after


def _ordered(columns: Columns, edges: Sequence[Edge]) -> Columns:
    """The columns in an order with few crossings: the best of several sweeps."""
    before, after = _neighbours(edges)
    best, current = columns, list(columns)
    fewest = crossings(columns, edges)
    for sweep in range(_ROUNDS):
        if not fewest:
            break
        forward = sweep % 2 == 0
        places = range(1, len(current)) if forward else range(len(current) - 2, -1, -1)
        for at in places:
            current[at] = _by_medians(
                current[at], current[at - 1 if forward else at + 1], before if forward else after
            )
        count = crossings(tuple(current), edges)
        if count < fewest:
            best, fewest = tuple(current), count
    return best


def _by_medians(
    column: tuple[str, ...], beside: tuple[str, ...], neighbours: Mapping[str, list[str]]
) -> tuple[str, ...]:
    """A column ordered by the medians of its neighbours' places; those without any stay in their row."""
    place = {name: at for at, name in enumerate(beside)}

    def key(row: int) -> float:
        places = sorted(place[each] for each in neighbours.get(column[row], ()))
        middle = len(places) // 2
        if not places:
            return row * max(1, len(beside)) / len(column)
        return places[middle] if len(places) % 2 else (places[middle - 1] + places[middle]) / 2

    return tuple(column[row] for row in sorted(range(len(column)), key=key))


def crossings(columns: Columns, edges: Sequence[Edge]) -> int:
    """How many pairs of edges between neighbouring columns cross."""
    column_of = {name: at for at, column in enumerate(columns) for name in column}
    row = {name: at for column in columns for at, name in enumerate(column)}
    between: dict[int, list[tuple[int, int]]] = {}
    for start, end in edges:
        between.setdefault(column_of[start], []).append((row[start], row[end]))
    return sum(
        (one[0] - other[0]) * (one[1] - other[1]) < 0
        for pairs in between.values()
        for at, one in enumerate(pairs)
        for other in pairs[at + 1 :]
    )


def _heights(
    columns: Columns, edges: Sequence[Edge], sizes: Mapping[str, float], gap: float
) -> dict[str, float]:
    """The height of everything: near the middle of its neighbours, and no two in a column too close."""
    before, after = _neighbours(edges)
    heights: dict[str, float] = {}
    for column in columns:
        heights.update(_apart(column, lambda name: 0.0, sizes, gap))
    for sweep in range(_ROUNDS):
        for column in columns if sweep % 2 == 0 else reversed(columns):
            wanted = {name: _wanted(name, heights, before, after) for name in column}
            heights.update(_apart(column, wanted.__getitem__, sizes, gap))
    return heights


def _straighten(
    joints: Mapping[Edge, tuple[str, ...]],
    heights: dict[str, float],
    columns: Columns,
    sizes: Mapping[str, float],
    gap: float,
) -> None:
    """Bring the joints of every long edge to one height, that of its start or end if there is room."""
    for (start, end), chain in joints.items():
        lowest, highest = float("-inf"), float("inf")
        for joint in chain:
            column = next(each for each in columns if joint in each)
            at = column.index(joint)
            for other in column[at + 1 : at + 2]:
                lowest = max(lowest, heights[other] + gap + (sizes[other] + sizes[joint]) / 2)
            for other in column[max(0, at - 1) : at]:
                highest = min(highest, heights[other] - gap - (sizes[other] + sizes[joint]) / 2)
        if lowest <= highest:
            mean = sum(heights[joint] for joint in chain) / len(chain)
            wanted = [heights[start], heights[end], mean]
            height = next(
                (each for each in wanted if lowest <= each <= highest), min(max(mean, lowest), highest)
            )
            heights.update(dict.fromkeys(chain, height))


def _wanted(
    name: str, heights: Mapping[str, float], before: Mapping[str, list[str]], after: Mapping[str, list[str]]
) -> float:
    """The middle between those that a shape is reached from and those that it reaches."""
    sides = [found for found in (before.get(name), after.get(name)) if found]
    means = [sum(heights[each] for each in found) / len(found) for found in sides]
    return sum(means) / len(means) if means else heights[name]


def _apart(
    column: Sequence[str], wanted: Callable[[str], float], sizes: Mapping[str, float], gap: float
) -> dict[str, float]:
    """The heights nearest to the wanted ones, by least squares, that keep the shapes apart and in order."""
    offsets = [0.0]
    for above, below in pairwise(column):
        offsets.append(offsets[-1] - gap - (sizes[above] + sizes[below]) / 2)
    blocks: list[tuple[float, int]] = []
    for name, offset in zip(column, offsets, strict=True):
        mean, count = wanted(name) - offset, 1
        # A block above must not ask for less than the block below it.
        while blocks and blocks[-1][0] < mean:
            other, size = blocks.pop()
            mean, count = (mean * count + other * size) / (count + size), count + size
        blocks.append((mean, count))
    shifts = [mean for mean, count in blocks for _ in range(count)]
    return {name: shift + offset for name, shift, offset in zip(column, shifts, offsets, strict=True)}
