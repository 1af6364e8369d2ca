"""What the figure of a network shows: inputs, layers of neurons, weights, biases and the loss."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from derive.figures.layout import Columns, Edge
from derive.figures.sheet import is_dots, shortened, shown, visible
from derive.formula import Name
from derive.graph import Graph
from derive.walkthrough.architecture import Neuron, neurons

# Of wider or deeper networks, a part is shown.
MOST_ROWS, MOST_COLUMNS = 6, 8


@dataclass(frozen=True)
class Network:
    """A model seen as a network of scalar neurons: found from the graph, not from names."""

    graph: Graph
    neurons: Sequence[Neuron]

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
    def labels(self) -> tuple[str, ...]:
        """The data that the loss alone reads: what the outputs should have been."""
        if not self.has_loss:
            return ()
        reads = self.graph.by_target[self.graph.loss].reads
        inputs = {start for start, _ in self.weights}
        found = tuple(name for name in reads if name in self.graph.model.data and name not in inputs)
        return shortened(found, MOST_ROWS, "labels")

    @cached_property
    def layers(self) -> Columns:
        """Inputs, then neurons by the longest way from an input; each in the order of the model."""
        depth: dict[str, int] = {}
        for neuron in self.neurons:
            sources = [start for start, end in self.weights if end == neuron.output.target]
            depth[neuron.output.target] = 1 + max(depth.setdefault(each, 0) for each in sources)
        order = {name: at for at, name in enumerate((*self.graph.inputs, *self.graph.by_target))}
        found: list[list[str]] = [[] for _ in range(max(depth.values()) + 1)]
        for name in sorted(depth, key=order.__getitem__):
            found[depth[name]].append(name)
        return tuple(map(tuple, found))

    @cached_property
    def columns(self) -> Columns:
        """The layers that are shown, and the loss after them."""
        found = shown(self.layers, MOST_COLUMNS, MOST_ROWS)
        return (*found, (self.graph.loss,)) if self.has_loss else found

    @property
    def is_whole(self) -> bool:
        """Whether all of the network is shown."""
        return not any(is_dots(name) for column in self.columns for name in column)

    @cached_property
    def edges(self) -> tuple[Edge, ...]:
        """The arrows between shapes that are shown."""
        outputs = [
            name for name in self.graph.by_target[self.graph.loss].reads if name in self.graph.by_target
        ]
        into_loss = [(name, self.graph.loss) for name in outputs] if self.has_loss else []
        every = (*self.layers, (self.graph.loss,)) if self.has_loss else self.layers
        return tuple(visible([*self.weights, *into_loss], self.columns, every))

    @cached_property
    def titles(self) -> tuple[str, ...]:
        """The words above the columns, empty where a column has none."""
        loss = ("Loss",) if self.has_loss else ()
        count = len(self.columns) - len(loss)
        if count < len(self.layers):
            return ("Input layer", *[""] * (count - 2), "Output layer", *loss)
        if count == 2:
            return ("Inputs", "Neurons" if len(self.neurons) > 1 else "Neuron", *loss)
        hidden = [f"Hidden layer {at}" if count < 6 else f"Hidden {at}" for at in range(1, count - 1)]
        return ("Input layer", *(hidden if count > 3 else ["Hidden layer"]), "Output layer", *loss)


def network_of(graph: Graph) -> Network | None:
    """The model as a network of scalar neurons and a loss; None if it holds anything else."""
    found = neurons(graph)
    if not found or any(graph.shapes.values()):
        return None
    sums = {each.sum_equation.target for each in found if each.sum_equation is not None}
    told = sums | {each.output.target for each in found} | {graph.loss}
    named = all(isinstance(each.input, Name) for neuron in found for each in neuron.weighed)
    return Network(graph, found) if named and told >= {each.target for each in graph.equations} else None
