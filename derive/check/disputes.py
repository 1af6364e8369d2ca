"""What speaks against a verdict: words beside the link, facts that the text replaces or states later."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import pairwise

from derive.check.assertions import Assertion
from derive.check.bases import in_another_base
from derive.check.comparing import BOTH_SIDES, WITH_VALUES
from derive.check.conditions import told
from derive.check.course import Course
from derive.check.definitions import is_head, name_of
from derive.check.facts import Environment, Fact, is_number, is_numeric
from derive.check.judging import Judge
from derive.check.meaning import CONSTANTS
from derive.check.partials import OF_SEVERAL
from derive.check.passages import Passage
from derive.check.restatements import TWO_DEFINITIONS
from derive.check.shorthand import written_out
from derive.check.verdict import Judgement, Link
from derive.formula import (
    ZERO,
    Call,
    Derivative,
    Formula,
    Grouping,
    Indexed,
    Name,
    Negation,
    Number,
    Product,
    Quotient,
    Sum,
    Vector,
    names,
    walk,
)
from derive.formula.combined import iterated

RIGHT = ("proved", "rounded")
NOT_RIGHT = ("wrong", "drifted")
# What the equation of a straight line is built of.
_OF_LINES = {Grouping, Name, Negation, Number, Product, Quotient, Sum}
TO_BE_SOLVED = "an equation that is to be solved"


def undisputed(link: Link, passage: Passage, course: Course, judge: Judge, short: Collection[str]) -> Link:
    """A link that is not called wrong for a fact that the text may have replaced by what is not read."""
    if link.verdict in NOT_RIGHT and course.only_log:
        found = in_another_base(judge, link.left, link.right, link.judgement)
        link = replace(link, judgement=replace(found, at=link.judgement.at, length=link.judgement.length))
    if link.verdict in NOT_RIGHT and passage.wording.asked:
        return replace(link, judgement=Judgement("not a claim", TO_BE_SOLVED))
    if link.verdict == "not understood" and passage.wording.vanishing and link.right == ZERO:
        return replace(link, judgement=Judgement("not a claim", TO_BE_SOLVED))
    for fact in _resting(link.judgement.facts, judge.environment) if link.verdict == "wrong" else ():
        link = _by_earlier(link, fact, passage, course)
    reason = _by_words(link, passage, course) or _by_composition(link, judge)
    for fact in _resting(link.judgement.facts, judge.environment):
        reason = reason or _by_fact(link, fact, passage, course, short)
    return link if reason is None else _doubted(link, reason)


def _doubted(link: Link, reason: str) -> Link:
    return replace(link, judgement=replace(link.judgement, verdict="not understood", reason=reason))


def _by_earlier(link: Link, fact: Fact, passage: Passage, course: Course) -> Link:
    """A link on a curve that holds with what the curve was before its tangent."""
    bent = {type(node) for node in walk(fact.formula)} - _OF_LINES
    if link.verdict != "wrong" or bent or not passage.wording.of_curve:
        return link
    for _, judge in course.judges_by_earlier(fact, passage):
        found = judge.link(link.left, link.right)
        if found.verdict in RIGHT:
            own = link.judgement
            return replace(link, judgement=replace(found, at=own.at, length=own.length))
    return link


def _by_words(link: Link, passage: Passage, course: Course) -> str | None:
    """What the words beside a link say against its verdict."""
    wording, is_right = passage.wording, link.verdict not in NOT_RIGHT
    if wording.general and (reason := _of_one_case(link, course)):
        return reason
    if wording.introduced and not is_right and _is_of_a_name(link):
        return "the words before it may give this name another meaning here"
    if wording.crossing and not is_right and _is_slope_of_name(link):
        return "the words before it may speak of another curve"
    narrow = any("> 0" in each or each == BOTH_SIDES for each in link.judgement.assumptions)
    if wording.signed and link.verdict == "proved" and narrow and ">" not in passage.text:
        return f"it holds only where {' and '.join(link.judgement.assumptions)}"
    if not is_right and (reason := _of_a_letter_used_twice(link, course.environment(passage))):
        return reason
    if wording.listed and not is_right and (fact := _of_another_section(link, passage)):
        return f"{fact.name} may have a value of its own here, and not that of line {fact.line}"
    if wording.conditioned and not is_right:
        return "the words beside it say when it holds, and that is not read"
    return None


def _is_slope_of_name(link: Link) -> bool:
    """Whether a link speaks of the derivative of a quantity."""
    nodes = (node for side in (link.left, link.right) for node in walk(side))
    return any(isinstance(node, Derivative) and isinstance(node.of, Name) for node in nodes)


def _by_composition(link: Link, judge: Judge) -> str | None:
    """What holds where the power of a function stands for its iteration, (f^2)' for that of f(f(x))."""
    sides = iterated(link.left), iterated(link.right)
    if link.verdict not in NOT_RIGHT or sides == (link.left, link.right):
        return None
    return "the power of a function may be its iteration" if judge.link(*sides).verdict in RIGHT else None


