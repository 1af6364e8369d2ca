"""Generated code checked before it is handed out: run at a point, and compared with values worked exactly."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import count
from typing import Any

import numpy as np

from derive.errors import DeriveError, ModelError
from derive.evaluate import Array, Real, evaluate, exact, gradient_values, key_of
from derive.evaluate.directions import direction, inner_product, moved
from derive.evaluate.real import total
from derive.gradient import sweep
from derive.graph import Graph
from derive.program import Input, Program
from derive.targets.trial import MOST_NUMBERS, Point, Trial

# The code must give so many digits of each partial derivative, beside the largest of them, and the exact
# gradient so many of a difference quotient with this step.
CODE_DIGITS, QUOTIENT_DIGITS = 10, 20
STEP = Fraction(1, 10**15)
# What rounding takes, as a part of the largest number that the code meets.
ROUNDING = 1e-13


# What the module math says of an argument outside of a function's domain.
_OUTSIDE = ("math domain error", "expected a ")


class CodeFault(DeriveError):
    """Generated code that does not run."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"the generated code does not run ({reason}): a fault of derive")


@dataclass(frozen=True, slots=True)
class Code:
    """A program, the function made of it, and whether that takes arrays of NumPy."""

    program: Program
    function: Callable[..., Any]
    takes_arrays: bool

    def partials(self, point: Point) -> Mapping[str, Any]:
        """What the function returns at a point, by parameter.

        Raises DeriveError where it returns nothing, ArithmeticError where the point may be why.
        """
        arguments = [self._argument(point[each.name], each) for each in self.program.inputs]
        try:
            with np.errstate(all="ignore"):
                _, *found = self.function(*arguments)
        except (NameError, AttributeError, TypeError, LookupError, ValueError) as fault:
            if _is_of_the_domain(fault):
                raise ArithmeticError(str(fault)) from fault
            raise CodeFault(f"{type(fault).__name__}: {fault}") from fault
        names = (name for name, _ in self.program.gradient)
        return found[0] if isinstance(found[0], Mapping) else dict(zip(names, found, strict=True))

    def _argument(self, value: Array, given: Input) -> Any:
        """A value as the function takes it: data of one sample as a single row, where it takes rows."""
        numbers = _floats(value)
        if self.program.batch is not None and given.role == "data":
            numbers = [numbers]
        return np.array(numbers) if self.takes_arrays else numbers


# What the docstring of a model says that is too large even when it is narrowed.
NOT_RUN = f"Not run when it was written: the model holds more than {MOST_NUMBERS} numbers."


def verification(code: Code, tried: Trial) -> str:
    """What was found to hold, for the docstring; nothing where there is no point to try.

    Raises DeriveError where the code disagrees, or does not run.
    """
    graph = tried.graph
    for point in tried.points():
        try:
            found = _compared(code, graph, point)
        except (ModelError, ArithmeticError):
            _run(code, point)
            continue  # the point is outside of the domain
        if not found:
            raise DeriveError("the generated code disagrees with the exact gradient: a fault of derive")
        where = "with smaller widths, run at a point" if tried.is_narrowed else "run at a point"
        return (
            f"Verified: {where}, the partial derivatives agree with their exact values to "
            f"{CODE_DIGITS} digits, and these with a difference quotient of {graph.loss} "
            f"to {QUOTIENT_DIGITS}."
        )
    return ""


def _run(code: Code, point: Point) -> None:
    """Run the code at a point without a value: it may fail there, but only on that account.

    A root of a negative number is complex there, and an index may be no whole number.
    """
    try:
        code.partials(point)
    except ArithmeticError:
        pass
    except CodeFault as fault:
        if not isinstance(fault.__cause__, TypeError | LookupError):
            raise


def _is_of_the_domain(fault: Exception) -> bool:
    return isinstance(fault, ValueError) and str(fault).startswith(_OUTSIDE)


def _compared(code: Code, graph: Graph, point: Point) -> bool:
    sizes = {each.target: graph.letter_sizes(each.target) for each in graph.equations}
    adjoints = sweep(
        graph.equations, graph.loss, functions=graph.model.functions, wrt=graph.parameters, sizes=sizes
    )
    values = gradient_values(graph, adjoints, point)
    gradient = {name: values.get(key_of(graph.loss, name)) for name in graph.parameters}
    known = {name: value for name, value in gradient.items() if value is not None}
    largest = max(abs(number) for value in values.values() for number in _flat(value))
    return _quotient_agrees(graph, point, known) and _code_agrees(code, point, known, largest)


def _quotient_agrees(graph: Graph, point: Point, gradient: Point) -> bool:
    """Whether the gradient along a direction that moves everything is the loss's difference quotient."""
    positions = count(2)
    directions = {name: direction(point[name], positions) for name in gradient}
    after, before = (_loss(graph, point, directions, step) for step in (STEP, -STEP))
    expected = total(inner_product(directions[name], each) for name, each in gradient.items())
    scale = max(abs(expected), exact(Fraction(1, 10**6)))
    return abs((after - before) / (2 * STEP) - expected) <= scale * Fraction(1, 10**QUOTIENT_DIGITS)


def _loss(graph: Graph, point: Point, directions: Point, step: Fraction) -> Real:
    there = {name: moved(point[name], each, exact(step)) for name, each in directions.items()}
    functions, shapes = graph.model.functions, graph.shapes
    found = evaluate(graph.equations, {**point, **there}, functions=functions, shapes=shapes)[graph.loss]
    assert isinstance(found, Real)
    return found


def _code_agrees(code: Code, point: Point, gradient: Point, largest: float) -> bool:
    """Whether the partial derivatives have their digits; `largest` is the largest number on the way.

    Where they are small beside that, digits of theirs are lost to rounding, whatever the code.
    """
    found = code.partials(point)
    pairs = [
        pair for name, each in gradient.items() for pair in zip(_flat(found[name]), _flat(each), strict=True)
    ]
    scale = max((abs(right) for _, right in pairs), default=0.0)
    allowed = scale * 10.0**-CODE_DIGITS + largest * ROUNDING
    return all(abs(ours - right) <= allowed for ours, right in pairs)


def _floats(value: Array) -> Any:
    return [_floats(each) for each in value] if isinstance(value, tuple) else float(value)


def _flat(value: Any) -> list[float]:
    """The numbers of an array, or of nested lists, in order."""
    rows = value.tolist() if hasattr(value, "tolist") else value
    if isinstance(rows, list | tuple):
        return [number for row in rows for number in _flat(row)]
    return [float(rows)]
