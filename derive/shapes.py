"""Sizes of axes: letters that run over an axis share its size, and so do all axes they run over."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from derive import tidy
from derive.affine import Multiples, end, is_never_negative, multiples, negative, spelled
from derive.equation import Equation, Term
from derive.formula import (
    ONE,
    Formula,
    Grouping,
    Indexed,
    Name,
    Negation,
    Number,
    Reduction,
    Sum,
    read,
    walk,
)
from derive.indices import fresh_letters, letters_in, renamed, renamed_guard
from derive.model.model import Size, Value

# An axis of a quantity, or an index letter of an equation; a summed letter is its term's own.
Axis = tuple[str, int]
Letter = tuple[int, int, str]
# The term number of the letters that an equation's left side has.
WHOLE = -1


class _Groups:
    """Axes and letters that must agree, merged one pair at a time."""

    def __init__(self) -> None:
        self._parents: dict[Axis | Letter, Axis | Letter] = {}

    def root(self, member: Axis | Letter) -> Axis | Letter:
        self._parents.setdefault(member, member)
        while self._parents[member] != member:
            self._parents[member] = self._parents[self._parents[member]]
            member = self._parents[member]
        return member

    def merge(self, one: Axis | Letter, other: Axis | Letter) -> None:
        self._parents[self.root(other)] = self.root(one)


def sizes_of(
    equations: Sequence[Equation],
    declared: Mapping[str, tuple[Size, ...]],
    values: Mapping[str, Value],
    taken: Iterable[str] = (),
) -> tuple[dict[str, tuple[Size, ...]], dict[str, dict[str, Size]]]:
    """The sizes of the axes of every name, and of the letters of every equation, by its target.

    A size that nothing gives gets a name of its own: the capital of its letter, if that is free.
    """
    groups, axes = _grouped(equations)
    known = dict(_known(groups, axes, declared, values))
    used = {*taken, *axes, *(str(size) for size in known.values())}
    _fit(equations, groups, known, used)
    _name_axes(equations, groups, axes, known, used)
    _fit(equations, groups, known, used)
    letters = {
        each.target: {
            letter: _size(groups.root((number, at, letter)), letter, known, used)
            for at, letter in reversed(list(_own_letters(each)))
        }
        for number, each in enumerate(equations)
    }
    shapes = {
        name: tuple(_size(groups.root((name, at)), "n", known, used) for at in range(rank))
        for name, rank in axes.items()
    }
    return shapes, letters


def _name_axes(
    equations: Sequence[Equation],
    groups: _Groups,
    axes: Mapping[str, int],
    known: dict[Axis | Letter, Size],
    used: set[str],
) -> None:
    """Name the sizes of axes first: what only shifted indices have, y[j+2], goes by the length of an axis."""
    roots = {groups.root((name, at)) for name, rank in axes.items() for at in range(rank)}
    for number, each in enumerate(equations):
        for at, letter in reversed(list(_own_letters(each))):
            if (root := groups.root((number, at, letter))) in roots:
                _size(root, letter, known, used)
    for name, rank in axes.items():
        for at in range(rank):
            _size(groups.root((name, at)), "n", known, used)


def apart(equations: Sequence[Equation]) -> tuple[Equation, ...]:
    """The equations with summed letters renamed where two terms use one letter for axes of two sizes."""
    groups, _ = _grouped(equations)
    names = {name for each in equations for name in (each.target, *each.reads)}
    return tuple(_apart(number, each, groups, names) for number, each in enumerate(equations))


def _apart(number: int, each: Equation, groups: _Groups, names: Collection[str]) -> Equation:
    taken = {*letters_of(each), *names}
    homes: dict[str, Axis | Letter] = {}
    terms = list(each.terms)
    for at, term in enumerate(each.terms):
        for letter in term.summed:
            root = groups.root((number, at, letter))
            if homes.setdefault(letter, root) != root:
                fresh = next(fresh_letters(taken))
                taken.add(fresh)
                terms[at] = _relettered(terms[at], letter, fresh)
    return each if terms == list(each.terms) else replace(each, terms=tuple(terms))


def _relettered(term: Term, old: str, new: str) -> Term:
    summed = tuple(new if letter == old else letter for letter in term.summed)
    letters = {old: Name(new)}
    return Term(
        renamed(term.body, letters), summed, tuple(renamed_guard(each, letters) for each in term.guards)
    )


def _grouped(equations: Sequence[Equation]) -> tuple[_Groups, dict[str, int]]:
    """Axes and letters that share a size, and the rank of every name."""
    groups = _Groups()
    axes: dict[str, int] = {}
    for number, each in enumerate(equations):
        homes: dict[str, int] = {}
        for name, at, term in _occurrences(each):
            axes[name] = len(at)
            own = set(each.terms[term].summed) if term != WHOLE else set()
            for position, index in enumerate(at):
                if isinstance(index, Name):
                    home = term if index.name in own else WHOLE
                    homes.setdefault(index.name, home)
                    groups.merge((name, position), (number, home, index.name))
        for idle, letter in _idle_letters(each):
            if homes.get(letter, WHOLE) != WHOLE:
                groups.merge((number, homes[letter], letter), (number, idle, letter))
    return groups, axes


def _idle_letters(equation: Equation) -> Iterator[tuple[int, str]]:
    """The letters that a term sums over and lacks: the i of the 1 in sum(1 + x[i], i)."""
    for at, term in enumerate(equation.terms):
        if term.summed:
            present = {node.name for node in walk(term.body) if isinstance(node, Name)}
            yield from ((at, letter) for letter in term.summed if letter not in present)


def _own_letters(equation: Equation) -> Iterator[tuple[int, str]]:
    """The letters of an equation with the number of the term that sums over them."""
    for at, term in enumerate(equation.terms):
        yield from ((at, letter) for letter in term.summed)
    summed = {letter for term in equation.terms for letter in term.summed}
    yield from ((WHOLE, letter) for letter in letters_of(equation) if letter not in summed)


def letters_of(equation: Equation) -> tuple[str, ...]:
    """The index letters of an equation: its own, then those that it sums over."""
    bound = (
        each.name for node in walk(equation.formula) if isinstance(node, Reduction) for each in node.bounds
    )
    summed = (letter for term in equation.terms for letter in term.summed)
    return tuple(dict.fromkeys((*equation.indices, *summed, *bound)))


def _occurrences(equation: Equation) -> Iterator[tuple[str, tuple[Formula, ...], int]]:
    """Every quantity with its indices and the number of its term."""
    letters = set(letters_of(equation))
    yield equation.target, tuple(map(Name, equation.indices)), WHOLE
    for at, term in enumerate(equation.terms):
        for node in walk(term.body):
            if isinstance(node, Indexed):
                yield node.name, node.indices, at
            elif isinstance(node, Name) and node.name not in letters:
                yield node.name, (), at


def _known(
    groups: _Groups,
    axes: Mapping[str, int],
    declared: Mapping[str, tuple[Size, ...]],
    values: Mapping[str, Value],
) -> Iterator[tuple[Axis | Letter, Size]]:
    """Sizes read off the values, then those declared: a name that the author gave wins."""
    for name, rank in axes.items():
        for position, length in enumerate(shape(values[name])[:rank] if name in values else ()):
            yield groups.root((name, position)), length
    for name, sizes in declared.items():
        for position, size in enumerate(sizes):
            yield groups.root((name, position)), size


def shape(value: Value) -> tuple[int, ...]:
    """The sizes of a value: nested tuples, row by row."""
    if not isinstance(value, tuple):
        return ()
    return (len(value), *(shape(value[0]) if value else ()))


def _fit(
    equations: Sequence[Equation], groups: _Groups, known: dict[Axis | Letter, Size], used: set[str]
) -> None:
    """Give sizes to letters that only shifted indices have: the values for which no component is missing."""
    found: dict[Axis | Letter, list[Multiples]] = {}
    for number, each in enumerate(equations):
        for name, at, term in _occurrences(each):
            own = set(each.terms[term].summed) if term != WHOLE else set()
            homes = {
                letter: (number, term if letter in own else WHOLE, letter) for letter in letters_of(each)
            }
            for position, index in enumerate(at):
                length = known.get(groups.root((name, position)))
                if length is not None and not isinstance(index, Name):
                    _fit_index(index, length, {n: groups.root(h) for n, h in homes.items()}, known, found)
    for root, fits in found.items():
        least = fits[0]
        for fit in fits[1:]:
            less = Multiples(least)
            less.subtract(fit)
            least = fit if is_never_negative(less) else least
        text = spelled(least)
        known[root] = int(text) if text.isdecimal() else text
        used.add(text)


def _fit_index(
    index: Formula,
    length: Size,
    homes: Mapping[str, Axis | Letter],
    known: Mapping[Axis | Letter, Size],
    found: dict[Axis | Letter, list[Multiples]],
) -> None:
    """Note how many values the one letter of an index without a size can take."""
    letters = letters_in(index, homes)
    sizes = {each: read(str(known[homes[each]])) for each in letters if homes[each] in known}
    rest = [each for each in letters if each not in sizes]
    if len(rest) == 1 and multiples(index)[rest[0]] == 1:
        room = multiples(read(str(length)))
        room.subtract(end(index, {**sizes, rest[0]: ONE}, 1))
        found.setdefault(homes[rest[0]], []).append(room)


def _size(group: Axis | Letter, letter: str, known: dict[Axis | Letter, Size], used: set[str]) -> Size:
    if group not in known:
        stem = letter[0].upper()
        numbered = (f"{stem}{number}" for number in range(1, len(used) + 2))
        known[group] = next(name for name in (stem, *numbered) if name not in used)
        used.add(str(known[group]))
    return known[group]


def extent(size: Size) -> Formula:
    """A size as a formula: a number, a name, or what the author declared, such as T - K + 1."""
    return Number(str(size)) if isinstance(size, int) else Name(size) if size.isidentifier() else read(size)


def fitted(
    equations: Sequence[Equation],
    shapes: Mapping[str, tuple[Size, ...]],
    letters: Mapping[str, Mapping[str, Size]],
    known: Collection[str],
) -> tuple[dict[str, Formula], dict[str, tuple[str, str]]]:
    """The sizes that are not known: the i of x[i + k] takes the values for which no component is missing.

    With them a letter and its equation for each size of which nothing tells.
    """
    found: dict[str, Formula] = {}
    unknown: dict[str, tuple[str, str]] = {}
    for each in equations:
        for letter, size in letters.get(each.target, {}).items():
            if isinstance(size, int) or not size.isidentifier() or size in known or size in found:
                continue
            fitting = _fitting(each, letter, shapes, letters[each.target])
            if fitting is not None:
                found[size] = fitting
            else:
                unknown.setdefault(size, (letter, each.target))
    return found, {size: where for size, where in unknown.items() if size not in found}


def _fitting(
    equation: Equation, letter: str, shapes: Mapping[str, tuple[Size, ...]], sizes: Mapping[str, Size]
) -> Formula | None:
    """The length of an axis less what the other terms of an index take up, the least of all that are sums."""
    found: Formula | None = None
    for each in _fittings(equation, letter, shapes, sizes):
        less = multiples(each)
        if found is not None:
            less.subtract(multiples(found))
        if found is None or is_never_negative(negative(less)):
            found = each
    return found


def _fittings(
    equation: Equation, letter: str, shapes: Mapping[str, tuple[Size, ...]], sizes: Mapping[str, Size]
) -> Iterator[Formula]:
    own = Name(letter)
    for node in (node for term in equation.terms for node in walk(term.body) if isinstance(node, Indexed)):
        for axis, index in enumerate(node.indices):
            if isinstance(index, Sum) and index.terms.count(own) == 1:
                ends = [_end(each, sizes) for each in index.terms if each != own]
                taken = [tidy.negative(last) for last in ends if last is not None]
                if len(taken) == len(ends):
                    yield tidy.total((extent(shapes[node.name][axis]), *taken))


def _end(other: Formula, sizes: Mapping[str, Size]) -> Formula | None:
    """The largest value of a term of an index."""
    match other:
        case Number():
            return other
        case Name(letter) if letter in sizes:
            return Grouping(Sum((extent(sizes[letter]), Negation(ONE))))
    return None