def _of_another_section(link: Link, passage: Passage) -> Fact | None:
    """The equation of a name that is given a number, where another section states it."""
    if not is_number(link.right):
        return None
    stated = (each for each in link.judgement.facts if each.name == name_of(link.left))
    return next((each for each in stated if each.section != passage.section), None)


def _is_of_a_name(link: Link) -> bool:
    """Whether a link says what a quantity is, or a rate of change."""
    left = link.left
    is_slope = isinstance(left, Derivative) or (isinstance(left, Call) and left.primes > 0)
    return is_slope or (isinstance(left, Name | Indexed | Call) and name_of(left) is not None)


def _by_fact(link: Link, fact: Fact, passage: Passage, course: Course, short: Collection[str]) -> str | None:
    """What speaks against a verdict that rests on a fact."""
    by_name = isinstance(link.left, Derivative) and is_number(link.right)
    elsewhere = fact.section != passage.section or by_name
    below = isinstance(link.left, Derivative) and fact.kind == "equation" and fact.name in OF_SEVERAL
    if link.verdict == "wrong" and fact.name in short and below and link.judgement.repair is None:
        return f"what stands below {fact.name} may be a label"
    if link.verdict == "wrong" and fact.name in short and elsewhere:
        return f"{fact.name} may be another one here than in line {fact.line}"
    if link.verdict in RIGHT and fact.order < course.changed.get(fact.name, -1):
        return f"{fact.name} has been changed since line {fact.line}"
    if link.verdict in NOT_RIGHT and fact.order < course.disputed.get(fact.name, -1):
        return f"what {fact.name} is is not clear: line {fact.line} is not all that is said of it"
    if link.verdict != "wrong":
        return None
    if (later := _holds_after(fact, link, passage, course)) is not None:
        return f"it holds with what line {later.line} says of {fact.name}"
    if fact.kind == "value" and _holds_without(fact, link, passage, course):
        return f"it holds with the value that {fact.name} had before line {fact.line}"
    if _holds_before(fact, link, passage, course):
        return f"{fact.name} {TWO_DEFINITIONS}"
    return None


def _holds_before(fact: Fact, link: Link, passage: Passage, course: Course) -> bool:
    """Whether a claim holds with what the section has said of a name before.

    Where the text has gone on to the new meaning in what it says of the same derivative, that is no doubt.
    """
    if (link.left, fact.formula) in course.shown:
        return False
    with suppress(RecursionError):
        judges = course.judges_by_earlier(fact, passage)
        return any(judge.link(link.left, link.right).verdict in RIGHT for _, judge in judges)
    return False


def _of_one_case(link: Link, course: Course) -> str | None:
    """Why what is said to hold in general is proved in one case only; None where it is in every case."""
    found = link.judgement
    if link.verdict not in RIGHT:
        return None
    if cases := [each for each in map(told, course.conditions.near) if each in found.assumptions]:
        return f"it holds where {cases[0]}"
    supposed = [fact for fact in found.facts if fact.order in course.supposed]
    of_all = isinstance(link.left, Derivative) or any(isinstance(each, Name) for each in link.left.children)
    if of_all and found.reason == WITH_VALUES and any(fact.kind == "value" for fact in found.facts):
        return "it holds for the values of the text, but not in general"
    return f"it rests on what line {supposed[0].line} supposes of {supposed[0].name}" if supposed else None


