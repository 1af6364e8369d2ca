"""Models in LaTeX: equations in displays, in aligned environments, or one a line."""

from __future__ import annotations

import re
from collections.abc import Iterator

from derive.model.statements import Statement, check_characters

# What stands around mathematics and is no part of it; replaced by spaces so that places stay.
_WRAPPING = re.compile(
    r"\$\$?|\\\[|\\\]|\\\(|\\\)|\\(?:begin|end)\{(?:aligned|align\*?|equation\*?|gathered|gather\*?|split)\}"
    r"|\\(?:tag|label)\{[^{}]*\}|\\nonumber|\\notag"
)
_SIGNS_OF_TEX = re.compile(r"\\[a-zA-Z]+|[_^]\{|\^|\$")


def looks_like_tex(text: str) -> bool:
    """Whether a text is LaTeX rather than the plain form."""
    lines = (line.split("#", 1)[0] for line in text.split("\n"))
    return any(_SIGNS_OF_TEX.search(line) for line in lines)


def tex_statements(text: str, *, file: str | None = None, first_line: int = 1) -> Iterator[Statement]:
    """The equations of a LaTeX text; a row that begins with = goes on with the one before it."""
    waiting: list[tuple[int, str, str]] = []
    for number, written in enumerate(text.split("\n"), first_line):
        written = written.removesuffix("\r")
        check_characters(written, file, number)
        for piece in _pieces(written):
            if waiting and not _continues(piece):
                yield _joined(waiting, file)
                waiting = []
            if piece.strip():
                waiting.append((number, piece, written))
    if waiting:
        yield _joined(waiting, file)


def _pieces(line: str) -> Iterator[str]:
    """The rows in a line of text, each padded to its column."""
    masked = _WRAPPING.sub(lambda found: " " * len(found[0]), _without_comment(line))
    start = 0
    for row in re.split(r"(\\\\(?:\[[^\]]*\])?)", masked):
        if not row.startswith("\\\\"):
            yield " " * start + row.replace("&", " ")
        start += len(row)


def _without_comment(line: str) -> str:
    found = re.search(r"(?<!\\)%", line)
    return line if found is None else line[: found.start()] + " " * (len(line) - found.start())


def _continues(piece: str) -> bool:
    return not piece.strip() or piece.lstrip().startswith(("=", "+", "-", r"\cdot"))


def _joined(rows: list[tuple[int, str, str]], file: str | None) -> Statement:
    """One statement of rows on neighbouring lines; a trailing comma or full stop is prose."""
    text = "\n".join(row for _, row, _ in rows)
    stripped = text.rstrip().rstrip(".,;")
    text = stripped + " " * (len(text) - len(stripped))
    written = "\n".join(written for _, _, written in rows)
    return Statement(text, written, rows[0][0], file, "latex")
