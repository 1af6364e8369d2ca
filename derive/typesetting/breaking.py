"""Long mathematics broken into rows, where an author would break it.

Rows begin with a sign: a relation first of all, then + and − outside of parentheses, then a product's dot;
inside parentheses only where nothing else fits, and then the parentheses get a fixed size.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import count, pairwise

from derive.typesetting.boxes import Box, Boxes, Fence, Fraction, Glyph, Grid, Root, Scripted
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
    SYMBOLS,
)
from derive.typesetting.widths import DISPLAY, TEXT, box_width, classified, is_tall, space, width_of

# Costs, in no unit: of a further row, of standing inside parentheses, of every way to break.
_ROW, _INSIDE, _EXCESS, _RAGGED = 10.0, 6.0, 1000.0, 3.0
_BY_SIGN = {RELATION: 0.0, BINARY: 2.0}
_AFTER_COMMA, _AT_DOT, _AT_ADJACENCY, _AT_SLASH = 3.0, 4.0, 6.0, 8.0
_DOT_WIDTH, _SIGN_WIDTH = 0.72, 0.23
_INDENTS = ("", r"\quad ", r"\qquad ", r"\qquad\quad ")
_ENDS_IN_COMMAND = re.compile(r"\\[A-Za-z]+\Z")
_SLASH = r"/ \allowbreak"
_NEXT = r" \\ "
# What stands around cases on their row: the brace, parentheses, an operator.
_AROUND_CASES = 6.0
# A row holds a symbol at least, however deep cases stand in cases.
_LEAST = 1.0
_OPERATORS = frozenset({r"\partial", r"\mathrm{d}"})


@dataclass(frozen=True, slots=True)
class Row:
    """One row: `sign` is the relation that it begins with, else it is indented by so many em."""

    tex: str
    width: float
    sign: str | None = None
    indent: int = 0


@dataclass(frozen=True, slots=True)
class _Piece:
    """What is never broken, with the space before it and the cost of a row that begins here."""

    tex: str
    kind: str
    width: float
    depth: int
    gap: float = 0.0
    cost: float | None = None
    dotted: bool = False
    fence: int | None = None
    big: str = ""


@lru_cache(maxsize=2048)
def broken(tex: str, limit: float, first: float | None = None) -> tuple[Row, ...]:
    """The rows of a formula, none wider than `limit` em where that can be; the first may have its own."""
    boxes = read(tex)
    first = limit if first is None else first
    whole = width_of(boxes, DISPLAY)
    if whole <= first:
        return (Row(tex, whole),)
    limit, first = max(limit, _LEAST), max(first, _LEAST)
    pieces = _costed(list(_pieces(boxes, 0, limit, count())))
    return tuple(_rows(pieces, _starts(pieces, limit, first)))


def breaks_well(tex: str, limit: float) -> bool:
    """Whether the rows would all begin outside of parentheses, with no fraction or root taken apart."""
    taken_apart = any(
        isinstance(box, Fraction | Root) and box_width(box, DISPLAY) > limit for box in read(tex)
    )
    return not taken_apart and all(row.indent <= 1 and row.width <= limit for row in broken(tex, limit))


def _pieces(boxes: Boxes, depth: int, limit: float, fences: Iterator[int]) -> Iterator[_Piece]:
    opened: list[Box] = []
    for box, kind in classified(tuple(_loosened(boxes, limit))):
        match box:
            case Fence() if box_width(box, DISPLAY) > limit / 3:
                yield from _fence(box, "", depth, limit, fences)
            case Scripted(nucleus=Fence() as fence) if box_width(box, DISPLAY) > limit / 3:
                yield from _fence(fence, box.tex[len(fence.tex) :], depth, limit, fences)
            case _:
                if kind == CLOSING and opened:
                    opened.pop()
                yield _Piece(box.tex, kind, box_width(box, DISPLAY), depth + len(opened))
                if kind == OPENING:
                    opened.append(box)


def _fence(fence: Fence, script: str, depth: int, limit: float, fences: Iterator[int]) -> Iterator[_Piece]:
    number, big = next(fences), "bigg" if is_tall(fence.inner) else "big"
    yield _Piece(rf"\left{fence.left}", OPENING, 0.74, depth, fence=number, big=rf"\{big}l{fence.left}")
    yield from _pieces(fence.inner, depth + 1, limit, fences)
    closing = rf"\{big}r{fence.right}{script}"
    wide = 0.74 + 0.5 * bool(script)
    yield _Piece(rf"\right{fence.right}{script}", CLOSING, wide, depth, fence=number, big=closing)


def _loosened(boxes: Boxes, limit: float) -> Iterator[Box]:
    """The boxes with fractions and roots that are too wide written on one line, which can be broken."""
    for box in boxes:
        wide = box_width(box, DISPLAY) > limit
        if wide and isinstance(box, Fraction):
            below = _opened(box.below)
            divisor = below if len(below) == 1 and isinstance(below[0], Glyph) else (_fenced(box.below),)
            yield from (_fenced(box.above), Glyph("/", SYMBOLS["/"]), *divisor)
        elif wide and isinstance(box, Root):
            fence = _fenced(box.inner)
            yield Scripted(rf"{fence.tex}^{{1/2}}", fence, (), read("1/2"))
        elif (
            isinstance(box, Grid) and box.name == "cases" and box_width(box, DISPLAY) > limit - _AROUND_CASES
        ):
            yield from read(_narrowed(box, limit - _AROUND_CASES))
        else:
            yield box


def _narrowed(cases: Grid, limit: float) -> str:
    """Cases with each condition below its value, both on several rows where they must be."""
    rows: list[str] = []
    for cells in cases.rows:
        for at, cell in enumerate(cells):
            found = broken(" ".join(box.tex for box in cell), limit - 2 * at)
            rows += [
                _INDENTS[2 * at + (each.indent > 0)] + f"{each.sign or ''} {each.tex}".strip()
                for each in found
            ]
    return rf"\begin{{cases}} {_NEXT.join(rows)} \end{{cases}}"


def _fenced(boxes: Boxes) -> Fence:
    inner = " ".join(box.tex for box in boxes)
    return Fence(rf"\left({inner}\right)", "(", _opened(boxes), ")")


def _opened(boxes: Boxes) -> Boxes:
    """The boxes inside the braces of an argument."""
    return boxes[0].inner if len(boxes) == 1 and hasattr(boxes[0], "inner") else boxes


def _costed(pieces: Sequence[_Piece]) -> list[_Piece]:
    """The pieces with the spaces between them, and what it costs to begin a row at each."""
    found: list[_Piece] = []
    for place, piece in enumerate(pieces):
        if place == 0:
            found.append(piece)
            continue
        before = pieces[place - 1]
        gap = space(before.kind, piece.kind, DISPLAY) if before.kind and piece.kind else 0.0
        cost, dotted = _cost(before, piece, pieces[place + 1] if place + 1 < len(pieces) else None)
        found.append(replace(piece, gap=gap, cost=cost, dotted=dotted))
    return found


def _cost(before: _Piece, piece: _Piece, after: _Piece | None) -> tuple[float | None, bool]:
    """What it costs to begin a row with a piece, None where that is no place; and whether it takes a dot."""
    inside = _INSIDE * piece.depth
    if after is None and piece.kind in (RELATION, BINARY):
        return None, False
    if piece.kind == RELATION:
        return (0.0 if piece.depth == 0 else None), False
    if piece.tex in (r"\cdot", r"\odot", r"\times"):
        return _AT_DOT + inside, False
    if piece.kind == BINARY:
        return _BY_SIGN[BINARY] + inside, False
    if before.kind == PUNCTUATION:
        return _AFTER_COMMA + inside, False
    if piece.tex == "/" and before.kind == CLOSING:
        return _AT_SLASH + inside, False
    if _is_product(before, piece):
        return _AT_ADJACENCY + inside, True
    return None, False


def _is_product(before: _Piece, piece: _Piece) -> bool:
    """Whether two pieces side by side are factors, not a function or an operator and what it applies to."""
    if piece.kind not in (ORDINARY, OPENING, INNER) or piece.tex == "/" or before.tex == "/":
        return False
    if before.kind == CLOSING or before.kind == INNER:
        return True
    if before.kind != ORDINARY or _differentiates(before.tex) or before.tex.startswith(r"\text{"):
        return False
    return piece.kind == ORDINARY or before.tex.startswith(r"\frac")


def _differentiates(tex: str) -> bool:
    above = tex.removeprefix(r"\frac{").partition("}{")[0]
    return tex in _OPERATORS or above.strip() in _OPERATORS or above.startswith(r"\mathrm{d")


def _starts(pieces: Sequence[_Piece], limit: float, first: float) -> list[int]:
    """Where the rows begin so that the whole costs least."""
    ends = [0.0]
    for piece in pieces:
        ends.append(ends[-1] + piece.gap + piece.width)
    best: list[tuple[float, int]] = [(0.0, 0)]
    for end in range(1, len(pieces) + 1):
        choices: list[tuple[float, int]] = []
        for start in range(end - 1, -1, -1):
            if start and pieces[start].cost is None:
                continue
            wide = ends[end] - ends[start] - pieces[start].gap + _before(pieces[start], start)
            excess = wide - (limit if start else first)
            last = end == len(pieces)
            slack = 0.0 if last else _RAGGED * max(0.0, -excess / limit) ** 2
            own = (_ROW + (pieces[start].cost or 0.0)) if start else 0.0
            choices.append((best[start][0] + own + slack + _EXCESS * max(0.0, excess), start))
            if excess > 2 * limit:
                break
        best.append(min(choices) if choices else (float("inf"), 0))
    starts = [len(pieces)]
    while starts[-1]:
        starts.append(best[starts[-1]][1])
    return starts[::-1]


def _before(piece: _Piece, start: int) -> float:
    """How wide a row's beginning is: the indentation, a dot; a relation stands outside."""
    if not start:
        return 0.0
    if piece.kind == RELATION and piece.depth == 0:
        return -piece.width
    return _indent(piece) + (_DOT_WIDTH if piece.dotted else _SIGN_WIDTH)


