"""Formulas that lose digits or overflow, and what replaces them in code: a row each, a claim each.

The rows see through the author's names: where p = sigmoid(z) has a line of its own, log(p) is
log(sigmoid(z)).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import replace as with_fields

from derive import tidy
from derive.equation import Equation, component, equation, terms_of
from derive.formula import (
    Bound,
    Call,
    Formula,
    Grouping,
    Indexed,
    Name,
    Negation,
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
from derive.rules import Functions, opened


@dataclass(frozen=True, slots=True)
class Stable:
    """`unstable` is replaced by `stable`, equal for every real t."""

    unstable: str
    stable: str


STABLE: tuple[Stable, ...] = (
    Stable("log(sigmoid(t))", "-softplus(-t)"),
    Stable("log(1 - sigmoid(t))", "-softplus(t)"),
    Stable("log(1/(1 + exp(-t)))", "-softplus(-t)"),
    Stable("log(1 - 1/(1 + exp(-t)))", "-softplus(t)"),
    Stable("log(1 + exp(t))", "softplus(t)"),
    Stable("log(exp(t) + 1)", "softplus(t)"),
    Stable("1/(1 + exp(-t))", "sigmoid(t)"),
    Stable("exp(t)/(1 + exp(t))", "sigmoid(t)"),
    Stable("log(exp(t))", "t"),
)

_PARAMETER = Name("t")


def written_out(equations: Sequence[Equation], functions: Functions) -> tuple[Equation, ...]:
    """The equations with the model's own functions written out: what they hold may have a stable form."""
    if not functions:
        return tuple(equations)

    def change(node: Formula) -> Formula:
        if isinstance(node, Call) and node.function in functions:
            return rewrite(opened(node, functions), change)
        return node

    return tuple(
        with_fields(each, formula=formula, terms=terms_of(formula))
        for each in equations
        for formula in (rewrite(each.formula, change),)
    )


def stabilized(equations: Sequence[Equation], taken: set[str]) -> tuple[Equation, ...]:
    """The equations with every row applied, through names; arguments that this shares get a line."""
    seen: dict[str, Equation] = {}
    found: list[Equation] = []
    for each in equations:
        formula = each.formula
        if any(isinstance(node, Quotient) or _is_log(node) for node in walk(formula)):
            formula = rewrite(formula, lambda node: _stable(node, seen))
        line = each
        if formula is not each.formula:
            formula = rewrite(formula, _signs_in_front)
            line = with_fields(each, formula=formula, terms=terms_of(formula))
        seen[each.target] = line
        found.append(line)
    return tuple(_shifted(found, taken))


def through_names(equations: Sequence[Equation], taken: set[str]) -> tuple[Equation, ...]:
    """The equations with compound arguments of sigmoids that a logarithm reads on a line of their own."""
    equations = [_with_sigmoids(each) for each in equations]
    wanted = {name for each in equations for name in _under_logarithms(each.formula)}
    found: list[Equation] = []
    for each in equations:
        match each.formula:
            case Call("sigmoid", (argument,)) if each.target in wanted and operands_only(argument):
                name = fresh(f"z_{each.target}", taken)
                found.append(equation(name, argument, indices=each.indices))
                formula = Call("sigmoid", (component(name, each.indices),))
                found.append(with_fields(each, formula=formula, terms=terms_of(formula)))
            case _:
                found.append(each)
    return tuple(found)


def _with_sigmoids(each: Equation) -> Equation:
    """The equation with sigmoids that are written as fractions known for what they are."""
    if not any(isinstance(node, Quotient) for node in walk(each.formula)):
        return each
    formula = rewrite(each.formula, lambda node: _stable(node, {}) if isinstance(node, Quotient) else node)
    if formula is each.formula:
        return each
    return with_fields(each, formula=formula, terms=terms_of(formula))


def operands_only(argument: Formula) -> bool:
    """Whether an argument is more than a name."""
    return not isinstance(argument, (Name, Indexed))


