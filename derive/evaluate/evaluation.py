"""Evaluation of equations in order, at a precision that is raised until every value is known well enough."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from itertools import product
from operator import add, mul

from flint import arb, ctx, fmpq

from derive.equation import Equation, Term
from derive.errors import DeriveError, ModelError
from derive.evaluate.arithmetic import (
    PRIMITIVES,
    Array,
    Number,
    ValueFault,
    as_array,
    compared,
    divided,
    exact,
    raised,
)
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
    Number as Numeral,
    Power,
    Product,
    Quotient,
    Reduction,
    Relation,
    Sum,

    walk,
)
from derive.model.model import Size, Value
from derive.rules import NO_FUNCTIONS, Functions, lookup, opened

# Digits that every value is known to, and the most bits tried for them.
DIGITS = 50
MOST_PRECISION = 8_192
# A model with more components than this is no worked example.
MOST_COMPONENTS = 200_000
CONSTANTS = frozenset({"pi", "π"})


def evaluate(
    equations: Sequence[Equation],
    values: Mapping[str, Value | Array],
    *,
    functions: Functions = NO_FUNCTIONS,
    shapes: Mapping[str, tuple[Size, ...]] | None = None,
    digits: int = DIGITS,
) -> dict[str, Array]:
    """The values of the inputs and of every equation's target, known to `digits` digits.

    Arrays are nested tuples. `shapes` tells the sizes that have a name. Raises ModelError, with the
    equation, where one has no value.
    """
    precision = int(digits * 3.33) + 64
    before = ctx.prec
    try:
        while True:
            ctx.prec = precision
            found = _once(equations, values, functions, shapes or {})
            if precision >= MOST_PRECISION or all(_is_known(each, digits) for each in found.values()):
                return found
            precision *= 2
    finally:
        ctx.prec = before


def _once(
    equations: Sequence[Equation],
    values: Mapping[str, Value | Array],
    functions: Functions,
    shapes: Mapping[str, tuple[Size, ...]],
) -> dict[str, Array]:
    scope = Scope({name: as_array(value) for name, value in values.items()}, functions)
    for name, sizes in shapes.items():
        for size, length in zip(sizes, _lengths(scope.values.get(name, ())), strict=False):
            if isinstance(size, str):
                scope.values.setdefault(size, fmpq(length))
    for each in equations:
        try:
            scope.values[each.target] = scope.array(each)
        except ValueFault as fault:
            raise ModelError(f"{each.target} has no value: {fault}", each.place) from None
    return scope.values


def _lengths(value: Array) -> tuple[int, ...]:
    if not isinstance(value, tuple):
        return ()
    return (len(value), *(_lengths(value[0]) if value else ()))


def _is_known(value: Array, digits: int) -> bool:
    if isinstance(value, tuple):
        return all(_is_known(each, digits) for each in value)
    if isinstance(value, fmpq):
        return True
    return bool(value.rel_accuracy_bits() >= 3.33 * digits)


@dataclass
class Scope:
    """Values by name, and the meaning of functions; letters are the index variables in force."""

    values: dict[str, Array]
    functions: Functions = field(default_factory=lambda: NO_FUNCTIONS)

    def array(self, equation: Equation) -> Array:
        """The value of an equation's right side, nested by its indices."""
        sizes = [self.size(letter, equation) for letter in equation.indices]
        return self._nested(equation, sizes, {})

    def _nested(self, equation: Equation, sizes: Sequence[int], letters: dict[str, int]) -> Array:
        at = len(letters)
        if at == len(sizes):
            terms = (self.term(term, letters, equation) for term in equation.terms)
            return reduce(add, terms, fmpq(0))
        letter = equation.indices[at]
        return tuple(
            self._nested(equation, sizes, {**letters, letter: value}) for value in range(sizes[at])
        )

    def term(self, term: Term, letters: Mapping[str, int], equation: Equation) -> Number:
        """The value of a term, summed over its indices where its guards hold."""
        total: Number = fmpq(0)
        ranges = [range(self.size(letter, equation)) for letter in term.summed]
        for values in _bounded(ranges):
            inner = {**letters, **dict(zip(term.summed, values, strict=True))}
            if all(self.holds(guard, inner) for guard in term.guards):
                total = total + self.value(term.body, inner)
        return total

    def size(self, letter: str, equation: Equation) -> int:
        """The number of values of an index letter: the length of an axis that it runs over."""
        bodies = (equation.formula, *(term.body for term in equation.terms))
        return self.length(letter, bodies)

    def length(self, letter: str, formulas: Iterable[Formula]) -> int:
        """The length of an axis that the letter runs over in one of the formulas."""
        for formula in formulas:
            for node in walk(formula):
                at = _indices(node)
                for axis, index in enumerate(at):
                    if index == Name(letter) and (found := self._axis(node, axis)) is not None:
                        return found
        raise DeriveError(f"the size of the index {letter} is not known")

    def _axis(self, node: Formula, axis: int) -> int | None:
        value: Array | None = self.values.get(_key(node))
        for _ in range(axis):
            value = value[0] if isinstance(value, tuple) and value else None
        return len(value) if isinstance(value, tuple) else None

    def value(self, formula: Formula, letters: Mapping[str, int] = {}) -> Number:  # noqa: B006
        """The value of a scalar formula."""
        match formula:
            case Numeral():
                return exact(formula.value)
            case Name(name) if name in letters:
                return fmpq(letters[name])
            case Name() | Indexed() | Derivative():
                return self._component(formula, letters)
            case Sum(terms):
                return reduce(add, (self.value(term, letters) for term in terms))
            case Product(factors):
                return reduce(mul, (self.value(factor, letters) for factor in factors))
            case Negation(operand):
                return -self.value(operand, letters)
            case Grouping(inner):
                return self.value(inner, letters)
            case Quotient(top, bottom):
                return divided(self.value(top, letters), self.value(bottom, letters))
            case Power(base, exponent):
                return raised(self.value(base, letters), self.value(exponent, letters))
            case Call():
                return self._call(formula, letters)
            case Cases():
                return self._cases(formula, letters)
            case Reduction():
                return self._reduction(formula, letters)
        raise DeriveError(f"{type(formula).__name__.lower()} has no number as its value")

    def _component(self, node: Formula, letters: Mapping[str, int]) -> Number:
        key = _key(node)
        if key not in self.values:
            if key in CONSTANTS:
                return arb.pi()
            raise DeriveError(f"{key} has no value")
        value = self.values[key]
        for index in _indices(node):
            position = self.whole(index, letters)
            if not isinstance(value, tuple) or not 0 <= position < len(value):
                raise ValueFault(f"{key} has no component {position}")
            value = value[position]
        if isinstance(value, tuple):
            raise ValueFault(f"{key} is an array where a number should stand")
        return value

    def whole(self, index: Formula, letters: Mapping[str, int]) -> int:
        """The value of an index."""
        value = self.value(index, letters)
        if not isinstance(value, fmpq) or value.q != 1:
            raise ValueFault("an index that is no whole number")
        return int(value.p)

    def _call(self, call: Call, letters: Mapping[str, int]) -> Number:
        if call.primes:
            return self.value(opened(call, self.functions), letters)
        if call.function not in self.functions and call.function in ("max", "min"):
            every = [self.value(each, letters) for each in call.arguments]
            return extreme(every, call.function)[1]
        row = lookup(call.function, self.functions)
        if call.function not in self.functions and row.name in PRIMITIVES:
            return PRIMITIVES[row.name](self.value(call.arguments[0], letters))
        return self.value(opened(call, self.functions), letters)

    def _cases(self, cases: Cases, letters: Mapping[str, int]) -> Number:
        for branch in cases.branches:
            if branch.condition is None or self.holds(branch.condition, letters):
                return self.value(branch.value, letters)
        raise ValueFault("no case applies")

    def holds(self, condition: Formula, letters: Mapping[str, int]) -> bool:
        """Whether a relation, or a chain of them, is true."""
        if not isinstance(condition, Relation):
            raise DeriveError("a condition is a comparison")
        sides = [self.value(side, letters) for side in condition.sides]
        pairs = zip(sides, condition.signs, sides[1:], strict=False)
        return all(COMPARISONS[sign](compared(one, other)) for one, sign, other in pairs)

    def _reduction(self, reduction: Reduction, letters: Mapping[str, int]) -> Number:
        bounds = [bound.name for bound in reduction.bounds]
        ranges = [self._range(bound, reduction, letters) for bound in reduction.bounds]
        every = [
            self.value(reduction.body, {**letters, **dict(zip(bounds, at, strict=True))})
            for at in _bounded(ranges)
        ]
        match reduction.kind:
            case "sum":
                return reduce(add, every, fmpq(0))
            case "prod":
                return reduce(mul, every, fmpq(1))
            case "mean":
                return divided(reduce(add, every, fmpq(0)), fmpq(len(every)))
            case "max" | "min":
                return extreme(every, reduction.kind)[1]
            case "argmax" | "argmin":
                return fmpq(extreme(every, reduction.kind.removeprefix("arg"))[0])
        raise DeriveError(f"{reduction.kind} is no reduction")

    def _range(
        self, bound: Bound, reduction: Reduction, letters: Mapping[str, int]
    ) -> range:
        if bound.low is None or bound.high is None:
            return range(self.length(bound.name, (reduction.body,)))
        return range(self.whole(bound.low, letters), self.whole(bound.high, letters) + 1)


