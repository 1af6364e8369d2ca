"""Nouns of motion by which the words before a formula call it: the velocity is v = 8t."""

from __future__ import annotations

import re

_POSITIONS = "position|displacement|height|altitude|distance"
# The noun that the words up to a formula call it by; an average or an initial velocity is no rate.
_NOUN = re.compile(
    rf"(?P<other>\w+)?\s*\b(?P<noun>{_POSITIONS}|velocity|acceleration)\b[^.;:!?=]{{0,40}}\Z", re.IGNORECASE
)
_NO_RATES = frozenset(
    "average mean initial terminal final angular relative constant escape group phase wind maximum".split()
)


def noun(before: str) -> str:
    """The noun that the words before a formula call it by, as far as it is one of motion; else nothing."""
    found = _NOUN.search(before)
    if found is None or (found["other"] or "").lower() in _NO_RATES:
        return ""
    said = found["noun"].lower()
    return said if said in ("velocity", "acceleration") else "position"
