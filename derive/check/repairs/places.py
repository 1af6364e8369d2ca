"""Changes at one place of a formula at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from derive.formula import Formula, Grouping, Indexed, Product, Sum


@dataclass(frozen=True, slots=True)
class Setting:
    """What is known where a wrong side stands: the other side, and the names and functions in use.

    `names` stand without an index, `operands` are those and components as the sides have them; `arrays` are
    the names of vectors and matrices, as far as they are known.
    """

    other: Formula
    names: tuple[str, ...] = ()
    functions: tuple[str, ...] = ()
    operands: tuple[Formula, ...] = field(default=())
    arrays: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Repair:
    """A changed formula, what the slip was in words, and where a student should look for it.

    With `scales` it is the old one times a number.
    """

    formula: Formula
    slip: str
    hint: str = ""
    scales: bool = False


Change = Callable[[Formula], Iterable[tuple[Formula, str]]]


def everywhere(formula: Formula, change: Change, *, indices: bool = False) -> Iterator[Repair]:
    """The formula with the change made at one place, for every place, the whole first."""
    for changed, slip in change(formula):
        yield Repair(changed, slip)
    children = formula.children if indices or not isinstance(formula, Indexed) else ()
    for at, child in enumerate(children):
        for inner in everywhere(child, change, indices=indices):
            parts = (*children[:at], inner.formula, *children[at + 1 :])
            yield Repair(rebuilt(formula, parts), inner.slip)


def rebuilt(formula: Formula, parts: tuple[Formula, ...]) -> Formula:
    """The formula around other parts; a sum inside a product gets parentheses."""
    if isinstance(formula, Product):
        parts = tuple(Grouping(each) if isinstance(each, Sum) else each for each in parts)
    return formula.with_children(parts)
