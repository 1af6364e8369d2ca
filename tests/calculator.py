"""Formulas worked out with mpmath, number by number: an oracle that shares no mathematics with derive."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from functools import reduce

import mpmath
from mpmath import mpf

from derive.formula import (
    Call,
    Cases,
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

# A number, or rows of them.
Value = mpf | Sequence["Value"]

# What the functions of the table mean, as their literature defines them.
MEANINGS: Mapping[str, Callable[..., mpf]] = {
    "sigmoid": lambda x: 1 / (1 + mpmath.exp(-x)),
    "tanh": mpmath.tanh,
    "relu": lambda x: x if x > 0 else mpf(0),
    "leaky_relu": lambda x, slope=None: x if x > 0 else (mpf(1) / 100 if slope is None else slope) * x,
    "elu": lambda x, a=1: x if x > 0 else a * mpmath.expm1(x),
    "softplus": lambda x: mpmath.log1p(mpmath.exp(x)),
    "silu": lambda x: x / (1 + mpmath.exp(-x)),
    "gelu": lambda x: x * mpmath.ncdf(x),
    "softsign": lambda x: x / (1 + abs(x)),
    "exp": mpmath.exp,
    "log": mpmath.log,
    "log2": lambda x: mpmath.log(x, 2),
    "log10": mpmath.log10,
    "sqrt": mpmath.sqrt,
    "sin": mpmath.sin,
    "cos": mpmath.cos,
    "tan": mpmath.tan,
    "arcsin": mpmath.asin,
    "arccos": mpmath.acos,
    "arctan": mpmath.atan,
    "sinh": mpmath.sinh,
    "cosh": mpmath.cosh,
    "erf": mpmath.erf,
    "abs": abs,
    "sign": mpmath.sign,
    "max": max,
    "min": min,
}

_REDUCTIONS: Mapping[str, Callable[[list[mpf]], mpf]] = {
    "sum": lambda values: sum(values, mpf(0)),
    "mean": lambda values: sum(values, mpf(0)) / len(values),
    "prod": lambda values: reduce(lambda a, b: a * b, values, mpf(1)),
    "max": max,
    "min": min,
}

_SIGNS: Mapping[str, Callable[[mpf, mpf], bool]] = {
    "=": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "≠": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    "≤": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "≥": lambda a, b: a >= b,
}


def value(formula: Formula, at: Mapping[str, Value], size: int = 2) -> mpf:
    """The value of a formula where names have values; every index runs over `size` values from 0."""
    match formula:
        case Number(text):
            return mpf(text)
        case Name(name):
            return at[name] if name in at else {"pi": mpmath.pi, "π": mpmath.pi}[name] + 0
        case Indexed(name, indices):
            element = at[name]
            for index in indices:
                element = element[int(value(index, at, size))]
            return element
        case Sum(terms):
            return sum((value(term, at, size) for term in terms), mpf(0))
        case Product(factors):
            return reduce(lambda a, b: a * b, (value(factor, at, size) for factor in factors))
        case Negation(operand):
            return -value(operand, at, size)
        case Quotient(numerator, denominator):
            return value(numerator, at, size) / value(denominator, at, size)
        case Power(base, exponent):
            return mpmath.power(value(base, at, size), value(exponent, at, size))
        case Grouping(inner):
            return value(inner, at, size)
        case Call(function, arguments, primes):
            numbers = [value(argument, at, size) for argument in arguments]
            meaning = MEANINGS[function]
            return mpmath.diff(meaning, numbers[0], primes) if primes else meaning(*numbers)
        case Reduction(kind, body, bounds):
            ranges = itertools.product(range(size), repeat=len(bounds))
            scopes = ({**at, **dict(zip((b.name for b in bounds), v, strict=True))} for v in ranges)
            return _REDUCTIONS[kind]([value(body, scope, size) for scope in scopes])
        case Cases(branches):
            for branch in branches:
                if branch.condition is None or holds(branch.condition, at, size):
                    return value(branch.value, at, size)
    raise AssertionError(f"no value: {formula}")


def holds(condition: Formula, at: Mapping[str, Value], size: int = 2) -> bool:
    """Whether a comparison, or a chain of them, is true."""
    assert isinstance(condition, Relation)
    sides = [value(side, at, size) for side in condition.sides]
    return all(_SIGNS[s](a, b) for s, a, b in zip(condition.signs, sides, sides[1:], strict=False))
