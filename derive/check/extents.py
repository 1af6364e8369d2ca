"""Words that say how far it holds what a sentence states: throughout, in these notes."""

from __future__ import annotations

import re

_PART = r"(?:this|the|our)\s+(?:sub-?)?(?:section|paragraph|exercise|example|problem|proof|question|part)\b"
_TEXT = (
    r"(?:these|this|the\s+whole|the\s+entire)\s+"
    r"(?:notes|chapter|text|document|article|note|course|lecture|book|paper|post|tutorial|handout|appendix)\b"
)
_EXTENTS = re.compile(
    rf"\b(?:(?:throughout|in|for)\s+(?:all\s+of\s+)?(?:(?P<part>{_PART})|(?P<whole>{_TEXT}))"
    r"|(?P<onward>throughout|everywhere|always"
    r"|in\s+(?:all\s+)?(?:what\s+follows|the\s+following|the\s+sequel)"
    r"|from\s+(?:now|here)\s+on|below))\b",
    re.IGNORECASE,
)
_ENDS = re.compile(r"[.;!?](?:\s|\Z)")


def extent(sentence: str, after: str) -> str:
    """How far the words round a formula say that it holds: of the "whole" text, "onward", or not said.

    Those nearest before it count, else the first behind it.
    """
    before = list(_EXTENTS.finditer(_ENDS.split(sentence)[-1]))
    found = before[-1] if before else _EXTENTS.search(_ENDS.split(after)[0])
    if found is None or found["part"]:
        return ""
    return "whole" if found["whole"] else "onward"
