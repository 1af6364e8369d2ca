"""Letters to which a part of a text gives a role of its own: what other parts say of them refutes nothing.

An exercise has letters of its own. Elsewhere a letter has a role of its own where an equation asks for it,
2x + 2y = 200, S'(x) = 0, or where a number is worked out for it from others than its equation reads, or
where its part of the text gives another value to what it is worked out from.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from derive.check.anew import CONDITION
from derive.check.course import Course
from derive.check.definitions import FIXED, is_head, name_of
from derive.check.facts import Environment, Fact, is_number
from derive.check.passages import Passage
from derive.check.roundings import printed
from derive.check.verdict import Link
from derive.formula import ZERO, Derivative, Formula, Name, Number, has_derivatives, names, walk

# Numbers that stand in formulas of any kind: ½(y - t)².
_USUAL = frozenset({0, 1, 2})
# Of so many numbers one at least is a value that the equation reads.
FEWEST_NUMBERS = 2


def of_another_part(link: Link, fact: Fact, passage: Passage, course: Course) -> str | None:
    """Why a fact that another part of the text states may not speak of the same letter."""
    where = course.place(fact)
    if where is None or where.scope != passage.scope:
        return None
    if _are_exercises_apart(where, passage):
        return f"{fact.name} may be another one in this exercise than in line {fact.line}"
    asked = course.asked.get(fact.name)
    if asked is not None and asked.section == passage.section and _is_before(where, asked):
        return f"line {asked.line} asks for {fact.name}, which may be another one than in line {fact.line}"
    if not _is_before(where, passage):
        return None
    if _is_worked_out_otherwise(link, fact, course.environment(passage)):
        return f"{fact.name} is worked out from other numbers here than those of line {fact.line}"
    if _is_listed(link, fact, passage, course) or _is_a_lone_value(link, fact, passage):
        return f"{fact.name} may have a value of its own here, and not that of line {fact.line}"
    if (other := _given_anew(fact, where, passage, course)) is not None:
        return f"{fact.name} has another value in line {other.line}"
    return None


def _is_listed(link: Link, fact: Fact, passage: Passage, course: Course) -> bool:
    """Whether a whole number is said of a name right behind a value that is given: r = 3, h = 4.

    Behind t = 2 it is what h comes to, where that is worked out from t.
    """
    beside = passage.wording.listed or passage.wording.consequence.close
    if not beside or not _is_whole(link.right) or link.left != Name(fact.name) or fact.kind == "value":
        return False
    last = course.latest_fact
    if last is None or last.kind != "value" or last.order != course.order - 2:
        return False
    if last.name in (*fact.parameters, *course.environment(passage).behind(fact)):
        return False
    at = course.place(last)
    return at is not None and not _is_before(at, passage)


def _given_anew(fact: Fact, where: Passage, passage: Passage, course: Course) -> Fact | None:
    """The value that this section, or this paragraph, gives a name further on, where it is another one."""
    for each in course.later_values(fact.name) if fact.kind == "value" else ():
        here = course.place(each)
        if here is None or each.formula == fact.formula:
            continue
        in_section = here.section == passage.section != where.section
        if in_section or here.position.paragraph == passage.position.paragraph:
            return each
    return None


def by_another_letter(link: Link, passage: Passage, course: Course) -> Formula | None:
    """The derivative by the letter that its equation reads, where an earlier paragraph says what that is.

    D' of D = (x - 3)² + x may well be by x, and not by t, though x = t² has been said before.
    """
    slope, known = link.left, course.environment(passage).equations
    if link.verdict != "wrong" or not isinstance(slope, Derivative) or "'" not in passage.text:
        return None
    fact = known.get(slope.of.name) if isinstance(slope.of, Name) else None
    read = () if fact is None else tuple({*names(fact.formula)})
    if len(read) != 1 or Name(read[0]) == slope.wrt or read[0] not in known:
        return None
    where = course.place(known[read[0]])
    return replace(slope, wrt=Name(read[0])) if where is not None and _is_before(where, passage) else None


def by_chance(link: Link, passage: Passage, course: Course) -> str | None:
    """Why a digit need not be the rounding of what other paragraphs say: cos(xy)(y + xy') = 1 for 0.8."""
    right = link.right
    if link.verdict != "rounded" or not isinstance(right, Number) or len(right.text) > 1:
        return None
    places = [(fact, course.place(fact)) for fact in link.judgement.facts or _read(link, course, passage)]
    far = next((fact for fact, at in places if at is not None and _is_before(at, passage)), None)
    return None if far is None else f"{far.name} may be another one here than in line {far.line}"


def _read(link: Link, course: Course, passage: Passage) -> Iterator[Fact]:
    known = course.environment(passage)
    for name in names(link.left):
        for facts in (known.equations, known.values):
            if name in facts:
                yield facts[name]


def _is_a_lone_value(link: Link, fact: Fact, passage: Passage) -> bool:
    """Whether a whole number is said of what this section works out from one letter that it gives no value.

    x = 3 in one section, and h = 32/x² and h = 2 in the next one. Where several values come from one section,
    they are those of one calculation.
    """
    right, facts = link.right, link.judgement.facts
    if fact.kind != "value" or not _is_whole(right) or fact.section == passage.section:
        return False
    if sum(each.kind == "value" for each in facts) > 1 or not isinstance(link.left, Name):
        return False
    return any(
        each.name == link.left.name and each.kind != "value" and each.section == passage.section
        for each in facts
    )


def _are_exercises_apart(one: Passage, other: Passage) -> bool:
    first, second = one.position.exercise, other.position.exercise
    return first > 0 and second > 0 and first != second


def _is_before(where: Passage, asked: Passage) -> bool:
    """Whether a fact stands in an earlier paragraph, or section, than the equation that asks for its name."""
    return where.section != asked.section or where.position.paragraph < asked.position.paragraph


def asked(link: Link, head: Formula, environment: Environment) -> Iterator[str]:
    """The names for which a link is an equation to be solved: an expression of them is set to a number.

    Where a derivative by one of them is set to 0, it is that one.
    """
    if link.verdict not in ("not understood", "not a claim") or not link.sign.startswith("="):
        return
    left, right = link.left, link.right
    if right != ZERO and has_derivatives(left):
        return
    if (_is_whole(right) or link.judgement.reason == CONDITION) and not _is_named(left, environment):
        spoken = {*names(left), *names(right)}
        by = head.wrt.name if isinstance(head, Derivative) and isinstance(head.wrt, Name) else ""
        yield from {by} if by in spoken else spoken


def _is_named(left: Formula, environment: Environment) -> bool:
    """Whether a side is a quantity, and no expression."""
    name = name_of(left)
    return is_head(left, environment) or (name is not None and name not in FIXED)


def asks_of_another_paragraph(link: Link, passage: Passage, course: Course) -> bool:
    """Whether an expression of quantities that earlier paragraphs work out is set to a number or another one.

    x² + xy + y² = 7 and sin(xy) = x after x = t² and y = t³: these are curves, and no values.
    """
    right = link.right
    if (name_of(link.left) or "sin") not in FIXED or (is_number(right) and not _is_whole(right)):
        return False
    spoken = {*names(link.left), *names(right)}
    if len(spoken) < 2 or has_derivatives(link.left, right):
        return False
    if not is_number(right) and not _are_apart(spoken, course.environment(passage)):
        return False
    found = [(fact, course.place(fact)) for fact in link.judgement.facts if fact.name in spoken]
    is_worked_out = any(fact.kind == "equation" for fact, _ in found)
    return is_worked_out and all(at is not None and _is_before(at, passage) for _, at in found)


def _are_apart(spoken: Collection[str], known: Environment) -> bool:
    """Whether some names have an equation each, and none is worked out from another one of them."""
    equations = [known.equations.get(name) for name in spoken]
    return all(each is not None and each.reads.isdisjoint(spoken) for each in equations)


def _is_worked_out_otherwise(link: Link, fact: Fact, environment: Environment) -> bool:
    """Whether a number is worked out for a name from none of the numbers that its equation reads."""
    if (
        name_of(link.left) != fact.name
        or not isinstance(link.left, Name)
        or link.judgement.repair is not None
    ):
        return False
    if printed(link.right) is not None or not is_number(link.right):
        return False
    put_in = _numbers(link.right) - _USUAL
    known = _numbers(fact.formula).union(
        *(
            _numbers(each.formula)
            for name in environment.behind(fact)
            if (each := environment.values.get(name))
        )
    )
    return len(put_in) >= FEWEST_NUMBERS and not put_in & known


def _is_whole(formula: Formula) -> bool:
    return isinstance(formula, Number) and "." not in formula.text


def _numbers(formula: Formula) -> set[float]:
    return {float(node.value) for node in walk(formula) if isinstance(node, Number)}
