"""Mathematics as written: a small immutable tree that keeps the author's order, factors and spelling.

A subtraction is a sum with a negated term, `a - b` = Sum((a, Negation(b))); parentheses that the
printers would not need are kept as Grouping, the others are implied by the shape of the tree.
Places in the source text (`at`, an offset) serve error messages and take no part in equality.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Formula:
    """A node of mathematics as written."""

    # The names of the fields that hold a Formula or a tuple of them, in reading order.
    parts: ClassVar[tuple[str, ...]] = ()

    @property
    def children(self) -> tuple[Formula, ...]:
        """The direct parts, in reading order."""
        found: list[Formula] = []
        for name in self.parts:
            part = getattr(self, name)
            if isinstance(part, tuple):
                found.extend(part)
            elif part is not None:
                found.append(part)
        return tuple(found)

    def with_children(self, children: tuple[Formula, ...]) -> Formula:
        """The same node around other parts; `children` has the order and length of `self.children`."""
        return self


@dataclass(frozen=True, slots=True)
class Number(Formula):
    """A non-negative number in the author's spelling: 2, 0.50, 1e-3."""

    text: str

    @property
    def value(self) -> Fraction:
        """The exact value: decimals are rationals."""
        return Fraction(self.text)


@dataclass(frozen=True, slots=True)
class Name(Formula):
    """A quantity by the author's name."""

    name: str
    at: int | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Indexed(Formula):
    """A component of a quantity, `W[i,j]`; an index is a name, a number or an affine formula of names."""

    parts: ClassVar[tuple[str, ...]] = ("indices",)
    name: str
    indices: tuple[Formula, ...]
    at: int | None = field(default=None, compare=False, repr=False)

    def with_children(self, children: tuple[Formula, ...]) -> Formula:
        return Indexed(self.name, children, self.at)


@dataclass(frozen=True, slots=True)
class Sum(Formula):
    """Terms added from left to right; two at least."""

    parts: ClassVar[tuple[str, ...]] = ("terms",)
    terms: tuple[Formula, ...]

    def with_children(self, children: tuple[Formula, ...]) -> Formula:
        return Sum(children)


@dataclass(frozen=True, slots=True)
class Product(Formula):
    """Factors multiplied from left to right; two at least. On arrays, elementwise."""

    parts: ClassVar[tuple[str, ...]] = ("factors",)
    factors: tuple[Formula, ...]

    def with_children(self, children: tuple[Formula, ...]) -> Formula:
        return Product(children)


@dataclass(frozen=True, slots=True)
class MatrixProduct(Formula):
    """Matrices and vectors multiplied from left to right, `A @ x`; two at least."""

    parts: ClassVar[tuple[str, ...]] = ("factors",)
    factors: tuple[Formula, ...]

    def with_children(self, children: tuple[Formula, ...]) -> Formula:
        return MatrixProduct(children)


@dataclass(frozen=True, slots=True)
class Quotient(Formula):
    """A fraction."""

    parts: ClassVar[tuple[str, ...]] = ("numerator", "denominator")
    numerator: Formula
    denominator: Formula

    def with_children(self, children: tuple[Formula, ...]) -> Formula:
        return Quotient(*children)


@dataclass(frozen=True, slots=True)
class Power(Formula):
    """A base with an exponent."""

    parts: ClassVar[tuple[str, ...]] = ("base", "exponent")
    base: Formula
    exponent: Formula

    def with_children(self, children: tuple[Formula, ...]) -> Formula:
        return Power(*children)


@dataclass(frozen=True, slots=True)
class Negation(Formula):
    """A minus sign before a formula."""

    parts: ClassVar[tuple[str, ...]] = ("operand",)
    operand: Formula

    def with_children(self, children: tuple[Formula, ...]) -> Formula:
        return Negation(*children)


@dataclass(frozen=True, slots=True)
class Call(Formula):
    """A function of arguments; `primes` counts derivatives by its only argument, f'(x)."""

    parts: ClassVar[tuple[str, ...]] = ("arguments",)
    function: str
    arguments: tuple[Formula, ...]
    primes: int = 0
    at: int | None = field(default=None, compare=False, repr=False)

    def with_children(self, children: tuple[Formula, ...]) -> Formula:
        return Call(self.function, children, self.primes, self.at)


@dataclass(frozen=True, slots=True)
class Bound:
    """An index that a reduction runs over; without ends it runs over its whole size."""

    name: str
    low: Formula | None = None
    high: Formula | None = None
    at: int | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Reduction(Formula):
    """`sum`, `mean`, `max`, `min` or `prod` of a formula over indices.

    Without bounds, it runs over every axis of the body; `axis`, as in NumPy, names some of them instead
    until the shapes are known.
    """

    parts: ClassVar[tuple[str, ...]] = ("body",)
    kind: str
    body: Formula
    bounds: tuple[Bound, ...] = ()
    axis: tuple[int, ...] | None = None
    at: int | None = field(default=None, compare=False, repr=False)

    def with_children(self, children: tuple[Formula, ...]) -> Formula:
        return Reduction(self.kind, children[0], self.bounds, self.axis, self.at)


