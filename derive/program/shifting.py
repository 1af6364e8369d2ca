"""Exponentials divided by their sum, shifted by the largest argument so that none overflows.

exp(z[i] - m)/sum(exp(z[j] - m), j) is the same for every m, and so is m + log(sum(exp(z[j] - m), j)):
the shift takes no part in any derivative.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import replace as with_fields
from functools import partial

from derive.equation import Equation, equation, with_formula
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
    replace,
    rewrite,
    walk,
)
from derive.indices import renamed
from derive.likeness import likeness
from derive.program.axes import axis_order
from derive.program.naming import fresh
from derive.program.scales import is_free


@dataclass(frozen=True, slots=True)
class _Group:
    """Lines of exponentials and the line of their sum, with the line of the largest argument.

    `lines` are one line with an index that `total` sums over, or a line for each term of `total`; `letters`
    are what the line of the sum calls the indices of the maximum.
    """

    lines: Mapping[str, Equation]
    total: str
    maximum: Equation
    letters: tuple[str, ...]

    def shift(self, line: Equation) -> Equation:
        """A line of exponentials with its argument shifted."""
        old = _exponential(line.formula)
        assert old is not None
        new = Call("exp", (Sum((*old.arguments, Negation(self.maximum.left))),))
        return _with_formula(line, replace(line.formula, {old: new}))

    def logarithm(self, ratio: Quotient) -> Formula | None:
        """log(exp/sum) as shifted argument less the logarithm of the sum; None if it is no such ratio."""
        match ratio:
            case Quotient(Name(top) | Indexed(top) as quantity, Name(bottom) | Indexed(bottom) as below):
                line = self.lines.get(top)
                if line is None or bottom != self.total or not isinstance(line.formula, Call):
                    return None
                shift = Sum((_argument(line), Negation(self.maximum.left)))
                terms = (shift, Negation(Call("log", (below,))))
                return renamed(Sum(terms), _places(line, quantity))
        return None


def shifted(equations: Sequence[Equation], taken: set[str]) -> tuple[tuple[Equation, ...], frozenset[str]]:
    """The equations with every such sum shifted, and the names of the lines that hold the shifts."""
    equations = _with_lines(_with_weighted(equations, taken), taken)
    by_target = {each.target: each for each in equations}
    groups = _nested(_groups(equations, taken), by_target)
    if not groups:
        return tuple(equations), frozenset()
    found: list[Equation] = []
    begun: set[str] = set()
    for each in equations:
        group = next((group for group in groups if each.target in group.lines), None)
        if group is None:
            found.append(_with_logarithms(each, groups, by_target))
            continue
        if group.total not in begun:
            begun.add(group.total)
            found.append(group.maximum)
        found.append(group.shift(group.lines[each.target]))
    return tuple(found), frozenset(group.maximum.target for group in groups)


def _nested(groups: Iterable[_Group], by_target: Mapping[str, Equation]) -> list[_Group]:
    """The groups with arguments that read the logarithm of an earlier sum in terms of its shifted one."""
    found: list[_Group] = []
    for group in groups:
        lines = {name: _with_logarithms(line, found, by_target) for name, line in group.lines.items()}
        maximum = _with_logarithms(group.maximum, found, by_target)
        found.append(with_fields(group, lines=lines, maximum=maximum))
    return found


def rewritten(each: Equation, change: Callable[[Formula], Formula]) -> Equation:
    """The equation with every node of its right side changed; the same one if none is."""
    formula = rewrite(each.formula, change)
    return each if formula is each.formula else _with_formula(each, formula)


def _with_formula(each: Equation, formula: Formula) -> Equation:
    return with_formula(each, formula)


def _argument(line: Equation) -> Formula:
    call = _exponential(line.formula)
    assert call is not None
    return call.arguments[0]


def _exponential(formula: Formula) -> Call | None:
    """The one exponential that a formula is, or is in proportion to: w*exp(z)/c; None if it is no such."""
    match formula:
        case Call("exp"):
            return formula
        case Quotient(top, bottom) if not any(map(_is_exponential, walk(bottom))):
            return _exponential(top)
        case Grouping(inner) | Negation(inner):
            return _exponential(inner)
        case Product(factors):
            holders = [factor for factor in factors if any(map(_is_exponential, walk(factor)))]
            return _exponential(holders[0]) if len(holders) == 1 else None
    return None


def _is_exponential(formula: Formula) -> bool:
    return isinstance(formula, Call) and formula.function == "exp"


def _places(line: Equation, quantity: Name | Indexed) -> dict[str, Formula]:
    at = quantity.indices if isinstance(quantity, Indexed) else ()
    return dict(zip(line.indices, at, strict=True))


def _with_lines(equations: Sequence[Equation], taken: set[str]) -> Sequence[Equation]:
    """The equations with sums of exponentials, below a fraction or in a logarithm, on lines of their own."""
    known: dict[tuple[str, ...], dict[Formula, Formula]] = {}
    found: list[Equation] = []
    logarithms = _in_logarithms(equations)
    for each in equations:
        match each.formula:
            case Reduction("sum", body, bounds) if each.target in logarithms and _exponential(body):
                letters = axis_order((body,), (*each.indices, *(bound.name for bound in bounds)))
                found.append(_line(body, letters, taken))
                each = _with_formula(each, Reduction("sum", found[-1].left, bounds))
        names = known.setdefault(each.indices, {})
        for total in _sums_of_exponentials(each.formula):
            for formula in (*total.terms, total):
                formula = replace(formula, names)
                if formula not in names.values():
                    line = _line(formula, each.indices, taken)
                    names[formula] = line.left
                    found.append(line)
        found.append(rewritten(each, partial(_put, values=names)) if names else each)
    return found


def _with_weighted(equations: Sequence[Equation], taken: set[str]) -> Sequence[Equation]:
    """The equations with the exponential of a weighted sum, sum(w[j]*exp(z[j]), j), on a line of its own.

    This where the sum stands below a fraction. What has the same exponential reads that line from then on.
    """
    below = {name for each in equations for name in _below(each.formula)}
    made: list[Equation] = []
    found: list[Equation] = []
    for each in equations:
        match each.formula:
            case Reduction("sum", Product() as body, bounds) if each.target in below:
                call = _exponential(body)
                if call is not None and not any(likeness(line.formula, call, line.indices) for line in made):
                    letters = axis_order((call,), (*each.indices, *(bound.name for bound in bounds)))
                    made.append(_line(call, letters, taken))
                    found.append(made[-1])
        found.append(rewritten(each, partial(_read_from, lines=made)) if made else each)
    return found


def _below(formula: Formula) -> Iterator[str]:
    """The quantities that something is divided by."""
    for node in walk(formula):
        if isinstance(node, Quotient):
            yield from (each.name for each in operands(node.denominator))


def _read_from(node: Formula, lines: Sequence[Equation]) -> Formula:
    """An exponential that a line holds as a component of that line."""
    for line in lines if _is_exponential(node) else ():
        at = likeness(line.formula, node, line.indices)
        if at is not None and at.keys() == set(line.indices):
            return renamed(line.left, at)
    return node


def _in_logarithms(equations: Sequence[Equation]) -> set[str]:
    """The quantities that a logarithm is taken of."""
    calls = (node for each in equations for node in walk(each.formula) if isinstance(node, Call))
    arguments = (call.arguments[0] for call in calls if call.function == "log")
    return {each.name for each in arguments if isinstance(each, (Name, Indexed))}


def _put(node: Formula, values: Mapping[Formula, Formula]) -> Formula:
    return values.get(node, node)


def _sums_of_exponentials(formula: Formula) -> Iterator[Sum]:
    for node in walk(formula):
        match node:
            case Quotient(_, Sum(terms) as total) | Call("log", (Sum(terms) as total,)):
                if all(isinstance(term, Call) and term.function == "exp" for term in terms):
                    yield total


def _line(formula: Formula, indices: tuple[str, ...], taken: set[str]) -> Equation:
    """A line for an exponential or for a sum of them."""
    inner = formula.arguments[0] if isinstance(formula, Call) else None
    is_exponential = _exponential(formula) is not None
    stem = f"e_{inner.name}" if isinstance(inner, (Name, Indexed)) else "e" if is_exponential else "s"
    return equation(fresh(stem, taken), formula, indices=indices)


def _groups(equations: Sequence[Equation], taken: set[str]) -> Iterator[_Group]:
    exponentials = {each.target: each for each in equations if _exponential(each.formula) is not None}
    by_target = {each.target: each for each in equations}
    for total in equations if exponentials else ():
        group = _indexed(total, exponentials, by_target, taken) or _listed(
            total, exponentials, taken, equations
        )
        if group is not None and _only_as_ratios(group, equations):
            yield group


def _indexed(
    total: Equation,
    exponentials: Mapping[str, Equation],
    by_target: Mapping[str, Equation],
    taken: set[str],
) -> _Group | None:
    """`s[n] = sum(e[n,j], j)` or `s[n] = sum(w[j]*e[n,j], j)` over a line of exponentials e."""
    match total.formula:
        case Reduction("sum", body, (Bound(bound),)):
            source = _source(body, exponentials, by_target)
            if source is None or Name(bound) not in source.indices:
                return None
            line, at = exponentials[source.name], source.indices
            called = [index.name if isinstance(index, Name) else "" for index in at]
            if len(set(called)) != len(called) or set(called) - {bound} - set(total.indices):
                return None
            letter = line.indices[called.index(bound)]
            rest = tuple(each for each in line.indices if each != letter)
            largest = Reduction("max", _argument(line), (Bound(letter),))
            maximum = equation(_name((line,), taken), largest, indices=rest)
            letters = tuple(each for each in called if each != bound)
            return _Group({line.target: line}, total.target, maximum, letters)
    return None


def _source(
    body: Formula, exponentials: Mapping[str, Equation], by_target: Mapping[str, Equation]
) -> Indexed | None:
    """The one component of a line of exponentials that a formula is in proportion to, by way of others."""
    found: list[Indexed] = []
    for factor in body.factors if isinstance(body, Product) else (body,):
        if isinstance(factor, Indexed) and factor.name in exponentials:
            found.append(factor)
        elif isinstance(factor, Indexed) and factor.name in by_target:
            line = by_target[factor.name]
            if isinstance(line.formula, Product):
                inner = renamed(line.formula, _places(line, factor))
                source = _source(inner, exponentials, by_target)
                found.extend(() if source is None else (source,))
    return found[0] if len(found) == 1 else None


def _listed(
    total: Equation,
    exponentials: Mapping[str, Equation],
    taken: set[str],
    equations: Sequence[Equation],
) -> _Group | None:
    """`s = e1 + e2 + e3` over lines of exponentials with the same indices, all of them before it."""
    if not isinstance(total.formula, Sum):
        return None
    lines: dict[str, Equation] = {}
    for term in total.formula.terms:
        line = exponentials.get(term.name) if isinstance(term, (Name, Indexed)) else None
        if line is None or term != line.left or line.indices != total.indices:
            return None
        lines[line.target] = line
    if not _together(list(lines), equations):
        return None
    largest = Call("max", tuple(map(_argument, lines.values())))
    maximum = equation(_name(tuple(lines.values()), taken), largest, indices=total.indices)
    return _Group(lines, total.target, maximum, total.indices)


def _together(names: Sequence[str], equations: Sequence[Equation]) -> bool:
    """Whether everything that the lines read is known before the first of them."""
    order = {each.target: at for at, each in enumerate(equations)}
    first = min(order[name] for name in names)
    return all(order.get(read, -1) < first for name in names for read in equations[order[name]].reads)


def _name(lines: tuple[Equation, ...], taken: set[str]) -> str:
    """A free name for the maximum: after the arguments if that is what they all are."""
    arguments = {_argument(line) for line in lines}
    plain = [each.name for each in arguments if isinstance(each, (Name, Indexed))]
    stem = f"max_{plain[0] if len(plain) == len(arguments) == 1 else lines[0].target}"
    return fresh(stem, taken)


def _only_as_ratios(group: _Group, equations: Sequence[Equation]) -> bool:
    """Whether the shift cancels: exponentials and sum are read in ratios and as the logarithm of the sum."""
    scaled = {name: tuple(map(Name, group.maximum.indices)) for name in group.lines}
    return is_free(equations, scaled, group.total)


def _with_logarithms(each: Equation, groups: Sequence[_Group], by_target: Mapping[str, Equation]) -> Equation:
    """log(p[i]) of a ratio as z[i] - m - log(s), log(s) as m + log(s)."""

    def change(node: Formula) -> Formula:
        if not isinstance(node, Call) or node.function != "log":
            return node
        (argument,) = node.arguments
        answers = (_logarithm(argument, group, by_target) for group in groups)
        return next((answer for answer in answers if answer is not None), node)

    return rewritten(each, change)


def _logarithm(argument: Formula, group: _Group, by_target: Mapping[str, Equation]) -> Formula | None:
    match argument:
        case Quotient():
            return group.logarithm(argument)
        case Name(name) | Indexed(name) if name == group.total:
            own = _places(by_target[name], argument)
            letters = zip(group.maximum.indices, group.letters, strict=True)
            at = {letter: own[called] for letter, called in letters}
            return Sum((renamed(group.maximum.left, at), Call("log", (argument,))))
        case Name(name) | Indexed(name) if name in by_target:
            line = by_target[name]
            if isinstance(line.formula, Quotient):
                ratio = group.logarithm(line.formula)
                return None if ratio is None else renamed(ratio, _places(line, argument))
    return None
