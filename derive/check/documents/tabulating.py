"""Tables, cell by cell."""

from __future__ import annotations

from derive.check.documents.blocks import Block
from derive.check.documents.document import Cell, Section, Table
from derive.check.documents.source import Excerpt


class Tables:
    """The tables of a document; the last one may still grow."""

    def __init__(self) -> None:
        self._done: list[Table] = []
        self._rows: list[list[Excerpt]] = []
        self._header = False
        self._section: tuple[Section, ...] = ()

    def add(self, block: Block, section: tuple[Section, ...]) -> None:
        """Take in a cell; the first of a table ends the table before."""
        assert block.position is not None
        if block.position.first:
            self._end()
            self._header, self._section = block.position.header, section
        if block.position.column == 0 or not self._rows:
            self._rows.append([])
        self._rows[-1].append(block.text)

    def cell(self) -> Cell:
        """The place of the cell that was added last."""
        row, column = len(self._rows) - 1, len(self._rows[-1]) - 1
        heads = self._rows[0] if self._header else []
        header = heads[column].text.strip() if column < len(heads) else ""
        return Cell(len(self._done), row, column, header, self._rows[-1][0].text.strip())

    def finished(self) -> tuple[Table, ...]:
        """All tables."""
        self._end()
        return tuple(self._done)

    def _end(self) -> None:
        if self._rows:
            rows = tuple(tuple(row) for row in self._rows)
            self._done.append(Table(rows, self._header, self._section))
        self._rows = []
