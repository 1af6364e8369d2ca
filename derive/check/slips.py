"""Equations of letters that nothing defines: one slip away from an identity, they are no conditions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import islice

from derive.check.diagnosis import setting
from derive.check.judging import Judge
from derive.check.lines import leaves
from derive.check.repairs import Repair, factors, inside, repairs
from derive.check.verdict import Link
from derive.effort import TooMuch, limited
from derive.formula import Call, Formula, Indexed, Name, walk
from derive.functions import function

# How many changes are tried, and with how much effort.
MOST_REPAIRS = 300
STEPS, STEPS_OF_ONE, SECONDS = 250_000, 12_000, 1.0
REASON = "one change makes an identity of it"
# An identity that says less is none that anybody states.
FEWEST_LEAVES = 4


def mended(judge: Judge, links: tuple[Link, ...]) -> tuple[Link, ...]:
    """The links with those called wrong that one change makes an identity of."""
    calculated = any(link.verdict == "proved" and leaves(link.left) != leaves(link.right) for link in links)
    found: list[Link] = []
    for link in links:
        # What follows from a slip differs, too, and is none.
        follows = bool(found) and found[-1].verdict == "wrong"
        found.append(link if follows else _judged(judge, link, calculated=calculated))
    return tuple(found)


def _judged(judge: Judge, link: Link, *, calculated: bool) -> Link:
    found = link.judgement
    if found.differs is None or not (calculated or _speaks_of_several(link)):
        return link
    if isinstance(link.left, Name | Indexed) and link.left in set(walk(link.right)):
        # v = 0.9 v + 0.1 g is an update.
        return link
    repair = _repaired(judge, link, calculated=calculated)
    if repair is None:
        return link
    wrong = replace(
        found,
        verdict="wrong",
        reason=f"{REASON}: {repair.slip}",
        counterexample=found.differs,
        differs=None,
        expected=repair.formula,
        hint=repair.hint,
        repair=repair,
    )
    return replace(link, judgement=wrong)


def _speaks_of_several(link: Link) -> bool:
    """Whether it is none of the equations that ask for one number: of several letters, or of a function."""
    left = link.left
    if isinstance(left, Call) and function(left.function) and isinstance(left.arguments[0], Name):
        return True
    return len({*_quantities(left), *_quantities(link.right)}) > 1


def _repaired(judge: Judge, link: Link, *, calculated: bool) -> Repair | None:
    with suppress(TooMuch), limited(STEPS, SECONDS):
        found = repairs(link.right, setting(judge, link.left, link.right))
        for repair in islice(found, MOST_REPAIRS):
            if not calculated and _is_special_case(repair, link.right):
                continue
            if not _says_something(link.left, repair.formula):
                continue
            if isinstance(link.left, Name | Indexed) and link.left in set(walk(repair.formula)):
                # d = d · 5/5 says nothing of d.
                continue
            if judge.quickly_proved(link.left, repair.formula, STEPS_OF_ONE):
                return repair
    return None


def _is_special_case(repair: Repair, right: Formula) -> bool:
    """Whether the formula as it stands holds where a quantity is 1: that may well be meant."""
    if repair.hint not in (factors.HINT, inside.HINT) or repair.scales:
        return False
    return sorted(_quantities(repair.formula)) != sorted(_quantities(right))


def _says_something(left: Formula, right: Formula) -> bool:
    """Whether two sides are more than the same in another order."""
    one, other = leaves(left), leaves(right)
    return one != other and len(one) + len(other) > FEWEST_LEAVES


def _quantities(formula: Formula) -> Iterator[str]:
    return (node.name for node in walk(formula) if isinstance(node, Name | Indexed))
