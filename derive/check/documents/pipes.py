"""Tables of Markdown: cells between bars, a ruling below the head."""

from __future__ import annotations

import re
from collections.abc import Iterator

from derive.check.documents.blocks import Block, Delimiter, Position
from derive.check.documents.source import Excerpt, Source

_RULING = re.compile(r"[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*+\|?[ \t]*(?=\n|\Z)")
_SIGN = re.compile(r"\\.|[|$]", re.DOTALL)
_MOST_COLUMNS = 200
# A bar within a formula, |x|, parts no cells; a formula in a cell is no longer than this.
_LONGEST = 200


def is_ruling(line: str) -> bool:
    """Whether a line rules off the head of a table."""
    return bool(_RULING.match(line))


class Pipes:
    """A table that grows row by row."""

    def __init__(self, source: Source, delimiters: tuple[Delimiter, ...]) -> None:
        self.source, self.delimiters = source, delimiters
        self.rows = 0

    def row(self, start: int, end: int) -> Iterator[Block]:
        """The cells of the next row."""
        for column, pieces in enumerate(_cells(self.source.text, start, end)):
            position = Position(self.rows, column, self.rows == column == 0, True)
            yield Block("cell", Excerpt(self.source, pieces), self.delimiters, position=position, bare=True)
        self.rows += 1


def _cells(text: str, start: int, end: int) -> Iterator[tuple[tuple[int, int], ...]]:
    """The pieces of each cell: a bar that is written with a backslash is a bar of the cell's own."""
    line = text[start:end].rstrip()
    start, end = start + len(line) - len(line.lstrip()), start + len(line)
    if text[start : start + 1] == "|":
        start += 1
    pieces: list[tuple[int, int]] = []
    at, columns, in_formula = start, 0, False
    for match in _SIGN.finditer(text, start, end):
        sign = match[0]
        if sign == "\\|":
            pieces.append((at, match.start()))
            at = match.start() + 1
        elif sign == "$":
            in_formula = not in_formula and "$" in text[match.end() : min(end, match.end() + _LONGEST)]
        elif sign == "|" and columns < _MOST_COLUMNS and not in_formula:
            yield _trimmed(text, [*pieces, (at, match.start())])
            pieces, at, columns = [], match.end(), columns + 1
    if text[at:end].strip() or pieces:
        yield _trimmed(text, [*pieces, (at, end)])


def _trimmed(text: str, pieces: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    first, last = pieces[0], pieces[-1]
    while first[0] < first[1] and text[first[0]].isspace():
        first = (first[0] + 1, first[1])
    pieces[0] = first
    last = pieces[-1]
    while last[0] < last[1] and text[last[1] - 1].isspace():
        last = (last[0], last[1] - 1)
    pieces[-1] = last
    return tuple(pieces)
