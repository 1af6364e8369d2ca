"""The values of adjoints."""

from __future__ import annotations

from collections.abc import Mapping

from derive.equation import Equation
from derive.evaluate.evaluation import DIGITS, Given, evaluate
from derive.evaluate.quantities import Array
from derive.gradient import Adjoint
from derive.graph import Graph


def key_of(loss: str, node: str) -> str:
    """The name under which the value of ∂loss/∂node stands."""
    return f"∂{loss}/∂{node}"


def gradient_values(
    graph: Graph,
    adjoints: Mapping[str, Adjoint],
    values: Mapping[str, Given],
    *,
    digits: int = DIGITS,
) -> dict[str, Array]:
    """The values of every quantity and, under `∂L/∂node`, of every adjoint."""
    lines = [*graph.equations, *map(adjoint_equation, adjoints.values())]
    # A size may be that of an array which no line reads any more.
    shapes = {**graph.model.shapes, **graph.shapes}
    return evaluate(lines, values, functions=graph.model.functions, shapes=shapes, digits=digits)


def adjoint_equation(adjoint: Adjoint) -> Equation:
    """An adjoint as an equation for the quantity `∂L/∂node`."""
    name = key_of(adjoint.loss, adjoint.node)
    return Equation(name, adjoint.indices, adjoint.formula, adjoint.terms)
