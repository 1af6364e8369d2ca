"""Displays fitted to the page: long lines broken, reasons beside them or below."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from derive.formula import Formula
from derive.typesetting import Row as Piece
from derive.typesetting import breaks_well, broken, width
from derive.walkthrough.tree import Display, Line

# The width of a line of text in em: 16 cm at 10.95 pt, less a little for what is not known of widths.
LINE = 41.0
_INDENT, _NUMBER, _SIGN, _GAP, _BOX = 2.0, 3.0, 1.4, 1.6, 0.7
# Reasons stand beside the lines if that leaves so much for the lines.
_LEAST = 15.0
# A wider left side has a row of its own where the right side does not fit beside it.
_WIDE_LEFT = 11.0
_SIGNS = {"=": "=", "≈": r"\approx", "←": r"\gets", "→": r"\to", "<": "<", "≤": r"\le", ">": ">", "≥": r"\ge"}
_END, _APART, _TOGETHER = r" \\", r" \\[4pt]", r" \\*"
_INDENTS = ("", r"\quad ", r"\qquad ", r"\qquad\quad ")


@dataclass(frozen=True, slots=True)
class Note:
    """The text of a reason, and how wide it is."""

    text: str
    width: float


@dataclass(frozen=True, slots=True)
class Row:
    """A row on the page: `left sign right`, with its reason.

    `width` is that of the right side. Wide rows reach over the reasons of others; silent ones have no number
    where others have one. A reason below stands in place of the right side. `end` leads to the next row: it
    is empty in the last one.
    """

    left: str
    sign: str
    right: str
    width: float = 0.0
    note: str | None = None
    label: str | None = None
    number: str | None = None
    wide: bool = False
    silent: bool = False
    below: bool = False
    end: str = ""


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a display; `follows_text` tells one that ends a sentence from one after a table, say."""

    rows: tuple[Row, ...]
    follows_text: bool = True

    @property
    def environment(self) -> str:
        """The environment of amsmath for the rows."""
        beside = any(each.note is not None and not each.below for each in self.rows)
        name = "alignat" if beside else "align"
        return name if any(each.label is not None for each in self.rows) else f"{name}*"

    @property
    def columns(self) -> str:
        """The argument of the environment, if it has one."""
        return "{2}" if self.environment.startswith("alignat") else ""


def _finished(found: Iterable[Row]) -> Rows:
    """The rows with their ends; a chain of more than one row stands a little apart from the next."""
    every = list(found)
    numbered = any(each.label is not None for each in every)
    for at, row in enumerate(every[:-1]):
        every[at] = replace(row, end=_end(every, at))
    return Rows(tuple(replace(each, silent=numbered and each.label is None) for each in every))


def _end(every: Sequence[Row], at: int) -> str:
    """How a row leads to the next: no page ends after the first row of a chain, or before its last."""
    starts, next_starts = bool(every[at].left), bool(every[at + 1].left)
    last_but_one = at + 2 >= len(every) or bool(every[at + 2].left)
    if next_starts:
        return _END if starts else _APART
    return _TOGETHER if starts or last_but_one else _END


@dataclass(frozen=True, slots=True)
class Setting:
    """How a format spells what stands in a display, and how much room there is."""

    math: Callable[[Formula], str]
    note: Callable[[Line], Note | None]
    number: Callable[[str], str]
    shrink: Callable[[str, float], str]
    line: float = LINE


@dataclass(frozen=True, slots=True)
class _Measured:
    line: Line
    left: str
    right: str
    note: Note | None


def rows(display: Display, setting: Setting) -> Rows:
    """The display as rows that fit on the page."""
    lines = [_measured(each, setting) for each in display.lines]
    room = setting.line - _INDENT
    left = max(width(each.left) for each in lines)
    longest = max(width(each.right) for each in lines)
    if left > _WIDE_LEFT and left + _SIGN + longest > room - _NUMBER:
        return _finished(row for each in lines for row in _stacked(each, room, setting))
    room -= left + (_SIGN if any(each.line.right is not None for each in lines) else 0.0)
    beside: float | None = min((room - _width_beside(each) for each in lines if each.note), default=room)
    if beside is not None and beside < min(_LEAST, longest):
        beside = None
    return _finished(row for each in lines for row in _rows(each, room, beside, setting))


