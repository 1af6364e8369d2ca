"""Numbers and arrays of them in many digits: what fits together is added, multiplied, compared."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce
from typing import TypeAlias

import mpmath
import numpy as np
from mpmath import mpf

# A number, or an array of them with a row and a column axis.
Value: TypeAlias = "mpf | np.ndarray"


class NoValue(Exception):
    """What stands here has no value that can be worked out."""


def mapped(function: Callable[..., mpf], *arguments: Value) -> Value:
    """A function of numbers, component by component where there are arrays."""
    if any(isinstance(each, np.ndarray) for each in arguments):
        return np.vectorize(function, otypes=[object])(*arguments)
    return function(*arguments)


def fitted(one: Value, other: Value, sign: str) -> Value:
    """A sum, product or quotient, component by component; raises NoValue."""
    shapes = {each.shape for each in (one, other) if isinstance(each, np.ndarray)}
    if len(shapes) > 1:
        raise NoValue("different shapes")
    return one + other if sign == "+" else one * other if sign == "*" else one / other


def multiplied(one: Value, other: Value) -> Value:
    """A product of numbers and matrices; raises NoValue."""
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
        if one.shape[1] != other.shape[0]:
            raise NoValue("shapes that do not fit")
        found = one @ other
        return found.flat[0] if found.size == 1 else found
    return one * other


def of_arrays(function: str, arguments: list[Value]) -> Value:
    """What a function makes of whole arrays; raises NoValue."""
    match function, arguments:
        case "dot", [np.ndarray() as one, np.ndarray() as other] if one.shape == other.shape:
            return (one * other).sum()
        case "norm", [np.ndarray() as one]:
            return mpmath.sqrt((one * one).sum())
        case "trace", [np.ndarray() as one] if one.shape[0] == one.shape[1]:
            return one.trace()
        case "softmax", [np.ndarray() as one]:
            above = mapped(mpmath.exp, one)
            return above / above.sum()
    raise NoValue(function)


REDUCTIONS: Mapping[str, Callable[[list[mpf]], mpf]] = {
    "sum": lambda values: sum(values, mpf(0)),
    "mean": lambda values: sum(values, mpf(0)) / len(values),
    "prod": lambda values: reduce(lambda a, b: a * b, values, mpf(1)),
    "max": max,
    "min": min,
}
SIGNS: Mapping[str, Callable[[mpf, mpf], bool]] = {
    "=": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


def same(one: Value, other: Value) -> bool:
    """Whether two values agree to fifteen digits."""
    if isinstance(one, np.ndarray) != isinstance(other, np.ndarray):
        return False
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
        if one.shape != other.shape:
            return False
        return all(same(a, b) for a, b in zip(one.flat, other.flat, strict=True))
    return bool(abs(one - other) <= mpf(10) ** -15 * (1 + abs(one) + abs(other)))
