"""Words before a formula that say where something is stationary or least: the minimum is at x = 3."""

from __future__ import annotations

import re
from dataclasses import dataclass

_OF = r"(?:\s+of\s+\$(?P<of>[^$]{1,20})\$)?"
_IS = (
    r"\s*,?\s*(?:is|are|lies|sits|occurs|falls|is\s+(?:then\s+)?(?:attained|reached|located|found|taken))?"
    r"(?:\s+(?:only|exactly|thus|therefore|hence|then|clearly))?(?:\s+at)?\s*\$?\Z"
)
_STATIONARY = re.compile(rf"\b(?:critical|stationary)\s+point{_OF}{_IS}", re.IGNORECASE)
_LEAST = re.compile(
    rf"\b(?:minimum|maximum|minimi[sz]er|maximi[sz]er|extremum|vertex){_OF}{_IS}", re.IGNORECASE
)
# Words that speak of an interval, of bounds, or of a number that is near.
_BOUNDED = re.compile(
    r"\b(?:interval|constrain\w*|subject|bound\w*|endpoints?|ends?|edges?|domain|restrict\w*|on\s+\$|for\s+\$"
    r"|rang\w+|values?|data|between|approx\w*|about|roughly|nearly|estimat\w*"
    r"|guess\w*|claim\w*|no|not|if|absolute|global)\b"
    r"|\\in\b|\\leq?\b|\\geq?\b|[<>≤≥∈]|\[",
    re.IGNORECASE,
)


# Whose place it is where another quantity is spoken of: the slope has its maximum at.
_OF_ANOTHER = re.compile(
    r"\b(?:its|their|whose)\s+(?:\w+\s+){0,2}\Z"
    r"|\b(?:slope|gradient|derivative|rate|curvature)\b[^,;:]*"
    r"\b(?:has|attains|reaches|takes|is)\s+(?:\w+\s+){0,3}\Z",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Optimum:
    """What words call a place: `least` where they speak of a minimum, `of` a function if they name it."""

    least: bool = False
    of: str = ""


def optimum(sentence: str, after: str) -> Optimum | None:
    """What the words up to a formula call the place that it gives; None where they call it nothing."""
    for least, pattern in ((False, _STATIONARY), (True, _LEAST)):
        found = pattern.search(sentence)
        if found is not None:
            own = re.split(r"[.;!?]\s", sentence)[-1]
            bounded = _BOUNDED.search(own) or _BOUNDED.search(re.split(r"[.;!?]", after)[0])
            bounded = bounded or _OF_ANOTHER.search(sentence[: found.start()])
            return None if bounded else Optimum(least, (found["of"] or "").partition("(")[0].strip())
    return None
