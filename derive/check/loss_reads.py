"""What a loss reads of the layers of a network: the last one alone, or every one of them, as penalties do."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Literal

from sympy import Expr, Symbol

from derive.check.facts import Environment, Fact
from derive.check.last_layer import at_last, family_of, is_as_others, is_layered
from derive.expression import component_parts
from derive.formula import Indexed, Name, Reduction, walk

# Where a loss ends, for a quantity of any layer: in that very layer, in the last one, or in single ones too.
Ending = Literal["here", "last", "several"]


def layer_of(value: Expr) -> Expr | None:
    """The index of a quantity that tells its layer."""
    if not isinstance(value, Symbol):
        return None
    name, indices = component_parts(value.name)
    return indices[0] if indices and is_layered(name) else None


@dataclass(frozen=True, slots=True)
class _Read:
    """A quantity of all layers, read at one of them; in `every` layer where a sum runs over them."""

    family: str
    layer: str
    every: bool = False


def ending(loss: str, environment: Environment, quantity: str, letters: Collection[str]) -> Ending:
    """Where a loss ends for a quantity of any layer, where the layer is told by these letters."""
    above = quantity.partition("^")[2]
    reads: list[_Read] = []
    for each in _reads(loss, environment):
        if each is None:
            return "several"
        if each.family.partition("^")[2] == above:
            if each.layer in letters and not each.every:
                return "here"
            reads.append(each)
    computed = [each for each in reads if each.every or each.family in environment.equations]
    if any(each.family == quantity for each in reads if each not in computed):
        return "several"
    if len({each.layer for each in computed if not each.every}) > 1:
        return "several"
    return "last" if computed else "here"


def reads_every(loss: str, environment: Environment, quantity: str) -> bool:
    """Whether a loss sums over the layers of a quantity, or of what they compute, beside this one layer."""
    found = family_of(quantity)
    if found is None:
        return False
    family, layer = found
    summed = {each.family for each in _reads(loss, environment) if each is not None and each.every}
    same = {each for each in summed if each.partition("^")[2] == family.partition("^")[2]}
    return family in same or any(at_last(each, layer) in environment.equations for each in same)


def _reads(loss: str, environment: Environment) -> Iterator[_Read | None]:
    """What a loss reads of layers, through all that belongs to none; None where that is of several layers."""
    waiting, seen = [loss], {loss}
    while waiting:
        name = waiting.pop()
        fact = environment.equations.get(name) or environment.functions.get(name)
        if fact is None or fact.last:
            continue
        own = family_of(name) is not None
        if own and not is_as_others(fact, environment.equations):
            yield None
        if not own:
            yield from _of_fact(fact)
        further = {each for each in fact.speaks_of - seen if not is_layered(each)}
        seen |= further
        waiting.extend(sorted(further))


def _of_fact(fact: Fact) -> Iterator[_Read | None]:
    nodes = list(walk(fact.formula))
    bound = {each.name for node in nodes if isinstance(node, Reduction) for each in node.bounds}
    for node in nodes:
        if isinstance(node, Indexed) and is_layered(node.name):
            letter = node.indices[0]
            yield _Read(node.name, letter.name, letter.name in bound) if isinstance(letter, Name) else None
        elif isinstance(node, Name | Indexed) and (found := family_of(node.name)) is not None:
            yield _Read(*found)
