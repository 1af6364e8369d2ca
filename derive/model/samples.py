"""Tables of samples: rows in the model file, or a CSV file whose columns are shifted, scaled and mapped."""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from derive.errors import ModelError, Place, nearest, printable
from derive.model.model import Table
from derive.model.recipe import Recipe
from derive.model.settings import Settings, number
from derive.model.text import read_text

KEYS = ("csv", "columns", "rows", "label", "shift", "scale", "center", "centre", "map", "rename")


def table(settings: Settings, entry: object) -> dict[str, Any]:
    """The samples that a `table` entry gives."""
    if not isinstance(entry, dict):
        raise settings.error("table is a table of settings", "table")
    for key in entry:
        if key not in KEYS:
            near = nearest(key, KEYS)
            raise settings.error(
                f"{key} is no setting of a table", key, f"Did you mean {near}?" if near else None
            )
    recipe = _recipe(settings, entry)
    if "csv" in entry:
        return {"table": read_table(settings.folder / str(entry["csv"]), recipe)}
    columns, rows = entry.get("columns"), entry.get("rows")
    if not isinstance(columns, list) or not isinstance(rows, list):
        raise settings.error(
            "table needs columns and rows, or a csv file",
            "table",
            'Write: columns = ["name", "x1"], rows = [["Alice", -2]]',
        )
    cells = [[str(cell) if isinstance(cell, str) else cell for cell in row] for row in rows]
    return {"table": _inline(settings, [str(c) for c in columns], cells, recipe)}


def _inline(
    settings: Settings, columns: Sequence[str], rows: Sequence[Sequence[object]], recipe: Recipe
) -> Table:
    label = recipe.label or next(
        (c for at, c in enumerate(columns) if all(isinstance(r[at], str) for r in rows if len(r) > at)),
        None,
    )
    kept = [at for at, column in enumerate(columns) if column != label]
    found: list[tuple[Fraction, ...]] = []
    for row in rows:
        if len(row) != len(columns):
            raise settings.error(
                f"a row of {len(row)} cells under {len(columns)} columns", "rows"
            )
        found.append(tuple(_cell(settings, columns[at], row[at], recipe) for at in kept))
    labels = tuple(str(row[columns.index(label)]) for row in rows) if label else ()
    names = [columns[at] for at in kept]
    return _finished(names, found, labels, recipe)


def _cell(settings: Settings, column: str, cell: object, recipe: Recipe) -> Fraction:
    words = recipe.words.get(column, {})
    if isinstance(cell, str) and cell in words:
        return words[cell]
    value = number(settings, column, cell)
    if isinstance(value, tuple):
        raise settings.error(f"a cell of {column} holds a list", column)
    return value


def _recipe(settings: Settings, entry: Mapping[str, Any]) -> Recipe:
    centre = entry.get("center", entry.get("centre", []))
    label = entry.get("label")
    return Recipe(
        rename={str(key): str(name) for key, name in entry.get("rename", {}).items()},
        shift=_numbers(settings, entry.get("shift", {})),
        scale=_numbers(settings, entry.get("scale", {})),
        centred=tuple(map(str, centre)),
        words={key: _numbers(settings, words) for key, words in entry.get("map", {}).items()},
        label=None if label is None else str(label),
    )


def _numbers(settings: Settings, entries: Mapping[str, object]) -> dict[str, Fraction]:
    found: dict[str, Fraction] = {}
    for key, entry in entries.items():
        value = number(settings, key, entry)
        if isinstance(value, tuple):
            raise settings.error(f"{key} is a list where a number should stand", key)
        found[key] = value
    return found


