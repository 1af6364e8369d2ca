"""The factors of a term: its sign, what multiplies and what divides, and sums multiplied out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from derive.formula import (
    Formula,
    Grouping,
    Negation,
    Number,
    Product,
    Quotient,
    Reduction,
    Sum,
    times,
)


@dataclass(frozen=True, slots=True)
class Factor:
    """A factor of a term; `below` tells that it divides."""

    formula: Formula
    below: bool


@dataclass(frozen=True, slots=True)
class Factors:
    """A product with its sign, and the letters that it is summed over."""

    negative: bool
    each: tuple[Factor, ...]
    summed: tuple[str, ...] = ()


def factors(body: Formula) -> Factors:
    """The factors of a product of products and fractions, in the author's order."""
    found: list[Factor] = []
    negative = False
    waiting = [(body, False)]
    while waiting:
        node, below = waiting.pop()
        match node:
            case Product(inner):
                waiting.extend((factor, below) for factor in reversed(inner))
            case Quotient(numerator, denominator):
                waiting += [(denominator, not below), (numerator, below)]
            case Negation(operand):
                negative = not negative
                waiting.append((operand, below))
            case Grouping(Product() | Quotient() | Negation() | Grouping() | Reduction() as inner):
                waiting.append((inner, below))
            case Number() if node.value == 1:
                pass
            case _:
                found.append(Factor(node, below))
    return Factors(negative, tuple(found))


def multiplied_out(found: Sequence[Factor], place: int) -> tuple[Formula, ...]:
    """A term for each summand of the factor at a place."""
    summands = found[place].formula
    summands = summands.inner if isinstance(summands, Grouping) else summands
    assert isinstance(summands, Sum)
    return tuple(
        product((*found[:place], Factor(each, False), *found[place + 1 :])) for each in summands.terms
    )


def product(found: Sequence[Factor]) -> Formula:
    """The factors put together as one fraction."""
    above = times(*(each.formula for each in found if not each.below))
    below = [each.formula for each in found if each.below]
    return Quotient(above, times(*below)) if below else above
