"""Formulas that lose digits or overflow, and what replaces them in code: a row each, a claim each.

The rows see through the author's names: where p = sigmoid(z) has a line of its own, log(p) is
log(sigmoid(z)).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial

from derive import tidy
from derive.equation import Equation, component, equation
from derive.formula import (
    ONE,
    TWO,
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
    operands,
    read,
    replace,
    rewrite,
    walk,
)
from derive.indices import renamed
from derive.program.naming import fresh
from derive.program.shifting import rewritten, shifted
from derive.rules import Functions, opened


@dataclass(frozen=True, slots=True)
class Stable:
    """`unstable` is replaced by `stable`, equal for all real numbers in place of its names.

    Without `through`, what the author gave a name is left alone.
    """

    unstable: str
    stable: str
    through: bool = True


STABLE: tuple[Stable, ...] = (
    Stable("log(sigmoid(t))", "-softplus(-t)"),
    Stable("log(1 - sigmoid(t))", "-softplus(t)"),
    Stable("log(1/(1 + exp(-t)))", "-softplus(-t)"),
    Stable("log(1 - 1/(1 + exp(-t)))", "-softplus(t)"),
    Stable("log(1 + exp(t))", "softplus(t)"),
    Stable("log(exp(t) + 1)", "softplus(t)"),
    Stable("log(exp(t) + exp(u))", "t + softplus(u - t)"),
    Stable("log(exp(t))", "t"),
    Stable("log(cosh(t))", "t + softplus(-2*t) - log(2)"),
    Stable("1/(1 + exp(-t))", "sigmoid(t)"),
    Stable("1/(exp(-t) + 1)", "sigmoid(t)"),
    Stable("1/(1 + exp(t))", "sigmoid(-t)"),
    Stable("1/(exp(t) + 1)", "sigmoid(-t)"),
    Stable("exp(t)/(1 + exp(t))", "sigmoid(t)"),
    Stable("exp(t)/(exp(t) + 1)", "sigmoid(t)"),
    Stable("exp(t)/(exp(t) + exp(u))", "sigmoid(t - u)"),
    Stable("exp(u)/(exp(t) + exp(u))", "sigmoid(u - t)"),
    Stable("(exp(t) - exp(-t))/(exp(t) + exp(-t))", "tanh(t)"),
    Stable("1 - sigmoid(t)", "sigmoid(-t)"),
    Stable("sqrt(t**2)", "abs(t)"),
    # Their slopes have a square below, which is 0 long before exp(u) is.
    Stable("exp(t)/exp(u)", "exp(t - u)", through=False),
    Stable("1/exp(u)", "exp(-u)", through=False),
    Stable("t/exp(u)", "t*exp(-u)", through=False),
)
# The functions that a row's formula may be a call of.
_CALLED = frozenset({"log", "sqrt"})

# Derivatives whose textbook form loses digits where the argument is large: the two parts cancel.
SLOPES: Mapping[str, Stable] = {
    "silu": Stable("f + sigmoid(t)*(1 - f)", "sigmoid(t)*(1 + t*sigmoid(-t))"),
}

_PARAMETERS = (Name("t"), Name("u"))
Bindings = dict[Formula, Formula]


def slope(call: Call, functions: Functions) -> Formula:
    """A call with primes, f'(u), written out for code."""
    if call.primes == 1 and call.function in SLOPES and call.function not in functions:
        (argument,) = call.arguments
        return replace(_read(SLOPES[call.function].stable), {_PARAMETERS[0]: argument})
    return opened(call, functions)


def written_out(equations: Sequence[Equation], functions: Functions) -> tuple[Equation, ...]:
    """The equations with the model's own functions written out: what they hold may have a stable form.

    A quantity times itself is its square, whose derivative is one product.
    """

    def change(node: Formula) -> Formula:
        match node:
            case Call(primes=primes) if primes:
                return rewrite(slope(node, functions), change)
            case Call(function) if function in functions:
                return rewrite(opened(node, functions), change)
            case Product((Name() | Indexed() as one, other)) if one == other:
                return Power(one, TWO)
        return node

    return tuple(rewritten(each, change) for each in equations)


@dataclass(frozen=True, slots=True)
class Stabilized:
    """Equations in stable form; `shifts` are the maxima that take no part in any derivative."""

    equations: tuple[Equation, ...]
    shifts: frozenset[str]


def stabilized(equations: Sequence[Equation], taken: set[str]) -> Stabilized:
    """The equations in stable form, sums of exponentials shifted; arguments that this shares get a line."""
    return Stabilized(*shifted(with_rows(equations, taken), taken))


def with_rows(equations: Sequence[Equation], taken: set[str]) -> list[Equation]:
    """The equations with every row applied, through names, and differentiable as before."""
    unstable = {each.target for each in equations if any(map(_may_be_unstable, walk(each.formula)))}
    seen: dict[str, Equation] = {}
    found: list[Equation] = []
    for each in _with_arguments(equations, unstable, taken) if unstable else equations:
        line = each
        if each.target in unstable:
            weights = _weights(each.formula)
            line = rewritten(each, partial(_stable_or_kept, seen=seen, kept=weights))
        if line is not each:
            line = rewritten(line, _signs_in_front)
        seen[each.target] = line
        found.append(line)
    return found


