"""Letters that stand for one of several cases: the class y of p_y and [i = y], the action a of π(a)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import pairwise

from derive.formula import Call, Cases, Formula, Indexed, Name, Reduction, Relation, rewrite, walk

Chains = Iterable[Sequence[Formula]]

_DELTA = re.compile(r"delta_([a-z])([a-z])")
_LETTER = re.compile(r"[a-z]")


def chosen(chains: Chains, indices: Collection[str]) -> frozenset[str]:
    """The letters that are compared with an index, stand below a name and nowhere else."""
    nodes = [node for chain in chains for side in chain for node in walk(side)]
    names = {node.name for node in nodes if isinstance(node, Name)}
    found = {letter for node in nodes for letter in _compared(node, indices)}
    below = {name.rpartition("_")[2] for name in names if "_" in name}
    quantities = {node.name for node in nodes if isinstance(node, Indexed)} | set(_quantities(chains))
    return frozenset((found & below) - quantities - set(indices))


def functions_of_choices(chains: Chains) -> dict[str, str]:
    """The functions that are given a case, with its letter: π and a of π(a) = e^{h_a}/Σ_b e^{h_b}."""
    return {
        head.function: letter
        for chain in chains
        for head, body in pairwise(chain[:2])
        if isinstance(head, Call) and (letter := _case_of(head, body)) is not None
    }


def with_choices(formula: Formula, functions: Collection[str], indices: Collection[str]) -> Formula:
    """The formula with π(b) as a component π_b."""

    def component(node: Formula) -> Formula:
        match node:
            case Call(name, (Name(letter) as index,), 0, at) if name in functions and letter in indices:
                return Indexed(name, (index,), at)
        return node

    return rewrite(formula, component) if functions else formula


def _case_of(head: Call, body: Formula) -> str | None:
    """The letter of π(a), where the body has h_a, and a sum over all h_b."""
    match head:
        case Call(_, (Name(letter),), 0) if _LETTER.fullmatch(letter):
            pass
        case _:
            return None
    nodes = list(walk(body))
    summed = {
        part.name
        for node in nodes
        if isinstance(node, Reduction)
        for part in walk(node.body)
        if isinstance(part, Indexed) and part.indices in {(Name(bound.name),) for bound in node.bounds}
    }
    own = {Name(f"{name}_{letter}") for name in summed} | {Indexed(name, (Name(letter),)) for name in summed}
    return letter if own & set(nodes) and Name(letter) not in _bare(nodes) else None


def _bare(nodes: Sequence[Formula]) -> set[Formula]:
    """The names that stand for themselves, and are no index."""
    below = {id(index) for node in nodes if isinstance(node, Indexed) for index in node.indices}
    return {node for node in nodes if isinstance(node, Name) and id(node) not in below}


def _compared(node: Formula, indices: Collection[str]) -> Iterator[str]:
    """The letters that an indicator or a δ compares with an index."""
    pairs: list[tuple[str, str]] = []
    if isinstance(node, Cases):
        conditions = (branch.condition for branch in node.branches)
        for each in conditions:
            match each:
                case Relation((Name(one), Name(other)), ("=",)):
                    pairs.append((one, other))
    elif isinstance(node, Name) and (delta := _DELTA.fullmatch(node.name)) is not None:
        pairs.append((delta[1], delta[2]))
    for one, other in pairs:
        for letter, index in ((one, other), (other, one)):
            if index in indices and letter not in indices and _LETTER.fullmatch(letter):
                yield letter


def _quantities(chains: Chains) -> Iterator[str]:
    """The names that stand anywhere but in the conditions of cases."""

    def outside(formula: Formula) -> Iterator[str]:
        if isinstance(formula, Name):
            yield formula.name
        for child in formula.children:
            if not isinstance(formula, Relation):
                yield from outside(child)

    return (name for chain in chains for side in chain for name in outside(side))
