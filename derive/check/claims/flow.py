"""Arrows that say what comes next."""

from __future__ import annotations

from derive.check.assertions import Assertion
from derive.check.course import Course
from derive.check.passages import Passage
from derive.check.verdict import Claim, Judgement

ORDER = 20


def claim(said: Assertion, passage: Passage, course: Course) -> Claim | None:
    """Not a claim, by its arrow."""
    if "→" not in said.all_signs:
        return None
    return Claim("expression", Judgement("not a claim", "arrows say what comes next"))
