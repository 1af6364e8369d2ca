"""Units that have one letter in every layer: a_j of the z_j, which are of the a_i of the layer before."""

from __future__ import annotations

from collections.abc import Callable

from sympy import Expr, Symbol

from derive.check.facts import Environment, Fact
from derive.check.subscripts import compared
from derive.expression import IndexedReduction, component_parts, parts, symbols
from derive.formula import Formula, Indexed, Name, walk


def units(known: Environment) -> frozenset[str]:
    """The quantities that are worked out from themselves, while no index says of which layer each is."""
    own = {name: _read(fact) for name, fact in known.equations.items() if fact.letters}
    stepped = {
        node.name
        for name in own
        for node in walk(known.equations[name].formula)
        if isinstance(node, Indexed) and not all(map(_is_letter, node.indices))
    }
    return frozenset(
        name
        for name in own
        if name in (behind := _behind(name, own)) and not _circle(name, own, behind) & stepped
    )


def units_before(value: Expr, is_unit: Callable[[str], bool]) -> dict[Expr, frozenset[Expr]]:
    """The sums in an expression over units of the layer before, with these: a_i of Σ_i w_ij a_i.

    Sums within others come first. Σ_k (a_k - t_k)² goes over the units of one layer.
    """
    found: dict[Expr, frozenset[Expr]] = {}
    for part in parts(value):
        if not isinstance(part, IndexedReduction):
            continue
        bound = set(part.letters)
        if bound & set(compared(part.body)):
            # It comes to the term at one place.
            continue
        inside = {each: _letters(each) for each in symbols(part.body)}
        if any(own & bound and own - bound for own in inside.values()):
            summed = (each for each, own in inside.items() if own & bound)
            found[part] = frozenset(each for each in summed if is_unit(component_parts(each.name)[0]))
    return {part: found[part] for part in sorted(found, key=lambda part: len(parts(part))) if found[part]}


def _letters(component: Symbol) -> set[str]:
    return {letter.name for index in component_parts(component.name)[1] for letter in symbols(index)}


def _read(fact: Fact) -> frozenset[str]:
    return frozenset(node.name for node in walk(fact.formula) if isinstance(node, Indexed))


def _behind(name: str, own: dict[str, frozenset[str]]) -> set[str]:
    """Everything that a quantity is worked out from; itself only where it comes round."""
    found, waiting = set[str](), [name]
    while waiting:
        for each in own.get(waiting.pop(), frozenset()) - found:
            found.add(each)
            waiting.append(each)
    return found


def _circle(name: str, own: dict[str, frozenset[str]], behind: set[str]) -> set[str]:
    return {each for each in behind & own.keys() if name in _behind(each, own)}


def _is_letter(index: Formula) -> bool:
    return isinstance(index, Name)
