"""Tables of samples: rows in the model file, or a CSV file whose columns are shifted, scaled and mapped."""

from __future__ import annotations

import csv
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from derive.errors import ModelError, Place, printable
from derive.model.model import Table
from derive.model.numbers import NoNumber, exact
from derive.model.recipe import Recipe
from derive.model.settings import Settings, did_you_mean, shown
from derive.model.text import read_text

KEYS = ("csv", "columns", "rows", "label", "shift", "scale", "center", "centre", "map", "rename")
_NO_RECIPE = Recipe()
# Spellings of floats that are no words to map.
_NOT_FINITE = frozenset(("nan", "inf", "infinity"))


def table(settings: Settings, entry: object) -> dict[str, Any]:
    """The samples that a `table` entry gives."""
    entries = settings.mapping(entry, "settings, such as csv", "table")
    settings.check_keys(entries, KEYS, "table", "table")
    recipe = _recipe(settings, entries)
    if entries and not {"csv", "columns", "rows"} & entries.keys():
        return {"table": Table((), (), recipe=recipe)}  # how to read samples that come later
    if "csv" not in entries:
        return {"table": _inline(settings, entries, recipe)}
    for key in ("columns", "rows"):
        if key in entries:
            raise settings.error(f"a table has a csv file or {key}, not both", "table", key)
    name = settings.string(entries["csv"], "table", "csv")
    try:
        return {"table": read_table(settings.folder / name, recipe)}
    except ModelError as error:
        if error.place is not None:
            raise
        is_missing = error.reason.startswith("there is no file")
        missing = f"there is no file {printable(name)} beside the model"
        raise settings.error(missing if is_missing else error.reason, "table", "csv", name) from None


def _recipe(settings: Settings, entries: Mapping[str, Any]) -> Recipe:
    centre = "centre" if "centre" in entries else "center"
    rename = settings.mapping(entries.get("rename", {}), "columns and names", "table", "rename")
    maps = settings.mapping(entries.get("map", {}), "columns, each with words and numbers", "table", "map")
    scale = _numbers(settings, entries.get("scale", {}), "table", "scale")
    for column, factor in scale.items():
        if factor == 0:
            raise settings.error(f"{printable(column)} is divided by 0", "table", "scale", column)
    return Recipe(
        rename={key: settings.string(name, "table", "rename", key) for key, name in rename.items()},
        shift=_numbers(settings, entries.get("shift", {}), "table", "shift"),
        scale=scale,
        centred=settings.names(entries.get(centre, []), "table", centre),
        words={key: _numbers(settings, words, "table", "map", key) for key, words in maps.items()},
        label=settings.string(entries["label"], "table", "label") if "label" in entries else None,
    )


def _numbers(settings: Settings, entry: object, *path: str) -> dict[str, Fraction]:
    entries = settings.mapping(entry, "names and numbers", *path)
    return {key: settings.number(each, *path, key) for key, each in entries.items()}


def _inline(settings: Settings, entries: Mapping[str, Any], recipe: Recipe) -> Table:
    """The rows that stand in the model file itself."""
    columns, rows = entries.get("columns"), entries.get("rows")
    if not isinstance(columns, list) or not isinstance(rows, list) or not rows:
        suggestion = 'Write: columns = ["name", "x1"], rows = [["Alice", -2]]'
        reason = "a table has columns and rows, or a csv file"
        raise settings.error(reason, "table", suggestion=suggestion)
    header = settings.names(columns, "table", "columns")
    for row in rows:
        if not isinstance(row, list) or len(row) != len(header):
            many = len(row) if isinstance(row, list) else 1
            raise settings.error(f"a row of {_cells(many)} under {len(header)} columns", "table", "rows")
    label = recipe.label or _label(header, rows, recipe)
    _check_columns(
        header,
        recipe,
        lambda name, near: settings.error(
            f"there is no column {printable(name)}", "table", name, suggestion=near
        ),
    )
    kept = [at for at, column in enumerate(header) if column != label]
    values = [tuple(_inline_cell(settings, header[at], row[at], recipe) for at in kept) for row in rows]
    labels = tuple(str(row[header.index(label)]) for row in rows) if label else ()
    return _finished([header[at] for at in kept], values, labels, replace(recipe, label=label))


def _inline_cell(settings: Settings, column: str, cell: object, recipe: Recipe) -> Fraction:
    words = recipe.words.get(column)
    if words is not None and isinstance(cell, str):
        if cell in words:
            return words[cell]
        reason = f"{shown(cell)} is none of the words of {printable(column)}: {', '.join(words)}"
        raise settings.error(printable(reason), "table", "rows", cell, suggestion=did_you_mean(cell, words))
    if not isinstance(cell, str):
        return settings.number(cell, "table", "columns", column)
    try:
        return exact(cell)
    except NoNumber as error:
        reason = f"{shown(cell)} in {printable(column)}: {error}"
        raise settings.error(reason, "table", "rows", cell) from None


