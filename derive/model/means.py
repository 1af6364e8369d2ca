"""Means as sums over a size, and what else stands for the number of values of an index."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import replace as with_fields

from derive.equation import terms_of
from derive.formula import (
    Bound,
    Formula,
    Grouping,
    Name,
    Product,
    Quotient,
    Reduction,
    times,
    walk,
)
from derive.indices import fresh_letters, letters_in, renamed
from derive.model.groups import Member
from derive.model.parsing import Assignment
from derive.model.sizes import Sizes

# What the number of samples is called; below a fraction beside a sum they mean its length.
_COUNTS = frozenset(("n", "N", "m", "M"))


def adopt_counts(sizes: Sizes, free: Collection[str]) -> None:
    """Take names that only divide, beside a sum, for the number of its terms: 1/n*sum(…, i)."""
    lines = [each for each in sizes.equations if not each.is_scalar]
    free = set(free) - sizes.names
    if not free or not lines:
        return
    nodes = (node for each in sizes.equations for node in walk(each.formula))
    occurrences = Counter(node.name for node in nodes if isinstance(node, Name))
    divisors = Counter(name for each in sizes.equations for name in _divisors(each.formula))
    for each in lines:
        for name in dict.fromkeys(_divisors(each.formula)):
            if name not in free or occurrences[name] != divisors[name]:
                continue
            letter = _counted(name, each, sizes)
            if letter is not None:
                sizes.say(letter, name, each)


def _counted(name: str, each: Assignment, sizes: Sizes) -> tuple[int, str] | None:
    """The index whose values a name counts: N those of n; and n, N, m and M those of the only one."""
    unnamed = [letter for letter in _summed(each) if sizes.groups.name(letter) is None]
    if name.isupper():
        for letter in unnamed:
            if letter[1] == name.lower():
                return letter
    only = {sizes.groups.root(letter) for letter in unnamed}
    return unnamed[0] if name in _COUNTS and len(only) == 1 else None


def _summed(each: Assignment) -> Iterator[tuple[int, str]]:
    """The indices that the sums of an equation run over."""
    for node in walk(each.formula):
        if isinstance(node, Reduction):
            for bound in node.bounds:
                yield id(node), bound.name


def _divisors(formula: Formula) -> Iterator[str]:
    """The names that are, or are a factor of, a denominator."""
    for node in walk(formula):
        if isinstance(node, Quotient):
            below = node.denominator.inner if isinstance(node.denominator, Grouping) else node.denominator
            for factor in below.factors if isinstance(below, Product) else (below,):
                if isinstance(factor, Name):
                    yield factor.name


def without_means(sizes: Sizes, taken: Collection[str]) -> tuple[Assignment, ...]:
    """The equations with means as sums over a size, and sums over a whole axis without its ends.

    mean(x[n], n) is sum(x[n], n)/N; a size without a name gets one that is not taken.
    """
    used = set(taken) | sizes.names
    return tuple(each if each.is_scalar else _without_means(each, sizes, used) for each in sizes.equations)


def _without_means(each: Assignment, sizes: Sizes, used: set[str]) -> Assignment:
    letters = _Letters(each, sizes, used)

    def size(node: Reduction, bound: Bound) -> Formula:
        found = sizes.size((id(node), bound.name), used)
        if found is None:
            raise each.error(f"the size of the index {bound.name} is not known", node)
        return found

    def put(node: Formula) -> Formula:
        if isinstance(node, Reduction) and node.bounds:
            bounds = tuple(Bound(bound.name, at=bound.at) for bound in node.bounds)
            kind = "sum" if node.kind == "mean" else node.kind
            whole = Reduction(kind, put(node.body), bounds, node.axis, node.at)
            total = _one_by_one(letters.apart(whole, node))
            if node.kind != "mean":
                return total
            return Quotient(total, times(*(size(node, bound) for bound in node.bounds)))
        return node.with_children(tuple(map(put, node.children))) if node.children else node

    return with_fields(each, formula=put(each.formula))


class _Letters:
    """The letters of the sums of an equation, each with the axis that it runs over first."""

    def __init__(self, each: Assignment, sizes: Sizes, used: Collection[str]) -> None:
        self.sizes = sizes
        self.homes: dict[str, Member] = {}
        self.taken = {*used, *each.indices, *(n.name for n in walk(each.formula) if isinstance(n, Name))}

    def apart(self, total: Reduction, node: Reduction) -> Reduction:
        """The sum with another letter where a term lacks it, and it runs over another axis elsewhere.

        In sum(c + x[i], i) + sum(c + y[i], i) only the letters tell how often each c is counted.
        """
        opened = ((term, letters_in(term.body, term.summed)) for term in terms_of(total))
        idle = {letter for term, present in opened for letter in term.summed if letter not in present}
        for bound in node.bounds:
            root = self.sizes.groups.root((id(node), bound.name))
            if self.homes.setdefault(bound.name, root) != root and bound.name in idle:
                total = self._relettered(total, bound.name, root)
        return total

    def _relettered(self, total: Reduction, old: str, root: Member) -> Reduction:
        fresh = next(fresh_letters(self.taken))
        self.taken.add(fresh)
        self.homes[fresh] = root
        bounds = tuple(Bound(fresh if each.name == old else each.name, at=each.at) for each in total.bounds)
        return Reduction(total.kind, renamed(total.body, {old: Name(fresh)}), bounds, total.axis, total.at)


def _one_by_one(node: Reduction) -> Formula:
    """A maximum over two indices, one after the other: of equals the first wins."""
    if node.kind not in ("max", "min") or len(node.bounds) < 2:
        return node
    first, *rest = node.bounds
    inner = _one_by_one(Reduction(node.kind, node.body, tuple(rest), node.axis, node.at))
    return Reduction(node.kind, inner, (first,), node.axis, node.at)
