"""Names that the text gives to a part of another equation: ŷ = σ(w x + b), and after it z = w x + b."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace as replace_fields

from derive.check.facts import Environment, Fact
from derive.formula import Derivative, Formula, Grouping, Name, Sum, names, replace, walk


def abbreviations(environment: Environment, *formulas: Formula) -> tuple[str, ...]:
    """The names that derivatives in formulas are taken by and that are written out in other equations."""
    found = dict.fromkeys(
        node.wrt.name
        for each in formulas
        for node in walk(each)
        if isinstance(node, Derivative) and isinstance(node.wrt, Name)
    )
    return tuple(name for name in found if any(_written_out(environment, name)))


def put_in(environment: Environment, abbreviated: Collection[str]) -> Environment:
    """The environment with the names in place of what they abbreviate: then ŷ depends on z."""
    equations = dict(environment.equations)
    for name in abbreviated:
        part = environment.equations[name].formula
        for fact in _written_out(environment, name):
            body = replace(equations[fact.name].formula, {Grouping(part): Name(name), part: Name(name)})
            equations[fact.name] = replace_fields(fact, formula=body)
    return replace_fields(environment, equations=equations)


def _written_out(environment: Environment, name: str) -> Iterator[Fact]:
    """The equations in which the right side of the name's own stands as it is."""
    own = environment.equations.get(name)
    if own is None or own.letters:
        return
    for fact in environment.equations.values():
        if fact.name == name or fact.scope != own.scope:
            continue
        if fact.formula == own.formula:
            if (fact.order, fact.line) == (own.order, own.line):
                # Two names of one quantity: y = o = σ(z).
                yield fact
            continue
        if not isinstance(own.formula, Sum):
            continue
        apart = name not in names(fact.formula) and fact.name not in names(own.formula)
        if apart and any(node == own.formula for node in walk(fact.formula)):
            yield fact