def _rests_on_later(link: Link, course: Course) -> bool:
    return link.verdict == "wrong" and any(map(course.is_later, link.judgement.facts))


def judged_before(
    links: Sequence[Link], as_said: Assertion, passage: Passage, course: Course
) -> Iterator[Link]:
    """The links, none called wrong for what the text says only further on: u' = 2x before x = cos t."""
    if not any(_rests_on_later(each, course) for each in links):
        yield from links
        return
    said = written_out(as_said, course.environment(passage, ahead=False), course.taken)
    judge = course.judge_before(passage)
    for link, (one, other) in zip(links, pairwise(said.sides), strict=True):
        if _rests_on_later(link, course) and judge.link(one.formula, other.formula).verdict in RIGHT:
            later = next(filter(course.is_later, link.judgement.facts))
            link = _doubted(link, f"it holds without what line {later.line} says of {later.name}")
        yield link


def _resting(facts: Sequence[Fact], environment: Environment) -> Iterator[Fact]:
    """Facts, and the functions that their formulas call."""
    waiting, seen = list(facts), set[str]()
    while waiting:
        fact = waiting.pop(0)
        if fact.name in seen:
            continue
        seen.add(fact.name)
        yield fact
        called = (node.function for node in walk(fact.formula) if isinstance(node, Call))
        waiting.extend(environment.functions[name] for name in called if name in environment.functions)


def _holds_after(fact: Fact, link: Link, passage: Passage, course: Course) -> Fact | None:
    """What a function is further on, if an equation to be solved holds with that: m x'' = -k x, y(0) = 5.

    What a function's derivative is said to be is a claim on the function that has been defined.
    """
    if isinstance(link.left, Derivative) or (isinstance(link.left, Call) and link.left.primes):
        return None
    with suppress(RecursionError):
        for later, judge in course.judges_after(fact, passage):
            if judge.link(link.left, link.right).verdict in RIGHT:
                return later
    return None


def _of_a_letter_used_twice(link: Link, environment: Environment) -> str | None:
    """π that the text gives a value of its own, and p(q) where p is a number."""
    nodes = [node for side in (link.left, link.right) for node in walk(side)]
    nodes += [node for fact in link.judgement.facts for node in walk(fact.formula)]
    for constant in CONSTANTS:
        if constant in environment.values and Name(constant) in nodes:
            return f"{constant} has a value of its own here"
    match link.left:
        case Call(name, (Name(argument),), primes=0) if name in environment.values:
            if name not in environment.functions and Name(argument) in walk(link.right):
                return f"this may define a function {name}"
    return None


def _holds_without(fact: Fact, link: Link, passage: Passage, course: Course) -> bool:
    """Whether a claim holds with an earlier value: "for x = 1 instead" may have been said in passing."""
    judge = course.judge_without(fact, passage)
    return judge is not None and judge.link(link.left, link.right).verdict in RIGHT


def shown(links: Iterable[Link]) -> Iterator[tuple[Formula, Formula]]:
    """The derivatives of which links are proved, each with the formulas that the proof rests on."""
    for link in links:
        if link.verdict == "proved" and isinstance(link.left, Derivative):
            yield from ((link.left, fact.formula) for fact in link.judgement.facts)


def disputed(links: Iterable[Link], passage: Passage, judge: Judge) -> Iterator[str]:
    """The names of which a link says something that is not understood, and those to be solved for."""
    for link in links:
        if passage.wording.asked:
            yield from (*names(link.left), *names(link.right))
        name = name_of(link.left) or ""
        of_slopes = judge.environment.is_slope(name, passage.section)
        example = isinstance(link.right, Vector) and is_numeric(link.right)
        is_open = link.verdict == "not understood" and not (of_slopes or example)
        is_value = isinstance(link.left, Name) and name in judge.environment.values
        if is_open and (is_head(link.left, judge.environment) or is_value):
            yield name
