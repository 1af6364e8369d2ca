"""A rule of computation, w := w - η ∂L/∂w: no equation, but what follows behind its sign is one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from derive.check.assertions import EQUALITIES, Assertion
from derive.check.course import Course
from derive.check.declared_sizes import misfit
from derive.check.definitions import name_of
from derive.check.disputes import undisputed
from derive.check.facts import Fact
from derive.check.passages import Passage
from derive.check.roundings import printed
from derive.check.verdict import Claim, Judgement, Link

ORDER = 10
SIZES = "what the text adds does not have one size"
RULE = Judgement("update", "a rule of computation, no equation")


def claim(said: Assertion, passage: Passage, course: Course) -> Claim | None:
    """An update, by its sign; wrong where what it works out is."""
    if ":=" not in said.all_signs:
        return None
    links = tuple(_worked_out(said, passage, course))
    _carried_out(said, passage, course)
    ranks = course.judge(passage).readings.ranks
    if ranks is not None and not ranks.unclear and len(said.sides) == 2:
        head, body = said.sides
        if (reason := misfit(head.formula, body.formula, ranks)) is not None:
            found = Judgement("wrong", f"{SIZES}: {reason}", at=body.at, length=body.length)
            return Claim("update", found, sides=said.sides)
    bad = next((each.judgement for each in links if each.verdict == "wrong"), None)
    if bad is None:
        bad = next((each.judgement for each in links if each.verdict == "drifted"), None)
    return Claim("update", RULE) if bad is None else Claim("update", bad, links, said.sides)


def _worked_out(said: Assertion, passage: Passage, course: Course) -> Iterator[Link]:
    """What is worked out behind the sign with the old value, w := w - 0.1 g = 0.3, link by link."""
    if len(said.sides) < 3 or said.lead is not None or said.signs[0] != ":=":
        return
    judge = course.judge(passage)
    for (one, other), sign in zip(pairwise(said.sides[1:]), said.signs[1:], strict=True):
        if sign in EQUALITIES and judge.exact(one.formula) is not None and printed(other.formula) is not None:
            found = judge.link(one.formula, other.formula)
            found = replace(found, at=other.at, length=other.length)
            yield undisputed(Link(one.formula, other.formula, sign, found), passage, course, judge, ())


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
