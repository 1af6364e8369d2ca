"""Org: headings with stars, mathematics as LaTeX has it, no blocks of code, no verbatim text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from derive.check.documents.blocks import Block, Delimiter, Reader, directive
from derive.check.documents.delimiters import always, nothing_follows
from derive.check.documents.displays import OpenDisplay
from derive.check.documents.pipes import Pipes
from derive.check.documents.signs import CODE_SPAN, LINK, TYPED
from derive.check.documents.source import Excerpt, Source

_HEADING = re.compile(r"(\*+)[ \t]+(?:(?:TODO|DONE)[ \t]+)?(?=\S)")
_BEGIN = re.compile(r"[ \t]*#\+begin_(src|example|export|comment)\b", re.IGNORECASE)
_PREAMBLE = re.compile(r"[ \t]*#\+latex_header(?:_extra)?:[ \t]*", re.IGNORECASE)
_KEYWORD = re.compile(r"[ \t]*(?:#\+\w+|:[\w-]+:|:[ \t]|:\n)")
_COMMENT = re.compile(r"[ \t]*#[ \t]+")
_RULING = re.compile(r"[ \t]*\|[-+|:]+[ \t]*(?=\n|\Z)")
_ENTRY = re.compile(r"[ \t]*(?:[-+]|\d+[.)])[ \t]+(?:\[[ X-]\][ \t]+)?")
# =code= and ~code~, with a space or a bracket around.
VERBATIM = Delimiter(
    r"(?<![\w=~])=(?=[^\s=])[^=\n]{0,200}(?<=[^\s=])=(?![\w=~])|(?<![\w=~])~(?=[^\s~])[^~\n]{0,200}(?<=[^\s~])~(?![\w=~])",
    nothing_follows,
    holds="nothing",
    accepts=always,
)
ORG = (VERBATIM, *(each for each in TYPED if each not in (CODE_SPAN, LINK)))


def blocks(file: str | None, text: str) -> Iterator[Block]:
    """The blocks of a text in Org."""
    yield from _Lines(Source(file, text)).blocks()


class _Lines:
    """Reads line by line; what is open waits for the lines to come."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.paragraph: list[tuple[int, int]] = []
        self.display = OpenDisplay()
        self.closing = ""
        self.pipes: Pipes | None = None

    def blocks(self) -> Iterator[Block]:
        """All blocks."""
        for start, end in self.source.lines():
            yield from self._read(start, end, self.source.text[start:end])
        yield from self._flush()

    def _read(self, start: int, end: int, line: str) -> Iterator[Block]:
        if self.closing:
            self.closing = "" if line.strip().lower().startswith(self.closing) else self.closing
        elif self.display and line.strip():
            self._append(start, end, line)
        elif begin := _BEGIN.match(line):
            yield from self._flush()
            self.closing = f"#+end_{begin[1].lower()}"
            yield Block("gap", self.source.excerpt(start, end))
        elif not line.strip():
            yield from self._flush()
        elif heading := _HEADING.match(line):
            yield from self._flush()
            yield Block("heading", self.source.excerpt(start + heading.end(), end), ORG, len(heading[1]))
        elif line.lstrip().startswith(("#", ":")) and (_KEYWORD.match(line) or _COMMENT.match(line)):
            yield from self._keyword(start, end, line)
        elif line.lstrip().startswith("|"):
            yield from self._row(start, end, line)
        else:
            yield from self._words(start, end, line)

    def _keyword(self, start: int, end: int, line: str) -> Iterator[Block]:
        yield from self._flush()
        if preamble := _PREAMBLE.match(line):
            yield Block("preamble", self.source.excerpt(start + preamble.end(), end))
        elif comment := _COMMENT.match(line):
            found = directive(self.source.excerpt(start + comment.end(), end))
            yield from (found,) if found else ()

    def _row(self, start: int, end: int, line: str) -> Iterator[Block]:
        if self.pipes is None:
            yield from self._flush()
            self.pipes = Pipes(self.source, ORG)
        if not _RULING.match(line):
            yield from self.pipes.row(start, end)

    def _words(self, start: int, end: int, line: str) -> Iterator[Block]:
        entry = _ENTRY.match(line)
        if entry or self.pipes:
            yield from self._flush()
        self._append(start + entry.end() if entry else start, end, line)

    def _append(self, start: int, end: int, line: str) -> None:
        self.paragraph.append((start, end))
        self.display.read(line)

    def _flush(self) -> Iterator[Block]:
        if self.paragraph:
            yield Block("prose", Excerpt(self.source, tuple(self.paragraph)), ORG, bare=True)
        self.paragraph, self.display, self.pipes = [], OpenDisplay(), None


READER = Reader("org", (".org",), blocks)
