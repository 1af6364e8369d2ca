r"""The lines of a LaTeX source without comments, verbatim text and what `\iffalse` switches off."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from derive.check.documents.blocks import Block, directive
from derive.check.documents.source import Excerpt, Source

_VERBATIM = re.compile(
    r"\\begin\{((?:verbatim|Verbatim|lstlisting|minted|alltt|comment|filecontents|tikzpicture|algorithm|algorithmic|thebibliography)\*?)\}"
)
_COMMENT = re.compile(r"\\verb\*?([^A-Za-z\s*]).*?\1|\\[^\n]|(%+)")
_OFF = re.compile(r"\\iffalse\b")
_IF = re.compile(r"\\(?:(if)[A-Za-z]*|(fi))(?![A-Za-z])")


@dataclass(frozen=True, slots=True)
class TexLine:
    """A line's code: its piece of the source; `whole` if a comment cut nothing off, `found` what it asks."""

    start: int
    end: int
    is_empty: bool = False
    found: Block | None = None


def code_lines(source: Source) -> Iterator[TexLine]:
    """The lines that TeX reads, in order; a line that is all comment is left out."""
    text, until, depth = source.text, "", 0
    for start, end in source.lines():
        line = text[start:end]
        if until:
            if until in line:
                until = ""
                yield TexLine(end, end)
            continue
        if depth:
            depth = _depth(line, depth)
            continue
        code, comment = _split(line) if "%" in line else (len(line), None)
        if comment is not None and (found := directive(source.excerpt(start + comment, end))):
            yield TexLine(start, start, found=found)
        if _OFF.search(line, 0, code):
            depth = _depth(line[line.index("\\iffalse") :], 0)
            continue
        if opened := _VERBATIM.search(line, 0, code):
            until = "\\end{" + opened[1] + "}"
            until = "" if until in line else until
            yield TexLine(start, start + opened.start())
            continue
        if comment is not None and not line[:code].strip():
            continue
        yield TexLine(start, start + code, not line[:code].strip())


def _split(line: str) -> tuple[int, int | None]:
    """Where the code of a line ends, and where its comment's words start."""
    for match in _COMMENT.finditer(line):
        if match[2]:
            return match.start(), match.end()
    return len(line), None


def _depth(line: str, depth: int) -> int:
    for match in _IF.finditer(line):
        depth += 1 if match[1] else -1
        if depth == 0:
            break
    return depth


def excerpt(source: Source, lines: list[TexLine]) -> Excerpt:
    """The stretch that lines make; where a comment was cut off, the line's end is kept."""
    pieces: list[tuple[int, int]] = []
    for line in lines:
        pieces.append((line.start, line.end))
        if line.end < len(source.text) and source.text[line.end - 1 : line.end] != "\n":
            newline = source.text.find("\n", line.end)
            if newline >= 0:
                pieces.append((newline, newline + 1))
    return Excerpt(source, tuple(pieces))
