"""LaTeX mathematics as MathML Core, for web pages: no script, no font of ours."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape

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
from derive.typesetting.symbols import CLOSING, INNER, OPENING, OPERATOR, ORDINARY, SYMBOLS

_CASES = "cases"
# MathML Core has no bold but that of Unicode's letters: 𝟏, 𝐀, 𝐚.
_BOLD = {
    **{ord("0") + at: chr(0x1D7CE + at) for at in range(10)},
    **{ord("A") + at: chr(0x1D400 + at) for at in range(26)},
    **{ord("a") + at: chr(0x1D41A + at) for at in range(26)},
}
# Environments whose rows are displays.
_DISPLAYED = frozenset({"aligned", "gathered"})
_LARGE = {r"\sum": "∑", r"\prod": "∏"}
_THIN = '<mspace width="0.1667em"></mspace>'
NO_BREAK = "\u00a0"
_PRIMES = {1: "′", 2: "″", 3: "‴"}


def mathml(tex: str, *, display: bool = False) -> str:
    """The formula as an element `math`; raises UnreadableError for what is none of the closed list."""
    block = ' display="block"' if display else ""
    return f"<math{block}>{_row(read(tex))}</math>"


def _row(boxes: Boxes) -> str:
    """Boxes side by side, digits of a number together, and a thin space round the name of a function."""
    pieces: list[str] = []
    digits = ""
    for before, box, after in zip((None, *boxes), boxes, (*boxes[1:], None), strict=False):
        if isinstance(box, Glyph) and (box.tex.isdigit() or (box.tex == "." and digits)):
            digits += box.tex
            continue
        if digits:
            pieces.append(f"<mn>{digits}</mn>")
            digits = ""
        if _is_function(box):
            pieces += [_THIN * _is_operand(before), _element(box), _THIN * _is_operand(after, opening=False)]
        else:
            pieces.append(_element(box))
    if digits:
        pieces.append(f"<mn>{digits}</mn>")
    return pieces[0] if len(pieces) == 1 else f"<mrow>{''.join(pieces)}</mrow>"


def _is_function(box: Box) -> bool:
    nucleus = box.nucleus if isinstance(box, Scripted) else box
    if isinstance(nucleus, Glyph):
        return nucleus.symbol.kind == OPERATOR and nucleus.symbol.text.isascii()
    return isinstance(nucleus, Words) and nucleus.kind == OPERATOR


def _is_operand(box: Box | None, *, opening: bool = True) -> bool:
    """Whether there is a quantity beside a function; parentheses that open after it are its argument's."""
    if box is None or isinstance(box, Space):
        return False
    found = kind(box)
    return found in (ORDINARY, OPERATOR, INNER if opening else ORDINARY, CLOSING if opening else ORDINARY)


def _element(box: Box) -> str:
    return _WRITERS[type(box)](box)


def _glyph(box: Glyph) -> str:
    text = escape(box.symbol.text)
    if box.symbol.kind == ORDINARY:
        upright = "" if box.symbol.italic else ' mathvariant="normal"'
        return f"<mn>{text}</mn>" if text.isdigit() else f"<mi{upright}>{text}</mi>"
    if box.tex in _LARGE:
        return f"<mo>{_LARGE[box.tex]}</mo>"
    if box.symbol.kind == OPERATOR and text.isascii():
        return f"<mi>{text}</mi>"
    if box.symbol.kind in (OPENING, CLOSING):
        return f'<mo stretchy="false">{text}</mo>'
    return f"<mo>{text}</mo>"


def _words(box: Words) -> str:
    text = escape(box.text)
    if box.bold:
        return f"<mi>{text.translate(_BOLD)}</mi>"
    if box.kind == OPERATOR:
        return f'<mi mathvariant="normal">{text}</mi>' if len(box.text) == 1 else f"<mi>{text}</mi>"
    upright = ' mathvariant="normal"' if len(box.text) == 1 and not box.italic else ""
    # Spaces at the ends of mtext are lost, those that do not break are not.
    return f"<mtext>{text.replace(' ', NO_BREAK)}</mtext>" if " " in box.text else f"<mi{upright}>{text}</mi>"


def _group(box: Group) -> str:
    inner = _row(box.inner)
    return f'<mrow class="boxed">{inner}</mrow>' if box.boxed else inner


def _scripted(box: Scripted) -> str:
    nucleus = _element(box.nucleus)
    primes = sum(isinstance(each, Glyph) and each.tex == "'" for each in box.above)
    if primes and primes == len(box.above):
        above = f"<mo>{_PRIMES.get(primes, '′' * primes)}</mo>"
    else:
        above = _row(box.above) if box.above else ""
    below = _row(box.below) if box.below else ""
    stacked = _has_limits(box.nucleus)
    if above and below:
        kind = "munderover" if stacked else "msubsup"
        return f"<{kind}>{nucleus}{below}{above}</{kind}>"
    if below:
        kind = "munder" if stacked else "msub"
        return f"<{kind}>{nucleus}{below}</{kind}>"
    kind = "mover" if stacked else "msup"
    return f"<{kind}>{nucleus}{above}</{kind}>"


def _has_limits(nucleus: Box) -> bool:
    match nucleus:
        case Glyph(symbol=symbol):
            return symbol.limits
        case Words(limits=limits):
            return limits
    return False


def _fraction(box: Fraction) -> str:
    return f"<mfrac>{_row(box.above)}{_row(box.below)}</mfrac>"


def _fence(box: Fence) -> str:
    return f"<mrow>{_delimiter(box.left)}{_row(box.inner)}{_delimiter(box.right)}</mrow>"


def _delimiter(name: str) -> str:
    return "" if name == "." else f"<mo>{escape(SYMBOLS[name].text)}</mo>"


def _root(box: Root) -> str:
    return f"<msqrt>{_row(box.inner)}</msqrt>"


def _accent(box: Accent) -> str:
    return f'<mover accent="true">{_row(box.inner)}<mo>{escape(box.mark)}</mo></mover>'


def _space(box: Space) -> str:
    return f'<mspace width="{box.width:g}em"></mspace>'


def _grid(box: Grid) -> str:
    rows = "".join(f"<mtr>{''.join(f'<mtd>{_row(cell)}</mtd>' for cell in row)}</mtr>" for row in box.rows)
    size = ' displaystyle="true"' if box.name in _DISPLAYED else ""
    table = f'<mtable class="{escape(box.name)}"{size}>{rows}</mtable>'
    left, right = _FENCES.get(box.name, ("", ""))
    return f"<mrow>{_sign(left)}{table}{_sign(right)}</mrow>"


def _sign(sign: str) -> str:
    return f"<mo>{sign}</mo>" if sign else ""


_FENCES: Mapping[str, tuple[str, str]] = {_CASES: ("{", ""), "bmatrix": ("[", "]"), "pmatrix": ("(", ")")}
_WRITERS: Mapping[type[Box], Callable[..., str]] = {
    Glyph: _glyph,
    Words: _words,
    Group: _group,
    Scripted: _scripted,
    Fraction: _fraction,
    Fence: _fence,
    Root: _root,
    Accent: _accent,
    Space: _space,
    Grid: _grid,
}
