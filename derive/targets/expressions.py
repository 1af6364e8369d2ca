"""Formulas as expressions of a language with C-like signs: + - * /, calls, parentheses where needed."""

from __future__ import annotations

import math
from collections.abc import Mapping

from derive.errors import DeriveError
from derive.formula import (
    Call,
    Cases,
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
    Relation,
    Sum,
    enclosed,
)

# Whole numbers of more digits are written as floating-point numbers.
LONGEST_WHOLE = 15


class Expressions:
    """Writes scalar formulas; a language overrides what it spells its own way."""

    # The value where no case applies.
    nowhere = 'float("nan")'
    comparisons: Mapping[str, str] = {"=": "==", "≤": "<=", "≥": ">=", "≠": "!="}

    def write(self, formula: Formula) -> str:
        """The expression."""
        match formula:
            case Number(text):
                return numeral(text)
            case Name(name):
                return self.name(name)
            case Indexed():
                return self.component(formula)
            case Sum():
                return self.sum(formula)
            case Product(factors):
                return "*".join(self.part(formula, at, each) for at, each in enumerate(factors))
            case Quotient(top, bottom):
                return f"{self.part(formula, 0, top)}/{self.part(formula, 1, bottom)}"
            case Negation(operand):
                return f"-{self.part(formula, 0, operand)}"
            case Power():
                return self.power(formula)
            case Grouping(inner):
                return f"({self.write(inner)})"
            case Call():
                return self.call(formula)
            case Cases():
                return self.cases(formula)
            case Relation():
                return self.relation(formula)
        return self.other(formula)

    def part(self, parent: Formula, place: int, part: Formula) -> str:
        """A part in its parent, in parentheses where it needs them."""
        text = self.write(part)
        if isinstance(part, Cases):
            return text  # it has parentheses of its own
        # A square is written as a product, which binds less tightly than a power.
        below = isinstance(parent, (Quotient, Power)) and place == 1 and _is_square(part)
        return f"({text})" if below or enclosed(parent, place, part) else text

    def name(self, name: str) -> str:
        """A quantity."""
        return name

    def component(self, formula: Indexed) -> str:
        """A component of an array."""
        return formula.name + "".join(f"[{self.write(index)}]" for index in formula.indices)

    def sum(self, formula: Sum) -> str:
        """Terms with their signs."""
        first, *rest = formula.terms
        text = self.sum(first) if isinstance(first, Sum) else self.part(formula, 0, first)
        for at, term in enumerate(rest, 1):
            if isinstance(term, Negation):
                text += f" - {self.part(term, 0, term.operand)}"
            else:
                text += f" + {self.part(formula, at, term)}"
        return text

    def power(self, formula: Power) -> str:
        """A power; the square of a name is a product."""
        if _is_square(formula):
            base = self.write(formula.base)
            return f"{base}*{base}"
        base = self.part(formula, 0, formula.base)
        return f"{base}**{self.part(formula, 1, formula.exponent)}"

    def call(self, formula: Call) -> str:
        """A function of arguments."""
        return f"{formula.function}({', '.join(map(self.write, formula.arguments))})"

    def cases(self, formula: Cases) -> str:
        """A conditional expression, in parentheses."""
        text = ""
        for branch in formula.branches:
            value = self.write(branch.value)
            condition = "" if branch.condition is None else f" if {self.write(branch.condition)} else "
            text += value + condition
        return f"({text})" if formula.branches[-1].condition is None else f"({text}{self.nowhere})"

    def relation(self, formula: Relation) -> str:
        """A chain of comparisons."""
        text = self.write(formula.sides[0])
        for sign, side in zip(formula.signs, formula.sides[1:], strict=True):
            text += f" {self.comparisons.get(sign, sign)} {self.write(side)}"
        return text

    def other(self, formula: Formula) -> str:
        """What this language has no expression for."""
        raise DeriveError(f"{type(formula).__name__.lower()} cannot be written in this code target")


def numeral(text: str) -> str:
    """A number as the author spells it, where a language reads it the same way."""
    if math.isinf(float(text)):
        raise DeriveError(f"{text} is too large for a floating-point number")
    if not text.isdigit():
        return text
    digits = text.lstrip("0") or "0"
    return digits if len(digits) <= LONGEST_WHOLE else f"{digits}.0"


def check_whole(reduction: Reduction) -> None:
    """Refuse a reduction over a part of its axis: code runs over whole axes."""
    for bound in reduction.bounds:
        if bound.low is not None or bound.high is not None:
            raise DeriveError(
                f"the {reduction.kind} over a part of the values of {bound.name} cannot be written"
            )


def _is_square(formula: Formula) -> bool:
    """Whether the formula is the square of a quantity, which is written as a product."""
    match formula:
        case Power(Name() | Indexed(), Number("2")):
            return True
    return False
