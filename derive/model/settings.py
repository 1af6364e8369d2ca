"""A model file as TOML sees it, with ways to say where a fault is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any

from derive.errors import ModelError, Place, nearest, printable
from derive.model.model import Value
from derive.model.numbers import NoNumber, exact, lengths

# Deeper lists are no vectors and no matrices.
DEEPEST_VALUE = 6
# Integers of more digits are no measured values.
_LARGEST = 10**1000
_HEAD = re.compile(r"^[ \t]*\[([^\[\]\n]+)\]", re.MULTILINE)


@dataclass(frozen=True)
class Settings:
    """The entries of a TOML file, and its text."""

    entries: Mapping[str, Any]
    text: str
    file: str | None
    folder: Path
    name: str

    @cached_property
    def _sections(self) -> Mapping[str, tuple[int, int]]:
        """Where the body of each section starts and ends; that of no section under the empty name."""
        heads = list(_HEAD.finditer(self.text))
        ends = [*(head.start() for head in heads), len(self.text)]
        found = {"": (0, ends[0])}
        for head, end in zip(heads, ends[1:], strict=True):
            found.setdefault(re.sub(r"[ \t\"']", "", head[1]), (head.end(), end))
        return found

    def place(self, *path: str) -> Place | None:
        """Where a setting stands: `place("values", "w1")`; a last word may be an entry of a list."""
        found = self._found(path)
        return None if found is None else place_of(self.text, *found, file=self.file)

    def _found(self, path: tuple[str, ...]) -> tuple[int, int] | None:
        """Offset and length of a key in the section that its path names, or after the keys before it."""
        for cut in range(len(path), -1, -1):
            section = self._sections.get(".".join(path[:cut]))
            if section is None:
                continue
            start, end = section
            if cut == len(path):
                return self._word(path[-1], self.text.rfind("[", 0, start), start)
            found = None
            for word in path[cut:]:
                within = self._key(word, start, end) or self._word(word, start, end)
                if within is None:
                    break
                found, start = within, sum(within)
            return found
        return None

    def _key(self, key: str, start: int, end: int) -> tuple[int, int] | None:
        spelled = re.escape(key)
        pattern = re.compile(rf"^[ \t]*(?P<key>{spelled}|\"{spelled}\"|'{spelled}')[ \t]*=", re.MULTILINE)
        found = pattern.search(self.text, start, end)
        return (found.start("key"), len(found["key"])) if found else None

    def _word(self, word: str, start: int, end: int) -> tuple[int, int] | None:
        found = re.compile(rf"(?<!\w){re.escape(word)}(?!\w)").search(self.text, max(0, start), end)
        return (found.start(), len(word)) if found else None

    def error(self, reason: str, *path: str, suggestion: str | None = None) -> ModelError:
        """A fault in a setting."""
        place = self.place(*path)
        told = reason if place or not self.file else f"{printable(self.file)}: {reason}"
        return ModelError(told, place, suggestion)

    def check_keys(self, entry: Mapping[str, object], keys: Iterable[str], what: str, *path: str) -> None:
        """Refuse a key that is not in a closed list."""
        keys = tuple(keys)
        for key in entry:
            if key not in keys:
                reason = f"{printable(key)} is no setting of a {what}"
                suggestion = did_you_mean(key, keys) or f"There are {', '.join(keys)}."
                raise self.error(reason, *path, key, suggestion=suggestion)

    def check_word(self, word: str, words: Iterable[str], what: str, *path: str) -> None:
        """Refuse a word that is not in a closed list."""
        words = tuple(words)
        if word not in words:
            suggestion = did_you_mean(word, words) or f"There are {' and '.join(words)}."
            raise self.error(f"{shown(word)} is no {what}", *path, word, suggestion=suggestion)

    def string(self, entry: object, *path: str) -> str:
        """A setting that is a text."""
        if not isinstance(entry, str):
            raise self.error(f"{path[-1]} is a text in quotes, not {shown(entry)}", *path)
        return entry

    def mapping(self, entry: object, what: str, *path: str) -> Mapping[str, Any]:
        """A setting that is a table."""
        if not isinstance(entry, dict):
            raise self.error(f"{path[-1]} is a table of {what}, not {shown(entry)}", *path)
        return entry

    def names(self, entry: object, *path: str) -> tuple[str, ...]:
        """A setting that lists names, each once."""
        entries = [entry] if isinstance(entry, str) else entry
        if not isinstance(entries, list) or not all(isinstance(each, str) for each in entries):
            suggestion = f'Write: {path[-1]} = ["x1", "x2"]'
            raise self.error(f"{path[-1]} is a list of names in quotes", *path, suggestion=suggestion)
        for at, name in enumerate(entries):
            if not name.strip():
                raise self.error(f"{path[-1]} holds an empty name", *path)
            if name in entries[:at]:
                raise self.error(f"{printable(name)} stands twice in {path[-1]}", *path, name)
        return tuple(entries)

    def number(self, entry: object, *path: str) -> Fraction:
        """A setting that is one number."""
        value = self.value(entry, *path)
        if isinstance(value, tuple):
            raise self.error(f"{printable(path[-1])} is one number, not a list", *path)
        return value

    def value(self, entry: Any, *path: str, depth: int = 0) -> Value:
        """A number or nested lists of numbers, exact."""
        name = printable(path[-1])
        if isinstance(entry, list):
            return self._list(entry, depth, *path)
        if isinstance(entry, str):
            try:
                return exact(entry)
            except NoNumber as error:
                raise self.error(f"the value of {name} is {shown(entry)}: {error}", *path) from None
        if isinstance(entry, float):
            raise self.error(f"the value of {name} is {entry}, and no number to reckon with", *path)
        if isinstance(entry, bool) or not isinstance(entry, int | Fraction):
            raise self.error(f"the value of {name} is {shown(entry)}, and no number", *path)
        if not -_LARGEST < entry < _LARGEST:
            raise self.error(f"the value of {name} has too many digits", *path)
        return Fraction(entry)

    def _list(self, entry: list[object], depth: int, *path: str) -> Value:
        name = printable(path[-1])
        if not entry:
            raise self.error(f"the value of {name} is an empty list", *path)
        if depth == DEEPEST_VALUE:
            raise self.error(f"the value of {name} is nested more than {DEEPEST_VALUE} deep", *path)
        parts = tuple(self.value(each, *path, depth=depth + 1) for each in entry)
        if len({lengths(each) for each in parts}) > 1:
            raise self.error(f"the rows of {name} differ in length", *path)
        return parts


def place_of(text: str, at: int, length: int, *, file: str | None) -> Place:
    """The place of a word of the whole file."""
    start = text.rfind("\n", 0, at) + 1
    line = text[start:].split("\n", 1)[0]
    return Place(file, text.count("\n", 0, at) + 1, at - start, line, length)


def did_you_mean(word: str, words: Iterable[str]) -> str | None:
    """The question that suggests the nearest word, if one is near."""
    near = nearest(word, words)
    return f"Did you mean {printable(near)}?" if near else None


def shown(entry: object) -> str:
    """An entry of the file as a message repeats it: short."""
    match entry:
        case bool():
            return "true" if entry else "false"
        case str():
            return f'"{entry[:40]}…"' if len(entry) > 40 else f'"{entry}"'
        case dict():
            return "a table"
        case list():
            return "a list"
        case int() if abs(entry) > 10**40:
            return "a very long number"
        case Fraction() if abs(entry) < 10**40:
            return f"{float(entry):g}"
    return str(entry)[:60]
