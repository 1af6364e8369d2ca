"""The layers of a network: an affine map and an activation each, in a row, alike but for their names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from derive.formula import Call, Formula, Indexed, Name, rewrite
from derive.walkthrough.architecture import Neuron
from derive.walkthrough.story import Story

# Fewer layers than this are told one by one.
FEWEST = 3
_NUMBER = re.compile(r"_?\d+\Z")


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer by the names of its parts; the last one may have no activation, and then no output."""

    source: str
    weights: str
    bias: str | None
    sum: str
    output: str | None
    activation: str | None

    @property
    def parameters(self) -> tuple[str, ...]:
        """The weights and the bias."""
        return (self.weights,) if self.bias is None else (self.weights, self.bias)


def layers(story: Story) -> tuple[Layer, ...]:
    """The layers of the model from the input on; none where it is no plain row of at least a few."""
    found = tuple(_layers(story.neurons))
    if len(found) < FEWEST or len(found) != len(story.neurons):
        return ()
    if not all(_is_sought(each, story) for each in found):
        return ()
    if not all(_follows(one, other, story) for one, other in pairwise(found)):
        return ()
    hidden = found[:-1]
    # The layers in the middle have all that a layer can have: a neighbour on either side.
    shapes = {_spelled(each, after, story) for each, after in pairwise(found)}
    same = len({each.activation for each in hidden}) == 1 or all(_is_of_sum(each, story) for each in hidden)
    alike = same and len(shapes) == 1
    return found if alike and _stems(found) else ()


def _layers(neurons: Sequence[Neuron]) -> Iterator[Layer]:
    for each in neurons:
        weighted = each.sum_equation or each.output
        has_sum = each.sum_equation is not None or each.activation is None
        if not weighted.indices or len(each.weighed) != 1 or not has_sum:
            return
        source, weight = each.weighed[0].input, each.weighed[0].weight
        if not isinstance(source, Indexed) or not isinstance(weight, Indexed):
            return
        yield Layer(
            source.name,
            weight.name,
            None if each.bias is None else each.bias.name,
            weighted.target,
            each.output.target if each.activation is not None else None,
            each.activation,
        )


def _is_sought(layer: Layer, story: Story) -> bool:
    """Whether every parameter of the layer is the layer's alone, and its derivative is asked for."""
    return all(
        name in story.sought and story.graph.readers[name] == (layer.sum,) for name in layer.parameters
    )


def _follows(one: Layer, other: Layer, story: Story) -> bool:
    """Whether a layer is read by the next one and by nothing else."""
    readers = story.graph.readers
    return (
        one.output is not None
        and other.source == one.output
        and readers[one.sum] == (one.output,)
        and readers[one.output] == (other.sum,)
    )


def _is_of_sum(layer: Layer, story: Story) -> bool:
    """Whether the output is a function of the sum alone, with no settings of its own."""
    match story.graph.by_target[layer.output or layer.sum].formula:
        case Call(arguments=(Indexed(name),), primes=0):
            return name == layer.sum
    return False


def of_any(found: Sequence[Layer], story: Story) -> Mapping[str, str]:
    """Names for any layer in place of those of the last hidden one; also of its function, if these differ."""
    layer = found[-2]
    names = generic(layer, found[-1], story)
    functions = {each.activation for each in found[:-1]}
    taken = {_stem(name) for name in story.graph.shapes}
    letter = "phi" if "f" in taken else "f"
    return names if len(functions) == 1 else {**names, str(layer.activation): f"{letter} ell"}


def generic(layer: Layer, after: Layer, story: Story) -> Mapping[str, str]:
    """Names for the parts of any layer in place of a layer's own: ℓ of the layer, ℓ + 1 of the next one."""
    found: dict[str, str] = {}
    for name in (layer.sum, layer.output, *layer.parameters):
        if name is not None:
            found[name] = f"{_stem(name)} ell"
    found[layer.source] = f"{_stem(layer.output or layer.sum)} ell-1"
    for name in (after.sum, *after.parameters):
        found[name] = f"{_stem(name)} ell+1"
    for name in (layer.sum, after.sum):
        if (signal := story.signals.get(name)) is not None:
            found[signal] = f"{_stem(signal)} {found[name].rpartition(' ')[2]}"
    return found


def with_names(formula: Formula, names: Mapping[str, str]) -> Formula:
    """The formula with names replaced."""

    def put(node: Formula) -> Formula:
        match node:
            case Name(name) if name in names:
                return Name(names[name])
            case Indexed(name, indices) if name in names:
                return Indexed(names[name], indices)
            case Call(function) if function in names:
                return replace(node, function=names[function])
        return node

    return rewrite(formula, put)


def _stem(name: str) -> str:
    return _NUMBER.sub("", name)


def _stems(found: Sequence[Layer]) -> bool:
    """Whether the parts of all layers are called alike but for a number; the last output may be y_pred."""
    outputs = {_stem(each.output) for each in found[:-1] if each.output is not None}
    parts = ({_stem(each.weights) for each in found}, {_stem(each.sum) for each in found}, outputs)
    biases = {None if each.bias is None else _stem(each.bias) for each in found}
    return all(len(each) == 1 for each in (*parts, biases))


def _spelled(layer: Layer, after: Layer, story: Story) -> tuple[Formula, ...]:
    """The equations of a layer in the names that any layer has."""
    names = {**generic(layer, after, story), str(layer.activation): "f ell"}
    equations = story.graph.by_target
    assert layer.output is not None
    return tuple(with_names(equations[each].formula, names) for each in (layer.sum, layer.output))
