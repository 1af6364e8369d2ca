"""Words round a formula that give its name another meaning or another value: suppose, instead, fell to."""

from __future__ import annotations

import re

_LAST = re.compile(r"[A-Za-z]+|[.;:!?]|\$[^$]*\$")
_SUPPOSING = frozenset(
    "let suppose supposing assume assuming set take choose pick imagine consider if when say instead given"
    " try".split()
)
# What may stand between such a word and the formula.
_BETWEEN = frozenset(
    "that now we have had us again it is were was instead rather only just the value values of".split()
)
_CHANGING = frozenset(
    "went goes go dropped drops drop fell falls fall decreased decreases decrease rose rises rise increased"
    " increases increase reduced reduces reduce changed changes change grew grows grow shrank shrinks"
    " improved improves improve moved moves move".split()
)
_AFTER = re.compile(
    r"[\s,]*(?:instead|this time|initially|at first"
    r"|after\s+(?:training|learning|the|one|two|ten|\d|a|this|that))\b",
    re.IGNORECASE,
)
_UNDER = re.compile(
    r"[\s,(]*(?:(?:when(?:ever)?|if|unless)\b"
    r"|(?:for|at|with)\s+\$?\s*\\?[A-Za-z]\w*\s*=\s*-?[\d.]+\d?\s*\$?\s*(?:[.;):]|and\b|\Z))",
    re.IGNORECASE,
)
# For y p < 1: and When x > 0 we get, up to the formula.
_UNDER_BEFORE = re.compile(
    r"(?:^|[.;:]\s|\n)\s*(?:for|when(?:ever)?|if)\b[^.;:\n]{0,60}?(?:[<>≤≥]|\\[lg]eq?\b)[^.;\n]{0,60}\Z",
    re.IGNORECASE,
)
_SIGNS = re.compile(r"<\s*0|\\lt\s*0|\breals?\b|\bnegative\b|\\mathbb\s*\{?R|ℝ", re.IGNORECASE)
_TO_SOLVE = re.compile(
    r"\b(?:solv(?:e|es|ing)|roots?\s+of|solutions?\s+(?:of|to))\b[^.;:!?$]*\$?\Z", re.IGNORECASE
)
_BESIDE = 60
# So much of the sentence is looked at.
_NEAR = 200


def conditioned(before: str, after: str) -> bool:
    """Whether the words beside a formula say when it holds: if x = 7, for y = 1."""
    return _UNDER.match(after) is not None or _UNDER_BEFORE.search(before[-_NEAR:]) is not None


def speaks_of_signs(before: str, after: str) -> bool:
    """Whether the words beside a formula say that numbers below 0 are meant too: x < 0, for all real x."""
    return any(_SIGNS.search(words) for words in (before[-_BESIDE:], after[:_BESIDE]))


def to_be_solved(before: str) -> bool:
    """Whether the words before a formula ask for what makes it hold: solve 2x + 3 = 11."""
    return _TO_SOLVE.search(before[-_NEAR:]) is not None


def introduced(before: str, after: str) -> bool:
    """Whether a formula between these words states what holds from here on, and does not follow."""
    words = [word.lower() for word in _LAST.findall(before[-_NEAR:])]
    for word in reversed(words):
        if word in _SUPPOSING:
            return True
        if word not in _BETWEEN:
            break
    changes = words[-1:] in (["to"], ["from"]) and any(word in _CHANGING for word in words)
    return changes or _AFTER.match(after) is not None
