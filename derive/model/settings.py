"""The entries of a model file, exact numbers among them, and where a fault in them is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

from derive.errors import ModelError, Place
from derive.model.model import Value


@dataclass(slots=True)
class Settings:
    """A model file as TOML sees it, with ways to say where a fault is."""

    entries: Mapping[str, Any]
    text: str
    file: str | None
    folder: Path
    name: str
    parts: dict[str, Any] = field(default_factory=dict)

    def place(self, word: str) -> Place | None:
        """The first line that starts with a key, or holds it as a word."""
        found = re.search(rf"(?<![\w]){re.escape(word)}(?![\w])", self.text)
        if found is None:
            return None
        start = self.text.rfind("\n", 0, found.start()) + 1
        line = self.text[start:].split("\n", 1)[0]
        number = self.text.count("\n", 0, start) + 1
        return Place(self.file, number, found.start() - start, line, len(word))

    def error(self, reason: str, word: str, suggestion: str | None = None) -> ModelError:
        """A fault in a setting, at a word of the file."""
        return ModelError(reason, self.place(word), suggestion)


def number(settings: Settings, key: str, entry: object) -> Value:
    """A number or nested lists of numbers, exact."""
    match entry:
        case bool():
            pass
        case int():
            return Fraction(entry)
        case Fraction():
            return entry
        case float():
            raise settings.error(f"{key} is {entry}, which is no number", key)
        case str():
            try:
                return _exact(entry)
            except (ValueError, ZeroDivisionError):
                raise settings.error(f"{key} is {entry!r}, which is no number", key) from None
        case list() if entry:
            found = tuple(number(settings, key, each) for each in entry)
            if len({_lengths(each) for each in found}) > 1:
                raise settings.error(f"the rows of {key} differ in length", key)
            return found
    raise settings.error(f"{key} is {entry!r}, which is no number", key)


def _exact(text: str) -> Fraction:
    if len(text) > 400:
        raise ValueError(text)
    return Fraction(text.strip())


def _lengths(value: Value) -> tuple[int, ...]:
    return (len(value), *_lengths(value[0])) if isinstance(value, tuple) else ()
