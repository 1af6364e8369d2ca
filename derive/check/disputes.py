"""What speaks against a verdict: words beside the link, facts that the text replaces or states later."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import pairwise

from derive.check.anew import CONDITION
from derive.check.assertions import Assertion
from derive.check.bases import in_another_base
from derive.check.comparing import BOTH_SIDES, WITH_VALUES
from derive.check.conditions import told
from derive.check.course import Course
from derive.check.definitions import is_head, name_of
from derive.check.difference_quotients import comes_near
from derive.check.facts import Environment, Fact, is_number, is_numeric, quantity_of
from derive.check.judging import Judge
from derive.check.last_layer import is_layered
from derive.check.meaning import CONSTANTS
from derive.check.models_in_words import is_kinked, of_another
from derive.check.partials import OF_SEVERAL
from derive.check.passages import Passage
from derive.check.restatements import TWO_DEFINITIONS
from derive.check.roles import asks_of_another_paragraph, by_another_letter, by_chance, of_another_part
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
    Power,
    Product,
    Quotient,
    Sum,
    Vector,
    is_derivative,
    names,
    walk,
)
from derive.formula.combined import iterated

RIGHT = ("proved", "rounded")
NOT_RIGHT = ("wrong", "drifted")
# What the equation of a straight line is built of.
_OF_LINES = {Grouping, Name, Negation, Number, Product, Quotient, Sum}
FOR_ALL = "it holds for the values of the text, but not in general"
ONLY_SYMMETRIC = "it holds for a symmetric matrix only"
_LETTERS = re.compile(r"[A-Za-z]\w*")
DENIED = "the text says itself that this is wrong"
NEAR = "a quotient of differences comes near a derivative only"
ROUGHLY = "the words beside it say that it holds only roughly"
ONE_SIDE = "the words may speak of one side of a kink only"
UNREAD = "words restrict what is said here, and they are not read"
# Average, marginal and total: of costs, of revenue, of a product, of utility.
_OF_TWO_LETTERS = frozenset("AC MC TC FC VC AR MR TR AP MP TP MU TU".split())
TO_BE_SOLVED = "an equation that is to be solved"


def undisputed(link: Link, passage: Passage, course: Course, judge: Judge, short: Collection[str]) -> Link:
    """A link that is not called wrong for a fact that the text may have replaced by what is not read."""
    if link.verdict in NOT_RIGHT and course.only_log:
        found = in_another_base(judge, link.left, link.right, link.judgement)
        link = replace(link, judgement=replace(found, at=link.judgement.at, length=link.judgement.length))
    if link.verdict not in RIGHT and passage.wording.denied:
        return replace(link, judgement=Judgement("not a claim", DENIED))
    if link.verdict in NOT_RIGHT and passage.wording.asked:
        return replace(link, judgement=Judgement("not a claim", TO_BE_SOLVED))
    if link.verdict in NOT_RIGHT and passage.wording.asks_where and _is_asked_of_places(link):
        return replace(link, judgement=Judgement("not a claim", TO_BE_SOLVED))
    if link.verdict == "wrong" and asks_of_another_paragraph(link, passage, course):
        return _doubted(link, CONDITION)
    other = by_another_letter(link, passage, course)
    if other is not None and judge.link(other, link.right).verdict in RIGHT:
        return _doubted(link, "it is open what the prime is by")
    if link.verdict == "not understood" and passage.wording.vanishing and link.right == ZERO:
        return replace(link, judgement=Judgement("not a claim", TO_BE_SOLVED))
    for fact in _resting(link.judgement.facts, judge.environment) if link.verdict == "wrong" else ():
        link = _by_earlier(link, fact, passage, course)
    reason = (
        _by_words(link, passage, course) or _by_case(link, passage, course) or _by_composition(link, judge)
    )
    reason = reason or _by_circle(link, course, judge) or _by_layer(link)
    reason = reason or by_chance(link, passage, course)
    reason = reason or (_by_signs(link) if link.verdict == "wrong" else None)
    for fact in _resting(link.judgement.facts, judge.environment):
        reason = reason or _by_fact(link, fact, passage, course, short)
    if reason is None and link.verdict in NOT_RIGHT:
        reason = _of_another_sample(link, passage, course)
    return link if reason is None else _doubted(link, reason)


def _is_asked_of_places(link: Link) -> bool:
    """Whether an expression is set to a number: one with a name of its own has been said to be what it is."""
    return (
        is_number(link.right) and not isinstance(link.left, Name | Indexed) and not is_derivative(link.left)
    )


def _of_another_sample(link: Link, passage: Passage, course: Course) -> str | None:
    """Why what holds for the values of a sample that stands before the last one is not wrong."""
    with suppress(RecursionError):
        for judge in course.judges_by_values_before(link.judgement.facts, passage):
            if judge.link(link.left, link.right).verdict in RIGHT:
                return "it holds with values that the text has given before"
    return None


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
    if link.verdict in RIGHT and (reason := _of_one_case(link, passage, course)):
        return reason
    if (
        is_right
        and wording.unsymmetric
        and any("is symmetric" in each for each in link.judgement.assumptions)
    ):
        return ONLY_SYMMETRIC
    if wording.introduced and not is_right and _is_of_a_name(link):
        return "the words before it may give this name another meaning here"
    if wording.held and link.verdict == "wrong" and _is_of_a_name(link):
        return "the words beside it may say what is held fixed here"
    if wording.crossing and not is_right and _is_slope_of_name(link):
        return "the words before it may speak of another curve"
    narrow = any("> 0" in each or each == BOTH_SIDES for each in link.judgement.assumptions)
    if wording.signed and link.verdict == "proved" and narrow and ">" not in passage.text:
        return f"it holds only where {' and '.join(link.judgement.assumptions)}"
    if not is_right and (reason := _of_a_letter_used_twice(link, course.environment(passage))):
        return reason
    if not is_right and course.primed and (letter := _with_primes(link, passage, course)):
        return f"{letter}′ may be a name of its own, and no derivative"
    if wording.listed and not is_right and (fact := _of_another_section(link, passage)):
        return f"{fact.name} may have a value of its own here, and not that of line {fact.line}"
    if wording.conditioned and not is_right:
        return "the words beside it say when it holds, and that is not read"
    return _by_model(link, passage, course) or (None if is_right else _by_restrictions(link, passage))


def _by_model(link: Link, passage: Passage, course: Course) -> str | None:
    """What the words name that the equations of a claim do not have, tanh where they have a sigmoid."""
    words, is_right = passage.wording, link.verdict in RIGHT
    if not link.judgement.facts or link.verdict not in (*RIGHT, *NOT_RIGHT):
        return None
    heard = f"{words.title} {words.heard[0] if is_right else words.heard[1]}"
    formulas = (link.left, link.right, *(fact.formula for fact in link.judgement.facts))
    known = course.environment(passage)
    text = [fact.formula for each in (known.equations, known.functions) for fact in each.values()]
    named = of_another(heard, formulas, text) if heard.strip() else None
    return f"the words speak of {named}, and the equations do not" if named else None


def _with_primes(link: Link, passage: Passage, course: Course) -> str | None:
    """A letter of a claim, or of what it rests on, whose prime may be a name."""
    formulas = (link.left, link.right, *(fact.formula for fact in link.judgement.facts))
    slopes = (node for each in formulas for node in walk(each) if isinstance(node, Derivative) and node.total)
    letters = (node.of.name for node in slopes if isinstance(node.of, Name))
    return next((letter for letter in letters if (letter, passage.section) in course.primed), None)


def _by_restrictions(link: Link, passage: Passage) -> str | None:
    """What the words beside a link that differs say of when it holds, and how exactly."""
    wording, slope = passage.wording, is_derivative(link.left)
    if comes_near(link.left, link.right) or (wording.numerical and slope and is_numeric(link.right)):
        return NEAR
    if wording.rough and not is_numeric(link.right):
        return ROUGHLY
    if wording.restricted and not (is_numeric(link.left) and is_numeric(link.right)):
        return f"{UNREAD}: {wording.restricted}"
    formulas = (link.left, link.right, *(fact.formula for fact in link.judgement.facts))
    if wording.singled and slope and is_kinked(formulas):
        return ONE_SIDE
    return None


def _by_case(link: Link, passage: Passage, course: Course) -> str | None:
    """Why what holds in a case of another section need not be wrong."""
    judge = course.judge_in_cases(passage) if link.verdict == "wrong" else None
    if judge is None or judge.link(link.left, link.right).verdict not in RIGHT:
        return None
    return "it holds in a case of another section, which may be meant here, too"


def _by_circle(link: Link, course: Course, judge: Judge) -> str | None:
    """A name known by its number alone, where what is said of it would go round: it depends on something."""
    if link.verdict not in NOT_RIGHT or not course.circular:
        return None
    nodes = [node for side in (link.left, link.right) for node in walk(side)]
    by = {quantity_of(node.wrt) for node in nodes if isinstance(node, Derivative)}
    read = {*names(link.left), *names(link.right), *(each for f in link.judgement.facts for each in f.reads)}
    for name in sorted(read & course.circular.keys() - judge.environment.equations.keys() - by):
        if (fact := course.circular[name]).reads & by:
            return f"what {name} is is not clear: what line {fact.line} says of it goes round"
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


def _by_layer(link: Link) -> str | None:
    """What every layer has of its own, and a claim does not speak of: g of the last one may be linear."""
    if link.verdict not in NOT_RIGHT:
        return None
    spoken = {name for side in (link.left, link.right) for name in _of_layers(side)}
    read = (name for fact in link.judgement.facts for name in _of_layers(fact.formula))
    unsaid = next((name for name in read if name not in spoken), None)
    return None if unsaid is None else f"what {unsaid.partition('^')[0]} is in this layer is not said"


def _of_layers(formula: Formula) -> Iterator[str]:
    """The functions in a formula that are others in every layer."""
    yield from (n.function for n in walk(formula) if isinstance(n, Call) and is_layered(n.function))


def _by_signs(link: Link) -> str | None:
    """What a false equation may be by its signs: one in percent, of a name of two letters, a condition."""
    if link.judgement.repair is None and _may_be_condition(link):
        return "it may be a condition, and nothing that follows"
    match link.right:
        case Product((counted, Power(Number("10"), Negation(Number("2"))))) if is_numeric(link.left):
            if link.judgement.repair is not None and link.judgement.repair.formula == counted:
                return "whether the numbers on its left are percent is not said"
    match link.left:
        case Product((Name(first), Name(second) | Call(second))) if first + second in _OF_TWO_LETTERS:
            return f"{first}{second} may be one name"
    return None


def _may_be_condition(link: Link) -> bool:
    """Whether a derivative of what is known is set to names that this does not read: f'(k) = n + δ."""
    left = link.left
    if any(isinstance(node, Indexed) for side in (left, link.right) for node in walk(side)):
        return False
    of_slope = left.total if isinstance(left, Derivative) else isinstance(left, Call) and left.primes > 0
    spoken, other = {*names(left)}, {*names(link.right)}
    spoken.update(*(fact.speaks_of for fact in link.judgement.facts))
    return of_slope and bool(other) and not other & spoken


