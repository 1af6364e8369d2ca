"""Whether a side that differs is what printed, rounded numbers make of the other: rounded or drifted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import islice, product

from flint import arb
from sympy import Expr, Rational

from derive.check.carried import Record, Records, carried
from derive.check.meaning import Meaning
from derive.check.roundings import Printed, decimals, number, printed, rounded_like, same
from derive.check.values import Values
from derive.check.verdict import Judgement
from derive.expression import MeaningError, put, symbol, symbols
from derive.formula import (
    ONE,
    TWO,
    Formula,
    Grouping,
    Name,
    Negation,
    Number,
    Power,
    Quotient,
    Sum,
    Vector,
    names,
    replace,
    walk,
)

CARRIED = "the right rounding, with the exact results that rounded numbers in it stand for"
UNROUNDED = "right if the numbers that it is worked out from are roundings themselves"
# What is tried for the printed numbers of one link at most.
MOST_REPLACEMENTS = 64
# A decimal of so many digits looks like a rounding; so many of them are moved at once.
FEWEST_DIGITS, MOST_LITERALS = 4, 5


@dataclass(frozen=True, slots=True)
class Drift:
    """Explains differences by the numbers printed before, `records`."""

    values: Values
    records: Records = field(default_factory=Records)

    def explained(self, left: Formula, right: Formula) -> Judgement | None:
        """`rounded` or `drifted`, where printed numbers make the difference; None where they do not."""
        if isinstance(right, Vector):
            return self._vector(left, right)
        exact = self.values.exact(left)
        if exact is None:
            return None
        as_printed = printed(right)
        if as_printed is not None:
            return self._number(left, right, exact, as_printed)
        return self._replaced(left, right, exact)

    def _vector(self, left: Formula, right: Vector) -> Judgement | None:
        """`rounded`, where each component is the right rounding of its value."""
        values, numbers = self.values.components(left), [printed(each) for each in right.elements]
        if values is None or len(values) != len(numbers):
            return None
        if all(one is not None and one.rounds(value) for one, value in zip(numbers, values, strict=True)):
            return Judgement("rounded", "the right roundings of the exact values")
        return None

    def _number(
        self, left: Formula, right_side: Formula, exact: arb, as_printed: Printed
    ) -> Judgement | None:
        if as_printed.rounds(exact):
            return Judgement("rounded", "the right rounding of the exact value")
        if self.carried(left, as_printed) is not None:
            return Judgement("rounded", CARRIED)
        if any(as_printed.rounds(value) for value in self._from_printed(left, exact)):
            reason = "it follows from the rounded numbers printed before, but is not the right rounding"
            right = rounded_like(exact, as_printed)
            return Judgement("drifted", reason, expected=right, drifted=((right_side, right),))
        if self._rounds_unrounded(left, as_printed):
            return Judgement("rounded", UNROUNDED)
        return None

    def carried(self, left: Formula, as_printed: Printed) -> tuple[Formula, arb] | None:
        """A side with the exact results that its printed numbers stand for, if this is what they give."""
        return carried(left, as_printed, self.values, self.records)

    def _rounds_unrounded(self, left: Formula, as_printed: Printed) -> bool:
        """Whether numbers that round to the printed ones on the left give what rounds to this one.

        Only numbers of many digits look rounded; their ends decide, as what is printed moves little between.
        """
        literals = [each for each in dict.fromkeys(decimals(left)) if _digits(each) >= FEWEST_DIGITS]
        if not literals or len(literals) > MOST_LITERALS:
            return False
        ends = self._at_ends(left, literals)
        if not ends:
            return False
        low, high = min(ends, key=float), max(ends, key=float)
        half = as_printed.unit / 2
        printed_at = float(as_printed.value)
        return float(low) - float(half) <= printed_at <= float(high) + float(half)

    def _spans(self, exact: arb, right: Formula) -> bool:
        """Whether numbers that round to those printed on the right give the exact value."""
        literals = [each for each in dict.fromkeys(decimals(right)) if _digits(each) >= FEWEST_DIGITS]
        if not literals or len(literals) > MOST_LITERALS:
            return False
        ends = self._at_ends(right, literals)
        return bool(ends) and bool(min(ends, key=float) <= exact) and bool(exact <= max(ends, key=float))

    def _at_ends(self, formula: Formula, literals: Sequence[Formula]) -> list[arb]:
        """The values of a formula where each of its rounded numbers is as little or as much as it may be."""
        found: list[arb] = []
        for chosen in product(*(_ends(each) for each in literals)):
            value = self.values.exact(replace(formula, dict(zip(literals, chosen, strict=True))))
            if value is None:
                return []
            found.append(value)
        return found

    def _from_printed(self, left: Formula, exact: arb) -> Iterator[arb]:
        """Values of a formula with printed numbers in place of the quantities that they were printed for.

        What was printed for another name of the same quantity counts too: y = o_1 = f(…).
        """
        for record in reversed(self.records.all):
            if same(record.exact, exact) and (value := printed(record.text)) is not None:
                yield arb(value.value.numerator) / value.value.denominator
        latest = {each.formula.name: each for each in self.records.all if isinstance(each.formula, Name)}
        if not latest:
            return
        for meaning in self.values.readings.of(left):
            try:
                (side,) = meaning.sides(left, "names")
            except (MeaningError, ValueError):
                continue
            yield from self._with_names_printed(side, meaning, latest)
            if isinstance(left, Name):
                # What its equation is worked out from has been printed, h_2 by the h_1 before.
                opened = meaning.opened(side, latest.keys() - {left.name})
                yield from self._with_names_printed(opened, meaning, latest)

    def _is_still(self, record: Record) -> bool:
        """Whether a quantity is what it was when its number was printed: not after another x."""
        exact = self.values.exact(record.formula)
        return exact is None or same(exact, record.exact)

    def _with_names_printed(
        self, side: Expr, meaning: Meaning, latest: Mapping[str, Record]
    ) -> Iterator[arb]:
        inside: dict[Expr, Expr] = {}
        spoken = {each.name for each in symbols(side)}
        for name in sorted(spoken & latest.keys()):
            if not self._is_still(latest[name]):
                continue
            value = printed(latest[name].text)
            assert value is not None
            inside[symbol(name)] = Rational(value.value.numerator, value.value.denominator)
        opened = put(side, inside)
        for each in symbols(opened):
            if (known := meaning.value_of(each.name)) is not None:
                opened = put(opened, {each: known})
        if (value_there := number(opened)) is not None:
            yield value_there

    def _replaced(self, left: Formula, right: Formula, exact: arb) -> Judgement | None:
        """A right side in which exact values are replaced by their roundings, or by drifted numbers."""
        literals = tuple(dict.fromkeys(decimals(right)))
        if not literals:
            return None
        meant = [self._meant(left, literal) for literal in literals]
        # Mostly the first quantity with such a value is the one that is meant: others are looked for in need.
        choices = [list(islice(each, 2)) for each in meant]
        found = self._fitting(right, exact, literals, choices, drifted=False)
        if found is None:
            choices = [[*some, *more] for some, more in zip(choices, meant, strict=True)]
            tried = (
                self._fitting(right, exact, literals, choices, drifted=drifted) for drifted in (False, True)
            )
            found = next((each for each in tried if each is not None), None)
        return found or (Judgement("rounded", UNROUNDED) if self._spans(exact, right) else None)

    def _fitting(
        self,
        right: Formula,
        exact: arb,
        literals: Sequence[Formula],
        choices: Sequence[Sequence[tuple[Formula, bool]]],
        *,
        drifted: bool,
    ) -> Judgement | None:
        """The verdict by the first choice of what numbers stand for that makes a side what it should be."""
        allowed = [[each for each in some if drifted or not each[1]] for some in choices]
        for chosen in islice(product(*allowed), MOST_REPLACEMENTS):
            meant = dict(zip(literals, (each[0] for each in chosen), strict=True))
            value = self._with_exact(right, meant)
            if value is not None and same(value, exact):
                return self._judged_replacement(meant, [each[1] for each in chosen])
        return None

    def _judged_replacement(self, meant: Mapping[Formula, Formula], drifted: Sequence[bool]) -> Judgement:
        if not any(drifted):
            return Judgement("rounded", "exact values are replaced by their right roundings")
        corrected = []
        for (literal, formula), has_drifted in zip(meant.items(), drifted, strict=True):
            exact, as_printed = self.values.exact(formula), printed(literal)
            if has_drifted and exact is not None and as_printed is not None:
                corrected.append((literal, rounded_like(abs(exact), as_printed)))
        reason = "a number in it is not the right rounding of what it stands for"
        return Judgement("drifted", reason, drifted=tuple(corrected))

    def _meant(self, left: Formula, literal: Formula) -> Iterator[tuple[Formula, bool]]:
        """The quantities that a decimal may stand for, each with whether it has drifted from them."""
        yield literal, False
        as_printed = printed(literal)
        assert as_printed is not None
        seen: list[arb] = []
        told: list[tuple[arb, bool]] = []
        for candidate in self._quantities(left):
            value = self.values.exact(candidate)
            if value is None or not (as_printed.rounds(value) or as_printed.rounds(-value)):
                continue
            if not any(same(abs(value), abs(each)) for each in seen):
                seen.append(value)
                yield candidate, False
        for record in reversed(self.records.all):
            bare = printed(record.text)
            if bare is None or abs(bare.value) != as_printed.value:
                continue
            drifted = not bare.rounds(record.exact)
            if any(same(record.exact, exact) and drifted == other for exact, other in told):
                continue
            own = self.values.exact(record.formula)
            if own is not None and same(own, record.exact):
                told.append((record.exact, drifted))
            yield record.formula, drifted

    def _quantities(self, left: Formula) -> Iterator[Formula]:
        """What a number on the right may be the value of: parts of the left side, quantities of the text."""
        seen: dict[Formula, None] = {}
        equations = self.values.readings.environment.equations
        nodes = (
            node for each in (left, *(fact.formula for fact in equations.values())) for node in walk(each)
        )
        for name in (*names(left), *equations):
            seen.setdefault(Name(name))
        for node in nodes:
            # What stands in brackets or behind a sign is met as well, and is the same but for its sign.
            if not isinstance(node, Grouping | Negation):
                seen.setdefault(node)
        yield from list(seen)[:200]
        # The derivatives of sigmoid and tanh are worked out from these: 0.881 · 0.119.
        for name in (*names(left), *equations):
            yield Sum((ONE, Negation(Name(name))))
            yield Sum((ONE, Negation(Power(Name(name), TWO))))

    def _with_exact(self, right: Formula, meant: Mapping[Formula, Formula]) -> arb | None:
        """The value of the right side with what is meant in place of its decimals; signs are kept apart."""
        return self.values.exact(replace(right, self._positive(meant)))

    def _positive(self, meant: Mapping[Formula, Formula]) -> dict[Formula, Formula]:
        """What is meant by each decimal; of a negative quantity its opposite, as the sign stands before."""
        found: dict[Formula, Formula] = {}
        for literal, formula in meant.items():
            value = self.values.exact(formula)
            negative = formula != literal and value is not None and bool(value < 0)
            found[literal] = Grouping(Negation(Grouping(formula))) if negative else Grouping(formula)
        return found


def _digits(literal: Formula) -> int:
    """The significant digits of a decimal."""
    assert isinstance(literal, Number)
    return len(literal.text.replace(".", "").lstrip("0"))


def _ends(literal: Formula) -> tuple[Formula, ...]:
    """The least and the greatest number that rounds to a decimal."""
    as_printed = printed(literal)
    assert as_printed is not None
    half = as_printed.unit / 2
    return tuple(_quotient(as_printed.value + sign * half) for sign in (-1, 1))


def _quotient(value: Fraction) -> Formula:
    size = Quotient(Number(str(abs(value.numerator))), Number(str(value.denominator)))
    return Grouping(Negation(size)) if value < 0 else Grouping(size)
