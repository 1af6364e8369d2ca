"""A drawing as TikZ, the way a person would type it; needs the TikZ library arrows.meta."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from derive.figures.drawing import Arrow, Drawing, Label, Point, Shape
from derive.figures.environments import number, tikz_environment


@dataclass(frozen=True, slots=True)
class _Node:
    """A shape; `tone` is a further option."""

    key: str
    kind: str
    at: Point
    width: float
    height: float
    label: str
    tone: str


@dataclass(frozen=True, slots=True)
class _Edge:
    """An arrow with its path in the words of TikZ."""

    start: str
    end: str
    path: str
    label: str | None
    share: float
    strength: str


@dataclass(frozen=True, slots=True)
class _Picture:
    """What the template prints."""

    shapes: tuple[_Node, ...]
    arrows: tuple[_Edge, ...]
    labels: tuple[Label, ...]

    @property
    def labelled(self) -> Iterator[_Edge]:
        """The arrows that carry a label."""
        return (each for each in self.arrows if each.label is not None)

    @property
    def numbers(self) -> Iterator[Label]:
        """The labels that are mathematics."""
        return (each for each in self.labels if each.kind != "layer")

    @property
    def layers(self) -> Iterator[Label]:
        """The labels that are words."""
        return (each for each in self.labels if each.kind == "layer")


def tikz(drawing: Drawing) -> str:
    """The drawing as a tikzpicture; the same text for the same drawing."""
    shapes = tuple(map(_node, drawing.shapes))
    arrows = tuple(map(_edge, drawing.arrows))
    picture = _Picture(shapes, arrows, drawing.labels)
    return tikz_environment().get_template("drawing.tikz.jinja").render(drawing=picture)


def _node(shape: Shape) -> _Node:
    tone = ", draw=black!25, text=black!45" if shape.pale and shape.kind != "parameter" else ""
    tone = ", text=black!45" if shape.pale and shape.kind == "parameter" else tone
    return _Node(shape.key, shape.kind, shape.at, shape.width, shape.height, shape.label, tone)


def _edge(arrow: Arrow) -> _Edge:
    link = " to[out=0, in=180] " if arrow.curved else " -- "
    stops = [f"({arrow.start})", *map(_place, arrow.through), f"({arrow.end})"]
    return _Edge(arrow.start, arrow.end, link.join(stops), arrow.label, arrow.share, arrow.strength)


def _place(point: Point) -> str:
    return f"({number(point.x)}, {number(point.y)})"
