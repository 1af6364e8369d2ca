"""Values that a text gives by putting them in: w_1 i_1 + b_1 = 0.15 · 0.05 + 0.35."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice, product

from sympy import Expr

from derive.check.facts import Environment, is_number
from derive.check.roundings import printed
from derive.formula import Formula, Grouping, Indexed, Name, Negation, Number, walk

# So many ways are tried to tell which numbers of a formula are values of names.
MOST_CHOICES = 128


def read_off(left: Formula, right: Formula, environment: Environment) -> Mapping[str, Formula]:
    """The values that make a right side the left one with numbers put in; empty where it is none.

    Only names without a value and without an equation get one, and each the same throughout.
    """
    if not is_number(right) or (isinstance(left, Name) and left.name not in environment.equations):
        return {}
    for form in _forms(left, environment):
        found: dict[str, Formula] = {}
        if _match(form, right, environment, found) and found:
            return found
    return {}


def put_back(formula: Formula, known: Mapping[str, Expr]) -> Iterator[Formula]:
    """The formula with names in place of numbers that are their values, where these names do not stand."""
    stand = {node.name for node in walk(formula) if isinstance(node, Name | Indexed)}
    known = {name: value for name, value in known.items() if name not in stand}
    literals = [node for node in walk(formula) if isinstance(node, Number)]
    choices = [tuple(_meant(each, known)) for each in literals]
    for chosen in islice(product(*choices), MOST_CHOICES):
        rest = iter(chosen)
        changed = _with_numbers(formula, rest)
        if changed != formula:
            yield changed


def _with_numbers(formula: Formula, rest: Iterator[Formula]) -> Formula:
    """The formula with others in place of its numbers, in reading order."""
    if isinstance(formula, Number):
        return next(rest)
    return formula.with_children(tuple(_with_numbers(each, rest) for each in formula.children))


def _meant(literal: Number, known: Mapping[str, Expr]) -> Iterator[Formula]:
    yield literal
    for name, value in known.items():
        if value == literal.value:
            yield Name(name)
        elif value == -literal.value:
            yield Grouping(Negation(Name(name)))


def _forms(left: Formula, environment: Environment) -> tuple[Formula, ...]:
    if isinstance(left, Name) and left.name in environment.equations:
        return (environment.equations[left.name].formula,)
    return (left,)


def _match(left: Formula, right: Formula, environment: Environment, found: dict[str, Formula]) -> bool:
    left, right = _bare(left), _bare(right)
    if left == right:
        return True
    if isinstance(left, Name):
        if printed(right) is None:
            return False
        known = environment.values.get(left.name)
        if known is not None:
            return _same(known.formula, right)
        if left.name in environment.equations:
            return False
        return _same(found.setdefault(left.name, right), right)
    if type(left) is not type(right) or len(left.children) != len(right.children) or not left.children:
        return False
    if left.with_children(right.children) != right:
        return False
    pairs = zip(left.children, right.children, strict=True)
    return all(_match(one, other, environment, found) for one, other in pairs)


def _bare(formula: Formula) -> Formula:
    return formula.inner if isinstance(formula, Grouping) else formula


def _same(one: Formula, other: Formula) -> bool:
    first, second = printed(one), printed(other)
    return first is not None and second is not None and first.value == second.value
