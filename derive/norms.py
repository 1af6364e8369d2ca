"""Norms: roots of sums of squares, whose slope at 0 is 0/0 by its formula and a convention by necessity."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from derive.formula import TWO, Call, Formula, Grouping, Indexed, Name, Power, Quotient, Reduction, Sum, walk

# A line: what it defines, and its right side.
Defined = tuple[str, Formula]


def norms(lines: Sequence[Defined]) -> set[Formula]:
    """The roots of sums of squares in the lines, but for those that something is divided by.

    A model that divides by a norm has itself no value where that is 0.
    """
    squares = {name for name, formula in lines if is_sum_of_squares(formula)}
    found = {node for _, formula in lines for node in walk(formula) if _is_norm(node, squares)}
    return found - _divisors(lines) if found else found


def _divisors(lines: Sequence[Defined]) -> set[Formula]:
    """Everything below a fraction, with what the quantities there are made of."""
    found: set[Formula] = set()
    for name, formula in reversed(lines):
        if any(isinstance(node, (Name, Indexed)) and node.name == name for node in found):
            found.update(walk(formula))
        for node in walk(formula):
            if isinstance(node, Quotient):
                found.update(walk(node.denominator))
    return found


def _is_norm(formula: Formula, squares: Collection[str]) -> bool:
    match formula:
        case Call("sqrt", (Name(name) | Indexed(name),), 0):
            return name in squares
        case Call("sqrt", (argument,), 0):
            return is_sum_of_squares(argument)
    return False


def is_sum_of_squares(formula: Formula) -> bool:
    """Whether a formula is a sum of squares of other formulas and nothing else."""
    return isinstance(formula, (Reduction, Sum)) and all(map(_is_square, _terms(formula)))


def _terms(formula: Formula) -> Iterator[Formula]:
    match formula:
        case Reduction("sum", body):
            yield from _terms(body)
        case Sum(terms):
            for term in terms:
                yield from _terms(term)
        case Grouping(inner):
            yield from _terms(inner)
        case _:
            yield formula


def _is_square(formula: Formula) -> bool:
    return isinstance(formula, Power) and formula.exponent == TWO
