"""Operations counted as an engineer counts them: a subtraction is one, a sigmoid three and an exponential."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from derive.formula import (
    Call,
    Cases,
    Formula,
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
from derive.program.program import Cost, Line
from derive.tidy import rational

# Arithmetic beside the calls of exp, log, … that a function's stable code makes, and those calls.
CALLS: dict[str, tuple[int, int]] = {
    "sigmoid": (3, 1),
    "softplus": (3, 2),
    "relu": (1, 0),
    "abs": (1, 0),
    "sign": (1, 0),
    "max": (1, 0),
    "min": (1, 0),
    "silu": (4, 1),
    "gelu": (4, 1),
}


def cost(lines: Iterable[Line], extra: Iterable[Formula] = ()) -> Cost:
    """The operations of lines, each taken once."""
    arithmetic = functions = 0
    formulas = [term.formula for line in lines for term in line.terms]
    sums = sum(max(0, len(line.terms) - 1) for line in lines)
    for formula in [*formulas, *extra]:
        for node in walk(formula):
            more, calls = _operations(node)
            arithmetic, functions = arithmetic + more, functions + calls
    return Cost(arithmetic + sums, functions)


def added(one: Cost, other: Cost) -> Cost:
    """The operations of both."""
    return Cost(one.arithmetic + other.arithmetic, one.functions + other.functions)


def _operations(node: Formula) -> tuple[int, int]:
    match node:
        case Sum(terms):
            return len(terms) - 1 - sum(isinstance(t, Negation) for t in terms[1:]), 0
        case Product(factors):
            return len(factors) - 1, 0
        case Quotient():
            return (0 if rational(node) is not None else 1), 0
        case Power(_, exponent):
            return _power(rational(exponent))
        case Negation(operand):
            return (0 if _starts_with_number(operand) else 1), 0
        case Call(function):
            return CALLS.get(function, (0, 1))
        case Reduction():
            return 1, 0
        case Cases():
            return 1, 0
        case Name() | Indexed() | Number():
            return 0, 0
    return 0, 0


def _starts_with_number(formula: Formula) -> bool:
    if isinstance(formula, Product):
        return _starts_with_number(formula.factors[0])
    return isinstance(formula, Number)


def _power(exponent: Fraction | None) -> tuple[int, int]:
    """A small whole power is products, and a fraction below; any other is a call of pow."""
    known = {2: (1, 0), 3: (2, 0), -1: (1, 0), -2: (2, 0)}
    whole = exponent is not None and exponent.denominator == 1
    return known.get(int(exponent), (0, 1)) if exponent is not None and whole else (0, 1)
