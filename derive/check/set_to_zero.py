"""Derivatives set to zero: of dℓ/dp = k/p - (n - k)/(1 - p) = 0 the last sign asks what solves it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from derive.check.assertions import Side
from derive.check.disputes import TO_BE_SOLVED
from derive.check.facts import is_number
from derive.check.passages import Passage
from derive.check.verdict import Judgement, Link
from derive.formula import ZERO, is_derivative


def is_set_to_zero(sides: Sequence[Side]) -> bool:
    """Whether a chain says what a derivative is, and that this is to vanish."""
    if len(sides) < 3 or sides[-1].formula != ZERO:
        return False
    return is_derivative(sides[0].formula) and not is_number(sides[-2].formula)


def as_worded(passage: Passage) -> Passage:
    """The passage where setting a derivative to zero introduces nothing."""
    return replace(passage, wording=replace(passage.wording, introduced=False))


def asking(links: Sequence[Link]) -> tuple[Link, ...]:
    """The links of such a chain, of which the last one is no claim where nothing decides it."""
    *rest, last = links
    if last.verdict != "not understood":
        return tuple(links)
    return (*rest, replace(last, judgement=Judgement("not a claim", TO_BE_SOLVED)))
