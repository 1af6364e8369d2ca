"""Numbers that are printed rounded and carried on as they are: 0.73 (1 - 0.73) with the σ(1) that 0.73 is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import islice, product

from flint import arb

from derive.check.roundings import Printed, decimals, printed, same
from derive.check.values import Values
from derive.formula import (
    ONE,
    Call,
    Derivative,
    Formula,
    Grouping,
    Name,
    Negation,
    Number,
    Sum,
    names,
    replace,
    walk,
)

# A number of one digit is more often one of its own.
FEWEST_DIGITS = 2
# How many of the numbers that were printed alike are looked at, and what is tried for one side at most.
MOST_ALIKE, MOST_TRIES = 12, 32
# How often a name is replaced by what it was worked out as: b = 2 · 0.333.
MOST_STEPS = 3


@dataclass(frozen=True, slots=True)
class Record:
    """A number that the document printed for a quantity, with the quantity's exact value."""

    formula: Formula
    text: Formula
    exact: arb
    order: int


@dataclass
class Records:
    """The numbers that a document has printed, `all` in its order, and those that look alike."""

    all: list[Record] = field(default_factory=list)
    _alike: dict[Fraction, list[Record]] = field(default_factory=dict)

    def add(self, record: Record) -> None:
        """Take in one more."""
        self.all.append(record)
        self.add_alike(record)

    def add_alike(self, record: Record) -> None:
        """Take in what a number of the text may be besides."""
        if (number := printed(record.text)) is not None and number.rounds(record.exact):
            self._alike.setdefault(abs(number.value), []).append(record)

    def alike(self, number: Fraction) -> Iterator[Record]:
        """The exact values, the latest first, whose rounding was printed with these digits."""
        yield from islice(reversed(self._alike.get(abs(number), [])), MOST_ALIKE)


def carried(side: Formula, result: Printed, values: Values, records: Records) -> tuple[Formula, arb] | None:
    """A side with exact results in place of printed roundings, and its value, if `result` rounds that."""
    if not records.all or any(
        isinstance(n, Derivative) or (isinstance(n, Call) and n.primes) for n in walk(side)
    ):
        return None
    side = _worked_out(side, values)
    literals = tuple(dict.fromkeys(decimals(side)))
    choices = [(each, *_meant(each, values, records)) for each in literals]
    if all(len(each) == 1 for each in choices):
        return None
    # The first of the choices is what is printed.
    for chosen in islice(product(*choices), 1, MOST_TRIES):
        meant = replace(side, dict(zip(literals, chosen, strict=True)))
        value = values.exact(meant)
        if value is not None and result.rounds(value):
            return meant, value
    return None


def _worked_out(side: Formula, values: Values) -> Formula:
    """A side with the numbers that its names were worked out from."""
    known = values.readings.environment.values
    for _ in range(MOST_STEPS):
        found: dict[Formula, Formula] = {
            Name(name): Grouping(known[name].formula)
            for name in names(side)
            if name in known and not isinstance(known[name].formula, Number)
            if any(True for _ in decimals(known[name].formula))
        }
        if not found:
            break
        side = replace(side, found)
    return side


def _meant(literal: Formula, values: Values, records: Records) -> Iterator[Formula]:
    """The exact results that a decimal may stand for: those whose quantities are still what they were.

    Of p = 0.574 there is 1 - p = 0.426, too.
    """
    number = printed(literal)
    if number is None or not isinstance(literal, Number) or _digits(literal) < FEWEST_DIGITS:
        return
    seen = [arb(number.value.numerator) / number.value.denominator]
    rests = (each for each in records.alike(1 - number.value) if number.rounds(1 - each.exact))
    found = [*((each, False) for each in records.alike(number.value)), *((each, True) for each in rests)]
    for record, of_rest in found:
        value = 1 - record.exact if of_rest else abs(record.exact)
        exact = values.exact(record.formula)
        if exact is None or not same(exact, record.exact) or any(same(value, each) for each in seen):
            continue
        seen.append(value)
        yield _spelled(record, of_rest=of_rest)


def _spelled(record: Record, *, of_rest: bool) -> Formula:
    """What stands for a number in a formula: the sign of a negative quantity stands before it."""
    whole = Grouping(record.formula)
    if of_rest:
        return Grouping(Sum((ONE, Negation(whole))))
    return Grouping(Negation(whole)) if bool(record.exact < 0) else whole


def _digits(literal: Number) -> int:
    """The significant digits of a decimal."""
    return len(literal.text.replace(".", "").lstrip("0"))
