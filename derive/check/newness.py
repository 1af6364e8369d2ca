"""Whether a definition says something new of its name, and whether it would work it out from itself."""

from __future__ import annotations

from derive.check.definitions import alike
from derive.check.facts import Environment, Fact
from derive.check.last_layer import is_layered, looks_ahead
from derive.formula import Derivative


def is_of_itself(fact: Fact) -> bool:
    """Whether its formula reads the name that it defines."""
    return fact.name in fact.operands


def goes_round(fact: Fact, known: Environment) -> bool:
    """Whether a number would be worked out from itself: p from the odds that are worked out from p."""
    if fact.letters or fact.kind != "equation" or fact.arguments:
        return False
    return fact.name in known.behind(fact)


def circle_of(fact: Fact, known: Environment) -> set[str]:
    """The quantities through which one would be worked out from itself."""
    behind = known.behind(fact) & known.equations.keys()
    return {name for name in behind if fact.name in known.behind(known.equations[name])}


def _is_of_another_network(fact: Fact, known: Environment) -> bool:
    """Whether a section makes layers from the ones before them, which another makes in another way."""
    before = known.equations.get(fact.name)
    if before is None or before.section == fact.section or not is_layered(fact.name):
        return False
    return not looks_ahead(fact) and not is_of_itself(before)


def is_new(fact: Fact, known: Environment, *, asserted: bool) -> bool:
    """Whether a definition gives a name a meaning; a `where` says again what the text has said."""
    name = fact.name
    if name not in known.names:
        return True
    if is_of_itself(fact) and _is_of_another_network(fact, known):
        return not asserted
    value = known.values.get(name)
    before = known.equations.get(name) or known.functions.get(name)
    if asserted or is_of_itself(fact):
        # What is worked out step by step from itself says no more of what the text has defined, but for the
        # steps of something else in another section.
        if asserted or before is None or isinstance(before.formula, Derivative):
            return False
        return bool(before.letters) and before.section != fact.section and not alike(before, fact)
    if fact.kind == "value":
        # w = 1.2 beside w_t = w_{t-1} - η g is a number of its own.
        of_steps = value is None and before is not None and bool(before.letters)
        return of_steps or (value is not None and value.order >= 0)
    elsewhere = before is not None and before.section != fact.section
    if before is not None and elsewhere and len(before.parameters) != len(fact.parameters):
        return True
    if fact.arguments and fact.kind == "equation" and name in known.functions:
        # v(K) = 1/2 is a value of the function v, and no other v.
        return False
    if before is None:
        return value is not None and value.section != fact.section
    return not alike(before, fact)