def read_table(
    path: Path,
    recipe: Recipe = Recipe(),  # noqa: B008 - frozen
    wanted: Collection[str] | None = None,
) -> Table:
    """The samples of a CSV file: a header, then a row each; raises ModelError with line and word.

    With `wanted`, the names that the model has a use for, other columns are passed over.
    """
    lines = read_text(path).splitlines()
    rows = list(csv.reader(lines))
    if not rows or not rows[0]:
        raise ModelError(f"{printable(path.name)} holds no table")
    header = [cell.strip() for cell in rows[0]]
    _check_columns(path.name, lines, header, recipe)
    label = recipe.label if recipe.label is not None else _label(rows, header, recipe)
    kept = [
        at
        for at, column in enumerate(header)
        if column != label and (wanted is None or recipe.name(column).partition("[")[0] in wanted)
    ]
    values: list[tuple[Fraction, ...]] = []
    labels: list[str] = []
    for line, row in enumerate(rows[1:], 2):
        if not any(cell.strip() for cell in row):
            continue
        if len(row) != len(header):
            raise ModelError(
                f"{len(row)} cells under {len(header)} columns",
                Place(path.name, line, 0, lines[line - 1]),
            )
        values.append(
            tuple(_parsed(row[at].strip(), header[at], recipe, path.name, line, lines) for at in kept)
        )
        if label is not None:
            labels.append(row[header.index(label)].strip())
    if not values:
        raise ModelError(f"{printable(path.name)} holds a header and no row")
    return _finished([header[at] for at in kept], values, tuple(labels), replace(recipe, label=label))


def _check_columns(file: str, lines: Sequence[str], header: Sequence[str], recipe: Recipe) -> None:
    place = Place(file, 1, 0, lines[0])
    for name in header:
        if header.count(name) > 1:
            raise ModelError(f"the column {printable(name)} stands twice", place)
    for name in sorted(recipe.columns):
        if name not in header:
            near = nearest(name, header)
            raise ModelError(
                f"there is no column {printable(name)}", place, f"Did you mean {near}?" if near else None
            )


def _label(rows: Sequence[Sequence[str]], header: Sequence[str], recipe: Recipe) -> str | None:
    """The first column, if its cells are words that nothing maps to numbers."""
    if header[0] in recipe.words or len(rows) < 2 or len(header) < 2:
        return None
    cells = [row[0].strip() for row in rows[1:] if row]
    return header[0] if cells and not any(_is_number(cell) for cell in cells) else None


def _is_number(cell: str) -> bool:
    try:
        Fraction(cell)
    except (ValueError, ZeroDivisionError):
        return False
    return True


def _parsed(
    cell: str, column: str, recipe: Recipe, file: str, line: int, lines: Sequence[str]
) -> Fraction:
    words = recipe.words.get(column)
    if words is not None and cell in words:
        return words[cell]
    if len(cell) <= 400 and _is_number(cell):
        return Fraction(cell)
    text = lines[line - 1] if line <= len(lines) else ""
    place = Place(file, line, max(0, text.find(cell)), text, max(1, len(cell)))
    if words is not None:
        near = nearest(cell, words)
        raise ModelError(
            f"{printable(cell)} is none of the words of {column}: {', '.join(words)}",
            place,
            f"Did you mean {near}?" if near else None,
        )
    reason = f"{printable(cell)} is no number" if cell else f"the cell of {column} is empty"
    raise ModelError(reason, place, f"Map words to numbers: map.{column} = {{M = 0, F = 1}}" if cell else None)


def _finished(
    columns: Sequence[str],
    rows: Sequence[tuple[Fraction, ...]],
    labels: tuple[str, ...],
    recipe: Recipe,
) -> Table:
    """The table with its columns shifted and scaled, under the model's names."""
    moves = dict(_moves(columns, rows, recipe))
    moved = tuple(
        tuple((cell - moves[c][0]) / moves[c][1] for c, cell in zip(columns, row, strict=True))
        for row in rows
    )
    names = tuple(recipe.rename.get(column, column) for column in columns)
    shifts = {
        recipe.rename.get(column, column): f"{column} minus {shift}" if scale == 1 else column
        for column, (shift, scale) in moves.items()
        if shift or scale != 1
    }
    means = {column: moves[column][0] for column in recipe.centred if column in moves}
    return Table(names, moved, labels, shifts, recipe.settled(means))


def _moves(
    columns: Sequence[str], rows: Sequence[tuple[Fraction, ...]], recipe: Recipe
) -> Iterator[tuple[str, tuple[Fraction, Fraction]]]:
    for at, column in enumerate(columns):
        shift = recipe.shift.get(column, Fraction(0))
        if column in recipe.centred:
            shift = sum((row[at] for row in rows), Fraction(0)) / len(rows)
        yield column, (shift, recipe.scale.get(column, Fraction(1)))
