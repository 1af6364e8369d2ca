"""Sizes of axes: an index that runs over two axes makes their sizes one, and a mean divides by it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace as with_fields
from itertools import chain, count
from typing import NamedTuple

from derive.errors import FormulaError, ModelError
from derive.formula import (
    ONE,
    Bound,
    Formula,
    Grouping,
    Indexed,
    Name,
    Negation,
    Number,
    Product,
    Quotient,
    Reduction,
    Sum,
    names,
    read,
    rewrite,
    times,
    walk,
)
from derive.model.draft import Draft
from derive.model.model import Size
from derive.model.numbers import lengths
from derive.model.parsing import Assignment

# An axis of a quantity, an index letter of an equation, or a size by its name.
Member = tuple[str, int] | tuple[int, str] | str
# What the number of samples is called; below a fraction beside a sum they mean its length.
_COUNTS = frozenset(("n", "N", "m", "M"))


class _Known(NamedTuple):
    size: Size
    source: str


Fault = Callable[[_Known, _Known], ModelError]


class Sizes:
    """What is known of sizes: members that agree are a group, with a number and a name where something tells.

    Raises ModelError where two things tell differently.
    """

    def __init__(self, draft: Draft, equations: Sequence[Assignment]) -> None:
        self.draft = draft
        self.equations = equations
        self._parents: dict[Member, Member] = {}
        self._numbers: dict[Member, _Known] = {}
        self._names: dict[Member, _Known] = {}
        self._letters: dict[tuple[str, int], str] = {}
        self._ranks: dict[str, int] = {}
        self._invented: set[Member] = set()
        for name, sizes in draft.shapes.items():
            for axis, size in enumerate(sizes):
                self._tell((name, axis), size, name, ("shapes", name))
        for name, value in draft.values.items():
            for axis, length in enumerate(lengths(value)):
                self._tell((name, axis), length, name, ("values", name))
        for position, each in enumerate(equations):
            if not each.is_scalar:
                self._read(position, each)

    @property
    def names(self) -> frozenset[str]:
        """The names that are sizes, computed sizes taken apart: T and K in T - K + 1."""
        texts = {str(known.size) for known in self._names.values()}
        return frozenset(name for text in texts for name in names(read(text)))

    def _tell(self, member: Member, size: Size, source: str, path: tuple[str, ...]) -> None:
        """Take in what a setting says."""

        def fault(one: _Known, other: _Known) -> ModelError:
            named = self._names.get(self._root(member))
            subject = named.size if named and isinstance(one.size, int) else f"the size of {source}"
            first, second = one.source, source
            if first == second and not named:
                first, second = "its shape", "its value"
            return self.draft.error(
                f"{subject} is {one.size} in {first}, and {other.size} in {second}", *path
            )

        if isinstance(size, str):
            self._name(size, source)
            self._merge(size, member, fault)
        else:
            self._number(member, _Known(size, source), fault)

    def _name(self, size: str, source: str) -> None:
        self._names.setdefault(self._root(size), _Known(size, source))

    def _number(self, member: Member, known: _Known, fault: Fault) -> None:
        before = self._numbers.setdefault(self._root(member), known)
        if before.size != known.size:
            raise fault(before, known)

    def _read(self, position: int, each: Assignment) -> None:
        """Let the letters of an equation join the axes that they run over."""
        for letter, size in each.sizes.items():
            self._say(position, letter, size, each)
        for node in (each.targets[0], *walk(each.formula)):
            if not isinstance(node, Indexed):
                continue
            self._ranks[node.name] = len(node.indices)
            for axis, index in enumerate(node.indices):
                if isinstance(index, Name):
                    self._join((position, index.name), (node.name, axis), node, each)
                elif isinstance(index, Number):
                    self._check_place((node.name, axis), index, node, each)

    def _say(self, position: int, letter: str, size: Size, each: Assignment) -> None:
        def fault(one: _Known, other: _Known) -> ModelError:
            reason = f"the index {letter} runs to {size}, and over {one.size} values in {one.source}"
            return each.error(reason)

        source = f"the sum over {letter}"
        if isinstance(size, str):
            self._name(size, source)
            self._merge(size, (position, letter), fault)
            self._invented.add(size)
        else:
            self._number((position, letter), _Known(size, source), fault)

    def _join(self, letter: tuple[int, str], axis: tuple[str, int], node: Indexed, each: Assignment) -> None:
        def fault(one: _Known, other: _Known) -> ModelError:
            runs = f"the index {letter[1]} runs over {one.size} values in {one.source}"
            written = each.statement.text
            elementwise = "*" in written and "[" not in written
            hint = "* multiplies number by number: write @ for a product of matrices."
            return each.error(
                f"{runs}, and over {other.size} in {node.name}", node, hint if elementwise else None
            )

        self._letters.setdefault(axis, letter[1])
        self._merge(letter, axis, fault)

    def _check_place(self, axis: tuple[str, int], index: Number, node: Indexed, each: Assignment) -> None:
        known = self._numbers.get(self._root(axis))
        if known is not None and isinstance(known.size, int) and index.value >= known.size:
            reason = f"{node.name} has no component {index.text}: there are {known.size}, counted from 0"
            raise each.error(reason, node)

    def _merge(self, one: Member, other: Member, fault: Fault) -> None:
        kept, gone = self._root(one), self._root(other)
        if kept == gone:
            return
        self._parents[gone] = kept
        for known in (self._names, self._numbers):
            if gone in known:
                left, right = known.setdefault(kept, known[gone]), known[gone]
                if left.size != right.size:
                    raise fault(left, right)

    def _root(self, member: Member) -> Member:
        parents = self._parents
        while member in parents:
            above = parents[member]
            parents[member] = parents.get(above, above)
            member = above
        return member

    def adopt_counts(self, free: Collection[str]) -> None:
        """Take names that only divide, beside a sum, for the number of its terms: 1/n*sum(…, i)."""
        if not free or all(each.is_scalar for each in self.equations):
            return
        nodes = (node for each in self.equations for node in walk(each.formula))
        occurrences = Counter(node.name for node in nodes if isinstance(node, Name))
        divisors = Counter(name for each in self.equations for name in _divisors(each.formula))
        for position, each in enumerate(self.equations):
            unnamed = [letter for letter in _letters(each) if self._unnamed((position, letter))]
            for name in dict.fromkeys(_divisors(each.formula)):
                if name not in free or occurrences[name] != divisors[name]:
                    continue
                letter = name.lower() if name.isupper() and name.lower() in unnamed else None
                if letter is None and name in _COUNTS and len(unnamed) == 1:
                    letter = unnamed[0]
                if letter is not None:
                    self._say(position, letter, name, each)

    def _unnamed(self, member: Member) -> bool:
        return self._root(member) not in self._names

    def without_means(self, taken: Collection[str]) -> tuple[Assignment, ...]:
        """The equations with means as sums over a size: mean(x[n], n) is sum(x[n], n)/N.

        A size without a name gets one that is not taken.
        """
        used = set(taken) | self.names
        numbered = enumerate(self.equations)
        return tuple(self._without_means(position, each, used) for position, each in numbered)

    def _without_means(self, position: int, each: Assignment, used: set[str]) -> Assignment:
        def change(node: Formula) -> Formula:
            if not (isinstance(node, Reduction) and node.kind == "mean" and node.bounds):
                return node
            total = Reduction("sum", node.body, node.bounds, at=node.at)
            sizes = (self._size(position, bound.name, used, each, node) for bound in node.bounds)
            return Quotient(total, times(*sizes))

        if each.is_scalar:
            return each
        formula = rewrite(each.formula, change)
        return each if formula is each.formula else with_fields(each, formula=formula)

    def _size(self, position: int, letter: str, used: set[str], each: Assignment, node: Reduction) -> Formula:
        root = self._root((position, letter))
        declared = self._names.get(root)
        if declared is not None:
            return read(str(declared.size))
        number = self._numbers.get(root)
        if number is not None and number.source in self.draft.shapes:
            return Number(str(number.size))
        if not any(self._root(axis) == root for axis in self._letters):
            raise each.error(f"the size of the index {letter} is not known", node)
        return Name(self._invent(root, letter, used))

    def _invent(self, root: Member, letter: str, used: set[str]) -> str:
        stem = letter[0].upper()
        stems = chain((stem,), "NMKDPQRST", (f"{stem}{number}" for number in count(1)))
        name = next(each for each in stems if each not in used)
        used.add(name)
        self._names[root] = _Known(name, "a mean")
        self._invented.add(root)
        return name

    def shapes(self, taken: Collection[str]) -> Mapping[str, tuple[Size, ...]]:
        """The declared shapes, and those that hold a size that was named here."""
        used = set(taken) | self.names
        found = dict(self.draft.shapes)
        wanted = {self._root(member) for member in self._invented}
        for name, rank in self._ranks.items():
            roots = [self._root((name, axis)) for axis in range(rank)]
            if name not in found and wanted.intersection(roots):
                found[name] = tuple(self._axis((name, axis), used) for axis in range(rank))
        return found

    def _axis(self, axis: tuple[str, int], used: set[str]) -> Size:
        root = self._root(axis)
        known = self._names.get(root) or self._numbers.get(root)
        return known.size if known is not None else self._invent(root, self._letters.get(axis, "n"), used)


def _letters(each: Assignment) -> tuple[str, ...]:
    """The letters that the sums of an equation run over."""
    bounds = (bound.name for n in walk(each.formula) if isinstance(n, Reduction) for bound in n.bounds)
    return tuple(dict.fromkeys(bounds))


def _divisors(formula: Formula) -> Iterator[str]:
    """The names that are, or are a factor of, a denominator."""
    for node in walk(formula):
        if isinstance(node, Quotient):
            below = node.denominator.inner if isinstance(node.denominator, Grouping) else node.denominator
            for factor in below.factors if isinstance(below, Product) else (below,):
                if isinstance(factor, Name):
                    yield factor.name


def with_whole_ranges(each: Assignment) -> Assignment:
    """Sums from 1 to n, or from 0 to n - 1, as sums over the whole axis; n is its size."""
    sizes: dict[str, Size] = {}

    def change(node: Formula) -> Formula:
        if not isinstance(node, Reduction) or all(bound.low is bound.high is None for bound in node.bounds):
            return node
        for bound in node.bounds:
            size = _range_size(bound)
            if size is None:
                reason = f"the index {bound.name} runs over a part of an axis"
                suggestion = f"Write a sum over the whole: sum(…, {bound.name})."
                raise FormulaError(reason, bound.at or 0, len(bound.name), suggestion)
            sizes[bound.name] = size
        bounds = tuple(Bound(bound.name, at=bound.at) for bound in node.bounds)
        return Reduction(node.kind, node.body, bounds, node.axis, node.at)

    try:
        formula = rewrite(each.formula, change)
    except FormulaError as error:
        raise each.statement.fault(error) from None
    return with_fields(each, formula=formula, sizes=sizes) if sizes else each


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
