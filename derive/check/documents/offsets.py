"""Where a place of a document stands in the text of its file: with the file's own line ends and escapes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

# A cell, a line, a column and a length to the offsets where they begin and end.
Spans = Callable[[int | None, int, int, int], "tuple[int, int] | None"]
# A line with its end.
LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z")
_MARK = "\ufeff"
_TOKEN = re.compile(r'"(?P<string>(?:[^"\\]|\\.)*)"|(?P<sign>[{}\[\],:])|[^\s{}\[\],:"]+', re.DOTALL)
_ESCAPE = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.|.", re.DOTALL
)
_SOURCES = frozenset({"source", "input"})


def text_spans(text: str) -> Spans:
    """The offsets of a text's places."""
    lead = len(_MARK) if text.startswith(_MARK) else 0
    starts = [lead, *(match.end() for match in LINE.finditer(text))]

    def span(cell: int | None, line: int, column: int, length: int) -> tuple[int, int] | None:
        if line > len(starts):
            return None
        return starts[line - 1] + column, starts[line - 1] + column + length

    return span


def cell_spans(text: str) -> Spans:
    """The offsets of the places in a notebook, whose cells are strings of JSON."""
    cells = list(_cells(text))

    def span(cell: int | None, line: int, column: int, length: int) -> tuple[int, int] | None:
        if cell is None or cell > len(cells):
            return None
        characters, offsets = _unescaped(text, cells[cell - 1])
        found = text_spans(characters)(None, line, column, length)
        if found is None or found[1] > len(characters) or found[0] == found[1]:
            return None
        return offsets[found[0]], offsets[found[1] - 1] + 1

    return span


@dataclass(slots=True)
class _Open:
    """A list or an object that is being read; `key` is the name, or the number, of what comes next."""

    sign: str
    key: str | int = 0
    strings: list[tuple[int, int]] = field(default_factory=list)


def _cells(text: str) -> Iterator[Sequence[tuple[int, int]]]:
    """The stretches of text of each cell: between the quotes of its source, or of the lines of its source."""
    depth: list[_Open] = []
    after_colon = False
    for match in _TOKEN.finditer(text):
        sign = match["sign"]
        if sign and sign in "{[":
            depth.append(_Open(sign))
        elif sign and sign in "}]":
            ended = depth.pop()
            if ended.sign == "{" and depth and _is_cell(depth):
                yield ended.strings
        elif sign == ",":
            depth[-1].key = depth[-1].key + 1 if isinstance(depth[-1].key, int) else ""
        elif match["string"] is not None and depth:
            here = depth[-1]
            if here.sign == "{" and not after_colon:
                here.key = json.loads(match[0])
                if here.key in _SOURCES:
                    here.strings = []
            elif (holder := _holder(depth)) is not None:
                holder.strings.append(match.span("string"))
        after_colon = sign == ":"


def _is_cell(depth: Sequence[_Open]) -> bool:
    """Whether what was just closed stands in the list of cells."""
    return depth[-1].sign == "[" and len(depth) > 1 and depth[-2].key == "cells"


def _holder(depth: Sequence[_Open]) -> _Open | None:
    """The cell that a string is part of the source of."""
    inner = depth[:-1] if depth[-1].sign == "[" else depth
    if (
        inner
        and inner[-1].sign == "{"
        and inner[-1].key in _SOURCES
        and _is_cell(inner[:-1] or (_Open("{"),))
    ):
        return inner[-1]
    return None


def _unescaped(text: str, strings: Sequence[tuple[int, int]]) -> tuple[str, Sequence[int]]:
    """The characters that the strings stand for, and the offset of each in the text."""
    characters: list[str] = []
    offsets: list[int] = []
    for start, end in strings:
        for match in _ESCAPE.finditer(text, start, end):
            characters.append(match[0] if len(match[0]) == 1 else json.loads(f'"{match[0]}"'))
            offsets.append(match.start())
    return "".join(characters), offsets