def _indent(piece: _Piece) -> int:
    return 1 + min(piece.depth, 2)


def _rows(pieces: Sequence[_Piece], starts: Sequence[int]) -> Iterator[Row]:
    row_of = [sum(1 for start in starts[1:-1] if start <= place) for place in range(len(pieces))]
    split = _split_fences(pieces, row_of)
    for start, end in pairwise(starts):
        row = pieces[start:end]
        wide = sum(each.gap + each.width for each in row) - row[0].gap + _before(row[0], start)
        if start == 0:
            yield Row(_joined(row, split), wide)
        elif row[0].kind == RELATION:
            yield Row(_joined(row[1:], split), wide, sign=row[0].tex)
        else:
            opening = r"{} \cdot " if row[0].dotted else "{} " if row[0].kind == BINARY else ""
            yield Row(opening + _joined(row, split), wide, indent=_indent(row[0]))


def _joined(row: Sequence[_Piece], split: frozenset[int]) -> str:
    """The text of a row, spaced as the printer of formulas does."""
    text = ""
    for place, piece in enumerate(row):
        spaced = place > 0 and _is_spaced(row[place - 1], piece)
        # A letter must not become part of the command before it.
        if spaced or (_ENDS_IN_COMMAND.search(text) and piece.tex[0].isalpha()):
            text += " "
        text += piece.big if piece.fence in split else piece.tex
    return text


