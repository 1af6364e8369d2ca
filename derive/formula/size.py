"""Bounds on what a formula may ask of exact arithmetic and of recursion."""

from __future__ import annotations

from derive.errors import FormulaError
from derive.formula.tree import (
    Call,
    Formula,
    Grouping,
    Name,
    Negation,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
)

# The most bits that a power of numbers may have.
MOST_BITS = 10_000
_SMALL = frozenset({"1", "2", "3", "4"})


def check_power(power: Power, at: int, length: int) -> None:
    """Refuse a power, like 9**9**9, whose value would not fit anywhere."""
    base, exponent = power.base, power.exponent
    if isinstance(exponent, Number) and exponent.text in _SMALL and isinstance(base, Name | Call):
        return
    if bits(power) > MOST_BITS:
        raise FormulaError("this power is out of all proportion", at, length)


def bits(formula: Formula) -> float:
    """A bound for the bits of the value where the formula is made of numbers; a quantity counts as one."""
    match formula:
        case Number(text):
            return _number_bits(text)
        case Power(base, exponent):
            value = _exact(exponent)
            return bits(base) * max(1.0, abs(value)) if value is not None else max(bits(base), bits(exponent))
        case Sum() | Product() | Quotient() | Negation() | Grouping():
            return sum(map(bits, formula.children))
    return 1.0


def _number_bits(text: str) -> float:
    mantissa, _, exponent = text.lower().partition("e")
    return 3.33 * (len(mantissa) + abs(int(exponent or 0)))


def _exact(formula: Formula) -> float | None:
    """The value of a formula of numbers, infinite if it is large; None if it holds a quantity."""
    match formula:
        case Number():
            return float(formula.value) if _number_bits(formula.text) < 1000 else float("inf")
        case Negation(operand) | Grouping(operand):
            value = _exact(operand)
            return None if value is None else abs(value)
        case Sum(parts) | Product(parts):
            values = [_exact(part) for part in parts]
            known = [value for value in values if value is not None]
            if len(known) < len(values):
                return None
            return sum(known) if isinstance(formula, Sum) else _product(known)
        case Quotient(numerator, denominator):
            above, below = _exact(numerator), _exact(denominator)
            if above is None or below is None:
                return None
            return above / below if below else float("inf")
        case Power(base, exponent):
            low, high = _exact(base), _exact(exponent)
            if low is None or high is None:
                return None
            return float("inf") if high * _magnitude(low) > 64 else float(low**high)
    return None


def _magnitude(value: float) -> float:
    import math

    return float("inf") if math.isinf(value) else abs(math.log2(value)) if value > 0 else 1.0


def _product(values: list[float]) -> float:
    product = 1.0
    for value in values:
        product *= value
    return product


def deepest(formula: Formula) -> tuple[int, int]:
    """The depth of the tree, and where its deepest name stands in the text."""
    depth, at = 0, 0
    waiting: list[tuple[Formula, int]] = [(formula, 1)]
    while waiting:
        node, level = waiting.pop()
        place = getattr(node, "at", None)
        if level > depth:
            depth = level
            at = place if place is not None else at
        waiting.extend((child, level + 1) for child in node.children)
    return depth, at
