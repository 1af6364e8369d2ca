"""Sizes of axes: an index that runs over two axes makes their sizes one."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import chain, count

from derive.errors import ModelError
from derive.formula import (
    ONE,
    Bound,
    Formula,
    Indexed,
    Name,
    Negation,
    Number,
    Reduction,
    Sum,
    names,
    read,
    walk,
)
from derive.model.draft import Draft
from derive.model.groups import Groups, Known, Member
from derive.model.model import Size
from derive.model.numbers import lengths
from derive.model.parsing import Assignment
from derive.model.shape import told
from derive.notation import plain

Scope = Mapping[str, tuple[int, str]]

# Names for what a hint proposes, those that the equation lacks: a difference, its weights, their index.
_HINTED = tuple(tuple(f"{name}{end}" for end in ("", *range(1, 100))) for name in "dck")


class Sizes:
    """What the settings and the equations of a model tell of sizes.

    Raises ModelError where two things tell differently.
    """

    def __init__(self, draft: Draft, equations: Sequence[Assignment]) -> None:
        self.draft = draft
        self.equations = equations
        self.groups = Groups()
        self._letters: dict[tuple[str, int], str] = {}
        self._ranks: dict[str, int] = {}
        # Sizes that the settings do not name.
        self._told: set[Member] = set()
        for name, sizes in draft.shapes.items():
            for axis, size in enumerate(sizes):
                self._set((name, axis), size, ("shapes", name))
        for name, value in draft.values.items():
            for axis, length in enumerate(lengths(value)):
                self._set((name, axis), length, ("values", name))
        for position, each in enumerate(equations):
            if not each.is_scalar:
                self._read(position, each)

    @property
    def names(self) -> frozenset[str]:
        """The names that are sizes, computed sizes taken apart: T and K in T - K + 1."""
        return frozenset(name for text in self.groups.names for name in names(read(text)))

    def _set(self, axis: tuple[str, int], size: Size, path: tuple[str, str]) -> None:
        """Take in what a setting says of an axis."""

        def fault(one: Known, other: Known) -> ModelError:
            named = self.groups.name(axis)
            subject = named.size if named and isinstance(one.size, int) else f"the size of {axis[0]}"
            first, second = one.source, axis[0]
            if first == second and not named:
                declared, given = (told(each) for each in (self.draft.shapes[first], self._lengths(first)))
                reason = f"{first} has the declared shape {declared}, and its value has shape {given}"
                return self.draft.error(reason, *path)
            return self.draft.error(
                f"{subject} is {one.size} in {first}, and {other.size} in {second}", *path
            )

        self.groups.tell(axis, Known(size, axis[0]), fault)

    def _lengths(self, name: str) -> tuple[int, ...]:
        return lengths(self.draft.values[name]) if name in self.draft.values else ()

    def of_shape(self, name: str) -> str:
        """A name with its shape, where the settings tell it."""
        shape = self.draft.shapes.get(name) or self._lengths(name)
        return f"{name} of shape {told(shape)}" if shape else name

    def _read(self, position: int, each: Assignment) -> None:
        """Let the letters of an equation join the axes that they run over."""
        first = each.targets[0]
        if isinstance(first, Indexed):
            self._join_all(first, letters_of_target(position, each), each)
        for node, scope in scoped(position, each):
            if isinstance(node, Indexed):
                self._join_all(node, scope, each)
            elif isinstance(node, Reduction):
                for bound in node.bounds:
                    if bound.low is not None or bound.high is not None:
                        self._say_range(node, bound, each)

    def _say_range(self, node: Reduction, bound: Bound, each: Assignment) -> None:
        """Take in a sum from 1 to n, or from 0 to n - 1, over the whole axis: n is its size."""
        size = _range_size(bound)
        if size is None:
            spelled = rf"\sum_{bound.name}" if each.statement.form == "latex" else f"sum(…, {bound.name})"
            raise each.error(
                f"the index {bound.name} runs over a part of an axis",
                Name(bound.name, bound.at),
                f"Write a sum over the whole: {spelled}.",
            )
        self.say((id(node), bound.name), size, each)

    def say(self, letter: tuple[int, str], size: Size, each: Assignment) -> None:
        """Take in that the index of a sum takes so many values."""

        def fault(one: Known, other: Known) -> ModelError:
            reason = f"the index {letter[1]} takes {size} values here, and {one.size} in {one.source}"
            return each.error(reason)

        self.groups.tell(letter, Known(size, f"the sum over {letter[1]}"), fault)
        if isinstance(size, str):
            self._told.add(size)

    def _join_all(self, node: Indexed, scope: Scope, each: Assignment) -> None:
        self._ranks[node.name] = len(node.indices)
        for axis, index in enumerate(node.indices):
            if isinstance(index, Name):
                self._join(scope[index.name], (node.name, axis), node, each)
            elif isinstance(index, Number):
                self._check_place((node.name, axis), index, node, each)

    def _join(self, letter: tuple[int, str], axis: tuple[str, int], node: Indexed, each: Assignment) -> None:
        def fault(one: Known, other: Known) -> ModelError:
            runs = f"the index {letter[1]} runs over {one.size} values in {self.of_shape(one.source)}"
            written = each.statement.text
            elementwise = "*" in written and "[" not in written
            hint = "* multiplies number by number: write @ for a product of matrices."
            reason = f"{runs}, and over {other.size} in {self.of_shape(node.name)}"
            beside = neighbours(each, letter[1], node.name)
            return each.error(reason, node, beside or (hint if elementwise else None))

        self._letters.setdefault(axis, letter[1])
        self.groups.merge(letter, axis, fault)

    def _check_place(self, axis: tuple[str, int], index: Number, node: Indexed, each: Assignment) -> None:
        known = self.groups.number(axis)
        if known is not None and isinstance(known.size, int) and index.value >= known.size:
            reason = f"{node.name} has no component {index.text}: there are {known.size}, counted from 0"
            raise each.error(reason, node)

    def size(self, letter: tuple[int, str], used: set[str]) -> Formula | None:
        """The number of values of an index: as declared, else by a name; None if it runs over nothing."""
        declared = self.groups.name(letter)
        if declared is not None:
            return read(str(declared.size))
        number = self.groups.number(letter)
        if number is not None and number.source in self.draft.shapes:
            return Number(str(number.size))
        root = self.groups.root(letter)
        if not any(self.groups.root(axis) == root for axis in self._letters):
            return None
        return Name(self._invent(letter, letter[1], used))

    def _invent(self, member: Member, letter: str, used: set[str]) -> str:
        # Of i and j the capitals mean other things.
        stem = letter[0].upper() if letter[0] not in "ij" else "N"
        stems = chain((stem,), "NMKDPQRST", (f"{stem}{number}" for number in count(1)))
        # Nobody tells N from n beside it.
        sizes = self.groups.names
        name = next(each for each in stems if each not in used and each.lower() not in sizes)
        used.add(name)
        self.groups.tell(member, Known(name, "a mean"), _never)
        self._told.add(name)
        return name

    def shapes(self, used: Collection[str]) -> Mapping[str, tuple[Size, ...]]:
        """The declared shapes, and those that hold a size that was named on the way."""
        taken = set(used) | self.names
        found = dict(self.draft.shapes)
        told = {self.groups.root(member) for member in self._told}
        for name, rank in self._ranks.items():
            roots = (self.groups.root((name, axis)) for axis in range(rank))
            if name not in found and not told.isdisjoint(roots):
                found[name] = tuple(self._axis((name, axis), taken) for axis in range(rank))
        return found

    def _axis(self, axis: tuple[str, int], used: set[str]) -> Size:
        known = self.groups.name(axis) or self.groups.number(axis)
        return known.size if known is not None else self._invent(axis, self._letters.get(axis, "n"), used)


def neighbours(each: Assignment, letter: str, array: str) -> str | None:
    """What to write for x[i + 1] - x[i]: there i has the range of x, unless it stands nowhere alone."""
    at = [node.indices for node in walk(each.formula) if isinstance(node, Indexed) and node.name == array]
    steps = Sum((Name(letter), ONE)), Sum((Name(letter), Negation(ONE)))
    shifted = next((indices for indices in at if not set(steps).isdisjoint(indices)), None)
    if shifted is None or not any(Name(letter) in indices for indices in at):
        return None
    taken = {letter, array, *each.content.names}
    made, weights, other = (next(name for name in names if name not in taken) for names in _HINTED)
    left = ",".join(letter if index in steps else plain(index) for index in shifted)
    inside = ",".join(f"{letter}+{other}" if index in steps else plain(index) for index in shifted)
    return (
        f"For neighbours, write a sum in which {letter} is nowhere alone, with data {weights} = [-1, 1]: "
        f"{made}[{left}] = sum({weights}[{other}]*{array}[{inside}], {other})."
    )


def _never(one: Known, other: Known) -> ModelError:
    raise AssertionError(f"{one.size} and {other.size} for a size without a name")


def letters_of_target(position: int, each: Assignment) -> dict[str, tuple[int, str]]:
    """The index letters left of = as members of groups."""
    return {letter: (-1 - position, letter) for letter in each.indices}


def scoped(position: int, each: Assignment) -> Iterator[tuple[Formula, Scope]]:
    """Every node of the right side with the letters that hold there: each sum binds its own."""
    waiting: list[tuple[Formula, Scope]] = [(each.formula, letters_of_target(position, each))]
    while waiting:
        node, scope = waiting.pop()
        yield node, scope
        if isinstance(node, Indexed):
            continue
        if isinstance(node, Reduction):
            scope = {**scope, **{bound.name: (id(node), bound.name) for bound in node.bounds}}
        waiting.extend((child, scope) for child in reversed(node.children))


def _range_size(bound: Bound) -> Size | None:
    """How many values an index takes that runs over a whole axis."""
    high = bound.high
    if bound.low == Number("0"):
        match high:
            case Sum((first, Negation(one))) if one == ONE:
                high = first
            case Number(text) if text.isdecimal():
                high = Number(str(int(text) + 1))
            case _:
                return None
    elif bound.low != ONE:
        return None
    if isinstance(high, Name):
        return high.name
    return int(high.text) if isinstance(high, Number) and high.text.isdecimal() and high.text != "0" else None
