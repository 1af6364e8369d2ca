"""Rows of aligned formulas: one that begins with an operator continues the row before, notes stand apart."""

from __future__ import annotations

import re

_CELLS = re.compile(r"\\(?P<which>begin|end)\s*\{(?:[bpvBV]?matrix|smallmatrix|cases|array)\*?\}")
_INDENT = r"(?P<indent>(?:&|\\q?quad(?![A-Za-z])|\{\}|\\[,;:!>]|\s)*)"
_OPERATOR = r"\\(?:cdot|times|odot|ast|circ|otimes|div)(?![A-Za-z])"
# A row that begins with an operator, or follows one.
_BEGUN = re.compile(rf"\\\\(?:\s*\[[^\]]{{0,20}}\])?{_INDENT}(?=(?P<sign>{_OPERATOR}|[-+/*]))")
_ENDED = re.compile(
    rf"(?:{_OPERATOR}|[-+])[ \t]*\n?[ \t]*(?P<gap>\\\\(?:\s*\[[^\]]{{0,20}}\])?{_INDENT})(?![&=])"
)
_SIGN = r"[=<>≈≤≥→←]|\\(?:approx|simeq|leq?|geq?|to|gets|(?:left|right)arrow|equiv)(?![A-Za-z])"
_SIGNED_ROW = re.compile(rf"(?:(?!\\\\)(?!{_SIGN}).)*(?P<sign>{_SIGN})?", re.DOTALL)
# What stands behind && and holds no sign is a note to the row: the rule that was applied, a number.
_NOTE = re.compile(
    rf"&&\s*(?:\\q?quad(?![A-Za-z])\s*)?\\text(?:normal|rm|it)?\s*\{{(?:(?!\\\\|&|\\end|{_SIGN}).)*(?=\\\\|\\end|\Z)",
    re.DOTALL,
)


# \begin{aligned}[t] says how the rows are set.
_OPTION = re.compile(r"(\\begin\s*\{(?:aligned|gathered|split|multlined)\})(\s*\[[tbc]\])")


def joined(text: str) -> str:
    """The text with blanks where a row only goes on with the one before, and where notes stand."""
    if "\\\\" not in text and "&&" not in text:
        return text
    text = _OPTION.sub(lambda match: match[1] + " " * len(match[2]), _NOTE.sub(_blank, text))
    if "\\\\" not in text:
        return text
    cells = _cells(text)
    text = _BEGUN.sub(lambda match: _blank(match) if _goes_on(match, text, cells) else match[0], text)
    return _ENDED.sub(lambda match: match[0] if _inside(match.start(), cells) else _without_gap(match), text)


def _goes_on(match: re.Match[str], text: str, cells: list[tuple[int, int]]) -> bool:
    if _inside(match.start(), cells):
        return False
    if match["sign"] not in ("+", "-"):
        return True
    row = _SIGNED_ROW.match(text, match.end())
    is_signed = row is not None and row["sign"] is not None
    return "{}" in match["indent"] or ("&" in match["indent"] and not is_signed)


def _cells(text: str) -> list[tuple[int, int]]:
    """Where matrices and cases stand, whose rows are components."""
    found: list[tuple[int, int]] = []
    opened: list[int] = []
    for match in _CELLS.finditer(text):
        if match["which"] == "begin":
            opened.append(match.start())
        elif opened:
            found.append((opened.pop(), match.end()))
    return found


def _inside(at: int, cells: list[tuple[int, int]]) -> bool:
    return any(start <= at < end for start, end in cells)


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _without_gap(match: re.Match[str]) -> str:
    return match[0][: match.start("gap") - match.start()] + " " * len(match["gap"])
