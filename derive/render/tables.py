"""Tables fitted to the page: numbers aligned at their point, wide formulas broken, long tables in parts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from derive.formula import Formula
from derive.render.displays import LINE
from derive.typesetting import broken, width
from derive.typesetting.symbols import text_width
from derive.walkthrough.tree import Cell, Table

# A part of a longer table has so many rows.
MOST_ROWS = 30
_BETWEEN = 1.1
_LEAST = 8.0
_NUMBER = re.compile(r"(-?)([0-9]*)(?:\.([0-9]+))?( \\cdot 10\^\{-?[0-9]+\}| \\cdot 10\^[0-9])?\Z")


@dataclass(frozen=True, slots=True)
class Grid:
    """Cells as text; `columns` says how each column is set, `rows` hold the rows of a part of the table."""

    columns: str
    head: tuple[str, ...]
    parts: tuple[tuple[tuple[str, ...], ...], ...]
    total: tuple[str, ...] | None
    caption: str | None
    loose: bool = False


@dataclass(frozen=True, slots=True)
class Spelling:
    """How a format spells a cell: mathematics (without its delimiters), and everything else."""

    math: Callable[[Formula], str]
    words: Callable[[Cell], str]


def grid(table: Table, spelling: Spelling, caption: str | None) -> Grid:
    """The table for LaTeX: columns of decimals are aligned at the point by dcolumn."""
    every = [*table.rows, *([table.total] if table.total else [])]
    decimals = [_decimals([row[at] for row in every], letter, spelling) for at, letter in enumerate(table.alignment)]
    limits = _limits(table, spelling)
    head = tuple(_head(cell, decimal, spelling) for cell, decimal in zip(table.columns, decimals, strict=True))
    rows = [_rows(row, decimals, limits, spelling) for row in table.rows]
    loose = any(len(each) > 1 for each in rows)
    parts = tuple(
        tuple(line for each in rows[start : start + MOST_ROWS] for line in each)
        for start in range(0, len(rows), MOST_ROWS)
    )
    total = _rows(table.total, decimals, limits, spelling)[0] if table.total else None
    columns = "".join(decimal or letter for decimal, letter in zip(decimals, table.alignment, strict=True))
    return Grid(columns, head, parts, total, caption, loose)


def _decimals(cells: Sequence[Cell], letter: str, spelling: Spelling) -> str | None:
    """The column type of decimals; None where a cell is something else, or no cell has a point."""
    found = [_NUMBER.match(spelling.math(cell)) for cell in cells if isinstance(cell, Formula)]
    numbers = [each for each in found if each is not None]
    if letter != "r" or len(numbers) < len(found) or len(found) < sum(cell is not None for cell in cells):
        return None
    if not any(each[3] for each in numbers):
        return None
    before = max(len(each[2]) + 1.6 * bool(each[1]) for each in numbers)
    after = max(len(each[3] or "") + 7 * bool(each[4]) for each in numbers)
    return f"D{{.}}{{.}}{{{round(before + 0.4)}.{after}}}"


def _head(cell: Cell, decimal: str | None, spelling: Spelling) -> str:
    text = _text(cell, spelling)
    return rf"\multicolumn{{1}}{{c}}{{{text}}}" if decimal else text


def _text(cell: Cell, spelling: Spelling) -> str:
    if isinstance(cell, Formula):
        return f"${spelling.math(cell)}$"
    return "" if cell is None else spelling.words(cell)


def _limits(table: Table, spelling: Spelling) -> list[float]:
    """How wide the formulas of each column may be: of the widest column, what the others leave."""
    widths = [
        max((_width(row[at], spelling) for row in (table.columns, *table.rows)), default=0.0)
        for at in range(len(table.columns))
    ]
    widest = widths.index(max(widths))
    rest = sum(widths) - widths[widest] + _BETWEEN * len(widths)
    return [max(_LEAST, LINE - rest) if at == widest else LINE for at in range(len(widths))]


def _width(cell: Cell, spelling: Spelling) -> float:
    if isinstance(cell, Formula):
        return width(spelling.math(cell))
    return 0.0 if cell is None else text_width(spelling.words(cell))


def _rows(
    row: Sequence[Cell], decimals: Sequence[str | None], limits: Sequence[float], spelling: Spelling
) -> list[tuple[str, ...]]:
    """The row; with a formula that is too wide, more rows, empty elsewhere."""
    columns = [
        list(_lines(cell, decimal, limit, spelling))
        for cell, decimal, limit in zip(row, decimals, limits, strict=True)
    ]
    tallest = max(map(len, columns))
    return [tuple(each[at] if at < len(each) else "" for each in columns) for at in range(tallest)]


def _lines(cell: Cell, decimal: str | None, limit: float, spelling: Spelling) -> Iterator[str]:
    if not isinstance(cell, Formula):
        yield _text(cell, spelling)
    elif decimal:
        yield spelling.math(cell)
    else:
        tall = r"\displaystyle " if r"\frac" in spelling.math(cell) else ""
        for each in broken(spelling.math(cell), limit):
            indent = r"\quad " if each.indent else ""
            yield f"${tall}{indent}{each.tex}$"
