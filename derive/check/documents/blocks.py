"""What a reader of a format hands over: the blocks of a document, and how its formulas are set apart."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from derive.check.documents.source import Excerpt

# prose: running text; display: one formula; cell: of a table; gap: nothing, but it parts its neighbours;
# preamble: only macros are sought there.
BlockKind = Literal["prose", "heading", "display", "cell", "directive", "gap", "preamble", "fault"]


@dataclass(frozen=True, slots=True)
class Enclosed:
    """What stands between delimiters: from `start` to `end`; the closing delimiter ends at `after`."""

    start: int
    end: int
    after: int


# From the text, the end of the opening delimiter and the delimiter itself to what it encloses.
Closer = Callable[[str, int, str], Enclosed | None]


def is_filled(text: str, enclosed: Enclosed) -> bool:
    """Whether anything stands between the delimiters."""
    return bool(text[enclosed.start : enclosed.end].strip())


@dataclass(frozen=True, slots=True, eq=False)
class Delimiter:
    """One way to set a stretch of running text apart.

    `opening` is a regular expression without groups. `holds` says what stands between: a formula, nothing
    that is read (code, addresses), a comment, or ordinary text (an escaped sign); `form` says how a formula
    is spelled. `accepts` decides whether
    it is that; if not, the opening is a sign like any other. `fault` is said of an opening that is
    never closed, if that is a fault.
    """

    opening: str
    close: Closer
    holds: Literal["formula", "nothing", "comment", "text"] = "formula"
    display: bool = False
    form: Literal["latex", "plain"] = "latex"
    accepts: Callable[[str, Enclosed], bool] = is_filled
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Position:
    """A cell's row and column in its table; `first` starts a table, `header` says that row 0 is its head."""

    row: int
    column: int
    first: bool
    header: bool


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, a heading, a display, a cell of a table, …

    `level` is a heading's, `label` names the list entry, `reason` is a fault's. `bare` says whether formulas
    without delimiters are sought, `code` that statements of code may stand there.
    """

    kind: BlockKind
    text: Excerpt
    delimiters: tuple[Delimiter, ...] = ()
    level: int = 0
    label: str = ""
    position: Position | None = None
    bare: bool = False
    code: bool = False
    guessed: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Reader:
    """A format of documents: its name, the suffixes of its files, and how a text of it becomes blocks."""

    name: str
    suffixes: tuple[str, ...]
    blocks: Callable[[str | None, str], Iterator[Block]]


DIRECTIVE = re.compile(r"\s*derive:[ \t]*")


def directive(comment: Excerpt) -> Block | None:
    """The comment as one to derive, if it is."""
    text = comment.text
    if not (mark := DIRECTIVE.match(text)):
        return None
    return Block("directive", comment.part(mark.end(), len(text.rstrip())))
