"""Dots above names: rates of change by time, ẋ = dx/dt."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from derive.check.assertions import Assertion
from derive.check.facts import Environment
from derive.formula import Call, Derivative, Formula, Name, names, rewrite, walk

TIME, DOT, TWO_DOTS = "t", "_dot", "_ddot"
_DOTS = {DOT: 1, TWO_DOTS: 2}


def undotted(name: str) -> tuple[str, int] | None:
    """The name below a dot, and how many dots there are."""
    for ending, times in _DOTS.items():
        if name.endswith(ending) and len(name) > len(ending):
            return name.removesuffix(ending), times
    return None


def taken(said: Iterable[Assertion]) -> frozenset[str]:
    """The quantities that derivatives are taken by with a dot above, ∂L/∂ẋ."""
    nodes = (node for each in said for side in each.sides for node in walk(side.formula))
    by = (node.wrt.name for node in nodes if isinstance(node, Derivative) and isinstance(node.wrt, Name))
    return frozenset(found[0] for name in by if (found := undotted(name)))


def stems(*formulas: Formula) -> frozenset[str]:
    """The names that have a dot in formulas."""
    nodes = (node for each in formulas for node in walk(each))
    spelled = (n.function if isinstance(n, Call) else n.name for n in nodes if isinstance(n, Name | Call))
    return frozenset(found[0] for name in spelled if (found := undotted(name)))


def with_dots(formulas: Sequence[Formula], environment: Environment, kept: Collection[str]) -> list[Formula]:
    """x with a dot as dx/dt, where x depends on t: by what the text says, or as d/dt takes it.

    So it does where x is worked out from what has a dot too: A = π r², of which the rate is 2π r ṙ. Names in
    `kept` are quantities of their own with a dot.
    """
    along = _along(formulas, environment)
    slopes = (node for each in formulas for node in walk(each) if isinstance(node, Derivative))
    by_time = any(node.wrt == Name(TIME) for node in slopes) and not along
    unsaid = stems(*formulas) - environment.names - set(kept) if by_time else frozenset[str]()

    def dotted(node: Formula) -> Formula:
        if isinstance(node, Name) and (undotted(node.name) or ("",))[0] in kept:
            return node
        if isinstance(node, Name) and node.name in along:
            return Derivative(Name(along[node.name]), Name(TIME), total=True)
        if isinstance(node, Name) and node.name in unsaid:
            return Call(node.name, (Name(TIME),))
        found = undotted(node.name) if isinstance(node, Name) else None
        if found is None and isinstance(node, Call) and (found := undotted(node.function)):
            return _by(found[0], found[1], node.arguments, environment) or node
        return (found and _by(found[0], found[1], (Name(TIME),), environment, unsaid)) or node

    return [rewrite(each, dotted) for each in formulas]


def _along(formulas: Sequence[Formula], environment: Environment) -> Mapping[str, str]:
    """The dotted names by what is below, where one rate is worked out from others, and none has two dots."""
    dotted = {name: found for each in formulas for name in names(each) if (found := undotted(name))}
    if not dotted or any(times > 1 for _, times in dotted.values()):
        return {}
    below = {stem for stem, _ in dotted.values()}
    slopes = (node for each in formulas for node in walk(each) if isinstance(node, Derivative))
    changing = below | {
        node.of.name for node in slopes if node.wrt == Name(TIME) and isinstance(node.of, Name)
    }
    for stem in changing & environment.equations.keys():
        read = set(_read(stem, environment))
        if below & read or any(name + DOT in environment.equations for name in read):
            return {name: found for name, (found, _) in dotted.items()}
    return {}


def _by(
    name: str,
    times: int,
    arguments: tuple[Formula, ...],
    environment: Environment,
    unsaid: Collection[str] = (),
) -> Formula | None:
    """The derivative of what depends on time."""
    fact = environment.functions.get(name)
    if name in unsaid or (fact is not None and len(fact.parameters) == 1):
        return Call(name, arguments, times)
    fact = environment.equations.get(name)
    if fact is None or TIME not in names(fact.formula):
        return None
    found: Formula = Name(name)
    for _ in range(times):
        found = Derivative(found, Name(TIME), total=True)
    return found


def _read(name: str, environment: Environment) -> Iterator[str]:
    """The names that a quantity is worked out from, through all equations."""
    waiting, seen = [name], {name}
    while waiting:
        fact = environment.equations.get(waiting.pop())
        for read in names(fact.formula) if fact is not None else ():
            if read not in seen:
                seen.add(read)
                waiting.append(read)
                yield read
