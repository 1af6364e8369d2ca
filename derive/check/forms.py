"""Two forms of what one chain defines, y = (x + 1)² = x² + 2x + 2: they must be equal for every x."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from derive.check.anew import FEWEST_LEAVES, leaves
from derive.check.assertions import Assertion
from derive.check.constant_values import constant
from derive.check.definitions import name_of
from derive.check.diagnosis import diagnosed
from derive.check.doubts import NAMES
from derive.check.judging import Judge
from derive.check.meaning import CONSTANTS
from derive.check.passages import Passage
from derive.check.verdict import Judgement, Link
from derive.expression import MeaningError, expression, symbols
from derive.formula import Formula, Name, names


def of_one_name(
    said: Assertion, passage: Passage, judge: Judge, new: Collection[str], link: Link, found: Judgement
) -> Judgement:
    """The judgement on two polynomials that a chain gives the name it defines.

    Where curves meet, y = x² = 2x; what differs by a number, or by one slip, is no such condition.
    """
    left, right = link.left, link.right
    if found.verdict != "not understood" or not found.reason.startswith(NAMES) or found.differs is None:
        return found
    if link.sign != "=" or said.lead is not None or not _begins_with_name(said, new):
        return found
    words = passage.wording
    if words.conditioned or words.asked or words.case or words.consequence.open or words.consequence.drawn:
        return found
    read = set(names(left))
    if not read or read != set(names(right)) or read & judge.environment.names:
        return found
    apart = _are_apart(left, right)
    told = diagnosed(judge, left, right, replace(found, verdict="wrong", reason="the sides differ"))
    told = replace(told, counterexample=found.differs, differs=None)
    is_slip = told.repair is not None and not told.repair.scales
    if apart or (apart is not None and is_slip and min(leaves(left), leaves(right)) >= FEWEST_LEAVES):
        return told
    return found


def _begins_with_name(said: Assertion, new: Collection[str]) -> bool:
    head = said.sides[0].formula
    return name_of(head) in new and all(isinstance(each, Name) for each in head.children)


def _are_apart(left: Formula, right: Formula) -> bool | None:
    """Whether two polynomials differ by a number; None where a side is no polynomial."""
    try:
        sides = [expression(each, constants=CONSTANTS) for each in (left, right)]
    except MeaningError:
        return None
    if not all(each.is_polynomial(*symbols(each)) for each in sides):
        return None
    return constant(sides[0] - sides[1]) is not None
