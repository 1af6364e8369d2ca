"""Rational functions over generators, exact, in lowest terms, within a bounded effort."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import compress

from flint import Ordering, fmpq, fmpq_mpoly, fmpq_mpoly_ctx

from derive.effort import clock, spend

# Products of so many pairs of terms are not formed, and no common factor is sought among so many.
MOST_PAIRS = 60_000
MOST_PAIRS_FOR_GCD = 3_000
MOST_TERMS_TO_FACTOR = 60
HIGHEST_POWER = 4096


class Exhausted(Exception):
    """The effort allowed for one question is spent."""


class Unsupported(Exception):
    """Something that the normal form does not know."""


class Overflow(Exception):
    """There are more generators than the field has room for."""


@dataclass(frozen=True, slots=True)
class Ratio:
    """A rational function: the denominator is monic, and has no factor in common with the numerator."""

    num: fmpq_mpoly
    den: fmpq_mpoly

    @property
    def key(self) -> str:
        """The function as text: equal ratios of one field have equal keys."""
        return str(self.num) if self.den.is_one() else f"({self.num})/({self.den})"


class Field:
    """Arithmetic of ratios in at most `size` generators, until the deadline.

    Later generators are greater in the order of monomials, so that a relation g**d = (older ones) divides
    from the front.
    """

    def __init__(self, size: int, deadline: float) -> None:
        names = [f"g{number}" for number in reversed(range(size))]
        self.context = fmpq_mpoly_ctx.get(names, Ordering.lex)
        self.variables = tuple(reversed(self.context.gens()))
        self.size = size
        # The number of the generator in each slot of a monomial.
        self._numbers = range(size - 1, -1, -1)
        self.deadline = deadline
        self.unit = self.context.constant(1)
        self.one = Ratio(self.unit, self.unit)
        self.zero = Ratio(self.context.constant(0), self.unit)

    def check(self) -> None:
        """Raise Exhausted once the deadline has passed."""
        spend(2)
        if clock() > self.deadline:
            raise Exhausted

    def variable(self, number: int) -> Ratio:
        """A generator as a ratio."""
        if number >= self.size:
            raise Overflow
        return Ratio(self.variables[number], self.unit)

    def constant(self, value: fmpq | int) -> Ratio:
        """A number as a ratio."""
        return Ratio(self.context.constant(value), self.unit)

    def ratio(self, num: fmpq_mpoly, den: fmpq_mpoly) -> Ratio:
        """The quotient of two polynomials in lowest terms."""
        if den.is_zero():
            raise Unsupported("a division by zero")
        if num.is_zero():
            return self.zero
        if not den.is_constant() and len(num) * len(den) <= MOST_PAIRS_FOR_GCD:
            shared = num.gcd(den)
            if not shared.is_one():
                num, den = num / shared, den / shared
        lead = den.leading_coefficient()
        if lead == 1:
            return Ratio(num, den)
        return Ratio(num / lead, den / lead)

    def times(self, left: fmpq_mpoly, right: fmpq_mpoly) -> fmpq_mpoly:
        """The product of two polynomials, if it is not too long."""
        if len(left) * len(right) > MOST_PAIRS:
            raise Exhausted
        spend(len(left) * len(right) // 8)
        return left * right

    def add(self, left: Ratio, right: Ratio) -> Ratio:
        """The sum."""
        if left.den == right.den:
            if left.den.is_one():
                return Ratio(left.num + right.num, self.unit)
            return self.ratio(left.num + right.num, left.den)
        self.check()
        shared = left.den.gcd(right.den)
        mine, yours = left.den / shared, right.den / shared
        num = self.times(left.num, yours) + self.times(right.num, mine)
        return self.ratio(num, self.times(left.den, yours))

    def total(self, terms: Iterable[Ratio]) -> Ratio:
        """The sum of many."""
        result = self.zero
        for term in terms:
            result = self.add(result, term)
        return result

    def multiply(self, left: Ratio, right: Ratio) -> Ratio:
        """The product."""
        if left.den.is_one() and right.den.is_one():
            return Ratio(self.times(left.num, right.num), self.unit)
        self.check()
        first, second = self.ratio(left.num, right.den), self.ratio(right.num, left.den)
        return Ratio(self.times(first.num, second.num), self.times(first.den, second.den))

    def product(self, factors: Iterable[Ratio]) -> Ratio:
        """The product of many."""
        result = self.one
        for factor in factors:
            result = self.multiply(result, factor)
        return result

    def scaled(self, ratio: Ratio, factor: fmpq | int) -> Ratio:
        """The ratio times a number."""
        return Ratio(ratio.num * factor, ratio.den) if factor else self.zero

    def negative(self, ratio: Ratio) -> Ratio:
        """The ratio with its sign changed."""
        return Ratio(-ratio.num, ratio.den)

    def inverse(self, ratio: Ratio) -> Ratio:
        """One over the ratio."""
        if ratio.num.is_zero():
            raise Unsupported("a division by zero")
        lead = ratio.num.leading_coefficient()
        return Ratio(ratio.den / lead, ratio.num / lead)

    def power(self, ratio: Ratio, exponent: int) -> Ratio:
        """An integer power, if it is not too long."""
        if exponent < 0:
            return self.power(self.inverse(ratio), -exponent)
        return Ratio(self._power(ratio.num, exponent), self._power(ratio.den, exponent))

    def _power(self, poly: fmpq_mpoly, exponent: int) -> fmpq_mpoly:
        if poly.is_one() or exponent == 1:
            return poly
        if exponent > HIGHEST_POWER:
            raise Exhausted
        if len(poly) > 1 and _terms_of_power(len(poly), exponent) > MOST_PAIRS // 16:
            raise Exhausted
        if len(poly) == 1 and _bits(poly.leading_coefficient()) * exponent > 1_000_000:
            raise Exhausted
        return poly**exponent

    def used(self, poly: fmpq_mpoly) -> Iterator[int]:
        """The numbers of the generators that occur in a polynomial."""
        return compress(self._numbers, poly.degrees()) if not poly.is_constant() else iter(())

    def terms(self, poly: fmpq_mpoly) -> Iterator[tuple[fmpq, dict[int, int]]]:
        """The terms: a coefficient, and the exponents of the generators."""
        for monomial, coefficient in poly.terms():
            powers = filter(None, monomial)
            yield coefficient, dict(zip(compress(self._numbers, monomial), powers, strict=True))

    def monomial(self, powers: dict[int, int], coefficient: fmpq | int = 1) -> fmpq_mpoly:
        """The term with these exponents."""
        top = self.size - 1
        exponents = [0] * self.size
        for number, power in powers.items():
            exponents[top - number] = power
        return self.context.from_dict({tuple(exponents): coefficient})


def _terms_of_power(terms: int, exponent: int) -> int:
    """At most how many terms a power has: a binomial coefficient, or more than anybody wants."""
    count = 1
    for step in range(1, min(terms - 1, exponent) + 1):
        count = count * (terms - 1 + exponent - step + 1) // step
        if count > MOST_PAIRS:
            break
    return count


def _bits(number: fmpq) -> int:
    return max(abs(int(number.p)).bit_length(), int(number.q).bit_length())