def _width_beside(measured: _Measured) -> float:
    """How wide the reason and the number of a line are, with the space before them."""
    note = 0.0 if measured.note is None else measured.note.width + _GAP
    return note + (_NUMBER if measured.line.label else 0.0)


def _measured(line: Line, setting: Setting) -> _Measured:
    if line.right is None:
        # A line without sign stands where right sides do.
        return _Measured(line, "", "" if line.left is None else setting.math(line.left), setting.note(line))
    left = "" if line.left is None else setting.math(line.left)
    return _Measured(line, left, setting.math(line.right), setting.note(line))


def _rows(measured: _Measured, room: float, beside: float | None, setting: Setting) -> Iterator[Row]:
    """The rows of a line: its reason stands beside the last one, or below what is too wide for that."""
    note, line = measured.note, measured.line
    room -= _NUMBER if line.label else 0.0
    is_beside = beside is not None and (note is None or _fits(measured, beside))
    limit = beside if beside is not None and is_beside and note is not None else room
    found = _pieces(measured, limit, "" if line.right is None else _SIGNS[line.sign], setting)
    if beside is not None:
        found = [replace(each, wide=limit > beside and each.width > beside) for each in found]
    found[0] = replace(found[0], left=measured.left)
    number = None if line.label is None else setting.number(line.label)
    text = None if note is None else note.text
    yield from found[:-1]
    yield replace(found[-1], note=text if is_beside else None, label=line.label, number=number)
    if note is not None and not is_beside:
        yield Row("", "", "", note=text)


def _fits(measured: _Measured, limit: float) -> bool:
    """Whether a line can have its reason beside it: it is short, or can be broken as an author would."""
    limit -= _BOX if measured.line.boxed else 0.0
    return width(measured.right) <= limit or breaks_well(measured.right, limit)


def _pieces(measured: _Measured, limit: float, sign: str, setting: Setting) -> list[Row]:
    if not measured.line.boxed:
        return [_row(each, sign) for each in _fitted(measured.right, limit, setting)]
    inner = [_row(each, "") for each in _fitted(measured.right, limit - _BOX, setting)]
    if len(inner) == 1:
        return [Row("", sign, rf"\boxed{{{inner[0].right}}}", inner[0].width + _BOX)]
    text = r" \\ ".join(f"& {each.sign} {each.right}" for each in inner)
    wide = max(each.width for each in inner) + _BOX
    return [Row("", sign, rf"\boxed{{\begin{{aligned}}[t] {text} \end{{aligned}}}}", wide)]


def _fitted(tex: str, limit: float, setting: Setting) -> list[Piece]:
    """The rows of a formula; what cannot be broken is set smaller."""
    return [each if each.width <= limit else _shrunk(each, limit, setting) for each in broken(tex, limit)]


def _shrunk(piece: Piece, limit: float, setting: Setting) -> Piece:
    return replace(piece, tex=setting.shrink(piece.tex, limit / piece.width), width=limit)


def _row(piece: Piece, sign: str) -> Row:
    if piece.sign is not None:
        return Row("", piece.sign, piece.tex, piece.width)
    return Row("", "" if piece.indent else sign, _INDENTS[piece.indent] + piece.tex, piece.width)


def _stacked(measured: _Measured, room: float, setting: Setting) -> Iterator[Row]:
    """A long left side above its right side."""
    line = measured.line
    found: list[Row] = []
    if measured.left:
        found += [
            Row("", "", _INDENTS[each.indent] + each.tex) for each in _fitted(measured.left, room, setting)
        ]
    sign = "" if line.right is None else _SIGNS[line.sign]
    for each in _pieces(measured, room - 1.0 - _SIGN - _NUMBER, sign, setting):
        found.append(Row("", "", _INDENTS[1] + f"{each.sign} {each.right}".strip()))
    number = None if line.label is None else setting.number(line.label)
    yield from found[:-1]
    yield replace(found[-1], label=line.label, number=number)
    if measured.note is not None:
        yield Row("", "", "", note=measured.note.text, below=True)
