"""What a layer does, and the layers of the model in a table."""

from __future__ import annotations

from collections.abc import Iterator

from derive.formula import Call, Formula, Indexed, Name, Relation, walk
from derive.walkthrough.architecture import Neuron
from derive.walkthrough.signals import is_preactivation
from derive.walkthrough.story import Story
from derive.walkthrough.tree import Block, Cell, Section, Sentence, Table
from derive.walkthrough.voice import paragraph, say

HEADS = (
    "tensor.column_layer",
    "tensor.column_input",
    "tensor.column_weights",
    "tensor.column_bias",
    "tensor.column_function",
    "tensor.column_sizes",
)


def layers_section(story: Story) -> Iterator[Block]:
    """The section on layers, where the model has some."""
    layers = [each for each in story.neurons if _is_layer(each, story)]
    if not layers:
        return
    first = layers[0]
    rows = tuple(_row(each, story) for each in layers)
    columns = tuple(map(say, HEADS))
    kept = [at for at in range(len(HEADS)) if any(row[at] is not None for row in rows)]
    table = Table(
        tuple(columns[at] for at in kept),
        tuple(tuple(row[at] for at in kept) for row in rows),
        "l" * len(kept),
    )
    told = (say("tensor.layer"), *_rows_of_weights(first))
    yield Section(say("tensor.layers_title"), (paragraph(*told), table))


def _is_layer(neuron: Neuron, story: Story) -> bool:
    weighted = neuron.sum_equation or neuron.output
    return bool(weighted.indices) and (
        is_preactivation(weighted, story.graph) or neuron.activation is not None
    )


def _rows_of_weights(neuron: Neuron) -> Iterator[Sentence]:
    """What a row or a column of the weights is."""
    weight, output = neuron.weighed[0].weight, neuron.output.indices[-1]
    if not isinstance(weight, Indexed) or len(weight.indices) != 2:
        return
    told = "tensor.weights_by_row" if weight.indices[0] == Name(output) else "tensor.weights_by_column"
    yield say(told, weights=Name(weight.name), index=Name(output))


def _row(neuron: Neuron, story: Story) -> tuple[Cell, ...]:
    inputs = _names(tuple(each.input for each in neuron.weighed))
    weights = _names(tuple(each.weight for each in neuron.weighed))
    outputs = [each.target for each in (neuron.sum_equation, neuron.output) if each is not None]
    return (
        _names(tuple(map(Name, outputs))),
        inputs,
        weights,
        None if neuron.bias is None else Name(neuron.bias.name),
        _function(neuron),
        _sizes(neuron, story),
    )


def _names(parts: tuple[Formula, ...]) -> Cell:
    names = tuple(dict.fromkeys(Name(node.name) for each in parts for node in _operands(each)))
    return names[0] if len(names) == 1 else say("phrase.commas", parts=names)


def _operands(formula: Formula) -> Iterator[Name | Indexed]:
    for node in walk(formula):
        if isinstance(node, Name | Indexed):
            yield node
            return


def _function(neuron: Neuron) -> Cell:
    return None if neuron.activation is None else Call(neuron.activation, (Name("z"),))


def _sizes(neuron: Neuron, story: Story) -> Cell:
    sizes = [story.shape(each.name) for part in neuron.inputs for each in _operands(part)]
    after = story.shape(neuron.output.target)
    if len(sizes) != 1 or not sizes[0] or not after:
        return None
    return Relation((sizes[0][-1], after[-1]), ("→",))
