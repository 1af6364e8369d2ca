"""How many values an index letter takes, read off the arrays whose axes it runs over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product as combinations
from math import prod

from derive.evaluate.quantities import Array, axes_of, indices_of, name_of
from derive.evaluate.real import ValueFault
from derive.formula import (
    Derivative,
    Formula,
    Indexed,
    Name,
    Negation,
    Number,
    Product,
    Reduction,
    Sum,
    walk,
)


def extent(letter: str, body: Formula, values: Mapping[str, Array], *, fit: bool = True) -> int | None:
    """The number of values of a letter that is free in the body; None if no axis tells.

    The axes that the letter runs over alone must have one length. Where it only stands in a shifted
    index (the i of x[i + k]), with `fit`, it takes the values for which no component is missing.
    """
    found: dict[int, str] = {}
    shifted: list[tuple[Formula, int]] = []
    for node in _free(letter, body):
        axes = axes_of(name_of(node), values) or ()
        for index, length in zip(indices_of(node), axes, strict=False):
            if index == Name(letter):
                found.setdefault(length, name_of(node))
            elif any(part == Name(letter) for part in walk(index)):
                shifted.append((index, length))
    if len(found) > 1:
        (one, first), (other, second) = list(found.items())[:2]
        raise ValueFault(f"the index {letter} runs over {one} values of {first} and over {other} of {second}")
    if found or not fit:
        return next(iter(found), None)
    fitting = [
        _fitting(letter, index, length, _others(letter, index, body, values)) for index, length in shifted
    ]
    return min((each for each in fitting if each is not None), default=None)


def _others(letter: str, index: Formula, body: Formula, values: Mapping[str, Array]) -> dict[str, int | None]:
    """The other letters of an index with the number of their values."""
    names = dict.fromkeys(node.name for node in walk(index) if isinstance(node, Name))
    return {name: _plain(name, body, values) for name in names if name != letter}


def _free(letter: str, body: Formula) -> Iterator[Formula]:
    """The components, and derivatives of components, outside reductions that bind the letter anew."""
    waiting = [body]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Indexed) or (isinstance(node, Derivative) and not node.applied):
            yield node
        elif not (isinstance(node, Reduction) and any(bound.name == letter for bound in node.bounds)):
            waiting.extend(reversed(node.children))


def _fitting(letter: str, index: Formula, length: int, others: Mapping[str, int | None]) -> int | None:
    """How far a letter may run in a shifted index, from 0 on, without leaving an axis of that length."""
    if any(size is None for size in others.values()):
        return None
    corners = combinations(*((0, (size or 1) - 1) for size in others.values()))
    starts, steps = set(), set()
    for corner in corners:
        at = dict(zip(others, corner, strict=True))
        start, after = _whole(index, {**at, letter: 0}), _whole(index, {**at, letter: 1})
        starts.add(start)
        steps.add(after - start)
    (step,) = steps if len(steps) == 1 else (0,)
    return max(0, (length - 1 - max(starts)) // step + 1) if step > 0 and min(starts) >= 0 else None


def _plain(letter: str, body: Formula, values: Mapping[str, Array]) -> int | None:
    """The length of an axis that the letter runs over alone, bound or free."""
    for node in walk(body):
        if isinstance(node, Indexed):
            axes = axes_of(node.name, values) or ()
            for index, length in zip(node.indices, axes, strict=False):
                if index == Name(letter):
                    return length
    return None


def _whole(index: Formula, letters: Mapping[str, int]) -> int:
    """The value of an affine index."""
    match index:
        case Number():
            return int(index.value)
        case Name(name):
            return letters[name]
        case Negation(operand):
            return -_whole(operand, letters)
        case Sum(terms):
            return sum(_whole(term, letters) for term in terms)
        case Product(factors):
            return prod(_whole(factor, letters) for factor in factors)
    raise ValueFault("an index that is not affine")
