"""Inner quantities: what a function's body reads that depends on its argument, h of S(x) = x^2 + 4 x h."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from derive.check.facts import Environment, Fact, quantity_of
from derive.formula import Call, Derivative, Formula, Indexed, Name, rewrite, walk


@dataclass(frozen=True, slots=True)
class Inner:
    """What stands between a function and its parameters.

    `body` has p(q) for p where that is a function; `through` are the names whose equations read a parameter,
    and `late` those of them that the text may not mean: it states them after it has gone on to derivatives.
    """

    body: Formula
    through: frozenset[str] = frozenset()
    late: frozenset[str] = frozenset()


def inner_of(name: str, environment: Environment) -> Inner | None:
    """What stands between a function and its parameters; None if nothing does."""
    fact = environment.functions[name]
    body = _with_arguments(fact, environment)
    through = frozenset(_through(body, fact, environment))
    if not through and body is fact.formula:
        return None
    late = frozenset(each for each in through if is_late(environment.equations[each], fact, environment))
    return Inner(body, through, late)


def depends(name: str, on: Collection[str], environment: Environment) -> bool:
    """Whether a quantity is worked out from one of others, through all equations."""
    waiting, seen = [name], set[str]()
    while waiting:
        each = waiting.pop()
        fact = environment.equations.get(each)
        if each in seen or fact is None:
            continue
        seen.add(each)
        if fact.reads.intersection(on):
            return True
        waiting.extend(fact.reads)
    return False


def outer(name: str, by: str, environment: Environment) -> Formula | None:
    """The argument of df/dx where the text has f(u) and u = x^2, or u(x) = x^2; None if it says no such u."""
    fact = environment.functions.get(name)
    if fact is None or len(fact.parameters) != 1 or by in (*fact.parameters, *fact.reads):
        return None
    (parameter,) = fact.parameters
    if parameter in environment.equations:
        return Name(parameter) if depends(parameter, {by}, environment) else None
    own = environment.functions.get(parameter)
    return Call(parameter, (Name(by),)) if own is not None and own.parameters == (by,) else None


def is_late(fact: Fact, function: Fact, environment: Environment) -> bool:
    """Whether an equation stands behind a derivative: it may be the solution of a condition."""
    if environment.is_ahead(fact.name):
        return True
    return any(function.order < order <= fact.order for order in environment.sloped)


def reads_elsewhere(own: Environment, whole: Environment, *formulas: Formula) -> bool:
    """Whether formulas speak of slopes of a function that another section defines, with what it reads."""
    for name, by in _sloping(formulas):
        fact = whole.functions.get(name)
        if fact is None:
            continue
        inner = inner_of(name, whole)
        read = set(inner.through) if inner is not None else set[str]()
        if outer(name, by, whole) is not None:
            read.update(fact.parameters)
        there = (each for each in read - own.names if each in whole.equations)
        if any(whole.equations[each].section == fact.section for each in there):
            return True
    return False


def _sloping(formulas: Iterable[Formula]) -> Iterator[tuple[str, str]]:
    """The names that formulas take derivatives of, each with what they are by."""
    for node in (each for formula in formulas for each in walk(formula)):
        if isinstance(node, Call) and node.primes:
            yield node.function, ""
        elif isinstance(node, Derivative) and (of := quantity_of(node.of)) is not None:
            yield of, quantity_of(node.wrt) or ""


def left_aside(environment: Environment, *formulas: Formula) -> frozenset[str]:
    """The quantities in between that formulas may mean to be held, or to be no arguments at all."""
    found = set[str]()
    nodes = [node for each in formulas for node in walk(each)]
    for node in nodes:
        if isinstance(node, Call) and (node.primes or _is_below(node, nodes)):
            inner = inner_of(node.function, environment) if node.function in environment.functions else None
            found.update(inner.late if inner is not None else ())
        if isinstance(node, Derivative) and isinstance(node.of, Name) and isinstance(node.wrt, Name):
            found.update(_as_argument(node.of.name, node.wrt.name, environment, nodes))
    return frozenset(found)


def _is_below(call: Call, nodes: Collection[Formula]) -> bool:
    return any(isinstance(node, Derivative) and node.of == call for node in nodes)


def _as_argument(of: str, by: str, environment: Environment, nodes: Collection[Formula]) -> Iterator[str]:
    """The parameter of f where df/dx may be by the argument x, for all that the text says of u."""
    argument = outer(of, by, environment)
    if argument is None:
        fact = environment.functions.get(of)
        inner = inner_of(of, environment) if fact is not None and fact.parameters == (by,) else None
        yield from inner.late if inner is not None else ()
        return
    (parameter,) = environment.functions[of].parameters
    if environment.is_ahead(parameter) or Call(of, (Name(by),)) in nodes:
        yield parameter


def _with_arguments(fact: Fact, environment: Environment) -> Formula:
    """The body with p(q) for p, where the section says what that is."""
    known = environment.functions
    taken = environment.equations.keys() | environment.values.keys() | {fact.name, *fact.parameters}
    called = {
        name: tuple(map(Name, own.parameters))
        for name in fact.reads - taken
        if (own := known.get(name)) is not None and own.section == fact.section
        if set(own.parameters) <= set(fact.parameters)
    }
    if not called:
        return fact.formula
    return rewrite(
        fact.formula,
        lambda node: (
            Call(node.name, called[node.name]) if isinstance(node, Name) and node.name in called else node
        ),
    )


def _through(body: Formula, function: Fact, environment: Environment) -> Iterator[str]:
    """The names with an equation that lie on a way from the body to a parameter."""
    waiting = [node for node in walk(body) if isinstance(node, Name | Indexed)]
    seen = set(function.parameters)
    while waiting:
        node = waiting.pop()
        fact = environment.equations.get(node.name)
        if node.name in seen or fact is None or fact.arguments:
            continue
        seen.add(node.name)
        lettered = isinstance(node, Indexed) and len(node.indices) == len(fact.letters)
        if not (lettered if fact.letters else isinstance(node, Name)):
            continue
        if depends(node.name, function.parameters, environment):
            yield node.name
            waiting.extend(each for each in walk(fact.formula) if isinstance(each, Name | Indexed))
