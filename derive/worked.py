"""Worked lines: numbers put in place of names so that a reader with a calculator gets the printed result."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from flint import ctx

from derive.errors import DeriveError
from derive.evaluate import Array, Scope, exact
from derive.evaluate import Number as Value
from derive.formula import (
    Derivative,
    Formula,
    Name,
    Number,
    Reduction,
    operands,
    plus,
    replace,
    rewrite,
)
from derive.numerals import Rounded, numeral, rounded
from derive.rules import NO_FUNCTIONS, Functions

# Operands carry up to so many digits; where that is not enough, the line keeps its names.
MOST_DIGITS = 10
# Sums over an index are written out up to so many terms.
MOST_TERMS = 8
PRECISION = 512

Letters = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Worked:
    """A line with numbers in place of names, and its result.

    `exact` says whether the result is the value itself, `operands_exact` the same of the numbers put in.
    Where no number of guard digits lets a calculator agree, `substituted` keeps the names.
    """

    substituted: Formula
    result: Formula
    exact: bool
    operands_exact: bool


def worked(
    formula: Formula,
    values: Mapping[str, Array],
    digits: int = 4,
    *,
    functions: Functions = NO_FUNCTIONS,
    letters: Letters | None = None,
) -> Worked:
    """The formula worked with the values of its names; indices in `letters` have the values given.

    Every number is the right rounding of the exact value. Redoing the line from the printed numbers
    agrees with the printed result within one unit of its last digit: operands carry as many digits as
    that takes, and no more.
    """
    before = ctx.prec
    ctx.prec = PRECISION
    try:
        return _worked(formula, Scope(dict(values), functions), digits, letters or {})
    finally:
        ctx.prec = before


def shown(value: Array, digits: int = 4) -> Formula:
    """A value as printed: a number, or a vector of numbers."""
    return numeral(value, digits)


def _worked(formula: Formula, scope: Scope, digits: int, letters: Letters) -> Worked:
    formula = written_out(formula, scope, letters)
    result = rounded(scope.value(formula), digits)
    found = {each: scope.value(each) for each in quantities(formula)}
    printed = _operands(formula, found, result, scope, digits)
    if printed is None:
        return Worked(formula, result.formula, result.is_exact, True)
    line = replace(formula, {each: number.formula for each, number in printed.items()})
    exactly = all(number.is_exact for number in printed.values())
    return Worked(line, result.formula, result.is_exact, exactly)


def quantities(formula: Formula) -> tuple[Formula, ...]:
    """The quantities of a formula, derivatives of quantities among them."""
    derivatives: dict[Formula, Name] = {}

    def hide(node: Formula) -> Formula:
        if isinstance(node, Derivative) and not node.applied:
            return derivatives.setdefault(node, Name(f"∂{len(derivatives)}"))
        return node

    plain = operands(rewrite(formula, hide))
    symbols = {name: node for node, name in derivatives.items()}
    return tuple(symbols.get(each, each) if isinstance(each, Name) else each for each in plain)


def _operands(
    formula: Formula, values: Mapping[Formula, Value], result: Rounded, scope: Scope, digits: int
) -> dict[Formula, Rounded] | None:
    """The operands as printed: all with as many digits as it takes, then each with as few as will do."""
    for more in range(digits, MOST_DIGITS + 1):
        printed = {each: rounded(value, more) for each, value in values.items()}
        if _agrees(formula, printed, result, scope):
            return _shortened(formula, values, printed, result, scope, digits, more)
    return None


def _shortened(
    formula: Formula,
    values: Mapping[Formula, Value],
    printed: dict[Formula, Rounded],
    result: Rounded,
    scope: Scope,
    digits: int,
    most: int,
) -> dict[Formula, Rounded]:
    for each, value in values.items():
        for fewer in range(digits, most):
            trial = {**printed, each: rounded(value, fewer)}
            if _agrees(formula, trial, result, scope):
                printed = trial
                break
    return printed


def _agrees(
    formula: Formula, printed: Mapping[Formula, Rounded], result: Rounded, scope: Scope
) -> bool:
    """Whether the line, redone from the printed numbers, gives the printed result or its neighbour."""
    names: dict[Formula, Formula] = {
        each: Name(f"operand {at}") for at, each in enumerate(printed)
    }
    numbers = {
        f"operand {at}": exact(number.value) for at, number in enumerate(printed.values())
    }
    redone = Scope({**scope.values, **numbers}, scope.functions)
    try:
        value = redone.value(replace(formula, names))
    except DeriveError:
        return False
    return bool(abs(value - exact(result.value)) <= exact(result.unit))


def written_out(formula: Formula, scope: Scope, letters: Letters) -> Formula:
    """The formula at given indices, with short sums over an index written as their terms."""

    def open_sum(node: Formula) -> Formula:
        if isinstance(node, Reduction) and node.kind == "sum":
            terms = list(_terms(node, scope))
            return plus(*terms) if 0 < len(terms) <= MOST_TERMS else node
        return node

    at: dict[Formula, Formula] = {Name(name): Number(str(value)) for name, value in letters.items()}
    return rewrite(replace(formula, at) if at else formula, open_sum)


def _terms(reduction: Reduction, scope: Scope) -> Iterator[Formula]:
    letters: Sequence[str] = [bound.name for bound in reduction.bounds]
    ranges = [range(scope.length(letter, (reduction.body,))) for letter in letters]
    for at in product(*ranges):
        pairs = zip(letters, at, strict=True)
        yield replace(reduction.body, {Name(name): Number(str(value)) for name, value in pairs})


