"""A drawing as SVG: text with Unicode letters and raised or lowered scripts, no fonts or scripts needed."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from derive.figures.drawing import (
    BEND,
    ROUND,
    Arrow,
    Drawing,
    Label,
    Point,
    Shape,
    is_level,
    label_place,
    outline_towards,
)
from derive.figures.environments import number, svg_environment
from derive.figures.sheet import label_width
from derive.typesetting import SPACES_IN_TEXT, Run, runs

# Pixels to the centimetre, and the empty border of the sheet.
SCALE = 40.0
MARGIN = 12.0
# Letters have their middle at a place: so far below, relative to their size, is the line they stand on.
_MIDDLE = 0.32

_FILLS = {"input": "#f4f4f4", "neuron": "#eaf0fb", "quantity": "#eaf0fb", "loss": "#fdf0e0"}
_INK, _STROKE, _PALE_INK, _PALE_STROKE = "#111111", "#444444", "#8a8a8a", "#c4c4c4"
_LABELS = {"layer": ("#5a5a5a", 12), "value": ("#1a4f9c", 12), "adjoint": ("#a3261d", 12)}


@dataclass(frozen=True, slots=True)
class Tone:
    """How an arrow is drawn; its head has the tone's name."""

    name: str
    colour: str
    width: str


_TONES = {
    "plain": Tone("plain", "#444444", "1"),
    "thin": Tone("thin", "#8f8f8f", "0.7"),
    "strong": Tone("strong", "#1a4f9c", "2"),
    "pale": Tone("pale", "#c4c4c4", "1"),
}


@dataclass(frozen=True, slots=True)
class _Line:
    path: str
    tone: Tone


@dataclass(frozen=True, slots=True)
class _Outline:
    x: float
    y: float
    width: float
    height: float
    corner: float
    fill: str
    stroke: str


@dataclass(frozen=True, slots=True)
class _Piece:
    text: str
    right: float
    down: float
    size: float
    style: str


@dataclass(frozen=True, slots=True)
class _Text:
    x: float
    y: float
    size: int
    fill: str
    runs: tuple[_Piece, ...]


@dataclass(frozen=True, slots=True)
class _Sheet:
    """What the template prints, in pixels from the upper left corner."""

    drawing: Drawing

    @property
    def title(self) -> str:
        return self.drawing.title

    @property
    def description(self) -> str:
        return self.drawing.description

    @property
    def width(self) -> float:
        return SCALE * self.drawing.width + 2 * MARGIN

    @property
    def height(self) -> float:
        return SCALE * self.drawing.height + 2 * MARGIN

    @property
    def tones(self) -> list[Tone]:
        """The tones that arrows use."""
        used = {each.strength for each in self.drawing.arrows}
        return [tone for name, tone in _TONES.items() if name in used]

    @property
    def arrows(self) -> Iterator[_Line]:
        shapes = {each.key: each for each in self.drawing.shapes}
        for arrow in self.drawing.arrows:
            yield _Line(self._path(arrow, shapes), _TONES[arrow.strength])

    def _path(self, arrow: Arrow, shapes: dict[str, Shape]) -> str:
        start, end = shapes[arrow.start], shapes[arrow.end]
        if not arrow.curved:
            first, last = outline_towards(start, end.at), outline_towards(end, start.at)
            return f"M{self._place(first)}L{self._place(last)}"
        stops = [start.right, *arrow.through, end.left]
        bends = "".join(self._bend(one, other) for one, other in itertools.pairwise(stops))
        return f"M{self._place(stops[0])}{bends}"

    def _bend(self, start: Point, end: Point) -> str:
        if is_level(start, end):
            return f"L{self._place(end)}"
        reach = BEND * (end.x - start.x)
        controls = (Point(start.x + reach, start.y), Point(end.x - reach, end.y))
        return "C" + " ".join(map(self._place, (*controls, end)))

    @property
    def outlines(self) -> Iterator[_Outline]:
        for shape in self.drawing.shapes:
            if shape.kind in _FILLS:
                stroke = _PALE_STROKE if shape.pale else _STROKE
                corner = min(shape.width, shape.height) / 2 if shape.kind in ROUND else 0.1
                yield self._outline(shape.at, shape.width, shape.height, corner, _FILLS[shape.kind], stroke)
        for place, text, _ in self._labelled():
            wide = 0.9 * label_width(text) + 0.1
            yield self._outline(place, wide, 0.36, 0.0, "#ffffff", "none")

    def _outline(
        self, at: Point, width: float, height: float, corner: float, fill: str, stroke: str
    ) -> _Outline:
        x, y = self._pixels(Point(at.x - width / 2, at.y + height / 2))
        return _Outline(x, y, SCALE * width, SCALE * height, SCALE * corner, fill, stroke)

    def _labelled(self) -> Iterator[tuple[Point, str, bool]]:
        """Where labels stand on arrows, what they say, and whether they are pale."""
        shapes = {each.key: each for each in self.drawing.shapes}
        for arrow in self.drawing.arrows:
            if arrow.label is not None:
                yield label_place(arrow, shapes), arrow.label, arrow.strength == "pale"

    @property
    def texts(self) -> Iterator[_Text]:
        for shape in self.drawing.shapes:
            pieces = [Run("⋮" if shape.steep else "⋯")] if shape.kind == "dots" else runs(shape.label)
            yield self._text(shape.at, 14, _PALE_INK if shape.pale else _INK, tuple(pieces))
        for place, text, pale in self._labelled():
            yield self._text(place, 13, _PALE_INK if pale else _INK, runs(text))
        yield from map(self._label, self.drawing.labels)

    def _label(self, label: Label) -> _Text:
        fill, size = _LABELS[label.kind]
        pieces = (Run(label.text),) if label.kind == "layer" else runs(label.text)
        return self._text(label.at, size, fill, pieces)

    def _text(self, at: Point, size: int, fill: str, pieces: tuple[Run, ...]) -> _Text:
        x, y = self._pixels(at)
        return _Text(x, y + _MIDDLE * size, size, fill, tuple(_pieces(pieces, size)))

    def _pixels(self, point: Point) -> tuple[float, float]:
        return SCALE * point.x + MARGIN, self.height - MARGIN - SCALE * point.y

    def _place(self, point: Point) -> str:
        return " ".join(map(number, self._pixels(point)))


def svg(drawing: Drawing) -> str:
    """The drawing as an SVG file with a title and a description; the same text for the same drawing."""
    return svg_environment().get_template("drawing.svg.jinja").render(sheet=_Sheet(drawing))


def _pieces(found: tuple[Run, ...], size: int) -> Iterator[_Piece]:
    """The runs with their steps to the right and down; spaces at the ends of a text are such steps too."""
    rise = gap = 0.0
    for run in found:
        text = run.text.strip()
        before = run.text[: len(run.text) - len(run.text.lstrip())]
        gap += _spaces(before if text else run.text)
        if text:
            style = "italic" if run.italic else "normal"
            yield _Piece(text, gap * size, (rise - run.rise) * size, run.size * size, style)
            rise, gap = run.rise, _spaces(run.text[len(run.text.rstrip()) :])


def _spaces(text: str) -> float:
    return sum(SPACES_IN_TEXT.get(each, 0.3) for each in text)
