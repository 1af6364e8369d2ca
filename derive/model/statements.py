"""The lines of a model: comments masked, lines with open parentheses joined, places kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from derive.errors import FormulaError, ModelError, Place, locate, printable

# Longer lines and texts are no model that a person wrote; they are refused before they are read.
LONGEST_LINE = 200_000
LONGEST_TEXT = 4_000_000
_OPENING, _CLOSING = frozenset("([{"), frozenset(")]}")


@dataclass(frozen=True, slots=True)
class Statement:
    """One equation's text; comments are spaces, so that offsets are those of `written`.

    `first_line` is the line of the file in which the text starts; `indent` what the file holds before it
    in every line.
    """

    text: str
    written: str
    first_line: int
    file: str | None = None
    form: str = "plain"

    def place(self, at: int, length: int = 1) -> Place:
        """The place of a word in the file."""
        return locate(self.written, at, length, file=self.file, first_line=self.first_line)

    def error(
        self, reason: str, at: int | None = None, length: int = 1, suggestion: str | None = None
    ) -> ModelError:
        """A fault at a word of this statement; without one, at its first word."""
        start = len(self.text) - len(self.text.lstrip())
        word = self.place(start if at is None else at, length)
        return ModelError(reason, word, suggestion)

    def fault(self, error: FormulaError) -> ModelError:
        """A fault of the reader with its place in the file."""
        return self.error(error.reason, error.at, error.length, error.suggestion)


def statements(
    text: str, *, file: str | None = None, first_line: int = 1, form: str = "plain"
) -> Iterator[Statement]:
    """The statements of a text in the plain form."""
    waiting: list[tuple[str, str]] = []
    start, depth = first_line, 0
    for number, written in enumerate(text.split("\n"), first_line):
        written = written.removesuffix("\r")
        check_characters(written, file, number)
        line = _without_comment(written)
        if not waiting:
            if not line.strip():
                continue
            start = number
        waiting.append((line, written))
        depth += sum((c in _OPENING) - (c in _CLOSING) for c in line)
        if depth <= 0:
            yield _joined(waiting, file, start, form)
            waiting, depth = [], 0
    if waiting:
        yield _joined(waiting, file, start, form)


def _joined(lines: list[tuple[str, str]], file: str | None, start: int, form: str) -> Statement:
    text, written = ("\n".join(column) for column in zip(*lines, strict=True))
    return Statement(text, written, start, file, form)


def _without_comment(line: str) -> str:
    at = line.find("#")
    return line if at < 0 else line[:at] + " " * (len(line) - at)


def check_characters(line: str, file: str | None, number: int) -> None:
    """Refuse a line that no person wrote: too long, or with control characters."""
    if len(line) > LONGEST_LINE:
        place = Place(file, number, 0, line[:80])
        raise ModelError(f"a line of {len(line):,} characters is no equation", place)
    if line.isprintable():
        return
    for at, character in enumerate(line):
        if ord(character) < 32 and character != "\t":
            raise ModelError(
                f"the control character {printable(character)} has no place in a model",
                Place(file, number, at, line),
                _control_suggestion(character),
            )


def _control_suggestion(character: str) -> str | None:
    letter = {"\f": "f", "\b": "b", "\r": "r", "\v": "v", "\a": "a"}.get(character)
    if letter is None:
        return None
    return f"A TOML string in double quotes turns \\{letter} into it: write LaTeX between '''."
