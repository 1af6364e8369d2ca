"""A rule of computation, w := w - η ∂L/∂w: no equation."""

from __future__ import annotations

from derive.check.assertions import Assertion
from derive.check.course import Course
from derive.check.definitions import name_of
from derive.check.facts import Fact
from derive.check.passages import Passage
from derive.check.roundings import printed
from derive.check.verdict import Claim, Judgement

ORDER = 10


def claim(said: Assertion, passage: Passage, course: Course) -> Claim | None:
    """An update, by its sign."""
    if ":=" not in said.all_signs:
        return None
    _carried_out(said, passage, course)
    return Claim("update", Judgement("update", "a rule of computation, no equation"))


def _carried_out(said: Assertion, passage: Passage, course: Course) -> None:
    """Take in that a rule whose right side has a value may give its name another one: w := w - 0.2 = 0.3."""
    name = name_of(said.sides[0].formula) if len(said.sides) > 1 and said.lead is None else None
    judge = course.judge(passage)
    if name is None or all(judge.exact(side.formula) is None for side in said.sides[1:]):
        return
    course.disputed[name] = course.order
    last = said.sides[-1].formula
    if len(said.sides) > 2 and printed(last) is not None:
        new = Fact(name, "value", last, course.order, passage.line, passage.section, scope=passage.scope)
        course.take((new,))
