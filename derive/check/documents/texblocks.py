r"""The blocks of a LaTeX source: `\section`, `\item`, `\begin{frame}`, paragraphs, tables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from derive.check.documents.blocks import Block, Delimiter, Enclosed
from derive.check.documents.delimiters import (
    BRACKET,
    DOUBLE_DOLLAR,
    EMPTY,
    ENVIRONMENT,
    ESCAPE,
    PARENTHESIS,
    RULED_LINE,
    always,
    dollar,
    nothing_follows,
    until,
)
from derive.check.documents.displays import OpenDisplay
from derive.check.documents.macros import Macro, definitions, group
from derive.check.documents.source import Source
from derive.check.documents.texlines import TexLine, excerpt
from derive.check.documents.textables import table

LEVELS = {
    "part": 0, "chapter": 1, "section": 2, "subsection": 3, "subsubsection": 4, "paragraph": 5,
    "subparagraph": 6, "frametitle": 5, "framesubtitle": 6,
}  # fmt: skip
_MARK = re.compile(
    r"\\(?P<section>part|chapter|section|subsection|subsubsection|paragraph|subparagraph|frametitle|framesubtitle)\*?"
    r"\s*(?:\[[^\[\]]*\]\s*)?(?=\{)"
    r"|\\item(?![A-Za-z])(?:<[^<>\n]{0,40}>)?\s*(?:\[(?P<label>[^\[\]\n]{0,40})\])?"
    r"|\\begin\{frame\}\s*(?:\[[^\[\]\n]*\])?\s*(?P<frame>(?=\{))?"
    r"|\\(?P<border>begin|end)\{(?:itemize|enumerate|description|document|abstract|figure|table|center|frame|block"
    r"|theorem|lemma|proof|definition|example|exercise|proposition|corollary|remark|quote|minipage|columns?)\*?\}"
    r"(?:\s*\[[^\[\]\n]*\])?(?:\{[^{}\n]*\})?"
    r"|\\begin\{(?P<table>tabular[xy]?|longtable)\*?\}"
)
_LONGEST_TITLE = 400
_PREAMBLE_END = "\\begin{document}"
_ABBREVIATED = re.compile(r"\s*\\(begin|end)\{([A-Za-z]+\*?)\}\s*\Z")


def _verb(text: str, at: int, sign: str) -> Enclosed | None:
    end = text.find(sign[-1], at)
    return Enclosed(at, end, end + 1) if end >= 0 else None


_OPTIONS = r"(?:\s*\[[^\[\]\n]{0,200}\])?\s*"
VERB = Delimiter(
    rf"\\verb\*?[^A-Za-z\s*]|\\lstinline{_OPTIONS}[^A-Za-z\s*\[{{]"
    rf"|\\mintinline{_OPTIONS}\{{[^{{}}\n]{{0,40}}\}}[^A-Za-z\s*{{]",
    _verb,
    holds="nothing",
    accepts=always,
)
REFERENCE = Delimiter(
    r"\\(?:url|href|label|ref|eqref|cite[a-z]*|includegraphics|input|include|usepackage|bibliography|index|path"
    r"|lstinline|mintinline(?:\[[^\[\]\n]{0,200}\])?\{[^{}\n]{0,40}\})\*?"
    r"(?:\[[^\[\]\n]{0,200}\])?\{[^{}\n]{0,500}\}",
    nothing_follows,
    holds="nothing",
    accepts=always,
)
DOLLAR = Delimiter(r"\$", dollar, fault="{} is never closed")
TEX = (VERB, REFERENCE, RULED_LINE, DOUBLE_DOLLAR, EMPTY, BRACKET, PARENTHESIS, ENVIRONMENT, ESCAPE, DOLLAR)


def body(source: Source, lines: Iterable[TexLine]) -> Iterator[Block]:
    """The blocks that lines make, the preamble first."""
    if _PREAMBLE_END not in source.text:
        yield from _Body(source, TEX).read(lines)
        return
    found = iter(lines)
    preamble: list[TexLine] = []
    for line in found:
        if line.found is not None:
            yield line.found
            continue
        preamble.append(line)
        if _PREAMBLE_END in source.text[line.start : line.end]:
            break
    text = excerpt(source, preamble)
    yield Block("preamble", text)
    yield from _Body(source, (*_abbreviations(text.text), *TEX)).read(found)


def _abbreviations(text: str) -> tuple[Delimiter, ...]:
    r"""Delimiters of the author's own: `\be` for `\begin{equation}`."""
    borders: dict[str, tuple[list[Macro], list[Macro]]] = {}
    for macro, _, _ in definitions(text):
        if not macro.parameters and (border := _ABBREVIATED.match(macro.body)):
            borders.setdefault(border[2], ([], []))[border[1] == "end"].append(macro)
    return tuple(
        Delimiter(
            rf"\\{re.escape(opening.name)}(?![A-Za-z])",
            until("|".join(rf"\\{re.escape(each.name)}(?![A-Za-z])" for each in ends)),
            display=True,
            fault="{} is never closed",
        )
        for begins, ends in borders.values()
        if ends
        for opening in begins
    )


