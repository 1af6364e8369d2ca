"""An expression alone: it claims nothing."""

from __future__ import annotations

from derive.check.assertions import Assertion
from derive.check.course import Course
from derive.check.passages import Passage
from derive.check.verdict import Claim, Judgement

ORDER = 40


def claim(said: Assertion, passage: Passage, course: Course) -> Claim | None:
    """Not a claim: there is no sign in it."""
    if said.all_signs:
        return None
    judgement = Judgement("not a claim", "an expression alone claims nothing")
    return Claim("expression", judgement, sides=said.sides)
