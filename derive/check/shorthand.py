"""What authors leave out: the variable of f' and of a dot, the argument of a function."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from derive.check.assertions import Assertion
from derive.check.dots import TIME, stems, undotted, with_dots
from derive.check.facts import Environment
from derive.check.partials import partial, with_partials
from derive.formula import (
    NABLA,
    PRIME,
    Call,
    Derivative,
    Evaluated,
    Formula,
    Grouping,
    Name,
    Product,
    Sum,
    Vector,
    names,
    rewrite,
    walk,
)
from derive.functions import function

_NUMBERS = frozenset({"pi", "π"})
# The variable that primes are by where nothing else tells it.
_USUAL = ("x", TIME)


def written_out(said: Assertion, environment: Environment, taken: Collection[str] = frozenset()) -> Assertion:
    """The assertion with the variables of primes and dots, as far as the text tells them.

    With a dot, a name in `taken` is a quantity of its own: the text takes derivatives by it.
    """
    formulas = [side.formula for side in said.sides]
    if not any(_is_short(node, environment) for each in formulas for node in walk(each)):
        return _with_sides(said, _beside_slopes(formulas, environment))
    found = [rewrite(each, lambda node: _as_product(node, environment)) for each in formulas]
    squared = any(isinstance(each, Vector) for each in formulas)
    found = [_with_lists(each, environment, squared=squared) for each in found]
    found = with_dots(with_partials(found, environment), environment, taken)
    return _with_sides(said, _beside_slopes(_with_primes(found, environment), environment))


def _with_sides(said: Assertion, formulas: Sequence[Formula]) -> Assertion:
    sides = tuple(replace(side, formula=each) for side, each in zip(said.sides, formulas, strict=True))
    return replace(said, sides=sides)


def _beside_slopes(formulas: Sequence[Formula], environment: Environment) -> list[Formula]:
    """x as x(t) where its rate of change stands beside it, ẋ² + x², or is taken: d/dt (t x)."""
    sloping = _sloping(formulas, environment)

    def called(node: Formula) -> Formula:
        if isinstance(node, Derivative) and isinstance(node.of, Name):
            return node
        if isinstance(node, Name) and node.name in sloping:
            return Call(node.name, (Name(sloping[node.name]),))
        return node.with_children(tuple(map(called, node.children))) if node.children else node

    return list(map(called, formulas)) if sloping else list(formulas)


def _sloping(formulas: Sequence[Formula], environment: Environment) -> dict[str, str]:
    """The functions of one parameter of which formulas speak by their slopes, each with its parameter."""
    nodes = [node for each in formulas for node in walk(each)]
    inside = {
        (each.name, node.wrt)
        for node in nodes
        if isinstance(node, Derivative) and not isinstance(node.of, Name)
        for each in walk(node.of)
        if isinstance(each, Name)
    }
    primed = {node.function for node in nodes if isinstance(node, Call) and node.primes}
    taken = environment.equations.keys() | environment.values.keys()
    return {
        name: fact.parameters[0]
        for name, fact in environment.functions.items()
        if len(fact.parameters) == 1 and name not in taken
        if name in primed or (name, Name(fact.parameters[0])) in inside
    }


def shortened(said: Assertion, environment: Environment) -> frozenset[str]:
    """The names whose derivatives an assertion writes in short: with a dot, with an index below."""
    formulas = [side.formula for side in said.sides]
    nodes = [node for each in formulas for node in walk(each)]
    below = {
        (node.name if isinstance(node, Name) else node.function).rpartition("_")[0]
        for node in nodes
        if isinstance(node, Name | Call) and partial(node, environment) is not None
    }
    return stems(*formulas) | below


def with_arguments(
    environment: Environment, order: int | None, left: Formula, right: Formula
) -> tuple[Formula, Formula]:
    """The sides with N as N(t), where the text has defined that; the same formulas where it has not.

    Without `order`, what it defines further on counts too.
    """
    formulas = (left, right)
    taken = {name for name in environment.names if _is_taken(name, environment)}
    nodes = (node for each in formulas for node in walk(each))
    taken |= {node.wrt.name for node in nodes if isinstance(node, Derivative) and isinstance(node.wrt, Name)}
    parameters = {
        name: fact.parameters
        for name, fact in environment.functions.items()
        # A bare π is the number beside profits π(q), too.
        if name not in taken and name not in _NUMBERS and (order is None or fact.order < order)
    }

    def called(node: Formula) -> Formula:
        if isinstance(node, Derivative) and isinstance(node.of, Name):
            return node
        if isinstance(node, Name) and node.name in parameters:
            return Call(node.name, tuple(map(Name, parameters[node.name])))
        return node.with_children(tuple(map(called, node.children))) if node.children else node

    return called(left), called(right)


def _is_taken(name: str, environment: Environment) -> bool:
    """Whether a name is a quantity: one with an equation, and no function that another section made of it."""
    if name in environment.values:
        return True
    fact, own = environment.equations.get(name), environment.functions.get(name)
    if fact is None:
        return False
    return own is None or own.section == fact.section or own.order < fact.order


def speaks_of_slopes(environment: Environment, *formulas: Formula) -> bool:
    """Whether the derivative of a function that the text defines stands beside its name without arguments."""
    nodes = [node for each in formulas for node in walk(each)]
    sloping = {node.function for node in nodes if isinstance(node, Call) and node.primes}
    sloping.update(name for n in nodes if isinstance(n, Derivative) for name in names(n.of))
    return bool(sloping & environment.functions.keys())


def _is_short(node: Formula, environment: Environment) -> bool:
    name = node.name if isinstance(node, Name) else node.function if isinstance(node, Call) else ""
    if node in (PRIME, NABLA) or undotted(name) is not None or partial(node, environment) is not None:
        return True
    return _as_product(node, environment) is not node


def _as_product(node: Formula, environment: Environment) -> Formula:
    """N(1 - N/K) as a product: nobody gives a function to itself."""
    if not isinstance(node, Call) or node.primes or node.function not in environment.functions:
        return node
    if not any(Name(node.function) in walk(each) for each in node.arguments):
        return node
    return Product((Name(node.function, node.at), *map(Grouping, node.arguments)))


def _with_lists(formula: Formula, environment: Environment, *, squared: bool) -> Formula:
    """∇f of f(x, y) as the list of its derivatives by x and by y, ∇f(1, 2) as that of their values there.

    ∇²f is the list of their gradients where it is told to be a list, and else their divergence.
    """

    def listed(node: Formula) -> Formula:
        if not isinstance(node, Derivative) or node.wrt != NABLA:
            return node.with_children(tuple(map(listed, node.children))) if node.children else node
        inner = node.of
        again = isinstance(inner, Derivative) and inner.wrt == NABLA
        of = inner.of if isinstance(inner, Derivative) and again else inner
        places = _places(of, environment)
        if not places:
            return node
        alone = len(places) == 1

        def slope(of: Formula, by: Name) -> Formula:
            return Derivative(of, by, total=alone, applied=True)

        slopes: Sequence[Formula] = [slope(_called(of, places, environment), by) for by in places]
        if again and (alone or not squared):
            twice = [_at(slope(each, by), places) for each, by in zip(slopes, places, strict=True)]
            return twice[0] if alone else Sum(tuple(twice))
        if again:
            return Vector(
                tuple(Vector(tuple(_at(slope(each, by), places) for by in places)) for each in slopes)
            )
        slopes = [_at(each, places) for each in slopes]
        return slopes[0] if alone else Vector(tuple(slopes))

    return listed(formula)


def _places(of: Formula, environment: Environment) -> dict[Name, Formula]:
    """The parameters of a function that the text defines, each with where the function is taken."""
    match of:
        case Name(name) | Call(function=name) if name in environment.functions:
            parameters = tuple(map(Name, environment.functions[name].parameters))
        case Name(name) if (fact := environment.equations.get(name)) is not None:
            # L(w) = (y - a)² where a is worked out from w.
            parameters = tuple(each for each in fact.arguments if isinstance(each, Name))
            if len(parameters) != len(fact.arguments):
                return {}
        case _:
            return {}
    points = of.arguments if isinstance(of, Call) else parameters
    if len(points) != len(parameters):
        return {}
    places = dict(zip(parameters, points, strict=True))
    if any(other in walk(point) for by, point in places.items() for other in places.keys() - {by}):
        # They are put in one after the other: ∇f(y, 1) has another y than f(x, y).
        return {}
    return places


def _called(of: Formula, places: Mapping[Name, Formula], environment: Environment) -> Formula:
    name = of.function if isinstance(of, Call) else of.name if isinstance(of, Name) else ""
    return Call(name, tuple(places)) if name in environment.functions else of


def _at(slope: Formula, places: Mapping[Name, Formula]) -> Formula:
    """A derivative where what it is of is taken at places of its parameters."""
    for each, point in places.items():
        slope = slope if each == point else Evaluated(slope, each, point)
    return slope


def _with_primes(formulas: Sequence[Formula], environment: Environment) -> list[Formula]:
    """f' as f'(x), and (fg)' as the derivative by x of f(x) g(x); as they are where x is not told."""
    if not any(node == PRIME for each in formulas for node in walk(each)):
        return list(formulas)
    primed = dict.fromkeys(name for each in formulas for name in _primed(each))
    variable = _variable(formulas, list(primed), environment)
    if variable is None:
        return list(formulas)
    by = Name(variable)
    functions = {name for name in primed if name not in environment.equations}
    spelled = {node.name for each in formulas for node in walk(each) if isinstance(node, Name)}
    bare = {
        _function(name, environment) for name in spelled if name in functions or _is_known(name, environment)
    }

    def called(node: Formula) -> Formula:
        if isinstance(node, Name) and _function(node.name, environment) in bare:
            return Call(_function(node.name, environment), (by,))
        if isinstance(node, Call) and node.function in bare and _is_given_itself(node):
            # σ(1 - σ) is a product: nobody gives a function to its own name, but √(1 + √x) is no product.
            return Product((Call(node.function, (by,)), *map(Grouping, node.arguments)))
        if not isinstance(node, Derivative) or node.wrt != PRIME:
            return node
        of = node.of
        own = functions | environment.functions.keys()
        if isinstance(of, Call) and of.arguments == (by,) and (of.primes or of.function in own):
            return Call(of.function, of.arguments, of.primes + 1)
        return Derivative(of, by, total=True, applied=not isinstance(of, Name | Derivative))

    return [rewrite(each, called) for each in formulas]


