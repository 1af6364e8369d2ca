"""A program: straight lines, forward then backward, with shared work named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from derive.equation import Equation, Term, component, formula_of
from derive.formula import ZERO, Branch, Cases, Formula, Indexed, Name, operands, walk
from derive.model.model import Size


@dataclass(frozen=True, slots=True)
class Input:
    """An argument of the generated function: data or a parameter, with the sizes of its axes."""

    name: str
    role: str
    shape: tuple[Size, ...]


@dataclass(frozen=True)
class Line:
    """`target[indices] = sum of terms`; `of` is the derivative that a backward line computes."""

    target: str
    indices: tuple[str, ...]
    terms: tuple[Term, ...]
    of: Formula | None = None

    @property
    def left(self) -> Name | Indexed:
        """The left side."""
        return component(self.target, self.indices)

    @cached_property
    def reads(self) -> tuple[str, ...]:
        """The names that the right side reads."""
        return tuple(each.name for term in self.terms for each in operands(term.body))

    @cached_property
    def nodes(self) -> tuple[Formula, ...]:
        """Every node of the right side."""
        return tuple(node for term in self.terms for node in walk(term.body))

    @property
    def formula(self) -> Formula:
        """The right side; what guards exclude counts as zero."""
        return formula_of(Term(_guarded(term), term.summed) for term in self.terms)


def _guarded(term: Term) -> Formula:
    body = term.body
    for guard in term.guards:
        body = Cases((Branch(body, guard), Branch(ZERO, None)))
    return body


@dataclass(frozen=True, slots=True)
class Cost:
    """Operations: arithmetic ones, and calls of functions such as exp."""

    arithmetic: int
    functions: int


# How often a cost is paid: once, or as often as the product of these sizes says.
Times = tuple[str, ...]
ONCE: Times = ()


@dataclass(frozen=True, slots=True)
class Program:
    """A function that returns a loss and its gradient.

    `source` is the file that the model was read from, or its name. `gradient` names, for each parameter,
    the quantity that holds its partial derivative. `equations` are the author's lines. `letters` gives
    the size of every index letter, line by line, `shapes` those of the axes of every quantity, `lengths`
    the argument and the axis that a named size can be read off, `derived` the sizes that follow from others.
    `batch` is the size of the sample axis that was added, `reduction` what becomes of the samples. `cost`
    is that of value and gradient, `value_cost` of the value alone. `verified` says how it was verified,
    `convention` what a derivative is taken to be where there is none.
    """

    name: str
    source: str
    title: str
    loss: str
    value: str
    inputs: tuple[Input, ...]
    forward: tuple[Line, ...]
    backward: tuple[Line, ...]
    gradient: tuple[tuple[str, str], ...]
    equations: tuple[Equation, ...]
    letters: Mapping[str, Mapping[str, Size]]
    shapes: Mapping[str, tuple[Size, ...]]
    lengths: Mapping[str, tuple[str, int]]
    derived: Mapping[str, Formula]
    batch: str | None
    reduction: str
    cost: Mapping[Times, Cost]
    value_cost: Mapping[Times, Cost]
    verified: str
    convention: str = ""

    @property
    def lines(self) -> tuple[Line, ...]:
        """All lines in order."""
        return self.forward + self.backward
