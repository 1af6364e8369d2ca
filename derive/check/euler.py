"""Sections in which e is Euler's number, where another section has a quantity e: an error, a product."""

from __future__ import annotations

import re
from collections.abc import Iterable

EULER = "e"
# What is no letter of a formula: commands, and words in them.
_NO_LETTERS = re.compile(r"\\(?:text|mathrm|operatorname|textbf|textit)\s*\{[^{}]*\}|\\[A-Za-z]+")
_E = re.compile(r"e(?P<raised>\s*\^\s*)?")
_SQUARE = re.compile(r"\{?\s*2\s*(?:\}|(?![.\d]))")
# Nobody raises an error to a negative power, or to a letter.
_EXPONENT = re.compile(r"\{?\s*\(?\s*(?:-|[A-Za-z\\])")


def sections_of_euler(texts: Iterable[tuple[int, str]]) -> frozenset[int]:
    """The sections that raise e to powers alone, of which one at least is none of an error, and no square."""
    certain, other = set[int](), set[int]()
    for section, text in texts:
        bare = _NO_LETTERS.sub(lambda match: "\\" * len(match[0]), text) if EULER in text else ""
        for match in _E.finditer(bare):
            if match["raised"] is None or _SQUARE.match(bare, match.end()):
                other.add(section)
            elif _EXPONENT.match(bare, match.end()) is not None:
                certain.add(section)
    return frozenset(certain - other)
