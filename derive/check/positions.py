"""Where a formula stands in the course of a text: in which sections, exercise, paragraph and sentence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_EMPTY_LINE = re.compile(r"\n[ \t>]*\n")
_SENTENCE_ENDS = re.compile(r"[.!?](?:\s|\\\\|[)*_]|\Z)")


@dataclass(frozen=True, slots=True)
class Position:
    """The sections that a formula stands in, outermost first, and the exercise, which is one of them or 0.

    Paragraphs and sentences are counted through the document; 0 where they are not known.
    """

    within: tuple[int, ...] = ()
    exercise: int = 0
    paragraph: int = 0
    sentence: int = 0

    @property
    def section(self) -> int:
        """The innermost section."""
        return self.within[-1] if self.within else 0


NOWHERE = Position()


@dataclass
class Positions:
    """Counts paragraphs and sentences from formula to formula."""

    latest: Position = NOWHERE
    label: str = ""

    def next(
        self, within: Sequence[int], exercise: int, between: str, label: str = "", *, joined: bool = False
    ) -> Position:
        """The position of a formula; `between` are the words since the one before, empty where that is none.

        An entry of a list, with a `label`, is a paragraph. Where it is `joined` to the formula before, in a
        clause with where, its sentence goes on.
        """
        parted = not between or _EMPTY_LINE.search(between) is not None or label != self.label
        self.label = label
        ended = (parted or _SENTENCE_ENDS.search(between) is not None) and not joined
        before = self.latest
        self.latest = Position(
            tuple(within), exercise, before.paragraph + parted, before.sentence + max(ended, 0)
        )
        return self.latest
