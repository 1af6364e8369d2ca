"""Compound arguments that several operands share get a line of their own, so that their adjoint is shared.

After this, the sweep's local partials are small: the derivative of sigmoid(w1*x1 + w2*x2 + b1) by w1
becomes that of sigmoid(z_h1) times that of z_h1.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace as with_fields

from derive.equation import Equation, component, equation, terms_of
from derive.formula import (
    Call,
    Cases,
    Formula,
    Grouping,
    Indexed,
    Name,
    Negation,
    Number,
    Power,
    Product,
    Quotient,
    Reduction,
    Sum,
    walk,
)
from derive.indices import letters_in
from derive.program.naming import fresh


def split(equations: Sequence[Equation], active: Collection[str], taken: set[str]) -> tuple[Equation, ...]:
    """The equations with shared arguments on lines of their own, in front of their reader.

    `active` are the names that a derivative is wanted of or passes through.
    """
    found: list[Equation] = []
    for each in equations:
        found.extend(_Splitting(each, active, taken).lines())
    return tuple(found)


class _Splitting:
    """The lines that one equation is split into."""

    def __init__(self, each: Equation, active: Collection[str], taken: set[str]) -> None:
        self.each = each
        self.active = active
        self.taken = taken
        self.made: list[Equation] = []
        self.bound = tuple(letter for term in each.terms for letter in term.summed)

    def lines(self) -> Iterator[Equation]:
        """The arguments, then the equation that reads them."""
        formula = self.outer(self.each.formula)
        yield from self.made
        if formula is self.each.formula:
            yield self.each
        else:
            yield with_fields(self.each, formula=formula, terms=terms_of(formula))

    def outer(self, formula: Formula) -> Formula:
        """The formula with the shared arguments of its functions, powers and fractions named."""
        match formula:
            case Sum() | Product() | Negation() | Grouping() | Call() | Power() | Quotient() | Reduction():
                pass
            case _:
                return formula
        keep = isinstance(formula, (Sum, Negation, Grouping, Product, Reduction))
        children = tuple(self.outer(child) if keep else self.argument(child) for child in formula.children)
        if all(new is old for new, old in zip(children, formula.children, strict=True)):
            return formula
        return formula.with_children(children)

    def argument(self, formula: Formula) -> Formula:
        """An argument, named if a derivative goes through it to several operands."""
        if isinstance(formula, (Name, Indexed, Number, Cases, Reduction)) or self.uses(formula) == 0:
            return formula
        formula = self.outer(formula)
        if self.uses(formula) < 2:
            return formula
        name = fresh(f"z_{self.each.target}", self.taken)
        indices = letters_in(formula, (*self.each.indices, *self.bound))
        self.made.append(equation(name, formula, indices=indices))
        return component(name, indices)

    def uses(self, formula: Formula) -> int:
        """How many operands of the formula are active."""
        made = {line.target for line in self.made}
        return sum(
            isinstance(node, (Name, Indexed)) and (node.name in self.active or node.name in made)
            for node in walk(formula)
        )


def active_names(equations: Sequence[Equation], wrt: Collection[str]) -> set[str]:
    """The names through which a derivative by one of `wrt` passes."""
    active = set(wrt)
    for each in equations:
        if not active.isdisjoint(each.reads):
            active.add(each.target)
    return active
