"""Words before (x, y) = (1.5, 0.5) that call it data: of a solution or a minimum it may hold there alone."""

from __future__ import annotations

import re

_GIVEN = re.compile(
    r"\b(?:data|samples?|examples?|inputs?|observ\w+|pairs?|instances?|records?|batch|train\w*|weights?"
    r"|parameters?|updates?|updated|steps?|iterations?|epochs?|biases|values|let|take|given|with|suppose|set"
    r"|choose|assume|where)\b[^.;:!?]*\Z|(?:^|[.:;]\s)\s*for\s*\$?\Z",
    re.IGNORECASE,
)
_FOUND = re.compile(
    r"\b(?:solutions?|solv\w+|minim\w+|maxim\w+|vanish\w*|stationary|critical|saddle|intersect\w*|optim\w+"
    r"|roots?|vert(?:ex|ices)|circles?|lines?|curves?|planes?|extrem\w+|at|if|when\w*)\b[^.;:!?]*\Z",
    re.IGNORECASE,
)


def gives_data(sentence: str) -> bool:
    """Whether the words up to a formula say that its numbers are given, and not found."""
    return _GIVEN.search(sentence) is not None and _FOUND.search(sentence) is None
