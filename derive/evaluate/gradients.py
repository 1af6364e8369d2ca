"""The values of adjoints."""

from __future__ import annotations

from collections.abc import Mapping

from derive.equation import Equation
from derive.evaluate.arithmetic import Array
from derive.evaluate.evaluation import DIGITS, evaluate
from derive.gradient import Adjoint
from derive.graph import Graph
from derive.model.model import Value


def key_of(loss: str, node: str) -> str:
    """The name under which the value of ∂loss/∂node stands."""
    return f"∂{loss}/∂{node}"


def gradient_values(
    graph: Graph,
    adjoints: Mapping[str, Adjoint],
    values: Mapping[str, Value | Array],
    *,
    digits: int = DIGITS,
) -> dict[str, Array]:
    """The values of every quantity and, under `∂L/∂node`, of every adjoint."""
    lines = [adjoint_equation(each) for each in adjoints.values()]
    return evaluate(
        [*graph.equations, *lines],
        values,
        functions=graph.model.functions,
        shapes=graph.shapes,
        digits=digits,
    )


def adjoint_equation(adjoint: Adjoint) -> Equation:
    """An adjoint as an equation for the quantity `∂L/∂node`."""
    return Equation(
        key_of(adjoint.loss, adjoint.node), adjoint.indices, adjoint.formula, adjoint.terms
    )
