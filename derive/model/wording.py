"""How a message speaks of operands: spelled as their author does, with shapes, and where a sign stands."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from derive.formula import (
    Call,
    Elementwise,
    Formula,
    Grouping,
    Indexed,
    MatrixProduct,
    Name,
    Negation,
    Power,
    Product,
    Quotient,
    Reduction,
    Sum,
    Transpose,
    strength,
    walk,
)
from derive.formula.binding import ATOM, DERIVATIVE
from derive.model.parsing import first_place
from derive.model.shape import Shape, told
from derive.model.statements import Statement
from derive.notation import plain, unicode_text

# Longer operands are not repeated in a message.
_LONGEST = 40
_SIGNS: Mapping[type[Formula], tuple[str, ...]] = MappingProxyType(
    {
        Product: ("*",),
        Elementwise: (r"\odot", r"\circ"),
        Quotient: ("/",),
        Power: ("**", "^"),
        MatrixProduct: ("@",),
    }
)
KINDS = ("a number", "a vector", "a matrix")


@dataclass(frozen=True, slots=True)
class Wording:
    """The words for the parts of one equation."""

    statement: Statement

    def spelled(self, formula: Formula) -> str:
        """A formula as the author's form spells it."""
        return unicode_text(formula) if self.statement.form == "latex" else plain(formula)

    def whole(self, formula: Formula) -> str:
        """An operation, or its sign or name where it is long."""
        if isinstance(formula, MatrixProduct) and isinstance(first := formula.factors[0], MatrixProduct):
            formula = MatrixProduct((*first.factors, *formula.factors[1:]))
        text = self.spelled(formula)
        if len(text) <= 2 * _LONGEST:
            return text
        return formula.function if isinstance(formula, Call) else signs(formula)[0]

    def operand(self, formula: Formula) -> str:
        """A part as it stands beside a sign."""
        text = self.spelled(unsigned(formula))
        loose = strength(unsigned(formula)) < DERIVATIVE
        return f"({text})" if loose and not isinstance(formula, MatrixProduct) else text

    def transposed(self, formula: Formula) -> str:
        """The transpose of an operand."""
        return self.operand(formula.operand if isinstance(formula, Transpose) else _turned(formula))

    def product(self, *factors: str) -> str:
        """Factors with the sign of the matrix product between them."""
        return (" " if self.statement.form == "latex" else " @ ").join(factors)

    def has(self, formula: Formula, shape: Shape) -> str:
        """What an operand is: `W has shape (m, n)`."""
        text = self.spelled(unsigned(formula))
        word = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
        if not shape:
            return f"{word} is a number"
        if all(size is None for size in shape):
            return f"{word} is {KINDS[len(shape)] if len(shape) < 3 else f'an array of {len(shape)} axes'}"
        return f"{word} has shape {told(shape)}"

    def sign(self, formula: Formula, left: Formula, right: Formula) -> tuple[int, int]:
        """Where the sign between two operands stands, and how long it is; else the right operand."""
        if isinstance(formula, Call):
            return formula.at or 0, len(formula.function)
        start, end = _last_end(left), first_place(right)
        if end is None:
            return start, 1
        spelled = "|".join(map(re.escape, signs(formula)))
        if isinstance(formula, Sum):
            spelled = "-" if isinstance(right, Negation) else r"\+"
        # A sign of two operands has one before it.
        pattern = re.compile(rf"(?<![*(,@/+\-\s])\s*(?P<sign>{spelled})(?![*=])")
        found = list(pattern.finditer(self.statement.text, start, end))
        if found:
            return found[-1].start("sign"), len(found[-1]["sign"])
        return end, 1


def signs(formula: Formula) -> tuple[str, ...]:
    """The signs that an operation is written with."""
    return _SIGNS.get(type(formula), ("this",))


def unsigned(formula: Formula) -> Formula:
    """A part without the minus and the parentheses round it."""
    while isinstance(formula, Negation | Grouping):
        (formula,) = formula.children
    return formula


def _turned(formula: Formula) -> Transpose:
    inner = unsigned(formula)
    return Transpose(inner if strength(inner) >= ATOM else Grouping(inner))


def _last_end(formula: Formula) -> int:
    """Where the last word of a formula ends in its text."""
    ends = [0]
    for node in walk(formula):
        match node:
            case Name(word, int() as at) | Indexed(word, at=int() as at):
                ends.append(at + len(word))
            case Call(word, at=int() as at) | Reduction(word, at=int() as at):
                ends.append(at + len(word))
    return max(ends)
