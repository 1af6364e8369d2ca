"""Arrows that say what comes next."""

from __future__ import annotations

from dataclasses import replace

from derive.check.assertions import Assertion
from derive.check.claims.equality import claim as of_equation
from derive.check.course import Course
from derive.check.facts import is_number
from derive.check.passages import Passage
from derive.check.set_to_zero import is_set_to_zero
from derive.check.verdict import Claim, Judgement
from derive.formula import Name

ORDER = 20


def claim(said: Assertion, passage: Passage, course: Course) -> Claim | None:
    """Not a claim, by its arrow."""
    if "→" not in said.all_signs:
        return None
    for one, other, sign in zip(said.sides, said.sides[1:], said.signs, strict=False):
        if sign == "=" and isinstance(one.formula, Name) and is_number(other.formula):
            # What follows in the end, S'(x) = 0 → x = 4, is what the name stands for from here on.
            course.disputed[one.formula.name] = course.order
    before = _set_to_zero(said, passage, course)
    if before is not None and before.verdict == "wrong":
        return before
    return Claim("expression", Judgement("not a claim", "arrows say what comes next"))


def _set_to_zero(said: Assertion, passage: Passage, course: Course) -> Claim | None:
    """What is claimed before the first arrow, where that says what a derivative is: f'(x) = 2x - 4 = 0."""
    end = said.signs.index("→") if "→" in said.signs else 0
    if said.lead is not None or not is_set_to_zero(said.sides[: end + 1]):
        return None
    return of_equation(replace(said, sides=said.sides[: end + 1], signs=said.signs[:end]), passage, course)
