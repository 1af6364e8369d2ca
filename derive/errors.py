"""What derive refuses, and where: every error names the place, the word and the reason."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

# Lines longer than this are cut to a window round the caret: a report fits a terminal.
WINDOW = 96
# A reason may quote the source; a report never repeats a megabyte of it.
LONGEST_REASON = 600
_UNPRINTABLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


@dataclass(frozen=True, slots=True)
class Place:
    """A word in a source: `line` counts from 1, `column` from 0 in `text`, the whole line.

    In a notebook the lines are those of a `cell`, counted from 1.
    """

    file: str | None
    line: int
    column: int
    text: str
    length: int = 1
    cell: int | None = None


class DeriveError(Exception):
    """Anything that derive refuses; its message is for the user."""

    def report(self) -> str:
        """The message for a terminal, without control characters."""
        return printable(str(self))


class ModelError(DeriveError):
    """A fault in a model; `report` shows the line with a caret below the word."""

    def __init__(self, reason: str, place: Place | None = None, suggestion: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.place = place
        self.suggestion = suggestion

    def report(self) -> str:
        """File, line and reason, the line with a caret below the word, and the suggestion."""
        lines = [f"{_where(self.place)}{_shortened(printable(self.reason))}"]
        if self.place is not None and self.place.text.strip():
            lines.extend(f"    {line}" for line in _caret(self.place))
        if self.suggestion:
            lines.append(_shortened(printable(self.suggestion)))
        return "\n".join(lines)


class FormulaError(DeriveError):
    """A text that is no formula: the word at offset `at`, `length` characters long, and the reason."""

    def __init__(self, reason: str, at: int, length: int = 1, suggestion: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.at = at
        self.length = length
        self.suggestion = suggestion

    def detached(self) -> FormulaError:
        """The same fault, which keeps nothing alive of the calls that found it: reports hold thousands."""
        return FormulaError(self.reason, self.at, self.length, self.suggestion)

    def within(self, text: str, *, file: str | None = None, first_line: int = 1) -> ModelError:
        """The same fault with its place in `text`, the text that was read."""
        place = locate(text, self.at, self.length, file=file, first_line=first_line)
        return ModelError(self.reason, place, self.suggestion)


def locate(text: str, at: int, length: int = 1, *, file: str | None = None, first_line: int = 1) -> Place:
    """The place of `length` characters at an offset of a text that starts in line `first_line`."""
    at = min(at, len(text))
    start = text.rfind("\n", 0, at) + 1
    end = text.find("\n", at)
    line = text[start : len(text) if end < 0 else end]
    return Place(file, first_line + text.count("\n", 0, start), at - start, line, length)


def printable(text: str) -> str:
    """The text with control, format and unassigned characters escaped, so that no terminal obeys them."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_shown, text))


def nearest(word: str, words: Iterable[str]) -> str | None:
    """The word of `words` that `word` probably stands for, if one is near."""
    import difflib

    candidates = [each for each in words if each != word]
    folded = {each.casefold(): each for each in candidates}
    if word.casefold() in folded:
        return folded[word.casefold()]
    found = difflib.get_close_matches(word, candidates, n=1, cutoff=0.7)
    return found[0] if found else None


def _shown(character: str) -> str:
    if character == "\t":
        return " "
    if unicodedata.category(character) not in _UNPRINTABLE:
        return character
    return character.encode("unicode_escape", "surrogatepass").decode("ascii")


def _where(place: Place | None) -> str:
    if place is None:
        return ""
    line = f"line {place.line}"
    return f"{printable(place.file)}, {line}: " if place.file else f"{line}: "


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST_REASON else f"{text[:LONGEST_REASON]}…"


def _caret(place: Place) -> tuple[str, str]:
    """The line, cut to a window, and the line of carets below it."""
    column = max(0, min(place.column, len(place.text)))
    length = max(1, min(place.length, WINDOW // 2, len(place.text) - column))
    start = max(0, column - (WINDOW - length) // 2) if len(place.text) > WINDOW else 0
    end = start + WINDOW
    # Indentation says nothing once the line stands alone.
    start += len(place.text[start:column]) - len(place.text[start:column].lstrip())
    before = printable(place.text[start:column])
    word = printable(place.text[column : column + length])
    after = printable(place.text[column + length : end]).rstrip()
    opening, closing = (
        "…" if start > 0 and place.text[:start].strip() else "",
        "…" if end < len(place.text) else "",
    )
    indent = " " * (len(opening) + _width(before))
    return f"{opening}{before}{word}{after}{closing}", indent + "^" * max(1, _width(word))


def _width(text: str) -> int:
    """The terminal cells that a text takes: none for combining marks, two for wide characters."""
    return sum(map(_cells, text))


def _cells(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
