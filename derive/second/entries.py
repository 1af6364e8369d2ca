"""Entries of the Hessian in the quantities of the model: every derivative is put in where it is read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from derive import tidy
from derive.equation import Equation
from derive.formula import (
    ZERO,
    Derivative,
    Formula,
    Grouping,
    Indexed,
    Name,
    Negation,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    replace,
    times,
)
from derive.gradient import Adjoint
from derive.indices import renamed
from derive.second.equations import GradientEquations
from derive.second.settling import settled


class Entries:
    """A row of the Hessian; `row` is the gradient of one derivative, `first` that of the loss.

    `sizes` are the numbers of the sizes that have names, where they are known.
    """

    def __init__(self, row: GradientEquations, first: GradientEquations, sizes: Mapping[str, int]) -> None:
        self._row = row
        self._sizes: dict[Formula, Formula] = {Name(size): Number(str(n)) for size, n in sizes.items()}
        names = set(first.names.values())
        self._equations: Mapping[str, Equation] = {
            each.target: each for each in row.graph.equations if each.target in names
        }

    def entry(self, name: str, at: Sequence[int] = ()) -> Formula:
        """The second derivative by a parameter, or by a component of an array, in the model's quantities."""
        adjoint = self._row.adjoints.get(name)
        if adjoint is None:
            return ZERO
        found = self._of(adjoint, tuple(Number(str(index)) for index in at))
        return settled(replace(found, self._sizes)) if self._sizes else settled(found)

    def _of(self, adjoint: Adjoint, at: Sequence[Formula]) -> Formula:
        letters = dict(zip(adjoint.indices, at, strict=True))
        return self._opened(renamed(self._row.through_values(adjoint.formula), letters))

    def _opened(self, node: Formula) -> Formula:
        """The formula with every derivative in it put in."""
        match node:
            case Derivative(of=Name(of), wrt=Name(wrt) | Indexed(wrt) as place) if of == self._row.graph.loss:
                return self._of(self._row.adjoints[wrt], place.indices if isinstance(place, Indexed) else ())
            case Name(name) if name in self._equations:
                return self._opened(self._equations[name].formula)
            case Indexed(name, at) if name in self._equations:
                own = self._equations[name]
                return self._opened(renamed(own.formula, dict(zip(own.indices, at, strict=True))))
        if not node.children or isinstance(node, Indexed):
            return node
        return _tidied(node.with_children(tuple(map(self._opened, node.children))))


def _tidied(node: Formula) -> Formula:
    match node:
        case Product(factors):
            found = tidy.product(factors)
            return times(*_gathered(found.factors)) if isinstance(found, Product) else found
        case Sum(terms):
            return tidy.total(terms)
        case Negation(operand):
            return tidy.negative(operand)
        case Quotient(numerator, denominator):
            return tidy.quotient(numerator, denominator)
    return node


def _gathered(factors: Iterable[Formula]) -> tuple[Formula, ...]:
    """The factors with those that are equal as one power, x·x as x²."""
    counts: dict[Formula, int] = {}
    for factor in factors:
        bare = factor.inner if isinstance(factor, Grouping) else factor
        counts[bare] = counts.get(bare, 0) + 1
    return tuple(each if n == 1 else Power(each, Number(str(n))) for each, n in counts.items())
