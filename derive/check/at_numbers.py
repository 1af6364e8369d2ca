"""Values of a formula with an index at a number, h_2 = 0.3 of h_j = tanh(a_j): checked, not believed."""

from __future__ import annotations

from dataclasses import dataclass, replace

from derive.check.assertions import Assertion
from derive.check.course import MOST_CHOSEN, Course
from derive.check.facts import Fact
from derive.check.instances import (
    follows_from_start,
    goes_on,
    has_formula,
    instances,
    is_said_in,
)
from derive.check.numbered import kind_of
from derive.check.passages import Passage
from derive.check.roundings import printed
from derive.formula import Call, Formula, Name, Power, Reduction, walk

# What a side may be judged for the formula to be the one that is meant.
_RIGHT = frozenset({"proved", "rounded", "drifted"})


def take_instance(said: Assertion, passage: Passage, course: Course) -> None:
    """Let the formula with an index say what a name with a number is, where the text does not give it.

    A number that differs may be given, as y_2 is beside y_i = w x_i: that it is not, words tell, or others
    of its kind that follow, or the step before it, or its digits.
    """
    head = said.sides[0].formula if said.sides else None
    if not isinstance(head, Name) or len(said.sides) < 2 or said.lead is not None:
        return
    if kind_of(head.name) == head.name or course.conditions.limit(said):
        return
    course.forget_instance(head.name, passage.section)
    known = course.environment(passage, ahead=False)
    if head.name in known.names or not has_formula(head.name, known):
        return
    found = instances(head.name, known, course.values_ahead)
    if not found:
        return
    own = [replace(each, section=passage.section, scope=passage.scope) for each in found]
    judge = course.judge_with(own, passage)
    verdicts = {judge.link(head, side.formula).verdict for side in said.sides[1:]}
    told = _Told(said, passage, course, own[0])
    if verdicts <= _RIGHT:
        course.take_instances(own)
        if told.so or goes_on(told.fact) or told.is_of_more(Call, Power, Reduction):
            course.followed.add((kind_of(head.name), passage.section))
    elif verdicts <= {*_RIGHT, "wrong"} and told.worked_out:
        course.take_instances(own)


@dataclass(frozen=True, slots=True)
class _Told:
    """What tells that a number is worked out by a formula with an index, and not given beside it."""

    said: Assertion
    passage: Passage
    course: Course
    fact: Fact

    @property
    def so(self) -> bool:
        """Whether words say that it follows, or it is an estimate, a first step, one of a sequence."""
        words = self.passage.wording.consequence.so
        return words or "_hat" in self.fact.name or follows_from_start(self.fact)

    def is_of_more(self, *kinds: type[Formula]) -> bool:
        """Whether the formula is more than a line through data."""
        return any(isinstance(node, kinds) for node in walk(self.fact.formula))

    @property
    def worked_out(self) -> bool:
        """Whether a number that differs is wrong."""
        name, words = self.fact.name, self.passage.wording
        known = self.course.environment(self.passage, ahead=False)
        if words.introduced or words.case or not is_said_in(name, known, self.passage.section):
            return False
        if self.so or (kind_of(name), self.passage.section) in self.course.followed:
            return True
        return self.is_of_more(Call) and all(_has_digits(side.formula) for side in self.said.sides[1:])


def _has_digits(formula: Formula) -> bool:
    """Whether it is a number of more digits than one that is chosen."""
    as_printed = printed(formula)
    return as_printed is not None and abs(as_printed.value / as_printed.unit) >= MOST_CHOSEN
