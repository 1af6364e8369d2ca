"""What a wrong side should be, and what probably happened: the first small change that is proved right."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import islice

from derive import tidy
from derive.check.definitions import name_of
from derive.check.facts import Environment
from derive.check.judging import QUICK_STEPS, Judge
from derive.check.repairs import Repair, Setting, repairs
from derive.check.roundings import printed, rounded_like
from derive.check.verdict import Judgement
from derive.effort import TooMuch, limited
from derive.equation import Equation, equation
from derive.errors import DeriveError
from derive.formula import Call, Derivative, Formula, Indexed, Name, names, operands, rewrite, walk
from derive.gradient import Adjoint, sweep

# How many changes are tried, with how much effort: to tell what happened, and where a verdict hangs on it.
MOST_REPAIRS, MOST_TO_JUDGE = 90, 300
STEPS, STEPS_OF_ONE, SECONDS = 60_000, 12_000, 0.5
STEPS_TO_JUDGE, SECONDS_TO_JUDGE = 240_000, 1.0
# So many quantities are tried in places where they may be missing.
MOST_NAMES = 40
NUMBER_HINT = "Work the number out again: is each factor in it, with its sign?"
ANY_HINT = "Which quantities depend on which, and by how many ways?"


def diagnosed(judge: Judge, left: Formula, right: Formula, judgement: Judgement) -> Judgement:
    """The judgement with the right side as it should be and what probably happened, where that is found."""
    found: Repair | None = None
    with suppress(TooMuch), limited(STEPS, SECONDS):
        found = _slip(judge, left, right, MOST_REPAIRS, STEPS_OF_ONE)
    expected = found.formula if found else judgement.expected
    with suppress(TooMuch):
        expected = expected or _derived(judge, left)
    with suppress(TooMuch):
        expected = _rounded(judge, left, right) or expected
    expected = expected or _defined(judge.environment, left)
    reason = f"{judgement.reason}: {found.slip}" if found else judgement.reason
    hint = found.hint if found else ANY_HINT if printed(right) is None else NUMBER_HINT
    return replace(judgement, expected=expected, reason=reason, hint=hint, repair=found)


def slipped(judge: Judge, left: Formula, right: Formula, judgement: Judgement) -> Judgement:
    """Wrong, where rates of change stand on both sides that the text says nothing of, and a slip explains it.

    A claim holds for all of them: dV/dt = 4π r² dr/dt, however r changes.
    """
    if judgement.counterexample is None:
        return judgement
    found: Repair | None = None
    with suppress(TooMuch), limited(STEPS_TO_JUDGE, SECONDS_TO_JUDGE):
        found = _slip(judge, left, right, MOST_TO_JUDGE, QUICK_STEPS)
    if found is None:
        return replace(judgement, counterexample=None)
    reason = f"the sides differ: {found.slip}"
    return replace(
        judgement, verdict="wrong", reason=reason, expected=found.formula, hint=found.hint, repair=found
    )


def _rounded(judge: Judge, left: Formula, right: Formula) -> Formula | None:
    """The right rounding, to as many decimals as a printed number has."""
    as_printed = printed(right)
    exact = None if as_printed is None else judge.exact(left)
    if as_printed is None or exact is None:
        return None
    found = rounded_like(exact, as_printed)
    return found if printed(found) != as_printed else None


def _slip(judge: Judge, left: Formula, right: Formula, most: int, steps: int) -> Repair | None:
    """The first small change of the right side that is proved right; raises TooMuch."""
    # d = d · 5 says nothing of d.
    itself = left if isinstance(left, Name | Indexed) else None
    found = repairs(right, setting(judge, left, right))
    tried = islice((each for each in found if itself is None or itself not in walk(each.formula)), most)
    return next((each for each in tried if judge.quickly_proved(left, each.formula, steps)), None)


def setting(judge: Judge, left: Formula, right: Formula) -> Setting:
    """What stands in two sides and in what defines their names."""
    environment, ranks = judge.environment, judge.readings.ranks
    found = dict.fromkeys(each for side in (left, right) for each in operands(side))
    spoken = {each.name for each in found}
    reading = [*names(left), *_derived_names(left)]
    for name in reading:
        # The list grows while it is read: what is on the way from a quantity down to the others.
        if len(found) < MOST_NAMES and (fact := environment.equations.get(name)) is not None:
            read = operands(fact.formula)
            found.update((each, None) for each in read if each.name not in spoken)
            reading.extend(dict.fromkeys(each.name for each in read if each.name not in reading))
    own = environment.equations.get(name_of(left) or "")
    facts = (*((own,) if own is not None else ()), *environment.equations.values())
    functions = dict.fromkeys(
        node.function
        for formula in (left, right, *(fact.formula for fact in facts))
        for node in walk(formula)
        if isinstance(node, Call) and len(node.arguments) == 1
    )
    known = tuple(each for each in found if each.name not in environment.functions)
    bare = tuple(each.name for each in found if isinstance(each, Name))
    arrays = frozenset(name for name in (*spoken, *bare) if ranks is not None and ranks.is_array(name))
    return Setting(left, bare, tuple(functions), known, arrays)


def _derived_names(formula: Formula) -> Iterator[str]:
    for node in walk(formula):
        if isinstance(node, Derivative):
            yield from names(node.of)


def _derived(judge: Judge, left: Formula) -> Formula | None:
    """The derivative in the document's own names: along the chain of its equations."""
    if not isinstance(left, Derivative) or not isinstance(left.of, Name) or not isinstance(left.wrt, Name):
        return None
    environment = judge.environment
    scalars = [fact for fact in environment.equations.values() if not fact.letters]
    equations = [equation(fact.name, fact.formula) for fact in scalars]
    functions = {name: fact.function for name, fact in environment.functions.items()}
    nodes = [node for fact in scalars for node in walk(fact.formula)]
    indexed = {node.name for node in nodes if isinstance(node, Indexed)}
    bare = {fact.name for fact in scalars} | {node.name for node in nodes if isinstance(node, Name)}
    if left.of.name not in environment.equations or indexed & bare:
        # A name that stands with an index here and without one there is two quantities.
        return None
    try:
        ordered = _ordered(equations, left.of.name)
        found = sweep(ordered, left.of.name, functions=functions, wrt=[left.wrt.name])
        whole = _put_together(found, left.wrt.name)
    except (DeriveError, ValueError, AssertionError):
        return None
    return whole if whole is not None and judge.quickly_proved(left, whole) else None


def _put_together(found: Mapping[str, Adjoint], name: str) -> Formula | None:
    """An adjoint with those that it reads put in."""
    if name not in found:
        return None

    def put_in(node: Formula) -> Formula:
        if isinstance(node, Derivative) and isinstance(node.wrt, Name | Indexed) and node.wrt.name in found:
            return rewrite(found[node.wrt.name].formula, put_in)
        return node

    return tidy.product((rewrite(found[name].formula, put_in),))


def _ordered(equations: Sequence[Equation], last: str) -> list[Equation]:
    """The equations that a quantity depends on, each after those that it reads."""
    by_name = {each.target: each for each in equations}
    found: dict[str, Equation] = {}

    def visit(name: str, above: frozenset[str]) -> None:
        if name in found or name in above or name not in by_name:
            return
        for read in by_name[name].reads:
            visit(read, above | {name})
        found[name] = by_name[name]

    visit(last, frozenset())
    return list(found.values())


def _defined(environment: Environment, left: Formula) -> Formula | None:
    """What the document said before of the name on the left."""
    if isinstance(left, Name) and left.name in environment.equations:
        return environment.equations[left.name].formula
    return None
