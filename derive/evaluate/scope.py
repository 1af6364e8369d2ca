"""What a formula means where its names have values."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from itertools import product as combinations
from types import MappingProxyType
from typing import TypeAlias

from derive.errors import DeriveError, nearest, printable
from derive.evaluate.extents import extent
from derive.evaluate.primitives import CONSTANTS, PRIMITIVES, extreme, power
from derive.evaluate.quantities import Array, indices_of, name_of
from derive.evaluate.real import Real, ValueFault, compared, exact, product, quotient, total
from derive.formula import (
    Bound,
    Call,
    Cases,
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
    Reduction,
    Relation,
    Sum,
)
from derive.functions import Function
from derive.rules import NO_FUNCTIONS, Functions, differentiate, lookup, opened

# Index letters in force, and the parameters of the function whose body is evaluated.
Bindings: TypeAlias = "Mapping[str, int | Real]"

NOTHING_BOUND: Bindings = MappingProxyType({})
# More quantities read than this are no worked example.
MOST_WORK = 2_000_000


class Scope:
    """Values by name and the meaning of functions; a derivative's value stands under its key, `∂L/∂w`."""

    def __init__(self, values: Mapping[str, Array], functions: Functions = NO_FUNCTIONS) -> None:
        self.values = dict(values)
        self.functions = functions
        self._work = 0
        self._slopes: dict[tuple[str, int], Formula] = {}
        self._extents: dict[tuple[int, str], tuple[Formula, int]] = {}

    def value(self, formula: Formula, bound: Bindings = NOTHING_BOUND) -> Real:
        """The value of a scalar formula; `bound` are the index letters in force.

        Raises ValueFault where an operation has no value, DeriveError where the formula has none.
        """
        meaning = _MEANINGS.get(type(formula))
        if meaning is None:
            raise DeriveError(f"a {type(formula).__name__.lower()} has no number as its value")
        return meaning(self, formula, bound)

    def holds(self, condition: Formula, bound: Bindings = NOTHING_BOUND) -> bool:
        """Whether a relation, or each of a chain of them, is true."""
        if not isinstance(condition, Relation):
            raise DeriveError("a condition is a comparison")
        sides = [self.value(side, bound) for side in condition.sides]
        pairs = zip(condition.signs, sides, sides[1:], strict=False)
        return all(_COMPARISONS[sign](compared(one, other)) for sign, one, other in pairs)

    def whole(self, index: Formula, bound: Bindings) -> int:
        """The value of an index."""
        if isinstance(index, Name) and isinstance(letter := bound.get(index.name), int):
            return letter
        value = self.value(index, bound).rational
        if value is None or value.q != 1:
            raise ValueFault("an index that is no whole number")
        return int(value.p)

    def extent(self, letter: str, body: Formula) -> int:
        """The number of values of an index letter that is free in the body."""
        key = (id(body), letter)
        if key not in self._extents:
            found = extent(letter, body, self.values)
            if found is None:
                raise ValueFault(f"the index {letter} runs over no axis whose size is known")
            self._extents[key] = (body, found)  # the body is kept alive: its id stays its own
        return self._extents[key][1]

    def _number(self, number: Number, bound: Bindings) -> Real:
        return _rational(number.text)

    def _quantity(self, node: Name | Indexed | Derivative, bound: Bindings) -> Real:
        if isinstance(node, Name) and node.name in bound:
            return exact(bound[node.name])
        if isinstance(node, Derivative) and node.applied:
            return self._applied(node, bound)
        self._count()
        name = name_of(node)
        value = self.values.get(name)
        if value is None:
            return self._constant(name)
        for index in indices_of(node):
            value = _component(name, value, self.whole(index, bound))
        if isinstance(value, tuple):
            raise ValueFault(f"{name} is an array where a number should stand")
        return value

    def _constant(self, name: str) -> Real:
        if name in CONSTANTS:
            return CONSTANTS[name]
        near = nearest(name, self.values)
        hint = f"; did you mean {near}?" if near else ""
        raise DeriveError(f"{printable(name)} has no value{hint}")

    def _count(self) -> None:
        self._work += 1
        if self._work > MOST_WORK:
            raise DeriveError(f"this reads more than {MOST_WORK:,} numbers: too many for exact evaluation")

    def _applied(self, node: Derivative, bound: Bindings) -> Real:
        assert isinstance(node.wrt, Name | Indexed)
        return self.value(differentiate(node.of, node.wrt, self.functions), bound)

    def _sum(self, node: Sum, bound: Bindings) -> Real:
        return total([self.value(term, bound) for term in node.terms])

    def _product(self, node: Product, bound: Bindings) -> Real:
        return product([self.value(factor, bound) for factor in node.factors])

    def _quotient(self, node: Quotient, bound: Bindings) -> Real:
        return quotient(self.value(node.numerator, bound), self.value(node.denominator, bound))

    def _power(self, node: Power, bound: Bindings) -> Real:
        return power(self.value(node.base, bound), self.value(node.exponent, bound))

    def _negation(self, node: Negation, bound: Bindings) -> Real:
        return -self.value(node.operand, bound)

    def _grouping(self, node: Grouping, bound: Bindings) -> Real:
        return self.value(node.inner, bound)

    def _cases(self, node: Cases, bound: Bindings) -> Real:
        for branch in node.branches:
            if branch.condition is None or self.holds(branch.condition, bound):
                return self.value(branch.value, bound)
        raise ValueFault("no case applies")

    def _call(self, call: Call, bound: Bindings) -> Real:
        arguments = [self.value(argument, bound) for argument in call.arguments]
        row = lookup(call.function, self.functions)
        if call.primes:
            return self.value(self._slope(row, call.primes), {row.parameters[0]: arguments[0]})
        if row.variadic:
            return arguments[extreme(arguments, row.name)]
        body = row.body()
        if body is None:
            return PRIMITIVES[row.name](*arguments)
        return self.value(body, self._parameters(row, arguments))

    def _parameters(self, row: Function, arguments: Sequence[Real]) -> dict[str, Real]:
        """The parameters of a function with their values, defaults filled in."""
        names = tuple(map(Name, row.parameters))
        defaults = row.complete(names[: len(arguments)])[len(arguments) :]
        return dict(zip(row.parameters, (*arguments, *map(self.value, defaults)), strict=True))

    def _slope(self, row: Function, primes: int) -> Formula:
        """A derivative of a function of one argument, as a formula in its first parameter."""
        key = (row.name, primes)
        if key not in self._slopes:
            call = Call(row.name, (Name(row.parameters[0]),), primes)
            self._slopes[key] = opened(call, self.functions)
        return self._slopes[key]

    def _reduction(self, node: Reduction, bound: Bindings) -> Real:
        letters = [each.name for each in node.bounds]
        ranges = [self._range(each, node.body, bound) for each in node.bounds]
        every = [
            self.value(node.body, {**bound, **dict(zip(letters, at, strict=True))})
            for at in combinations(*ranges)
        ]
        if node.kind in ("sum", "prod"):
            return total(every) if node.kind == "sum" else product(every)
        if not every:
            raise ValueFault(f"the {node.kind} of nothing")
        if node.kind == "mean":
            return quotient(total(every), exact(len(every)))
        best = extreme(every, node.kind.removeprefix("arg"))
        return exact(ranges[0][best]) if node.kind.startswith("arg") else every[best]

    def _range(self, each: Bound, body: Formula, bound: Bindings) -> range:
        if each.low is None or each.high is None:
            return range(self.extent(each.name, body))
        return range(self.whole(each.low, bound), self.whole(each.high, bound) + 1)


@lru_cache(maxsize=1024)
def _rational(text: str) -> Real:
    return exact(Number(text).value)


def _component(name: str, value: Array, position: int) -> Array:
    if not isinstance(value, tuple):
        raise ValueFault(f"{name} has no component: it is a number")
    if not 0 <= position < len(value):
        raise ValueFault(f"{name} has no component {position}: its indices are 0 to {len(value) - 1}")
    return value[position]


_MEANINGS: Mapping[type[Formula], Callable[..., Real]] = {
    Number: Scope._number,
    Name: Scope._quantity,
    Indexed: Scope._quantity,
    Derivative: Scope._quantity,
    Sum: Scope._sum,
    Product: Scope._product,
    Quotient: Scope._quotient,
    Power: Scope._power,
    Negation: Scope._negation,
    Grouping: Scope._grouping,
    Call: Scope._call,
    Cases: Scope._cases,
    Reduction: Scope._reduction,
}

_COMPARISONS: Mapping[str, Callable[[int], bool]] = {
    "=": lambda order: order == 0,
    "!=": lambda order: order != 0,
    "<": lambda order: order < 0,
    "<=": lambda order: order <= 0,
    ">": lambda order: order > 0,
    ">=": lambda order: order >= 0,
}
