"""A drawing: shapes, arrows and labels at places on a sheet, before it becomes TikZ or SVG.

Lengths are in centimetres, the origin is the lower left corner. Labels are LaTeX mathematics, or words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import hypot

# Letters on drawings have this size, in centimetres to the em (10 pt).
EM = 0.3515
# No drawing is wider than the text, lines and their width included.
MOST_WIDTH = 14.9
# The kinds whose outline is a circle, or a bar with round ends around a long name.
ROUND = ("input", "neuron")
# The controls of a bend are so far from its ends, as a share of its width.
BEND = 0.5


@dataclass(frozen=True, slots=True)
class Point:
    """A place on the sheet."""

    x: float
    y: float

    def towards(self, other: Point, share: float) -> Point:
        """The place that part of the way to another."""
        return Point(self.x + share * (other.x - self.x), self.y + share * (other.y - self.y))


@dataclass(frozen=True, slots=True)
class Shape:
    """A quantity: `kind` is "input", "neuron", "loss", "quantity", "parameter" or "dots".

    Inputs and neurons are round, parameters and dots have no outline; `steep` dots stand above each other.
    """

    key: str
    kind: str
    at: Point
    width: float
    height: float
    label: str
    pale: bool = False
    steep: bool = False

    @property
    def right(self) -> Point:
        """Where arrows leave it."""
        return Point(self.at.x + self.width / 2, self.at.y)

    @property
    def left(self) -> Point:
        """Where arrows reach it."""
        return Point(self.at.x - self.width / 2, self.at.y)


@dataclass(frozen=True, slots=True)
class Label:
    """Small text centred at a place: `kind` is "layer" (words), "value" or "adjoint" (mathematics)."""

    kind: str
    at: Point
    text: str


@dataclass(frozen=True, slots=True)
class Arrow:
    """From shape to shape, straight, or through places where it runs level.

    A label stands on a straight one at a share of the way, else at the first place. `strength` is "plain",
    "thin", "strong" or "pale".
    """

    start: str
    end: str
    through: tuple[Point, ...] = ()
    label: str | None = None
    share: float = 0.5
    strength: str = "plain"
    curved: bool = False


@dataclass(frozen=True, slots=True)
class Drawing:
    """A finished drawing; `title` and `description` are for those who cannot see it."""

    title: str
    description: str
    width: float
    height: float
    shapes: tuple[Shape, ...]
    arrows: tuple[Arrow, ...]
    labels: tuple[Label, ...]


def is_level(start: Point, end: Point) -> bool:
    """Whether a line between two places is level to the eye."""
    return abs(start.y - end.y) < 0.005


def outline_towards(shape: Shape, other: Point) -> Point:
    """The place of a shape's outline on the straight way to another place."""
    across, up = other.x - shape.at.x, other.y - shape.at.y
    length = hypot(across, up) or 1.0
    if shape.kind in ROUND and shape.width == shape.height:
        return shape.at.towards(other, shape.width / 2 / length)
    share = min(
        shape.width / 2 / abs(across) if across else 1.0, shape.height / 2 / abs(up) if up else 1.0, 1.0
    )
    return shape.at.towards(other, share)


def label_place(arrow: Arrow, shapes: Mapping[str, Shape]) -> Point:
    """Where the label of an arrow stands: its share of the way between the outlines, or the first bend."""
    if arrow.through:
        return arrow.through[0]
    start, end = shapes[arrow.start], shapes[arrow.end]
    return outline_towards(start, end.at).towards(outline_towards(end, start.at), arrow.share)


def bend(start: Point, end: Point, share: float) -> Point:
    """A place on the bend between two places, level at both."""
    reach = BEND * (end.x - start.x)
    weights = ((1 - share) ** 3, 3 * share * (1 - share) ** 2, 3 * share**2 * (1 - share), share**3)
    across = (start.x, start.x + reach, end.x - reach, end.x)
    up = (start.y, start.y, end.y, end.y)
    return Point(
        sum(weight * x for weight, x in zip(weights, across, strict=True)),
        sum(weight * y for weight, y in zip(weights, up, strict=True)),
    )
