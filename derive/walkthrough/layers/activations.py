"""Layers with functions of their own: one step back for any of them, written with f_ℓ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from derive import tidy
from derive.formula import Call, Derivative, Elementwise, ElementwiseCall, Formula, Indexed, Name, Relation
from derive.walkthrough.layers.network import Layer, with_names
from derive.walkthrough.tensors.adjoints import Backward
from derive.walkthrough.tree import Line
from derive.walkthrough.voice import say


def own_functions(found: Sequence[Layer]) -> bool:
    """Whether the hidden layers do not all have the same activation."""
    return len({each.activation for each in found[:-1]}) > 1


def general_signal(layer: Layer, backward: Backward) -> Formula:
    """The error signal of a hidden layer by the slope of its function, as a whole where it has a whole."""
    assert layer.output is not None
    assert layer.activation is not None
    matrix = backward.results[layer.output].matrix
    if matrix is None:
        return backward.story.spelled(_component(layer, backward))
    slope = ElementwiseCall(layer.activation, (Name(layer.sum),), 1)
    return backward.story.spelled(Elementwise((matrix, slope)))


def prove_general(layer: Layer, backward: Backward) -> None:
    """Prove that the error signal found for a layer is the general one with its function put in."""
    assert layer.output is not None
    equation = backward.story.graph.by_target[layer.output]
    found = backward.results[layer.sum].formula
    backward.told.proofs.equal(_component(layer, backward), found, equation)


def general_lines(layer: Layer, backward: Backward, names: Mapping[str, str]) -> Iterator[Line]:
    """The slope of the layer's function, the chain rule on one component, and the whole."""
    story = backward.story
    adjoint = story.adjoints[layer.sum]
    (contribution,) = adjoint.contributions
    partial = contribution.partial.derivative
    slope = _slope(layer, adjoint.indices)
    component = story.spelled(_component(layer, backward))
    yield Line(with_names(partial, names), with_names(slope, names))
    chain = Relation((story.structure(adjoint), component), ("=",))
    left = adjoint.derivative
    matrix = backward.results[layer.sum].matrix
    note = say("tensor.chain_rule")
    if matrix is None:
        named = backward.named(left)
        yield Line(with_names(named, names), with_names(chain, names), note=note, boxed=True)
        return
    yield Line(with_names(left, names), with_names(chain, names), note=note)
    whole = backward.named(Derivative(story.loss, Name(layer.sum)))
    yield Line(with_names(whole, names), with_names(general_signal(layer, backward), names), boxed=True)


def _component(layer: Layer, backward: Backward) -> Formula:
    """One component of ∂L/∂z as that of ∂L/∂a times the slope."""
    assert layer.output is not None
    result = backward.results[layer.output]
    return tidy.product((_slope(layer, result.adjoint.indices), result.formula))


def _slope(layer: Layer, indices: Sequence[str]) -> Formula:
    assert layer.activation is not None
    return Call(layer.activation, (Indexed(layer.sum, tuple(map(Name, indices))),), 1)
