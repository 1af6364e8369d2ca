"""A name with another index, or another name of the model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import partial
from itertools import combinations

from derive.check.repairs.places import Repair, Setting, everywhere
from derive.formula import Call, Formula, Indexed, Name, rewrite, walk
from derive.indices import renamed
from derive.notation import unicode_text

ORDER = 30
HINT = "Look at the names and their indices."


def repaired(formula: Formula, setting: Setting) -> Iterator[Repair]:
    """The formula with one name for another: siblings, w_2 for w_1, come first."""

    def sibling(node: Formula) -> Iterator[tuple[Formula, str]]:
        if isinstance(node, Name):
            for name in setting.names:
                if name != node.name and _stem(name) == _stem(node.name):
                    yield _instead(Name(name), node)
        if isinstance(node, Indexed) and len(node.indices) == 2:
            yield _instead(Indexed(node.name, node.indices[::-1]), node)

    def other(node: Formula) -> Iterator[tuple[Formula, str]]:
        if isinstance(node, Name):
            for name in setting.names:
                if _stem(name) != _stem(node.name):
                    yield _instead(Name(name), node)
        if isinstance(node, Indexed):
            for each in components:
                if each.name != node.name and len(each.indices) == len(node.indices):
                    yield _instead(Indexed(each.name, node.indices), node)

    components = [each for each in setting.operands if isinstance(each, Indexed)]
    yield from _throughout(formula, setting)
    yield from everywhere(formula, sibling)
    yield from _reindexed(formula, setting)
    yield from everywhere(formula, other)


def _reindexed(formula: Formula, setting: Setting) -> Iterator[Repair]:
    """The formula with one index letter for another, at one place, or two of them changed for each other."""
    letters = dict.fromkeys(
        index.name
        for side in (setting.other, formula)
        for node in walk(side)
        if isinstance(node, Indexed)
        for index in node.indices
        if isinstance(index, Name)
    )

    def reindexed(node: Formula) -> Iterator[tuple[Formula, str]]:
        if not isinstance(node, Indexed) or len(node.indices) != 1:
            return
        for letter in letters:
            if node.indices != (Name(letter),):
                yield _instead(Indexed(node.name, (Name(letter),)), node)

    for one, other in combinations(letters, 2):
        swapped = renamed(formula, {one: Name(other), other: Name(one)})
        yield Repair(swapped, f"{one} and {other} are changed for each other")
    yield from everywhere(formula, reindexed)


def _throughout(formula: Formula, setting: Setting) -> Iterator[Repair]:
    """A name that stands in several places, h_2 (1 - h_2), with its sibling in all of them."""
    spoken = Counter(_named(node) for node in walk(formula))
    for name in (name for name, times in spoken.items() if name and times > 1):
        for other in setting.names:
            if other != name and _stem(other) == _stem(name):
                changed = rewrite(formula, partial(_renamed, name, other))
                yield Repair(changed, _instead(Name(other), Name(name))[1])


def _named(node: Formula) -> str:
    return node.function if isinstance(node, Call) else node.name if isinstance(node, Name) else ""


def _renamed(name: str, other: str, node: Formula) -> Formula:
    if isinstance(node, Call) and node.function == name:
        # h (1 - h) reads as a call.
        return Call(other, node.arguments, node.primes, node.at)
    return Name(other, node.at) if isinstance(node, Name) and node.name == name else node


def _instead(right: Formula, wrong: Formula) -> tuple[Formula, str]:
    return right, f"{unicode_text(wrong)} stands where {unicode_text(right)} should"


def _stem(name: str) -> str:
    return name.rstrip("0123456789")
