"""What a document says in words of the layout of its derivatives: in the denominator layout."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from derive.check.layouts import Layout

_LAYOUT = re.compile(r"\b(numerator|denominator)[- ]layout\b", re.IGNORECASE)
_SIZE = r"(?:shapes?|sizes?|dimensions?)(?:\s+and\s+\w+)?"
_SHAPE = re.compile(
    r"\b(?:gradients?|\\frac\s*\{\s*\\partial\s*\w+\s*\}\s*\{\s*\\partial\s*[A-Z]\s*\}\s*\$)()\s*"
    rf"(?:has|have|takes?|keeps?|is\s+of|are\s+of)\s+the\s+(?:same\s+)?{_SIZE}\s+(?:of|as)\b",
    re.IGNORECASE,
)
# Where W is declared, and where its gradient is: W ∈ ℝ^{m × n}, ∂L/∂W ∈ ℝ^{m × n}.
_REALS = r"(?:\\in|∈)\s*(?:\\mathbb\s*\{?\s*R\s*\}?|\\R\b|ℝ)\s*\^\s*\{\s*(\w+)\s*(?:\\times|×)\s*(\w+)\s*\}"
_DECLARED = re.compile(rf"(?<![A-Za-z}}\\])([A-Z])\s*{_REALS}")
_OF_SLOPE = re.compile(
    rf"\\[dt]?frac\s*\{{\s*\\partial\s*\\?\w+\s*\}}\s*\{{\s*\\partial\s*([A-Z])\s*\}}([^$∈]{{0,80}}?){_REALS}"
)
_SAID = {
    "numerator": {"rows": True, "flat": True, "turned": False},
    "denominator": {"rows": False, "flat": False, "turned": True},
    "shape": {"rows": False, "flat": False},
    "as declared": {"flat": False},
    "transposed": {"flat": True},
}


def layout(texts: Iterable[str]) -> Layout:
    """The layout that the words of a document settle; where they speak of several, it varies.

    Magnus and Neudecker, and Wikipedia's article on matrix calculus, call the layouts so.
    """
    said: dict[str, int] = {}
    for text in texts:
        for match in (*_LAYOUT.finditer(text), *_SHAPE.finditer(text)):
            said.setdefault((match[1] or "shape").lower(), text.count("\n", 0, match.start()) + 1)
        for kind, at in _by_sizes(text):
            said.setdefault(kind, text.count("\n", 0, at) + 1)
    by_shape = said.keys() & {"shape", "as declared"}
    if {"numerator", "denominator"} <= said.keys() or ("transposed" in said and by_shape):
        return Layout(varies=True)
    found = Layout()
    for name in sorted(said):
        for kind, value in _SAID[name].items():
            setattr(found, kind, value)
            found.settled[kind] = said[name]
    return found


def _by_sizes(text: str) -> Iterator[tuple[str, int]]:
    """What the declared sizes of matrices and of derivatives by them say, each with its place."""
    known = {match[1]: (match[2], match[3]) for match in _DECLARED.finditer(text)}
    for match in _OF_SLOPE.finditer(text):
        own, found = known.get(match[1]), (match[3], match[4])
        if own is not None and own[0] != own[1] and found in (own, own[::-1]):
            yield "as declared" if found == own else "transposed", match.start()
