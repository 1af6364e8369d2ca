"""Tables fitted to the page: numbers aligned at their point, wide formulas broken, long tables in parts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from derive.formula import Formula
from derive.render.displays import LINE
from derive.typesetting import broken, is_tall
from derive.walkthrough.tree import Cell, Table

# A part of a longer table is so many lines of text high; a row with a fraction counts for more than one.
MOST_HIGH = 36.0
_TALL, _LOW = 2.4, 1.25
_BETWEEN = 1.1
# A column of formulas may be narrowed to this.
_LEAST = 14.0
_NUMBER = re.compile(r"(-?)([0-9]*)(?:\.([0-9]+))?( \\cdot 10\^\{-?[0-9]+\}| \\cdot 10\^[0-9])?\Z")


@dataclass(frozen=True, slots=True)
class Grid:
    """Cells as text; `columns` says how each column is set, `rows` hold the rows of a part of the table."""

    columns: str
    head: tuple[str, ...]
    parts: tuple[tuple[tuple[str, ...], ...], ...]
    total: tuple[str, ...] | None
    caption: str | None
    tall: bool = False

    @property
    def end(self) -> str:
        """What ends a row: a little space below tall ones."""
        return r"\\ \addlinespace[4pt]" if self.tall else r"\\"

    @property
    def opening(self) -> str:
        """What stands before the first row."""
        return r"\addlinespace[4pt]" if self.tall else ""


@dataclass(frozen=True, slots=True)
class Spelling:
    """How a format spells a cell, mathematics without its delimiters, and how wide the cell is."""

    math: Callable[[Formula], str]
    words: Callable[[Cell], str]
    width: Callable[[Cell], float]


def grids(table: Table, spelling: Spelling, caption: str | None, line: float = LINE) -> tuple[Grid, ...]:
    """The table for LaTeX, in several where its columns do not fit beside each other."""
    widths = [
        max(spelling.width(row[at]) for row in (table.columns, *table.rows))
        for at in range(len(table.columns))
    ]
    groups = list(_groups(widths, table.alignment, line))
    return tuple(
        _grid(
            _columns(table, group),
            [widths[at] for at in group],
            spelling,
            caption if group is groups[-1] else None,
            line,
        )
        for group in groups
    )


def _groups(widths: Sequence[float], alignment: str, line: float) -> Iterator[list[int]]:
    """The columns that fit beside each other; the first one is repeated where it names the rows."""
    narrowed = [min(each, _LEAST) if each == max(widths) else each for each in widths]
    naming = [0] if alignment.startswith("l") else []
    group = list(naming)
    for at in range(len(naming), len(widths)):
        if len(group) > len(naming) and sum(narrowed[each] + _BETWEEN for each in (*group, at)) > line:
            yield group
            group = list(naming)
        group.append(at)
    yield group


def _columns(table: Table, group: Sequence[int]) -> Table:
    """The table with some of its columns."""

    def chosen(row: Sequence[Cell]) -> tuple[Cell, ...]:
        return tuple(row[at] for at in group)

    total = None if table.total is None else chosen(table.total)
    alignment = "".join(table.alignment[at] for at in group)
    return Table(chosen(table.columns), tuple(map(chosen, table.rows)), alignment, table.caption, total)


def _grid(
    table: Table, widths: Sequence[float], spelling: Spelling, caption: str | None, line: float
) -> Grid:
    every = [*table.rows, *([table.total] if table.total else [])]
    decimals = [
        _decimals([row[at] for row in every], letter, spelling) for at, letter in enumerate(table.alignment)
    ]
    limits = _limits(widths, line)
    head = tuple(
        _head(cell, decimal, spelling) for cell, decimal in zip(table.columns, decimals, strict=True)
    )
    rows = [_rows(row, decimals, limits, spelling) for row in table.rows]
    fractions = [_has_fraction(row, spelling) for row in every]
    tall = any(fractions)
    heights = [_TALL if each else _LOW if tall else 1.0 for each in fractions]
    parts = tuple(_parts(rows, heights))
    total = _rows(table.total, decimals, limits, spelling)[0] if table.total else None
    columns = "".join(decimal or letter for decimal, letter in zip(decimals, table.alignment, strict=True))
    return Grid(columns, head, parts, total, caption, tall)


def _has_fraction(row: Sequence[Cell], spelling: Spelling) -> bool:
    return any(is_tall(spelling.math(cell)) for cell in row if isinstance(cell, Formula))


def _parts(
    rows: Sequence[list[tuple[str, ...]]], heights: Sequence[float]
) -> Iterator[tuple[tuple[str, ...], ...]]:
    """The rows in parts that fit on a page."""
    part: list[tuple[str, ...]] = []
    high = 0.0
    for row, height in zip(rows, heights, strict=False):
        own = sum(max(height, 1.3 * max(cell.count(r"\\") for cell in each)) for each in row)
        if part and high + own > MOST_HIGH:
            yield tuple(part)
            part, high = [], 0.0
        part.extend(row)
        high += own
    yield tuple(part)


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


def _limits(widths: Sequence[float], line: float) -> list[float]:
    """How wide the formulas of each column may be: of the widest column, what the others leave."""
    widest = widths.index(max(widths))
    rest = sum(widths) - widths[widest] + _BETWEEN * len(widths)
    return [max(_LEAST, line - rest) if at == widest else line for at in range(len(widths))]


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
        tall = r"\displaystyle " if is_tall(spelling.math(cell)) else ""
        for each in broken(spelling.math(cell), limit):
            indent = r"\quad " if each.indent else ""
            yield f"${tall}{indent}{each.tex}$"
