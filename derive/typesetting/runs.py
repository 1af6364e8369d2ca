"""Mathematics as pieces of text, for pictures: letters with their slant, size and height above the line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from derive.typesetting.boxes import (
    Accent,
    Box,
    Boxes,
    Fence,
    Fraction,
    Glyph,
    Grid,
    Group,
    Root,
    Scripted,
    Space,
    Words,
)
from derive.typesetting.reading import read
from derive.typesetting.symbols import (
    BINARY,
    INNER,
    OPERATOR,
    ORDINARY,
    PUNCTUATION,
    RELATION,
    SYMBOLS,
    text_width,
)
from derive.typesetting.widths import classified

# A script is so much smaller than what it belongs to, and stands so much below or above it.
_SMALLER, _BELOW, _ABOVE = 0.72, -0.22, 0.36
_THIN, _MEDIUM = "\u2009", "\u2005"
# The spaces that stand in runs, and how wide they are, in em.
SPACES_IN_TEXT: Mapping[str, float] = MappingProxyType({_THIN: 0.17, _MEDIUM: 0.25, " ": 0.3})
# Between an operator like sin and these stands a thin space.
_OPERANDS = (ORDINARY, INNER, OPERATOR)


@dataclass(frozen=True, slots=True)
class Run:
    """Text in one style; `size` and `rise` are relative to the size of the text around."""

    text: str
    italic: bool = False
    size: float = 1.0
    rise: float = 0.0


def runs(tex: str) -> tuple[Run, ...]:
    """The pieces of text that a formula is made of, on one line: fractions are written with a slash."""
    joined: list[Run] = []
    for run in _runs(read(tex), Run("")):
        if joined and replace(joined[-1], text="") == replace(run, text=""):
            joined[-1] = replace(run, text=joined[-1].text + run.text)
        else:
            joined.append(run)
    return tuple(joined)


def linear(tex: str) -> str:
    """The formula as plain text, without scripts: y_pred, x², ∂L/∂w1."""
    return "".join(run.text for run in runs(tex)).replace(_THIN, " ").replace(_MEDIUM, " ")


def linear_width(tex: str) -> float:
    """How wide the formula is on one line, in em."""
    return sum(run.size * sum(_width(character, run) for character in run.text) for run in runs(tex))


def _width(character: str, run: Run) -> float:
    if character in SPACES_IN_TEXT:
        return SPACES_IN_TEXT[character]
    known = SYMBOLS.get(character)
    return known.width if run.italic and known is not None else text_width(character)


def _runs(boxes: Boxes, style: Run) -> Iterator[Run]:
    before = ""
    for box, kind in classified(boxes):
        spaced = kind in (BINARY, RELATION) and style.size == 1.0 and _is_spaced(box)
        if spaced:
            yield replace(style, text=_MEDIUM)
        elif OPERATOR in (before, kind) and before in _OPERANDS and kind in _OPERANDS:
            yield replace(style, text=_THIN)
        yield from _box(box, style)
        if spaced:
            yield replace(style, text=_MEDIUM)
        elif kind == PUNCTUATION and style.size == 1.0:
            yield replace(style, text=_THIN)
        before = kind


def _is_spaced(box: Box) -> bool:
    return not (isinstance(box, Glyph) and box.tex == r"\cdot")


def _box(box: Box, style: Run) -> Iterator[Run]:
    match box:
        case Glyph(symbol=symbol):
            yield replace(style, text=symbol.text, italic=symbol.italic)
        case Words(text=text, italic=italic):
            yield replace(style, text=text, italic=italic)
        case Group(inner=inner):
            yield from _runs(inner, style)
        case Scripted(nucleus=nucleus, below=below, above=above):
            yield from _box(nucleus, style)
            yield from _runs(below, _moved(style, _BELOW))
            yield from _runs(above, style if _is_prime(above) else _moved(style, _ABOVE))
        case Fraction(above=above, below=below):
            yield from _part(above, style)
            yield replace(style, text="/")
            yield from _part(below, style)
        case Fence(left=left, inner=inner, right=right):
            yield from _delimiter(left, style)
            yield from _runs(inner, style)
            yield from _delimiter(right, style)
        case Root(inner=inner):
            yield replace(style, text="√")
            yield from _part(inner, style)
        case Accent(mark=mark, inner=inner):
            yield from _accented(mark, inner, style)
        case Space():
            yield replace(style, text=" ")
        case Grid(rows=rows):
            yield from _rows(rows, style)


def _moved(style: Run, rise: float) -> Run:
    return replace(style, size=style.size * _SMALLER, rise=style.rise + rise * style.size)


def _is_prime(above: Boxes) -> bool:
    return all(isinstance(each, Glyph) and each.tex == "'" for each in above)


def _part(boxes: Boxes, style: Run) -> Iterator[Run]:
    """The part of a fraction, in parentheses if it holds a sign."""
    inner = boxes[0].inner if len(boxes) == 1 and isinstance(boxes[0], Group) else boxes
    if any(kind in (BINARY, RELATION) for _, kind in classified(inner)):
        yield replace(style, text="(")
        yield from _runs(inner, style)
        yield replace(style, text=")")
    else:
        yield from _runs(inner, style)


def _delimiter(name: str, style: Run) -> Iterator[Run]:
    if name != ".":
        yield replace(style, text=SYMBOLS[name].text)


def _accented(mark: str, inner: Boxes, style: Run) -> Iterator[Run]:
    first, *rest = _runs(inner, style)
    yield replace(first, text=first.text[:1] + mark + first.text[1:])
    yield from rest


def _rows(rows: tuple[tuple[Boxes, ...], ...], style: Run) -> Iterator[Run]:
    for place, row in enumerate(rows):
        if place:
            yield replace(style, text="; ")
        for column, cell in enumerate(row):
            if column:
                yield replace(style, text=" ")
            yield from _runs(cell, style)
