r"""The pieces of a formula's text: between line breaks, commas and words, without labels and final points."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from derive.formula.tex.commands import PROSE

_LABEL = re.compile(r"\s*(?:\(?(?:[a-z]|[0-9]{1,2}|[ivx]{1,4})[.)]|\[[0-9]+\])\s+(?=\S)")
_TEXT = re.compile(r"\\(?:text|mbox|textrm|textit|textbf|intertext)\s*\{")
_IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:(?:\\_|_)[A-Za-z0-9]+)*\Z")
_BREAK = re.compile(r"\\\\(?:\s*\[[^\]]*\])?|\\qquad\b|\\quad\b|\\newline\b")
_CELLS = re.compile(r"\\(begin|end)\s*\{(?:[bpvBV]?matrix|smallmatrix|cases|array)\*?\}")
# A comma within a number, 10,000, parts nothing.
_THOUSANDS = re.compile(r"[0-9],[0-9]{3}(?![0-9.])(?:,[0-9]{3})*(?![0-9])")
# A condition in brackets of its own, (i \\neq j), and what may stand before one.
_CONDITION = re.compile(
    r"[(\[]((?:[^()\[\]=]*(?:\\neq?\b|\\leq?\b|\\geq?\b|[<>])[^()\[\]=]*|\s*[i-n]\s*=\s*[i-n]\s*))[)\]]\Z"
)
_QUANTIFIER = re.compile(r"\\forall\b(?:\s|\\[,;:!\s])*")
TRAILING = " \t\r\n.,;:"
_ANGLE = re.compile(r"\\(l|r)angle\b")
_NO_FENCE = re.compile(r"\\(?:left|right)\s*\.")
_OPENING, _CLOSING = "({[", ")}]"


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece: its text, where it starts, and the words that stand before it."""

    text: str
    at: int
    word: str


def pieces(text: str) -> Iterator[Piece]:
    """The text between line breaks, commas and words, labels and final points left out."""
    start, word = 0, ""
    label = _LABEL.match(text)
    if label:
        start = label.end()
    depth = cells = 0
    at = start
    while at < len(text):
        if (environment := _CELLS.match(text, at)) is not None:
            cells += 1 if environment[1] == "begin" else -1
            at = environment.end()
            continue
        if depth == 0 and cells == 0:
            separator = _separator(text, at)
            if separator is not None:
                end, spoken = separator
                yield from _piece(text, start, at, word)
                start = at = end
                word = spoken
                continue
        character = text[at]
        if (angle := _ANGLE.match(text, at)) is not None:
            depth += 1 if angle[1] == "l" else -(depth > 0)
            at = angle.end()
            continue
        if character == "\\":
            # The point of \left. ends nothing.
            fence = _NO_FENCE.match(text, at)
            at = fence.end() if fence else at + 2
            continue
        depth += (character in _OPENING) - (character in _CLOSING and depth > 0)
        at += 1
    yield from _piece(text, start, len(text), word)


def _separator(text: str, at: int) -> tuple[int, str] | None:
    """Where a separator at this place ends, and the words that it holds."""
    broken = _BREAK.match(text, at)
    if broken:
        return broken.end(), ""
    character = text[at]
    if character == "," and _THOUSANDS.match(text, max(0, at - 1)):
        return None
    if character in ",;":
        return at + 1, ""
    if character == "." and (at + 1 == len(text) or text[at + 1].isspace()):
        return at + 1, ""
    spoken = _TEXT.match(text, at)
    if spoken is None:
        return None
    closing = text.find("}", spoken.end())
    if closing < 0:
        return None
    inside = text[spoken.end() : closing]
    words = inside.strip()
    if inside[:1] == inside[-1:] == " " and len(words) > 1:
        # A name of several letters has no spaces round it.
        return closing + 1, words
    if _IDENTIFIER.match(words) and words.lower() not in PROSE and words.lower() not in ("where", "with"):
        return None
    return closing + 1, words


def _piece(text: str, start: int, end: int, word: str) -> Iterator[Piece]:
    while start < end and text[start] in " \t\r\n&":
        start += 1
    while end > start and text[end - 1] in TRAILING:
        end -= 1
    if quantifier := _QUANTIFIER.match(text, start, end):
        start = quantifier.end()
    if condition := _CONDITION.match(text[start:end]):
        start, end = start + condition.start(1), start + condition.end(1)
    inside = text[start:end]
    if inside.strip() and not re.fullmatch(r"(?:\s|\\begin\{\w+\*?\}|\\end\{\w+\*?\}|&)*", inside):
        yield Piece(inside, start, word)
