r"""Letters that are two quantities in two types: \mathcal{L} = L + λ g, C = 3x beside \mathcal{C} = x²."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

# What ends one statement of a formula and begins the next.
_PARTS = re.compile(r"\\\\|(?<!\\)[,;](?![^()]*\))|\\q?quad(?![A-Za-z])|\n")
_ARGUMENTS = r"(?:\s*(?:\\left\s*)?\([^()=]*\))?"
_EQUAL = rf"{_ARGUMENTS}\s*&?\s*:?=\s*&?(?P<body>.*)"
_PLAIN = re.compile(rf"[\s&]*(?P<letter>[A-Z]){_EQUAL}", re.DOTALL)
_CALLIGRAPHIC = re.compile(rf"[\s&]*\\mathcal\s*\{{?\s*(?P<letter>[A-Z])\s*\}}?{_EQUAL}", re.DOTALL)
_FONTS = re.compile(r"\\[A-Za-z]+\s*\{\s*[A-Za-z]\s*\}|\\[A-Za-z]+")
_LETTER = re.compile(r"[A-Za-z]")


def letters_apart(sections: Iterable[Iterable[str]]) -> frozenset[str]:
    """The letters that stand for two quantities, where a section defines both, or one by the other."""
    return frozenset(letter for texts in sections for letter in _apart(list(texts)))


def _apart(texts: list[str]) -> Iterator[str]:
    if not any(r"\mathcal" in each for each in texts):
        return
    parts = [part for text in texts for part in _PARTS.split(text)]
    plain, other = (dict(_defined(parts, pattern)) for pattern in (_PLAIN, _CALLIGRAPHIC))
    for letter, body in other.items():
        by_other = r"\partial" not in body and letter in _LETTER.findall(_FONTS.sub(" ", body))
        if by_other or (letter in plain and _bare(plain[letter]) != _bare(body)):
            yield letter


def _defined(parts: list[str], pattern: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    """The letters at the head of equations, with what they are: no number, which is a value of either."""
    for match in filter(None, map(pattern.match, parts)):
        if _LETTER.search(_FONTS.sub(" ", match["body"])) is not None:
            yield match["letter"], match["body"]


def _bare(body: str) -> str:
    return re.sub(r"\\mathcal|[\s{}$.]", "", body)