def _with_arguments(
    equations: Sequence[Equation], unstable: Collection[str], taken: set[str]
) -> Iterator[Equation]:
    """The equations with compound arguments of sigmoids on a line of their own, if a row looks through."""
    equations = [_with_sigmoids(each) if each.target in unstable else each for each in equations]
    wanted = {name for each in equations if each.target in unstable for name in _looked_through(each.formula)}
    for each in equations:
        match each.formula:
            case Call("sigmoid", (argument,)) if each.target in wanted and argument.children:
                if isinstance(argument, Indexed):
                    yield each
                    continue
                name = fresh(f"z_{each.target}", taken)
                yield equation(name, argument, indices=each.indices)
                yield rewritten(each, partial(_put, old=argument, new=component(name, each.indices)))
            case _:
                yield each


def _put(node: Formula, old: Formula, new: Formula) -> Formula:
    return new if node == old else node


def _with_sigmoids(each: Equation) -> Equation:
    """The equation with sigmoids that are written as fractions known for what they are."""
    return rewritten(each, lambda node: _stable(node, {}) if isinstance(node, Quotient) else node)


def _looked_through(formula: Formula) -> Iterator[str]:
    """The names that stand in a logarithm or are taken from 1."""
    for node in walk(formula):
        if (isinstance(node, Call) and node.function == "log") or _is_complement(node):
            yield from (each.name for each in operands(node))


def _weights(formula: Formula) -> set[Formula]:
    """The 1 - z of mixtures (1 - z)*a + z*b: where they are small, so is what they weigh in the sum."""
    found: set[Formula] = set()
    for node in walk(formula):
        if isinstance(node, Sum):
            products = [term.factors for term in node.terms if isinstance(term, Product)]
            factors = [_bare(factor) for each in products for factor in each]
            found.update(
                factor
                for factor in factors
                if isinstance(factor, Sum)
                and _is_complement(factor)
                and isinstance(factor.terms[1], Negation)
                and factor.terms[1].operand in factors
            )
    return found


def _bare(formula: Formula) -> Formula:
    return formula.inner if isinstance(formula, Grouping) else formula


def _is_complement(node: Formula) -> bool:
    return isinstance(node, Sum) and len(node.terms) == 2 and node.terms[0] == ONE


def _may_be_unstable(node: Formula) -> bool:
    match node:
        case Quotient():
            return True
        case Call(function):
            return function in _CALLED
    return _is_complement(node)


def _stable(node: Formula, seen: Mapping[str, Equation]) -> Formula:
    if not _may_be_unstable(node):
        return node
    for row in STABLE:
        bound: Bindings = {}
        if _fits(_read(row.unstable), node, seen if row.through else {}, bound):
            return replace(_read(row.stable), bound)
    return node


def _stable_or_kept(node: Formula, seen: Mapping[str, Equation], kept: Collection[Formula]) -> Formula:
    return node if node in kept else _stable(node, seen)


@cache
def _read(text: str) -> Formula:
    return read(text)


def _signs_in_front(node: Formula) -> Formula:
    """-(a·(-b) + c·(-d)) as a·b + c·d."""
    match node:
        case Product(factors) if any(isinstance(factor, Negation) for factor in factors):
            return tidy.product(factors)
        case Negation(Negation(inner)):
            return inner
        case Negation(Sum(terms)) if all(isinstance(term, Negation) for term in terms):
            return Sum(tuple(map(tidy.negative, terms)))
    return node


def _fits(pattern: Formula, node: Formula, seen: Mapping[str, Equation], bound: Bindings) -> bool:
    """Whether a formula has the shape of a pattern; `bound` collects what its parameters stand for."""
    if isinstance(node, Grouping):
        return _fits(pattern, node.inner, seen, bound)
    if pattern in _PARAMETERS:
        return bound.setdefault(pattern, node) == node
    if isinstance(node, (Name, Indexed)):
        inner = _definition(node, seen)
        return inner is not None and _fits(pattern, inner, seen, bound)
    if type(pattern) is not type(node) or len(pattern.children) != len(node.children):
        return False
    if isinstance(pattern, Call) and isinstance(node, Call) and pattern.function != node.function:
        return False
    if isinstance(pattern, Number) and isinstance(node, Number):
        return pattern.value == node.value
    pairs = zip(pattern.children, node.children, strict=True)
    return all(_fits(one, other, seen, bound) for one, other in pairs)


def _definition(node: Name | Indexed, seen: Mapping[str, Equation]) -> Formula | None:
    """The right side that a quantity stands for, at the indices where it is read."""
    line = seen.get(node.name)
    if line is None or any(isinstance(each, Reduction) for each in walk(line.formula)):
        return None
    at = node.indices if isinstance(node, Indexed) else ()
    if len(at) != len(line.indices):
        return None
    return renamed(line.formula, dict(zip(line.indices, at, strict=True)))
