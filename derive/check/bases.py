"""Logarithms to another base: where a text writes log and never ln, 2 and 10 are usual bases too."""

from __future__ import annotations

from flint import arb

from derive.agreement.balls import precision
from derive.check.judging import Judge
from derive.check.roundings import BITS, Printed, printed, same
from derive.check.verdict import Judgement
from derive.formula import Call, Formula, walk

BASES = (2, 10)
REASON = "the right rounding where log is to the base "


def in_another_base(judge: Judge, left: Formula, right: Formula, found: Judgement) -> Judgement:
    """The judgement on a number that is wrong for natural logarithms: it may be right for others."""
    as_printed, exact = printed(right), judge.exact(left)
    if as_printed is None or exact is None:
        return found
    formulas = (left, *(fact.formula for fact in found.facts))
    if not any(isinstance(node, Call) and node.function == "log" for each in formulas for node in walk(each)):
        return found
    for base in BASES:
        if _is(exact, base, as_printed):
            assumed = (*found.assumptions, f"log is to the base {base}")
            return Judgement("rounded", f"{REASON}{base}", facts=found.facts, assumptions=assumed)
    return found


def _is(exact: arb, base: int, as_printed: Printed) -> bool:
    """Whether a number is the value, to that base; of one digit it must be exactly so."""
    with precision(BITS):
        value = exact / arb(base).log()
        number = arb(as_printed.value.numerator) / as_printed.value.denominator
    digits = abs(as_printed.value / as_printed.unit)
    return same(value, number) or (digits >= 10 and as_printed.rounds(value))