def _is_spaced(before: _Piece, piece: _Piece) -> bool:
    if piece.kind in (CLOSING, PUNCTUATION) or before.kind == OPENING:
        return False
    if piece.kind == OPENING and before.kind in (ORDINARY, OPERATOR):
        return False
    return not (before.tex == "-" and before.kind == ORDINARY)


def flowing(tex: str, limit: float, line: float) -> str:
    """The formula for running text: one wider than `limit` is opened, so that TeX can break it into lines."""
    boxes = read(tex)
    if width_of(boxes, TEXT) <= limit:
        return tex
    pieces = _costed(list(_pieces(boxes, 0, line, count())))
    opened = frozenset(each.fence for each in pieces if each.fence is not None)
    # TeX breaks after a relation or an operation of its own accord, after a slash only where it may.
    return _joined([replace(each, tex=_SLASH) if each.tex == "/" else each for each in pieces], opened)


def _split_fences(pieces: Sequence[_Piece], row_of: Sequence[int]) -> frozenset[int]:
    """The fences that open on one row and close on another."""
    rows: dict[int, set[int]] = {}
    for place, piece in enumerate(pieces):
        if piece.fence is not None:
            rows.setdefault(piece.fence, set()).add(row_of[place])
    return frozenset(fence for fence, found in rows.items() if len(found) > 1)
