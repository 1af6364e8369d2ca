"""How long axes and index letters are, line by line, and where a named size is read off."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from derive.equation import Equation, formula_of
from derive.errors import DeriveError
from derive.formula import (
    Formula,
    Reduction,
)
from derive.graph import Graph
from derive.model.model import Size
from derive.program.batching import Batch
from derive.program.program import Input, Line
from derive.shapes import apart as with_letters_apart
from derive.shapes import extent, fitted, sizes_of

Shapes = Mapping[str, tuple[Size, ...]]
Letters = Mapping[str, Mapping[str, Size]]


def letter_sizes(letters: Letters) -> dict[str, dict[str, Formula]]:
    """The sizes of letters as formulas."""
    return {
        target: {letter: extent(size) for letter, size in sizes.items()} for target, sizes in letters.items()
    }


def extents(
    graph: Graph, batch: Batch, lines: Sequence[Line], derivatives: Mapping[str, str]
) -> tuple[Shapes, Letters]:
    """The sizes of axes and letters, those of the author first; `derivatives` names the adjoint of a node."""
    if all(set(_line_letters(line)) <= {batch.letter} for line in lines):
        return _rows_only(graph, batch, lines)
    ranks = {line.target: len(line.indices) for line in lines}
    declared = _declared(graph, batch, derivatives)
    declared = {name: shape for name, shape in declared.items() if ranks.get(name, len(shape)) == len(shape)}
    shapes, letters = sizes_of([_equation(line) for line in lines], declared, {}, graph.sizes)
    names: Shapes = {name: () for line in lines for name in (line.target, *line.reads)}
    return {**names, **shapes}, letters


def apart(lines: Sequence[Line]) -> list[Line]:
    """The lines with letters renamed that two terms of a line use for axes of two sizes."""
    if all(len(line.terms) < 2 or not any(term.summed for term in line.terms) for line in lines):
        return list(lines)
    pairs = zip(lines, with_letters_apart([_equation(line) for line in lines]), strict=True)
    return [Line(line.target, line.indices, each.terms, line.of) for line, each in pairs]


def _equation(line: Line) -> Equation:
    return Equation(line.target, line.indices, formula_of(line.terms), line.terms)


def _declared(graph: Graph, batch: Batch, derivatives: Mapping[str, str]) -> dict[str, tuple[Size, ...]]:
    declared = dict(graph.shapes)
    if batch.size is not None:
        for name in batch.rowwise - batch.constant:
            declared[name] = (batch.size, *graph.shapes.get(name, ()))
    rows: tuple[Size, ...] = () if batch.size is None else (batch.size,)
    for node, name in derivatives.items():
        if node in declared:
            declared[name] = (*(rows if node in batch.constant else ()), *declared[node])
    return declared


def _line_letters(line: Line) -> Iterator[str]:
    """The index letters of a line; those of reductions inside it count as one that is no batch's."""
    yield from line.indices
    for term in line.terms:
        yield from term.summed
        # A reduction inside a body is its whole: the others were lifted to lines of their own.
        if isinstance(term.body, Reduction):
            yield ""


def _rows_only(graph: Graph, batch: Batch, lines: Sequence[Line]) -> tuple[Shapes, Letters]:
    """Sizes where the sample index is the only one, or there is none at all."""
    if batch.letter is None or batch.size is None:
        return dict(graph.shapes), {}
    rows: tuple[Size, ...] = (batch.size,)
    targets = {line.target: rows if line.indices else () for line in lines}
    inputs = dict.fromkeys(batch.rowwise - batch.constant, rows)
    shapes = {**dict.fromkeys(graph.shapes, ()), **inputs, **targets}
    return shapes, {line.target: {batch.letter: batch.size} for line in lines}


def lengths(inputs: Sequence[Input]) -> dict[str, tuple[str, int]]:
    """The first argument and the axis that each named size is the length of."""
    found: dict[str, tuple[str, int]] = {}
    for each in inputs:
        for axis, size in enumerate(each.shape):
            if isinstance(size, str) and size.isidentifier():
                found.setdefault(size, (each.name, axis))
    return found


def derived(
    lines: Sequence[Line], shapes: Shapes, letters: Letters, known: Collection[str]
) -> dict[str, Formula]:
    """The sizes that no argument tells; raises DeriveError where one cannot be told."""
    found, unknown = fitted([_equation(line) for line in lines], shapes, letters, known)
    for letter, target in unknown.values():
        raise DeriveError(
            f"nothing tells how many values the index {letter} of {target} takes; "
            "declare the shapes of the model's arrays, one of them with that index alone"
        )
    return found