def fresh(name: str, taken: set[str]) -> str:
    """The name, with a number behind it if it is taken; it then is."""
    number, candidate = 1, name
    while candidate in taken:
        candidate, number = f"{name}{number}", number + 1
    taken.add(candidate)
    return candidate


def _under_logarithms(formula: Formula) -> Iterator[str]:
    waiting = [formula]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Call) and node.function == "log":
            yield from (each.name for each in operands(node))
        waiting.extend(node.children)


def _stable(node: Formula, seen: Mapping[str, Equation]) -> Formula:
    if not isinstance(node, (Call, Quotient)):
        return node
    if isinstance(node, Call) and node.function != "log":
        return node
    for row in STABLE:
        bound = _match(read(row.unstable), node, seen)
        if bound is not None:
            return replace(read(row.stable), {_PARAMETER: bound})
    return node


def _is_log(node: Formula) -> bool:
    return isinstance(node, Call) and node.function == "log"


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


def _match(pattern: Formula, node: Formula, seen: Mapping[str, Equation]) -> Formula | None:
    """What the parameter of a pattern stands for in a formula that has its shape."""
    found: list[Formula] = []
    return found[0] if _fits(pattern, node, seen, found) and found else None


def _fits(pattern: Formula, node: Formula, seen: Mapping[str, Equation], found: list[Formula]) -> bool:
    if pattern == _PARAMETER:
        found.append(node)
        return found[0] == node
    if isinstance(node, Grouping):
        return _fits(pattern, node.inner, seen, found)
    if isinstance(node, (Name, Indexed)) and not isinstance(pattern, Name):
        inner = _definition(node, seen)
        return inner is not None and _fits(pattern, inner, seen, found)
    if type(pattern) is not type(node) or len(pattern.children) != len(node.children):
        return False
    if isinstance(pattern, Call) and isinstance(node, Call) and pattern.function != node.function:
        return False
    if not pattern.children:
        return pattern == node
    pairs = zip(pattern.children, node.children, strict=True)
    return all(_fits(one, other, seen, found) for one, other in pairs)


def _definition(node: Name | Indexed, seen: Mapping[str, Equation]) -> Formula | None:
    """The right side that a quantity stands for, at the indices where it is read."""
    line = seen.get(node.name)
    if line is None or not isinstance(line.formula, (Call, Quotient)):
        return None
    if any(isinstance(each, Reduction) for each in line.formula.children):
        return None
    at = node.indices if isinstance(node, Indexed) else ()
    if len(at) != len(line.indices):
        return None
    return renamed(line.formula, dict(zip(line.indices, at, strict=True)))


def _shifted(equations: Sequence[Equation], taken: set[str]) -> Iterator[Equation]:
    """Exponentials that are summed, `e[i] = exp(z[i])`, `s = sum(e[j], j)`, shifted by the maximum.

    exp(z[i] - m)/sum(exp(z[j] - m)) is the same for every m, and so is m + log(sum(exp(z[j] - m))):
    the shift takes no part in the derivative.
    """
    groups = {each.target: each for each in _groups(equations)}
    by_target = {each.target: each for each in equations}
    for each in equations:
        if each.target in groups:
            yield from _shift(groups[each.target], taken)
        else:
            yield _with_logarithms(each, groups, by_target)


@dataclass(frozen=True, slots=True)
class _Group:
    """A line of exponentials, the sum of which is read, with the name given to its maximum."""

    target: str
    line: Equation
    argument: Formula
    total: str
    letter: str
    maximum: str


def _groups(equations: Sequence[Equation]) -> Iterator[_Group]:
    for each in equations:
        match each.formula:
            case Call("exp", (argument,)) if each.indices:
                for other in equations:
                    letter = _sums(other, each)
                    if letter is not None and _only_as_a_ratio(each, other, equations):
                        maximum = f"max_{each.target}"
                        yield _Group(each.target, each, argument, other.target, letter, maximum)
                        break


