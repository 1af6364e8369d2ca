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

    A label stands on a straight one at a share of the way. `strength` is "plain", "strong" or "pale".
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
