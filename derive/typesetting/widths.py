"""How wide mathematics is on a page: the rules of TeX, with the widths of Latin Modern."""

from __future__ import annotations

from functools import lru_cache

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
    kind,
)
from derive.typesetting.reading import read
from derive.typesetting.symbols import (
    BINARY,
    CLOSING,
    INNER,
    OPENING,
    OPERATOR,
    ORDINARY,
    PUNCTUATION,
    RELATION,
    text_width,
)

# Styles, and the size of their letters: displays, text, scripts, scripts of scripts.
DISPLAY, TEXT, SCRIPT, SMALLEST = range(4)
_SIZES = (1.0, 1.0, 0.78, 0.67)
_THIN, _MEDIUM, _THICK = 3 / 18, 4 / 18, 5 / 18
_AROUND_FRACTION = 0.24
_AROUND_BOX = 0.68
# Bold letters are so much wider.
_BOLD = 1.15
_AFTER_SCRIPT = 0.05
_BIG = ((r"\bigg", 1.9), (r"\Bigg", 2.05), (r"\big", 1.18), (r"\Big", 1.54))

# The spaces between neighbours; those of the second table are left out in scripts.
_ALWAYS = {
    (ORDINARY, OPERATOR), (OPERATOR, ORDINARY), (OPERATOR, OPERATOR), (CLOSING, OPERATOR), (INNER, OPERATOR),
    (OPERATOR, INNER),
}  # fmt: skip
_IN_LINES = {
    (ORDINARY, INNER), (CLOSING, INNER), (INNER, ORDINARY), (INNER, OPENING), (INNER, INNER),
    (INNER, PUNCTUATION),
}  # fmt: skip


def width(tex: str, *, display: bool = True) -> float:
    """The width of a piece of mathematics, in em of its font."""
    return width_of(_read(tex), DISPLAY if display else TEXT)


@lru_cache(maxsize=8192)
def _read(tex: str) -> Boxes:
    return read(tex)


def width_of(boxes: Boxes, style: int) -> float:
    """The width of boxes side by side."""
    total, left = 0.0, ""
    for box, found in classified(boxes):
        total += box_width(box, style) + (space(left, found, style) if left and found else 0.0)
        left = found or left
    return total


def classified(boxes: Boxes) -> list[tuple[Box, str]]:
    """The boxes with their classes, none for a space; a sign without two operands is no binary one."""
    kinds = ["" if isinstance(box, Space) else kind(box) for box in boxes]
    for place, found in enumerate(kinds):
        if found != BINARY:
            continue
        before = next((each for each in reversed(kinds[:place]) if each), "")
        after = next((each for each in kinds[place + 1 :] if each), "")
        bare = before in ("", BINARY, OPERATOR, RELATION, OPENING, PUNCTUATION)
        if bare or after in ("", RELATION, CLOSING, PUNCTUATION):
            kinds[place] = ORDINARY
    return list(zip(boxes, kinds, strict=True))


def space(left: str, right: str, style: int) -> float:
    """The space that TeX puts between neighbours of two classes."""
    if (left, right) in _ALWAYS:
        return _THIN * _SIZES[style]
    if style >= SCRIPT:
        return 0.0
    if left == PUNCTUATION:
        return _THIN
    if RELATION in (left, right):
        together = left in (OPENING, right) or right in (CLOSING, PUNCTUATION)
        return 0.0 if together else _THICK
    if BINARY in (left, right):
        return _MEDIUM
    return _THIN if (left, right) in _IN_LINES else 0.0


def box_width(box: Box, style: int) -> float:
    """The width of one box."""
    size = _SIZES[style]
    match box:
        case Glyph(tex=tex, symbol=symbol):
            grown = symbol.limits and style != DISPLAY and symbol.kind == OPERATOR and symbol.width > 1.2
            return symbol.width * size * _grown(tex) * (0.73 if grown else 1.0)
        case Words(text=text, bold=bold):
            return text_width(text) * size * (_BOLD if bold else 1.0)
        case Group(inner=inner, boxed=boxed):
            return width_of(inner, style) + (_AROUND_BOX if boxed else 0.0)
        case Scripted():
            return _scripted(box, style)
        case Fraction(above=above, below=below, is_open=is_open):
            smaller = TEXT if is_open else min(style + 1, SMALLEST)
            return max(width_of(above, smaller), width_of(below, smaller)) + _AROUND_FRACTION
        case Fence(left=left, inner=inner, right=right):
            return width_of(inner, style) + _delimiter(left, box, style) + _delimiter(right, box, style)
        case Root(inner=inner):
            return width_of(inner, style) + (1.0 if is_tall(inner) else 0.84) * size
        case Accent(inner=inner):
            return max(width_of(inner, style), 0.5 * size)
        case Space(width=found):
            return found * size
        case Grid():
            return _grid(box)


def _grown(tex: str) -> float:
    """How much wider a delimiter of a fixed size is than the plain one."""
    return next((factor for command, factor in _BIG if tex.startswith(command)), 1.0)


def _scripted(box: Scripted, style: int) -> float:
    nucleus = box_width(box.nucleus, style)
    smaller = SCRIPT if style < SCRIPT else SMALLEST
    below, above = width_of(box.below, smaller), width_of(box.above, smaller)
    if style == DISPLAY and has_limits(box.nucleus):
        return max(nucleus, below, above)
    return nucleus + max(below, above) + _AFTER_SCRIPT


def has_limits(box: Box) -> bool:
    """Whether scripts stand below and above a box in displays."""
    return (isinstance(box, Words) and box.limits) or (isinstance(box, Glyph) and box.symbol.limits)


def _delimiter(name: str, fence: Fence, style: int) -> float:
    if name == ".":
        return 0.12
    if not is_tall(fence.inner):
        return 0.46 * _SIZES[style]
    highest = 0.9 if any(isinstance(each, Grid) for each in fence.inner) else 0.74
    return (highest if style == DISPLAY else 0.6) * _SIZES[style]


def is_tall(boxes: Boxes) -> bool:
    """Whether boxes stand higher than a line: fractions, bounds above and below, matrices."""
    for box in boxes:
        match box:
            case Fraction() | Grid():
                return True
            case Scripted(nucleus=nucleus) if has_limits(nucleus) or is_tall((nucleus,)):
                return True
            case Group(inner=inner) | Fence(inner=inner) | Root(inner=inner) | Accent(inner=inner):
                if is_tall(inner):
                    return True
    return False


def _grid(grid: Grid) -> float:
    columns = max(map(len, grid.rows))
    widths = [
        max(width_of(row[column], TEXT) for row in grid.rows if column < len(row))
        for column in range(columns)
    ]
    return sum(widths) + 1.0 * (columns - 1) + 1.4


def is_tall_tex(tex: str) -> bool:
    """Whether a piece of mathematics stands higher than a line."""
    return is_tall(_read(tex))
