"""Small words: sentences by name, lists and counts in words."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType

from derive.walkthrough.tree import Paragraph, Sentence, Slot

_COUNTS = (
    "no",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
)


def say(macro: str, /, **slots: Slot) -> Sentence:
    """The sentence of a macro (`file.name`) with its slots."""
    return Sentence(macro, MappingProxyType(slots))


def paragraph(*sentences: Sentence | None, heading: Sentence | None = None) -> Paragraph:
    """The sentences that there are, in a row."""
    return Paragraph(tuple(each for each in sentences if each is not None), heading)


def choice(count: int, one: str, many: str, /, **slots: Slot) -> Sentence:
    """The sentence for one or for several."""
    return say(one if count == 1 else many, **slots)


def spelled(count: int) -> str:
    """A count as an author writes it: in words up to twelve."""
    return _COUNTS[count] if count < len(_COUNTS) else f"{count:,}"


def listed(parts: Sequence[Slot]) -> Slot:
    """The parts as a phrase: a; a and b; a, b and c."""
    if len(parts) == 1:
        return parts[0]
    return say("phrase.list", firsts=tuple(parts[:-1]), last=parts[-1])


def ranged(parts: Sequence[Slot], most: int = 6) -> Slot:
    """The parts as a phrase that leaves out the middle of a long list: a, b, …, z."""
    if len(parts) <= most:
        return listed(parts)
    return say("phrase.range", firsts=tuple(parts[:2]), last=parts[-1])


def letter(position: int) -> str:
    """The letter of a step: a, b, …, z, aa, ab, …."""
    text = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        text = chr(ord("a") + rest) + text
    return text
