"""Mathematics as written: a small immutable tree that keeps the author's order, factors and spelling.

A subtraction is a sum with a negated term, `a - b` = Sum((a, Negation(b))); parentheses that the
printers would not need are kept as Grouping, the others are implied by the shape of the tree.
Places in the source text (`at`, an offset) serve error messages and take no part in equality.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Formula:
    """A node of mathematics as written."""

    @property
    def children(self) -> tuple[Formula, ...]:
        """The direct parts, in reading order."""
        return ()

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
        return _fraction(self.text)


@lru_cache(maxsize=4096)
def _fraction(text: str) -> Fraction:
    return Fraction(text)


@dataclass(frozen=True, slots=True)
class Name(Formula):
    """A quantity by the author's name."""

    name: str
    at: int | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Indexed(Formula):
    """A component of a quantity, `W[i,j]`; an index is a name, a number or an affine formula of names."""

    name: str
    indices: tuple[Formula, ...]
    at: int | None = field(default=None, compare=False, repr=False)

    @property
    def children(self) -> tuple[Formula, ...]:
        return self.indices

    def with_children(self, children: tuple[Formula, ...]) -> Formula:
        return Indexed(self.name, children, self.at)


@dataclass(frozen=True, slots=True)
class Component(Formula):
    """A component of a whole formula, (A x)_i; None for an index stands for the whole axis, (A B)_{:j}."""

    array: Formula
    letters: tuple[str | None, ...]

    @property
    def children(self) -> tuple[Formula, ...]:
        return (self.array,)

    def with_children(self, children: tuple[Formula, ...]) -> Formula:
        return Component(children[0], self.letters)


@dataclass(frozen=True, slots=True)
class Sum(Formula):
    """Terms added from left to right; two at least."""

    terms: tuple[Formula, ...]

    @property
    def children(self) -> tuple[Formula, ...]:
        return self.terms

    def with_children(self, children: tuple[Formula, ...]) -> Formula:
        return Sum(children)


@dataclass(frozen=True, slots=True)
class Product(Formula):
    """Factors multiplied from left to right; two at least. On arrays, elementwise."""

    factors: tuple[Formula, ...]

    @property
    def children(self) -> tuple[Formula, ...]:
        return self.factors

    def with_children(self, children: tuple[Formula, ...]) -> Formula:
        return Product(children)


@dataclass(frozen=True, slots=True)
class MatrixProduct(Formula):
    """Matrices and vectors multiplied from left to right, `A @ x`; two at least."""

    factors: tuple[Formula, ...]

    @property
    def children(self) -> tuple[Formula, ...]:
        return self.factors

    def with_children(self, children: tuple[Formula, ...]) -> Formula:
        return MatrixProduct(children)


@dataclass(frozen=True, slots=True)
class Elementwise(Formula):
    """Arrays of one shape multiplied component by component, `A ⊙ B`; two at least."""

    factors: tuple[Formula, ...]

    @property
    def children(self) -> tuple[Formula, ...]:
        return self.factors

    def with_children(self, children: tuple[Formula, ...]) -> Formula:
        return Elementwise(children)


@dataclass(frozen=True, slots=True)
class ElementwisePower(Formula):
    """Each component of an array raised to a power: of a matrix, not the power of the matrix."""

    base: Formula
    exponent: Formula

    @property
    def children(self) -> tuple[Formula, ...]:
        return (self.base, self.exponent)

    def with_children(self, children: tuple[Formula, ...]) -> Formula:
        return ElementwisePower(*children)


@dataclass(frozen=True, slots=True)
class Ones(Formula):
    """The vector of ones, as long as its place asks."""


@dataclass(frozen=True, slots=True)
class Quotient(Formula):
    """A fraction."""

    numerator: Formula
    denominator: Formula

    @property
    def children(self) -> tuple[Formula, ...]:
        return (self.numerator, self.denominator)

    def with_children(self, children: tuple[Formula, ...]) -> Formula:
        return Quotient(*children)


@dataclass(frozen=True, slots=True)
class Power(Formula):
    """A base with an exponent."""

    base: Formula
    exponent: Formula

    @property
    def children(self) -> tuple[Formula, ...]:
        return (self.base, self.exponent)

    def with_children(self, children: tuple[Formula, ...]) -> Formula:
        return Power(*children)


@dataclass(frozen=True, slots=True)
class Negation(Formula):
    """A minus sign before a formula."""

    operand: Formula

    @property
    def children(self) -> tuple[Formula, ...]:
        return (self.operand,)

    def with_children(self, children: tuple[Formula, ...]) -> Formula:
        return Negation(*children)


@dataclass(frozen=True, slots=True)
class Call(Formula):
    """A function of arguments; `primes` counts derivatives by its only argument, f'(x)."""

    function: str
    arguments: tuple[Formula, ...]
    primes: int = 0
    at: int | None = field(default=None, compare=False, repr=False)

    @property
    def children(self) -> tuple[Formula, ...]:
        return self.arguments

    def with_children(self, children: tuple[Formula, ...]) -> Formula:
        return Call(self.function, children, self.primes, self.at)


