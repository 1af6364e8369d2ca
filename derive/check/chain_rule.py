"""The chain rule between quantities that the text does not define: it holds for what it says of them."""

from __future__ import annotations

from collections.abc import Iterator

from derive.check.circles import units
from derive.check.facts import Environment
from derive.check.verdict import Judgement
from derive.formula import Derivative, Formula, Grouping, Indexed, Name, Product, Reduction, Sum


def chain_rule(left: Formula, right: Formula, environment: Environment) -> Judgement | None:
    """`proved` where the right side is a sum over paths from the left side's quantity to its variable.

    That is the chain rule if these are all paths; what it takes to be so is stated as the assumption. None
    for any other formula, and where the text defines the quantity: then its equation decides.
    """
    if not isinstance(left, Derivative) or not isinstance(left.of, Name | Indexed):
        return None
    if isinstance(left.wrt, Indexed):
        return _over_units(left.of, left.wrt, right, environment)
    if not isinstance(left.of, Name) or not isinstance(left.wrt, Name):
        return None
    start, end = left.of.name, left.wrt.name
    if start in environment.equations:
        return None
    paths = [tuple(_path(term, start, end)) for term in _terms(right)]
    if not all(paths) or len(set(paths)) < len(paths):
        return None
    between = dict.fromkeys(name for path in paths for name in path[1:-1])
    if not between:
        return None
    through = " and ".join(between) if len(paths) > 1 else " then ".join(between)
    assumption = f"{start} depends on {end} only through {through}"
    return Judgement("proved", "the chain rule", assumptions=(assumption,))


def _over_units(
    of: Name | Indexed, wrt: Indexed, right: Formula, environment: Environment
) -> Judgement | None:
    """`proved` for the sum over the units of the next layer, ∂E/∂a_j = Σ_k ∂E/∂a_k ∂a_k/∂a_j."""
    if not isinstance(right, Reduction) or right.kind != "sum" or len(right.bounds) != 1:
        return None
    body = right.body.inner if isinstance(right.body, Grouping) else right.body
    letter = Name(right.bounds[0].name)
    match body:
        case Product((Derivative() as one, Derivative() as other)):
            first, second = (one, other) if one.of == of else (other, one)
        case _:
            return None
    unit = first.wrt
    if first.of != of or second.wrt != wrt or not isinstance(unit, Indexed) or second.of != unit:
        return None
    if unit.indices != (letter,) or letter in wrt.indices or unit.name not in units(environment):
        return None
    assumption = f"{of.name} depends on {wrt.name} only through {unit.name} of the next layer"
    return Judgement("proved", "the chain rule", assumptions=(assumption,))


def _terms(formula: Formula) -> tuple[Formula, ...]:
    formula = formula.inner if isinstance(formula, Grouping) else formula
    return formula.terms if isinstance(formula, Sum) else (formula,)


def _path(term: Formula, start: str, end: str) -> Iterator[str]:
    """The names on the way of a product of derivatives, in order; nothing where it is no path."""
    factors = term.factors if isinstance(term, Product) else (term,)
    steps: dict[str, str] = {}
    for factor in factors:
        factor = factor.inner if isinstance(factor, Grouping) else factor
        if not (isinstance(factor, Derivative) and not factor.applied):
            return
        if not isinstance(factor.of, Name) or not isinstance(factor.wrt, Name) or factor.of.name in steps:
            return
        steps[factor.of.name] = factor.wrt.name
    found = [start]
    while found[-1] in steps and len(found) <= len(steps):
        found.append(steps[found[-1]])
    if found[-1] == end and len(found) == len(steps) + 1:
        yield from found
