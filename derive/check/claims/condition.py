"""An inequality: a condition, or a bound that is not judged."""

from __future__ import annotations

from derive.check.assertions import EQUALITIES, Assertion
from derive.check.conditions import is_condition
from derive.check.course import Course
from derive.check.passages import Passage
from derive.check.verdict import Claim, Judgement

ORDER = 30


def claim(said: Assertion, passage: Passage, course: Course) -> Claim | None:
    """Not a claim of equality, by its signs, or for some index letters only: i = j."""
    if set(said.all_signs) <= EQUALITIES and not is_condition(said):
        return None
    return Claim("condition", Judgement("not a claim", "a condition, no equation"))