def _of_another_section(link: Link, passage: Passage) -> Fact | None:
    """The equation of a name that is given a number, where another section states it."""
    if not is_number(link.right):
        return None
    stated = (each for each in link.judgement.facts if each.name == name_of(link.left))
    return next((each for each in stated if each.section != passage.section), None)


def _is_of_a_name(link: Link) -> bool:
    """Whether a link says what a quantity is, or a rate of change."""
    left = link.left
    return is_derivative(left) or (isinstance(left, Name | Indexed | Call) and name_of(left) is not None)


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
    if link.verdict not in NOT_RIGHT:
        return None
    if (reason := of_another_part(link, fact, passage, course)) is not None:
        return reason
    if fact.kind == "value" and (where := course.place(fact)) is not None and where.wording.says_where:
        return f"line {fact.line} says where something is, and not what {fact.name} is here"
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


def _of_one_case(link: Link, passage: Passage, course: Course) -> str | None:
    """Why what is said to hold in general is proved in one case only; None where it is in every case."""
    found, words = link.judgement, passage.wording
    if not (words.general or words.below_general or words.all_of):
        return None
    if words.general and (cases := [e for e in map(told, course.conditions.near) if e in found.assumptions]):
        return f"it holds where {cases[0]}"
    supposed = [fact for fact in found.facts if fact.order in course.supposed]
    values = [fact for fact in found.facts if fact.kind == "value"]
    if words.all_of and any(fact.name in _LETTERS.findall(words.all_of) for fact in values):
        return FOR_ALL
    if not words.general:
        supposed = [fact for fact in supposed if words.below_general and fact.section != passage.section]
        values = [fact for fact in supposed if fact.kind == "value"]
    of_all = isinstance(link.left, Derivative) or any(isinstance(each, Name) for each in link.left.children)
    if of_all and found.reason == WITH_VALUES and values:
        return FOR_ALL
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


def _is_chosen(formula: Formula) -> bool:
    """Whether it is a whole number: what is worked out has decimals."""
    return isinstance(formula, Number) and "." not in formula.text


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
        of_slopes = judge.environment.is_slope(name, passage.section) and not _is_chosen(link.right)
        example = isinstance(link.right, Vector) and is_numeric(link.right)
        is_open = link.verdict == "not understood" and not (of_slopes or example)
        is_value = isinstance(link.left, Name) and name in judge.environment.values
        if is_open and (is_head(link.left, judge.environment) or is_value):
            yield name
