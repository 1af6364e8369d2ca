"""How matrix notation is to be read, as far as a text uses it: each sign is explained once."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from derive.formula import (
    TWO,
    Call,
    Elementwise,
    ElementwiseCall,
    ElementwisePower,
    Formula,
    Name,
    Ones,
    Quotient,
    Reduction,
    walk,
)
from derive.walkthrough.partials import Told
from derive.walkthrough.story import Story
from derive.walkthrough.tensors.collecting import IDENTITY
from derive.walkthrough.tree import Sentence
from derive.walkthrough.voice import choice, listed, say
from derive.walkthrough.writing import broadcasts, in_signs, rank

_AXES = ("tensor.down", "tensor.across")


def of_the_model(story: Story) -> Iterator[Sentence]:
    """What the equations as written ask for."""
    yield say("tensor.columns" if story.numbers is None else "tensor.columns_in_rows")
    written = _written(story)
    yield from _signs(written, story.ranks)
    if any(broadcasts(each, story.ranks) for each in written):
        yield say("tensor.broadcasting")
    for node in _nodes(written):
        if isinstance(node, Call) and node.function == "softmax" and rank(node.arguments[0], story.ranks) > 1:
            yield say("tensor.softmax_rows", call=node)
            return


def of_the_derivatives(story: Story, told: Told) -> Iterator[Sentence]:
    """What the derivatives ask for beyond that."""
    ranks = dict(story.ranks)
    ranks.update((signal, ranks.get(name, 0)) for name, signal in story.signals.items())
    results = [told.results[name] for name in told.results if name in told.collected]
    said = {*map(_key, _signs(_written(story), story.ranks))}
    for each in _signs(results, ranks, besides=_called(_written(story))):
        if _key(each) not in said:
            yield each


def _written(story: Story) -> list[Formula]:
    equations = (story.original or story.graph).model.equations
    return [in_signs(each.written, story.ranks) for each in equations if each.written is not None]


def _signs(
    formulas: Collection[Formula], ranks: Mapping[str, int], *, besides: Collection[str] = ()
) -> Iterator[Sentence]:
    nodes = list(_nodes(formulas))
    if any(isinstance(node, Elementwise) for node in nodes):
        yield say("tensor.sign", sign=Elementwise((Name("A"), Name("B"))))
    if any(isinstance(node, ElementwisePower) for node in nodes):
        yield say("tensor.power", power=ElementwisePower(Name("A"), TWO))
    if any(isinstance(node, Quotient) and rank(node.denominator, ranks) for node in nodes):
        yield say("tensor.fraction")
    if any(isinstance(node, Ones) for node in nodes):
        yield say("tensor.ones", ones=Ones())
    if IDENTITY not in ranks and any(node == Name(IDENTITY) for node in nodes):
        yield say("tensor.identity", identity=Name(IDENTITY))
    yield from _diagonals(nodes, ranks)
    yield from _totals(nodes)
    letter = _letter(ranks)
    calls = tuple(Call(name, (letter,)) for name in _called(formulas) if name not in besides)
    if calls:
        yield choice(len(calls), "tensor.acts", "tensor.acts_many", calls=listed(calls))


def _letter(ranks: Mapping[str, int]) -> Name:
    """A letter that no quantity of the model has."""
    return next(Name(each) for each in ("t", "u", "z", "a", "any") if each not in ranks)


def _diagonals(nodes: Collection[Formula], ranks: Mapping[str, int]) -> Iterator[Sentence]:
    calls = (node for node in nodes if isinstance(node, Call) and node.function == "diag")
    found = [rank(node.arguments[0], ranks) for node in calls]
    if any(each == 1 for each in found):
        vector = _letter(ranks)
        yield say("tensor.diagonal_matrix", call=Call("diag", (vector,)), vector=vector)
    if any(each == 2 for each in found):
        yield say("tensor.diagonal", call=Call("diag", (Name("A"),)), matrix=Name("A"))


def _totals(nodes: Collection[Formula]) -> Iterator[Sentence]:
    sums = [node for node in nodes if isinstance(node, Reduction) and not node.bounds]
    if any(node.axis is None for node in sums):
        yield say("tensor.total", sum=Reduction("sum", Name("A")))
    axes = sorted({axis for node in sums for axis in node.axis or () if 0 <= axis < len(_AXES)})
    if axes:
        yield say("tensor.axes", ways=listed(tuple(say(_AXES[axis]) for axis in axes)))


def _called(formulas: Collection[Formula]) -> list[str]:
    found = (node.function for node in _nodes(formulas) if isinstance(node, ElementwiseCall))
    return list(dict.fromkeys(found))


def _nodes(formulas: Collection[Formula]) -> Iterator[Formula]:
    return (node for each in formulas for node in walk(each))


def _key(sentence: Sentence) -> str:
    return sentence.macro
