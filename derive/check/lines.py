"""A side that differs from both of its neighbours in a chain, which are equal: it is a slip, no condition."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from derive.check.diagnosis import diagnosed
from derive.check.facts import quantity_of
from derive.check.judging import Judge
from derive.check.meaning import CONSTANTS
from derive.check.verdict import Judgement, Link
from derive.effort import TooMuch
from derive.formula import Formula, Indexed, Name, Number, walk

# Kronecker's delta, where no equation defines it.
DELTA = "delta"
REASON = "the sides differ, and those before and behind this one are equal"


def out_of_line(judge: Judge, links: tuple[Link, ...]) -> tuple[Link, ...]:
    """The links with those called wrong that lead to a side that is out of line."""
    found = list(links)
    for at, (one, other) in enumerate(pairwise(links)):
        if one.judgement.differs is None or other.judgement.differs is None:
            continue
        if _are_equal(judge, one.left, one.right, other.right):
            found[at] = replace(one, judgement=_wrong(judge, one, one.judgement))
    return tuple(found)


def _are_equal(judge: Judge, before: Formula, between: Formula, behind: Formula) -> bool:
    """Whether the neighbours are proved equal, by more than another order, and speak of all the side does."""
    known = {*_quantities(before), *_quantities(behind), *CONSTANTS, DELTA}
    if not known.issuperset(_quantities(between)) or leaves(before) == leaves(behind):
        return False
    try:
        return judge.link(before, behind).verdict == "proved"
    except TooMuch:
        return False


def _wrong(judge: Judge, link: Link, found: Judgement) -> Judgement:
    wrong = replace(found, verdict="wrong", reason=REASON, counterexample=found.differs, differs=None)
    return diagnosed(judge, link.left, link.right, wrong)


def _quantities(formula: Formula) -> Iterator[str]:
    return (name for node in walk(formula) if (name := quantity_of(node)))


def leaves(formula: Formula) -> list[str]:
    """What a formula is put together from, in no order."""
    return sorted(repr(node) for node in walk(formula) if isinstance(node, Name | Indexed | Number))
