"""The learned values as a model file: what the author wrote, comments and all, with new numbers."""

from __future__ import annotations

import os
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError

from derive.model import Model, Table, Value
from derive.training.start import Floats


def learned_file(
    model: Model,
    values: Mapping[str, Floats],
    *,
    moved: tuple[Path, Path] | None = None,
    table: Table | None = None,
    digits: int = 17,
) -> str:
    """The text of the model's file with the learned values.

    `moved` are the folders of the model's file and of this one, so that the path of its samples stays
    right. Of the table that was learned from, the means of centred columns are written as shifts, so that
    other samples are treated alike. `digits` are significant; 17 give back the very floats.
    """
    document = _document(model)
    entries = document.setdefault("values", tomlkit.table())
    for name, value in values.items():
        entries[name] = _floats(rounded(value, digits))
    if "table" in document:
        _settle(document["table"], table or model.table, moved)
    return tomlkit.dumps(document)


def _document(model: Model) -> tomlkit.TOMLDocument:
    """The author's file; for a model that was written as bare equations, one that holds them."""
    try:
        document = tomlkit.parse(model.source)
    except TOMLKitError:
        document = tomlkit.document()
    if "equations" in document or "network" in document:
        return document
    document = tomlkit.document()
    document["equations"] = tomlkit.string(f"\n{model.source.strip()}\n", multiline=True)
    document["data"] = list(model.data)
    document["parameters"] = list(model.parameters)
    return document


def _settle(entries: Any, table: Table | None, moved: tuple[Path, Path] | None) -> None:
    """Means as shifts, and the path of the samples as seen from the new folder."""
    if table is not None:
        centred = [*entries.pop("center", []), *entries.pop("centre", [])]
        for column in centred:
            entries.setdefault("shift", {})[column] = _plain(table.recipe.shift[column])
    if "csv" in entries and moved is not None:
        origin, folder = moved
        entries["csv"] = Path(os.path.relpath(origin / entries["csv"], folder)).as_posix()


def rounded(value: Floats, digits: int) -> Value:
    """A learned value, or an array of them, to so many significant digits."""
    return _rounded(value.tolist(), digits)


def _rounded(value: Any, digits: int) -> Value:
    if isinstance(value, list):
        return tuple(_rounded(each, digits) for each in value)
    return Fraction(f"{value:.{digits}g}")


def _floats(value: Value) -> Any:
    return [_floats(each) for each in value] if isinstance(value, tuple) else float(value)


def _plain(value: Value) -> int | str:
    """A rational as TOML has it: a whole number, or a fraction in quotes."""
    assert not isinstance(value, tuple)
    return int(value) if value.denominator == 1 else str(value)
