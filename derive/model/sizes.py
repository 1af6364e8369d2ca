"""Sizes of axes: an index that runs over two axes makes their sizes one, and a mean divides by it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace as with_fields
from typing import NamedTuple

from derive.errors import ModelError, printable
from derive.formula import (
    ONE,
    Bound,
    Formula,
    Indexed,
    Name,
    Number,
    Quotient,
    Reduction,
    read,
    rewrite,
    times,
    walk,
)
from derive.model.draft import Draft
from derive.model.model import Size
from derive.model.numbers import lengths
from derive.model.parsing import Assignment

# An axis of a quantity, an index letter of an equation, or a size by name.
Member = tuple[str, int] | tuple[int, str] | str
# The usual names of the number of samples: beside a sum they mean its length.
_COUNTS = ("n", "N", "m", "M")


class _Known(NamedTuple):
    size: Size
    source: str


class Sizes:
    """What is known of sizes: members that agree are one group, with a number and a name where something tells."""

    def __init__(self, draft: Draft, equations: Sequence[Assignment]) -> None:
        self.draft = draft
        self.equations = equations
        self._parents: dict[Member, Member] = {}
        self._numbers: dict[Member, _Known] = {}
        self._names: dict[Member, _Known] = {}
        self._ranks: dict[str, int] = {}
        self._settings()
        for position, each in enumerate(equations):
            self._read(position, each)

    def _settings(self) -> None:
        for name, sizes in self.draft.shapes.items():
            for axis, size in enumerate(sizes):
                self._tell((name, axis), size, name, ("shapes", name))
        for name, value in self.draft.values.items():
            for axis, length in enumerate(lengths(value)):
                self._tell((name, axis), length, name, ("values", name))

    def _tell(self, member: Member, size: Size, source: str, path: tuple[str, ...]) -> None:
        root = self._root(member)
        known = self._numbers.get(root)
        if isinstance(size, str):
            self._merge(member, size, lambda reason: self.draft.error(reason, *path))
            self._names.setdefault(self._root(member), _Known(size, source))
        elif known is not None and known.size != size:
            name = self._names.get(root)
            told = f"{name.size} is" if name else "the size is"
            raise self.draft.error(f"{told} {known.size} in {known.source}, and {size} in {source}", *path)
        else:
            self._numbers[root] = _Known(size, source)

    def _read(self, position: int, each: Assignment) -> None:
        """Let the letters of an equation join the axes that they run over."""
        for letter, size in each.sizes.items():
            self._name_letter((position, letter), size, each)
        for indexed in (each.targets[0], *walk(each.formula)):
            if not isinstance(indexed, Indexed):
                continue
            self._ranks[indexed.name] = len(indexed.indices)
            for axis, index in enumerate(indexed.indices):
                if isinstance(index, Name):
                    self._join((position, index.name), (indexed.name, axis), indexed, each)
                elif isinstance(index, Number):
                    self._check_place((indexed.name, axis), index, indexed, each)

    def _name_letter(self, letter: tuple[int, str], size: Size, each: Assignment) -> None:
        if isinstance(size, int):
            self._numbers[self._root(letter)] = _Known(size, f"the sum over {letter[1]}")
        else:
            self._merge(letter, size, each.error)
            self._names.setdefault(self._root(letter), _Known(size, f"the sum over {letter[1]}"))

    def _join(self, letter: tuple[int, str], axis: tuple[str, int], node: Indexed, each: Assignment) -> None:
        def fault(reason: str) -> ModelError:
            return each.error(f"the index {letter[1]} {reason}", node, self._suggestion(each, node))

        one, other = self._root(letter), self._root(axis)
        for known in (self._numbers, self._names):
            left, right = known.get(one), known.get(other)
            if left and right and left.size != right.size:
                raise fault(f"runs over {left.size} values in {left.source}, and over {right.size} in {node.name}")
        self._merge(letter, axis, fault)

    def _suggestion(self, each: Assignment, node: Indexed) -> str | None:
        """Where the author wrote W*x, W @ x was probably meant."""
        written = each.statement.text
        return f"* multiplies number by number: write @ for a product of matrices." if "*" in written and "[" not in written else None

    def _check_place(self, axis: tuple[str, int], index: Number, node: Indexed, each: Assignment) -> None:
        known = self._numbers.get(self._root(axis))
        if known is not None and isinstance(known.size, int) and index.value >= known.size:
            reason = f"{node.name} has {known.size} components there, from 0 to {known.size - 1}, and none at {index.text}"
            raise each.error(reason, node)

    def _merge(self, one: Member, other: Member, fault: object) -> None:
        kept, gone = self._root(one), self._root(other)
        if kept == gone:
            return
        self._parents[gone] = kept
        for known in (self._numbers, self._names):
            if gone in known:
                left, right = known.setdefault(kept, known[gone]), known[gone]
                if left.size != right.size:
                    reason = f"would be {left.size} in {left.source}, and {right.size} in {right.source}"
                    raise fault(reason)  # type: ignore

    def _root(self, member: Member) -> Member:
        parents = self._parents
        while (parent := parents.get(member)) is not None:
            above = parents.get(parent)
            if above is None:
                return parent
            parents[member] = above
            member = above
        return member
