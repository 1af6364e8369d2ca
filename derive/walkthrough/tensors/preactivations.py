"""Weighted sums inside an activation get a name: i = σ(W x + b) reads z_i = W x + b and i = σ(z_i)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from itertools import chain, count

from derive.equation import Equation, component, equation, with_formula
from derive.formula import Call, Formula, Indexed, MatrixProduct, Name, Reduction, walk
from derive.formula import replace as put
from derive.functions import Function, function
from derive.graph import Graph
from derive.graph import graph as graph_of
from derive.indices import letters_in
from derive.likeness import likeness
from derive.shapes import letters_of


def with_preactivations_named(graph: Graph) -> Graph:
    """The graph with an equation for every weighted sum that stands in the argument of an activation."""
    model = graph.model
    letters = {letter for each in graph.equations for letter in letters_of(each)}
    taken = {*graph.shapes, *model.values, *model.notation, *model.functions, *letters, *graph.sizes}
    lines: list[Equation] = []
    for each in model.equations:
        lines += _named(each, model.functions.values(), taken)
    if len(lines) == len(model.equations):
        return graph
    return graph_of(replace(model, equations=tuple(lines)))


def _named(each: Equation, own: Collection[Function], taken: set[str]) -> Iterator[Equation]:
    """The equation after those of the weighted sums in its activations."""
    calls = [
        node for node in _outside_sums(each.formula) if _is_activated_sum(node, own) or _is_score(node, each)
    ]
    written = [
        node for node in walk(each.written or Name("")) if isinstance(node, Call) and _has_product(node)
    ]
    whole = [_shown(call) for call in calls] == [call.function for call in written]
    named: dict[Formula, Formula] = {}
    named_written: dict[Formula, Formula] = {}
    for at, call in enumerate(dict.fromkeys(calls)):
        argument = call.arguments[0]
        name = _free(each.target, taken)
        indices = letters_in(argument, each.indices)
        own_form = written[at].arguments[0] if whole else None
        yield equation(name, argument, indices=indices, place=each.place, written=own_form)
        named[argument] = component(name, indices)
        named |= _elsewhere(argument, name, each)
        if own_form is not None:
            named_written[own_form] = Name(name)
    formula = put(each.formula, named)
    shown = put(each.written, named_written) if each.written is not None and whole else each.written
    yield replace(with_formula(each, formula), written=shown) if named else each


def _shown(call: Call) -> str:
    """What the author calls the function: softmax, where the exponential is its numerator."""
    return "softmax" if call.function == "exp" else call.function


def _elsewhere(argument: Formula, name: str, each: Equation) -> dict[Formula, Formula]:
    """The same weighted sum with other letters, as in the denominator of a softmax."""
    found: dict[Formula, Formula] = {}
    letters = letters_of(each)
    for node in walk(each.formula):
        if isinstance(node, Call) and len(node.arguments) == 1 and node.arguments[0] != argument:
            at = likeness(argument, node.arguments[0], letters)
            if at is not None:
                own = letters_in(argument, each.indices)
                found[node.arguments[0]] = Indexed(name, tuple(at.get(i, Name(i)) for i in own))
    return found


def _is_score(call: Call, each: Equation) -> bool:
    """Whether an exponential of a weighted sum is the numerator of a softmax."""
    if call.function != "exp" or not _holds_sum(call):
        return False
    return bool(each.indices) and bool(_elsewhere(call.arguments[0], "", each))


def _holds_sum(call: Call) -> bool:
    return any(isinstance(node, Reduction) and node.kind == "sum" for node in walk(call))


def _outside_sums(formula: Formula) -> Iterator[Call]:
    """The calls that stand in no sum over an index."""
    if isinstance(formula, Reduction):
        return
    if isinstance(formula, Call):
        yield formula
    for child in formula.children:
        yield from _outside_sums(child)


def _is_activated_sum(call: Call, own: Collection[Function]) -> bool:
    row = next((each for each in own if each.name == call.function), None) or function(call.function)
    return _holds_sum(call) and len(call.arguments) == 1 and row is not None and row.body() is not None


def _has_product(call: Call) -> bool:
    return any(isinstance(node, MatrixProduct) for node in walk(call))


def _free(target: str, taken: set[str]) -> str:
    # Where the author's z is something else, a sum before its function is a, as gates have it.
    letter = "a" if "z" in taken and "a" not in taken else "z"
    names: Sequence[str] = (f"{letter}_{target}",)
    name = next(each for each in chain(names, (f"z{n}" for n in count(1))) if each not in taken)
    taken.add(name)
    return name
