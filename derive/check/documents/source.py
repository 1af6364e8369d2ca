"""The text of a document, and stretches of it: every character of a stretch knows where it stands."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import accumulate

from derive.errors import ModelError, Place

MOST_LINES = 300_000
MOST_CHARACTERS = 50_000_000


class DocumentError(ModelError):
    """A document that cannot be read at all; `report` says which and why."""


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """A text that formulas are found in, its lines ended by \\n; `cell` numbers a notebook's cells from 1."""

    file: str | None
    text: str
    cell: int | None = None
    starts: array[int] = field(init=False, repr=False)
    # The line that was shown last: many places of one long line share its text.
    _shown: dict[int, str] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "starts", _line_starts(self.file, self.text))

    @property
    def name(self) -> str | None:
        """What reports call it: the file, and for a notebook the cell."""
        if self.cell is None:
            return self.file
        return f"{self.file}, cell {self.cell}" if self.file else f"cell {self.cell}"

    def place(self, offset: int, length: int = 1) -> Place:
        """The line and column of a character."""
        line = bisect_right(self.starts, offset)
        start, end = self.line(line)
        if line not in self._shown:
            self._shown.clear()
            self._shown[line] = self.text[start:end]
        return Place(self.name, line, offset - start, self._shown[line], length, self.cell)

    def line(self, number: int) -> tuple[int, int]:
        """Where a line, counted from 1, starts and ends."""
        start = self.starts[number - 1]
        end = self.starts[number] - 1 if number < len(self.starts) else len(self.text)
        return start, end

    def lines(self) -> Iterator[tuple[int, int]]:
        """Where each line starts and where the next one does."""
        last = len(self.starts) - 1
        for number, start in enumerate(self.starts):
            yield start, self.starts[number + 1] if number < last else len(self.text)

    def excerpt(self, start: int, end: int) -> Excerpt:
        """A stretch without gaps."""
        return Excerpt(self, ((start, end),))


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A stretch of a source with what is no part of it left out: marks of quotation, indentation, comments.

    `pieces` are the offsets in the source between which its characters stand, in order.
    """

    source: Source
    pieces: tuple[tuple[int, int], ...]

    @property
    def text(self) -> str:
        """The characters, exactly as written."""
        return "".join(self.source.text[start:end] for start, end in self.pieces)

    @property
    def start(self) -> int:
        """The offset of the first character in the source."""
        return self.pieces[0][0] if self.pieces else 0

    @property
    def line(self) -> int:
        """The line of the first character."""
        return bisect_right(self.source.starts, self.start)

    def offset(self, at: int) -> int:
        """Where the character at an offset of `text` stands in the source."""
        for start, end in self.pieces:
            if at < end - start:
                return start + at
            at -= end - start
        return self.pieces[-1][1] if self.pieces else 0

    def place(self, at: int = 0, length: int | None = None) -> Place:
        """The place of `length` characters, as far as they stand on one line; of all by default."""
        offset = self.offset(at)
        place = self.source.place(offset)
        wanted = sum(end - start for start, end in self.pieces) - at if length is None else length
        room = len(place.text) - place.column
        return replace(place, length=max(1, min(wanted, room)))

    def parts(self, cuts: Iterable[tuple[int, int]]) -> list[Excerpt]:
        """The stretches between pairs of offsets of `text`."""
        ends = list(accumulate(end - start for start, end in self.pieces))
        return [Excerpt(self.source, tuple(self._part(ends, *cut))) for cut in cuts]

    def part(self, start: int, end: int) -> Excerpt:
        """The stretch between two offsets of `text`."""
        return self.parts([(start, end)])[0]

    def _part(self, ends: list[int], start: int, end: int) -> Iterator[tuple[int, int]]:
        for number in range(bisect_right(ends, start), len(ends)):
            first, last = self.pieces[number]
            origin = first - (ends[number] - (last - first))
            left, right = max(first, origin + start), min(last, origin + end)
            if left < right:
                yield left, right
            if ends[number] >= end:
                return


def _line_starts(file: str | None, text: str) -> array[int]:
    if len(text) > MOST_CHARACTERS:
        raise DocumentError(
            f"{file or 'the document'} has {len(text):,} characters; {MOST_CHARACTERS:,} are the most"
        )
    if text.count("\n") >= MOST_LINES:
        reason = (
            f"{file or 'the document'} has {text.count(chr(10)) + 1:,} lines; {MOST_LINES:,} are the most"
        )
        raise DocumentError(reason)
    found = array("L", [0])
    at = text.find("\n")
    while at >= 0:
        found.append(at + 1)
        at = text.find("\n", at + 1)
    return found
