"""≈ between sides that differ: wrong only where a number is printed that rounds nothing."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from flint import arb

from derive.check.judging import Judge
from derive.check.roundings import Printed, printed
from derive.check.verdict import Judgement
from derive.formula import Formula

COARSELY = "the right rounding to as many digits as are no zeros at its end"
# Who writes ≈ between formulas does not leave out a third of them.
FAR = 1 / 3
OPEN = "≈ does not say how near the sides are"


def nearly(judge: Judge, left: Formula, right: Formula, found: Judgement) -> Judgement:
    """The judgement on left ≈ right, where left = right is found to be wrong."""
    as_printed = printed(right)
    if as_printed is None and _are_far_apart(judge.exact(left), judge.exact(right)):
        return found
    if as_printed is None:
        return replace(found, verdict="not understood", reason=OPEN, expected=None, counterexample=None)
    exact = judge.exact(left)
    if exact is not None and _coarse(as_printed).rounds(exact):
        return Judgement("rounded", COARSELY, facts=found.facts)
    return found


def _are_far_apart(one: arb | None, other: arb | None) -> bool:
    """Whether two numbers differ by more than anybody leaves out."""
    if one is None or other is None:
        return False
    return bool(abs(one - other) > FAR * abs(one)) and bool(abs(one - other) > FAR * abs(other))


def _coarse(as_printed: Printed) -> Printed:
    """The number with the zeros at its end taken for places that are not known: 1000 is 1 · 10³."""
    unit = as_printed.unit
    while as_printed.value and unit >= 1 and (as_printed.value / (10 * unit)).denominator == 1:
        unit *= Fraction(10)
    return Printed(as_printed.value, unit)
