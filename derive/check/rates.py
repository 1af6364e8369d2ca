"""Quantities that words call rates of others: with the position s = 4t² - t, the velocity is v = 8t - 1."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from derive.check.course import Course
from derive.check.definitions import name_of
from derive.check.diagnosis import diagnosed
from derive.check.dots import TIME
from derive.check.judging import Judge
from derive.check.passages import Passage
from derive.check.verdict import Link
from derive.formula import Call, Derivative, Formula, Name, names

# What each is the rate of.
_RATE_OF = {"velocity": "position", "acceleration": "velocity"}


def of_motion(links: Sequence[Link], passage: Passage, course: Course, judge: Judge) -> tuple[Link, ...]:
    """The links; the first one is no definition where it gives a velocity that is not the position's rate.

    It is wrong where one slip parts the two: there may be another thing in motion.
    """
    called = passage.wording.noun
    first = links[0] if links else None
    name = name_of(first.left) if first is not None else None
    if first is None or name is None or not called or first.verdict != "definition":
        return tuple(links)
    slope = _rate(course.called.get((_RATE_OF.get(called, ""), passage.section)), judge)
    course.called[called, passage.section] = name
    if slope is None or TIME not in names(first.right):
        return tuple(links)
    found = judge.link(slope, first.right)
    if found.verdict == "wrong":
        found = diagnosed(judge, slope, first.right, found)
    if found.verdict != "wrong":
        return tuple(links)
    own = first.judgement
    if found.repair is None:
        found = replace(found, verdict="not understood", counterexample=None)
    reason = f"it is not the rate of the {_RATE_OF[called]} that the text gives"
    return replace(first, judgement=replace(found, reason=reason, at=own.at, length=own.length)), *links[1:]


def _rate(name: str | None, judge: Judge) -> Formula | None:
    """The derivative by time of what a name stands for, where time stands in that."""
    known = judge.environment
    if name is None:
        return None
    if name in known.functions:
        parameters = known.functions[name].parameters
        return Derivative(Call(name, (Name(TIME),)), Name(TIME)) if parameters == (TIME,) else None
    fact = known.equations.get(name)
    if fact is None or fact.letters or TIME not in names(fact.formula):
        return None
    return Derivative(Name(name), Name(TIME))
