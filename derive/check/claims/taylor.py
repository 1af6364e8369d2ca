"""What words call a Taylor polynomial: an equation that defines one, or an expression alone."""

from __future__ import annotations

from dataclasses import replace

from derive.check.assertions import Assertion
from derive.check.claims.equality import claim as of_equation
from derive.check.claims.expression import claim as of_expression
from derive.check.course import Course
from derive.check.passages import Passage
from derive.check.taylor import judged
from derive.check.verdict import Claim

ORDER = 30
# What the formula says is told where it is not understood or claims nothing otherwise.
_OPEN = ("definition", "not a claim", "not understood")


def claim(said: Assertion, passage: Passage, course: Course) -> Claim | None:
    """The claim with the verdict on the polynomial, if words call it one and that can be told."""
    words = passage.wording.taylor
    if words is None or said.fault is not None or said.lead is not None or len(said.sides) not in (1, 2):
        return None
    if passage.wording.denied or passage.wording.introduced or said.signs not in ((), ("=",), ("≈",)):
        return None
    last = said.sides[-1]
    left = said.sides[0].formula if said.signs else None
    judgement = judged(words, left, last.formula, course.environment(passage, ahead=False))
    if judgement is None:
        return None
    found = (of_equation if said.signs else of_expression)(said, passage, course)
    if found is None or found.verdict not in _OPEN:
        return found
    judgement = replace(judgement, at=last.at, length=last.length)
    links = tuple(replace(each, judgement=judgement) for each in found.links)
    return replace(found, judgement=judgement, links=links)
