"""The formulas of a document in the words that its facts use: J(w) as what it is defined by, h(x) as h."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from derive.check.arrays import Arrays
from derive.check.axes import is_inverse
from derive.check.facts import Environment, Fact, is_number
from derive.check.named import opened
from derive.check.vectors import Vectors
from derive.check.whole_sums import Ends, with_ends
from derive.expression import MeaningError
from derive.formula import (
    Bound,
    Call,
    Derivative,
    Formula,
    Grouping,
    Indexed,
    MatrixProduct,
    Name,
    Power,
    Product,
    Reduction,
    replace,
    rewrite,
    walk,
)
from derive.functions import function as known_function


@dataclass(frozen=True, slots=True)
class Spelling:
    """Rewrites formulas under facts; with `whole`, every sum goes over its whole index.

    With `ends`, sums that do not say where they end have those of their axes.
    `needed` is told each fact that is put in.
    """

    environment: Environment
    vectors: Vectors
    whole: bool
    needed: Callable[[Fact], None]
    ends: Mapping[tuple[str, int], Ends] = field(default_factory=dict)

    def quantities(self, formula: Formula) -> Formula:
        """The formula with h(x) as h where the document writes a quantity so; else s(1 - s) is a product."""

        formula = opened(rewrite(formula, self._by_components), self.environment.names)
        if self.whole:
            formula = rewrite(formula, _over_all)
        elif self.ends:
            formula = with_ends(formula, self.ends)
        if isinstance(self.vectors, Arrays):
            formula = rewrite(formula, self._put_in)
        elif self.vectors.lengths:
            formula = rewrite(formula, self._multiplied_out)

        def bare(node: Formula) -> Formula:
            if isinstance(node, Call) and node.primes:
                return self._as_derivative(node)
            if not isinstance(node, Call) or not self._is_quantity(node):
                return node
            fact = self.environment.equations.get(node.function)
            if fact is not None and fact.arguments:
                given = tuple(each.inner if isinstance(each, Grouping) else each for each in node.arguments)
                if fact.arguments != given:
                    raise MeaningError(f"{node.function} of other arguments than those it is defined with")
                return Name(node.function, node.at)
            if len(node.arguments) != 1:
                raise MeaningError(f"{node.function} is no function")
            if node.function in self.environment.equations and is_number(node.arguments[0]):
                raise MeaningError(f"{node.function} at a number is a function of what is not said")
            return Product((Name(node.function, node.at), Grouping(node.arguments[0])))

        return rewrite(formula, bare)

    def _as_derivative(self, node: Call) -> Formula:
        """C'(w) as dC/dw, where C = (a - y)^2 is a quantity."""
        known, by = self.environment, node.arguments[0]
        fact = known.equations.get(node.function)
        if fact is None or node.function in known.functions or not isinstance(by, Name) or fact.letters:
            return node
        found: Formula = Name(node.function, node.at)
        for _ in range(node.primes):
            found = Derivative(found, by, total=True)
        return found

    def _by_components(self, node: Formula) -> Formula:
        """σ(u)_k as the text defines σ(z)_i; a function so defined is none of numbers."""
        own = self.environment.own
        if isinstance(node, Indexed) and (found := own.component(node.name)) is not None:
            if node.name in self.environment.names or len(node.indices) != 1:
                return node
            argument = found[1]
            return found[0].at(node.indices[0], Name(argument), lambda at: Indexed(argument, (at,)))
        if not isinstance(node, Call):
            return node
        if node.function in own.disputed:
            raise MeaningError(f"what {node.function} is by components is not clear")
        if node.function in own.given:
            of_vector = isinstance(self.vectors, Arrays) and any(
                map(sum, map(self.vectors.axes, node.arguments))
            )
            if of_vector == (node.function in self.environment.functions):
                raise MeaningError(f"{node.function} is a function of vectors, and by components")
        return node

    def _put_in(self, node: Formula) -> Formula:
        """J(w) and what ∇J is of as their definition: a function of arrays is none of their components."""
        called = node.of if isinstance(node, Derivative) else node
        name = (
            called.name if isinstance(called, Name) else called.function if isinstance(called, Call) else ""
        )
        fact = self.environment.functions.get(name)
        defined = self.environment.equations.get(name)
        if fact is None and defined is not None and isinstance(called, Name) and called is not node:
            return self._through_inverses(node, defined)
        if fact is None or not self._takes_arrays(fact) or (isinstance(called, Name) and called is node):
            return node
        if isinstance(node, Derivative) and self._goes_by_equations(fact, node):
            return node
        self.needed(fact)
        body = fact.formula
        if isinstance(called, Call):
            if called.primes or len(called.arguments) != len(fact.parameters):
                raise MeaningError(f"what {name} makes of arrays is not said")
            given = zip(fact.parameters, called.arguments, strict=True)
            body = replace(body, {Name(parameter): Grouping(argument) for parameter, argument in given})
        if isinstance(node, Derivative):
            return Derivative(Grouping(body), node.wrt, node.total, node.applied)
        return Grouping(body)

    def _multiplied_out(self, node: Formula) -> Formula:
        """h(x) = g(θᵀx) as the function of the components that it is."""
        fact = self.environment.functions.get(node.function) if isinstance(node, Call) else None
        if fact is None or not any(isinstance(each, MatrixProduct) for each in walk(fact.formula)):
            return node
        assert isinstance(node, Call)
        if node.primes or len(node.arguments) != len(fact.parameters):
            raise MeaningError(f"what {node.function} makes of vectors is not said")
        self.needed(fact)
        given = zip(fact.parameters, node.arguments, strict=True)
        return Grouping(replace(fact.formula, {Name(each): argument for each, argument in given}))

    def _goes_by_equations(self, fact: Fact, node: Derivative) -> bool:
        """Whether a derivative is by what the function L(w) does not take, of L as equations have it."""
        by = node.wrt.name if isinstance(node.wrt, Name | Indexed) else ""
        return (
            isinstance(node.of, Name)
            and fact.name in self.environment.equations
            and by not in fact.parameters
        )

    def _through_inverses(self, node: Formula, defined: Fact) -> Formula:
        """∂L/∂K with what L is in place of L, where that holds an inverse or a determinant of K."""
        if not isinstance(node, Derivative) or not isinstance(node.wrt, Name) or defined.letters:
            return node
        parts = [each for each in walk(defined.formula) if _inverts(each)]
        if not any(each == node.wrt for part in parts for each in walk(part)):
            return node
        self.needed(defined)
        return Derivative(Grouping(defined.formula), node.wrt, node.total, node.applied)

    def _takes_arrays(self, fact: Fact) -> bool:
        """Whether a function reads vectors or matrices as a whole; those of the table go by components."""
        if known_function(fact.name) is not None:
            return False
        read_names = {each.name for each in walk(fact.formula) if isinstance(each, Name)}
        return any(map(self.vectors.is_array, (*fact.parameters, *read_names)))

    def _is_quantity(self, call: Call) -> bool:
        """Whether a name before brackets is a factor: o (1 - o), though the text writes o(w, b) as well."""
        known, name = self.environment, call.function
        fact = known.functions.get(name)
        if fact is not None and len(fact.parameters) == len(call.arguments):
            return False
        return name in known.equations or (fact is None and name in known.values)


def _inverts(node: Formula) -> bool:
    """Whether it is a power -1, or the determinant of something."""
    return (isinstance(node, Power) and is_inverse(node.exponent)) or (
        isinstance(node, Call) and node.function in ("det", "abs")
    )


def _over_all(node: Formula) -> Formula:
    """A sum from 1 to n as one over the whole index."""
    if isinstance(node, Reduction) and any(each.high is not None for each in node.bounds):
        return Reduction(node.kind, node.body, tuple(Bound(each.name) for each in node.bounds), at=node.at)
    return node
