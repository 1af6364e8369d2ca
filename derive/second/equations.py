"""The gradient as equations: those of the model, then a named one for every adjoint, ∂L/∂z1 as dL_dz1."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from derive.equation import Equation, Term
from derive.formula import Call, Derivative, Formula, Indexed, Name, Product, rewrite
from derive.formula import replace as put
from derive.functions.function import OUTPUT
from derive.gradient import Adjoint
from derive.graph import Graph
from derive.indices import renamed
from derive.model.model import Model
from derive.rules import lookup
from derive.second.naming import fresh, names_in


@dataclass(frozen=True)
class GradientEquations:
    """A graph with the equations of its gradient; `names` gives each adjoint its name.

    No name meets one that the author uses. A parameter that the loss does not depend on has no name.
    """

    graph: Graph
    adjoints: Mapping[str, Adjoint]

    @property
    def model(self) -> Model:
        """The model whose gradient this is."""
        return self.graph.model

    @cached_property
    def names(self) -> Mapping[str, str]:
        """The name of the derivative by each node that leads to the loss."""
        taken = names_in(self.graph)
        loss = self.graph.loss
        return {node: fresh(f"d{loss}_d{node}", taken) for node in self.adjoints if node != loss}

    @cached_property
    def equations(self) -> tuple[Equation, ...]:
        """The forward equations, then those of the adjoints, readers first."""
        return (*self.graph.equations, *self._backward())

    @cached_property
    def by_target(self) -> Mapping[str, Equation]:
        """The equation of each name that has one."""
        return {each.target: each for each in self.equations}

    def _backward(self) -> Iterator[Equation]:
        for node, name in self.names.items():
            adjoint = self.adjoints[node]
            terms = tuple(Term(self.named(t.body), t.summed, t.guards) for t in adjoint.terms)
            yield Equation(name, adjoint.indices, self.named(adjoint.formula), terms)

    def named(self, formula: Formula) -> Formula:
        """The formula with adjoints by their names, and f'(u) by the name of f(u) where it has one."""

        def name(node: Formula) -> Formula:
            match node:
                case Derivative(of=Name(of), wrt=Name(wrt), applied=False) if of == self.graph.loss:
                    return Name(self.names[wrt])
                case Derivative(of=Name(of), wrt=Indexed(wrt, at), applied=False) if of == self.graph.loss:
                    return Indexed(self.names[wrt], at)
            return node

        return self.through_values(rewrite(formula, name))

    def through_values(self, formula: Formula) -> Formula:
        """The formula with f'(u) written with the name of f(u), where that has one: h*(1 - h)."""

        slopes: list[Formula] = []

        def written(node: Formula) -> Formula:
            match node:
                case Call(primes=1):
                    slope = self._slope(node)
                    if slope is not None:
                        slopes.append(slope)
                        return slope
                case Product(factors) if any(factor is slope for factor in factors for slope in slopes):
                    return Product(tuple(part for factor in factors for part in _opened(factor, slopes)))
            return node

        return rewrite(formula, written)

    def _slope(self, call: Call) -> Formula | None:
        """The derivative of a function through the name of its value; None where it has no such name."""
        row = lookup(call.function, self.model.functions)
        slope = row.derivative(0)
        if slope is None or Name(OUTPUT) not in (slope, *_parts(slope)):
            return None
        for each in self.graph.equations:
            match each.formula:
                case Call(function, arguments, 0) if function == call.function:
                    letters = _letters(arguments, call.arguments, each.indices)
                    if letters is not None:
                        own = renamed(each.left, letters)
                        values: dict[Formula, Formula] = dict(
                            zip(map(Name, row.parameters), row.complete(arguments), strict=True)
                        )
                        return put(slope, {**values, Name(OUTPUT): own})
        return None


def _parts(formula: Formula) -> Iterator[Formula]:
    for child in formula.children:
        yield child
        yield from _parts(child)


def _opened(factor: Formula, slopes: list[Formula]) -> tuple[Formula, ...]:
    if isinstance(factor, Product) and any(factor is slope for slope in slopes):
        return factor.factors
    return (factor,)


def _letters(
    pattern: tuple[Formula, ...], arguments: tuple[Formula, ...], letters: tuple[str, ...]
) -> dict[str, Formula] | None:
    """What the letters stand for where the pattern is the arguments; None where it is not."""
    bound: dict[str, Formula] = {}

    def fits(one: Formula, other: Formula) -> bool:
        if isinstance(one, Name) and one.name in letters:
            return bound.setdefault(one.name, other) == other
        if type(one) is not type(other) or len(one.children) != len(other.children):
            return False
        if one.children:
            same = one.with_children(other.children) == other
            return same and all(map(fits, one.children, other.children))
        return one == other

    fit = len(pattern) == len(arguments) and all(map(fits, pattern, arguments))
    return bound if fit and set(bound) == set(letters) else None
