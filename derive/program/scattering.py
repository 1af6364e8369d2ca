"""Adjoints of components that are read at places of their own, x[2*i + k]: added up place by place.

As it comes from the derivative, such an adjoint asks for each place t which of all i have 2*i + k = t for
some k: a look at every pair. The terms here go through i and k instead, and tell t.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from derive import tidy
from derive.affine import multiples
from derive.equation import Term
from derive.formula import ZERO, Formula, Indexed, Name, Number, Relation, replace, times, walk
from derive.indices import fresh_letters, letters_in
from derive.program.program import Line


def with_scatters(lines: Sequence[Line]) -> list[Line]:
    """The lines with every term that looks for places told by them instead, where that is less work."""
    return [_with_scatters(line) if any(term.guards for term in line.terms) else line for line in lines]


def _with_scatters(line: Line) -> Line:
    terms = tuple(_opened(term, line) for term in line.terms)
    return line if terms == line.terms else Line(line.target, line.indices, terms, line.of)


def places(term: Term, indices: Sequence[str]) -> Mapping[str, Formula]:
    """The letters left of = that the guards of a term tell from the letters that it is summed over.

    None if the term knows them otherwise, too.
    """
    found: dict[str, Formula] = {}
    for guard in term.guards:
        match guard:
            case Relation((Name(letter), place), ("=",)) if letter in indices and letter not in found:
                if not isinstance(place, Name) and _is_told(place, term, indices):
                    found[letter] = place
    rest = [guard for guard in term.guards if guard.sides[-1] not in found.values()]
    known = any(letters_in(each, tuple(found)) for each in (term.body, *rest))
    return {} if known else found


def _is_told(place: Formula, term: Term, indices: Sequence[str]) -> bool:
    return bool(letters_in(place, term.summed)) and not letters_in(place, indices)


def _opened(term: Term, line: Line) -> Term:
    """The term with a new letter for each index that few values of the summed letters keep in range."""
    body, summed, guards = term.body, list(term.summed), list(term.guards)
    taken = {node.name for node in line.nodes if isinstance(node, Name | Indexed)} | {*line.indices, *summed}
    for at, guard in enumerate(term.guards):
        match guard:
            case Relation((zero, index, _), ("<=", "<")) if zero == ZERO:
                letter = _place_letter(index, line.indices, term.summed)
                if letter is None or not _reads(body, index):
                    continue
                made = next(fresh_letters(taken))
                taken.add(made)
                body = replace(body, {index: Name(made)})
                summed.append(made)
                guards[at] = Relation((Name(letter), _place(index, letter, made)), ("=",))
    found = Term(body, tuple(summed), tuple(guards))
    return found if places(found, line.indices) else term


def _reads(body: Formula, index: Formula) -> bool:
    """Whether a component has the index, whose axis then tells how many values it takes."""
    return any(isinstance(node, Indexed) and index in node.indices for node in walk(body))


def _place_letter(index: Formula, indices: Sequence[str], summed: Sequence[str]) -> str | None:
    """The letter left of = in an index in which a summed one has strides, i - 2*j; None where none has."""
    counts = multiples(index)
    own = [letter for letter in indices if counts[letter]]
    strides = any(abs(counts[letter]) > 1 for letter in summed)
    plain = all(isinstance(each, str) for each in counts)
    return own[0] if plain and strides and len(own) == 1 and abs(counts[own[0]]) == 1 else None


def _place(index: Formula, letter: str, made: str) -> Formula:
    """What a letter is where an index has the value of another: of i - 2*j = k the sum 2*j + k."""
    counts = multiples(index)
    sign = counts.pop(letter)
    parts = [(str(name), -sign * count) for name, count in counts.items() if count]
    parts.append((made, sign))
    return tidy.total(_multiple(name, count) for name, count in sorted(parts, key=lambda part: part[1] < 0))


def _multiple(name: str, count: int) -> Formula:
    number = Number(str(abs(count)))
    size: Formula = number if not name else Name(name) if abs(count) == 1 else times(number, Name(name))
    return tidy.negative(size) if count < 0 else size
