"""The figure of a network: neurons in columns, weights on the arrows, biases from above."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from derive.figures.drawing import MOST_WIDTH, Arrow, Drawing, Label, Point, Shape
from derive.figures.layers import Network, network_of
from derive.figures.layout import Edge, Layout, layered
from derive.figures.sheet import Paths, description, edges_on, is_dots, keys, label, label_width
from derive.figures.weights import with_weights
from derive.graph import Graph

# Up to so many arrows, the weights stand on them; more arrows are drawn thin.
MOST_WEIGHTS = 24
# Lengths in centimetres: sizes of shapes, distances of columns and rows, with weights and without.
_HEIGHT, _HIGHEST, _LOSS = 0.86, 1.3, 0.8
_APART, _APART_BARE, _CLOSEST = 3.2, 2.6, 0.5
_GAP, _GAP_BARE, _JOINT = 1.25, 0.45, 0.6
_LABEL_BELOW, _LABELS_APART = 0.75, 0.4
_BIAS_ABOVE, _BIAS_HEIGHT = 0.7, 0.34
_TITLE_ABOVE, _TITLE_HEIGHT, _TITLE_WIDTH, _LETTER = 0.5, 0.3, 2.2, 0.17
# Weights need columns so far apart.
_ROOM_FOR_WEIGHTS = 1.2


def network(graph: Graph, paths: Paths = ()) -> Drawing | None:
    """The drawing of a scalar network of neurons; None of another model, or if its names are too long for it.

    Arrows on `paths` are drawn strong and the rest pale; weights and biases are named while there is room.
    """
    found = network_of(graph)
    if found is None:
        return None
    bare = _Figure(found, paths, named=False)
    if bare.apart < bare.width + _CLOSEST:
        return None
    return replace(bare, named=True).drawing() or bare.drawing()


@dataclass(frozen=True)
class _Figure:
    network: Network
    paths: Paths
    named: bool

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The quantities that are drawn."""
        every = (name for column in self.network.columns for name in column)
        return tuple(name for name in (*every, *self.network.labels) if not is_dots(name))

    def label(self, name: str) -> str:
        """The LaTeX of a name."""
        return label(name, self.network.graph.model.notation)

    @cached_property
    def width(self) -> float:
        """How wide neurons are: circles, bars around long names."""
        widest = max(label_width(self.label(name)) for name in self.names)
        return max(_HEIGHT, widest + 0.24)

    @property
    def height(self) -> float:
        """How high neurons are."""
        return self.width if self.width <= _HIGHEST else _HEIGHT

    @cached_property
    def apart(self) -> float:
        """How far the middles of columns are from each other."""
        columns = len(self.network.columns) + (len(self.network.labels) > 1)
        room = MOST_WIDTH - max(self.width, _TITLE_WIDTH)
        return min(_APART if self.named else _APART_BARE, room / max(1, columns - 1))

    @cached_property
    def on_paths(self) -> frozenset[Edge]:
        """The arrows on the paths, those with a weight on them too."""
        found = edges_on(self.paths)
        weighed = {edge for edge, weight in self.network.weights.items() if (weight, edge[1]) in found}
        return found | weighed

    @cached_property
    def followed(self) -> frozenset[str]:
        """The names on the paths."""
        return frozenset(name for path in self.paths for name in path)

    def drawing(self) -> Drawing | None:
        """The drawing; None where weights would collide."""
        if self.named and not self._has_room:
            return None
        sizes = {name: self.height for column in self.network.columns for name in column}
        gap = _GAP if self.named else _GAP_BARE
        layout = layered(self.network.columns, self.network.edges, sizes, gap=gap, joint=_JOINT, fixed=True)
        shapes = {each.key: each for each in (*self._shapes(layout), *self._labels(layout))}
        biases = {each.key: each for each in self._biases(shapes)} if self.named else {}
        arrows = tuple(self._arrows(layout))
        placed = with_weights(arrows, {**shapes, **biases})
        if placed is None:
            return None
        every = (*placed, *self._bias_arrows()) if self.named else placed
        return self._framed((*shapes.values(), *biases.values()), every)

    @property
    def _has_room(self) -> bool:
        few = len(self.network.edges) <= MOST_WEIGHTS
        return few and self.network.is_whole and self.apart - self.width >= _ROOM_FOR_WEIGHTS

    @cached_property
    def _keys(self) -> Mapping[str, str]:
        columns = (name for column in self.network.columns for name in column)
        return keys([*columns, *self.network.labels, *map(_bias_of, self.network.biases)])

    def _shapes(self, layout: Layout) -> Iterator[Shape]:
        for at, column in enumerate(self.network.columns):
            for name in column:
                place = Point(at * self.apart, layout.heights[name])
                yield self._shape(name, place, is_steep=len(column) > 1)

    def _shape(self, name: str, place: Point, *, is_steep: bool) -> Shape:
        key = self._keys[name]
        if is_dots(name):
            text = r"\vdots" if is_steep else r"\cdots"
            return Shape(key, "dots", place, _JOINT, _JOINT, text, steep=is_steep)
        pale = bool(self.paths) and name not in self.followed
        if name == self.network.graph.loss and self.network.has_loss:
            wide = max(_LOSS, label_width(self.label(name)) + 0.35)
            return Shape(key, "loss", place, wide, _LOSS, self.label(name), pale)
        kind = "neuron" if name in self.network.graph.by_target else "input"
        return Shape(key, kind, place, self.width, self.height, self.label(name), pale)

    def _labels(self, layout: Layout) -> Iterator[Shape]:
        """The data of the loss: one below it, several at its other side."""
        names = self.network.labels
        for at, name in enumerate(names):
            x = (len(self.network.columns) - 1) * self.apart
            y = layout.heights[self.network.graph.loss]
            if len(names) == 1:
                place = Point(x, y - (self.height + _LOSS) / 2 - _LABEL_BELOW)
            else:
                step = self.height + _LABELS_APART
                place = Point(x + self.apart, y + step * ((len(names) - 1) / 2 - at))
            yield self._shape(name, place, is_steep=True)

    def _biases(self, shapes: Mapping[str, Shape]) -> Iterator[Shape]:
        for name, bias in self.network.biases.items():
            neuron = shapes[self._keys[name]]
            place = Point(neuron.at.x, neuron.at.y + neuron.height / 2 + _BIAS_ABOVE)
            pale = bool(self.paths) and bias not in self.followed
            text = self.label(bias)
            wide = label_width(text) + 0.1
            yield Shape(self._keys[_bias_of(name)], "parameter", place, wide, _BIAS_HEIGHT, text, pale)

    def _arrows(self, layout: Layout) -> Iterator[Arrow]:
        column = {name: at for at, names in enumerate(layout.columns) for name in names}
        for edge in self.network.edges:
            joints = layout.joints.get(edge, ())
            through = tuple(Point(column[each] * self.apart, layout.heights[each]) for each in joints)
            weight = self.network.weights.get(edge)
            text = self.label(weight) if self.named and weight is not None else None
            start, end = (self._keys[name] for name in edge)
            strength = self._strength(edge in self.on_paths)
            yield Arrow(start, end, through, text, strength=strength, curved=bool(through))
        for name in filter(self.names.__contains__, self.network.labels):
            yield Arrow(self._keys[name], self._keys[self.network.graph.loss], strength=self._strength(False))

    def _bias_arrows(self) -> Iterator[Arrow]:
        on = edges_on(self.paths)
        for name, bias in self.network.biases.items():
            strength = self._strength((bias, name) in on)
            yield Arrow(self._keys[_bias_of(name)], self._keys[name], strength=strength)

    def _strength(self, is_on_path: bool) -> str:
        if self.paths:
            return "strong" if is_on_path else "pale"
        return "plain" if len(self.network.edges) <= MOST_WEIGHTS else "thin"

    def _framed(self, shapes: Sequence[Shape], arrows: Sequence[Arrow]) -> Drawing:
        """The drawing with its lower left corner at the origin, and titles on top."""
        titles = self._titles(max(each.at.y + each.height / 2 for each in shapes))
        extents = [(each.at.x, each.width / 2) for each in shapes]
        extents += [(each.at.x, _LETTER * len(each.text) / 2) for each in titles]
        left = min(x - half for x, half in extents)
        right = max(x + half for x, half in extents)
        lowest = min(each.at.y - each.height / 2 for each in shapes)
        top = titles[0].at.y + _TITLE_HEIGHT

        def moved(point: Point) -> Point:
            return Point(point.x - left, point.y - lowest)

        return Drawing(
            "Network",
            description([edge for edge in self.network.edges if not any(map(is_dots, edge))]),
            right - left,
            top - lowest,
            tuple(replace(each, at=moved(each.at)) for each in shapes),
            tuple(replace(each, through=tuple(map(moved, each.through))) for each in arrows),
            tuple(replace(each, at=moved(each.at)) for each in titles),
        )

    def _titles(self, top: float) -> list[Label]:
        return [
            Label("layer", Point(at * self.apart, top + _TITLE_ABOVE), title)
            for at, title in enumerate(self.network.titles)
            if title
        ]


def _bias_of(name: str) -> str:
    return f"bias of {name}"