@dataclass(frozen=True, slots=True)
class ElementwiseCall(Call):
    """A function of each component of an array: exp(Z) is no power of e."""

    def with_children(self, children: tuple[Formula, ...]) -> Formula:
        return ElementwiseCall(self.function, children, self.primes, self.at)


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

    kind: str
    body: Formula
    bounds: tuple[Bound, ...] = ()
    axis: tuple[int, ...] | None = None
    at: int | None = field(default=None, compare=False, repr=False)

    @property
    def children(self) -> tuple[Formula, ...]:
        return (self.body,)

    def with_children(self, children: tuple[Formula, ...]) -> Formula:
        return Reduction(self.kind, children[0], self.bounds, self.axis, self.at)


@dataclass(frozen=True, slots=True)
class Derivative(Formula):
    """∂of/∂wrt, or with `total` d of/d wrt.

    `applied` tells the operator form, d/dx (…), from the fraction that names a quantity, ∂L/∂w.
    """

    of: Formula
    wrt: Formula
    total: bool = False
    applied: bool = False

    @property
    def children(self) -> tuple[Formula, ...]:
        return (self.of, self.wrt)

    def with_children(self, children: tuple[Formula, ...]) -> Formula:
        of, wrt = children
        return Derivative(of, wrt, self.total, self.applied)


@dataclass(frozen=True, slots=True)
class Relation(Formula):
    """A chain of sides with a sign between neighbours: a = b = c, x < 0."""

    sides: tuple[Formula, ...]
    signs: tuple[str, ...]

    @property
    def children(self) -> tuple[Formula, ...]:
        return self.sides

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

    elements: tuple[Formula, ...]

    @property
    def children(self) -> tuple[Formula, ...]:
        return self.elements

    def with_children(self, children: tuple[Formula, ...]) -> Formula:
        return Vector(children)


@dataclass(frozen=True, slots=True)
class Transpose(Formula):
    """A transposed matrix or vector."""

    operand: Formula

    @property
    def children(self) -> tuple[Formula, ...]:
        return (self.operand,)

    def with_children(self, children: tuple[Formula, ...]) -> Formula:
        return Transpose(*children)


@dataclass(frozen=True, slots=True)
class Grouping(Formula):
    """Parentheses that the author wrote and the meaning does not need."""

    inner: Formula

    @property
    def children(self) -> tuple[Formula, ...]:
        return (self.inner,)

    def with_children(self, children: tuple[Formula, ...]) -> Formula:
        return Grouping(*children)


ZERO = Number("0")
ONE = Number("1")
TWO = Number("2")
# What f' is the derivative by, where nothing says it.
PRIME = Name("'")
# By what ∇f is taken: all that a function takes, in a list.
NABLA = Name("∇")


def walk(formula: Formula) -> Iterator[Formula]:
    """Every node, a parent before its parts, in reading order."""
    waiting = [formula]
    while waiting:
        node = waiting.pop()
        yield node
        children = node.children
        if children:
            waiting.extend(children[::-1])


def is_derivative(node: Formula) -> bool:
    """Whether it is a derivative: one written out, or a call of a function with primes."""
    return isinstance(node, Derivative) or (isinstance(node, Call) and node.primes > 0)


def has_derivatives(*formulas: Formula) -> bool:
    """Whether a derivative stands somewhere in some formulas."""
    return any(is_derivative(node) for formula in formulas for node in walk(formula))


def rewrite(formula: Formula, change: Callable[[Formula], Formula]) -> Formula:
    """The formula with `change` applied to every node, parts first; untouched parts are kept as they are."""
    children = formula.children
    if children:
        changed = tuple([rewrite(child, change) for child in children])
        for new, old in zip(changed, children, strict=True):
            if new is not old:
                formula = formula.with_children(changed)
                break
    return change(formula)


def replace(formula: Formula, values: Mapping[Formula, Formula]) -> Formula:
    """The formula with whole operands (names, components) put in place of others, all at once."""
    return rewrite(formula, lambda node: values.get(node, node))


def operands(formula: Formula) -> tuple[Name | Indexed, ...]:
    """The distinct quantities and components that the formula reads, in reading order.

    Names inside the brackets of a component and bound indices are no operands.
    """
    found: dict[Name | Indexed, None] = {}
    _collect_operands(formula, frozenset(), found)
    return tuple(found)


def _collect_operands(node: Formula, bound: frozenset[str], found: dict[Name | Indexed, None]) -> None:
    if isinstance(node, Name):
        if node.name not in bound:
            found[node] = None
        return
    if isinstance(node, Indexed):
        found[node] = None
        return
    if isinstance(node, Reduction):
        bound = bound | {each.name for each in node.bounds}
    for child in node.children:
        _collect_operands(child, bound, found)


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
