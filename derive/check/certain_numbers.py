"""Numbers that are wrong whatever is meant by the letters beside them, and so no conditions: f''(x) = 5."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from sympy import Expr

from derive.agreement import agree
from derive.check.assertions import Assertion
from derive.check.constant_values import constant
from derive.check.definitions import name_of
from derive.check.doubts import VALUE
from derive.check.facts import Fact, is_number
from derive.check.judging import Judge
from derive.check.passages import Passage
from derive.check.roundings import number, printed, rounded_like
from derive.check.verdict import Judgement, Link
from derive.expression import MeaningError, expression
from derive.formula import ZERO, Call, Derivative, Formula, Indexed, Name, walk
from derive.functions import function


def certain(
    said: Assertion, passage: Passage, judge: Judge, new: Collection[str], link: Link, found: Judgement
) -> Judgement:
    """The judgement on a number that the text may mean as a condition, or wrong where none can be meant.

    It cannot where the left side is another number for every value of its letters, nor where a chain works
    a new quantity out from one whose value is given: h = σ(z) = 0.41.
    """
    left, right = link.left, link.right
    if found.verdict != "not understood" or not is_number(right) or right == ZERO or said.lead is not None:
        return found
    words = passage.wording
    if words.introduced or words.conditioned or words.asked or words.case or words.consequence.open:
        return found
    if link.verdict == "wrong":
        here = all(_is_said_here(each, passage, judge) for each in link.judgement.facts)
        if here and (_is_worked_out(said, judge, new, left, right) or _never(judge, left, right) is not None):
            return link.judgement
    elif found.reason.startswith(VALUE) and found.differs is not None and _is_of_functions(left):
        always = _never(judge, left, right)
        return found if always is None else _differing(found, always, right)
    return found


def _is_said_here(fact: Fact, passage: Passage, judge: Judge) -> bool:
    """Whether the section has said something before, or it is given for all of the text."""
    usual = fact.kind == "function" and function(fact.name) is not None
    return (
        usual or fact.order < 0 or (fact.section == passage.section and fact.order < judge.comparison.order)
    )


def _is_worked_out(
    said: Assertion, judge: Judge, new: Collection[str], left: Formula, right: Formula
) -> bool:
    """Whether a chain defines a name by a function of what has a value: h = σ(z) = 0.41."""
    head, as_printed = said.sides[0].formula, printed(right)
    if len(said.sides) < 3 or not isinstance(head, Name | Indexed) or name_of(head) not in new:
        return False
    if not isinstance(left, Call) or left.primes or as_printed is None or judge.exact(left) is None:
        return False
    # A whole number may be the level at which a curve is looked at.
    return as_printed.unit < 1 and all(judge.exact(each) is not None for each in left.arguments)


def _is_of_functions(left: Formula) -> bool:
    """Whether functions stand in a side, and no derivatives: 0 x = 5 has no solution."""
    nodes = list(walk(left))
    if any(isinstance(node, Derivative) or (isinstance(node, Call) and node.primes) for node in nodes):
        return False
    return any(isinstance(node, Call) and function(node.function) is not None for node in nodes)


def _never(judge: Judge, left: Formula, right: Formula) -> Expr | None:
    """The number that the left side is in every reading, if the right one is another."""
    try:
        claimed, found = expression(right), None
        for meaning in judge.readings.of(left, right):
            meaning.used, meaning.unknown = {}, {}
            sides = meaning.sides(left, "equations")
            found = constant(sides[0]) if len(sides) == 1 and not meaning.unknown else None
            if found is None or agree(found, claimed).verdict != "refuted":
                return None
    except MeaningError:
        return None
    return found


def _differing(found: Judgement, always: Expr, right: Formula) -> Judgement:
    as_printed, exact = printed(right), number(always)
    expected = None if as_printed is None or exact is None else rounded_like(exact, as_printed)
    if as_printed is not None and expected is not None and printed(expected) == as_printed:
        # It is what its digits can say.
        return found
    reason = "the left side is another number, whatever its letters stand for"
    return replace(
        found, verdict="wrong", reason=reason, expected=expected, counterexample=found.differs, differs=None
    )
