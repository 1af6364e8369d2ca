"""The figure of a network: inputs, layers of neurons, the loss; found from the graph, not from names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

from derive.figures.drawing import MOST_WIDTH, Arrow, Drawing, Label, Point, Shape
from derive.figures.layout import Columns, Edge, Layout, layered
from derive.figures.sheet import Paths, description, edges_on, is_dots, keys, label, label_width, shown, visible
from derive.figures.weights import Line, Rectangle, cut, shares
from derive.formula import Name
from derive.graph import Graph
from derive.walkthrough.architecture import Neuron, neurons

# Of wider or deeper networks, a part is shown.
MOST_ROWS, MOST_COLUMNS = 6, 8
# Up to so many arrows, the weights stand on them.
MOST_WEIGHTS = 24
_RADIUS, _WIDEST = 0.43, 0.8
_APART, _APART_BARE = 3.2, 2.6
_GAP, _GAP_BARE = 1.25, 0.45
_BIAS_ABOVE, _BIAS_HEIGHT = 0.7, 0.34
_CAPTION_ABOVE, _CAPTION_WIDTH = 0.6, 2.2
_WEIGHT_HEIGHT = 0.34


def network(graph: Graph, paths: Paths = ()) -> Drawing | None:
    """The drawing of a scalar network of neurons; None of a model of another kind.

    Arrows on `paths` are drawn strong and the rest pale; weights and biases are named while there is room.
    """
    found = neurons(graph)
    if not found or any(graph.shapes.values()) or not _is_whole(graph, found):
        return None
    return _Network(graph, found, paths).drawing()


def _is_whole(graph: Graph, found: Sequence[Neuron]) -> bool:
    """Whether the model is neurons and a loss, nothing else."""
    sums = {each.sum_equation.target for each in found if each.sum_equation is not None}
    told = sums | {each.output.target for each in found} | {graph.loss}
    named = all(isinstance(each.input, Name) for neuron in found for each in neuron.weighed)
    return named and told >= {each.target for each in graph.equations}


@dataclass(frozen=True)
class _Network:
    graph: Graph
    neurons: Sequence[Neuron]
    paths: Paths

    @cached_property
    def weights(self) -> Mapping[Edge, str]:
        """The weight on each arrow into a neuron."""
        return {
            (each.input.name, neuron.output.target): each.weight.name
            for neuron in self.neurons
            for each in neuron.weighed
            if isinstance(each.input, Name) and isinstance(each.weight, Name)
        }

    @cached_property
    def biases(self) -> Mapping[str, str]:
        """The bias of each neuron that has one."""
        return {each.output.target: each.bias.name for each in self.neurons if each.bias is not None}

    @cached_property
    def has_loss(self) -> bool:
        """Whether the loss is computed from neurons and is none itself."""
        return all(each.output.target != self.graph.loss for each in self.neurons)

    @cached_property
    def labels_of_loss(self) -> tuple[str, ...]:
        """The data that the loss alone reads: what the outputs should have been."""
        if not self.has_loss:
            return ()
        reads = self.graph.by_target[self.graph.loss].reads
        inputs = {start for start, _ in self.weights}
        return tuple(name for name in reads if name in self.graph.model.data and name not in inputs)

    @cached_property
    def layers(self) -> Columns:
        """Inputs, then neurons by the longest way from an input."""
        depth: dict[str, int] = {}
        for neuron in self.neurons:
            sources = [start for start, end in self.weights if end == neuron.output.target]
            depth[neuron.output.target] = 1 + max(depth.setdefault(each, 0) for each in sources)
        found: list[list[str]] = [[] for _ in range(max(depth.values()) + 1)]
        for name in sorted(depth, key=lambda each: (depth[each], self._order(each))):
            found[depth[name]].append(name)
        return tuple(map(tuple, found))

    def _order(self, name: str) -> int:
        return self.graph.inputs.index(name) if name in self.graph.inputs else list(self.graph.by_target).index(name)

    @cached_property
    def columns(self) -> Columns:
        """The layers that are shown, and the loss after them."""
        found = shown(self.layers, MOST_COLUMNS, MOST_ROWS)
        return (*found, (self.graph.loss,)) if self.has_loss else found

    @cached_property
    def edges(self) -> list[Edge]:
        """The arrows between shapes that are shown."""
        outputs = [name for name in self.graph.by_target[self.graph.loss].reads if name in self.graph.by_target]
        into_loss = [(name, self.graph.loss) for name in outputs] if self.has_loss else []
        return visible([*self.weights, *into_loss], self.columns)

    @cached_property
    def is_named(self) -> bool:
        """Whether weights and biases may have room."""
        whole = not any(is_dots(name) for column in self.columns for name in column)
        return whole and len(self.edges) <= MOST_WEIGHTS and self._apart > 2.0

    @property
    def _apart(self) -> float:
        """How far columns are from each other."""
        beside = 1 if len(self.labels_of_loss) > 1 else 0
        return min(_APART, (MOST_WIDTH - max(2 * self._radius, _CAPTION_WIDTH)) / max(1, len(self.columns) - 1 + beside))

    @cached_property
    def _radius(self) -> float:
        names = [name for column in self.columns for name in column if not is_dots(name)]
        widest = max(label_width(self._label(name)) for name in (*names, *self.labels_of_loss))
        return min(_WIDEST, max(_RADIUS, widest / 2 + 0.12))

    def _label(self, name: str) -> str:
        return label(name, self.graph.model.notation)

    def drawing(self) -> Drawing:
        """The drawing with its weights, without them where they would collide."""
        named = self._drawing(named=True) if self.is_named else None
        return named or self._drawing(named=False) or self._empty()

    def _empty(self) -> Drawing:
        return Drawing("", "", 0.0, 0.0, (), (), ())

    def _drawing(self, *, named: bool) -> Drawing | None:
        tall = {name: 2 * self._radius for column in self.columns for name in column}
        layout = layered(self.columns, self.edges, tall, gap=_GAP if named else _GAP_BARE, joint=0.6, fixed=True)
        apart = self._apart if named else min(_APART_BARE, self._apart)
        shapes = {each.key: each for each in self._shapes(layout, apart)}
        arrows = self._arrows(layout, shapes, apart, named=named)
        biases = tuple(self._bias_shapes(shapes)) if named else ()
        placed = _with_weights(arrows, shapes, biases) if named else arrows
        if placed is None:
            return None
        bias_arrows = [
            Arrow(each.key, self._key(name), strength=self._strength(self.biases[name], name))
            for name, each in zip(self.biases, biases, strict=False)
        ]
        every = (*shapes.values(), *biases)
        return self._moved(every, (*placed, *bias_arrows), apart)

    @cached_property
    def _keys(self) -> dict[str, str]:
        names = [name for column in self.columns for name in column]
        return keys([*names, *self.labels_of_loss, *(f"bias {name}" for name in self.biases)])

    def _key(self, name: str) -> str:
        return self._keys[name]

    def _shapes(self, layout: Layout, apart: float) -> Iterator[Shape]:
        size = 2 * self._radius
        for at, column in enumerate(self.columns):
            for name in column:
                place = Point(self._radius + at * apart, layout.heights[name])
                text = r"\cdots" if name == "…" else r"\vdots" if is_dots(name) else self._label(name)
                kind = self._kind(name, at)
                side = size if kind != "loss" else max(0.8, min(size, label_width(text) + 0.35))
                pale = bool(self.paths) and not is_dots(name) and all(name not in path for path in self.paths)
                yield Shape(self._key(name), kind, place, side, side, text, pale, steep=text == r"\vdots")
        yield from self._label_shapes(layout, apart, size)

    def _label_shapes(self, layout: Layout, apart: float, size: float) -> Iterator[Shape]:
        """The data of the loss: one below it, several at its other side."""
        if not self.labels_of_loss:
            return
        loss = Point(self._radius + (len(self.columns) - 1) * apart, layout.heights[self.graph.loss])
        count = len(self.labels_of_loss)
        for at, name in enumerate(self.labels_of_loss):
            if count == 1:
                place = Point(loss.x, loss.y - size - 0.75)
            else:
                place = Point(loss.x + apart, loss.y + (size + 0.4) * ((count - 1) / 2 - at))
            yield Shape(self._key(name), "input", place, size, size, self._label(name), bool(self.paths))

    def _kind(self, name: str, column: int) -> str:
        if is_dots(name):
            return "dots"
        if name == self.graph.loss and self.has_loss:
            return "loss"
        return "input" if column == 0 or name in self.graph.inputs else "neuron"

    def _arrows(
        self, layout: Layout, shapes: Mapping[str, Shape], apart: float, *, named: bool
    ) -> tuple[Arrow, ...]:
        place = {name: at for at, column in enumerate(layout.columns) for name in column}
        found: list[Arrow] = []
        for start, end in self.edges:
            joints = layout.joints.get((start, end), ())
            through = tuple(
                Point(self._radius + place[each] * apart, layout.heights[each]) for each in joints
            )
            weight = self.weights.get((start, end))
            text = label(weight, self.graph.model.notation) if named and weight else None
            strength = self._strength(weight or start, end)
            found.append(
                Arrow(self._key(start), self._key(end), through, text, strength=strength, curved=bool(through))
            )
        data = [Arrow(self._key(name), self._key(self.graph.loss)) for name in self.labels_of_loss]
        return (*found, *(replace(each, strength=self._strength(each.start, each.end)) for each in data))

    def _strength(self, start: str, end: str) -> str:
        if not self.paths:
            return "plain" if len(self.edges) <= MOST_WEIGHTS else "thin"
        on = edges_on(self.paths)
        weighed = {self.weights.get(edge, ""): edge for edge in self.weights if edge in on}
        return "strong" if (start, end) in on or weighed.get(start, ("", ""))[1] == end else "pale"

    def _bias_shapes(self, shapes: Mapping[str, Shape]) -> Iterator[Shape]:
        for name, bias in self.biases.items():
            neuron = shapes[self._key(name)]
            place = Point(neuron.at.x, neuron.at.y + neuron.height / 2 + _BIAS_ABOVE)
            text = self._label(bias)
            pale = bool(self.paths) and all(bias not in path for path in self.paths)
            yield Shape(
                self._key(f"bias {name}"), "parameter", place, label_width(text) + 0.1, _BIAS_HEIGHT, text, pale
            )

    def _moved(self, shapes: Sequence[Shape], arrows: Sequence[Arrow], apart: float) -> Drawing:
        """The drawing with its lower left corner at the origin, and the names of the layers on top."""
        lowest = min(each.at.y - each.height / 2 for each in shapes)
        leftmost = min(each.at.x - each.width / 2 for each in shapes)
        captions = self._captions(shapes, apart)
        leftmost = min([leftmost, *(each.at.x - _words_width(each.text) / 2 for each in captions)])

        def move(point: Point) -> Point:
            return Point(point.x - leftmost, point.y - lowest)

        placed = tuple(replace(each, at=move(each.at)) for each in shapes)
        led = tuple(replace(each, through=tuple(map(move, each.through))) for each in arrows)
        texts = tuple(replace(each, at=move(each.at)) for each in captions)
        right = [each.at.x + each.width / 2 for each in placed]
        right += [each.at.x + _words_width(each.text) / 2 for each in texts]
        top = max(each.at.y for each in texts) + 0.25
        names = {name: self._label(name) for column in self.columns for name in column if not is_dots(name)}
        told = [edge for edge in self.edges if edge[0] in names and edge[1] in names]
        return Drawing("Network", description(told, names), max(right), top, placed, led, texts)

    def _captions(self, shapes: Sequence[Shape], apart: float) -> list[Label]:
        top = max(each.at.y + each.height / 2 for each in shapes) + _CAPTION_ABOVE
        titles = _titles(len(self.layers) - 1)
        hidden = len(self.columns) - self.has_loss < len(self.layers)
        if hidden:
            titles = ["Input layer", *[""] * (len(self.columns) - self.has_loss - 2), "Output layer"]
        found = [
            Label("layer", Point(self._radius + at * apart, top), title) for at, title in enumerate(titles) if title
        ]
        return found + ([self._loss_caption(top, apart)] if self.has_loss else [])

    def _loss_caption(self, top: float, apart: float) -> Label:
        return Label("layer", Point(self._radius + (len(self.columns) - 1) * apart, top), "Loss")


def _titles(count: int) -> list[str]:
    """The names of the input layer and of so many layers of neurons."""
    if count == 1:
        return ["Inputs", "Neurons"]
    if count == 2:
        return ["Input layer", "Hidden layer", "Output layer"]
    hidden = [f"Hidden layer {at}" if count < 5 else f"Hidden {at}" for at in range(1, count)]
    return ["Input layer", *hidden, "Output layer"]


def _words_width(text: str) -> float:
    return 0.17 * len(text)


def _with_weights(
    arrows: Sequence[Arrow], shapes: Mapping[str, Shape], biases: Sequence[Shape]
) -> tuple[Arrow, ...] | None:
    """The arrows with their labels at places where nothing collides; None if there are none."""
    obstacles = [_outline(each) for each in (*shapes.values(), *biases)]
    lines = {each: _line(each, shapes) for each in arrows if each.label is not None and not each.through}
    bent = [each for each in arrows if each.label is not None and each.through]
    obstacles += [Rectangle(each.through[0], label_width(each.label or "") / 2, _WEIGHT_HEIGHT / 2) for each in bent]
    others = [piece for each in arrows if each not in lines for piece in _pieces(each, shapes)]
    found = shares(tuple(lines.values()), obstacles, others)
    if found is None:
        return None
    places = dict(zip(lines, found, strict=True))
    return tuple(replace(each, share=places.get(each, 0.5)) for each in arrows)


def _pieces(arrow: Arrow, shapes: Mapping[str, Shape]) -> list[tuple[Point, Point]]:
    """An arrow as straight lines from stop to stop."""
    stops = [shapes[arrow.start].at, *arrow.through, shapes[arrow.end].at]
    return list(pairwise(stops))


def _outline(shape: Shape) -> Rectangle:
    return Rectangle(shape.at, shape.width / 2, shape.height / 2)


def _line(arrow: Arrow, shapes: Mapping[str, Shape]) -> Line:
    start, end = shapes[arrow.start], shapes[arrow.end]
    ends = cut(start.at, end.at, start.width / 2, end.width / 2)
    return Line(*ends, label_width(arrow.label or ""), _WEIGHT_HEIGHT)
