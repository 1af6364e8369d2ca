"""Partial derivatives by an index: f_x and f_{xy} of f(x, y), and f_y(1, 0)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import product

from derive.check.facts import Environment, Fact, is_number
from derive.formula import Call, Derivative, Evaluated, Formula, Name, Vector, names, rewrite

# So often is a function differentiated in print.
MOST_TIMES = 3
# Letters of quantities that are worked out from several variables, and of these: elsewhere T_m is a label.
OF_SEVERAL = frozenset("z u w f g h F G L Lambda phi varphi psi Phi Psi".split())
_VARIABLES = frozenset("x y z s t u v r theta".split())
# What a Lagrangian multiplies its conditions by: without one, L_t may be the loss of step t.
_MULTIPLIERS = frozenset("lambda mu nu lambda1 lambda2".split())
_LAGRANGIANS = frozenset({"L", "Lambda"})


def with_partials(formulas: Sequence[Formula], environment: Environment) -> list[Formula]:
    """The formulas with f_x as the derivative of f(x, y)."""
    return [rewrite(each, lambda node: partial(node, environment) or node) for each in formulas]


def partial(node: Formula, environment: Environment) -> Formula | None:
    """The derivative that f_x, f_x(x, y) or f_x(1, 0) is, where f is a function of x and others."""
    if not isinstance(node, Name | Call) or (isinstance(node, Call) and node.primes):
        return None
    called = node.function if isinstance(node, Call) else node.name
    name, line, below = called.rpartition("_")
    fact = environment.functions.get(name) if line else None
    if fact is None and line and isinstance(node, Name):
        return _of_quantity(name, below, called, environment)
    by = () if fact is None else letters(below, fact)
    if fact is None or not by or called in environment.values or isinstance(fact.formula, Vector):
        return None
    parameters = tuple(map(Name, fact.parameters))
    found: Formula = Call(name, parameters)
    for letter in by:
        found = Derivative(found, Name(letter))
    if isinstance(node, Name) or node.arguments == parameters:
        return found
    if len(node.arguments) != len(parameters) or not all(map(is_number, node.arguments)):
        return None
    for parameter, argument in zip(parameters, node.arguments, strict=True):
        found = Evaluated(found, parameter, argument)
    return found


def _of_quantity(name: str, below: str, called: str, environment: Environment) -> Formula | None:
    """The derivative that z_x is where z is worked out from x and y, and z_x from nothing."""
    fact = environment.equations.get(name)
    if fact is None or fact.letters or name not in OF_SEVERAL:
        return None
    if any(each.name == called for each in environment.said):
        return None
    read = names(fact.formula)
    variables = _VARIABLES | _MULTIPLIERS if name in _LAGRANGIANS else _VARIABLES
    if len(read) < 2 or not variables.issuperset(read) or environment.equations.keys() & set(read):
        return None
    if name in _LAGRANGIANS and _MULTIPLIERS.isdisjoint(read):
        return None
    found: Formula = Name(name)
    for letter in letters(below, replace(fact, parameters=tuple(read))):
        found = Derivative(found, Name(letter))
    return None if isinstance(found, Name) else found


def letters(below: str, fact: Fact) -> tuple[str, ...]:
    """The parameters that stand below a name, in their order; none where it is anything else."""
    found: list[str] = []
    while below and len(fact.parameters) > 1:
        first = next((each for each in fact.parameters if below.startswith(each)), None)
        if first is None or len(found) == MOST_TIMES:
            return ()
        found.append(first)
        below = below.removeprefix(first)
    return tuple(found)


def partials_of(facts: Iterable[Fact]) -> Iterator[str]:
    """The names of the first and second partial derivatives of functions: f_x, f_xy."""
    for fact in facts:
        for by in (*((each,) for each in fact.parameters), *product(fact.parameters, repeat=2)):
            yield f"{fact.name}_{''.join(by)}"
