"""The value of a formula of a page where its names have values: by its equations, in plain arithmetic.

Derivatives are difference quotients in 60 digits. Nothing of the check is used but what it read: the trees of
the formulas and of the definitions.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import Literal

import mpmath
import numpy as np
from mpmath import mpf

from derive.formula import (
    Bound,
    Call,
    Cases,
    Derivative,
    Elementwise,
    ElementwisePower,
    Formula,
    Grouping,
    Indexed,
    MatrixProduct,
    Name,
    Negation,
    Number,
    Power,
    Product,
    Quotient,
    Reduction,
    Relation,
    Sum,
    Transpose,
    Vector,
)
from tests.calculator import MEANINGS
from tests.mutants.arithmetic import (
    REDUCTIONS,
    SIGNS,
    NoValue,
    Value,
    fitted,
    mapped,
    multiplied,
    of_arrays,
    same,
)

# Through everything; with the other names of the line held fixed, or every name that ∂/∂x stands before; the
# loss through everything, others not.
Reading = Literal["total", "local", "written", "backward"]
READINGS: tuple[Reading, ...] = ("total", "local", "written", "backward")
SIZE = 3
DIGITS = 60
STEP = mpf(10) ** -20
DEEPEST = 40


@dataclass(frozen=True, slots=True)
class Definition:
    """A name's own formula; `letters` are those of a component on its left, `parameters` a function's."""

    formula: Formula
    letters: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()


@dataclass
class Page:
    """What a page says: functions, equations, the number of axes of its arrays, the names of their sizes.

    `loss` leads its chains.
    """

    functions: Mapping[str, Definition]
    equations: Mapping[str, Definition]
    ranks: Mapping[str, int]
    loss: str = ""
    sizes: frozenset[str] = frozenset()


@dataclass
class Point:
    """Values of the names of a page, drawn from a seed; what is `given` or `written` is not drawn."""

    page: Page
    seed: int
    reading: Reading = "total"
    given: Mapping[str, Value] = field(default_factory=dict)
    moved: Mapping[tuple[str, tuple[int, ...]], mpf] = field(default_factory=dict)
    written: Mapping[str, Formula] = field(default_factory=dict)
    _depth: int = 0
    _known: dict[Formula | tuple[str, tuple[int, ...]], Value] = field(default_factory=dict, init=False)

    def whole(self, formula: Formula) -> Value:
        """The value of a formula, worked out once; raises NoValue."""
        if formula not in self._known:
            self._known[formula] = self.value(formula)
        return self._known[formula]

    def value(self, formula: Formula, letters: Mapping[str, int] | None = None) -> Value:
        """The value; raises NoValue."""
        self._depth += 1
        if self._depth > DEEPEST:
            raise NoValue("nested too deep")
        try:
            return self._value(formula, letters or {})
        finally:
            self._depth -= 1

    def _value(self, formula: Formula, letters: Mapping[str, int]) -> Value:
        match formula:
            case Number(text):
                return mpf(text)
            case Name(name):
                return self._named(name, letters)
            case Indexed(name, indices):
                return self.component(name, tuple(self._place(each, letters) for each in indices))
            case Grouping(inner):
                return self.value(inner, letters)
            case Negation(operand):
                return -self.value(operand, letters)
            case Sum(terms):
                return reduce(lambda a, b: fitted(a, b, "+"), (self.value(each, letters) for each in terms))
            case Product(factors) | MatrixProduct(factors):
                return reduce(multiplied, (self.value(each, letters) for each in factors))
            case Elementwise(factors):
                return reduce(lambda a, b: fitted(a, b, "*"), (self.value(each, letters) for each in factors))
            case Quotient(numerator, denominator):
                return fitted(self.value(numerator, letters), self.value(denominator, letters), "/")
            case Power(base, exponent) | ElementwisePower(base, exponent):
                return mapped(mpmath.power, self.value(base, letters), self.value(exponent, letters))
            case Transpose(operand):
                inner = self.value(operand, letters)
                return inner.T if isinstance(inner, np.ndarray) else inner
            case Vector(elements):
                return np.array([[self._number(each, letters)] for each in elements], dtype=object)
            case Call():
                return self._called(formula, letters)
            case Reduction():
                return self._reduced(formula, letters)
            case Derivative():
                return self._slope(formula, letters)
            case Cases(branches):
                for branch in branches:
                    if branch.condition is None or self._holds(branch.condition, letters):
                        return self.value(branch.value, letters)
        raise NoValue(type(formula).__name__)

    def _number(self, formula: Formula, letters: Mapping[str, int]) -> mpf:
        found = self.value(formula, letters)
        if isinstance(found, np.ndarray):
            if found.size != 1:
                raise NoValue("an array where a number should stand")
            return found.flat[0]
        return found

    def _place(self, index: Formula, letters: Mapping[str, int]) -> int:
        if isinstance(index, Name) and index.name in letters:
            return letters[index.name]
        if isinstance(index, Name):
            # A letter that nothing binds stands for one and the same place throughout.
            return _drawn(self.seed, index.name) % SIZE
        found = self._number(index, letters)
        if found != int(found):
            raise NoValue("no place")
        return int(found)

    def _named(self, name: str, letters: Mapping[str, int]) -> Value:
        if name in letters:
            return mpf(letters[name])
        if name in ("pi", "π") and name not in self.page.equations:
            return +mpmath.pi
        if name in self.given:
            return self.given[name]
        rank = self.page.ranks.get(name, 0)
        if rank == 0:
            return self.component(name, ())
        if rank > 2:
            raise NoValue("more than two axes")
        places = itertools.product(range(SIZE), repeat=rank)
        numbers = [self.component(name, each) for each in places]
        return np.array(numbers, dtype=object).reshape(SIZE, SIZE if rank == 2 else 1)

    def component(self, name: str, places: tuple[int, ...]) -> mpf:
        """A component of a quantity: by its equation, else drawn."""
        if (name, places) in self.moved:
            return self.moved[name, places]
        if (name, places) not in self._known:
            self._known[name, places] = self._component(name, places)
        return self._known[name, places]

    def _component(self, name: str, places: tuple[int, ...]) -> mpf:
        definition = self.page.equations.get(name)
        if name == "delta" and len(places) == 2 and definition is None:
            return mpf(places[0] == places[1])
        if definition is not None:
            return self._opened(name, places)
        if name in self.page.sizes and not places:
            return mpf(SIZE)
        known = self._number_of_page(name, places)
        return _leaf(self.seed, name, places) if known is None else known

    def _number_of_page(self, name: str, places: tuple[int, ...]) -> mpf | None:
        """What the page itself says: a number, or one of a list."""
        written = self.written.get(name)
        if written is None:
            return None
        if not places:
            return self._number(written, {})
        for place in places:
            if not isinstance(written, Vector) or place >= len(written.elements):
                raise NoValue("a component that the page does not give")
            written = written.elements[place]
        return self._number(written, {})

    def _opened(self, name: str, places: tuple[int, ...]) -> mpf:
        definition = self.page.equations[name]
        if definition.letters:
            if len(definition.letters) != len(places):
                raise NoValue("another number of indices")
            return self._number(definition.formula, dict(zip(definition.letters, places, strict=True)))
        found = self.value(definition.formula)
        if not places:
            return found.flat[0] if isinstance(found, np.ndarray) and found.size == 1 else found
        if not isinstance(found, np.ndarray):
            raise NoValue("a component of a number")
        return found[places if len(places) == 2 else (places[0], 0)]

    def _called(self, call: Call, letters: Mapping[str, int]) -> Value:
        arguments = [self.value(each, letters) for each in call.arguments]
        own = self.page.functions.get(call.function)
        if own is not None and len(own.parameters) == len(arguments):
            return mapped(lambda *numbers: self._own(own, numbers, call.primes), *arguments)
        if call.function in ("dot", "norm", "trace", "softmax"):
            return of_arrays(call.function, arguments)
        meaning = MEANINGS.get(call.function)
        if meaning is None:
            if call.function in self.page.equations and len(arguments) == 1 and not call.primes:
                return multiplied(self._named(call.function, letters), arguments[0])
            raise NoValue(call.function)
        if not call.primes:
            return mapped(meaning, *arguments)
        return mapped(lambda x: mpmath.diff(meaning, x, call.primes), *arguments)

    def _own(self, own: Definition, numbers: tuple[mpf, ...], primes: int) -> mpf:
        def at(*arguments: mpf) -> mpf:
            inner = replace(self, given={**self.given, **_named_values(own, arguments)})
            return inner._number(own.formula, {})

        return mpmath.diff(at, numbers[0], primes) if primes else at(*numbers)

    def _reduced(self, node: Reduction, letters: Mapping[str, int]) -> Value:
        if not node.bounds:
            found = self.value(node.body, letters)
            numbers = list(found.flat) if isinstance(found, np.ndarray) else [found]
            if node.axis is not None:
                raise NoValue("along an axis")
            return REDUCTIONS[node.kind](numbers)
        ranges = itertools.product(*(self._range(each, letters) for each in node.bounds))
        scopes = ({**letters, **dict(zip((b.name for b in node.bounds), at, strict=True))} for at in ranges)
        values = [self.value(node.body, scope) for scope in scopes]
        if any(isinstance(each, np.ndarray) for each in values):
            if node.kind != "sum":
                raise NoValue("a product of arrays")
            return reduce(lambda a, b: fitted(a, b, "+"), values)
        return REDUCTIONS[node.kind](values)

    def _range(self, bound: Bound, letters: Mapping[str, int]) -> range:
        if isinstance(bound.low, Number) and isinstance(bound.high, Number):
            return range(int(bound.low.text), int(bound.high.text) + 1)
        return range(SIZE)

    def _holds(self, condition: Formula, letters: Mapping[str, int]) -> bool:
        if not isinstance(condition, Relation):
            raise NoValue("a condition in words")
        sides = [self._number(each, letters) for each in condition.sides]
        pairs = zip(condition.signs, sides, sides[1:], strict=False)
        return all(SIGNS[sign](one, other) for sign, one, other in pairs)

    def _slope(self, node: Derivative, letters: Mapping[str, int]) -> Value:
        of, wrt = node.of, node.wrt
        name, places = self._variable(wrt, letters)
        if places is None:
            rank = self.page.ranks[name]
            all_places = list(itertools.product(range(SIZE), repeat=rank))
            numbers = [self._difference(node, of, name, each, letters) for each in all_places]
            return np.array(numbers, dtype=object).reshape(SIZE, SIZE if rank == 2 else 1)
        return self._difference(node, of, name, places, letters)

    def _variable(self, wrt: Formula, letters: Mapping[str, int]) -> tuple[str, tuple[int, ...] | None]:
        if isinstance(wrt, Indexed):
            return wrt.name, tuple(self._place(each, letters) for each in wrt.indices)
        if not isinstance(wrt, Name):
            raise NoValue("a derivative by a formula")
        return wrt.name, None if self.page.ranks.get(wrt.name) else ()

    def _difference(
        self, node: Derivative, of: Formula, name: str, places: tuple[int, ...], letters: Mapping[str, int]
    ) -> mpf:
        middle = self.component(name, places)
        ends = [self._moved(node, of, (name, places), middle + side * STEP, letters) for side in (1, -1)]
        return (ends[0] - ends[1]) / (2 * STEP)

    def _moved(
        self,
        node: Derivative,
        of: Formula,
        variable: tuple[str, tuple[int, ...]],
        to: mpf,
        letters: Mapping[str, int],
    ) -> mpf:
        """What the derivative is of, with its variable moved; where it is local, other names stay."""
        quantity = of.name if isinstance(of, Name | Indexed) else ""
        if self.reading == "written" and node.applied and isinstance(of, Name) and of.name != variable[0]:
            return self.component(of.name, ())
        passed_on = self.reading == "backward" and quantity == self.page.loss
        local = self.reading != "total" and not passed_on
        if not local:
            inner = replace(self, moved={**self.moved, variable: to})
            if isinstance(of, Call) and of.function in self.page.equations:
                of = Name(of.function)
            return inner._number(of, letters)
        body, scope = of, dict(letters)
        if isinstance(of, Name | Indexed) and quantity in self.page.equations:
            definition = self.page.equations[quantity]
            body = definition.formula
            if isinstance(of, Indexed) and definition.letters:
                places = (self._place(each, letters) for each in of.indices)
                scope = dict(zip(definition.letters, places, strict=False))
        return _Line(self, variable, to).number(body, scope)


@dataclass
class _Line:
    """A line with one name moved and all others held at their values."""

    point: Point
    variable: tuple[str, tuple[int, ...]]
    to: mpf

    def number(self, body: Formula, letters: Mapping[str, int]) -> mpf:
        inner = _Held(
            self.point.page,
            self.point.seed,
            self.point.reading,
            self.point.given,
            {**self.point.moved, self.variable: self.to},
            self.point.written,
        )
        inner.outside = self.point
        return inner._number(body, letters)


@dataclass
class _Held(Point):
    """A point at which a moved name moves nothing but itself."""

    outside: Point | None = None

    def component(self, name: str, places: tuple[int, ...]) -> mpf:
        assert self.outside is not None
        if (name, places) in self.moved:
            return self.moved[name, places]
        return self.outside.component(name, places)


def _named_values(own: Definition, arguments: tuple[mpf, ...]) -> dict[str, Value]:
    return dict(zip(own.parameters, arguments, strict=True))


def _drawn(seed: int, text: str) -> int:
    return int.from_bytes(hashlib.sha256(f"{seed} {text}".encode()).digest()[:6], "big")


def _leaf(seed: int, name: str, places: tuple[int, ...]) -> mpf:
    """A number between 0.3 and 1.3."""
    return mpf(3) / 10 + mpf(_drawn(seed, f"{name}{places}")) / 2**48


def alike(one: Formula, other: Formula, points: list[Point], *, zero: bool = True) -> bool | None:
    """Whether two formulas have the same value at each of some points; None where they have none.

    Without `zero`, it counts only where it is not 0.
    """
    with mpmath.workdps(DIGITS):
        try:
            for point in points:
                value = point.whole(one)
                if not same(value, point.value(other)) or not (zero or not same(value, value * 0)):
                    return False
            return True
        except (NoValue, ArithmeticError, ValueError, TypeError, IndexError, KeyError, RecursionError):
            return None
