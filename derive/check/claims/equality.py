"""Sides that are said to be equal: a definition, an identity, a derivative, a value, or a chain of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import pairwise

from derive.check.anew import ANEW, anew, overwritten
from derive.check.assertions import EQUALITIES, Assertion, Side
from derive.check.at_numbers import take_instance
from derive.check.bases import REASON
from derive.check.certain_numbers import certain
from derive.check.comparing import WITH_VALUES, Chain
from derive.check.conditions import Conditions
from derive.check.course import Course
from derive.check.definitions import is_head, name_of, squared_name
from derive.check.diagnosis import diagnosed, slipped
from derive.check.disputes import DENIED, TO_BE_SOLVED, disputed, judged_before, shown, undisputed
from derive.check.drift import UNROUNDED
from derive.check.facts import Fact, is_number, is_numeric
from derive.check.forms import of_one_name
from derive.check.gradient_claims import as_spelled, is_of_loss, of_loss
from derive.check.implicit import along_curve, is_of_curve
from derive.check.judging import Judge
from derive.check.lines import out_of_line
from derive.check.nearly import COARSELY, nearly
from derive.check.passages import Passage
from derive.check.primed import primed_letter
from derive.check.rates import of_motion
from derive.check.restatements import restated
from derive.check.roles import asked
from derive.check.roundings import printed, rounded_like
from derive.check.set_to_zero import as_worded, asking, is_set_to_zero
from derive.check.shorthand import shortened, speaks_of_slopes, with_arguments, written_out
from derive.check.slips import mended
from derive.check.stationary import at_optima
from derive.check.substitutions import read_off
from derive.check.verdict import TOO_MUCH, Claim, Judgement, Link, worst
from derive.effort import TooMuch
from derive.formula import Derivative, Formula, Grouping, Indexed, Name, Sum, names, walk

ORDER = 50
# So many formulas after t = 2 speak of that place.
MOST_BEHIND_PLACE = 3
# For so many wrong links of a chain it is looked for what happened.
MOST_DIAGNOSED = 8
ON_THE_WAY = "its end is right, and the numbers on the way are rounded"


def claim(said: Assertion, passage: Passage, course: Course) -> Claim:
    """The chain judged link by link, and from end to end."""
    as_said, known = said, course.environment(passage, own=is_of_curve(said, passage, course.curves))
    short = shortened(said, course.environment(passage))
    said = written_out(said, known, course.taken)
    sides = said.sides
    head = sides[0].formula
    earlier: tuple[Side, ...] = ()
    if said.lead is not None:
        if passage.alone:
            return _of_words(said, passage, course)
        before = _before(said, passage, course)
        if isinstance(before, Judgement):
            return Claim("chain", before)
        sides, head, earlier = (before.sides[-1], *sides), before.head or head, before.sides[:-1]
    take_instance(said, passage, course)
    new = course.define(said, passage)
    judge = course.judge(passage)
    if _takes_values(course, passage, judge, sides):
        judge = course.judge(passage)
    stand = tuple(side.formula for side in (*earlier, *sides))
    chains = [
        (head, *stand[: len(earlier) + at], *stand[len(earlier) + at + 1 :]) for at in range(1, len(sides))
    ]
    judged = _judged(said, sides, chains, passage, course, judge, new)
    zeroed = is_set_to_zero(sides)
    links = tuple(
        undisputed(each, as_worded(passage) if zeroed else passage, course, judge, short) for each in judged
    )
    links = asking(links) if zeroed else links
    if said.lead is None:
        links = tuple(judged_before(links, as_said, passage, course))
    if links and links[0].verdict == "not understood" and (letter := primed_letter(as_said.sides[0].formula)):
        course.primed.add((letter, passage.section))
    links = at_optima(of_motion(links, passage, course, judge), passage, course, judge)
    course.shown.update(shown(links))
    if links and links[0].verdict in ("proved", "definition"):
        # It says in other words what the text has said.
        course.circular.pop(name_of(links[0].left) or "", None)
    course.disputed.update((name, course.order) for name in disputed(links, passage, judge))
    course.asked.update((name, passage) for each in links for name in asked(each, head, judge.environment))
    if len(links) == 1 and links[0].verdict == "update":
        if judge.exact(links[0].right) is not None:
            # It is carried out here: what follows may speak of the new value.
            course.changes(name_of(links[0].left) or "")
        return Claim("update", links[0].judgement, links, sides, head)
    _restate(said, sides, head, links, passage, course, anew=name_of(head) in new, judge=judge)
    judgement = _whole(judge, head, sides, links, new)
    with suppress(TooMuch):
        _remember(course, judge, head, sides, is_right=judgement.verdict not in ("wrong", "not understood"))
    kind = "definition" if judgement.verdict == "definition" else _kind(sides)
    return Claim(kind, judgement, links, sides, head)


def _of_words(said: Assertion, passage: Passage, course: Course) -> Claim:
    """What goes on with words, RMSE = √(0.2²) = 0.2: its sides are equal, whatever the words stand for."""
    nothing = Claim("expression", Judgement("not a claim", "it goes on with no formula"))
    if (
        len(said.sides) < 2
        or said.lead not in EQUALITIES
        or isinstance(said.sides[0].formula, Name | Indexed)
    ):
        return nothing
    found = claim(replace(said, lead=None), passage, course)
    return nothing if found.verdict == "not understood" else found


def _judged(
    said: Assertion,
    sides: Sequence[Side],
    chains: Sequence[Chain],
    passage: Passage,
    course: Course,
    judge: Judge,
    new: Collection[str],
) -> tuple[Link, ...]:
    """The links, each with the sides of the chain that stand beside it."""
    found: list[Link] = []
    wrong = 0
    for chain, (one, other), sign in zip(chains, pairwise(sides), said.all_signs, strict=True):
        is_diagnosed = wrong < MOST_DIAGNOSED
        link = _link(judge, chain, one, other, sign, new, course.conditions, is_diagnosed)
        link = _judged_anew(link, said, passage, course, judge, new, is_diagnosed)
        wrong += link.verdict == "wrong"
        found.append(link)
    links = mended(judge, out_of_line(judge, tuple(found)))
    return along_curve(links, passage, course.curves, judge, course.order)


def _restate(
    said: Assertion,
    sides: Sequence[Side],
    head: Formula,
    links: Sequence[Link],
    passage: Passage,
    course: Course,
    *,
    anew: bool,
    judge: Judge,
) -> None:
    """Take in what the links define again, and what a chain that names something `anew` ends in."""
    if any(link.verdict == "definition" and link.judgement.facts for link in links):
        course.restate(said, passage)
        if passage.wording.case and any(link.judgement.reason.endswith(ANEW) for link in links):
            # What it was before may still hold in the other case.
            course.disputed[name_of(head) or ""] = course.order
    if len(links) > 1 and anew and _names_anew(links[1], judge):
        course.restate(replace(said, sides=(sides[0], sides[-1]), signs=said.signs[:1]), passage)


def _before(said: Assertion, passage: Passage, course: Course) -> Claim | Judgement:
    """The chain that a formula goes on with: where there are two, the one that it fits."""
    found = course.before(passage)
    if not found:
        return Judgement("not understood", "there is no formula that this goes on with")
    if len(found) == 1:
        return found[0]
    judge, first = course.judge(passage), said.sides[0].formula
    differs = 0
    for each in found:
        last = each.sides[-1].formula
        verdict = judge.link(last, first, (each.head or last,)).verdict
        if verdict in ("proved", "rounded") or read_off(last, first, judge.environment):
            return each
        differs += verdict in ("wrong", "drifted")
    if differs == len(found):
        return found[0]
    return Judgement("not understood", "it is open which formula this goes on with")


def _takes_values(course: Course, passage: Passage, judge: Judge, sides: Sequence[Side]) -> bool:
    """Take in the values that the chain puts in where names stood; whether there are any."""
    for one, other in pairwise(sides):
        found = read_off(one.formula, other.formula, judge.environment)
        if found:
            course.take(
                Fact(
                    name,
                    "value",
                    value,
                    course.order - 1,
                    passage.line,
                    passage.section,
                    scope=passage.scope,
                )
                for name, value in found.items()
            )
            return True
    return False


def _link(
    judge: Judge,
    chain: Chain,
    one: Side,
    other: Side,
    sign: str,
    new: Collection[str],
    given: Conditions,
    is_diagnosed: bool,
) -> Link:
    try:
        left, right, judgement = _of_loss(judge, one.formula, other.formula) or _read(
            judge, one.formula, other.formula, chain, new
        )
        if judgement.verdict == "not understood":
            judgement = judge.by_components(left, right) or judgement
        if judgement.verdict in ("wrong", "not understood") or (given.own and judgement.assumptions):
            judgement = given.judged(judge, left, right, chain, judgement)
        if sign == "≈" and judgement.verdict == "wrong":
            judgement = nearly(judge, left, right, judgement)
        if judgement.verdict == "wrong" and (whole := _of_whole_sum(left)) is not None:
            again = judge.link(whole, right, chain)
            judgement = again if again.verdict == "proved" else judgement
        if judgement.verdict == "wrong":
            judgement = _rounds_head(judge, chain[0], left, right) or judgement
        if judgement.verdict == "wrong" and is_diagnosed:
            judgement = diagnosed(judge, left, right, judgement)
        if judgement.verdict == "not understood":
            judgement = slipped(judge, left, right, judgement)
        judgement = as_spelled(judge, _given(left, right, judgement), one.formula, other.formula)
    except TooMuch:
        judgement = TOO_MUCH
    return Link(one.formula, other.formula, sign, replace(judgement, at=other.at, length=other.length))


def _read(
    judge: Judge, left: Formula, right: Formula, chain: Chain, new: Collection[str]
) -> tuple[Formula, Formula, Judgement]:
    """The sides as they are read, and the judgement on them."""
    judgement = _judgement(judge, left, right, chain, new)
    if judgement.verdict in ("wrong", "not understood"):
        return _with_arguments(judge, left, right, chain, judgement)
    return left, right, judgement


def _of_loss(judge: Judge, left: Formula, right: Formula) -> tuple[Formula, Formula, Judgement] | None:
    """The same for a text that calls the derivatives of its loss dz and dw."""
    if not judge.gradients.are_any:
        return None
    return of_loss(judge, left, right, lambda one, other: _read(judge, one, other, (one,), ()))


def _of_whole_sum(formula: Formula) -> Formula | None:
    """d/dx x² + 3x as the derivative of the whole sum, as many mean it."""
    match formula:
        case Sum((Derivative(applied=True) as first, *rest)) if not isinstance(first.of, Name | Indexed):
            # Before another operator it ends: ∂²/∂x² f(x, y) + ∂²/∂y² f(x, y).
            ends = any(isinstance(node, Derivative) for each in rest for node in walk(each))
            return None if ends else _widened(first, tuple(rest))
    return None


def _widened(slope: Derivative, rest: tuple[Formula, ...]) -> Derivative:
    of = slope.of
    if isinstance(of, Derivative) and of.applied:
        return Derivative(_widened(of, rest), slope.wrt, slope.total, slope.applied)
    return Derivative(Grouping(Sum((of, *rest))), slope.wrt, slope.total, slope.applied)


def _given(left: Formula, right: Formula, found: Judgement) -> Judgement:
    """What is proved of one quantity by assuming it says what is given: Σ_i y_i = 1."""
    spoken = {*names(left), *names(right)}
    if found.verdict != "proved" or not any("sum to 1" in each for each in found.assumptions):
        return found
    return found if len(spoken) > 1 else Judgement("not a claim", "it says what is given")


def _with_arguments(
    judge: Judge, left: Formula, right: Formula, chain: Chain, found: Judgement
) -> tuple[Formula, Formula, Judgement]:
    """The sides with N read as N(t), and the judgement: wrong is only what is wrong as it stands too."""
    said, later = (
        with_arguments(judge.environment, order, left, right) for order in (judge.comparison.order, None)
    )
    if said != (left, right):
        one, other = said
        again = judge.link(one, other, chain)
        told = again.verdict == "wrong" and (
            speaks_of_slopes(judge.environment, left, right) or _is_of_place(judge, left, right)
        )
        if found.verdict == "wrong" or again.verdict in ("proved", "rounded") or told:
            return one, other, again
    if later != said and found.verdict != "wrong":
        again = judge.link(*later, chain)
        if again.verdict in ("proved", "rounded"):
            return *later, again
    return left, right, found


def _is_of_place(judge: Judge, left: Formula, right: Formula) -> bool:
    """Whether a number is said of x right after a place of x(t) has been given: at t = 2, x = 23."""
    known = judge.environment
    fact = known.functions.get(left.name) if isinstance(left, Name) else None
    if fact is None or len(fact.parameters) != 1 or printed(right) is None:
        return False
    place = known.values.get(fact.parameters[0])
    return place is not None and 0 <= judge.comparison.order - place.order <= MOST_BEHIND_PLACE


def _judged_anew(
    link: Link,
    said: Assertion,
    passage: Passage,
    course: Course,
    judge: Judge,
    new: Collection[str],
    is_diagnosed: bool,
) -> Link:
    if is_of_loss(link.judgement):
        return link
    found = overwritten(link.left, link.right, link.judgement) if len(said.sides) == 2 else link.judgement
    slip = restated(said, passage, judge, link.left, link.right, found)
    if slip is not found:
        return replace(link, judgement=replace(slip, at=link.judgement.at, length=link.judgement.length))
    # What a step from x_1 to x_2 is has been said for all of them.
    if passage.wording.introduced or not course.is_instance(name_of(link.left) or ""):
        found = anew(said, passage.section, judge.environment, link.left, link.right, found)
    found = certain(said, passage, judge, new, link, found)
    if is_diagnosed:
        found = of_one_name(said, passage, judge, new, link, found)
    return replace(link, judgement=replace(found, at=link.judgement.at, length=link.judgement.length))


def _rounds_head(judge: Judge, head: Formula, left: Formula, right: Formula) -> Judgement | None:
    """A number after rounded numbers: it may say more of the exact value than these give."""
    as_printed = printed(right)
    if any(isinstance(node, Name | Indexed) for node in walk(left)):
        return None
    if as_printed is None:
        found = judge.drift.explained(head, right)
        return found if found is not None and found.verdict == "rounded" else None
    exact = judge.exact(head)
    if exact is None or not as_printed.rounds(exact):
        return None
    return Judgement("rounded", "the right rounding of the exact value, if not of the rounded numbers before")


def _judgement(judge: Judge, left: Formula, right: Formula, chain: Chain, new: Collection[str]) -> Judgement:
    name = name_of(squared_name(left) or left)
    if name in new:
        of_slopes = judge.of_named_slopes(left, right)
        if of_slopes is not None and of_slopes.verdict == "wrong":
            return of_slopes
        return Judgement("definition", f"this defines {name}")
    found = judge.link(left, right, chain)
    if found.verdict != "proved" or is_numeric(right) or not is_head(left, judge.environment):
        return found
    # Values may have been needed only because the name itself has one.
    fact = judge.environment.equations.get(name or "")
    restated = fact is not None and judge.link(fact.formula, right).reason != WITH_VALUES
    if found.reason != WITH_VALUES or restated:
        return replace(found, verdict="definition")
    return found


def _whole(
    judge: Judge, head: Formula, sides: tuple[Side, ...], links: tuple[Link, ...], new: Collection[str]
) -> Judgement:
    """The verdict on a chain: the worst link, or what its ends say where it ends in a number."""
    bad = worst(tuple(link.verdict for link in links))
    if (
        denied := next((each.judgement for each in links if each.judgement.reason == DENIED), None)
    ) is not None:
        return denied
    if len(links) == 1 and bad == "definition":
        return links[0].judgement
    at_fault = next(link.judgement for link in links if link.verdict == bad)
    if bad == "proved":
        taken = (text for link in links for text in link.judgement.assumptions)
        at_fault = replace(at_fault, assumptions=tuple(dict.fromkeys(taken)))
    if bad in ("wrong", "not understood") or at_fault.reason == TO_BE_SOLVED:
        return at_fault
    if (solved := links[-1].judgement).reason == TO_BE_SOLVED:
        return solved
    last = sides[-1].formula
    as_printed = printed(last)
    if links[-1].judgement.reason.startswith((UNROUNDED, COARSELY, REASON)):
        return links[-1].judgement
    again = links[0].judgement.reason.endswith(ANEW)
    defines = name_of(head) in new and links[0].verdict == "definition"
    if (again or defines) and not (len(sides) > 2 and as_printed):
        return links[0].judgement if again else Judgement("definition", f"this defines {name_of(head)}")
    if len(links) > 1 and links[0].verdict == "definition" and head == sides[0].formula:
        # Where a name is defined anew, its value is no longer what the text has said before.
        head = sides[1].formula
    exact = judge.exact(head) if as_printed else None
    if as_printed is None or exact is None:
        return at_fault
    ends = judge.link(head, last)
    if ends.verdict == "proved" and bad in ("rounded", "drifted"):
        return replace(ends, verdict="rounded", reason=ON_THE_WAY, at=sides[-1].at, length=sides[-1].length)
    if ends.verdict in ("proved", "rounded", "drifted"):
        return replace(ends, at=sides[-1].at, length=sides[-1].length)
    reason = "rounded numbers on the way moved the result"
    expected = rounded_like(exact, as_printed)
    drifted = ((last, expected),)
    return Judgement("drifted", reason, expected, at=sides[-1].at, length=sides[-1].length, drifted=drifted)


def _names_anew(link: Link, judge: Judge) -> bool:
    """Whether a link that is open begins with names of nothing that the text has defined: Σ e_i² for e_i."""
    if link.verdict != "not understood":
        return False
    unknown = set(names(link.left)) - judge.environment.names - set(names(link.right))
    return bool(unknown) and set(names(link.left)) <= unknown


def _remember(
    course: Course, judge: Judge, head: Formula, sides: tuple[Side, ...], *, is_right: bool
) -> None:
    """The number that a chain ends in was printed for its head, and for each side on the way.

    What is worked out from an error is no matter of rounding; an error on the way may leave the end right.
    """
    last = sides[-1].formula
    as_printed = printed(last)
    if as_printed is None:
        return
    for each in sides[:-1]:
        if (meant := judge.drift.carried(each.formula, as_printed)) is not None:
            course.carry(meant[0], last, meant[1])
        if is_number(each.formula) and (value := judge.exact(each.formula)) is not None:
            course.carry(each.formula, last, value)
    exact = judge.exact(head)
    if exact is None or not (is_right or as_printed.is_near(exact)):
        return
    for formula in dict.fromkeys((head, *(side.formula for side in sides[:-1]))):
        if not is_number(formula):
            course.print(formula, last, exact)


def _kind(sides: tuple[Side, ...]) -> str:
    if len(sides) > 2:
        return "chain"
    if any(isinstance(node, Derivative) for side in sides for node in walk(side.formula)):
        return "derivative"
    return "numeric value" if printed(sides[-1].formula) is not None else "identity"
