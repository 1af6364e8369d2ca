"""A program: straight lines, forward then backward, with shared work named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from derive.equation import Equation, Term
from derive.formula import Formula, Indexed, Name
from derive.model.model import Size


@dataclass(frozen=True, slots=True)
class Input:
    """An argument of the generated function: data or a parameter, with the sizes of its axes."""

    name: str
    role: str
    shape: tuple[Size, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """`target[indices] = sum of terms`; `of` is the derivative that a backward line computes."""

    target: str
    indices: tuple[str, ...]
    terms: tuple[Term, ...]
    of: Formula | None = None

    @property
    def left(self) -> Name | Indexed:
        """The left side."""
        return Indexed(self.target, tuple(map(Name, self.indices))) if self.indices else Name(self.target)


@dataclass(frozen=True, slots=True)
class Cost:
    """Operations: arithmetic ones, and calls of functions such as exp."""

    arithmetic: int
    functions: int


@dataclass(frozen=True, slots=True)
class Program:
    """A function that returns a loss and its gradient.

    `gradient` names, for each parameter, the quantity that holds its partial derivative. `letters` gives
    the size of every index letter, `equations` what the author wrote. `batch` is the size of the sample
    axis that was added, `reduction` what becomes of the samples. `cost` is that of value and gradient,
    `value_cost` of the value alone; for a model with indices, of one pass through its lines.
    """

    name: str
    title: str
    loss: str
    value: str
    inputs: tuple[Input, ...]
    forward: tuple[Line, ...]
    backward: tuple[Line, ...]
    gradient: tuple[tuple[str, Formula], ...]
    equations: tuple[Equation, ...]
    letters: Mapping[str, Mapping[str, Size]]
    shapes: Mapping[str, tuple[Size, ...]]
    batch: str | None
    reduction: str
    cost: Cost
    value_cost: Cost
    verified: str

    @property
    def lines(self) -> tuple[Line, ...]:
        """All lines in order."""
        return self.forward + self.backward

    @property
    def has_arrays(self) -> bool:
        """Whether any line has an index."""
        return any(line.indices or any(term.summed for term in line.terms) for line in self.lines)
