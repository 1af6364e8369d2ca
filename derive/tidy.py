"""Sums, products and fractions put together the way a textbook writes a derivative.

The closed list of what may happen: a factor 1, a term 0 and an exponent 1 are dropped, a factor 0 makes
0, numbers are folded, sign and number go to the front, (1/d)·a becomes a/d, (a/b)/c becomes a/(c·b) and
-(-a + b) becomes a - b. Nothing is expanded, collected or reordered otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from derive.formula import (
    ONE,
    ZERO,
    Bound,
    Derivative,
    Formula,
    Grouping,
    Indexed,
    Name,
    Negation,
    Number,
    Power,
    Product,
    Quotient,
    Reduction,
    Sum,
    plus,
    times,
)

# Longer results than this stay unfolded: 2^1000 is clearer than its digits.
LONGEST_NUMBER = 12


def negative(formula: Formula) -> Formula:
    """The formula with its sign turned."""
    match formula:
        case Negation(operand):
            return operand
        case Number() if formula.value == 0:
            return ZERO
        case Sum((Negation(), *_)) | Grouping(Sum((Negation(), *_))):
            inner = formula.inner if isinstance(formula, Grouping) else formula
            return Sum(tuple(map(negative, inner.children)))
    return Negation(formula)


def total(terms: Iterable[Formula]) -> Formula:
    """The sum of the terms without zeros; bare numbers are added up when nothing else is left."""
    kept = [term for term in terms if not is_number(term, 0)]
    if len(kept) > 1 and all(rational(term) is not None for term in kept):
        folded = numeral(sum((rational(term) or Fraction() for term in kept), Fraction()), kept)
        if folded is not None:
            return folded
    return plus(*kept)


def product(factors: Iterable[Formula]) -> Formula:
    """The product of the factors: sign and number in front, units dropped, reciprocals as a fraction."""
    factors = tuple(factors)
    if all(isinstance(factor, (Name, Indexed, Derivative)) for factor in factors):
        return times(*factors)
    sign, numbers, others, divisors = _sorted(factors)
    others, divisors = _cancelled(others, divisors)
    numbers, others = _halved(numbers, others)
    if any(is_number(number, 0) for number in numbers):
        return ZERO
    front = _folded(numbers)
    body = times(*front, *others)
    if divisors:
        body = quotient(body, times(*divisors))
    return negative(body) if sign < 0 else body


def quotient(numerator: Formula, denominator: Formula) -> Formula:
    """The fraction, with a sign before it and not in it; over 1 the numerator alone."""
    if is_number(numerator, 0):
        return ZERO
    if is_number(denominator, 1):
        return numerator
    if isinstance(numerator, Negation):
        return negative(quotient(numerator.operand, denominator))
    if isinstance(denominator, Negation):
        return negative(quotient(numerator, denominator.operand))
    if isinstance(numerator, Quotient) and rational(numerator) is None:
        return quotient(numerator.numerator, product((denominator, numerator.denominator)))
    return _reduced(numerator, denominator) or Quotient(numerator, denominator)


def _reduced(numerator: Formula, denominator: Formula) -> Formula | None:
    """A number before the numerator shortened against a number before what is below: 2·x/4 is x/2."""
    (front, above), (below, rest) = map(_apart, (numerator, denominator))
    if not isinstance(numerator, Product) or not below or front.denominator != 1 or below.denominator != 1:
        return None
    ratio = front / below
    if ratio.denominator == below:
        return None
    top = product((Number(str(ratio.numerator)), *above))
    return quotient(top, product((Number(str(ratio.denominator)), *rest)))


def _apart(formula: Formula) -> tuple[Fraction, tuple[Formula, ...]]:
    """The number before a product, 1 where there is none, and the other factors."""
    factors = formula.factors if isinstance(formula, Product) else (formula,)
    front = rational(factors[0])
    return (Fraction(1), factors) if front is None else (front, factors[1:])


def summed(body: Formula, bounds: tuple[Bound, ...]) -> Formula:
    """The sum of the body over indices, with a sign before it and not in it."""
    if is_number(body, 0):
        return ZERO
    if isinstance(body, Negation):
        return Negation(Reduction("sum", body.operand, bounds))
    return Reduction("sum", body, bounds)


def power(base: Formula, exponent: Formula) -> Formula:
    """The power, with the exponents 0 and 1 carried out."""
    if is_number(exponent, 0):
        return ONE
    return base if is_number(exponent, 1) else Power(base, exponent)


def is_number(formula: Formula, value: int) -> bool:
    """Whether the formula is that number, however it is spelled."""
    return isinstance(formula, Number) and formula.value == value


def rational(formula: Formula) -> Fraction | None:
    """The value of a number, a negated number or a fraction of numbers; None of anything else."""
    match formula:
        case Number():
            return formula.value
        case Negation(operand):
            value = rational(operand)
            return None if value is None else -value
        case Quotient(Number() as numerator, Number() as denominator) if denominator.value:
            return numerator.value / denominator.value
        case Grouping(inner):
            return rational(inner)
    return None


def numeral(value: Fraction, spelled: Iterable[Formula] = ()) -> Formula | None:
    """A number in the manner of `spelled` (decimal beside decimals, else a fraction); None if too long."""
    if value < 0:
        positive = numeral(-value, spelled)
        return None if positive is None else Negation(positive)
    if value.denominator == 1:
        return _number(str(value.numerator))
    if any(isinstance(part, Number) and "." in part.text for part in spelled):
        return _decimal(value)
    numerator, denominator = _number(str(value.numerator)), _number(str(value.denominator))
    return Quotient(numerator, denominator) if numerator and denominator else None


def _number(text: str) -> Number | None:
    return Number(text) if len(text) <= LONGEST_NUMBER else None


def _decimal(value: Fraction) -> Number | None:
    for digits in range(LONGEST_NUMBER - 1):
        scaled = value * 10**digits
        if scaled.denominator == 1:
            text = str(scaled.numerator).rjust(digits + 1, "0")
            return _number(f"{text[:-digits]}.{text[-digits:]}" if digits else text)
    return None


def _sorted(
    factors: Iterable[Formula],
) -> tuple[int, list[Formula], list[Formula], list[Formula]]:
    """Sign, numbers, other factors and denominators of the reciprocals among the factors."""
    sign, numbers, others, divisors = 1, [], [], []
    waiting = list(factors)[::-1]
    while waiting:
        factor = waiting.pop()
        match factor:
            case Negation(operand):
                sign = -sign
                waiting.append(operand)
            case Product(inner):
                waiting.extend(reversed(inner))
            case Quotient(numerator, Quotient(top, bottom)) if is_number(numerator, 1):
                waiting.append(Quotient(bottom, top))
            case Quotient(numerator, denominator) if is_number(numerator, 1) and (
                rational(denominator) is None
            ):
                divisors.append(denominator)
            case _ if rational(factor) is not None:
                numbers.append(factor)
            case _:
                others.append(factor)
    return sign, numbers, others, divisors


def _cancelled(factors: list[Formula], divisors: list[Formula]) -> tuple[list[Formula], list[Formula]]:
    """Factors and divisors without what stands in both; fractions are opened only for that."""
    if not divisors and not any(isinstance(factor, Quotient) for factor in factors):
        return factors, divisors
    above = [part for factor in factors for part in _above(factor)]
    below = [part for each in divisors for part in _factors(each)]
    below += [part for factor in factors for part in _below(factor)]
    common = [part for part in below if any(_base(part) == _base(other) for other in above)]
    if not common:
        return factors, divisors
    for part in common:
        _shorten(above, below, _base(part))
    return above, below


def _halved(numbers: list[Formula], others: list[Formula]) -> tuple[list[Formula], list[Formula]]:
    """Whole numbers and factors without a number that is below a factor and divides them: 2 and λ/2."""
    values = [rational(each) for each in numbers]
    if len(values) != 1 or values[0] is None or values[0].denominator != 1:
        return numbers, others
    for at, each in enumerate(others):
        below = rational(each.denominator) if isinstance(each, Quotient) else None
        if isinstance(each, Quotient) and below and below.denominator == 1 and not values[0] % below:
            number = numeral(values[0] / below, numbers)
            if number is not None:
                return [number], [*others[:at], each.numerator, *others[at + 1 :]]
    return numbers, others


def _above(factor: Formula) -> tuple[Formula, ...]:
    return _factors(factor.numerator) if isinstance(factor, Quotient) else (factor,)


def _below(factor: Formula) -> tuple[Formula, ...]:
    return _factors(factor.denominator) if isinstance(factor, Quotient) else ()


def _factors(formula: Formula) -> tuple[Formula, ...]:
    found = formula.factors if isinstance(formula, Product) else (formula,)
    return tuple(each for each in found if not is_number(each, 1))


def _base(formula: Formula) -> Formula:
    """The base of a whole power, else the formula itself."""
    if isinstance(formula, Power) and isinstance(formula.exponent, Number):
        return formula.base
    return formula


def _shorten(above: list[Formula], below: list[Formula], base: Formula) -> None:
    """Take one power of the base from a factor above and from one below."""
    pair = [
        next((at for at, each in enumerate(side) if _base(each) == base), None) for side in (above, below)
    ]
    for side, at in zip((above, below), pair, strict=True):
        if at is None or None in pair:
            return
        lower = _lowered(side[at])
        side[at : at + 1] = [] if lower is None else [lower]


def _lowered(formula: Formula) -> Formula | None:
    """The formula with one power of its base less; None if that is 1."""
    if not isinstance(formula, Power) or rational(formula.exponent) == 1:
        return None
    exponent = numeral((rational(formula.exponent) or Fraction(1)) - 1)
    return None if exponent is None else power(formula.base, exponent)


def _folded(numbers: list[Formula]) -> list[Formula]:
    """The numbers as one factor, none if that is 1; as they are if the product is too long to print."""
    value = Fraction(1)
    for number in numbers:
        value *= rational(number) or Fraction(1)
    if value == 1:
        return []
    if len(numbers) == 1:
        return numbers
    folded = numeral(value, numbers)
    return numbers if folded is None else [folded]


def is_plain(formula: Formula) -> bool:
    """Whether the formula stands before a bracket without a second look: a number, a name, a power of one."""
    match formula:
        case Number() | Name():
            return True
        case Negation(operand):
            return is_plain(operand)
        case Product(factors):
            return all(map(is_plain, factors))
        case Power(base, exponent):
            return is_plain(base) and is_plain(exponent)
        case Sum():
            return False
    return not formula.children or all(map(is_plain, formula.children))
