"""Models in TOML files: equations with the settings of DESIGN's model file."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from derive.errors import ModelError, Place, nearest
from derive.model.draft import Draft
from derive.model.layers import network
from derive.model.model import Size
from derive.model.settings import Settings, number
from derive.model.samples import table
from derive.model.statements import check_characters, statements
from derive.model.tex import looks_like_tex, tex_statements

# TOML's own message ends with the place, which we show our way.
_TOML_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")


def read_toml(text: str, *, name: str, file: str | None, folder: Path) -> Draft:
    """The draft that a TOML text describes."""
    for number, line in enumerate(text.split("\n"), 1):
        check_characters(line.removesuffix("\r"), file, number)
    try:
        entries = tomllib.loads(text, parse_float=_decimal)
    except tomllib.TOMLDecodeError as error:
        raise _syntax(error, text, file) from None
    except RecursionError:
        raise ModelError(f"{file or 'this text'} is nested too deep") from None
    settings = Settings(entries, text, file, folder, name)
    for key in entries:
        if key not in KEYS:
            near = nearest(key, KEYS)
            raise settings.error(
                f"{key} is no setting of a model", key, f"Did you mean {near}?" if near else None
            )
    for key, setting in KEYS.items():
        if key in entries:
            settings.parts.update(setting(settings, entries[key]))
    return _draft(settings)


def _draft(settings: Settings) -> Draft:
    parts = settings.parts
    if "statements" not in parts:
        raise ModelError(
            f"{settings.file or 'this text'} holds no equation",
            suggestion='Write them so: equations = """ … """',
        )
    places = {key: place for key in KEYS if (place := settings.place(key)) is not None}
    parts.setdefault("title", settings.name)
    return Draft(
        name=settings.name, source=settings.text, file=settings.file, places=places, **parts
    )


def _decimal(text: str) -> Fraction | float:
    """A decimal of a TOML file as the rational that it spells; nan and inf stay floats, to be refused."""
    try:
        return Fraction(text) if len(text) <= 400 else float(text)
    except ValueError:
        return float(text)


def _syntax(error: tomllib.TOMLDecodeError, text: str, file: str | None) -> ModelError:
    message = str(error)
    found = _TOML_PLACE.search(message)
    reason = message[: found.start()] if found else message
    lines = text.split("\n")
    line = int(found[1]) if found and found[1] else len(lines)
    column = int(found[2]) - 1 if found and found[2] else 0
    written = lines[min(line, len(lines)) - 1]
    reason = reason[:1].lower() + reason[1:]
    return ModelError(f"not TOML: {reason}", Place(file, line, column, written))


def _equations(settings: Settings, entry: object) -> dict[str, Any]:
    text = _string(settings, "equations", entry)
    form = settings.entries.get("form", "latex" if looks_like_tex(text) else "plain")
    split = {"plain": statements, "latex": tex_statements}.get(str(form))
    if split is None:
        raise settings.error(f"{form} is no form of equations", "form", "There are plain and latex.")
    first = _first_line(settings)
    return {"statements": tuple(split(text, file=settings.file, first_line=first))}


def _first_line(settings: Settings) -> int:
    """The line of the file in which the equations' text starts."""
    found = re.search(r"^\s*equations\s*=\s*(\"\"\"|'''|\"|')(\r?\n)?", settings.text, re.MULTILINE)
    if found is None:
        return 1
    return settings.text.count("\n", 0, found.end()) + 1


def _string(settings: Settings, key: str, entry: object) -> str:
    if not isinstance(entry, str):
        raise settings.error(f"{key} is a text", key)
    return entry


def _names(settings: Settings, key: str, entry: object) -> tuple[str, ...]:
    if isinstance(entry, str):
        entry = [entry]
    if not isinstance(entry, list) or not all(isinstance(each, str) for each in entry):
        raise settings.error(f"{key} is a list of names", key, f'Write: {key} = ["x1", "x2"]')
    return tuple(entry)


def _values(settings: Settings, entry: object) -> dict[str, Any]:
    if not isinstance(entry, dict):
        raise settings.error("values is a table of names and numbers", "values")
    return {"values": {key: number(settings, key, each) for key, each in entry.items()}}


def _shapes(settings: Settings, entry: object) -> dict[str, Any]:
    if not isinstance(entry, dict):
        raise settings.error("shapes is a table of names and sizes", "shapes")
    shapes: dict[str, tuple[Size, ...]] = {}
    for key, sizes in entry.items():
        if not isinstance(sizes, list) or not all(_is_size(size) for size in sizes):
            raise settings.error(
                f"the shape of {key} is a list of sizes", key, f'Write: {key} = ["m", "n"]'
            )
        shapes[key] = tuple(sizes)
    return {"shapes": {**settings.parts.get("shapes", {}), **shapes}}


def _is_size(entry: object) -> bool:
    if isinstance(entry, bool):
        return False
    return (isinstance(entry, int) and entry > 0) or (isinstance(entry, str) and bool(entry))


def _text_table(settings: Settings, entry: object) -> dict[str, Any]:
    if not isinstance(entry, dict) or not all(isinstance(each, str) for each in entry.values()):
        raise settings.error("notation is a table of names and LaTeX", "notation")
    return {"notation": dict(entry)}


def _rate(settings: Settings, entry: object) -> dict[str, Any]:
    rate = number(settings, "learning_rate", entry)
    if isinstance(rate, tuple) or rate <= 0:
        raise settings.error("the learning rate is a positive number", "learning_rate")
    return {"learning_rate": rate}


# What each key of a model file adds to the draft, in the order in which they are read.
KEYS: Mapping[str, Callable[[Settings, Any], dict[str, Any]]] = {
    "title": lambda settings, entry: {"title": _string(settings, "title", entry)},
    "form": lambda settings, entry: {},
    "network": network,
    "equations": _equations,
    "data": lambda settings, entry: {"data": _names(settings, "data", entry)},
    "parameters": lambda settings, entry: {"parameters": _names(settings, "parameters", entry)},
    "wrt": lambda settings, entry: {"wrt": _names(settings, "wrt", entry)},
    "loss": lambda settings, entry: {"loss": _string(settings, "loss", entry)},
    "learning_rate": _rate,
    "shapes": _shapes,
    "table": table,
    "values": _values,
    "notation": _text_table,
}

