"""The lines of a model: comments masked, lines with open parentheses joined, places kept."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from derive.errors import FormulaError, ModelError, Place, locate, printable
from derive.model.settings import Settings

FORMS = ("plain", "latex")

# Longer lines and texts are no model that a person wrote; they are refused before they are read.
LONGEST_LINE = 200_000
LONGEST_TEXT = 4_000_000
MOST_STATEMENTS = 20_000
_OPENING, _CLOSING = frozenset("([{"), frozenset(")]}")
_QUOTES = r"^[ \t]*equations[ \t]*=[ \t]*(?P<quotes>\"\"\"|'''|\"|')\n?"
_ESCAPE = re.compile(r"(?<!\\)(?:\\\\)*(?P<escape>\\[tbfr])")

LATEX_IN_TOML = "Write LaTeX between ''' and ''', where a backslash stays a backslash."
LATEX_IN_PYTHON = "Write LaTeX in a raw string, r'…', where a backslash stays a backslash."


@dataclass(frozen=True, slots=True)
class Statement:
    """One equation's text; comments are spaces, so that offsets are those of `written`.

    `first_line` is the line of the file in which the text starts. A statement that was not written but made
    from a setting has the setting's place, `made_from`.
    """

    text: str
    written: str
    first_line: int
    file: str | None = None
    form: str = "plain"
    made_from: Place | None = None

    def place(self, at: int, length: int = 1) -> Place:
        """The place of a word in the file."""
        if self.made_from is not None:
            return self.made_from
        return locate(self.written, at, length, file=self.file, first_line=self.first_line)

    def error(
        self, reason: str, at: int | None = None, length: int = 1, suggestion: str | None = None
    ) -> ModelError:
        """A fault at a word of this statement; without one, at its first word."""
        if at is None:
            at = len(self.text) - len(self.text.lstrip())
            length = len(self.text[at:].partition("\n")[0].rstrip())
        return ModelError(reason, self.place(at, length), suggestion)

    def fault(self, error: FormulaError) -> ModelError:
        """A fault of the reader with its place in the file."""
        return self.error(error.reason, error.at, error.length, error.suggestion)


# What only the plain form spells so: signs, names of several characters, components, words that LaTeX
# would take for products of letters.
_PLAIN = re.compile(
    r"""[*@] | [A-Za-z]\d | [A-Za-z]_[A-Za-z0-9]{2} | [A-Za-z]\[\w+(?:,\s*\w+)*\] | [A-Za-z)\]]\.[A-Za-z]
      | \b(?:sum|mean|prod|einsum|matmul)\(""",
    re.VERBOSE,
)


def form_of(text: str) -> str:
    """The form in which equations are written: LaTeX has commands, braces or dollars.

    A lone ^ speaks for LaTeX only where nothing else is spelled as in the plain form.
    """
    if "**" in text:
        return "plain"
    if re.search(r"\\[A-Za-z\[(\\]|[${}]", text):
        return "latex"
    bare = re.sub(r"#.*", "", text)
    return "latex" if "^" in bare and not _PLAIN.search(bare) else "plain"


def statements(text: str, *, file: str | None = None, form: str = "plain") -> tuple[Statement, ...]:
    """The statements of a text, in order."""
    return _split(text, text, file, 1, form)


def located_statements(text: str, settings: Settings, form: str) -> tuple[Statement, ...]:
    """The statements of the equations in a TOML file, with their places in the file."""
    file, whole = settings.file, settings.text
    raw_at = first = None
    for found in re.finditer(_QUOTES, whole, re.MULTILINE):
        first = found if first is None else first
        if whole.startswith(text + found["quotes"], found.end()):
            raw_at = found.end()
            break
    if raw_at is None:
        _check_escapes(whole, first, file)
        line = whole.count("\n", 0, first.end()) + 1 if first else 1
        return _split(text, text, file, line, form)
    # The rest of the file is masked: offsets in the text are offsets in the file.
    end = raw_at + len(text)
    start = whole.rfind("\n", 0, raw_at) + 1
    stop = whole.find("\n", end)
    masked = " " * (raw_at - start) + text
    written = whole[start : stop if stop >= 0 else len(whole)]
    masked += " " * (len(written) - len(masked))
    return _split(masked, written, file, whole.count("\n", 0, start) + 1, form)


def _check_escapes(whole: str, start: re.Match[str] | None, file: str | None) -> None:
    r"""Refuse \t, \b, \f and \r in the equations: each has swallowed the start of a LaTeX command."""
    if start is None or "'" in start["quotes"]:
        return
    end = whole.find(start["quotes"], start.end())
    found = _ESCAPE.search(whole, start.end(), end if end >= 0 else len(whole))
    if found is not None:
        place = locate(whole, found.start("escape"), 2, file=file)
        raise ModelError(f"{found['escape']} stands for a control character here", place, LATEX_IN_TOML)


def _split(text: str, written: str, file: str | None, first_line: int, form: str) -> tuple[Statement, ...]:
    if form == "latex":
        from derive.model.latex import latex_statements as split
    else:
        split = plain_statements
    found: list[Statement] = []
    for statement in split(text, written, file, first_line):
        found.append(statement)
        if len(found) > MOST_STATEMENTS:
            raise statement.error(f"there are more than {MOST_STATEMENTS:,} equations")
    return tuple(found)


def plain_statements(text: str, written: str, file: str | None, first_line: int) -> Iterator[Statement]:
    """The statements of a text in the plain form: a line each, more while a parenthesis is open."""
    waiting: list[tuple[str, str]] = []
    start, depth = first_line, 0
    lines = zip(text.split("\n"), written.split("\n"), strict=True)
    for number, (line, shown) in enumerate(lines, first_line):
        check_characters(shown.removesuffix("\r"), file, number)
        line = _without_comment(line)
        if not waiting:
            if not line.strip():
                continue
            start = number
        waiting.append((line, shown))
        depth += sum((c in _OPENING) - (c in _CLOSING) for c in line)
        if depth <= 0:
            yield _joined(waiting, file, start)
            waiting, depth = [], 0
    if waiting:
        yield _joined(waiting, file, start)


def _joined(lines: list[tuple[str, str]], file: str | None, start: int) -> Statement:
    text, written = ("\n".join(column) for column in zip(*lines, strict=True))
    return Statement(text, written, start, file)


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
        if character == "\x7f" or (ord(character) < 32 and character != "\t"):
            raise ModelError(
                f"the control character {printable(character)} has no place in a model",
                Place(file, number, at, line),
                (LATEX_IN_TOML if file else LATEX_IN_PYTHON) if character in "\a\b\f\v" else None,
            )
