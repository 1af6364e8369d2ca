"""Models whose loss is made of a gradient: one of its components, or its product with a vector."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from derive.equation import Equation, component, equation
from derive.formula import ZERO, Bound, Formula, Indexed, Name, Number, Product, Reduction, plus
from derive.indices import fresh_letters
from derive.model.model import Model
from derive.second.equations import GradientEquations
from derive.second.naming import fresh, names_in
from derive.second.spelling import fraction, spellings


def entry_model(gradient: GradientEquations, name: str, at: Sequence[int] = ()) -> Model:
    """The model whose loss is the derivative by a parameter, or by the component `at` of an array."""
    if name not in gradient.names:
        loss = fresh(f"d{gradient.graph.loss}_d{name}", names_in(gradient.graph))
        return _model(gradient, equation(loss, ZERO), _entry_title(gradient, name, at))
    whole = gradient.by_target[gradient.names[name]]
    if not at:
        return _model(
            gradient, whole, _entry_title(gradient, name, at), {whole.target: fraction(gradient, Name(name))}
        )
    taken = names_in(gradient.graph) | set(gradient.names.values())
    target = fresh("_".join((whole.target, *map(str, at))), taken)
    wrt = Indexed(name, tuple(Number(str(index)) for index in at))
    notation = {target: fraction(gradient, wrt)}
    last = equation(target, Indexed(whole.target, wrt.indices))
    return _model(gradient, last, _entry_title(gradient, name, at), notation)


def vector_names(gradient: GradientEquations) -> Mapping[str, str]:
    """For each parameter the name of the vector that multiplies its rows of the Hessian: v_w1."""
    taken = names_in(gradient.graph) | set(gradient.names.values())
    return {name: fresh(f"v_{name}", taken) for name in gradient.graph.parameters}


def product_model(gradient: GradientEquations) -> Model:
    """The model whose loss is the derivative along a vector, ∑ v·∂L/∂w; its gradient is H v."""
    vectors = vector_names(gradient)
    taken = names_in(gradient.graph) | {*gradient.names.values(), *vectors.values()}
    loss = fresh(f"{gradient.graph.loss}_v", taken)
    used = [name for name in gradient.names if name in vectors]
    slope = plus(*(_weighed(gradient, name, vectors[name], taken) for name in used))
    model = _model(gradient, equation(loss, slope), f"{gradient.model.title}: the Hessian times a vector")
    shapes = {vector: gradient.graph.shapes.get(name, ()) for name, vector in vectors.items()}
    return replace(
        model,
        parameters=(*model.parameters, *vectors.values()),
        shapes={**model.shapes, **shapes},
    )


def _weighed(gradient: GradientEquations, name: str, vector: str, taken: set[str]) -> Formula:
    """v·∂L/∂w, summed over the components of w."""
    free = fresh_letters(taken)
    letters = tuple(next(free) for _ in gradient.adjoints[name].indices)
    body = Product((component(vector, letters), component(gradient.names[name], letters)))
    return Reduction("sum", body, tuple(map(Bound, letters))) if letters else body


def _model(
    gradient: GradientEquations, last: Equation, title: str, notation: Mapping[str, str] | None = None
) -> Model:
    """The model with the gradient's equations, and another last one."""
    model, graph = gradient.model, gradient.graph
    before = _needed([each for each in gradient.equations if each.target != last.target], last)
    symbols = {name: gradient.adjoints[node].derivative for node, name in gradient.names.items()}
    shapes = {name: graph.shapes[node] for node, name in gradient.names.items() if node in graph.shapes}
    return replace(
        model,
        title=title,
        equations=(*before, last),
        loss=last.target,
        shapes={**model.shapes, **graph.shapes, **shapes},
        notation={**model.notation, **spellings(gradient), **(notation or {})},
        losses={},
        derivatives={**model.derivatives, **symbols},
        learning_rate=None,
        table=None,
    )


def _needed(equations: Sequence[Equation], last: Equation) -> tuple[Equation, ...]:
    """The equations that the last one depends on, in order."""
    needed = set(last.reads)
    found: list[Equation] = []
    for each in reversed(equations):
        if each.target in needed:
            needed.update(each.reads)
            found.append(each)
    return tuple(reversed(found))


def _entry_title(gradient: GradientEquations, name: str, at: Sequence[int]) -> str:
    return f"{gradient.model.title}: second derivatives by {name}" + (
        f"[{','.join(map(str, at))}]" if at else ""
    )