@dataclass(frozen=True, slots=True)
class Derivative(Formula):
    """∂of/∂wrt, or with `total` d of/d wrt.

    `applied` tells the operator form, d/dx (…), from the fraction that names a quantity, ∂L/∂w.
    """

    parts: ClassVar[tuple[str, ...]] = ("of", "wrt")
    of: Formula
    wrt: Formula
    total: bool = False
    applied: bool = False

    def with_children(self, children: tuple[Formula, ...]) -> Formula:
        of, wrt = children
        return Derivative(of, wrt, self.total, self.applied)


@dataclass(frozen=True, slots=True)
class Relation(Formula):
    """A chain of sides with a sign between neighbours: a = b = c, x < 0."""

    parts: ClassVar[tuple[str, ...]] = ("sides",)
    sides: tuple[Formula, ...]
    signs: tuple[str, ...]

    def with_children(self, children: tuple[Formula, ...]) -> Formula:
        return Relation(children, self.signs)


@dataclass(frozen=True, slots=True)
class Branch:
    """One line of a case distinction; without a condition it is the rest."""

    value: Formula
    condition: Formula | None


@dataclass(frozen=True, slots=True)
class Cases(Formula):
    """A formula given by cases, the first that applies."""

    branches: tuple[Branch, ...]

    @property
    def children(self) -> tuple[Formula, ...]:
        found: list[Formula] = []
        for branch in self.branches:
            found.append(branch.value)
            if branch.condition is not None:
                found.append(branch.condition)
        return tuple(found)

    def with_children(self, children: tuple[Formula, ...]) -> Formula:
        rest = iter(children)
        return Cases(
            tuple(
                Branch(next(rest), None if branch.condition is None else next(rest))
                for branch in self.branches
            )
        )


@dataclass(frozen=True, slots=True)
class Vector(Formula):
    """A list of components, [a, b]; of rows, a matrix."""

    parts: ClassVar[tuple[str, ...]] = ("elements",)
    elements: tuple[Formula, ...]

    def with_children(self, children: tuple[Formula, ...]) -> Formula:
        return Vector(children)


@dataclass(frozen=True, slots=True)
class Transpose(Formula):
    """A transposed matrix or vector."""

    parts: ClassVar[tuple[str, ...]] = ("operand",)
    operand: Formula

    def with_children(self, children: tuple[Formula, ...]) -> Formula:
        return Transpose(*children)


@dataclass(frozen=True, slots=True)
class Grouping(Formula):
    """Parentheses that the author wrote and the meaning does not need."""

    parts: ClassVar[tuple[str, ...]] = ("inner",)
    inner: Formula

    def with_children(self, children: tuple[Formula, ...]) -> Formula:
        return Grouping(*children)


ZERO = Number("0")
ONE = Number("1")
TWO = Number("2")


def walk(formula: Formula) -> Iterator[Formula]:
    """Every node, a parent before its parts, in reading order."""
    waiting = [formula]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(reversed(node.children))


def rewrite(formula: Formula, change: Callable[[Formula], Formula]) -> Formula:
    """The formula with `change` applied to every node, parts first; untouched parts are kept as they are."""
    children = formula.children
    if children:
        changed = tuple(rewrite(child, change) for child in children)
        if any(new is not old for new, old in zip(changed, children, strict=True)):
            formula = formula.with_children(changed)
    return change(formula)


def replace(formula: Formula, values: Mapping[Formula, Formula]) -> Formula:
    """The formula with whole operands (names, components) put in place of others, all at once."""
    return rewrite(formula, lambda node: values.get(node, node))


def operands(formula: Formula) -> tuple[Name | Indexed, ...]:
    """The distinct quantities and components that the formula reads, in reading order.

    Names inside the brackets of a component and bound indices are no operands.
    """
    found: dict[Name | Indexed, None] = {}
    waiting: list[tuple[Formula, frozenset[str]]] = [(formula, frozenset())]
    while waiting:
        node, bound = waiting.pop()
        if isinstance(node, Name):
            if node.name not in bound:
                found[node] = None
        elif isinstance(node, Indexed):
            found[node] = None
        else:
            if isinstance(node, Reduction):
                bound = bound | {each.name for each in node.bounds}
            waiting.extend((child, bound) for child in reversed(node.children))
    return tuple(found)


def names(formula: Formula) -> tuple[str, ...]:
    """The names of the quantities that the formula reads, in reading order, each once."""
    return tuple(dict.fromkeys(operand.name for operand in operands(formula)))


def plus(*terms: Formula) -> Formula:
    """The sum of the terms, sums among them opened; 0 of none."""
    flat = tuple(part for term in terms for part in (term.terms if isinstance(term, Sum) else (term,)))
    return ZERO if not flat else flat[0] if len(flat) == 1 else Sum(flat)


def times(*factors: Formula) -> Formula:
    """The product of the factors, products among them opened; 1 of none."""
    flat = tuple(
        part for factor in factors for part in (factor.factors if isinstance(factor, Product) else (factor,))
    )
    return ONE if not flat else flat[0] if len(flat) == 1 else Product(flat)
