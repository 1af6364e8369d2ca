"""What a loss reads of the layers of a network: the last one alone, or every one of them, as penalties do."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from sympy import Expr, Symbol

from derive.check.facts import Environment, Fact
from derive.check.last_layer import family_of, is_as_others, is_layered
from derive.expression import MeaningError, component_parts
from derive.formula import Call, Formula, Indexed, Name, Reduction, walk

SEVERAL = "the loss reads several layers, and is not followed through each of them"


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


def ends_at_layers(loss: str, environment: Environment, quantity: str, letters: Collection[str]) -> bool:
    """Whether a loss reads layers, but not a layer by one of these letters: the quantity is of any layer.

    Raises MeaningError where the loss reads of single layers more than what the last one comes to.
    """
    above = quantity.partition("^")[2]
    reads: list[_Read] = []
    for each in _reads(loss, environment):
        if each.family.partition("^")[2] == above:
            if each.layer in letters and not each.every:
                return False
            reads.append(each)
    equations = environment.equations
    computed = [each for each in reads if each.every or each.family in equations]
    if any(each.family == quantity for each in reads if each not in computed):
        raise MeaningError(SEVERAL)
    if len({each.layer for each in computed if not each.every}) > 1:
        raise MeaningError(SEVERAL)
    return bool(computed)


def _reads(loss: str, environment: Environment) -> Iterator[_Read]:
    """What a loss reads of layers, through all that belongs to none, and through the last one's own laws."""
    waiting, seen = [loss], {loss}
    while waiting:
        name = waiting.pop()
        fact = environment.equations.get(name) or environment.functions.get(name)
        if fact is None or fact.last:
            continue
        own = family_of(name) is not None
        if own and not is_as_others(fact, environment.equations):
            raise MeaningError(SEVERAL)
        if not own:
            yield from _of_fact(fact)
        further = {_name(node) for node in walk(fact.formula)} - seen
        further = {each for each in further if each and not is_layered(each)}
        seen |= further
        waiting.extend(sorted(further))


def _of_fact(fact: Fact) -> Iterator[_Read]:
    nodes = list(walk(fact.formula))
    bound = {each.name for node in nodes if isinstance(node, Reduction) for each in node.bounds}
    for node in nodes:
        if isinstance(node, Indexed) and is_layered(node.name):
            letter = node.indices[0]
            if not isinstance(letter, Name):
                raise MeaningError(SEVERAL)
            yield _Read(node.name, letter.name, letter.name in bound)
        elif isinstance(node, Name | Indexed) and (found := family_of(node.name)) is not None:
            yield _Read(*found)


def _name(node: Formula) -> str:
    match node:
        case Name(name) | Indexed(name) | Call(name):
            return name
    return ""
