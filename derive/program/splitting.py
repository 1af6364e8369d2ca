"""Compound arguments that several operands share get a line of their own, so that their adjoint is shared.

After this, the sweep's local partials are small: the derivative of sigmoid(w1*x1 + w2*x2 + b1) by w1
becomes that of sigmoid(z_h1) times that of z_h1.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from derive.equation import Equation, component, equation, with_formula
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
    times,
    walk,
)
from derive.indices import letters_in, renamed
from derive.program.axes import axis_order
from derive.program.naming import fresh


def split(equations: Sequence[Equation], active: Collection[str], taken: set[str]) -> tuple[Equation, ...]:
    """The equations with shared arguments on lines of their own, in front of their reader.

    `active` are the names that a derivative is wanted of or passes through.
    """
    found: list[Equation] = []
    known: dict[Formula, Equation] = {}
    for each in equations:
        found.extend(_Splitting(each, active, taken, known).lines())
    return tuple(found)


class _Splitting:
    """The lines that one equation is split into; `known` are the lines made so far, by what they compute."""

    def __init__(
        self, each: Equation, active: Collection[str], taken: set[str], known: dict[Formula, Equation]
    ) -> None:
        self.each = each
        self.active = active
        self.taken = taken
        self.known = known
        self.own: dict[Formula, Equation] = {}
        self.made: list[Equation] = []
        summed = (letter for term in each.terms for letter in term.summed)
        reductions = (term.body for term in each.terms if isinstance(term.body, Reduction))
        bound = (index.name for reduction in reductions for index in reduction.bounds)
        self.bound = tuple(dict.fromkeys((*summed, *bound)))

    def lines(self) -> Iterator[Equation]:
        """The arguments, then the equation that reads them."""
        formula = self.outer(self.each.formula)
        yield from self.made
        if formula is self.each.formula:
            yield self.each
        else:
            yield with_formula(self.each, formula)

    def outer(self, formula: Formula) -> Formula:
        """The formula with the shared arguments of its functions, powers and fractions named."""
        match formula:
            case Sum() | Product() | Negation() | Grouping() | Call() | Power() | Quotient() | Reduction():
                pass
            case _:
                return formula
        if isinstance(formula, Reduction) and isinstance(formula.body, Product):
            return formula.with_children((self.contracted(formula.body, formula),))
        children = tuple(self.child(formula, child) for child in formula.children)
        if all(new is old for new, old in zip(children, formula.children, strict=True)):
            return formula
        return formula.with_children(children)

    def contracted(self, product: Product, total: Reduction) -> Formula:
        """What a sum is taken of, with the factors that a matrix is multiplied by named together."""
        own = self.alike(product.factors, {bound.name for bound in total.bounds})
        others = [factor for factor in product.factors if factor not in own]
        if total.kind != "sum" or len(own) < 2 or not others:
            return self.outer(product)
        named = self.argument(Product(tuple(own)), least=1, difference=True, stem="product")
        return times(*map(self.outer, others), named)

    def alike(self, factors: Sequence[Formula], summed: Collection[str]) -> list[Formula]:
        """The components whose indices are those of the last one, some of them summed over."""
        letters = {each: frozenset(letters_in(each, (*self.each.indices, *self.bound))) for each in factors}
        held = [each for each in factors if isinstance(each, Indexed) and letters[each] & set(summed)]
        return [each for each in held if letters[each] == letters[held[-1]]]

    def child(self, parent: Formula, child: Formula) -> Formula:
        """A part of a formula, with its own shared arguments named or a name itself."""
        if isinstance(child, Reduction) and isinstance(parent, Quotient) and child is parent.numerator:
            return self.named_sum(child) if self.uses(parent.denominator) else self.outer(child)
        linear = isinstance(parent, (Sum, Negation, Grouping, Product, Reduction))
        if linear or any(isinstance(node, Reduction) for node in walk(child)):
            return self.outer(child)
        if isinstance(parent, Quotient) and child is parent.denominator and _is_root(child):
            # Above it there is a derivative too: the root below a fraction is needed by itself.
            return self.argument(child, least=1 if self.uses(parent.numerator) else 2)
        return self.argument(child, difference=not isinstance(parent, Call))

    def named_sum(self, total: Reduction) -> Formula:
        """A sum that is divided by something with a derivative: the fraction is in its own."""
        formula = self.outer(total)
        bound = {each.name for each in total.bounds}
        free = [letter for letter in (*self.each.indices, *self.bound) if letter not in bound]
        letters = axis_order((formula,), free)
        name = fresh("s", self.taken)
        self.made.append(equation(name, formula, indices=letters))
        return component(name, letters)

    def argument(
        self, formula: Formula, *, least: int = 2, difference: bool = False, stem: str = ""
    ) -> Formula:
        """An argument, named if a derivative goes through it to several operands."""
        if isinstance(formula, (Name, Indexed, Number, Cases, Reduction)) or self.uses(formula) == 0:
            return formula
        formula = self.outer(formula)
        if self.uses(formula) < least:
            return formula
        letters = axis_order((formula,), (*self.each.indices, *self.bound))
        places = {letter: Name(f"#{at}") for at, letter in enumerate(letters)}
        same = renamed(formula, places) if letters else formula
        # What a function is applied to belongs to that function's line; the rest may serve several lines.
        known = self.own if not difference and least > 1 else self.known
        if same not in known:
            name = fresh(stem or self.name_of(formula, difference=difference), self.taken)
            known[same] = equation(name, formula, indices=letters)
            self.made.append(known[same])
        return component(known[same].target, letters)

    def name_of(self, formula: Formula, *, difference: bool) -> str:
        """A name after the reader, or after what it is."""
        match formula:
            case Call(function, (argument,)):
                inner = next((n.name for n in walk(argument) if isinstance(n, (Name, Indexed))), "")
                return f"{function}_{inner}".rstrip("_")
            case Sum((Name() | Indexed(), Negation(Name() | Indexed()))) if difference:
                return "difference"
        return f"z_{self.each.target}"

    def uses(self, formula: Formula) -> int:
        """How many operands of the formula are active."""
        made = {line.target for line in (*self.known.values(), *self.own.values())}
        return sum(
            isinstance(node, (Name, Indexed)) and (node.name in self.active or node.name in made)
            for node in walk(formula)
        )


def _is_root(formula: Formula) -> bool:
    return isinstance(formula, Call) and formula.function == "sqrt"


def active_names(equations: Sequence[Equation], wrt: Collection[str]) -> set[str]:
    """The names through which a derivative by one of `wrt` passes."""
    active = set(wrt)
    for each in equations:
        if not active.isdisjoint(each.reads):
            active.add(each.target)
    return active
