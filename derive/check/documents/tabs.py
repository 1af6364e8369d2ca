"""Tables of plain text: rows of cells with tabs between them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from derive.check.documents.blocks import Block, Delimiter, Position
from derive.check.documents.source import Source

_NUMBER = re.compile(r"\s*[-−+]?\d[\d.,]*%?\s*\Z")


@dataclass(frozen=True, slots=True)
class Rows:
    """Lines that are rows of one table."""

    lines: tuple[tuple[int, int], ...]
    header: bool

    @property
    def count(self) -> int:
        """How many rows there are."""
        return len(self.lines)

    def blocks(self, source: Source, delimiters: tuple[Delimiter, ...]) -> Iterator[Block]:
        """The cells, row by row."""
        for row, (start, end) in enumerate(self.lines):
            for column, cell in enumerate(_cells(source.text[start:end])):
                position = Position(row, column, row == column == 0, self.header)
                excerpt = source.excerpt(start + cell[0], start + cell[1])
                yield Block("cell", excerpt, delimiters, position=position, bare=True)


def table(text: str, lines: list[tuple[int, int]], at: int) -> Rows | None:
    """The table that starts with a line, if one does: two rows at least, of as many cells."""
    count = text.count("\t", *lines[at])
    if not count or not text[lines[at][0] : lines[at][1]].split("\t")[0].strip():
        return None
    end = at + 1
    while end < len(lines) and text.count("\t", *lines[end]) == count:
        end += 1
    if end - at < 2:
        return None
    rows = tuple(lines[at:end])
    first = text[slice(*rows[0])].rstrip("\n").split("\t")
    return Rows(rows, not any(_NUMBER.match(cell) for cell in first))


def _cells(line: str) -> Iterator[tuple[int, int]]:
    at, line = 0, line.rstrip("\n")
    for cell in line.split("\t"):
        left, right = len(cell) - len(cell.lstrip()), len(cell.rstrip())
        yield at + min(left, right), at + right
        at += len(cell) + 1
