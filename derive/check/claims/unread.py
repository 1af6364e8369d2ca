"""A formula that could not be read: where, and why."""

from __future__ import annotations

from derive.check.assertions import Assertion
from derive.check.course import Course
from derive.check.passages import Passage
from derive.check.verdict import Claim, Judgement

ORDER = 0


def claim(said: Assertion, passage: Passage, course: Course) -> Claim | None:
    """Not understood, at the place that the reader stopped at."""
    if said.fault is None:
        return None
    fault = said.fault
    judgement = Judgement("not understood", fault.reason, at=said.at + fault.at, length=max(1, fault.length))
    return Claim("formula", judgement)
