"""Running text as reStructuredText lays it out, which comments of code and docstrings follow too."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from derive.check.documents.blocks import Block, Delimiter, directive
from derive.check.documents.delimiters import ENVIRONMENT, ESCAPE, always, until
from derive.check.documents.displays import OpenDisplay
from derive.check.documents.ruled import cells, extent, is_ruling
from derive.check.documents.source import Excerpt, Source

Line = tuple[int, int]

_MARKUP = re.compile(r"(\s*)\.\.[ \t]+(?:([\w:+.-]+)::(?=\s|\Z)[ \t]*)?")
_OPTION = re.compile(r"\s*:([\w-]+):")
_RULED = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
_ENTRY = re.compile(r"\s*(?:[-*+•]|\(?(?:\d{1,3}|[A-Za-z#])[.)])\s+(?=\S)")
_BULLET = re.compile(r"\s*[-*+•]\s+(?=\S)")
_FENCE = re.compile(r"\s*(`{3,}|~{3,})\s*(\{?\w*)")
_CODE = frozenset(
    """code code-block sourcecode parsed-literal literalinclude raw highlight doctest testcode plot figure
    image graphviz csv-table toctree autoclass autofunction automodule bibliography""".split()
)
ROLE = Delimiter(r":math:`", until("`"), fault="{} is never closed")
LITERAL = Delimiter(r"``", until(r"``(?!`)"), holds="nothing", accepts=always)
INTERPRETED = Delimiter(r"`", until(r"`_{0,2}"), holds="nothing", accepts=always)
RESTRUCTURED = (ROLE, ESCAPE, LITERAL, INTERPRETED)


def typed(
    source: Source,
    lines: Iterable[Line],
    delimiters: tuple[Delimiter, ...] = RESTRUCTURED,
    *,
    code: bool = False,
) -> Iterator[Block]:
    """The blocks of lines; `code` says that they are comments of a program."""
    yield from _Lines(source, list(lines), delimiters, code).blocks()


class _Lines:
    """Lines of running text, read one after the other."""

    def __init__(
        self, source: Source, lines: list[Line], delimiters: tuple[Delimiter, ...], code: bool
    ) -> None:
        self.source, self.lines, self.delimiters, self.code = source, lines, delimiters, code
        self.at = 0
        self.paragraph: list[Line] = []
        self.display = OpenDisplay()
        self.levels: list[str] = []

    def line(self, number: int) -> str:
        return self.source.text[slice(*self.lines[number])] if number < len(self.lines) else ""

    def blocks(self) -> Iterator[Block]:
        """All blocks."""
        while self.at < len(self.lines):
            line = self.line(self.at)
            if self.display and line.strip():
                self._append(line)
            elif not line.strip():
                yield from self._flush()
                self.at += 1
            else:
                yield from self._block(line)
        yield from self._flush()

    def _block(self, line: str) -> Iterator[Block]:
        """The block that starts with a line, or the line as one more of the paragraph."""
        if mark := _MARKUP.match(line):
            yield from self._flush()
            yield from self._marked(line, mark)
        elif fence := _FENCE.match(line):
            yield from self._flush()
            yield from self._fenced(fence)
        elif is_ruling(line) and (end := extent(self.source, self.lines, self.at)) > self.at:
            yield from self._flush()
            yield from cells(self.source, self.lines[self.at : end], self.delimiters)
            self.at = end
        elif line.lstrip().startswith(">>>"):
            yield from self._flush()
            self._skip_paragraph()
        elif self._is_title(line):
            yield from self._heading(line)
        elif _is_rule(line):
            yield from self._flush()
            self.at += 1
        else:
            if self.paragraph and _ENTRY.match(line):
                yield from self._flush()
            self._append(line)
            if line.rstrip().endswith("::"):
                yield from self._flush()
                self._skip_indented(_indent(line))

    def _append(self, line: str) -> None:
        self.paragraph.append(self.lines[self.at])
        self.display.read(line)
        self.at += 1

    def _flush(self) -> Iterator[Block]:
        if self.paragraph:
            start, end = self.paragraph[0]
            bullet = _BULLET.match(self.source.text, start, end)
            self.paragraph[0] = (bullet.end() if bullet else start, end)
            excerpt = Excerpt(self.source, tuple(self.paragraph))
            yield Block("prose", excerpt, self.delimiters, bare=True, code=self.code)
        self.paragraph, self.display = [], OpenDisplay()

    def _is_title(self, line: str) -> bool:
        below = self.line(self.at + 1)
        if self.paragraph or not _is_rule(below) or _is_rule(line):
            return False
        return len(below.strip()) >= 0.7 * len(line.strip()) and _indent(below) <= _indent(line)

    def _heading(self, line: str) -> Iterator[Block]:
        sign = self.line(self.at + 1).strip()[0]
        if sign not in self.levels:
            self.levels.append(sign)
        start, end = self.lines[self.at]
        level = self.levels.index(sign) + 1
        yield Block("heading", self.source.excerpt(start + _indent(line), end), self.delimiters, level)
        self.at += 2

    def _marked(self, line: str, mark: re.Match[str]) -> Iterator[Block]:
        """A directive or a comment of the format, with what is indented below it."""
        start, end = self.lines[self.at]
        rest = (start + mark.end(), end)
        indent = len(mark[1])
        self.at += 1
        name = mark[2]
        if name is None:
            found = directive(self.source.excerpt(*rest))
            if found is not None or not line[mark.end() :].lstrip().startswith("_"):
                lines = [rest, *self._indented(indent)]
                found = directive(Excerpt(self.source, tuple(lines)))
            yield from (found,) if found else ()
        elif name == "math":
            yield from self._mathematics([rest, *self._indented(indent)])
        elif name in _CODE:
            yield Block("gap", Excerpt(self.source, (rest, *self._indented(indent))))
        elif line[mark.end() :].strip():
            self.paragraph.append(rest)

    def _mathematics(self, lines: list[Line]) -> Iterator[Block]:
        """The displays of a directive, with empty lines between them."""
        chunk: list[Line] = []
        plain = True
        for start, end in (*lines, (0, 0)):
            line = self.source.text[start:end]
            option = _OPTION.match(line) if not chunk else None
            if option:
                plain = plain and option[1] != "nowrap"
            elif line.strip():
                chunk.append((start + _indent(line), end))
            elif chunk:
                excerpt = Excerpt(self.source, tuple(chunk))
                yield Block("display", excerpt) if plain else Block("prose", excerpt, (ENVIRONMENT,))
                chunk = []

    def _fenced(self, fence: re.Match[str]) -> Iterator[Block]:
        """A fence as Markdown has it."""
        first = self.at = self.at + 1
        while self.at < len(self.lines) and not self.line(self.at).lstrip().startswith(fence[1]):
            self.at += 1
        inside = tuple(self.lines[first : self.at])
        self.at += 1
        if inside:
            yield Block("display" if fence[2].strip("{") == "math" else "gap", Excerpt(self.source, inside))

    def _indented(self, indent: int) -> list[Line]:
        """The lines below that are indented more, empty ones between them included."""
        first = self.at
        self._skip_indented(indent)
        return self.lines[first : self.at]

    def _skip_indented(self, indent: int) -> None:
        while self.at < len(self.lines):
            line = self.line(self.at)
            if line.strip() and _indent(line) <= indent:
                return
            self.at += 1

    def _skip_paragraph(self) -> None:
        while self.line(self.at).strip():
            self.at += 1


def _is_rule(line: str) -> bool:
    """Whether a line is one sign of punctuation, over and over."""
    signs = line.strip()
    return len(signs) > 2 and signs[0] in _RULED and not signs.strip(signs[0])


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" \t"))
