"""Labels on straight arrows: each near its start, none on another label, a shape or a foreign arrow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from derive.figures.drawing import Arrow, Point, Shape, bend, outline_towards
from derive.figures.sheet import label_width

# Shares of the way at which a label may stand; the preferred one comes first where nothing is in the way.
_PREFERRED = 0.3
_SHARES = tuple(share / 100 for share in range(16, 85, 2))
_ROUNDS = 4
_COLLISION, _CROSSING = 1000.0, 4.0
# How far a label stays away from others, in centimetres.
_MARGIN = 0.04
_HEIGHT = 0.34
# A bend is followed in so many straight lines.
_STEPS = 6


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
    alone = [
        [_cost_alone(at, *option, lines, obstacles, others) for option in options[at]]
        for at in range(len(lines))
    ]
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
    at: int,
    own: int,
    chosen: Sequence[int],
    options: Sequence[Sequence[Option]],
    alone: Sequence[Sequence[float]],
) -> float:
    """The cost of a place, given where the other labels stand."""
    rectangle = options[at][own][1]
    met = sum(
        rectangle.meets(options[other][chosen[other]][1]) for other in range(len(chosen)) if other != at
    )
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


def with_weights(arrows: Sequence[Arrow], shapes: Mapping[str, Shape]) -> tuple[Arrow, ...] | None:
    """The arrows with their labels at places where nothing collides; None if there are no such places."""
    lines = {each: _line(each, shapes) for each in arrows if each.label is not None and not each.through}
    bent = [each for each in arrows if each.label is not None and each.through]
    obstacles = [Rectangle(each.at, each.width / 2, each.height / 2) for each in shapes.values()]
    obstacles += [Rectangle(each.through[0], _label_width(each) / 2, _HEIGHT / 2) for each in bent]
    others = [piece for each in arrows if each not in lines for piece in _pieces(each, shapes)]
    found = shares(tuple(lines.values()), obstacles, others)
    if found is None:
        return None
    places = dict(zip(lines, found, strict=True))
    return tuple(replace(each, share=places.get(each, each.share)) for each in arrows)


def _line(arrow: Arrow, shapes: Mapping[str, Shape]) -> Line:
    start, end = shapes[arrow.start], shapes[arrow.end]
    return Line(outline_towards(start, end.at), outline_towards(end, start.at), _label_width(arrow), _HEIGHT)


def _label_width(arrow: Arrow) -> float:
    return label_width(arrow.label or "")


def _pieces(arrow: Arrow, shapes: Mapping[str, Shape]) -> list[tuple[Point, Point]]:
    """An arrow as short straight lines."""
    start, end = shapes[arrow.start], shapes[arrow.end]
    stops = [start.right, *arrow.through, end.left] if arrow.curved else [start.at, end.at]
    points = [bend(one, other, step / _STEPS) for one, other in pairwise(stops) for step in range(_STEPS + 1)]
    return list(pairwise(points))
