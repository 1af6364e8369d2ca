"""Which equations are neurons: inputs weighed and added up with a bias, then an activation."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from derive.equation import Equation
from derive.formula import (
    Call,
    Formula,
    Grouping,
    Indexed,
    MatrixProduct,
    Name,
    Product,
    Reduction,
    Sum,
    Transpose,
)
from derive.functions import function as function_row
from derive.graph import Graph

Operand = Name | Indexed


@dataclass(frozen=True, slots=True)
class Weighed:
    """An input with its weight; `term` is their product as written, perhaps summed over an index."""

    input: Formula
    weight: Formula
    term: Formula


@dataclass(frozen=True, slots=True)
class Neuron:
    """A weighted sum with its bias and its activation; with `sum_name` the sum has an equation of its own."""

    output: Equation
    weighed: tuple[Weighed, ...]
    bias: Operand | None
    argument: Formula
    activation: str | None
    sum_equation: Equation | None = None

    @property
    def inputs(self) -> tuple[Formula, ...]:
        """What is weighed, in the author's order."""
        return tuple(each.input for each in self.weighed)


def neurons(graph: Graph) -> tuple[Neuron, ...]:
    """The neurons of the model, in evaluation order."""
    sums = {each.target: alone for each in graph.equations if (alone := _sum_alone(each, graph))}
    found: list[Neuron] = []
    for equation in graph.equations:
        neuron = _activated(equation, graph) or _activated_name(equation, graph, sums)
        if neuron is not None:
            found.append(neuron)
    told = {each.sum_equation.target for each in found if each.sum_equation is not None}
    linear = [each for name, each in sums.items() if name not in told and _is_unit(name, graph, found)]
    return tuple(sorted(found + linear, key=lambda each: graph.equations.index(each.output)))


def _is_unit(name: str, graph: Graph, found: Collection[Neuron]) -> bool:
    """Whether a weighted sum without activation counts as a neuron: the model has others that it reads."""
    outputs = {each.output.target for each in found}
    return any(read in outputs for read in graph.by_target[name].reads)


def _activates(name: str, graph: Graph) -> bool:
    """Whether a function is one that neurons use: it has a definition, unlike exp and its kind."""
    row = graph.model.functions.get(name) or function_row(name)
    return row is not None and row.body() is not None


def _activated(equation: Equation, graph: Graph) -> Neuron | None:
    match equation.formula:
        case Call(function=function, arguments=(argument,), primes=0) if _activates(function, graph):
            parts = weighted_sum(argument, graph)
            if parts is not None:
                return Neuron(equation, *parts, argument, function)
    return None


def _activated_name(equation: Equation, graph: Graph, sums: dict[str, Neuron]) -> Neuron | None:
    match equation.formula:
        case Call(function=function, arguments=(Name() | Indexed() as inner,), primes=0) if _activates(
            function, graph
        ):
            weighted = sums.get(inner.name)
            if weighted is not None and _rank(inner) == _rank(weighted.output.left):
                return Neuron(
                    equation,
                    weighted.weighed,
                    weighted.bias,
                    weighted.argument,
                    function,
                    weighted.output,
                )
    return None


def _rank(operand: Operand) -> int:
    return len(operand.indices) if isinstance(operand, Indexed) else 0


def _sum_alone(equation: Equation, graph: Graph) -> Neuron | None:
    if equation.target == graph.loss:
        return None
    parts = weighted_sum(equation.formula, graph)
    return None if parts is None else Neuron(equation, *parts, equation.formula, None)


def weighted_sum(formula: Formula, graph: Graph) -> tuple[tuple[Weighed, ...], Operand | None] | None:
    """The weighed inputs and the bias of a formula that is nothing but their sum; None for others."""
    weighed: list[Weighed] = []
    bias: Operand | None = None
    for term in formula.terms if isinstance(formula, Sum) else (formula,):
        pair = _weighed(term, graph.model.parameters)
        if pair is not None:
            weighed.append(pair)
        elif isinstance(term, Name | Indexed) and term.name in graph.model.parameters and bias is None:
            bias = term
        else:
            return None
    return (tuple(weighed), bias) if weighed else None


def _weighed(term: Formula, parameters: Collection[str]) -> Weighed | None:
    inner = term
    while isinstance(inner, Grouping) or (isinstance(inner, Reduction) and inner.kind == "sum"):
        inner = inner.inner if isinstance(inner, Grouping) else inner.body
    match inner:
        case Product((left, right)) | MatrixProduct((left, right)):
            known = [_name(left) in parameters, _name(right) in parameters]
            if known == [True, False] and _name(right):
                return Weighed(right, left, term)
            if known == [False, True] and _name(left):
                return Weighed(left, right, term)
    return None


def _name(factor: Formula) -> str | None:
    if isinstance(factor, Transpose):
        factor = factor.operand
    return factor.name if isinstance(factor, Name | Indexed) else None
