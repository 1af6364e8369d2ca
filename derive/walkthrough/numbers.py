"""The worked example: every quantity and every derivative evaluated once, and lines worked from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from itertools import product
from math import prod

from derive.equation import Equation, terms_of
from derive.evaluate import Array, Real, adjoint_equation, evaluate, exact, lengths
from derive.evaluate.directions import moved, settled
from derive.evaluate.real import total
from derive.formula import Cases, Derivative, Formula, Indexed, Name, Negation, Vector, operands, walk
from derive.gradient import Adjoint, LocalPartial
from derive.graph import Graph
from derive.model.model import Value
from derive.numerals import rounded
from derive.walkthrough.symbols import indices_of, key_of, keyed
from derive.worked import Worked, shown, worked, worked_chain

# Printed results have so many significant digits.
DIGITS = 4
# Arrays are printed up to so many numbers, and worked number by number up to so many.
MOST_PRINTED = 24
MOST_WORKED = 3


@dataclass(frozen=True, slots=True)
class Work:
    """Lines with numbers in place of names, and their result; the signs say whether something was rounded.

    Without lines there are too many numbers to put in, without `result` too many to print.
    """

    lines: tuple[Formula, ...]
    result: Formula | None
    first_sign: str
    last_sign: str
    is_array: bool = False


@dataclass(frozen=True)
class Numbers:
    """The values of the worked example by name; a derivative's value stands under its symbol, `∂L/∂w1`."""

    graph: Graph
    values: Mapping[str, Array]

    def worked(self, left: Formula, formula: Formula) -> Work:
        """The quantity on the left worked out from its formula, an array component by component."""
        letters = self._letters(left)
        if self._is_guarded(formula):
            value = self.value(left)
            result = shown(value, DIGITS) if prod(lengths(value)) <= MOST_PRINTED else None
            return Work((), result, "", _sign(not _is_rounded(value)), is_array=bool(letters))
        if not letters:
            line = self._line(formula, {})
            lines = () if self._keeps_names(line.substituted) else (line.substituted,)
            return Work(lines, line.result, _sign(line.operands_exact), _sign(line.exact))
        value = self.value(left)
        if not isinstance(value, tuple) or prod(lengths(value)) > MOST_PRINTED:
            return Work((), None, "", "", is_array=True)
        return self._worked_array(value, letters, formula)

    def worked_through(self, formula: Formula) -> Work:
        """A scalar worked in several lines: numbers put in, then what stands in the functions worked out."""
        functions = self.graph.model.functions
        chain = worked_chain((keyed(formula),), self.values, DIGITS, functions=functions)
        return Work(chain.lines, chain.result, _sign(chain.operands_exact), _sign(chain.exact))

    def _is_guarded(self, formula: Formula) -> bool:
        """Whether parts of the formula have a meaning for some values of an index only."""
        conditions = (
            branch.condition
            for node in walk(formula)
            if isinstance(node, Cases)
            for branch in node.branches
            if branch.condition is not None
        )
        read = (operand for condition in conditions for operand in operands(condition))
        return any(operand.name not in self.values for operand in read)

    def _letters(self, left: Formula) -> tuple[str, ...]:
        """The index letters of what stands on the left; an operator has a scalar's value."""
        if isinstance(left, Derivative) and left.applied:
            return ()
        return tuple(dict.fromkeys(index.name for index in indices_of(left) if isinstance(index, Name)))

    def _worked_array(self, value: tuple[Array, ...], letters: Sequence[str], formula: Formula) -> Work:
        places = list(product(*map(range, lengths(value))))
        lines = {at: self._line(formula, dict(zip(letters, at, strict=True))) for at in places}
        last = _sign(all(line.exact for line in lines.values()))
        result = _nested({at: line.result for at, line in lines.items()})
        if len(places) > MOST_WORKED or any(self._keeps_names(line.substituted) for line in lines.values()):
            return Work((), result, "", last, is_array=True)
        first = _sign(all(line.operands_exact for line in lines.values()))
        substituted = _nested({at: line.substituted for at, line in lines.items()})
        return Work((substituted,), result, first, last, is_array=True)

    def _line(self, formula: Formula, letters: Mapping[str, int]) -> Worked:
        functions = self.graph.model.functions
        return worked(keyed(formula), self.values, DIGITS, functions=functions, letters=letters)

    def _keeps_names(self, line: Formula) -> bool:
        """Whether no number of digits would do to put in numbers."""
        return any(isinstance(node, Name | Indexed) and node.name in self.values for node in walk(line))

    def shown(self, quantity: Formula) -> Formula | None:
        """The rounded value of a quantity or of a derivative; None of an array too large to print."""
        value = self.value(quantity)
        if prod(lengths(value)) > MOST_PRINTED:
            return None
        return shown(value, DIGITS)

    def at(self, formula: Formula, letters: Mapping[str, int]) -> Formula:
        """The rounded value of a formula for given values of its index letters."""
        return self._line(formula, letters).result

    def with_inputs(self, inputs: Mapping[str, Fraction]) -> Numbers:
        """The forward pass from other inputs."""
        return self.with_values({name: exact(value) for name, value in inputs.items()})

    def with_values(self, inputs: Mapping[str, Array]) -> Numbers:
        """The forward pass from other values of some inputs."""
        every = {name: self.values[name] for name in self.graph.inputs} | dict(inputs)
        return Numbers(self.graph, _evaluated(self.graph, self.graph.equations, every))

    def mean_of(self, quantity: Formula, others: Sequence[Numbers]) -> Formula:
        """The rounded mean of a quantity over several forward passes."""
        return shown(total(each.scalar(quantity) for each in others) / len(others), DIGITS)

    def number(self, quantity: Formula) -> Formula:
        """The rounded value of a scalar."""
        return shown(self.scalar(quantity), DIGITS)

    def magnitude(self, operand: Formula) -> Formula:
        """The rounded value without its sign."""
        number = self.number(operand)
        return number.operand if isinstance(number, Negation) else number

    def knows(self, quantity: Formula) -> bool:
        """Whether the quantity or derivative has been evaluated."""
        return key_of(quantity) in self.values

    def value(self, quantity: Formula) -> Array:
        """The value of a quantity or of a derivative, whole."""
        return self.values[key_of(quantity)]

    def scalar(self, quantity: Formula) -> Real:
        """The value of a scalar quantity or derivative."""
        value = self.value(quantity)
        assert isinstance(value, Real)
        return value

    @cached_property
    def rounds(self) -> bool:
        """Whether a value of the forward pass is printed rounded."""
        return any(map(_is_rounded, (self.values[each.target] for each in self.graph.equations)))

    def knowing(self, name: str, value: Fraction) -> Numbers:
        """The same with one more name."""
        return replace(self, values={**self.values, name: exact(value)})

    def moved(self, names: Sequence[str], rate: Fraction) -> Numbers:
        """The forward pass after a step of gradient descent on these parameters."""
        slopes = {name: self.values[f"∂{self.graph.loss}/∂{name}"] for name in names}
        return self.with_values(
            {name: settled(moved(self.values[name], slope, exact(-rate))) for name, slope in slopes.items()}
        )


