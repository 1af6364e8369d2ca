"""Operations counted as an engineer counts them: a subtraction is one, a sigmoid three and an exponential."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from math import prod

from derive.equation import Term
from derive.formula import Call, Cases, Formula, Indexed, Negation, Power, Product, Quotient, Reduction, Sum
from derive.model.model import Size
from derive.program.program import ONCE, Cost, Line, Times
from derive.program.scattering import places
from derive.rules import opened
from derive.tidy import rational

# Arithmetic beside the calls of exp, log, … that a function's stable code makes, and those calls.
CALLS: Mapping[str, tuple[int, int]] = {
    "sigmoid": (3, 1),
    "softplus": (3, 2),
    "relu": (1, 0),
    "elu": (2, 1),
    "abs": (1, 0),
    "sign": (1, 0),
    "max": (1, 0),
    "min": (1, 0),
    "silu": (4, 1),
    "gelu": (3, 1),
}
# Functions that have no code of their own in any target: their definitions are counted.
WRITTEN_OUT = frozenset({"softsign", "leaky_relu"})
# Powers that are multiplied out; others are function calls.
POWERS: Mapping[Fraction, int] = {Fraction(2): 1, Fraction(3): 2, Fraction(-1): 1, Fraction(-2): 2}


def cost(lines: Iterable[Line], letters: Mapping[str, Mapping[str, Size]]) -> dict[Times, Cost]:
    """The operations of the lines; those of sums and of array lines as often as their letters' sizes say."""
    found: dict[Times, Cost] = {ONCE: Cost(0, 0)}
    for line in lines:
        sizes = letters.get(line.target, {})
        for times, count, more in _line_costs(line, sizes):
            old = found.get(times, Cost(0, 0))
            found[times] = Cost(old.arithmetic + count * more[0], old.functions + count * more[1])
    return {times: each for times, each in found.items() if each != Cost(0, 0) or times == ONCE}


def added(one: Mapping[Times, Cost], other: Mapping[Times, Cost]) -> dict[Times, Cost]:
    """The operations of both."""
    none = Cost(0, 0)
    pairs = ((times, one.get(times, none), other.get(times, none)) for times in {**one, **other})
    return {times: Cost(a.arithmetic + b.arithmetic, a.functions + b.functions) for times, a, b in pairs}


def operations(formula: Formula) -> tuple[int, int]:
    """The arithmetic operations and the function calls of a formula evaluated once."""
    match formula:
        case Indexed():
            return 0, 0
        case Sum((first, *rest)):
            bare = (term.operand if isinstance(term, Negation) else term for term in rest)
            own, parts = (len(rest), 0), (first, *bare)
        case Product(factors):
            own, parts = (len(factors) - 1, 0), factors
        case Quotient():
            own, parts = (0 if rational(formula) is not None else 1, 0), formula.children
        case Power(base, exponent):
            own, parts = _power(rational(exponent)), (base, exponent)
        case Negation(operand):
            own, parts = (0 if _starts_with_number(operand) else 1, 0), (operand,)
        case Call("sigmoid", (Negation(operand),)):
            own, parts = (2, 1), (operand,)
        case Call(function) if function in WRITTEN_OUT:
            return operations(opened(formula))
        case Call(function):
            own, parts = CALLS.get(function, (0, 1)), formula.children
        case Cases() | Reduction():
            own, parts = (1, 0), formula.children
        case _:
            own, parts = (0, 0), formula.children
    arithmetic, functions = own
    for part in parts:
        if part.children:
            more, calls = operations(part)
            arithmetic, functions = arithmetic + more, functions + calls
    return arithmetic, functions


def _line_costs(line: Line, sizes: Mapping[str, Size]) -> Iterator[tuple[Times, int, tuple[int, int]]]:
    """What is paid how often: once for each product of sizes, with the product of those that are numbers."""
    if len(line.terms) > 1:
        yield *_times(line.indices, sizes), (len(line.terms) - 1, 0)
    for position, term in enumerate(line.terms):
        told = places(term, line.indices) if term.guards else ()
        own = (letter for letter in line.indices if letter not in told)
        body, letters = term.body, (*own, *term.summed, *_bound(term))
        if position and isinstance(body, Negation):
            body = body.operand
        arithmetic, functions = operations(body)
        yield *_times(letters, sizes), (arithmetic + len(term.summed[:1]), functions)


def _bound(term: Term) -> tuple[str, ...]:
    body = term.body
    return tuple(bound.name for bound in body.bounds) if isinstance(body, Reduction) else ()


def _times(letters: Iterable[str], sizes: Mapping[str, Size]) -> tuple[Times, int]:
    every = [sizes[letter] for letter in letters if letter in sizes]
    names = tuple(sorted(size for size in every if isinstance(size, str)))
    return names, prod(size for size in every if isinstance(size, int))


def _starts_with_number(formula: Formula) -> bool:
    if isinstance(formula, Product | Quotient):
        return rational(formula) is not None or _starts_with_number(formula.children[0])
    return rational(formula) is not None


def _power(exponent: Fraction | None) -> tuple[int, int]:
    known = POWERS.get(exponent) if exponent is not None else None
    return (0, 1) if known is None else (known, 0)
