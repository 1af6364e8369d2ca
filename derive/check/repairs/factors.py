"""A number or a quantity that is missing as a factor, or too much."""

from __future__ import annotations

from collections.abc import Iterator

from derive import tidy
from derive.check.repairs.places import Repair, Setting, everywhere
from derive.formula import Formula, Grouping, Negation, Number, Power, Product, Quotient, Sum
from derive.notation import unicode_text

ORDER = 20
HINT = "Look at the factors: is one missing, or too many?"
NUMBERS = ("2", "3", "4")


def repaired(formula: Formula, setting: Setting) -> Iterator[Repair]:
    """The formula with a factor more, or one less."""
    for number in map(Number, NUMBERS):
        slip = f"a factor {number.text} is missing"
        yield Repair(tidy.product((number, _enclosed(formula))), slip, scales=True)
        halved = _divided(formula, number)
        slip = (
            f"a factor 1/{number.text} is missing"
            if halved is None
            else f"the factor {number.text} is too much"
        )
        yield Repair(halved or tidy.quotient(formula, number), slip, scales=True)
    yield from everywhere(formula, _without)
    for operand in setting.operands:
        word = unicode_text(operand)
        yield Repair(tidy.product((_enclosed(formula), _enclosed(operand))), f"the factor {word} is missing")
        divided = _divided(formula, operand)
        slip = f"a factor 1/{word} is missing" if divided is None else f"the factor {word} is too much"
        yield Repair(divided or tidy.quotient(formula, _enclosed(operand)), slip)


def _divided(formula: Formula, divisor: Formula) -> Formula | None:
    """The formula with one factor less, where it has it: 2/m over 2 is 1/m, t² c over t is t c."""
    match formula:
        case Negation(operand):
            inner = _divided(operand, divisor)
            return None if inner is None else tidy.negative(inner)
        case Number() if isinstance(divisor, Number) and not formula.value % divisor.value:
            return Number(str(formula.value / divisor.value))
        case Power(base, Number("2")) if base == divisor:
            return base
        case Quotient(numerator, denominator):
            inner = _divided(numerator, divisor)
            return None if inner is None else Quotient(inner, denominator)
        case Product(factors):
            for at, factor in enumerate(factors):
                inner = _divided(factor, divisor)
                if inner is not None:
                    return tidy.product((*factors[:at], inner, *factors[at + 1 :]))
    return None


def _without(node: Formula) -> Iterator[tuple[Formula, str]]:
    match node:
        case Product(factors):
            for at, factor in enumerate(factors):
                rest = (*factors[:at], *factors[at + 1 :])
                yield tidy.product(rest), f"the factor {unicode_text(factor)} is too much"
        case Quotient(numerator, denominator):
            yield numerator, f"the division by {unicode_text(denominator)} is too much"
            yield Quotient(denominator, numerator), "the fraction is upside down"


def _enclosed(formula: Formula) -> Formula:
    return Grouping(formula) if isinstance(formula, Sum) else formula
