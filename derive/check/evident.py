"""What single signs and indices show of ranks: a T above, a trace, an inverse, two indices below."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from derive.check.ranks import Ranks, family, is_capital
from derive.formula import (
    Call,
    Elementwise,
    Formula,
    Grouping,
    Indexed,
    MatrixProduct,
    Name,
    Negation,
    Number,
    Power,
    Product,
    Sum,
    Transpose,
    walk,
)

# Functions of square matrices.
_OF_MATRICES = frozenset({"trace", "det"})
# The index that tells steps apart, and never components.
STEP = Name("t")


def shown(node: Formula, found: Ranks) -> None:
    """Take in what a sign shows of the names that it stands at."""
    match node:
        case Transpose(operand):
            _transposed(_bare(operand), found)
        case Product(factors) | MatrixProduct(factors):
            for row, each in pairwise(factors):
                if isinstance(row, Transpose) and isinstance(each, Indexed):
                    _beside_row(each, found)
        case Power(base, Negation(Number("1"))):
            _inverted(_bare(base), found)
        case Power(base, Negation(Name("T"))):
            _inverted(_bare(base), found, certain=True)
        case Call("diag", (inner,)):
            for each in _on_diagonal(inner):
                if each.indices == (STEP,) and found.of(each.name) is None and not is_capital(each.name):
                    found.sampled.add(each.name)
                    found.known[family(each.name)] = 1
        case Call(function, (inner,)) if function in _OF_MATRICES:
            for name in _capitals(inner):
                found.known.setdefault(family(name), 2)
            if function == "det":
                _inverted(_bare(inner), found, certain=True)


def _beside_row(each: Indexed, found: Ranks) -> None:
    """wᵀx_i: x_i is one vector of many, and no component."""
    is_small = "^" not in each.name and not is_capital(each.name)
    if is_small and len(each.indices) == 1 and found.of(each.name) is None:
        found.sampled.add(each.name)
        found.known[family(each.name)] = 1


def _on_diagonal(inner: Formula) -> Iterator[Indexed]:
    """What a diagonal matrix is made of number by number: h_t of diag(1 - h_t^2)."""
    match inner:
        case Indexed():
            yield inner
        case Grouping(within) | Negation(within) | Power(within, Number()):
            yield from _on_diagonal(within)
        case Sum(parts) | Elementwise(parts) | Call(_, parts):
            for each in parts:
                yield from _on_diagonal(each)


def _bare(formula: Formula) -> Formula:
    return formula.inner if isinstance(formula, Grouping) else formula


def _transposed(operand: Formula, found: Ranks) -> None:
    """A capital with a T above is a matrix, a small letter a vector."""
    if not isinstance(operand, Name | Indexed):
        return
    name = operand.name
    if operand.children and not found.leading(name):
        if len(operand.children) > 1:
            return
        found.sampled.add(name)
    if found.of(name) is None:
        found.known[family(name)] = 2 if is_capital(name) else 1


def _inverted(operand: Formula, found: Ranks, *, certain: bool = False) -> None:
    """An inverse of a capital that is known as a matrix, or stands beside what is."""
    if isinstance(operand, Name) and is_capital(operand.name):
        if certain or found.of(operand.name) == 2 or operand.name in ("Sigma", "Lambda"):
            found.known.setdefault(family(operand.name), 2)
        if found.of(operand.name) == 2:
            found.invertible.add(operand.name)


def _capitals(formula: Formula) -> list[str]:
    nodes = walk(formula)
    return [node.name for node in nodes if isinstance(node, Name) and is_capital(node.name)]


def numbered(nodes: Sequence[Formula], found: Ranks) -> None:
    """A name that stands bare, and elsewhere with one or two component indices, has so many axes."""
    counts: dict[str, set[int]] = {}
    for node in nodes:
        if isinstance(node, Name | Indexed):
            given = len(node.children) - found.leading(node.name)
            counts.setdefault(family(node.name), set()).add(given)
    for name, numbers in counts.items():
        if _tells(name, numbers) and found.known.get(name, 0) < max(numbers):
            found.known[name] = max(numbers)


def _tells(name: str, given: set[int]) -> bool:
    """Whether the indices tell a rank: two of them always, one at a layer only, as x_i may be a sample."""
    if given == {0, 2}:
        return True
    return given == {0, 1} and "^" in name
