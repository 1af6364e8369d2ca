"""Plain text: paragraphs, tables with tabs, headings without marks, formulas with and without delimiters."""

from __future__ import annotations

import re
from collections.abc import Iterator

from derive.check.documents.blocks import Block, Reader, directive
from derive.check.documents.displays import OpenDisplay
from derive.check.documents.signs import TYPED
from derive.check.documents.source import Source
from derive.check.documents.tabs import table

_ENTRY = re.compile(r"\s*(?:[-*•–+]\s+\S|\(?[A-Za-z0-9]{1,3}[.)]\s+\S)")
_BULLET = re.compile(r"\s*[-*•–+]\s+")
_UNDERLINE = re.compile(r"\s*(={3,}|-{3,}|~{3,})\s*\Z")
_COMMENT = re.compile(r"\s*(?:<!--|%+|#+|//+)(\s*derive:.*?)(?:-->)?\s*\Z")
_EXERCISE = re.compile(
    r"(?:Question|Problem|Exercise|Example|Task|Theorem|Lemma|Definition|Proposition)\s*[\d.]*:"
)
_WORD = re.compile(r"[^\W\d_][\w'’-]*")
_TITLE_LENGTH, _TITLE_WORDS = 70, 10

Line = tuple[int, int]


def blocks(file: str | None, text: str) -> Iterator[Block]:
    """The paragraphs, tables and headings of a text."""
    source = Source(file, text)
    paragraph: list[Line] = []
    for line in (*source.lines(), None):
        if line is not None and text[line[0] : line[1]].strip():
            paragraph.append(line)
        elif paragraph:
            yield from _paragraph(source, paragraph)
            paragraph = []


def _paragraph(source: Source, lines: list[Line]) -> Iterator[Block]:
    """Lines between two empty ones: a heading, or tables and entries of lists and prose."""
    first = source.text[slice(*lines[0])]
    if len(lines) == 2 and _UNDERLINE.match(source.text[slice(*lines[1])]):
        yield Block(
            "heading",
            source.excerpt(*lines[0]),
            TYPED,
            level=1 if "=" in source.text[slice(*lines[1])] else 2,
        )
        return
    if len(lines) == 1 and is_title(first):
        yield Block("heading", source.excerpt(*lines[0]), level=1, guessed=True)
        return
    if _EXERCISE.match(first):
        yield Block("heading", source.excerpt(*lines[0]), level=2, guessed=True)
    yield from _parts(source, lines)


def _parts(source: Source, lines: list[Line]) -> Iterator[Block]:
    start, at, display = 0, 0, OpenDisplay()
    while at < len(lines):
        line = source.text[slice(*lines[at])]
        rows = None if display else table(source.text, lines, at)
        comment = None if display else _COMMENT.match(line)
        if rows or comment or (at > start and not display and _ENTRY.match(line)):
            yield from _prose(source, lines[start:at])
            start = at
        if rows:
            yield from rows.blocks(source, TYPED)
            at = start = at + rows.count
        elif comment:
            offset = lines[at][0]
            found = directive(source.excerpt(offset + comment.start(1), offset + comment.end(1)))
            yield from (found,) if found else ()
            at = start = at + 1
        else:
            display.read(line)
            at += 1
    yield from _prose(source, lines[start:])


def _prose(source: Source, lines: list[Line]) -> Iterator[Block]:
    if lines:
        bullet = _BULLET.match(source.text, lines[0][0], lines[0][1])
        start = bullet.end() if bullet else lines[0][0]
        yield Block("prose", source.excerpt(start, lines[-1][1]), TYPED, bare=True)


def is_title(line: str) -> bool:
    """Whether a line that stands alone is a heading by its shape: few words, in capitals, no full stop."""
    title = line.strip()
    if len(title) > _TITLE_LENGTH or title[-1] in ".,;:!" or not title[0].isalnum():
        return False
    if any(sign in title for sign in "$\\=_|\t<>"):
        return False
    words = _WORD.findall(re.sub(r"\([^()]*\)", " ", title))
    long = [word for word in words if len(word) > 3]
    return 0 < len(words) <= _TITLE_WORDS and bool(long) and all(word[0].isupper() for word in long)


READER = Reader("text", (".txt", ".text"), blocks)
