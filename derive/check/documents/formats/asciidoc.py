"""AsciiDoc: the macros stem, latexmath and asciimath, blocks of mathematics, no listings."""

from __future__ import annotations

import re
from collections.abc import Iterator

from derive.check.documents.blocks import Block, Delimiter, Enclosed, Reader, directive
from derive.check.documents.delimiters import always, nothing_follows
from derive.check.documents.signs import CODE_SPAN
from derive.check.documents.source import Excerpt, Source

_HEADING = re.compile(r"(={1,6}|#{1,6})[ \t]+(?=\S)")
_FENCE = re.compile(r"(-{4,}|\.{4,}|\+{4,}|/{4,}|`{3,})[ \t]*\w*[ \t]*(?=\n|\Z)")
_STYLE = re.compile(r"\[(stem|latexmath|asciimath)[^\[\]\n]*\][ \t]*(?=\n|\Z)")
_LATEX_STEM = re.compile(r"^:stem:[ \t]*latexmath", re.MULTILINE)
_OWN_LINE = re.compile(
    r"(?:\[[^\[\]\n]*\]|:[\w-]+:.*|\.\w.*|={4,}|\*{4,}|_{4,}|\|={3,}|'{3,}|<<<)[ \t]*(?=\n|\Z)"
)
_ENTRY = re.compile(r"[ \t]*(?:[*.-]{1,5}|\d+\.)[ \t]+|\|")
_CLOSED = re.compile(r"(?:[^\\\]]++|\\.)*+", re.DOTALL)


def _to_bracket(text: str, at: int, sign: str) -> Enclosed | None:
    """Up to the bracket that no backslash stands before."""
    found = _CLOSED.match(text, at)
    assert found is not None
    end = found.end()
    return Enclosed(at, end, end + 1) if end < len(text) else None


LATEX = Delimiter(r"latexmath:\[", _to_bracket, fault="{} is never closed")
ASCII = Delimiter(r"asciimath:\[", _to_bracket, form="plain", fault="{} is never closed")
STEM = r"stem:\["
# What is passed through: +code+.
PASSED = Delimiter(
    r"\+{1,3}(?=\S)[^+\n]{1,200}(?<=\S)\+{1,3}(?!\w)", nothing_follows, holds="nothing", accepts=always
)


def blocks(file: str | None, text: str) -> Iterator[Block]:
    """The blocks of a text in AsciiDoc."""
    source = Source(file, text)
    latex = bool(_LATEX_STEM.search(text))
    stem = Delimiter(STEM, _to_bracket, form="latex" if latex else "plain", fault="{} is never closed")
    style = "latexmath" if latex else "asciimath"
    yield from _Lines(source, (LATEX, ASCII, stem, CODE_SPAN, PASSED), style).blocks()


class _Lines:
    """Reads line by line; what is open waits for the lines to come."""

    def __init__(self, source: Source, delimiters: tuple[Delimiter, ...], stem: str) -> None:
        self.source, self.delimiters, self.stem = source, delimiters, stem
        self.paragraph: list[tuple[int, int]] = []
        self.fence = ""
        self.style = ""
        self.fenced: list[tuple[int, int]] = []

    def blocks(self) -> Iterator[Block]:
        """All blocks."""
        for start, end in self.source.lines():
            yield from self._read(start, end, self.source.text[start:end])
        yield from self._flush()

    def _read(self, start: int, end: int, line: str) -> Iterator[Block]:
        if self.fence:
            if line.strip() == self.fence:
                yield from self._end_fence()
            else:
                self.fenced.append((start, end))
        elif fence := _FENCE.match(line):
            yield from self._flush()
            self.fence, self.fenced = fence[1], []
        elif not line.strip():
            yield from self._flush()
        elif line.startswith("//"):
            found = directive(self.source.excerpt(start + 2, end))
            yield from (found,) if found else ()
        elif heading := _HEADING.match(line):
            yield from self._flush()
            excerpt = self.source.excerpt(start + heading.end(), end)
            yield Block("heading", excerpt, self.delimiters, len(heading[1]))
        elif _OWN_LINE.match(line):
            yield from self._flush()
            style = _STYLE.match(line)
            self.style = style[1] if style else ""
        else:
            yield from self._take(start, end, line)

    def _take(self, start: int, end: int, line: str) -> Iterator[Block]:
        entry = _ENTRY.match(line)
        if entry:
            yield from self._flush()
        self.paragraph.append((start + entry.end() if entry else start, end))

    def _end_fence(self) -> Iterator[Block]:
        excerpt = Excerpt(self.source, tuple(self.fenced))
        style = self.stem if self.style == "stem" else self.style
        if self.fence[0] != "+" or not style or not self.fenced:
            yield Block("gap", excerpt)
        elif style.startswith("latex"):
            yield Block("display", excerpt)
        else:
            yield Block("prose", excerpt, bare=True)
        self.fence, self.style = "", ""

    def _flush(self) -> Iterator[Block]:
        if self.paragraph:
            yield Block("prose", Excerpt(self.source, tuple(self.paragraph)), self.delimiters, bare=True)
        self.paragraph = []


READER = Reader("asciidoc", (".adoc", ".asciidoc", ".asc"), blocks)
