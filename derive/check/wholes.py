"""Equations of whole vectors at a component, where a text has no arrays: p = softmax(z) says what p_i is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from derive.check.by_components import ONE_INDEX
from derive.check.evident import STEP
from derive.check.facts import Environment
from derive.check.ranks import TO_NUMBERS
from derive.expression import MeaningError
from derive.formula import (
    Bound,
    Call,
    Elementwise,
    ElementwisePower,
    Formula,
    Grouping,
    Indexed,
    Name,
    Negation,
    Number,
    Power,
    Product,
    Quotient,
    Reduction,
    Sum,
    walk,
)
from derive.functions import function

# A formula at a component, and whether it has components: a number stands for itself.
_Part: TypeAlias = tuple[Formula, bool]
# |x| may be a norm.
_OF_VECTORS = TO_NUMBERS | {"abs", "diag"}
_ALL = "all"


@dataclass(frozen=True, slots=True)
class Wholes:
    """Takes formulas of whole vectors at a component; what it is not sure of has none.

    `within` are the names whose equations are being read.
    """

    environment: Environment
    within: frozenset[str] = frozenset()

    def component(self, formula: Formula, indices: tuple[Formula, ...]) -> Formula:
        """The component of a formula at indices; raises MeaningError."""
        found, has_components = self._part(formula, indices)
        if not has_components:
            raise MeaningError("a component of what has none")
        return found

    def _part(self, formula: Formula, at: tuple[Formula, ...]) -> _Part:
        match formula:
            case Number():
                return formula, False
            case Name():
                return self._name(formula, at)
            case Grouping(inner) | Negation(inner):
                found, has_components = self._part(inner, at)
                return formula.with_children((found,)), has_components
            case Sum(terms) | Elementwise(terms):
                return self._all(formula, terms, at)
            case Product(factors):
                return self._product(formula, factors, at)
            case Quotient(above, below):
                parts = [self._factor(each, at) for each in (above, below)]
                return Quotient(parts[0][0], parts[1][0]), parts[0][1] or parts[1][1]
            case Power(base, exponent) | ElementwisePower(base, exponent) if _is_number(exponent):
                found, has_components = self._part(base, at)
                return Power(found, exponent), has_components
            case Call():
                return self._call(formula, at)
            case Reduction() if _is_closed(formula):
                return formula, False
        raise MeaningError("what components this has is not read")

    def _name(self, name: Name, at: tuple[Formula, ...]) -> _Part:
        if len(at) in self.environment.own.indexed.get(name.name, ()):
            return Indexed(name.name, at), True
        if name.name in self.environment.values:
            return name, False
        fact = self.environment.equations.get(name.name)
        if fact is not None and not fact.letters and name.name not in self.within:
            _, has_components = Wholes(self.environment, self.within | {name.name})._part(fact.formula, at)
            return (Indexed(name.name, at), True) if has_components else (name, False)
        raise MeaningError(f"whether {name.name} has components is not said")

    def _all(self, formula: Formula, parts: Sequence[Formula], at: tuple[Formula, ...]) -> _Part:
        found = [self._part(each, at) for each in parts]
        return formula.with_children(tuple(each for each, _ in found)), any(has for _, has in found)

    def _product(self, formula: Formula, factors: Sequence[Formula], at: tuple[Formula, ...]) -> _Part:
        found = [self._factor(each, at) for each in factors]
        if sum(has for _, has in found) > 1:
            raise MeaningError("a product of two vectors")
        return formula.with_children(tuple(each for each, _ in found)), any(has for _, has in found)

    def _factor(self, formula: Formula, at: tuple[Formula, ...]) -> _Part:
        """A factor or a divisor: a small letter that nowhere has an index is a number."""
        bare = isinstance(formula, Name) and formula.name not in self.environment.own.indexed
        if isinstance(formula, Name) and bare and (formula.name[:1].islower() or formula.name == "T"):
            return formula, False
        return self._part(formula, at)

    def _call(self, call: Call, at: tuple[Formula, ...]) -> _Part:
        known, name = self.environment, call.function
        if len(call.arguments) != 1 or call.primes or name in known.own.disputed or name in known.equations:
            raise MeaningError(f"what {name} is by components is not clear")
        inner = call.arguments[0]
        own = known.own.given.get(name)
        if own is not None or name == "softmax":
            if len(at) != 1 or at[0] == STEP or name in known.functions:
                raise MeaningError(f"what {name} is by components is not clear")
            if own is not None:
                return own.at(at[0], inner, lambda place: self._of_vector(inner, place)), True
            return self._softmax(inner, at[0]), True
        if name in _OF_VECTORS or not self._goes_by_components(name):
            raise MeaningError(f"what {name} makes of vectors is not said")
        found, has_components = self._part(inner, at)
        return call.with_children((found,)), has_components

    def _softmax(self, inner: Formula, place: Formula) -> Formula:
        above = Call("exp", (self._of_vector(inner, place),))
        below = Call("exp", (self._of_vector(inner, Name(_ALL)),))
        return Grouping(Quotient(above, Reduction("sum", below, (Bound(_ALL),))))

    def _of_vector(self, formula: Formula, place: Formula) -> Formula:
        """The component of what is a vector for certain, as a softmax is taken of it."""
        indexed = self.environment.own.indexed
        if isinstance(formula, Name) and indexed.get(formula.name, ONE_INDEX) == ONE_INDEX:
            return Indexed(formula.name, (place,))
        return self.component(formula, (place,))

    def _goes_by_components(self, name: str) -> bool:
        """Whether a function is one of numbers: the table's, or one that the text defines for a number."""
        fact = self.environment.functions.get(name)
        if fact is None:
            known = function(name)
            return known is not None and len(known.parameters) == 1
        nodes = list(walk(fact.formula))
        own = all(
            each.function != name and function(each.function) is not None and each.function not in _OF_VECTORS
            for each in nodes
            if isinstance(each, Call)
        )
        plain = (Number, Name, Grouping, Negation, Sum, Product, Quotient, Power, Call)
        return own and len(fact.parameters) == 1 and all(isinstance(each, plain) for each in nodes)


def _is_number(formula: Formula) -> bool:
    inner = formula.operand if isinstance(formula, Negation) else formula
    return isinstance(inner, Number)


def _is_closed(formula: Reduction) -> bool:
    """Whether a sum speaks of nothing but the components that it runs over."""
    letters = {bound.name for bound in formula.bounds}
    nodes = [node for node in walk(formula.body) if isinstance(node, Name | Indexed)]
    return bool(letters) and all(
        set(node.indices) <= set(map(Name, letters)) if isinstance(node, Indexed) else node.name in letters
        for node in nodes
    )