def _primed(formula: Formula) -> Iterator[str]:
    """The names that have a prime."""
    for node in walk(formula):
        if isinstance(node, Derivative) and node.wrt == PRIME:
            of = node.of
            while isinstance(of, Derivative):
                of = of.of
            if isinstance(of, Name):
                yield of.name


def _is_given_itself(call: Call) -> bool:
    nodes = (node for each in call.arguments for node in walk(each))
    return any(isinstance(node, Call) and node.function == call.function for node in nodes)


def _function(name: str, environment: Environment) -> str:
    return "sigmoid" if name in ("sigma", "σ") and name not in environment.functions else name


def _read(heads: Sequence[str], environment: Environment) -> Iterator[str]:
    """The names that quantities are worked out from, through all equations."""
    waiting, seen = list(heads), set(heads)
    while waiting:
        fact = environment.equations.get(waiting.pop(0))
        for name in names(fact.formula) if fact is not None else ():
            if name not in seen:
                seen.add(name)
                waiting.append(name)
                yield name


def _is_known(name: str, environment: Environment) -> bool:
    """Whether a name without an argument stands for a function: 1 - tanh^2."""
    return name not in environment.names and function(name) is not None and len(name) > 1


def _variable(formulas: Sequence[Formula], primed: Sequence[str], environment: Environment) -> str | None:
    """What primes are by: a function's parameter, what a quantity is worked out from, the usual letter.

    None where a number has a prime: of h = tanh(0.5), the text does not say by what h' is.
    """
    if any(name in environment.values and name not in environment.equations for name in primed):
        return None
    for name in primed:
        fact = environment.functions.get(name)
        if fact is not None:
            return fact.parameters[0] if len(fact.parameters) == 1 else None
    equations = [name for name in primed if name in environment.equations]
    left_out = {*primed, PRIME.name, *environment.equations}
    read = dict.fromkeys(name for each in formulas for name in names(each))
    if equations:
        read = dict.fromkeys(_read(equations, environment))
    free = [name for name in read if name not in left_out and not _is_known(name, environment)]
    usual = next((each for each in _USUAL if each in free), None)
    if usual is not None or (primed and not equations):
        return usual or _USUAL[0]
    return free[0] if len(free) == 1 else None
