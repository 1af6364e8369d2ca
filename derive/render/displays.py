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
# What a right side below its left one is shorter by.
_BELOW = 1.0 + _SIGN + _NUMBER
# Reasons stand beside the lines if that leaves so much for the lines.
_LEAST = 15.0
# A wider left side has a row of its own where the right side does not fit beside it.
_WIDE_LEFT = 11.0
_SIGNS = {"=": "=", "≈": r"\approx", "←": r"\gets", "→": r"\to", "<": "<", "≤": r"\le", ">": ">", "≥": r"\ge"}
# What leads from a row to the next: a page may end there or not, with space between chains and stories.
_END, _TOGETHER = r" \\", r" \\*"
_CHAIN, _STORY = "[4pt]", "[12pt]"
# So many rows at least stay together at either end of a story.
_LEAST_ROWS = 3
# A formula of more rows than these may go on on the next page.
_MOST_JOINED = 6
_BOXED = r"\boxed"
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
    where others have one. A reason below stands in place of the right side. A row `starts` a chain, or
    `goes_on` with the row above it, which no page may part; the first row of a story stands `apart`. `end`
    leads to the next row: it is empty in the last one.
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
    starts: bool = False
    goes_on: bool = False
    apart: bool = False
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
    stories = [at for at, row in enumerate(every) if row.apart or at == 0]
    for at, row in enumerate(every[:-1]):
        begin = max(each for each in stories if each <= at)
        end = min((each for each in stories if each > at), default=len(every))
        room = min(at + 1 - begin, end - at - 1)
        every[at] = replace(row, end=_end(every, at, room))
    return Rows(tuple(replace(each, silent=numbered and each.label is None) for each in every))


def _end(every: Sequence[Row], at: int, room: int) -> str:
    """How a row leads to the next, with so many rows of its story above and below at least."""
    row, after = every[at], every[at + 1]
    if after.apart:
        return _END + _STORY
    if after.starts:
        parts_result = row.right.startswith(_BOXED) or after.right.startswith(_BOXED)
        end = _TOGETHER if room < _LEAST_ROWS or parts_result else _END
        return end if row.starts else end + _CHAIN
    last_but_one = at + 2 >= len(every) or every[at + 2].starts
    is_tied = row.starts or last_but_one or after.goes_on or room < _LEAST_ROWS
    return _TOGETHER if is_tied else _END


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
    reasons = max((_width_beside(each) for each in lines if each.note), default=0.0)
    if left > _WIDE_LEFT and left + _SIGN + longest > room - max(_NUMBER, reasons):
        below = room - _BELOW
        fitting = [each for each in lines if each.note and _fits(each, below - _width_beside(each))]
        reasons = max(map(_width_beside, fitting), default=0.0)
        return _finished(row for each in lines for row in _stacked(each, room, reasons, setting))
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
    found[-1] = replace(found[-1], note=text if is_beside else None, label=line.label, number=number)
    if note is not None and not is_beside:
        found.append(Row("", "", "", note=text))
    yield from _joined(found, measured)


def _joined(found: Sequence[Row], measured: _Measured) -> Iterator[Row]:
    """The rows of one line, which stay together where they are few; the first two and the last two always."""
    few = len(found) <= _MOST_JOINED
    yield replace(found[0], starts=bool(measured.left), apart=measured.line.apart)
    for at, each in enumerate(found[1:], 1):
        yield replace(each, goes_on=few or at in (1, len(found) - 1))


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


def _stacked(measured: _Measured, room: float, reasons: float, setting: Setting) -> Iterator[Row]:
    """A long left side above its right side; rows that leave no room for the `reasons` reach over them."""
    line = measured.line
    found: list[Row] = []
    if measured.left:
        found += [
            Row("", "", _INDENTS[each.indent] + each.tex, wide=each.width > room - reasons)
            for each in _fitted(measured.left, room, setting)
        ]
    sign = "" if line.right is None else _SIGNS[line.sign]
    room -= _BELOW
    is_beside = measured.note is not None and _fits(measured, room - _width_beside(measured))
    limit = room - _width_beside(measured) if is_beside else room
    for each in _pieces(measured, limit, sign, setting):
        text = _INDENTS[1] + f"{each.sign} {each.right}".strip()
        found.append(Row("", "", text, wide=limit > room - reasons and each.width > room - reasons))
    number = None if line.label is None else setting.number(line.label)
    note = measured.note.text if measured.note is not None else None
    found[-1] = replace(found[-1], label=line.label, number=number, note=note if is_beside else None)
    if note is not None and not is_beside:
        found.append(Row("", "", "", note=note, below=True))
    yield from _joined(found, measured)
