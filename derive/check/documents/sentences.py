"""The sentences round a formula, and the numbers that sentences state."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

# Stands for each character of a formula or of code in a text whose words are read.
BLANK = "\ufffc"
LONGEST_CONTEXT = 400
_WIDEST = 1_000
_END = re.compile(r"[.!?][\"'”’)\]*_]*\s+(?=[\"'“‘(\[*_]*[A-Z\d\ufffc])|:[ \t]*\n\s*")
_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|cf|vs|resp|approx|w\.r\.t|Figs?|Eqs?|Secs?|Ch|No|Dr|Prof|et al|[Ee]x)"
    r"|(?:^|\s)\(?[A-Za-z0-9])\.\Z"
)
_STATED = re.compile(
    r"\b(?:is|are|was|be|equals|outputs?|gives|yields|becomes|returns|get|of|about|approximately|to)"
    r"\s+(?:about\s+|approximately\s+)?([-−]?\d+\.\d+)(?![\w.]*\d)"
)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_CLAUSE = re.compile(r"\b(?:where|wherein|with(?! respect\b)|in which|for which)\b|\bHere\b", re.IGNORECASE)


def blanked(text: str, stretches: Sequence[tuple[int, int]]) -> str:
    """The text with stretches replaced by blanks of the same length; a full stop at an end is kept."""
    parts: list[str] = []
    at = 0
    for start, end in stretches:
        full_stop = text[start:end].rstrip(" \t\n$\\])}").endswith(".")
        parts.append(text[at:start])
        parts.append(BLANK * (end - start - 1) + ("." if full_stop else BLANK))
        at = end
    parts.append(text[at:])
    return "".join(parts)


class Sentences:
    """The sentences of a text, found where they are asked for: a text may be long and hold one formula."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._last = (0, 0)

    def around(self, at: int) -> tuple[int, int]:
        """Where the sentence that a character stands in starts and ends, if it is not too long."""
        if not self._last[0] <= at < self._last[1]:
            first, last = max(0, at - _WIDEST), min(len(self.text), at + _WIDEST)
            ends = (
                match for match in _END.finditer(self.text, first, last) if not self._is_abbreviated(match)
            )
            start, end = first, last
            for match in ends:
                if match.end() > at:
                    end = match.end()
                    break
                start = match.end()
            self._last = (start, end)
        return self._last

    def _is_abbreviated(self, match: re.Match[str]) -> bool:
        return bool(_ABBREVIATION.search(self.text[max(0, match.start() - 8) : match.start() + 1]))

    def numbers(self) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
        """Sentences that state a number, and where the number stands."""
        for match in _STATED.finditer(self.text):
            start, end = self.around(match.start())
            yield (start, start + len(self.text[start:end].rstrip())), match.span(1)

    def has_clause(self, start: int, end: int) -> bool:
        """Whether a "where …" opens between two places."""
        return bool(_CLAUSE.search(self.text, start, end))


def context(text: str) -> str:
    """Words next to a formula, on one line and of bounded length."""
    return " ".join(_COMMENT.sub(" ", text).split())


def words_before(text: str, start: int, end: int) -> str:
    """What a sentence says before a formula."""
    return context(text[max(start, end - LONGEST_CONTEXT) : end])


def words_after(text: str, start: int, end: int) -> str:
    """What a sentence says after a formula."""
    return context(text[start : min(end, start + LONGEST_CONTEXT)])
