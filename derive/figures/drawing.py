"""A drawing: shapes, arrows and labels at places on a sheet, before it becomes TikZ or SVG.

Lengths are in centimetres, the origin is the lower left corner. Labels are LaTeX mathematics, or words.
"""

from __future__ import annotations

from dataclasses import dataclass

# Letters on drawings have this size, in centimetres to the em (10 pt).
EM = 0.3515
# No drawing is wider than the text.
MOST_WIDTH = 15.0


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

    Inputs, neurons and parameters are round, the others have corners; `steep` dots stand above each other.
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
    def is_round(self) -> bool:
        """Whether the outline is a circle."""
        return self.kind in ("input", "neuron")


@dataclass(frozen=True, slots=True)
class Label:
    """Small text: `kind` is "weight", "bias", "layer", "value" or "adjoint".

    `anchor` is the side of the text that stands at the place: "center", "south" (below the text), …;
    layers are words, all others are mathematics.
    """

    kind: str
    at: Point
    text: str
    anchor: str = "center"
    pale: bool = False


@dataclass(frozen=True, slots=True)
class Arrow:
    """From shape to shape, through `waypoints`; a label stands on it at a share of the way."""

    start: str
    end: str
    label: str | None = None
    share: float = 0.5
    waypoints: tuple[Point, ...] = ()
    strength: str = "plain"


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
