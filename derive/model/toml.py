"""Models in TOML files: where the equations stand in the file, and what TOML itself refuses."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from derive.errors import ModelError, Place
from derive.model.draft import Draft
from derive.model.keys import KEYS, setting_of
from derive.model.numbers import NoNumber, exact
from derive.model.settings import Settings, place_of
from derive.model.statements import LATEX_IN_TOML, check_characters

# TOML's own message ends with the place, which we show our way.
_TOML_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
# Python's reader of TOML needs minutes for keys of thousands of parts.
_DOTTED = re.compile(r"(?<![\w\-\"'])(?:[\w\-\"']++[ \t]*+\.[ \t]*+){40}")
_STARTS = re.compile(r"^[ \t]*(?:(?:equations|network)[ \t]*=[ \t]*[\"'{]|\[network\])", re.MULTILINE)
_LIST_BEGINS = re.compile(r"=[ \t]*(\[)")
_REASONS: Mapping[str, str] = {
    "Cannot overwrite a value": "this key stands twice",
    "Unescaped '\\' in a string": "a backslash in a text between double quotes",
    "Invalid hex value": "a backslash in a text between double quotes",
    "Unclosed array": "this list is never closed",
    "Invalid value": "not TOML: a value is missing, or a text without quotes",
    "Unterminated string": "not TOML: a text whose closing quotes are missing",
    "Illegal character '\\n'": "not TOML: a text whose closing quotes are missing",
}


def is_toml(text: str) -> bool:
    """Whether a text without a file name is a model file: no formula holds a quote."""
    return _STARTS.search(text) is not None


def read_toml(text: str, *, name: str, file: str | None, folder: Path) -> Draft:
    """The draft that a TOML text describes."""
    text = text.replace("\r\n", "\n")
    for number, line in enumerate(text.split("\n"), 1):
        check_characters(line, file, number)
    dotted = _DOTTED.search(text)
    if dotted is not None:
        raise ModelError("a key of too many parts", place_of(text, dotted.start(), 1, file=file))
    settings = Settings(_entries(text, file), text, file, folder, name)
    settings.check_keys(settings.entries, KEYS, "model")
    parts: dict[str, Any] = {"title": name}
    for key in KEYS:
        if key in settings.entries:
            parts.update(setting_of(settings, key))
    if "statements" not in parts:
        raise ModelError(
            f"{file or 'this text'} holds no equation", suggestion='Write them so: equations = """ … """'
        )
    return Draft(name=name, source=text, file=file, settings=settings, **parts)


def _entries(text: str, file: str | None) -> Mapping[str, Any]:
    try:
        return tomllib.loads(text, parse_float=_decimal)
    except tomllib.TOMLDecodeError as error:
        raise _syntax(error, text, file) from None
    except RecursionError:
        raise ModelError(f"{file or 'this text'} is nested too deep") from None
    except ValueError as error:
        # An integer longer than Python reads.
        digits = re.search(r"[0-9_]{4000,}", text)
        place = place_of(text, *digits.span(), file=file) if digits else None
        raise ModelError("a number of too many digits", place) from error


def _decimal(text: str) -> Fraction | float | str:
    """A decimal of a TOML file as the rational that it spells.

    nan and inf stay floats, and what is out of all proportion stays text: both are refused with their name.
    """
    try:
        return exact(text.replace("_", ""))
    except NoNumber:
        return text if any(map(str.isdigit, text)) else float(text)


def _syntax(error: tomllib.TOMLDecodeError, text: str, file: str | None) -> ModelError:
    message = str(error)
    found = _TOML_PLACE.search(message)
    reason = message[: found.start()] if found else message
    place = _place(text, found, file)
    told = _REASONS.get(reason, f"not TOML: {reason[:1].lower()}{reason[1:]}")
    if "\\" in place.text and told.startswith("a backslash"):
        return ModelError(told, place, LATEX_IN_TOML)
    if reason.startswith("Cannot declare"):
        head = place.text.strip()
        column = place.text.find(head)
        return ModelError("this section stands twice", Place(file, place.line, column, place.text, len(head)))
    if told == _REASONS["Unclosed array"]:
        place = _of_the_list(text, place)
    if told == _REASONS["Cannot overwrite a value"]:
        key = place.text.partition("=")[0]
        indent = len(key) - len(key.lstrip())
        place = Place(file, place.line, indent, place.text, len(key.strip()))
    key = place.text.partition("=")[0].strip()
    if reason == "Invalid statement" and key.isidentifier() and not key.isascii():
        return ModelError(told, place, f'TOML wants quotes round a name that is not ASCII: "{key}" = …')
    return ModelError(told, place)


def _of_the_list(text: str, place: Place) -> Place:
    """Where the list begins that TOML finds unclosed where the next thing begins."""
    lines = [*text.split("\n")[: place.line - 1], place.text[: place.column]]
    for number, line in reversed(list(enumerate(lines, 1))):
        *_, begins = (None, *_LIST_BEGINS.finditer(line))
        if begins is not None:
            return Place(place.file, number, begins.start(1), text.split("\n")[number - 1])
    return place


def _place(text: str, found: re.Match[str] | None, file: str | None) -> Place:
    """The place that TOML names; at the end of the file, its last line that is not empty."""
    if found is None or found[1] is None:
        return place_of(text, len(text.rstrip()), 1, file=file)
    lines = text.split("\n")
    line = min(int(found[1]), len(lines))
    return Place(file, line, int(found[2]) - 1, lines[line - 1])
