"""A rule of computation, w := w - η ∂L/∂w: no equation."""

from __future__ import annotations

from derive.check.assertions import Assertion
from derive.check.course import Course
from derive.check.passages import Passage
from derive.check.verdict import Claim, Judgement

ORDER = 10


def claim(said: Assertion, passage: Passage, course: Course) -> Claim | None:
    """An update, by its sign."""
    if ":=" not in said.all_signs:
        return None
    return Claim("update", Judgement("update", "a rule of computation, no equation"))