def _sums(other: Equation, line: Equation) -> str | None:
    """The letter of `line` that another equation sums over, and nothing else."""
    match other.formula:
        case Reduction("sum", Indexed(name, at), (Bound(bound),)) if name == line.target:
            letters = [index.name if isinstance(index, Name) else "" for index in at]
            if bound in letters:
                return line.indices[letters.index(bound)]
    return None


def _only_as_a_ratio(line: Equation, total: Equation, equations: Sequence[Equation]) -> bool:
    """Whether exponentials and sum are read only as exp/sum and as the logarithm of the sum."""
    names = {line.target, total.target}
    for each in equations:
        if each.target == total.target or names.isdisjoint(each.reads):
            continue
        left = rewrite(each.formula, lambda node: _without_ratio(node, line.target, total.target))
        if not names.isdisjoint(operand.name for operand in operands(left)):
            return False
    return True


def _without_ratio(node: Formula, line: str, total: str) -> Formula:
    match node:
        case Quotient(Indexed(top), Name(bottom) | Indexed(bottom)) if (top, bottom) == (line, total):
            return Name("ratio")
        case Call("log", (Name(name) | Indexed(name),)) if name == total:
            return Name("logarithm")
    return node


def _shift(group: _Group, taken: set[str]) -> Iterator[Equation]:
    line = group.line
    taken.add(group.maximum)
    rest = tuple(letter for letter in line.indices if letter != group.letter)
    maximum = Reduction("max", group.argument, (Bound(group.letter),))
    yield equation(group.maximum, maximum, indices=rest)
    shifted = Sum((group.argument, Negation(component(group.maximum, rest))))
    yield equation(line.target, Call("exp", (shifted,)), indices=line.indices)


def _with_logarithms(
    each: Equation, groups: Mapping[str, _Group], by_target: Mapping[str, Equation]
) -> Equation:
    """log(p[i]) of a ratio as z[i] - m - log(s), log(s) as m + log(s)."""
    totals = {group.total: group for group in groups.values()}
    if not totals:
        return each

    def change(node: Formula) -> Formula:
        match node:
            case Call("log", (Name() | Indexed() as operand,)):
                return _logarithm(operand, groups, totals, by_target) or node
            case Call("log", (Quotient() as ratio,)):
                return _log_ratio(ratio, groups, by_target) or node
        return node

    formula = rewrite(each.formula, change)
    if formula is each.formula:
        return each
    return with_fields(each, formula=formula, terms=terms_of(formula))


def _logarithm(
    operand: Name | Indexed,
    groups: Mapping[str, _Group],
    totals: Mapping[str, _Group],
    by_target: Mapping[str, Equation],
) -> Formula | None:
    at = operand.indices if isinstance(operand, Indexed) else ()
    if operand.name in totals:
        group = totals[operand.name]
        rest = tuple(letter for letter in group.line.indices if letter != group.letter)
        maximum = component(group.maximum, rest)
        own = dict(zip(rest, at, strict=True))
        return Sum((renamed(maximum, own), Call("log", (operand,))))
    line = by_target.get(operand.name)
    if line is None or not isinstance(line.formula, Quotient):
        return None
    ratio = _log_ratio(line.formula, groups, by_target)
    return None if ratio is None else renamed(ratio, dict(zip(line.indices, at, strict=True)))


def _log_ratio(
    ratio: Quotient, groups: Mapping[str, _Group], by_target: Mapping[str, Equation]
) -> Formula | None:
    match ratio:
        case Quotient(Indexed(top, at), Name() | Indexed() as bottom) if top in groups:
            group = groups[top]
            if bottom.name != group.total:
                return None
            rest = tuple(letter for letter in group.line.indices if letter != group.letter)
            shifted = Sum((group.argument, Negation(component(group.maximum, rest))))
            own = dict(zip(group.line.indices, at, strict=True))
            terms = renamed(shifted, own)
            assert isinstance(terms, Sum)
            return Sum((*terms.terms, Negation(Call("log", (bottom,)))))
    return None
