"""The worked example: every quantity and every derivative evaluated once, and lines worked from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

from derive.equation import Equation, terms_of
from derive.evaluate import Array, Number, evaluate, exact, key_of
from derive.evaluate.gradients import adjoint_equation
from derive.formula import Derivative, Formula, Indexed, Name, Negation, walk
from derive.gradient import Adjoint, LocalPartial
from derive.graph import Graph
from derive.indices import subscripts
from derive.model.model import Value
from derive.worked import Worked, worked

# Printed results have so many significant digits.
DIGITS = 4


@dataclass(frozen=True, slots=True)
class Work:
    """A line with numbers in place of names, and its result; the signs say what was rounded."""

    substituted: Formula
    result: Formula
    first_sign: str
    last_sign: str


@dataclass(frozen=True)
class Numbers:
    """The values of the worked example by name; a derivative's value stands under its symbol, `∂L/∂w1`."""

    graph: Graph
    values: Mapping[str, Array]

    def worked(self, formula: Formula) -> Work:
        """The formula with numbers in place of names and derivatives."""
        line = self._line(formula)
        operands = (node for node in walk(formula) if isinstance(node, Name | Derivative))
        known = all(self._line(each).exact for each in operands)
        return Work(line.substituted, line.result, "=" if known else "≈", "=" if line.exact else "≈")

    def _line(self, formula: Formula) -> Worked:
        return worked(formula, self.values, DIGITS, functions=self.graph.model.functions)

    def shown(self, operand: Formula) -> Formula:
        """The rounded value of a quantity or of a derivative."""
        return self._line(operand).result

    def magnitude(self, operand: Formula) -> Formula:
        """The rounded value without its sign."""
        shown = self.shown(operand)
        return shown.operand if isinstance(shown, Negation) else shown

    def value(self, operand: Formula) -> Array:
        """The value of a quantity or of a derivative."""
        if isinstance(operand, Derivative):
            return self.values[f"∂{_name(operand.of)}/∂{_name(operand.wrt)}"]
        return self.values[_name(operand)]

    def sign(self, operand: Formula) -> int:
        """Whether the value is positive (1), negative (-1) or zero."""
        value = self.value(operand)
        return 1 if value > 0 else -1 if value < 0 else 0

    @cached_property
    def rounds(self) -> bool:
        """Whether a value of the forward pass is printed rounded."""
        return any(self.worked(each.left).last_sign == "≈" for each in self.graph.equations)

    def knowing(self, name: str, value: Fraction) -> Numbers:
        """The same with one more name."""
        return replace(self, values={**self.values, name: exact(value)})

    def moved(self, names: Sequence[str], rate: Fraction) -> Numbers:
        """The forward pass after a step of gradient descent on these parameters."""
        inputs = {name: self.values[name] for name in self.graph.inputs}
        for name in names:
            slope = self.values[key_of(self.graph.loss, name)]
            inputs[name] = _stepped(inputs[name], slope, exact(rate))
        return Numbers(self.graph, _evaluated(self.graph, self.graph.equations, inputs))


def _name(operand: Formula) -> str:
    assert isinstance(operand, Name | Indexed)
    return operand.name


def _stepped(value: Array, slope: Array, rate: Number) -> Array:
    if isinstance(value, tuple) and isinstance(slope, tuple):
        return tuple(_stepped(one, other, rate) for one, other in zip(value, slope, strict=True))
    return value - rate * slope


def missing_values(graph: Graph) -> tuple[str, ...]:
    """The inputs that the model gives no value."""
    return tuple(name for name in graph.inputs if name not in graph.model.values)


def evaluated(graph: Graph, adjoints: Mapping[str, Adjoint]) -> Numbers:
    """Every quantity, adjoint and local partial of the worked example."""
    partials = [
        partial_equation(each.partial)
        for adjoint in adjoints.values()
        for each in adjoint.contributions
        if each.reader != graph.loss
    ]
    lines = [*graph.equations, *map(adjoint_equation, adjoints.values()), *partials]
    return Numbers(graph, _evaluated(graph, lines, graph.model.values))


def _evaluated(
    graph: Graph, lines: Sequence[Equation], values: Mapping[str, Value | Array]
) -> Mapping[str, Array]:
    return evaluate(lines, values, functions=graph.model.functions, shapes=graph.shapes)


def partial_equation(partial: LocalPartial) -> Equation:
    """A local partial as an equation for the quantity `∂of/∂wrt`."""
    symbol = key_of(partial.of.name, partial.wrt.name)
    letters = (*subscripts(partial.of), *subscripts(partial.wrt))
    indices = tuple(dict.fromkeys(index.name for index in letters if isinstance(index, Name)))
    return Equation(symbol, indices, partial.value, terms_of(partial.value))
