"""What a document says in words of the layout of its derivatives: in the denominator layout."""

from __future__ import annotations

import re
from collections.abc import Iterable

from derive.check.layouts import Layout

_LAYOUT = re.compile(r"\b(numerator|denominator)[- ]layout\b", re.IGNORECASE)
_SHAPE = re.compile(
    r"\bgradients?()\s+(?:has|have|takes?|keeps?)\s+the\s+(?:same\s+)?shapes?\s+(?:of|as)\b", re.IGNORECASE
)
_SAID = {
    "numerator": {"rows": True, "flat": True, "turned": False},
    "denominator": {"rows": False, "flat": False, "turned": True},
    "shape": {"rows": False, "flat": False},
}


def layout(texts: Iterable[str]) -> Layout:
    """The layout that the words of a document settle; where they speak of several, it varies.

    Magnus and Neudecker, and Wikipedia's article on matrix calculus, call the layouts so.
    """
    said: dict[str, int] = {}
    for text in texts:
        for match in (*_LAYOUT.finditer(text), *_SHAPE.finditer(text)):
            said.setdefault((match[1] or "shape").lower(), text.count("\n", 0, match.start()) + 1)
    if {"numerator", "denominator"} <= said.keys():
        return Layout(varies=True)
    found = Layout()
    for name in sorted(said):
        for kind, value in _SAID[name].items():
            setattr(found, kind, value)
            found.settled[kind] = said[name]
    return found
