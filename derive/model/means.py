"""Means as sums over a size, and what else stands for the number of values of an index."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import replace as with_fields

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
from derive.model.parsing import Assignment
from derive.model.sizes import Sizes

# What the number of samples is called; below a fraction beside a sum they mean its length.
_COUNTS = frozenset(("n", "N", "m", "M"))


def adopt_counts(sizes: Sizes, free: Collection[str]) -> None:
    """Take names that only divide, beside a sum, for the number of its terms: 1/n*sum(…, i)."""
    lines = [each for each in sizes.equations if not each.is_scalar]
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
    def size(node: Reduction, bound: Bound) -> Formula:
        found = sizes.size((id(node), bound.name), used)
        if found is None:
            raise each.error(f"the size of the index {bound.name} is not known", node)
        return found

    def put(node: Formula) -> Formula:
        if isinstance(node, Reduction) and node.bounds:
            bounds = tuple(Bound(bound.name, at=bound.at) for bound in node.bounds)
            kind = "sum" if node.kind == "mean" else node.kind
            total = Reduction(kind, put(node.body), bounds, node.axis, node.at)
            if node.kind != "mean":
                return total
            return Quotient(total, times(*(size(node, bound) for bound in node.bounds)))
        return node.with_children(tuple(map(put, node.children))) if node.children else node

    return with_fields(each, formula=put(each.formula))
