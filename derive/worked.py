"""Worked lines: numbers put in place of names so that a reader with a calculator gets the printed result."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product as combinations
from math import prod
from types import MappingProxyType

from derive.errors import DeriveError
from derive.evaluate import Array, Scope, exact, name_of, quantities
from derive.evaluate.primitives import CONSTANTS
from derive.formula import (
    Call,
    Formula,
    Indexed,
    Name,
    Negation,
    Number,
    Quotient,
    Reduction,
    Sum,
    plus,
    replace,
    rewrite,
    times,
    walk,
)
from derive.numerals import Rounded, numeral, rounded
from derive.rules import NO_FUNCTIONS, Functions

# Operands carry up to so many digits; where that is not enough, the line keeps its names.
MOST_DIGITS = 10
# Reductions are written out up to so many terms.
MOST_TERMS = 8
# In longer lines every operand carries the same number of digits.
MOST_SHORTENED = 40

Letters = Mapping[str, int]
NO_LETTERS: Letters = MappingProxyType({})


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


@dataclass(frozen=True, slots=True)
class Chain:
    """Equal lines worked one after another down to one result; no lines where no digits will do."""

    lines: tuple[Formula, ...]
    result: Formula
    exact: bool
    operands_exact: bool


def worked(
    formula: Formula,
    values: Mapping[str, Array],
    digits: int = 4,
    *,
    functions: Functions = NO_FUNCTIONS,
    letters: Letters = NO_LETTERS,
) -> Worked:
    """The formula worked with the values of its names; indices in `letters` have the values given.

    Every number is the right rounding of the exact value. Redoing the line from the printed numbers
    agrees with the printed result within one unit of its last digit: operands carry as many digits as
    that takes, and no more.
    """
    scope = Scope(values, functions)
    formula = written_out(formula, scope, letters)
    result = rounded(scope.value(formula), digits)
    printed = _Search(scope, digits, {formula: result}, {formula: formula}).printed()
    if printed is None:
        return Worked(formula, result.formula, result.is_exact, operands_exact=True)
    line = _with_numbers(formula, printed)
    return Worked(line, result.formula, result.is_exact, _all_exact(printed))


def worked_chain(
    forms: Sequence[Formula],
    values: Mapping[str, Array],
    digits: int = 4,
    *,
    functions: Functions = NO_FUNCTIONS,
    letters: Letters = NO_LETTERS,
) -> Chain:
    """Equal forms worked one after another: numbers put in, then what stands in the functions worked out.

    From w*f'(a + b) and w*f(a + b)*(1 - f(a + b)) come 2*f'(1 + 3), 2*f'(4) and 2*f(4)*(1 - f(4)). Every line
    redone agrees with the result, and a number in a function with the line before, as `worked` says.
    """
    scope = Scope(values, functions)
    first, *others = (written_out(form, scope, letters) for form in forms)
    result = rounded(scope.value(first), digits)
    inner: dict[Formula, Formula] = {}
    for form in (first, *others):
        for argument in _compound_arguments(form):
            inner.setdefault(argument, Name(f"argument {len(inner)}"))
    scope.values.update({name_of(name): scope.value(argument) for argument, name in inner.items()})
    lines = dict.fromkeys((first, *(_with_numbers(form, inner) for form in (first, *others))))
    claims = {**inner, **dict.fromkeys(lines, first)}
    printed = _Search(scope, digits, {first: result}, claims).printed()
    if printed is None:
        return Chain((), result.formula, result.is_exact, operands_exact=True)
    shown = tuple(dict.fromkeys(_with_numbers(line, printed) for line in lines))
    return Chain(shown, result.formula, result.is_exact, _all_exact(printed))


def shown(value: Array, digits: int = 4) -> Formula:
    """A value as printed: a number, or a vector of numbers."""
    return numeral(value, digits)


class _Search:
    """The search for the digits that operands need.

    `claims` say what each line gives when it is redone: an operand, or one of the results.
    """

    def __init__(
        self,
        scope: Scope,
        digits: int,
        results: Mapping[Formula, Rounded],
        claims: Mapping[Formula, Formula],
    ) -> None:
        self.digits = digits
        self.results = results
        self.written_out = not any(isinstance(n, Reduction) for line in claims for n in walk(line))
        found = (
            dict.fromkeys(each for line in claims for each in quantities(line)) if self.written_out else {}
        )
        self.values = {each: scope.value(each) for each in found if not _is_constant(each, scope)}
        self.names = {each: Name(f"operand {number}") for number, each in enumerate(self.values)}
        self.claims = [(_with_numbers(line, self.names), goal) for line, goal in claims.items()]
        self.redone = Scope(scope.values, scope.functions)

    def printed(self) -> dict[Formula, Rounded] | None:
        """The operands as printed: all with as many digits as it takes, then each with as few as will do."""
        if not self.written_out:
            return None
        for most in range(self.digits, MOST_DIGITS + 1):
            printed = {each: rounded(value, most) for each, value in self.values.items()}
            if self.agrees(printed):
                return self.shortened(printed, most)
        return None

    def shortened(self, printed: dict[Formula, Rounded], most: int) -> dict[Formula, Rounded]:
        """The operands, one after another, with as few digits as leave the lines agreeing."""
        rounded_ones = [each for each, number in printed.items() if not number.is_exact]
        for each in rounded_ones if len(rounded_ones) <= MOST_SHORTENED else ():
            for fewer in range(self.digits, most):
                trial = {**printed, each: rounded(self.values[each], fewer)}
                if self.agrees(trial):
                    printed = trial
                    break
        return printed

    def agrees(self, printed: Mapping[Formula, Rounded]) -> bool:
        """Whether every line, redone from the printed numbers, gives what it claims, or nearly so."""
        numbers = {self.names[each].name: exact(number.value) for each, number in printed.items()}
        self.redone.values.update(numbers)
        try:
            return all(
                self.is_near(line, self.results.get(goal) or printed[goal]) for line, goal in self.claims
            )
        except DeriveError:
            return False

    def is_near(self, line: Formula, goal: Rounded) -> bool:
        """Whether a line gives a printed number within one unit of its last digit."""
        return abs(self.redone.value(line) - goal.value) <= goal.unit(self.digits)


def _all_exact(printed: Mapping[Formula, Rounded]) -> bool:
    return all(number.is_exact for number in printed.values())


def _is_constant(quantity: Formula, scope: Scope) -> bool:
    """Whether it is π, which a calculator knows."""
    return name_of(quantity) in CONSTANTS and name_of(quantity) not in scope.values


def _with_numbers(
    line: Formula, numbers: Mapping[Formula, Formula] | Mapping[Formula, Name] | Mapping[Formula, Rounded]
) -> Formula:
    """The line with parts of it replaced, the largest first."""
    found = numbers.get(line)
    if found is not None:
        return found.formula if isinstance(found, Rounded) else found
    if isinstance(line, Indexed) or not line.children:
        return line
    return line.with_children(tuple(_with_numbers(child, numbers) for child in line.children))


def _compound_arguments(formula: Formula) -> Iterator[Formula]:
    """What stands in the outermost functions, where it is more than one quantity or number."""
    if isinstance(formula, Call):
        for argument in formula.arguments:
            if quantities(argument) and not _is_operand(argument):
                yield argument
    else:
        for child in formula.children:
            yield from _compound_arguments(child)


def _is_operand(formula: Formula) -> bool:
    bare = formula.operand if isinstance(formula, Negation) else formula
    return quantities(bare) == (bare,)


def written_out(formula: Formula, scope: Scope, letters: Letters = NO_LETTERS) -> Formula:
    """The formula at given indices, with short reductions over indices written as their terms."""
    at: dict[Formula, Formula] = {Name(name): Number(str(value)) for name, value in letters.items()}
    formula = replace(formula, at) if at else formula
    if not any(isinstance(node, Reduction) for node in walk(formula)):
        return formula

    def opened(node: Formula) -> Formula:
        if isinstance(node, Sum):
            return plus(*node.terms)
        terms = _terms(node, scope) if isinstance(node, Reduction) else ()
        return _WRITTEN_OUT[node.kind](terms) if isinstance(node, Reduction) and terms else node

    return rewrite(formula, opened)


def _terms(reduction: Reduction, scope: Scope) -> tuple[Formula, ...]:
    """The terms of a reduction; none where they are too many to be written."""
    if reduction.kind not in _WRITTEN_OUT or any(bound.low or bound.high for bound in reduction.bounds):
        return ()
    letters = [bound.name for bound in reduction.bounds]
    ranges = [range(scope.extent(letter, reduction.body)) for letter in letters]
    if not 0 < prod(map(len, ranges)) <= MOST_TERMS:
        return ()
    return tuple(
        replace(
            reduction.body, {Name(name): Number(str(place)) for name, place in zip(letters, at, strict=True)}
        )
        for at in combinations(*ranges)
    )


_WRITTEN_OUT: Mapping[str, Callable[[tuple[Formula, ...]], Formula]] = {
    "sum": lambda terms: plus(*terms),
    "prod": lambda terms: times(*terms),
    "mean": lambda terms: Quotient(plus(*terms), Number(str(len(terms)))),
    "max": lambda terms: Call("max", terms) if len(terms) > 1 else terms[0],
    "min": lambda terms: Call("min", terms) if len(terms) > 1 else terms[0],
}
