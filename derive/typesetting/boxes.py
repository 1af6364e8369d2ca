"""The boxes that mathematics is made of on a page, as TeX has them: symbols, scripts, fractions, fences."""

from __future__ import annotations

from dataclasses import dataclass

from derive.typesetting.symbols import INNER, ORDINARY, Symbol


@dataclass(frozen=True, slots=True)
class Glyph:
    """A symbol as it stands."""

    tex: str
    symbol: Symbol


@dataclass(frozen=True, slots=True)
class Words:
    """Letters in a font of their own: upright names, text between mathematics."""

    tex: str
    text: str
    kind: str
    limits: bool = False
    italic: bool = False
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """A part in braces; `boxed` has a frame around it."""

    tex: str
    inner: Boxes
    boxed: bool = False


@dataclass(frozen=True, slots=True)
class Scripted:
    """Something with what stands below and above it at the right."""

    tex: str
    nucleus: Box
    below: Boxes
    above: Boxes


@dataclass(frozen=True, slots=True)
class Fraction:
    """A numerator over a denominator; an open one is as large as in a display wherever it stands."""

    tex: str
    above: Boxes
    below: Boxes
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class Fence:
    """Delimiters that grow with what they hold."""

    tex: str
    left: str
    inner: Boxes
    right: str


@dataclass(frozen=True, slots=True)
class Root:
    """A square root."""

    tex: str
    inner: Boxes


@dataclass(frozen=True, slots=True)
class Accent:
    """A mark above something."""

    tex: str
    mark: str
    inner: Boxes


@dataclass(frozen=True, slots=True)
class Space:
    """Empty width, in em."""

    tex: str
    width: float


@dataclass(frozen=True, slots=True)
class Grid:
    """Cells in rows: cases, a matrix."""

    tex: str
    name: str
    rows: tuple[tuple[Boxes, ...], ...]


Box = Glyph | Words | Group | Scripted | Fraction | Fence | Root | Accent | Space | Grid
Boxes = tuple[Box, ...]


def kind(box: Box) -> str:
    """The class that decides the space around a box."""
    match box:
        case Glyph(symbol=symbol):
            return symbol.kind
        case Words(kind=found):
            return found
        case Scripted(nucleus=nucleus):
            return kind(nucleus)
        case Fence() | Grid():
            return INNER
    return ORDINARY
