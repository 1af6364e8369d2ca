"""Work done twice gets a name: subexpressions with a function or two operations that occur again."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
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
    Number,
    Power,
    Product,
    Quotient,
    Reduction,
    Relation,
    Sum,
    rewrite,
    walk,
)
from derive.indices import letters_in, renamed
from derive.program.axes import axis_order
from derive.program.cost import operations
from derive.program.naming import fresh
from derive.program.program import Line

# A part with its letters numbered, and how many they are: the same array under any letters.
_Key = tuple[Formula, int]
# The line that computes a part, and which of the part's letters each of its indices is.
_Lines = dict[_Key, tuple[str, tuple[int, ...]]]


def shared(lines: Sequence[Line], name_of: Callable[[Formula], str], taken: set[str]) -> tuple[Line, ...]:
    """The lines with shared parts computed once: what is a line already by its name, others by new lines."""
    lines = _by_name(lines)
    counts: dict[_Key, int] = {}
    homes: dict[_Key, set[str]] = {}
    squared: set[_Key] = set()
    for line in lines:
        for term in line.terms:
            for node in () if _is_small(term.body) else _computed(term.body):
                if isinstance(node, Power):
                    squared.add(keyed(node.base, _letters(line, term))[0])
                if isinstance(node, Sum) or _is_work(node):
                    key, _ = keyed(node, _letters(line, term))
                    counts[key] = counts.get(key, 0) + 1
                    homes.setdefault(key, set()).add(line.target)
    again = {
        key
        for key, count in counts.items()
        if count > 1 and not _bound(key) and (_is_work(key[0]) or key in squared or _is_array_sum(key))
    }
    inside = _inside(again, counts)
    again = {key for key in again if inside.get(key, 0) < counts[key]}
    if not again:
        return tuple(lines)
    readers = {target for key in again for target in homes[key]}
    # What was named may hold parts that still occur again.
    return shared(_named(lines, again, readers, name_of, taken), name_of, taken)


def _computed(formula: Formula) -> Iterator[Formula]:
    """Every node but those inside indices: these are places of an array, and no work on one."""
    yield formula
    for part in _parts(formula):
        yield from _computed(part)


def _bound(key: _Key) -> bool:
    return any(isinstance(node, Reduction) for node in walk(key[0]))


def _inside(again: set[_Key], counts: Mapping[_Key, int]) -> dict[_Key, int]:
    """How often a part occurs inside larger shared parts."""
    found: dict[_Key, int] = {}
    for key in again:
        letters = tuple(map(_numbered, range(key[1])))
        for inner in {keyed(node, letters)[0] for node in walk(key[0])} - {key}:
            found[inner] = found.get(inner, 0) + counts[key]
    return found


def _is_small(body: Formula) -> bool:
    """Whether nothing inside the body can be worth a name: a leaf, or two of them multiplied."""
    if isinstance(body, Product):
        return len(body.factors) == 2 and not any(_parts(factor) for factor in body.factors)
    return not _parts(body)


def _parts(formula: Formula) -> tuple[Formula, ...]:
    return () if isinstance(formula, Indexed) else formula.children


def _is_array_sum(key: _Key) -> bool:
    """Whether a sum of arrays fills an array of two axes at least: that is a pass over memory."""
    formula, axes = key
    if axes < 2 or not isinstance(formula, Sum):
        return False
    bare = (term.operand if isinstance(term, Negation) else term for term in formula.terms)
    return all(isinstance(term, Indexed) for term in bare)


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


def _letters(line: Line, term: Term) -> tuple[str, ...]:
    body = term.body
    bound = (each.name for each in body.bounds) if isinstance(body, Reduction) else ()
    return (*line.indices, *term.summed, *bound)


def keyed(node: Formula, letters: Collection[str]) -> tuple[_Key, tuple[str, ...]]:
    """The part with its letters numbered in the order of its axes, and that order."""
    scope = axis_order((node,), letters)
    if not scope:
        return (node, 0), ()
    numbers = {letter: Name(_numbered(at)) for at, letter in enumerate(scope)}
    return (renamed(node, numbers), len(scope)), scope


def _numbered(at: int) -> str:
    return f"#{at}"


def _by_name(lines: Sequence[Line]) -> list[Line]:
    """The lines with parts that an earlier line computes replaced by its name."""
    known: _Lines = {}
    fractions: _Lines = {}
    kinds: set[type[Formula]] = set()
    found: list[Line] = []

    def name(node: Formula, letters: Collection[str]) -> Formula:
        if type(node) not in kinds:
            return node
        same = _line_of(node, letters, known)
        if same is None and (parts := _below_again(node)) is not None:
            above = _line_of(parts[0], letters, fractions)
            return node if above is None else Quotient(above, parts[1])
        return node if same is None else same

    for line in lines:
        if all(_is_small(term.body) for term in line.terms):
            found.append(line)
            continue
        if kinds:
            terms = tuple(
                Term(rewrite(t.body, partial(name, letters=_letters(line, t))), t.summed, t.guards)
                for t in line.terms
            )
            line = Line(line.target, line.indices, terms, line.of)
        found.append(line)
        if len(line.terms) == 1 and _is_definition(line):
            body = line.terms[0].body
            key, scope = keyed(body, line.indices)
            kinds.add(type(body))
            place = (line.target, tuple(map(scope.index, line.indices)))
            if isinstance(body, Quotient):
                fractions.setdefault(key, place)
            if _is_work(body):
                known.setdefault(key, place)
    return found


def _line_of(node: Formula, letters: Collection[str], known: _Lines) -> Formula | None:
    """The part as what an earlier line computes."""
    key, scope = keyed(node, letters)
    if key not in known:
        return None
    target, places = known[key]
    return component(target, (scope[at] for at in places))


def _below_again(node: Formula) -> tuple[Formula, Formula] | None:
    """a/b² as the fraction a/b and b: what a fraction's derivative has where the fraction is known."""
    match node:
        case Quotient(top, Power(bottom, Number("2"))):
            return Quotient(top, bottom), bottom
    return None


def _is_definition(line: Line) -> bool:
    """Whether the right side, wherever it occurs, is the line: one term, no sum, all the line's letters."""
    (term,) = line.terms
    letters = letters_in(term.body, line.indices)
    whole = len(letters) == len(line.indices) and not term.summed and not term.guards
    return whole and (_is_work(term.body) or isinstance(term.body, Quotient))


def _named(
    lines: Sequence[Line],
    again: set[_Key],
    readers: set[str],
    name_of: Callable[[Formula], str],
    taken: set[str],
) -> tuple[Line, ...]:
    names: dict[_Key, str] = {}
    found: list[Line] = []
    kinds = {type(key[0]) for key in again}

    def name(node: Formula, line: Line, term: Term) -> Formula:
        if type(node) not in kinds:
            return node
        key, scope = keyed(node, _letters(line, term))
        if key not in again:
            return node
        if key not in names:
            names[key] = target = fresh(name_of(node), taken)
            found.append(Line(target, scope, (Term(_within(node, lambda n: name(n, line, term))),)))
        return component(names[key], scope)

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
