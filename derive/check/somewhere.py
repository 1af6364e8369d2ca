"""Words that say where something is, a kink at x = 0, and conditions on places: the points with x² = 9."""

from __future__ import annotations

import re

# What functions are or have at places.
_AT_PLACES = (
    r"(?:(?:in|non-?|un)?(?:differentiable|defined|continuous|smooth|bounded|stable)|dis-?continu\w+"
    r"|singular\w*|degenerate|poles?|kinks?|corners?|cusps?|jumps?|gaps?|holes?|asymptotes?|saddles?"
    r"|minim(?:um|a|al)|maxim(?:um|a|al)|extrem\w+|roots?|zeros?|vanish\w*|intersect\w*|cross\w*|touch\w*"
    r"|inflections?|diverge\w*|stationary|critical|flat|peaks?|breaks?|fails?)"
)
_PLACE_BEFORE = re.compile(
    rf"\b{_AT_PLACES}\b[^.;:!?$]*\b(?:at|for|when|where|if|in)(?:\s+the\s+(?:point|place|origin)s?,?)?[\s$]*\Z",
    re.IGNORECASE,
)
_END = re.compile(r"[\s$)]*(?:[.;!?]|\Z)")
# Where x² = 1 the function …; the points with x² + y² = 9; the equation x² = 4 has two solutions.
_ASKED_BEFORE = re.compile(
    r"\b(?:(?:points?|numbers?|values?|pairs?|those|all)\s+(?:\S+\s+)?(?:with|where|for\s+which)"
    r"|such\s+that|so\s+that|satisf\w+|(?:wher|when)ever|whether|(?:we|you|one)\s+(?:need|want|require)"
    r"|(?:the|an?)\s+(?:equation|condition|constraint|curve|circle|ellipse|hyperbola))[\s$]*\Z"
    r"|(?:\A|[.;:!?]\s|\n)\s*(?-i:Where|Wherever|Whenever)[\s$]*\Z",
    re.IGNORECASE,
)


def says_where(before: str, after: str) -> bool:
    """Whether a value that ends a sentence is the place of something, and none that holds further on."""
    return _END.match(after) is not None and _PLACE_BEFORE.search(before) is not None


def asks_where(before: str) -> bool:
    """Whether the words before an equation make it a condition on a place."""
    return _ASKED_BEFORE.search(before) is not None
