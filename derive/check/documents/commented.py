"""The comments of a program: their lines, without the signs that make them comments."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from derive.check.documents.blocks import Block, Delimiter, Enclosed, directive
from derive.check.documents.delimiters import DOUBLE_DOLLAR, until
from derive.check.documents.languages import Language
from derive.check.documents.macros import group
from derive.check.documents.signs import TYPED
from derive.check.documents.source import Excerpt, Source
from derive.check.documents.typed import ROLE, typed
from derive.check.documents.wording import is_bracketed_mathematics

Line = tuple[int, int]


def _to_brace(text: str, at: int, sign: str) -> Enclosed | None:
    """Up to the brace that closes the one before."""
    end = group(text, at - 1)
    return None if end is None else Enclosed(at, end - 1, end)


# What documentation generators take for mathematics in a comment.
_DOXYGEN = (
    Delimiter(r"[\\@]f\$", until(r"[\\@]f\$")),
    Delimiter(r"[\\@]f\[", until(r"[\\@]f\]"), display=True),
)
# In Julia two backticks enclose mathematics, elsewhere code; in R it has commands.
_OF_LANGUAGE = {
    "julia": (Delimiter(r"``(?!`)", until(r"``(?!`)"), accepts=is_bracketed_mathematics),),
    "r": (Delimiter(r"\\eqn\{", _to_brace), Delimiter(r"\\deqn\{", _to_brace, display=True)),
}
# Two dollars in a program are more often a shell's than mathematics.
_DISPLAY = replace(DOUBLE_DOLLAR, fault="")
COMMENTED = (*_DOXYGEN, ROLE, *(_DISPLAY if each is DOUBLE_DOLLAR else each for each in TYPED))
_DECORATION = re.compile(r"[ \t]*\*+(?=\s)[ \t]?|[ \t]*\*+/?[ \t]*(?=\n|\Z)")
_TWO_BACKSLASHES = re.compile(r"\\\\")
_WIDEST = 200
# What seems to be a longer comment is a program without line breaks.
_LONGEST_LINE = 2_000
_BLANK = re.compile(r"[ \t]*")


@dataclass(frozen=True, slots=True)
class _Comment:
    """A comment, or a docstring, between its signs; `escaped` if two backslashes stand for one in it."""

    kind: Literal["line", "block", "unclosed"]
    start: int
    end: int
    sign: str
    escaped: bool = False


def comments(source: Source, language: Language) -> Iterator[Block]:
    """The blocks of the comments; comments with code between them have nothing to do with each other."""
    lines: list[Line] = []
    end, text, escaped = 0, source.text, False
    delimiters = (*_OF_LANGUAGE.get(language.name, ()), *COMMENTED)
    for comment in _comments(text, language):
        if comment.kind == "unclosed":
            reason = f"{comment.sign} is never closed"
            yield Block("fault", source.excerpt(comment.start, comment.end), reason=reason)
            break
        if lines and (text[end : comment.start].strip(" \t\n" + comment.sign) or escaped or comment.escaped):
            yield from _gathered(source, lines, escaped, delimiters)
            lines = []
        if comment.kind == "block" and "\n" in text[comment.start : comment.end].strip():
            yield from _gathered(source, lines, escaped, delimiters)
            lines = []
            yield _opening(source, comment)
        if comment.kind == "line":
            lines.extend(() if _goes_on_from_code(text, comment) else _line(text, comment))
        else:
            lines.extend(_block(text, comment.start, comment.end))
        end, escaped = comment.end, comment.escaped
    yield from _gathered(source, lines, escaped, delimiters)


def _opening(source: Source, comment: _Comment) -> Block:
    """A longer comment opens a section: what the one on another function says of x is not said here."""
    lines = _block(source.text, comment.start, comment.end)
    start, end = next(line for line in lines if source.text[slice(*line)].strip())
    return Block("heading", source.excerpt(start, end), guessed=True)


def _gathered(
    source: Source, lines: list[Line], escaped: bool, delimiters: tuple[Delimiter, ...]
) -> Iterator[Block]:
    """The blocks of comments that belong together."""
    prose: list[Line] = []
    for start, end in lines:
        if found := directive(source.excerpt(start, end)):
            yield found
            prose.append((start, start))
        else:
            prose.append((start, end))
    for block in typed(source, prose, delimiters, code=True):
        yield replace(block, text=_unescaped(block.text)) if escaped else block
    if prose:
        yield Block("gap", source.excerpt(*prose[-1]))


def _unescaped(excerpt: Excerpt) -> Excerpt:
    """The excerpt with one backslash for two."""
    pieces: list[tuple[int, int]] = []
    for start, end in excerpt.pieces:
        for match in _TWO_BACKSLASHES.finditer(excerpt.source.text, start, end):
            pieces.append((start, match.start() + 1))
            start = match.end()
        pieces.append((start, end))
    return Excerpt(excerpt.source, tuple(pieces))


def _comments(text: str, language: Language) -> Iterator[_Comment]:
    """The comments of a program; those in quotes are none."""
    opening, closing, at = _openings(language), dict(language.blocks), 0
    while match := opening.search(text, at):
        at, sign = match.end(), match[0]
        if match.lastgroup == "quoted":
            continue
        if match.lastgroup == "line":
            line_end = text.find("\n", at)
            at = len(text) if line_end < 0 else line_end + 1
            if at - match.end() < _LONGEST_LINE:
                yield _Comment("line", match.end(), at, sign)
            continue
        closed_by = closing.get(sign, sign[-3:])
        end = text.find(closed_by, at)
        if end < 0:
            yield _Comment("unclosed", match.start(), match.end(), sign)
            return
        if match.lastgroup == "block":
            yield _Comment("block", at, end, sign)
        elif _opens_line(text, match.start()):
            yield _Comment("block", at, end, sign, "r" not in sign[:-3].lower() and language.name == "python")
        at = end + len(closed_by)


def _goes_on_from_code(text: str, comment: _Comment) -> bool:
    """Whether a comment says what the statement before it comes to: z = 2*y  # = 60."""
    begun = _opens_line(text, comment.start - len(comment.sign))
    return not begun and text[comment.start : comment.end].lstrip(" \t#").startswith("=")


