"""A drawing as TikZ, the way a person would type it; needs the TikZ libraries arrows.meta and backgrounds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from derive.figures.drawing import BEND, ROUND, Arrow, Drawing, Label, Point, Shape, is_level, label_place
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
    """An arrow with its path in the words of TikZ, and the place of its label."""

    path: str
    strength: str
    label: str | None
    place: Point
    tone: str


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
    keyed = {each.key: each for each in drawing.shapes}
    arrows = tuple(_edge(each, keyed) for each in drawing.arrows)
    picture = _Picture(shapes, arrows, drawing.labels)
    return tikz_environment().get_template("drawing.tikz.jinja").render(drawing=picture).lstrip("\n")


def _node(shape: Shape) -> _Node:
    tone = ""
    if shape.kind in ROUND and shape.width > shape.height:
        tone += f", rectangle, rounded corners={number(shape.height / 2)}cm"
    if shape.pale:
        tone += ", text=black!45" if shape.kind == "parameter" else ", draw=black!25, text=black!45"
    return _Node(shape.key, shape.kind, shape.at, shape.width, shape.height, shape.label, tone)


def _edge(arrow: Arrow, shapes: Mapping[str, Shape]) -> _Edge:
    path = _curve(arrow, shapes) if arrow.curved else f"({arrow.start}) -- ({arrow.end})"
    place = label_place(arrow, shapes)
    tone = ", text=black!45" if arrow.strength == "pale" else ""
    return _Edge(path, arrow.strength, arrow.label, place, tone)


def _curve(arrow: Arrow, shapes: Mapping[str, Shape]) -> str:
    """Level at every stop, in between a bend that is as long as it is wide."""
    start, end = shapes[arrow.start].right, shapes[arrow.end].left
    stops = [start, *arrow.through, end]
    spelled = [f"({arrow.start}.east)", *map(_place, arrow.through), f"({arrow.end}.west)"]
    path = spelled[0]
    for one, other, place in zip(stops, stops[1:], spelled[1:], strict=False):
        path += f"{_link(one, other)}{place}"
    return path


def _link(start: Point, end: Point) -> str:
    if is_level(start, end):
        return " -- "
    reach = number((end.x - start.x) * BEND)
    return f" .. controls +({reach}, 0) and +(-{reach}, 0) .. "


def _place(point: Point) -> str:
    return f"({number(point.x)}, {number(point.y)})"
