"""The value of an expression at a point, as a ball that is certain to hold it (python-flint's arb)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from itertools import product
from zlib import crc32

import sympy
from flint import arb, ctx, fmpq
from sympy import Basic, Expr
from sympy.core.relational import Relational
from sympy.logic.boolalg import Boolean

from derive.agreement.indices import affine
from derive.agreement.points import Point
from derive.effort import spend
from derive.expression import CaseDistinction, IndexedReduction, Opaque, Tower, component_parts, symbols


class Undefined(Exception):
    """The expression has no value there, or its balls are too wide to tell."""


@contextmanager
def precision(bits: int) -> Iterator[None]:
    """Balls with so many bits."""
    before = ctx.prec
    ctx.prec = bits
    try:
        yield
    finally:
        ctx.prec = before


class Evaluation:
    """Values of expressions at one point; letters of reductions take all their values in turn."""

    def __init__(self, point: Point, letters: frozenset[str]) -> None:
        self.point = point
        self.letters: dict[str, int] = {letter: point.index(letter) for letter in letters}
        self._possible = set(letters)
        # What may turn out to be a letter: the names in all parts with a value.
        self._met: set[str] = set()
        # The letters that a part depends on, and its value for each of their values.
        self._memo: dict[Expr, tuple[tuple[str, ...], dict[tuple[int | None, ...], arb]]] = {}

    def value(self, expression: Expr) -> arb:
        """The value; raises Undefined."""
        # What does not depend on the letters that a sum goes over is worked out once for all their values.
        entry = self._memo.get(expression)
        if entry is None:
            names = _letters_of(expression)
            self._met.update(names)
            own = tuple(name for name in names if name in self._possible)
            entry = self._memo[expression] = own, {}
        letters, values = entry
        key = tuple(map(self.letters.get, letters)) if letters else ()
        found = values.get(key)
        if found is None:
            spend(1 + ctx.prec // 512)
            found = self._value(expression)
            if not found.is_finite():
                raise Undefined
            values[key] = found
        return found

    def _value(self, expression: Expr) -> arb:
        if expression.is_Rational:
            return arb(fmpq(int(expression.p), int(expression.q)))
        if expression.is_Symbol:
            return arb(self._quantity(expression.name))
        if expression.is_Add:
            return sum(map(self.value, expression.args[1:]), self.value(expression.args[0]))
        if expression.is_Mul:
            result = self.value(expression.args[0])
            for factor in expression.args[1:]:
                result = result * self.value(factor)
            return result
        if expression.is_Pow or isinstance(expression, Tower):
            return self._power(*expression.args)
        if isinstance(expression, IndexedReduction):
            return self._reduction(expression)
        if isinstance(expression, CaseDistinction | sympy.Piecewise):
            return self._cases(expression)
        if isinstance(expression, Opaque):
            return self._unspecified(expression)
        for kind in type(expression).__mro__:
            if kind in _FUNCTIONS:
                return _FUNCTIONS[kind](*map(self.value, expression.args))
        raise Undefined

    def _quantity(self, name: str) -> fmpq | int:
        if name in self.letters:
            return self.letters[name]
        if "[" not in name:
            return self.point.value(name)
        quantity, indices = component_parts(name)
        return self.point.value(f"{quantity}[{','.join(str(self._index(each)) for each in indices)}]")

    def _index(self, index: Expr) -> int:
        found = affine(index, {name: ((), value) for name, value in self.letters.items()})
        if found is None:
            raise Undefined
        return found[1] + sum(times * int(self.point.value(name)) for name, times in found[0])

    def _power(self, base: Expr, exponent: Expr) -> arb:
        if exponent.is_Integer:
            value = self.value(base)
            power = int(exponent)
            if not value.contains(0):
                return value**power
            if power < 0:
                raise Undefined
            return _whole_power(value, power)
        value = self.value(base)
        if not value >= 0:
            raise Undefined
        if exponent == sympy.Rational(1, 2):
            return value.sqrt()
        return value ** self.value(exponent)

    def _reduction(self, expression: IndexedReduction) -> arb:
        if expression.kind == "size":
            return arb(self.point.size ** len(expression.letters))
        values: list[arb] = []
        places: list[int] = []
        before = self.letters
        if not self._possible.issuperset(expression.letters):
            if not self._met.isdisjoint(expression.letters):
                self._memo.clear()
            self._possible.update(expression.letters)
        for indices in product(*(self._range(bound) for bound in expression.args[2:])):
            self.letters = {**before, **dict(zip(expression.letters, indices, strict=True))}
            try:
                values.append(self.value(expression.body))
            finally:
                self.letters = before
            places.append(indices[0])
        return _REDUCTIONS[expression.kind](values, places)

    def _range(self, bound: Expr) -> range:
        if bound.is_Symbol:
            return range(self.point.size)
        low, high = (self.value(end).unique_fmpz() for end in bound.args[1:])
        if low is None or high is None or high - low > 64:
            raise Undefined
        return range(int(low), int(high) + 1)

    def _cases(self, expression: Expr) -> arb:
        for value, condition in expression.args:
            if self._holds(condition):
                return self.value(value)
        raise Undefined

    def _holds(self, condition: Boolean) -> bool:
        if condition in (sympy.true, sympy.false):
            return bool(condition)
        if isinstance(condition, sympy.And):
            return all(self._holds(each) for each in condition.args)
        if isinstance(condition, sympy.Not):
            return not self._holds(condition.args[0])
        if not isinstance(condition, Relational):
            raise Undefined
        return _compared(condition, self.value(condition.args[0]) - self.value(condition.args[1]))

    def _unspecified(self, expression: Opaque) -> arb:
        """One function for all that a claim leaves open: a sine with a frequency for each argument."""
        phase = arb(fmpq(crc32(expression.label.encode()) % 97, 31))
        factor = arb(1)
        for place, (argument, order) in enumerate(zip(expression.args, expression.orders, strict=True)):
            frequency = fmpq(7 + 2 * place, 5)
            phase = phase + frequency * self.value(argument) + order * arb.pi() / 2
            factor = factor * arb(frequency) ** order
        return factor * phase.sin()


@lru_cache(maxsize=2**15)
def _letters_of(expression: Basic) -> tuple[str, ...]:
    """The names in an expression that may be letters and that it does not bind."""
    if isinstance(expression, sympy.Symbol):
        if "[" not in expression.name:
            return (expression.name,)
        indices = component_parts(expression.name)[1]
        return tuple(sorted({each.name for index in indices for each in symbols(index)}))
    inside = {name for each in expression.args for name in _letters_of(each)}
    if isinstance(expression, IndexedReduction):
        inside.difference_update(expression.letters)
    return tuple(sorted(inside))


def certain_sign(number: Expr) -> int | None:
    """The sign of an expression without names, if a ball tells it."""
    if symbols(number):
        return None
    with precision(128):
        try:
            value = Evaluation(Point(0, {}), frozenset()).value(number)
        except (Undefined, ZeroDivisionError, OverflowError, ValueError):
            return None
        return None if value.contains(0) else 1 if value > 0 else -1


def _compared(condition: Relational, gap: arb) -> bool:
    if gap.contains(0) and not gap.is_zero():
        raise Undefined
    match type(condition).__name__:
        case "Equality":
            return bool(gap.is_zero())
        case "Unequality":
            return not gap.is_zero()
        case "StrictGreaterThan":
            return bool(gap > 0)
        case "GreaterThan":
            return bool(gap >= 0)
        case "StrictLessThan":
            return bool(gap < 0)
    return bool(gap <= 0)


def _sign(value: arb) -> arb:
    if value.contains(0) and not value.is_zero():
        raise Undefined
    return value.sgn()


def _positive(function: Callable[[arb], arb]) -> Callable[[arb], arb]:
    def at(value: arb) -> arb:
        if not value > 0:
            raise Undefined
        return function(value)

    return at


def _product(values: list[arb], places: list[int]) -> arb:
    result = arb(1)
    for value in values:
        result = result * value
    return result


def _first_extreme(values: list[arb], places: list[int]) -> arb:
    best = 0
    for at, value in enumerate(values):
        if not (value > values[best] or value <= values[best]):
            raise Undefined
        if value > values[best]:
            best = at
    return arb(places[best])


def _largest(*values: arb) -> arb:
    result = values[0]
    for value in values[1:]:
        result = result.max(value)
    return result


def _least(*values: arb) -> arb:
    return -_largest(*(-value for value in values))


def _whole_power(value: arb, power: int) -> arb:
    """The power of a ball around zero, for which `**` knows no bounds: by squaring."""
    result = arb(1)
    while power:
        result, value, power = result * value if power % 2 else result, value * value, power // 2
    return result


_REDUCTIONS: Mapping[str, Callable[[list[arb], list[int]], arb]] = {
    "sum": lambda values, places: sum(values, arb(0)),
    "prod": _product,
    "max": lambda values, places: _largest(*values),
    "min": lambda values, places: _least(*values),
    "argmax": _first_extreme,
    "argmin": lambda values, places: _first_extreme([-value for value in values], places),
}

_FUNCTIONS: Mapping[type, Callable[..., arb]] = {
    type(sympy.pi): arb.pi,
    type(sympy.E): arb.const_e,
    sympy.exp: lambda value: value.exp(),
    sympy.log: _positive(lambda value: value.log()),
    sympy.sin: lambda value: value.sin(),
    sympy.cos: lambda value: value.cos(),
    sympy.tan: lambda value: value.tan(),
    sympy.sinh: lambda value: value.sinh(),
    sympy.cosh: lambda value: value.cosh(),
    sympy.tanh: lambda value: value.tanh(),
    sympy.asin: lambda value: value.asin(),
    sympy.acos: lambda value: value.acos(),
    sympy.atan: lambda value: value.atan(),
    sympy.erf: lambda value: value.erf(),
    sympy.erfc: lambda value: value.erfc(),
    sympy.Abs: abs,
    sympy.sign: _sign,
    sympy.Heaviside: lambda value, *at_zero: (1 + _sign(value)) / 2,
    sympy.DiracDelta: lambda value: arb(0) if _sign(value) != 0 else arb.nan(),
    sympy.Max: _largest,
    sympy.Min: _least,
}
