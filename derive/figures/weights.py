"""Labels on straight arrows: each near its start, none on another label, a shape or a foreign arrow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import hypot

from derive.figures.drawing import Point

# Shares of the way at which a label may stand; the preferred one comes first where nothing is in the way.
_PREFERRED = 0.3
_SHARES = tuple(share / 100 for share in range(16, 85, 2))
_ROUNDS = 4
_COLLISION, _CROSSING = 1000.0, 4.0
# How far a label stays away from others, in centimetres.
_MARGIN = 0.04


@dataclass(frozen=True, slots=True)
class Line:
    """A straight arrow that wants a label of this size."""

    start: Point
    end: Point
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Rectangle:
    """A part of the sheet, by its middle and half its size."""

    middle: Point
    across: float
    up: float

    def meets(self, other: Rectangle) -> bool:
        """Whether two rectangles have a part in common."""
        return (
            abs(self.middle.x - other.middle.x) < self.across + other.across
            and abs(self.middle.y - other.middle.y) < self.up + other.up
        )

    def is_crossed(self, start: Point, end: Point) -> bool:
        """Whether a straight line passes through, by the slabs that the line is in."""
        low, high = 0.0, 1.0
        for at, step, middle, half in (
            (start.x, end.x - start.x, self.middle.x, self.across),
            (start.y, end.y - start.y, self.middle.y, self.up),
        ):
            if step == 0:
                if abs(at - middle) >= half:
                    return False
                continue
            one, other = sorted(((middle - half - at) / step, (middle + half - at) / step))
            low, high = max(low, one), min(high, other)
        return low < high


def shares(
    lines: Sequence[Line], obstacles: Sequence[Rectangle], others: Sequence[tuple[Point, Point]] = ()
) -> tuple[float, ...] | None:
    """Where on its arrow each label stands, off the `other` lines; None where they cannot all stand apart."""
    options = [[(share, _rectangle(line, share)) for share in _SHARES] for line in lines]
    alone = [[_cost_alone(at, *option, lines, obstacles, others) for option in options[at]] for at in range(len(lines))]
    chosen = [_SHARES.index(_PREFERRED)] * len(lines)
    for _ in range(_ROUNDS):
        before = list(chosen)
        for at in range(len(lines)):
            chosen[at] = _cheapest(at, chosen, options, alone)[1]
        if chosen == before:
            break
    worst = max((_cost(at, own, chosen, options, alone) for at, own in enumerate(chosen)), default=0.0)
    return tuple(_SHARES[each] for each in chosen) if worst < _COLLISION else None


Option = tuple[float, Rectangle]


def _cheapest(
    at: int, chosen: Sequence[int], options: Sequence[Sequence[Option]], alone: Sequence[Sequence[float]]
) -> tuple[float, int]:
    return min((_cost(at, own, chosen, options, alone), own) for own in range(len(_SHARES)))


def _cost(
    at: int, own: int, chosen: Sequence[int], options: Sequence[Sequence[Option]], alone: Sequence[Sequence[float]]
) -> float:
    """The cost of a place, given where the other labels stand."""
    rectangle = options[at][own][1]
    met = sum(rectangle.meets(options[other][chosen[other]][1]) for other in range(len(chosen)) if other != at)
    return alone[at][own] + _COLLISION * met


def _cost_alone(
    at: int,
    share: float,
    own: Rectangle,
    lines: Sequence[Line],
    obstacles: Sequence[Rectangle],
    others: Sequence[tuple[Point, Point]],
) -> float:
    """The cost of a place that does not depend on other labels: arrows and shapes in the way."""
    crossed = sum(own.is_crossed(line.start, line.end) for other, line in enumerate(lines) if other != at)
    crossed += sum(own.is_crossed(*other) for other in others)
    return abs(share - _PREFERRED) + _CROSSING * crossed + _COLLISION * sum(map(own.meets, obstacles))


def _rectangle(line: Line, share: float) -> Rectangle:
    return Rectangle(line.start.towards(line.end, share), line.width / 2 + _MARGIN, line.height / 2 + _MARGIN)


def cut(start: Point, end: Point, before: float, after: float) -> tuple[Point, Point]:
    """A line shortened at both ends, where round shapes of these radii stand."""
    length = hypot(end.x - start.x, end.y - start.y) or 1.0
    return start.towards(end, before / length), start.towards(end, 1 - after / length)
