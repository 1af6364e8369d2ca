"""A composite expression taken apart into named steps that do one thing each."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from string import ascii_lowercase

from derive.equation import Equation, equation
from derive.formula import (
    Call,
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

# Letters that look like something else: e and i are numbers, l and o look like digits, f is a function.
_AVOIDED = "efilo"


def is_composite(formula: Formula) -> bool:
    """Whether functions stand inside the arguments of functions, with more than a name between them."""
    return any(
        isinstance(inner, Call)
        for node in walk(formula)
        if isinstance(node, Call)
        for argument in node.arguments
        for inner in walk(argument)
    )


def taken_apart(equations: tuple[Equation, ...], taken: Collection[str]) -> tuple[Equation, ...]:
    """The equations as steps of one operation each; parts that occur twice are named once."""
    names = (
        name
        for round in range(len(taken) + 100)
        for letter in ascii_lowercase
        if letter not in _AVOIDED
        if (name := f"{letter}{round or ''}") not in taken
    )
    found: list[Equation] = []
    named: dict[Formula, Name] = {}
    for each in equations:
        formula = _with_parts_named(each.formula, names, named, found)
        found.append(equation(each.target, formula, aliases=each.aliases, place=each.place))
    return tuple(found)


def _named(part: Formula, names: Iterator[str], named: dict[Formula, Name], found: list[Equation]) -> Formula:
    """The part itself if it is an operand, else the name of the step that computes it."""
    if isinstance(part, Grouping):
        return _named(part.inner, names, named, found)
    if _is_plain(part):
        return part
    if isinstance(part, Negation):
        return Negation(_named(part.operand, names, named, found))
    formula = _with_parts_named(part, names, named, found)
    if formula not in named:
        named[formula] = Name(next(names))
        found.append(equation(named[formula].name, formula))
    return named[formula]


def _with_parts_named(
    formula: Formula, names: Iterator[str], named: dict[Formula, Name], found: list[Equation]
) -> Formula:
    if isinstance(formula, Reduction):
        return formula
    weighs = isinstance(formula, Sum)
    children = tuple(
        child if weighs and _is_weighed(child) else _named(child, names, named, found)
        for child in formula.children
    )
    return formula.with_children(children) if children else formula


def _is_plain(part: Formula) -> bool:
    return isinstance(part, Name | Number | Indexed) or not isinstance(
        part, Sum | Product | Quotient | Power | Call | Negation
    )


def _is_weighed(term: Formula) -> bool:
    """Whether a term of a sum is a product of names, as in w*x + b: too small for a step of its own."""
    return isinstance(term, Product) and all(isinstance(each, Name | Indexed) for each in term.factors)
