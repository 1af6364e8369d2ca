"""A number, a factor or a function that is wrong or missing inside a formula."""

from __future__ import annotations

from collections.abc import Iterator

from derive.check.repairs.places import Repair, Setting, everywhere
from derive.formula import Call, Formula, Grouping, Indexed, Name, Negation, Number, Power, Product, Quotient
from derive.notation import unicode_text

ORDER = 60
HINT = "Look at the numbers and at what stands inside brackets, fractions and powers."


def repaired(formula: Formula, setting: Setting) -> Iterator[Repair]:
    """The formula with another number, and with a function or a factor more at one place."""
    yield from everywhere(formula, _renumbered, indices=True)

    def called(node: Formula) -> Iterator[tuple[Formula, str]]:
        if isinstance(node, Name | Indexed | Grouping | Negation):
            inner = node.inner if isinstance(node, Grouping) else node
            for name in setting.functions:
                yield Call(name, (inner,)), f"the function {name} is missing"

    def multiplied(node: Formula) -> Iterator[tuple[Formula, str]]:
        if isinstance(node, Name | Indexed | Number | Grouping | Call | Power | Quotient):
            for operand in setting.operands:
                yield Product((node, operand)), f"the factor {unicode_text(operand)} is missing"

    yield from everywhere(formula, called)
    yield from everywhere(formula, multiplied)


def _renumbered(node: Formula) -> Iterator[tuple[Formula, str]]:
    if not isinstance(node, Number) or not node.text.isdecimal() or len(node.text) > 3:
        return
    whole = int(node.text)
    for value in dict.fromkeys((whole // 2, 2 * whole, whole - 1, whole + 1)):
        if value > 0 and value != whole:
            yield Number(str(value)), f"{whole} stands where {value} should"
