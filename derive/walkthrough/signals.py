"""Error signals: the derivative of the loss by the pre-activation of a layer is named δ."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from derive.equation import Equation
from derive.formula import Call, Formula, Indexed, Name, Product, Reduction, Sum, walk
from derive.graph import Graph

# What a name ends in that counts layers or tells two of a kind apart: z1, z_1, z_out.
_INDEX = re.compile(r"(?:_\w+|[0-9₀-₉]+)\Z")
_OWN = re.compile(r"[δΔ]|(?:delta|Delta)(?![a-z])")


def error_signals(graph: Graph) -> Mapping[str, str]:
    """The name of the error signal of each pre-activation: `delta1` for z1, `Delta` for a matrix Z.

    None are named in a model that uses the letter itself.
    """
    if any(map(_OWN.match, (*graph.shapes, *graph.model.functions))) or any(
        "delta" in spelled.lower() for spelled in graph.model.notation.values()
    ):
        return {}
    found = [each.target for each in graph.equations if is_preactivation(each, graph)]
    named = {name: _signal(name, len(graph.shapes[name])) for name in found}
    if len(set(named.values())) < len(named):
        return {name: f"{_letter(len(graph.shapes[name]))}_{name}" for name in found}
    return named


def _signal(name: str, rank: int) -> str:
    index = _INDEX.search(name)
    return _letter(rank) + (index[0] if index else "")


def _letter(rank: int) -> str:
    """A capital for a matrix: δ with two indices is Kronecker's."""
    return "Delta" if rank > 1 else "delta"


def is_preactivation(equation: Equation, graph: Graph) -> bool:
    """Whether an equation weighs an array by parameters, and adds a bias or feeds a function."""
    if equation.target == graph.loss:
        return False
    formula = equation.formula
    terms = formula.terms if isinstance(formula, Sum) else (formula,)
    weighed = [_parameters_in(each, graph) for each in terms if isinstance(each, Reduction)]
    others = [each for each in terms if not isinstance(each, Reduction)]
    if not weighed or 0 in weighed or not all(_is_bias(each, graph) for each in others):
        return False
    return bool(others) or (set(weighed) == {1} and _is_argument(equation.target, graph))


def _parameters_in(term: Reduction, graph: Graph) -> int:
    """How many of the factors of a weighed sum are parameters; 0 of anything else."""
    match term.body:
        case Product(factors) if term.kind == "sum" and all(isinstance(f, Name | Indexed) for f in factors):
            names = (each.name for each in factors if isinstance(each, Name | Indexed))
            return sum(name in graph.model.parameters for name in names)
    return 0


def _is_bias(term: Formula, graph: Graph) -> bool:
    return isinstance(term, Name | Indexed) and term.name in graph.model.parameters


def _is_argument(name: str, graph: Graph) -> bool:
    """Whether a function is applied to the quantity."""
    return any(name in _arguments(graph.by_target[reader]) for reader in graph.readers.get(name, ()))


def _arguments(equation: Equation) -> Collection[str]:
    return frozenset(_names_in_calls(equation))


def _names_in_calls(equation: Equation) -> Iterator[str]:
    for call in walk(equation.formula):
        if isinstance(call, Call):
            for each in call.arguments:
                if isinstance(each, Name | Indexed):
                    yield each.name
