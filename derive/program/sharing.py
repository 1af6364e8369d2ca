"""Work done twice gets a name: subexpressions with a function or two operations that occur again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace as with_fields
from functools import partial

from derive.equation import Term, component
from derive.formula import (
    Call,
    Cases,
    Formula,
    Grouping,
    Indexed,
    Name,
    Negation,
    Power,
    Product,
    Reduction,
    Relation,
    Sum,
    operands,
    rewrite,
    walk,
)
from derive.indices import letters_in
from derive.program.cost import cost
from derive.program.program import Line
from derive.program.stability import fresh

_Key = tuple[Formula, tuple[str, ...]]


def shared(lines: Sequence[Line], name_of: Callable[[Formula], str], taken: set[str]) -> tuple[Line, ...]:
    """The lines with shared parts computed once: what is a line already by its name, others by new lines."""
    lines = _by_name(lines)
    counts: dict[_Key, int] = {}
    for line in lines:
        for term in line.terms:
            for node in () if _is_small(term.body) else walk(term.body):
                if isinstance(node, Sum) or _is_work(node):
                    key = (node, _scope(node, line, term))
                    counts[key] = counts.get(key, 0) + 1
    squared = {
        node.base
        for line in lines
        for term in line.terms
        if not _is_small(term.body)
        for node in walk(term.body)
        if isinstance(node, Power) and not isinstance(node.base, (Name, Indexed))
    }
    again = {
        key
        for key, count in counts.items()
        if count > 1 and not _bound(key) and (_is_work(key[0]) or key[0] in squared)
    }
    again = {key for key in again if not _inside_another(key, counts, again)}
    return _named(lines, again, name_of, taken) if again else tuple(lines)


def _bound(key: _Key) -> bool:
    return any(isinstance(node, Reduction) for node in walk(key[0]))


def _inside_another(key: _Key, counts: Mapping[_Key, int], again: set[_Key]) -> bool:
    """Whether the part occurs only inside a larger shared part."""
    formula = key[0]
    inside = sum(
        counts[other]
        for other in again
        if other[0] is not formula and other[0] != formula and any(node == formula for node in walk(other[0]))
    )
    return inside >= counts[key]


def _is_small(body: Formula) -> bool:
    """Whether nothing inside the body can be worth a name: a leaf, or two of them multiplied."""
    if isinstance(body, Product):
        return len(body.factors) == 2 and not any(_parts(factor) for factor in body.factors)
    return not _parts(body)


def _parts(formula: Formula) -> tuple[Formula, ...]:
    return () if isinstance(formula, Indexed) else formula.children


def _is_work(node: Formula) -> bool:
    """Whether naming the part saves anything: a function call, or two operations at least."""
    if not node.children or isinstance(node, (Indexed, Cases, Reduction, Grouping, Negation, Relation)):
        return False
    if isinstance(node, Product) and all(not each.children for each in node.factors):
        return len(node.factors) > 2
    if any(isinstance(each, Call) for each in walk(node)):
        return True
    found = cost((), (node,))
    return found.arithmetic >= 2 or found.functions > 0


def _scope(node: Formula, line: Line, term: Term) -> tuple[str, ...]:
    return letters_in(node, (*line.indices, *term.summed))


def _by_name(lines: Sequence[Line]) -> list[Line]:
    """The lines with parts that an earlier line computes replaced by its name."""
    known: dict[Formula, Formula] = {}
    found: list[Line] = []
    for line in lines:
        if all(_is_small(term.body) for term in line.terms):
            found.append(line)
            continue
        terms = tuple(
            Term(rewrite(term.body, lambda node: known.get(node, node)), term.summed, term.guards)
            for term in line.terms
        )
        line = Line(line.target, line.indices, terms, line.of)
        found.append(line)
        if len(terms) == 1 and not terms[0].summed and _is_work(terms[0].body):
            known.setdefault(terms[0].body, line.left)
    return found


def _named(
    lines: Sequence[Line], again: set[_Key], name_of: Callable[[Formula], str], taken: set[str]
) -> tuple[Line, ...]:
    names: dict[_Key, Formula] = {}
    found: list[Line] = []
    kinds = {type(key[0]) for key in again}

    def name(node: Formula, line: Line, term: Term) -> Formula:
        if type(node) not in kinds:
            return node
        key = (node, _scope(node, line, term))
        if key not in again:
            return node
        if key not in names:
            target = fresh(name_of(node), taken)
            names[key] = component(target, key[1])
            found.append(Line(target, key[1], (Term(node),)))
        return names[key]

    for line in lines:
        terms = tuple(
            Term(_outermost(term.body, partial(name, line=line, term=term)), term.summed, term.guards)
            for term in line.terms
        )
        found.append(with_fields(line, terms=terms))
    return tuple(found)


def _outermost(formula: Formula, change: Callable[[Formula], Formula]) -> Formula:
    """The formula with `change` applied from the outside in, not within what was changed."""
    changed = change(formula)
    if changed is not formula or not formula.children:
        return changed
    children = tuple(_outermost(child, change) for child in formula.children)
    if all(new is old for new, old in zip(children, formula.children, strict=True)):
        return formula
    return formula.with_children(children)


def reads(line: Line) -> tuple[str, ...]:
    """The names that a line reads."""
    return tuple(each.name for term in line.terms for each in operands(term.body))
