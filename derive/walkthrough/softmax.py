"""What becomes of softmax before cross-entropy: prediction minus label, where the labels sum to 1."""

from __future__ import annotations

from collections.abc import Iterator

from derive.agreement import agree
from derive.equation import Equation, equation
from derive.formula import Call, Formula, Indexed, Name, Negation, Quotient, Reduction, Sum
from derive.gradient import Adjoint
from derive.graph import Graph
from derive.indices import renamed
from derive.walkthrough.partials import Told
from derive.walkthrough.story import Story
from derive.walkthrough.symbols import indices_of, key_of, keyed
from derive.walkthrough.tree import Block, Display, Line
from derive.walkthrough.voice import paragraph, say
from derive.walkthrough.written_out import opened_by


def prediction_minus_label(adjoint: Adjoint, story: Story, told: Told) -> Iterator[Block]:
    """The short form of the adjoint of scores that go through a softmax, where it is proved to hold."""
    prediction = _prediction(adjoint, story.graph)
    label = _label(adjoint, story.graph)
    if prediction is None or label is None:
        return
    short = Sum((prediction, Negation(label)))
    after = _after(adjoint.node, story.graph)
    lines = {name: story.graph.by_target[name] for name in after if name != story.graph.loss}
    for name in lines:
        line = _as_equation(story.adjoints[name], told)
        lines = {**lines, line.target: line}
    sides = (opened_by(keyed(each), lines) for each in (told.written(adjoint), short))
    functions = story.graph.model.functions
    if agree(*sides, functions=functions, domain={label.name: "simplex"}).proved:
        yield paragraph(say("adjoint.prediction_minus_label", label=Name(label.name)))
        yield Display((Line(story.spelled(adjoint.derivative), short, boxed=True),))


def _prediction(adjoint: Adjoint, graph: Graph) -> Formula | None:
    """The softmax of the scores at the adjoint's letters, under its name where it has one."""
    readers = graph.readers.get(adjoint.node, ())
    exponential = graph.by_target[readers[0]] if len(readers) == 1 else None
    if exponential is None or not adjoint.indices:
        return None
    match exponential.formula:
        case Call(function="exp", arguments=(Indexed(name=name),)) if name == adjoint.node:
            total = _total(exponential, graph)
        case _:
            return None
    if total is None:
        return None
    quotient = Quotient(exponential.left, total.left)
    for each in graph.equations:
        letters = dict(zip(each.indices, map(Name, exponential.indices), strict=False))
        if len(letters) == len(exponential.indices) and renamed(each.formula, letters) == quotient:
            return _at(renamed(each.left, letters), exponential, adjoint)
    return _at(quotient, exponential, adjoint)


def _at(formula: Formula, exponential: Equation, adjoint: Adjoint) -> Formula:
    letters = dict(zip(exponential.indices, map(Name, adjoint.indices), strict=True))
    return renamed(formula, letters)


def _total(exponential: Equation, graph: Graph) -> Equation | None:
    """The equation that sums the exponentials."""
    for each in graph.equations:
        match each.formula:
            case Reduction(kind="sum", body=Indexed(name=name)) if name == exponential.target:
                return each
    return None


def _label(adjoint: Adjoint, graph: Graph) -> Indexed | None:
    """The data with the indices of the scores that the loss reads."""
    for each in graph.by_target[graph.loss].operands:
        is_label = isinstance(each, Indexed) and each.name in graph.model.data
        if is_label and len(indices_of(each)) == len(adjoint.indices):
            return Indexed(each.name, tuple(map(Name, adjoint.indices)))
    return None


def _after(name: str, graph: Graph) -> tuple[str, ...]:
    """What is computed from a quantity, directly or not."""
    found: dict[str, None] = {}
    waiting = [name]
    while waiting:
        for reader in graph.readers.get(waiting.pop(), ()):
            if reader not in found:
                found[reader] = None
                waiting.append(reader)
    return tuple(found)


def _as_equation(adjoint: Adjoint, told: Told) -> Equation:
    """An adjoint as the equation of a quantity of its own."""
    return equation(key_of(adjoint.derivative), keyed(told.written(adjoint)), indices=adjoint.indices)
