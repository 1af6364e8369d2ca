"""What a derivative holds fixed that hangs on its variable: σ in ∂s/∂x of s = (x - μ)/σ, where σ is of x."""

from __future__ import annotations

from collections.abc import Iterator

from derive.check.facts import Environment, Fact, quantity_of
from derive.check.inner import depends
from derive.check.last_layer import is_layered
from derive.check.meaning import Meaning
from derive.formula import Call, Derivative, Formula, Name, walk
from derive.notation import unicode_text


def held_in(meaning: Meaning, whole: Environment, *formulas: Formula) -> tuple[str, ...]:
    """What derivatives in formulas hold fixed under a reading, though the whole text ties it, in words."""
    found: dict[str, None] = {}
    for node in (node for each in formulas for node in walk(each)):
        by = _variable(node, meaning.environment)
        if by is None or is_layered(by):
            continue
        if names := sorted(set(_held(node, by, meaning, whole))):
            verb = "is" if len(names) == 1 else "are"
            told = f"{' and '.join(map(_spelled, names))} {verb} held fixed"
            found[f"in derivatives by {_spelled(by)}, {told}"] = None
    return tuple(found)


def _variable(node: Formula, known: Environment) -> str | None:
    """What a derivative is by: x of dy/dx and of f'(x)."""
    match node:
        case Derivative(wrt=wrt):
            return quantity_of(wrt)
        case Call(function, primes=primes) if primes and function in known.functions:
            return known.functions[function].parameters[0]
    return None


def _held(node: Formula, by: str, meaning: Meaning, whole: Environment) -> Iterator[str]:
    """The whole quantities that a derivative comes upon, does not go through, and could."""
    known, formula = meaning.environment, node.of if isinstance(node, Derivative) else node
    of = quantity_of(formula)
    backward = meaning.slope == "backward" and of != meaning.loss
    is_local = isinstance(node, Derivative) and (meaning.slope == "local" or backward)
    own = _defining(formula, known)
    waiting, seen = [formula if own is None else own.formula], {by, of or ""}
    while waiting:
        for each in walk(waiting.pop()):
            if not isinstance(each, Name) or each.name in seen:
                continue
            seen.add(each.name)
            if not depends(each.name, {by}, whole):
                continue
            fact = known.equations.get(each.name)
            if is_local or fact is None or each.name in meaning.aside:
                yield each.name
            else:
                waiting.append(fact.formula)


def _defining(of: Formula, known: Environment) -> Fact | None:
    """The equation of what is differentiated, or its function."""
    name = quantity_of(of)
    if name is None:
        return None
    if isinstance(of, Call):
        return known.functions.get(name)
    return known.equations.get(name) or known.functions.get(name)


def _spelled(name: str) -> str:
    return unicode_text(Name(name))
