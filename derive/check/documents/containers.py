"""Quotations and lists of Markdown: what each line carries in front of its own text."""

from __future__ import annotations

import re
from dataclasses import dataclass

# Deeper ones are read as text.
_DEEPEST = 32
_QUOTE = re.compile(r" {0,3}>[ \t]?")
_ENTRY = re.compile(r"( {0,3})([-+*]|\d{1,9}[.)])([ \t]+|(?=\n|\Z))")
_RULE = re.compile(r" {0,3}(?:(?:\*[ \t]*+){3,}+|(?:-[ \t]*+){3,}+|(?:_[ \t]*+){3,}+)(?=\n|\Z)")


@dataclass(frozen=True, slots=True)
class Container:
    """A quotation, or an entry of a list whose text is indented by `indent` columns."""

    indent: int
    label: str = ""

    @property
    def is_quote(self) -> bool:
        """Whether it is a quotation."""
        return self.indent == 0


QUOTE = Container(0)


class Containers:
    """The quotations and entries that are open."""

    def __init__(self) -> None:
        self.open: list[Container] = []

    @property
    def label(self) -> str:
        """The label of the innermost entry."""
        return next((each.label for each in reversed(self.open) if not each.is_quote), "")

    def strip(self, text: str, at: int, end: int) -> tuple[int, int]:
        """Where the own text of a line starts, and how many containers it stands in."""
        for number, container in enumerate(self.open):
            if container.is_quote:
                mark = _QUOTE.match(text, at, end)
                if mark is None:
                    return at, number
                at = mark.end()
            elif text[at:end].strip():
                inner = indented(text, at, end, container.indent)
                if inner is None:
                    return at, number
                at = inner
        return at, len(self.open)

    def enter(self, text: str, at: int, end: int, *, in_paragraph: bool) -> tuple[int, bool]:
        """Open the containers that a line starts; where its text starts then, and whether any was opened."""
        opened = False
        while len(self.open) < _DEEPEST:
            if mark := _QUOTE.match(text, at, end):
                self.open.append(QUOTE)
            elif (mark := _ENTRY.match(text, at, end)) and _starts_entry(
                text, mark, end, in_paragraph and not opened
            ):
                spaces = len(mark[3].expandtabs(4))
                width = len(mark[1]) + len(mark[2]) + (spaces if 1 <= spaces <= 4 else 1)
                label = mark[2] if mark[2][0].isdigit() else ""
                self.open.append(Container(width, label))
                if spaces > 4:
                    return mark.start(3) + 1, True
            else:
                break
            at, opened = mark.end(), True
        return at, opened


def indented(text: str, at: int, end: int, columns: int) -> int | None:
    """Where a line goes on after so many columns of white space, if it has them."""
    column = 0
    while column < columns:
        if at >= end or text[at] not in " \t":
            return None
        column += 4 - column % 4 if text[at] == "\t" else 1
        at += 1
    return at


def _starts_entry(text: str, mark: re.Match[str], end: int, in_paragraph: bool) -> bool:
    if _RULE.match(text, mark.start(), end):
        return False
    if not in_paragraph:
        return True
    empty = not text[mark.end() : end].strip()
    return not empty and (not mark[2][0].isdigit() or mark[2][:-1] == "1")
