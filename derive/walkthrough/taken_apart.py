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
from derive.functions import function

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
        for turn in range(len(taken) + 100)
        for letter in ascii_lowercase
        if letter not in _AVOIDED
        if (name := f"{letter}{turn or ''}") not in taken
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
    """The formula with its parts named, those apart that belong to it: the weighted sum of a neuron."""

    def inner(part: Formula, *, kept: bool) -> Formula:
        if not kept:
            return _named(part, names, named, found)
        return _with_parts_named(part, names, named, found)

    if isinstance(formula, Reduction) or not formula.children:
        return formula
    if isinstance(formula, Call) and _is_activation(formula.function):
        return formula.with_children(tuple(inner(each, kept=_is_weighted(each)) for each in formula.children))
    weighs = isinstance(formula, Sum)
    return formula.with_children(
        tuple(inner(each, kept=weighs and _is_weighed(each)) for each in formula.children)
    )


def _is_activation(name: str) -> bool:
    row = function(name)
    return row is None or row.body() is not None


def _is_weighted(argument: Formula) -> bool:
    """Whether an argument is a weighted input, or a sum of them with a bias."""
    terms = argument.terms if isinstance(argument, Sum) else (argument,)
    return any(map(_is_weighed, terms)) and all(_is_plain(each) or _is_weighed(each) for each in terms)


def _is_weighed(term: Formula) -> bool:
    """Whether a term is a weight times an input, as in w*x + b: too small for a step of its own."""
    return (
        isinstance(term, Product)
        and isinstance(term.factors[0], Name | Indexed)
        and not any(isinstance(each, Number) for each in term.factors)
    )


def _is_plain(part: Formula) -> bool:
    return not isinstance(part, Sum | Product | Quotient | Power | Call | Negation)
