"""Checks of indices: every name has one number of them, and every letter is an index and nothing else."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from derive.errors import nearest
from derive.formula import (
    Formula,
    Grouping,
    Indexed,
    Name,
    Negation,
    Number,
    Product,
    Reduction,
    Sum,
    walk,
)
from derive.model.draft import Draft
from derive.model.numbers import lengths
from derive.model.parsing import Assignment
from derive.model.shape import told


def check_ranks(draft: Draft, equations: Sequence[Assignment]) -> None:
    """Refuse a name that has different numbers of indices in different places."""
    seen: dict[str, tuple[int, str]] = {}
    for name, sizes in draft.shapes.items():
        seen[name] = (len(sizes), "in shapes")
    for name, value in draft.values.items():
        rank = len(lengths(value))
        known = seen.setdefault(name, (rank, "in values"))
        if known[0] != rank:
            has = f"its value has shape {told(lengths(value))}" if rank else "its value is a number"
            raise draft.error(
                f"{name} has the declared shape {told(draft.shapes[name])}, and {has}", "values", name
            )
    for each in equations:
        if each.is_scalar and not _conflicts(each, seen):
            continue
        for node in (each.targets[0], *_quantities(each)):
            rank = len(node.indices) if isinstance(node, Indexed) else 0
            first = seen.get(node.name)
            if first is None:
                seen[node.name] = (rank, f"in line {each.statement.place(node.at or 0).line}")
            elif first[0] != rank:
                reason = f"{node.name} has {_indices(rank)} here, and {_indices(first[0])} {first[1]}"
                raise each.error(reason, node)


def _conflicts(each: Assignment, seen: dict[str, tuple[int, str]]) -> bool:
    """Take in the names of an equation of numbers; whether one of them has an index elsewhere."""
    told = (0, f"in line {each.statement.place(each.targets[0].at or 0).line}")
    # Every name is taken in: no early end.
    ranks = [seen.setdefault(name, told)[0] for name in (each.name, *each.content.names)]
    return any(ranks)


def _indices(rank: int) -> str:
    return ("no index", "1 index")[rank] if rank < 2 else f"{rank} indices"


def _quantities(each: Assignment) -> Iterator[Name | Indexed]:
    """Every occurrence of a quantity; letters apart."""
    waiting: list[tuple[Formula, frozenset[str]]] = [(each.formula, frozenset(each.indices))]
    while waiting:
        node, letters = waiting.pop()
        if isinstance(node, Indexed):
            yield node
        elif isinstance(node, Name):
            if node.name not in letters:
                yield node
        else:
            if isinstance(node, Reduction):
                letters = letters | {bound.name for bound in node.bounds}
            waiting.extend((child, letters) for child in reversed(node.children))


def check_letters(
    equations: Sequence[Assignment], quantities: Mapping[str, str], sizes: Collection[str]
) -> None:
    """Refuse index letters that mean a quantity or a size too.

    `quantities` says of every quantity what it is, for the message.
    """
    for each in equations:
        if each.is_scalar:
            continue
        for letter in dict.fromkeys((*each.indices, *_bound(each))):
            if letter in sizes:
                raise each.error(f"{letter} is a size, and cannot be an index too", _letter(each, letter))
            if letter in quantities:
                reason = f"{letter} is an index here, and {quantities[letter]}"
                raise each.error(reason, _letter(each, letter), "Take another letter for the index.")


def _bound(each: Assignment) -> Iterator[str]:
    for node in walk(each.formula):
        if isinstance(node, Reduction):
            yield from (bound.name for bound in node.bounds)


def _letter(each: Assignment, letter: str) -> Name | None:
    """Where an index letter stands first."""
    for node in walk(each.targets[0]):
        if isinstance(node, Name) and node.name == letter and node.at is not None:
            return node
    for node in walk(each.formula):
        if isinstance(node, Reduction):
            for bound in node.bounds:
                if bound.name == letter and bound.at is not None:
                    return Name(letter, bound.at)
    return None


def check_scopes(each: Assignment) -> None:
    """Refuse a free index, a letter outside of brackets, and a sum in which its letter does not occur."""
    if each.is_scalar:
        return
    waiting: list[tuple[Formula, frozenset[str]]] = [(each.formula, frozenset(each.indices))]
    while waiting:
        node, letters = waiting.pop()
        if isinstance(node, Indexed):
            for index in node.indices:
                _check_index(each, node, index, letters)
            continue
        if isinstance(node, Name) and node.name in letters:
            raise each.error(f"{node.name} is an index here, and no quantity", node)
        if isinstance(node, Reduction):
            if node.kind == "prod":
                suggestion = "Take its logarithm, sum(log(x[i]), i), or write the factors out."
                raise each.error("a product over an index is not differentiated", node, suggestion)
            _check_bounds(each, node)
            letters = letters | {bound.name for bound in node.bounds}
        waiting.extend((child, letters) for child in reversed(node.children))


def _check_bounds(each: Assignment, reduction: Reduction) -> None:
    inside = {
        name.name
        for node in walk(reduction.body)
        if isinstance(node, Indexed)
        for index in node.indices
        for name in walk(index)
        if isinstance(name, Name)
    }
    for at, bound in enumerate(reduction.bounds):
        if bound.name in (before.name for before in reduction.bounds[:at]):
            reason = f"this {reduction.kind} names the index {bound.name} twice"
            raise each.error(reason, Name(bound.name, bound.at))
        if bound.name not in inside:
            reason = f"nothing in this {reduction.kind} has the index {bound.name}"
            raise each.error(reason, Name(bound.name, bound.at))


def _check_index(each: Assignment, node: Indexed, index: Formula, letters: Collection[str]) -> None:
    for part in walk(index):
        if isinstance(part, Name) and part.name not in letters:
            near = nearest(part.name, letters)
            reason = f"the index {part.name} is free: it stands neither left of = nor in a sum"
            raise each.error(reason, part, f"Did you mean {near}?" if near else None)
    if not _is_affine(index):
        reason = f"an index of {node.name} is neither a letter nor a sum of letters and whole numbers"
        raise each.error(reason, node)


def _is_affine(index: Formula) -> bool:
    match index:
        case Name():
            return True
        case Number(text):
            return text.isdecimal()
        case Sum(terms):
            return all(map(_is_affine, terms))
        case Negation(operand) | Grouping(operand):
            return _is_affine(operand)
        case Product(factors):
            letters = [each for each in factors if not isinstance(each, Number)]
            return len(letters) <= 1 and all(map(_is_affine, factors))
    return False
