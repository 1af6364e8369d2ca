"""Places that words call a minimum or a critical point: the derivative of what is meant is 0 there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from flint import arb

from derive.check.course import Course
from derive.check.definitions import name_of
from derive.check.facts import Fact, is_number
from derive.check.judging import Judge
from derive.check.models_in_words import is_kinked
from derive.check.passages import Passage
from derive.check.roundings import Printed, printed
from derive.check.verdict import Judgement, Link
from derive.formula import Call, Formula, Negation, Number

REASON = "the derivative is not 0 there"
# Marks of places behind the letter of the variable: x^*, x_0, x_min.
_MARKS = ("", "^*", "0", "_star", "_min", "_max", "_opt", "_hat")


def at_optima(links: Sequence[Link], passage: Passage, course: Course, judge: Judge) -> tuple[Link, ...]:
    """The links; that of a name and a number is wrong where words call it a place at which it cannot be."""
    words = passage.wording
    only = links[0] if len(links) == 1 else None
    if (
        only is None
        or words.optimum is None
        or only.sign != "="
        or only.verdict not in ("definition", "proved")
    ):
        return tuple(links)
    if words.introduced or words.denied or words.conditioned or words.rough or not is_number(only.right):
        return tuple(links)
    fact = _function(words.optimum.of, name_of(only.left) or "", passage, course)
    if fact is None or is_kinked((fact.formula,)) or not _is_elsewhere(fact, only.right, judge):
        return tuple(links)
    if words.optimum.least and not course.is_looked_for(fact, passage):
        return tuple(links)
    own = only.judgement
    found = Judgement("wrong", f"{REASON}: it is no such place of {fact.name}", facts=(fact,))
    return (replace(only, judgement=replace(found, at=own.at, length=own.length)),)


def _function(of: str, place: str, passage: Passage, course: Course) -> Fact | None:
    """The function that is meant, where the section defines one of that variable alone."""
    known = course.environment(passage, ahead=False).functions.values()
    own = [fact for fact in known if fact.section == passage.section and len(fact.parameters) == 1]
    if len(own) != 1 or (of and of != own[0].name):
        return None
    (variable,) = own[0].parameters
    return own[0] if place.startswith(variable) and place.removeprefix(variable) in _MARKS else None


def _is_elsewhere(fact: Fact, place: Formula, judge: Judge) -> bool:
    """Whether the derivative is not 0 at a place, nor at any that it may be the rounding of."""
    at = [place] if (as_printed := printed(place)) is None else list(_around(as_printed))
    values = [judge.exact(Call(fact.name, (each,), primes=1)) for each in at]
    return _has_one_sign([each for each in values if each is not None], len(at))


def _has_one_sign(values: Sequence[arb], count: int) -> bool:
    return len(values) == count and (
        all(bool(each > 0) for each in values) or all(bool(each < 0) for each in values)
    )


def _around(found: Printed) -> tuple[Formula, ...]:
    return tuple(_number(found.value + step * found.unit / 2) for step in (-1, 0, 1))


def _number(value: Fraction) -> Formula:
    text = f"{float(abs(value)):.12f}".rstrip("0").rstrip(".")
    return Negation(Number(text)) if value < 0 else Number(text)
