"""Tables of LaTeX: the cells of a `tabular`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from derive.check.documents.blocks import Block, Delimiter, Position
from derive.check.documents.source import Excerpt

_CELL = re.compile(r"\\\\(?:\[[^\[\]\n]*\])?|\\.|&", re.DOTALL)
_RULES = re.compile(
    r"(?:\s|\\(?:hline|toprule|midrule|bottomrule|cline\{[^{}]*\}|cmidrule(?:\([^()]*\))?\{[^{}]*\}))*+"
)
_COLUMNS = re.compile(r"\s*(?:\{[^{}]*\}\s*)?(?:\[[^\[\]]*\])?\{(?:[^{}]++|\{[^{}]*\})*+\}")


def table(stretch: Excerpt, delimiters: tuple[Delimiter, ...]) -> Iterator[Block]:
    """The cells of a tabular."""
    text = stretch.text
    columns = _COLUMNS.match(text)
    start = columns.end() if columns else 0
    row = column = 0
    cells: list[tuple[int, int, int, int]] = []
    at = start
    for match in _CELL.finditer(text, start):
        if match[0] != "&" and not match[0].startswith("\\\\"):
            continue
        cells.append((row, column, at, match.start()))
        row, column = (row, column + 1) if match[0] == "&" else (row + 1, 0)
        at = match.end()
    if text[at:].strip() and not _RULES.fullmatch(text, at):
        cells.append((row, column, at, len(text)))
    trimmed = [(row, column, *_trimmed(text, start, end)) for row, column, start, end in cells]
    excerpts = stretch.parts((start, end) for _, _, start, end in trimmed)
    for (row, column, _, _), cell in zip(trimmed, excerpts, strict=True):
        yield Block("cell", cell, delimiters, position=Position(row, column, row == column == 0, True))


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    rules = _RULES.match(text, start, end)
    assert rules is not None
    start = rules.end()
    return start, max(start, start + len(text[start:end].rstrip()))
