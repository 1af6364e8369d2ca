"""What a section says of a name once more: its derivative without the prime, or another form of the same."""

from __future__ import annotations

from dataclasses import replace

from derive.check.assertions import Assertion
from derive.check.consequences import Consequence
from derive.check.constant_values import constant
from derive.check.definitions import name_of
from derive.check.facts import Fact, is_numeric
from derive.check.judging import Judge
from derive.check.meaning import CONSTANTS
from derive.check.passages import Passage
from derive.check.verdict import Judgement
from derive.expression import MeaningError, expression
from derive.formula import Call, Derivative, Formula, Grouping, Name, names, walk
from derive.notation import unicode_text

TWO_DEFINITIONS = "has two definitions here"
PRIME_HINT = "Is this what the name stands for, or its rate of change?"
FORM_HINT = "Multiply it out term by term: is it the same at x = 1?"


def restated(
    said: Assertion, passage: Passage, judge: Judge, left: Formula, right: Formula, found: Judgement
) -> Judgement:
    """The judgement on what differs from an earlier definition in the same section.

    It is an error where one slip explains it and the words say that it follows: lines and curves, too, are
    y = x² and y = 2x.
    """
    words = passage.wording
    before = _before(passage, judge, left)
    if before is None or found.verdict != "wrong" or said.asserts or said.lead is not None:
        return found
    if words.introduced or words.conditioned or words.case or is_numeric(right) or _has_slopes(right):
        return found
    if (variable := _variable(before, judge)) is not None and not words.consequence.drawn:
        slope = Derivative(Grouping(before.formula), Name(variable))
        if judge.quickly_proved(slope, right):
            return _of_prime(said, words.consequence, before, left, slope, found)
    return _of_form(words.consequence, judge, before, right, found)


def _before(passage: Passage, judge: Judge, left: Formula) -> Fact | None:
    """What the section has said of a name that stands bare, or with the same arguments."""
    name, known = name_of(left) or "", judge.environment
    fact = known.equations.get(name) or known.functions.get(name)
    if fact is None or fact.section != passage.section or not 0 <= fact.order < judge.comparison.order - 1:
        return None
    if fact.letters or fact.scope != passage.scope or _has_slopes(fact.formula):
        return None
    if isinstance(left, Call):
        return fact if left.arguments == tuple(map(Name, fact.parameters)) else None
    return fact if isinstance(left, Name) and not fact.parameters else None


def _variable(before: Fact, judge: Judge) -> str | None:
    """The argument of a function, or the only letter that a quantity is worked out from."""
    if before.parameters:
        return before.parameters[0] if len(before.parameters) == 1 else None
    known = judge.environment
    free = [each for each in names(before.formula) if each not in CONSTANTS and each not in known.values]
    return free[0] if len(free) == 1 and free[0] not in known.equations else None


def _of_prime(
    said: Assertion, words: Consequence, before: Fact, left: Formula, slope: Derivative, found: Judgement
) -> Judgement:
    """What is the derivative of what the name stands for."""
    worked_out = len(said.sides) > 2 and words.close
    if not (words.by_rule or words.so or worked_out):
        return found
    if not words.by_rule and isinstance(left, Name) and _is_of_second_degree(slope):
        # The tangent of y = x² + 1 at x = 1 is y = 2x.
        return Judgement("not understood", f"{before.name} {TWO_DEFINITIONS}", facts=found.facts)
    of = unicode_text(Call(before.name, left.children, 1) if before.parameters else left)
    of = of if before.parameters else f"{of}′"
    reason = f"a prime is missing: this is {of}"
    return replace(found, reason=reason, expected=before.formula, hint=PRIME_HINT, repair=None)


def _is_of_second_degree(slope: Derivative) -> bool:
    """Whether a derivative goes along a line."""
    try:
        return constant(expression(Derivative(slope, slope.wrt), constants=CONSTANTS)) is not None
    except MeaningError:
        return True


def _of_form(words: Consequence, judge: Judge, before: Fact, right: Formula, found: Judgement) -> Judgement:
    """What is said to be another form of what stands right before it."""
    next_to_it = before.order == judge.comparison.order - 2
    if not (words.expanded or words.rewritten) or not next_to_it or words.open:
        return found
    if set(names(before.formula)) != set(names(right)):
        return found
    mended = found.repair is not None and not found.repair.scales
    if not words.expanded and not mended and _is_scaled_or_moved(before.formula, right):
        # As losses, these are the same for whoever looks for where they are least.
        return Judgement("not understood", f"{before.name} {TWO_DEFINITIONS}", facts=found.facts)
    return replace(found, expected=found.expected or before.formula, hint=found.hint or FORM_HINT)


def _is_scaled_or_moved(one: Formula, other: Formula) -> bool:
    """Whether two formulas differ by a constant or by a constant factor."""
    try:
        left, right = expression(one, constants=CONSTANTS), expression(other, constants=CONSTANTS)
    except MeaningError:
        return True
    return any(constant(each) is not None for each in (left - right, left / right))


def _has_slopes(formula: Formula) -> bool:
    primed = (isinstance(node, Call) and node.primes for node in walk(formula))
    return any(primed) or any(isinstance(node, Derivative) for node in walk(formula))
