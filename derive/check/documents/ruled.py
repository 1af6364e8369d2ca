"""Tables of reStructuredText: simple ones, ruled with equals signs, and grids."""

from __future__ import annotations

import re
from collections.abc import Iterator

from derive.check.documents.blocks import Block, Delimiter, Position
from derive.check.documents.source import Excerpt, Source

Line = tuple[int, int]
Cell = list[tuple[int, int]]

_SIMPLE = re.compile(r"[ \t]*=+(?:[ \t]+=+)+[ \t]*\n?\Z")
_GRID = re.compile(r"[ \t]*\+(?:[-=]+\+)+[ \t]*\n?\Z")
_COLUMN = re.compile(r"[-=]+")


def is_ruling(line: str) -> bool:
    """Whether a line rules a table: `=====  ===` or `+---+---+`."""
    return bool(_SIMPLE.match(line) or _GRID.match(line))


def extent(source: Source, lines: list[Line], at: int) -> int:
    """Where the table that a ruling opens ends: after the last ruling before an empty line, or nowhere."""
    end, last = at + 1, at
    while end < len(lines) and source.text[slice(*lines[end])].strip():
        last = end if is_ruling(source.text[slice(*lines[end])]) else last
        end += 1
    return last + 1 if last > at else at


def cells(source: Source, lines: list[Line], delimiters: tuple[Delimiter, ...]) -> Iterator[Block]:
    """The cells of a table, row by row; what stands between the first two rulings is its head."""
    text = source.text
    opening = text[slice(*lines[0])]
    columns = [match.span() for match in _COLUMN.finditer(opening)]
    simple = bool(_SIMPLE.match(opening))
    rulings = [number for number, line in enumerate(lines) if is_ruling(text[slice(*line)])]
    header = len(rulings) > 2 and (simple or "=" in text[slice(*lines[rulings[1]])])
    rows = _rows(source, lines, columns, simple=simple)
    for row, pieces in enumerate(rows):
        for column, cell in enumerate(pieces):
            position = Position(row, column, row == column == 0, header)
            yield Block("cell", Excerpt(source, tuple(cell)), delimiters, position=position, bare=True)


def _rows(source: Source, lines: list[Line], columns: list[Line], *, simple: bool) -> Iterator[list[Cell]]:
    """Each row's cells as pieces of the source: a line is a row of a simple table; rulings part a grid's."""
    row: list[Cell] = []
    for start, end in lines:
        line = source.text[start:end].rstrip("\n")
        ruling = is_ruling(line)
        if row and (simple or ruling):
            yield row
            row = []
        if not ruling:
            row = row or [[] for _ in columns]
            last = len(columns) - 1
            for number, (left, right) in enumerate(columns):
                right = len(line) if simple and number == last else right
                _extend(row[number], source.text, start + min(left, len(line)), start + min(right, len(line)))
    if row:
        yield row


def _extend(cell: Cell, text: str, start: int, end: int) -> None:
    """Add a line to a cell, without the white space round it; a space parts it from the line above."""
    first, last = start, end
    while first < last and text[first].isspace():
        first += 1
    while first < last and text[last - 1].isspace():
        last -= 1
    if first < last:
        cell.append((max(start, first - 1) if cell and cell[-1][0] < cell[-1][1] else first, last))
    elif not cell:
        cell.append((start, start))
