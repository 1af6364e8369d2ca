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
    Negation,
    Power,
    Product,
    Reduction,
    Relation,
    Sum,
    rewrite,
    walk,
)
from derive.indices import letters_in
from derive.program.cost import operations
from derive.program.naming import fresh
from derive.program.program import Line

_Key = tuple[Formula, tuple[str, ...]]


def shared(lines: Sequence[Line], name_of: Callable[[Formula], str], taken: set[str]) -> tuple[Line, ...]:
    """The lines with shared parts computed once: what is a line already by its name, others by new lines."""
    lines = _by_name(lines)
    counts: dict[_Key, int] = {}
    homes: dict[_Key, set[str]] = {}
    squared: set[Formula] = set()
    for line in lines:
        for term in line.terms:
            for node in () if _is_small(term.body) else walk(term.body):
                if isinstance(node, Power):
                    squared.add(node.base)
                if isinstance(node, Sum) or _is_work(node):
                    key = (node, _scope(node, line, term))
                    counts[key] = counts.get(key, 0) + 1
                    homes.setdefault(key, set()).add(line.target)
    again = {
        key
        for key, count in counts.items()
        if count > 1 and not _bound(key) and (_is_work(key[0]) or key[0] in squared)
    }
    inside = _inside(again, counts)
    again = {key for key in again if inside.get(key[0], 0) < counts[key]}
    readers = {target for key in again for target in homes[key]}
    return _named(lines, again, readers, name_of, taken)


def _bound(key: _Key) -> bool:
    return any(isinstance(node, Reduction) for node in walk(key[0]))


def _inside(again: set[_Key], counts: Mapping[_Key, int]) -> dict[Formula, int]:
    """How often a part occurs inside larger shared parts."""
    found: dict[Formula, int] = {}
    for key in again:
        for node in set(walk(key[0])) - {key[0]}:
            found[node] = found.get(node, 0) + counts[key]
    return found


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
    arithmetic, calls = operations(node)
    return arithmetic >= 2 or calls > 0


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
        if len(terms) == 1 and _is_definition(line):
            known.setdefault(terms[0].body, line.left)
    return found


def _is_definition(line: Line) -> bool:
    """Whether the right side, wherever it occurs, is the line: one term, no sum, all the line's letters."""
    (term,) = line.terms
    letters = letters_in(term.body, line.indices)
    whole = len(letters) == len(line.indices) and not term.summed and not term.guards
    return whole and _is_work(term.body)


def _named(
    lines: Sequence[Line],
    again: set[_Key],
    readers: set[str],
    name_of: Callable[[Formula], str],
    taken: set[str],
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
            found.append(Line(target, key[1], (Term(_within(node, lambda n: name(n, line, term))),)))
        return names[key]

    for line in lines:
        if line.target not in readers:
            found.append(line)
            continue
        terms = tuple(
            Term(_outermost(term.body, partial(name, line=line, term=term)), term.summed, term.guards)
            for term in line.terms
        )
        found.append(with_fields(line, terms=terms))
    return tuple(found)


def _outermost(formula: Formula, change: Callable[[Formula], Formula]) -> Formula:
    """The formula with `change` applied from the outside in, not within what was changed."""
    changed = change(formula)
    return changed if changed is not formula else _within(formula, change)


def _within(formula: Formula, change: Callable[[Formula], Formula]) -> Formula:
    """The formula with `change` applied to its parts, from the outside in."""
    if not formula.children:
        return formula
    children = tuple(_outermost(child, change) for child in formula.children)
    if all(new is old for new, old in zip(children, formula.children, strict=True)):
        return formula
    return formula.with_children(children)
