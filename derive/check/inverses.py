"""Inverses and determinants: matrices and numbers of their own, with what ties them to their matrix.

The inverse Y of M is a matrix by components; ∂Y/∂x = -Y ∂M/∂x Y, and ∂ det M/∂x = det M tr(Y ∂M/∂x).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Protocol

from sympy import Expr

from derive.check.axes import Shapes, is_inverse
from derive.check.canonical import bare, canonical, spelled, transposed
from derive.check.ranks import MATRIX, SCALAR, family
from derive.expression import MeaningError, component_parts, put, symbol, symbols
from derive.formula import (
    ONE,
    Bound,
    Call,
    Derivative,
    Formula,
    Grouping,
    Indexed,
    MatrixProduct,
    Name,
    Negation,
    Number,
    Power,
    Product,
    Quotient,
    Reduction,
    Transpose,
    plus,
    rewrite,
    times,
    walk,
)


class Components(Protocol):
    """What gives the components of a formula."""

    def at(self, formula: Formula, row: Formula | None, column: Formula | None) -> Formula:
        """The component in a row and a column."""


@dataclass(frozen=True)
class Inverses:
    """Names for the inverses and determinants that formulas hold."""

    shapes: Shapes
    fresh: Iterator[int] = field(default_factory=lambda: count(1))

    def named(self, formula: Formula) -> Formula:
        """The formula with a name in place of every inverse and every determinant."""
        return rewrite(formula, self._named)

    def _named(self, node: Formula) -> Formula:
        match node:
            case Power(base, exponent) if is_inverse(exponent) and self.shapes.axes(base) == MATRIX:
                inverse = self._inverse(bare(base))
                is_transposed = isinstance(exponent, Negation) and isinstance(exponent.operand, Name)
                return Transpose(inverse) if is_transposed else inverse
            case Call("det" | "abs", (inner,)) if self.shapes.axes(inner) == MATRIX:
                return self._determinant(bare(inner))
            case MatrixProduct(factors) | Product(factors):
                return self._cancelled(node, factors)
        return node

    def _inverse(self, matrix: Formula) -> Formula:
        known = self.shapes.ranks
        match matrix:
            case Name(name) if name in known.inverses:
                return known.inverses[name]
            case Name(name) if known.is_identity(name):
                return matrix
            case Transpose(operand):
                return Transpose(self._inverse(bare(operand)))
            case MatrixProduct(factors) | Product(factors) if self._are_invertible(factors):
                reverse = tuple(self._inverse(bare(each)) for each in reversed(factors))
                return Grouping(MatrixProduct(reverse))
        name = f"{spelled(matrix)}⁻¹"
        known.inverses.setdefault(name, matrix)
        known.known[name] = 2
        if transposed(matrix, known) == canonical(matrix):
            known.symmetric.add(family(name))
        return Name(name)

    def _are_invertible(self, factors: Sequence[Formula]) -> bool:
        """Whether every factor has an inverse that the text speaks of; (XᵀX)⁻¹ is no product of two."""
        each_bare = map(bare, factors)
        matrices = [each.operand if isinstance(each, Transpose) else each for each in each_bare]
        return all(isinstance(each, Name) and each.name in self.shapes.ranks.invertible for each in matrices)

    def _determinant(self, matrix: Formula) -> Formula:
        known = self.shapes.ranks
        match matrix:
            case Name(name) if name in known.inverses:
                return Grouping(Quotient(ONE, self._determinant(known.inverses[name])))
            case Transpose(operand):
                return self._determinant(bare(operand))
            case MatrixProduct(factors) | Product(factors) if self._are_invertible(factors):
                return Grouping(times(*(self._determinant(bare(each)) for each in factors)))
        name = f"det {spelled(matrix)}"
        known.determinants.setdefault(name, matrix)
        return Name(name)

    def _cancelled(self, node: Formula, factors: Sequence[Formula]) -> Formula:
        """The product without a matrix beside its inverse."""
        kept: list[Formula] = []
        for each in factors:
            if kept and self._cancel(kept[-1], each):
                kept.pop()
            else:
                kept.append(each)
        if len(kept) == len(factors):
            return node
        if not any(self.shapes.axes(each) != SCALAR for each in kept):
            return times(*kept, Name("I")) if self.shapes.ranks.is_identity("I") else node
        return kept[0] if len(kept) == 1 else MatrixProduct(tuple(kept))

    def _cancel(self, one: Formula, other: Formula) -> bool:
        known = self.shapes.ranks
        for left, right in ((one, other), (other, one)):
            inverse = bare(left)
            turned = isinstance(inverse, Transpose)
            inverse = bare(inverse.operand) if isinstance(inverse, Transpose) else inverse
            if isinstance(inverse, Name) and inverse.name in known.inverses:
                matrix = known.inverses[inverse.name]
                if canonical(right) == (transposed(matrix, known) if turned else canonical(matrix)):
                    return True
        return False

    def derivative(self, node: Derivative, components: Components) -> Formula:
        """A derivative of components, with what comes through inverses and determinants."""
        known = self.shapes.ranks
        if isinstance(node.wrt, Power) and isinstance(node.wrt.base, Name | Indexed):
            by_root = self.derivative(replace(node, wrt=node.wrt.base), components)
            return Quotient(by_root, Product((Number("2"), node.wrt.base)))
        if not isinstance(node.wrt, Name | Indexed):
            raise MeaningError("a derivative is taken by a quantity")
        named = {each.name for each in walk(node.of) if isinstance(each, Name | Indexed)}
        # Of log det X alone, nothing comes by another way than through det X.
        terms: list[Formula] = [] if all(map(self._is_named, _quantities(node.of))) else [node]
        for name in sorted(named & (known.inverses.keys() | known.determinants.keys())):
            matrix = known.inverses.get(name) or known.determinants[name]
            if node.wrt.name not in {each.name for each in walk(matrix) if isinstance(each, Name | Indexed)}:
                continue
            if any(isinstance(each, Derivative) for each in walk(node.of)):
                raise MeaningError("a second derivative through an inverse")
            of_inverse = name in known.inverses
            terms.append(
                self._through(node, name, matrix, components)
                if of_inverse
                else self._through_determinant(node, name, matrix, components)
            )
        return node if terms in ([], [node]) else Grouping(plus(*terms))

    def _is_named(self, formula: Formula) -> bool:
        """Whether a formula is a determinant or a component of an inverse by itself."""
        known = self.shapes.ranks
        return isinstance(formula, Name | Indexed) and (
            formula.name in known.inverses or formula.name in known.determinants
        )

    def _letters(self, number: int) -> list[Name]:
        return [Name(f"ρ{next(self.fresh)}") for _ in range(number)]

    def _through(self, node: Derivative, name: str, matrix: Formula, components: Components) -> Formula:
        """∂f/∂x through Y = M⁻¹: -Σ ∂f/∂Y_pq Y_pr ∂M_rs/∂x Y_sq."""
        p, q, r, s = self._letters(4)
        body = times(
            Grouping(Derivative(node.of, Indexed(name, (p, q)), node.total, node.applied)),
            Indexed(name, (p, r)),
            Grouping(Derivative(components.at(matrix, r, s), node.wrt, node.total, node.applied)),
            Indexed(name, (s, q)),
        )
        return Negation(_summed(body, p, q, r, s))

    def _through_determinant(
        self, node: Derivative, name: str, matrix: Formula, components: Components
    ) -> Formula:
        """∂f/∂x through D = det M: Σ ∂f/∂D D Y_sr ∂M_rs/∂x."""
        r, s = self._letters(2)
        body = times(
            Grouping(Derivative(node.of, Name(name), node.total, node.applied)),
            Name(name),
            components.at(self._inverse(matrix), s, r),
            Grouping(Derivative(components.at(matrix, r, s), node.wrt, node.total, node.applied)),
        )
        return _summed(body, r, s)

    def symmetrized(self, value: Expr) -> Expr:
        """The value with a matrix plus its transpose in place of each matrix that is symmetric."""
        known = self.shapes.ranks
        inside: dict[Expr, Expr] = {}
        for each in symbols(value) if known.symmetric else ():
            name, indices = component_parts(each.name)
            if family(name) in known.symmetric and len(indices) == 2:
                row, column = (str(index).replace(" ", "") for index in indices)
                inside[each] = symbol(f"{name}[{row},{column}]") + symbol(f"{name}[{column},{row}]")
        return put(value, inside) if inside else value

    def ties(self, *formulas: Formula) -> bool:
        """Whether formulas hold a matrix beside its inverse or determinant, so that no point is free."""
        known = self.shapes.ranks
        free: set[str] = set()
        tied: set[str] = set()
        determined = False
        for formula in formulas:
            try:
                named = self.named(formula)
            except MeaningError:
                continue
            for node in _without_variables(named):
                if isinstance(node, Name | Indexed):
                    matrix = known.inverses.get(node.name) or known.determinants.get(node.name)
                    determined |= node.name in known.determinants
                    if matrix is None:
                        free.add(node.name)
                    else:
                        tied.update(each.name for each in walk(matrix) if isinstance(each, Name))
        return bool(free & tied) or determined


def _without_variables(formula: Formula) -> Iterator[Formula]:
    """The nodes of a formula, but for what derivatives are taken by."""
    if isinstance(formula, Derivative):
        yield from _without_variables(formula.of)
        return
    yield formula
    for each in formula.children:
        yield from _without_variables(each)


def _quantities(formula: Formula) -> Iterator[Formula]:
    return (node for node in walk(formula) if isinstance(node, Name | Indexed) and not _is_letter(node))


def _is_letter(node: Formula) -> bool:
    return isinstance(node, Name) and node.name[:1] in "κρι"


def _summed(body: Formula, *letters: Name) -> Formula:
    return Grouping(Reduction("sum", body, tuple(Bound(each.name) for each in letters)))
