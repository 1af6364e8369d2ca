"""The figure of a computation graph: a box for each quantity, with the operation that gives it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from derive.figures.drawing import MOST_WIDTH, Arrow, Drawing, Label, Point, Shape
from derive.figures.layout import Columns, Edge, Layout, layered
from derive.figures.sheet import (
    Paths,
    description,
    edges_on,
    is_dots,
    keys,
    label,
    label_width,
    shown,
    visible,
)
from derive.formula import Formula, Relation
from derive.graph import Graph
from derive.typesetting import is_tall

# Of larger graphs, a part is shown.
MOST_ROWS, MOST_COLUMNS = 7, 8
# Longer operations are left out of the boxes, in centimetres; in drawings too wide, shorter ones too.
_LONGEST = (4.2, 3.2, 2.6, 2.0, 0.0)
_HEIGHT, _TALL, _LOW = 0.72, 1.1, 0.5
_GAP, _APART, _CLOSEST = 0.42, 1.5, 0.55
_NUMBER_HEIGHT = 0.4


def computation_graph(
    graph: Graph,
    values: Mapping[str, Formula] | None = None,
    adjoints: Mapping[str, Formula] | None = None,
    paths: Paths = (),
) -> Drawing:
    """The drawing of who is computed from whom.

    With `values` and `adjoints`, every quantity has its number above and its adjoint below. Arrows on `paths`
    are drawn strong and the rest pale.
    """
    return _Graph(graph, values or {}, adjoints or {}, paths).drawing()


@dataclass(frozen=True)
class _Graph:
    graph: Graph
    values: Mapping[str, Formula]
    adjoints: Mapping[str, Formula]
    paths: Paths
    longest: tuple[float, ...] = _LONGEST
    most_columns: int = MOST_COLUMNS

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The quantities drawn: of large graphs, without parameters."""
        every = (*self.graph.inputs, *self.graph.by_target)
        if not self.graph.is_crowded:
            return every
        followed = {name for path in self.paths for name in path}
        return tuple(
            name
            for name in every
            if name not in self.graph.parameters or name in self.graph.model.data or name in followed
        )

    @cached_property
    def all_edges(self) -> list[Edge]:
        """Who is read by whom."""
        return [
            (name, each.target)
            for each in self.graph.equations
            for name in self.graph.reads(each)
            if name in self.names
        ]

    @cached_property
    def every_column(self) -> Columns:
        """The quantities by the longest way from an input; inputs stand right before their first reader."""
        depth: dict[str, int] = {}
        for each in self.graph.equations:
            depth[each.target] = 1 + max((depth.get(name, 0) for name in self.graph.reads(each)), default=0)
        for name in self.graph.inputs:
            depth[name] = min(depth[reader] for reader in self.graph.readers[name]) - 1
        found: list[list[str]] = [[] for _ in range(max(depth.values()) + 1)]
        for name in self.names:
            found[depth[name]].append(name)
        return tuple(tuple(column) for column in found if column)

    @cached_property
    def columns(self) -> Columns:
        """The quantities that are shown, and dots for the others."""
        return shown(self.every_column, self.most_columns, MOST_ROWS)

    @cached_property
    def edges(self) -> list[Edge]:
        """The arrows between quantities that are shown."""
        return visible(self.all_edges, self.columns, self.every_column)

    @cached_property
    def shapes(self) -> Mapping[str, Shape]:
        """The shapes, not placed yet; all boxes of a column are as wide as the widest."""
        found: dict[str, Shape] = {}
        named = keys(name for column in self.columns for name in column)
        for column in self.columns:
            drawn = {name: self._shape(name, named[name]) for name in column}
            boxes = [each.width for each in drawn.values() if each.kind in ("quantity", "loss")]
            for name, each in drawn.items():
                is_box = each.kind in ("quantity", "loss")
                found[name] = replace(each, width=max(boxes)) if is_box else each
        return found

    def _shape(self, name: str, key: str) -> Shape:
        if is_dots(name):
            steep = name != "…"
            return Shape(key, "dots", Point(0, 0), 0.6, 0.6, r"\vdots" if steep else r"\cdots", steep=steep)
        tex = self._label(name)
        pale = bool(self.paths) and all(name not in path for path in self.paths)
        wide = label_width(tex)
        tall = _TALL if is_tall(tex) else _HEIGHT
        if name in self.graph.by_target:
            kind = "loss" if name == self.graph.loss else "quantity"
            return Shape(key, kind, Point(0, 0), max(0.8, wide + 0.4), tall, tex, pale)
        if name in self.graph.model.data:
            return Shape(key, "input", Point(0, 0), max(_HEIGHT, wide + 0.3), _HEIGHT, tex, pale)
        return Shape(key, "parameter", Point(0, 0), wide + 0.16, _LOW, tex, pale)

    def _label(self, name: str) -> str:
        """A quantity with its operation, if that is short."""
        equation = self.graph.by_target.get(name)
        if equation is None:
            return label(name, self.graph.model.notation)
        whole = label(Relation((equation.left, equation.formula), ("=",)), self.graph.model.notation)
        if label_width(whole) <= self.longest[0]:
            return whole
        return label(equation.left, self.graph.model.notation)

    def drawing(self) -> Drawing:
        """The drawing; one too wide loses the longest operations, then columns."""
        if self._least_width <= MOST_WIDTH:
            return self._drawing()
        if len(self.longest) > 1:
            return replace(self, longest=self.longest[1:]).drawing()
        if self.most_columns > 3:
            return replace(self, most_columns=self.most_columns - 1).drawing()
        return self._drawing()

    @cached_property
    def _widths(self) -> list[float]:
        return [max(self.shapes[name].width for name in column) for column in self.columns]

    @property
    def _least_width(self) -> float:
        return sum(self._widths) + _CLOSEST * (len(self._widths) - 1)

    @property
    def _between(self) -> float:
        """How far columns are from each other."""
        gaps = max(1, len(self._widths) - 1)
        return max(_CLOSEST, min(_APART, (MOST_WIDTH - sum(self._widths)) / gaps))

    def _drawing(self) -> Drawing:
        tall = {name: each.height + self._numbers_height(name) for name, each in self.shapes.items()}
        layout = layered(self.columns, self.edges, tall, gap=_GAP, joint=_HEIGHT)
        lefts = [0.0]
        for wide in self._widths:
            lefts.append(lefts[-1] + wide + self._between)
        place = {name: at for at, column in enumerate(layout.columns) for name in column}
        shapes = {
            name: replace(
                each, at=Point(lefts[place[name]] + self._widths[place[name]] / 2, layout.heights[name])
            )
            for name, each in self.shapes.items()
        }
        arrows = tuple(self._arrow(edge, layout, shapes, place, lefts) for edge in self.edges)
        labels = tuple(self._numbers(shapes))
        top = max(
            layout.heights[name] + tall.get(name, 0.3) / 2 for column in layout.columns for name in column
        )
        told = [edge for edge in self.edges if not any(map(is_dots, edge))]
        right = lefts[-1] - self._between
        return Drawing(
            "Computation graph", description(told), right, top, tuple(shapes.values()), arrows, labels
        )

    def _arrow(
        self,
        edge: Edge,
        layout: Layout,
        shapes: Mapping[str, Shape],
        place: Mapping[str, int],
        lefts: list[float],
    ) -> Arrow:
        """From the right side to the left side; level across the columns that it passes."""
        start, end = edge
        through: list[Point] = []
        for joint in layout.joints.get(edge, ()):
            left = lefts[place[joint]]
            through += [
                Point(left, layout.heights[joint]),
                Point(left + self._widths[place[joint]], layout.heights[joint]),
            ]
        edge_of_start = Point(lefts[place[start]] + self._widths[place[start]], shapes[start].at.y)
        edge_of_end = Point(lefts[place[end]], shapes[end].at.y)
        if edge_of_start.x - shapes[start].right.x > 0.05:
            through.insert(0, edge_of_start)
        if shapes[end].left.x - edge_of_end.x > 0.05:
            through.append(edge_of_end)
        on = edges_on(self.paths)
        strength = "plain" if not self.paths else "strong" if edge in on else "pale"
        return Arrow(shapes[start].key, shapes[end].key, tuple(through), strength=strength, curved=True)

    def _numbers_height(self, name: str) -> float:
        return _NUMBER_HEIGHT * ((name in self.values) + (name in self.adjoints))

    def _numbers(self, shapes: Mapping[str, Shape]) -> Iterator[Label]:
        for name, shape in shapes.items():
            away = shape.height / 2 + _NUMBER_HEIGHT / 2
            if name in self.values:
                text = label(self.values[name], self.graph.model.notation)
                yield Label("value", Point(shape.at.x, shape.at.y + away), text)
            if name in self.adjoints:
                text = label(self.adjoints[name], self.graph.model.notation)
                yield Label("adjoint", Point(shape.at.x, shape.at.y - away), text)