COMPARISONS = {
    "=": lambda order: order == 0,
    "==": lambda order: order == 0,
    "!=": lambda order: order != 0,
    "≠": lambda order: order != 0,
    "<": lambda order: order < 0,
    "<=": lambda order: order <= 0,
    "≤": lambda order: order <= 0,
    ">": lambda order: order > 0,
    ">=": lambda order: order >= 0,
    "≥": lambda order: order >= 0,
}


def extreme(values: Sequence[Number], kind: str) -> tuple[int, Number]:
    """The position and the value of the first element that is the maximum or the minimum."""
    best = 0
    for at, value in enumerate(values):
        if compared(value, values[best]) == (1 if kind == "max" else -1):
            best = at
    return best, values[best]


def _bounded(ranges: Sequence[range]) -> Iterator[tuple[int, ...]]:
    count = reduce(mul, map(len, ranges), 1)
    if count > MOST_COMPONENTS:
        raise DeriveError(f"a sum of {count:,} terms is too long for a worked example")
    return product(*ranges)


def _key(node: Formula) -> str:
    """The name under which a quantity's or a derivative's value stands."""
    if isinstance(node, Derivative):
        return f"∂{_key(node.of)}/∂{_key(node.wrt)}"
    return node.name if isinstance(node, (Name, Indexed)) else ""


def _indices(node: Formula) -> tuple[Formula, ...]:
    match node:
        case Indexed(indices=indices):
            return indices
        case Derivative(of=of, wrt=wrt) if not node.applied:
            return _indices(of) + _indices(wrt)
    return ()