@dataclass(frozen=True, slots=True)
class _Mark:
    """A command that parts a paragraph, from `start` to `end`, and what it holds."""

    kind: Literal["heading", "table", "entry", "border"]
    start: int
    end: int
    inner_start: int = 0
    inner_end: int = 0
    level: int = 0
    label: str = ""


class _Body:
    """Gathers lines to paragraphs."""

    def __init__(self, source: Source, delimiters: tuple[Delimiter, ...]) -> None:
        self.source, self.delimiters = source, delimiters

    def read(self, lines: Iterable[TexLine]) -> Iterator[Block]:
        """The blocks of the lines."""
        paragraph: list[TexLine] = []
        for line in lines:
            if line.found is not None:
                yield line.found
            elif line.start < line.end and "\\end{document}" in self.source.text[line.start : line.end]:
                break
            elif line.is_empty or line.start == line.end:
                yield from self._paragraph(paragraph)
                paragraph = []
            else:
                paragraph.append(line)
        yield from self._paragraph(paragraph)

    def _paragraph(self, lines: list[TexLine]) -> Iterator[Block]:
        """The parts of a paragraph between marks of sections, entries and environments."""
        if not lines:
            return
        whole = excerpt(self.source, lines)
        at, label, end = 0, "", sum(last - first for first, last in whole.pieces)
        marks = [*_marks(whole.text), _Mark("border", end, end)]
        inner_parts = whole.parts((each.inner_start, each.inner_end) for each in marks)
        ends = [0, *(each.end for each in marks)]
        outer_parts = whole.parts((last, each.start) for last, each in zip(ends, marks, strict=False))
        for mark, inner, prose in zip(marks, inner_parts, outer_parts, strict=True):
            if mark.start < at:
                continue
            if prose.text.strip():
                yield Block("prose", prose, self.delimiters, label=label)
            at, label = mark.end, mark.label
            if mark.kind == "heading":
                yield Block("heading", inner, self.delimiters, mark.level)
            elif mark.kind == "table":
                yield from table(inner, self.delimiters)


def _marks(text: str) -> Iterator[_Mark]:
    """The marks of a paragraph outside its displays."""
    display, last = OpenDisplay(), 0
    # Tables that nothing ends: no later one of their kind is ended either.
    endless: set[str] = set()
    for match in _MARK.finditer(text):
        display.read(text[last : match.start()])
        last = match.start()
        mark = None if display or match["table"] in endless else _mark(text, match)
        if mark is not None:
            yield mark
        elif match["table"] and not display:
            endless.add(match["table"])


def _mark(text: str, match: re.Match[str]) -> _Mark | None:
    start, end = match.span()
    if match["section"] or match["frame"] is not None:
        close = group(text, end, _LONGEST_TITLE)
        level = LEVELS[match["section"] or "frametitle"]
        return None if close is None else _Mark("heading", start, close, end + 1, close - 1, level)
    if match["table"]:
        close = text.find("\\end{" + match["table"], end)
        return (
            None if close < 0 else _Mark("table", start, text.find("}", close) + 1 or len(text), end, close)
        )
    if match["border"]:
        return _Mark("border", start, end)
    return _Mark("entry", start, end, label=match["label"] or "")