def _opens_line(text: str, at: int) -> bool:
    """Whether nothing but white space stands before on the line: a text there is a docstring."""
    before = text[max(0, at - _WIDEST) : at]
    return ("\n" in before or at < _WIDEST) and not before.rpartition("\n")[2].strip()


@lru_cache(maxsize=32)
def _openings(language: Language) -> re.Pattern[str]:
    rows = []
    if language.blocks:
        rows.append(f"(?P<block>{'|'.join(re.escape(opening) for opening, _ in language.blocks)})")
    rows.append(f"(?P<line>{'|'.join(re.escape(sign) for sign in language.lines)})")
    if language.docstrings:
        rows.append(r"(?P<docstring>[rRuUbBfF]{0,2}(?:\"\"\"|'''))")
    rows.append(f"(?P<quoted>{'|'.join(language.quoted)})")
    return re.compile("|".join(rows), re.DOTALL)


def _line(text: str, comment: _Comment) -> list[Line]:
    """The text of a comment of one line: signs that are written more than once are one."""
    start, signs = comment.start, comment.sign[-1] + "!"
    while start < comment.end and text[start] in signs:
        start += 1
    return [(start, comment.end)]


def _block(text: str, start: int, end: int) -> list[Line]:
    """The lines of a comment of several lines, without the stars in front of them and without indentation."""
    lines: list[Line] = []
    while start < end:
        stop = text.find("\n", start, end)
        stop = end if stop < 0 else stop + 1
        star = _DECORATION.match(text, start, stop)
        lines.append((star.end() if star else start, stop))
        start = stop
    indents = [_indent(text, *line) for line in lines[1:] if text[slice(*line)].strip()]
    indent = min(indents, default=0)
    return [(first + min(indent, _indent(text, first, last)), last) for first, last in lines]


def _indent(text: str, start: int, end: int) -> int:
    match = _BLANK.match(text, start, end)
    return match.end() - start if match else 0