@dataclass(frozen=True, slots=True)
class _Csv:
    """A CSV file: its rows, each with the number of its line."""

    file: str
    lines: Sequence[str]
    header: tuple[str, ...]
    rows: Sequence[tuple[int, list[str]]]

    def error(self, reason: str, line: int, word: str = "", suggestion: str | None = None) -> ModelError:
        """A fault in a line, at a word of it."""
        text = self.lines[line - 1] if line <= len(self.lines) else ""
        place = Place(self.file, line, max(0, text.find(word)), text, max(1, len(word or text.strip())))
        return ModelError(printable(reason), place, suggestion)


def read_table(path: Path, recipe: Recipe = _NO_RECIPE, wanted: Collection[str] | None = None) -> Table:
    """The samples of a CSV file: a header, then a row each; raises ModelError with line and word.

    With `wanted`, the names that the model has a use for, other columns are passed over.
    """
    found = _csv(path)
    header = found.header
    _check_columns(
        header,
        recipe,
        lambda name, near: found.error(f"there is no column {printable(name)}", 1, suggestion=near),
    )
    rows = [row for _, row in found.rows]
    label = recipe.label if recipe.label is not None else _label(header, rows, recipe)
    kept = [
        at
        for at, column in enumerate(header)
        if column != label and (wanted is None or recipe.name(column).partition("[")[0] in wanted)
    ]
    values = [
        tuple(_cell(row[at], header[at], recipe, found, line) for at in kept) for line, row in found.rows
    ]
    labels = tuple(row[header.index(label)] for row in rows) if label is not None else ()
    return _finished([header[at] for at in kept], values, labels, replace(recipe, label=label))


def _csv(path: Path) -> _Csv:
    """A CSV file with commas, semicolons or tabs between its cells."""
    text, name = read_text(path), path.name
    lines = text.split("\n")
    reader = csv.reader(text.splitlines(keepends=True), delimiter=_delimiter(lines[0]), strict=True)
    rows: list[tuple[int, list[str]]] = []
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                rows.append((reader.line_num, [cell.strip() for cell in row]))
    except csv.Error as error:
        written = lines[reader.line_num - 1]
        place = Place(name, reader.line_num, 0, written, len(written))
        raise ModelError(f"not CSV: {error}", place) from None
    if not rows:
        raise ModelError(f"{printable(name)} holds no table")
    found = _Csv(name, lines, tuple(rows[0][1]), rows[1:])
    for column in found.header:
        if found.header.count(column) > 1:
            raise found.error(f"the column {column} stands twice", rows[0][0], column)
    if not found.rows:
        raise ModelError(f"{printable(name)} holds a header and no row")
    for line, row in found.rows:
        if len(row) != len(found.header):
            raise found.error(f"{_cells(len(row))} under {len(found.header)} columns", line)
    return found


def _delimiter(line: str) -> str:
    return max(",;\t", key=line.count)


def _cells(count: int) -> str:
    return "1 cell" if count == 1 else f"{count} cells"


def _check_columns(header: Sequence[str], recipe: Recipe, fault: Any) -> None:
    for name in sorted(recipe.columns):
        if name not in header:
            raise fault(name, did_you_mean(name, header))


def _label(header: Sequence[str], rows: Sequence[Sequence[object]], recipe: Recipe) -> str | None:
    """The first column, if its cells are words that nothing maps to numbers."""
    if header[0] in recipe.words or len(header) < 2:
        return None
    return None if any(_is_number(row[0]) for row in rows) else header[0]


def _is_number(cell: object) -> bool:
    if not isinstance(cell, str):
        return True
    try:
        exact(cell)
    except NoNumber:
        return False
    return True


def _cell(cell: str, column: str, recipe: Recipe, found: _Csv, line: int) -> Fraction:
    words = recipe.words.get(column)
    if words is not None and cell in words:
        return words[cell]
    try:
        return exact(cell)
    except NoNumber as error:
        reason = str(error)
    if words is not None:
        reason = f"{cell[:40]} is none of the words of {column}: {', '.join(words)}"
        raise found.error(reason, line, cell, did_you_mean(cell, words))
    if not cell:
        raise found.error(f"the cell of {column} is empty", line)
    suggestion = None
    if not any(map(str.isdigit, cell)) and cell.casefold().strip("+-") not in _NOT_FINITE:
        suggestion = f"Map words to numbers: [table.map.{column}] and {cell[:40]} = 0"
    raise found.error(f"{cell[:40]} stands for a number of {column}: {reason}", line, cell, suggestion)


def _finished(
    columns: Sequence[str], rows: Sequence[tuple[Fraction, ...]], labels: tuple[str, ...], recipe: Recipe
) -> Table:
    """The table with its columns shifted and scaled, under the model's names."""
    means = {
        column: sum((row[at] for row in rows), Fraction(0)) / len(rows)
        for at, column in enumerate(columns)
        if column in recipe.centred
    }
    moves = [
        (means.get(column, recipe.shift.get(column, Fraction(0))), recipe.scale.get(column, Fraction(1)))
        for column in columns
    ]
    moved = tuple(
        tuple((cell - shift) / scale for cell, (shift, scale) in zip(row, moves, strict=True)) for row in rows
    )
    told = {
        recipe.name(column): f"{column} minus {shift}" if scale == 1 else column
        for column, (shift, scale) in zip(columns, moves, strict=True)
        if shift or scale != 1
    }
    return Table(tuple(map(recipe.name, columns)), moved, labels, told, recipe.settled(means))
