"""The worked example: every quantity and every derivative evaluated once, and lines worked from them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

from derive.equation import Equation, Term, equation
from derive.evaluate import evaluate
from derive.formula import Derivative, Formula, Indexed, Name, Negation, operands
from derive.gradient import Adjoint
from derive.graph import Graph
from derive.model.model import Value
from derive.walkthrough.symbols import key_of, keyed
from derive.worked import worked

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
    values: Mapping[str, Value]

    def worked(self, formula: Formula) -> Work:
        """The formula with numbers in place of names and derivatives."""
        line = worked(keyed(formula), self.values, DIGITS)
        exact = all(worked(keyed(each), self.values, DIGITS).exact for each in operands(formula))
        return Work(line.substituted, line.result, "=" if exact else "≈", "=" if line.exact else "≈")

    def shown(self, operand: Formula) -> Formula:
        """The rounded value of a quantity or of a derivative."""
        return worked(keyed(operand), self.values, DIGITS).result

    def magnitude(self, operand: Formula) -> Formula:
        """The rounded value without its sign."""
        shown = self.shown(operand)
        return shown.operand if isinstance(shown, Negation) else shown

    def exact(self, operand: Formula) -> Value:
        """The value of a quantity or of a derivative."""
        keyed_operand = keyed(operand)
        assert isinstance(keyed_operand, Name | Indexed)
        return self.values[keyed_operand.name]

    def sign(self, operand: Formula) -> int:
        """Whether the value is positive (1), negative (-1) or zero."""
        value = self.exact(operand)
        return 1 if value > 0 else -1 if value < 0 else 0

    @cached_property
    def rounds(self) -> bool:
        """Whether a value of the forward pass is printed rounded."""
        return any(self.worked(each.left).last_sign == "≈" for each in self.graph.equations)

    def knowing(self, name: str, value: Value) -> Numbers:
        """The same with one more name."""
        return replace(self, values={**self.values, name: value})

    def moved(self, names: Sequence[str], rate: Fraction) -> Numbers:
        """The forward pass after a step of gradient descent on these parameters."""
        inputs = {name: self.values[name] for name in self.graph.inputs}
        for name in names:
            inputs[name] = _stepped(inputs[name], self.values[f"∂{self.graph.loss}/∂{name}"], rate)
        return Numbers(self.graph, evaluate(self.graph.equations, inputs))


def _stepped(value: Value, slope: Value, rate: Fraction) -> Value:
    if isinstance(value, tuple) and isinstance(slope, tuple):
        return tuple(_stepped(one, other, rate) for one, other in zip(value, slope, strict=True))
    return value - rate * slope


def missing_values(graph: Graph) -> tuple[str, ...]:
    """The inputs that the model gives no value."""
    return tuple(name for name in graph.inputs if name not in graph.model.values)


def evaluated(graph: Graph, adjoints: Mapping[str, Adjoint]) -> Numbers:
    """Every quantity, adjoint and local partial of the worked example."""
    lines = [*graph.equations]
    for adjoint in adjoints.values():
        if adjoint.node != graph.loss:
            for each in adjoint.contributions:
                if each.reader != graph.loss:
                    lines.append(_line(each.partial.derivative, each.partial.value))
            lines.append(_line(adjoint.derivative, adjoint.formula))
    return Numbers(graph, evaluate(lines, graph.model.values))


def _line(symbol: Derivative, formula: Formula) -> Equation:
    key = key_of(symbol)
    indices = tuple(index.name for index in key.indices) if isinstance(key, Indexed) else ()
    return equation(key.name, keyed(formula), indices=indices)
