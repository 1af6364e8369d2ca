"""A name that is given another meaning than before: a slip where it is one small change away, else anew."""

from __future__ import annotations

from dataclasses import replace

from derive.check.assertions import Assertion
from derive.check.definitions import name_of
from derive.check.facts import Environment, Fact, is_numeric
from derive.check.repairs import functions, signs
from derive.check.roundings import printed
from derive.check.verdict import Judgement
from derive.formula import (
    ZERO,
    Call,
    Formula,
    Grouping,
    Indexed,
    Name,
    Number,
    Product,
    Sum,
    Vector,
    has_derivatives,
    names,
    rewrite,
    walk,
)
from derive.functions import function

# Of shorter formulas two may well differ by one sign: y = a + b here, y = a - b there. Two conventions
# differ by a name or an exponent, too.
FEWEST_LEAVES, FEWEST_OF_OTHERS = 4, 5
ANEW = "anew"
# What stands behind the names of places that are found, and how many formulas later they are spoken of.
_OPTIMAL = ("^*", "_star", "_hat", "_opt")
MOST_SINCE = 6
CONDITION = "this may be a condition: it does not hold for everything that it speaks of"


def anew(
    said: Assertion, section: int, environment: Environment, left: Formula, right: Formula, found: Judgement
) -> Judgement:
    """The judgement on a definition that differs from what the text has said of the name.

    Authors use a name again for something else, and state the same thing once more with a slip in it. It is
    taken for a slip where the text speaks of the same matter and one change, other than a scale, mends it.
    """
    name = name_of(left) or ""
    generic = len(said.sides) == 2 or _is_solved_for(said.sides[0].formula, right)
    stands_alone = generic and said.lead is None
    if found.verdict == "wrong" and stands_alone and _is_asked(section, left, right, found):
        return Judgement("not understood", CONDITION, facts=found.facts)
    if found.verdict == "wrong" and found.repair is None and stands_alone and _is_solved_for(left, right):
        return Judgement("not understood", CONDITION, facts=found.facts)
    before = environment.equations.get(name) or environment.functions.get(name)
    elsewhere = before is not None and _is_of_elsewhere(said, section, before, left)
    if found.verdict == "not understood" and before is not None and elsewhere:
        known = is_numeric(right) or has_derivatives(right) or has_derivatives(before.formula)
        return found if known else Judgement("definition", f"this defines {name} {ANEW}", facts=(before,))
    if found.verdict != "wrong" or has_derivatives(right):
        return found
    if is_numeric(right):
        # f(x) = 0 of a function that the text defines: for some x.
        of_letters = isinstance(left, Call) and any(isinstance(each, Name) for each in left.arguments)
        solved = isinstance(right, Number) and not right.value and isinstance(left, Sum | Product)
        if (of_letters and not _is_at_place(left, right, section, environment)) or solved:
            return Judgement("not understood", CONDITION, facts=found.facts)
        supposed = before is None and isinstance(left, Name) and name in environment.values
        return Judgement("definition", f"this gives {name} another value") if supposed else found
    if before is None and isinstance(left, Name):
        before = environment.values.get(name)
    if before is None or not _is_bare(left):
        return found
    if isinstance(right, Name | Indexed) and right.name in environment.equations:
        return Judgement("not understood", CONDITION, facts=found.facts)
    of_slopes = environment.is_slope(name, before.section) and before.section == section
    # What goes on from step to step is worked out from no other quantity.
    steps = name in names(right) and name in names(before.formula)
    known = _is_of_everybody(name, left) or ((of_slopes or has_derivatives(before.formula)) and not steps)
    if known or _is_slip(said, section, before, right, found):
        return found
    if said.asserts:
        reason = f"{name} stands for something else in line {before.line}"
        return Judgement("not understood", reason, facts=found.facts)
    return Judgement("definition", f"this defines {name} {ANEW}", facts=(before,))


def _is_at_place(left: Formula, right: Formula, section: int, known: Environment) -> bool:
    """Whether f(x^*) is said to be another number than 0 right after the section has told x^*.

    Of an f(a) beside a = 1, another a may be asked for.
    """
    if not isinstance(left, Call) or right == ZERO or left.function not in known.functions:
        return False
    named = [each.name for each in left.arguments if isinstance(each, Name)]
    values = [known.values.get(name) for name in named if name.endswith(_OPTIMAL)]
    since = (known.order or 0) - MOST_SINCE
    told = all(each is not None and each.section == section and each.order >= since for each in values)
    return told and len(values) == len(named)


def _is_of_elsewhere(said: Assertion, section: int, before: Fact, left: Formula) -> bool:
    """Whether a name was defined in another section, and what stands here begins as definitions do."""
    return before.section != section and before.order >= 0 and not said.asserts and _is_bare(left)


def _is_slip(said: Assertion, section: int, before: Fact, right: Formula, found: Judgement) -> bool:
    if found.repair is None or found.repair.scales:
        return False
    if _bare(found.repair.formula) != _bare(before.formula):
        return False
    speaks_of_it = said.asserts or before.section == section or before.order < 0
    fewest = FEWEST_LEAVES if found.repair.hint in (signs.HINT, functions.HINT) else FEWEST_OF_OTHERS
    return speaks_of_it and min(leaves(before.formula), leaves(right)) >= fewest


def _is_of_everybody(name: str, left: Formula) -> bool:
    """Whether a side calls a function that has its name and its meaning everywhere: softplus, relu."""
    return isinstance(left, Call) and len(name) > 1 and function(name) is not None


def _is_asked(section: int, left: Formula, right: Formula, found: Judgement) -> bool:
    """Whether an expression is set to a number to be solved, 2 x + 1 = 7.

    It is where the value that refutes is of another section, or itself what was solved for: x = √2.
    """
    if name_of(left) is not None or has_derivatives(left) or not is_numeric(right):
        return False
    values = [each for each in found.facts if each.kind == "value" and each.order >= 0]
    return any(each.section != section or not _is_given(each.formula) for each in values)


def _is_given(formula: Formula) -> bool:
    """Whether it is a number as printed, or a list of numbers."""
    return isinstance(formula, Vector) or printed(formula) is not None


def _is_solved_for(left: Formula, right: Formula) -> bool:
    """Whether the left side is no name, call or derivative, and quantities stand on both: a + b = c."""
    sides = (left, right)
    if name_of(left) is not None or any(has_derivatives(each) or is_numeric(each) for each in sides):
        return False
    return all(any(isinstance(node, Name | Indexed) for node in walk(each)) for each in sides)


def _is_bare(left: Formula) -> bool:
    """Whether a side is a name, with nothing but letters as its indices or arguments."""
    return name_of(left) is not None and all(isinstance(each, Name | Indexed) for each in left.children)


def _bare(formula: Formula) -> Formula:
    return rewrite(formula, lambda node: node.inner if isinstance(node, Grouping) else node)


def leaves(formula: Formula) -> int:
    """The names and numbers of a formula, without indices."""
    if isinstance(formula, Name | Indexed | Number):
        return 1
    return sum(map(leaves, formula.children))


def overwritten(left: Formula, right: Formula, found: Judgement) -> Judgement:
    """A name that stands on both sides of what does not hold: its new value from the old one, w = w - η g."""
    if found.verdict not in ("wrong", "not understood") or not isinstance(left, Name | Indexed):
        return found
    if left not in walk(right):
        return found
    return replace(found, verdict="update", reason="a new value from the old one, no equation")