def _sign(is_exact: bool) -> str:
    return "=" if is_exact else "≈"


def _is_rounded(value: Array) -> bool:
    """Whether a value is printed with fewer digits than it has."""
    if isinstance(value, tuple):
        return any(map(_is_rounded, value))
    return not rounded(value, DIGITS).is_exact


def _nested(components: Mapping[tuple[int, ...], Formula]) -> Formula:
    """Components by their indices as a vector, or a vector of rows."""
    if () in components:
        return components[()]
    rows: dict[int, dict[tuple[int, ...], Formula]] = {}
    for at, component in components.items():
        rows.setdefault(at[0], {})[at[1:]] = component
    return Vector(tuple(map(_nested, rows.values())))


def missing_values(graph: Graph) -> tuple[str, ...]:
    """The inputs that the model gives no value."""
    return tuple(name for name in graph.inputs if name not in graph.model.values)


def evaluated(graph: Graph, adjoints: Mapping[str, Adjoint], *, partials: bool) -> Numbers:
    """Every quantity and adjoint of the worked example, with `partials` every local partial of scalars."""
    edges = (each for adjoint in adjoints.values() for each in adjoint.contributions)
    lines = [*graph.equations, *map(adjoint_equation, adjoints.values())]
    if partials:
        lines += [partial_equation(each.partial) for each in edges if each.reader != graph.loss]
    return Numbers(graph, _evaluated(graph, lines, graph.model.values))


def _evaluated(
    graph: Graph, lines: Sequence[Equation], values: Mapping[str, Value | Array]
) -> Mapping[str, Array]:
    return evaluate(lines, values, functions=graph.model.functions, shapes=graph.shapes)


def partial_equation(partial: LocalPartial) -> Equation:
    """A local partial as an equation for the quantity `∂of/∂wrt`."""
    letters = (index.name for index in indices_of(partial.derivative) if isinstance(index, Name))
    indices = tuple(dict.fromkeys(letters))
    return Equation(key_of(partial.derivative), indices, partial.value, terms_of(partial.value))
