"""Sums put where they are read: those lifted for the sweep, and losses that only their mean reads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace as with_fields

from derive.equation import Term, component, formula_of, terms_of
from derive.formula import Formula, Name, Reduction, replace, walk
from derive.indices import letters_in, renamed
from derive.program.inlining import changed
from derive.program.program import Line


def with_sums(lines: Sequence[Line], authors: Collection[str]) -> list[Line]:
    """The lines with sums of products put back that only one line reads, element by element.

    The names in `authors` keep their lines.
    """
    uses = Counter(name for line in lines for name in line.reads)
    values: dict[str, Line] = {}
    found: list[Line] = []
    for line in lines:
        line = _opened(line, values)
        if uses[line.target] == 1 and line.target not in authors and _is_product_sum(line):
            reader = next(each for each in lines if line.target in each.reads)
            if len(reader.indices) == len(line.indices) and _is_elementwise(reader, line):
                values[line.target] = line
                continue
        found.append(line)
    return found


def _is_product_sum(line: Line) -> bool:
    plain = all(term.summed and not term.guards for term in line.terms)
    reduced = any(isinstance(term.body, Reduction) for term in line.terms)
    return line.of is None and plain and not reduced


def _is_elementwise(reader: Line, line: Line) -> bool:
    """Whether the reader has a value of the line for each of its own, in a term without a sum."""
    own = component(line.target, reader.indices)
    return any(own in walk(term.body) and not term.summed for term in reader.terms)


def _opened(line: Line, values: Mapping[str, Line]) -> Line:
    if not values or values.keys().isdisjoint(line.reads):
        return line
    taken = {node.name for node in line.nodes if isinstance(node, Name)}
    parts: dict[Formula, Formula] = {}
    for name in dict.fromkeys(line.reads):
        if name in values:
            parts[component(name, line.indices)] = _placed(values[name], line.indices, taken)
    found = changed(line, lambda node: parts.get(node, node), values)
    return with_fields(found, terms=terms_of(formula_of(found.terms)))


def _placed(line: Line, letters: tuple[str, ...], taken: set[str]) -> Formula:
    """The right side of a line at other letters."""
    places = {own: Name(letter) for own, letter in zip(line.indices, letters, strict=True)}
    return renamed(formula_of(line.terms), places)


def with_losses(lines: Sequence[Line], whole: str) -> list[Line]:
    """The lines with each sample's loss, where it is a sum, put into the mean that alone reads it."""
    reader = next((line for line in lines if line.target == whole), None)
    if reader is None or len(reader.terms) != 1 or len(reader.reads) == 0:
        return list(lines)
    (total,) = reader.terms
    each = next((line for line in lines if line.left in walk(total.body)), None)
    readers = sum(each is not None and each.target in line.reads for line in lines)
    if each is None or readers != 1 or not _is_sum_of_plain_terms(each) or each.indices != total.summed:
        return list(lines)
    terms = tuple(
        Term(replace(total.body, {each.left: term.body}), (*total.summed, *term.summed), term.guards)
        for term in each.terms
    )
    merged = with_fields(reader, terms=terms)
    return [merged if line is reader else line for line in lines if line is not each]


def _is_sum_of_plain_terms(line: Line) -> bool:
    summed = any(term.summed for term in line.terms)
    samples = all(letters_in(term.body, line.indices) for term in line.terms)
    return summed and samples and not any(isinstance(term.body, Reduction) for term in line.terms)
