"""Words round a formula that say that it follows from what was said: by the power rule, expanding, so."""

from __future__ import annotations

import re
from dataclasses import dataclass

_WE_GET = (
    r"(?:\s*(?:,|that|which|this|it|one|we|and|then|now|get|gets|have|has|find|finds|obtain|obtains"
    r"|gives?|yields?|is|see))*[\s,:]*\$*\s*\Z"
)
_BY_RULE = re.compile(
    r"\b(?:(?:by|using|with|from)\s+the\s+(?:power|product|quotient|chain|sum)\s+rules?(?:\s+again)?"
    r"|differentiating\s*(?:,|gives|yields|we)"
    r"|differentiating\s+(?:both sides|once|this|it|(?:term by term)|with respect to\s+\$[^$=]*\$)"
    rf"|(?:the|its)\s+(?:first\s+)?derivative\s+(?:is|becomes|equals)){_WE_GET}",
    re.IGNORECASE,
)
_SO = re.compile(
    r"(?:^|[.;:,!?$\s])(?:(?<!and )then|so|hence|thus|therefore|gives?|yields?|get|obtain)\s*,?\s*\$*\s*\Z",
    re.IGNORECASE,
)
# What stands between two formulas that say the same: nothing but such words.
_OPENED = r"[\s$.;:,)]*(?:(?:and|or|so|by|if we|after|on|which is)\b[\s,]*)*"
_EXPANDED = re.compile(
    rf"{_OPENED}(?:expand(?:ing|ed)?|multipl(?:ying|ied) out|factor(?:i[sz])?(?:ing|ed))"
    r"(?:\s+(?:this|it|the\s+(?:square|cube|product|brackets|parentheses|bracket)|out))*" + _WE_GET,
    re.IGNORECASE,
)
_REWRITTEN = re.compile(
    rf"{_OPENED}(?:simplif(?:ying|ied)|rewrit(?:ing|ten)|equivalently|that is|i\.\s*e\.|in other words)"
    r"(?:\s+(?:this|it))*" + _WE_GET,
    re.IGNORECASE,
)
_JOINED = re.compile(
    r"[\s$.;:,)]*(?:(?:and|so|then|thus|hence|here|that is|with"
    r"|(?:its|the|whose) (?:first|second|third|fourth|last|\d\w\w)"
    r" (?:component|entry|element|coordinate)(?: is)?)\b[\s,:]*)*\$*\Z",
    re.IGNORECASE,
)
# What goes on with a formula as with a thing: then f(x) = 2x is, on [0, 1].
_GOES_ON = re.compile(
    r"[\s$]*(?:has|have|is|are|was|goes|lies|passes|would|for|on|at|in|when|if)\b", re.IGNORECASE
)
# Nothing but marks of punctuation or of a comment: no entries of a list.
_CLOSE = re.compile(r"[ \t.,;:$#]*\n?[ \t$#]*\Z")
# What may make a formula a condition, or deny it.
_OPEN = re.compile(
    r"\b(?:where|wherever|when(?:ever)?|if|unless|until|such that|so that|with(?=[\s$]*\Z)|whose"
    r"|which(?!\s+gives)|(?<!we )find|solv\w+|want|needs?|needed|require[sd]?|boundary|threshold|level"
    r"|target|never|not?|nothing|cannot|can't|isn't|doesn't|impossible|contradict\w*|inconsistent|absurd|false"
    r"|wrong\w*|untrue|mistake\w*|in error|incorrect\w*|suppos\w+|assum\w+|would|were|setting|claims?|think"
    r"|believe|as soon as|exceed\w*|above|below|at (?:most|least)|reach\w*|instead"
    r"|(?:second|next|other|another|new|different)(?! (?:unit|neuron|layer|node)))\b",
    re.IGNORECASE,
)
# Lines and curves have equations y = … of their own.
_DRAWN = re.compile(
    r"\b(?:tangents?|secants?|normals?|lines?|curves?|graphs?|parabolas?|plots?|draw|asymptotes?|regions?|areas?"
    r"|solutions|functions|equations|examples|exercises?|cases?|family|other|another|both|between"
    r"|intersect\w*|meets?|cross\w*|touch\w*|shift\w*|approximat\w*|respectively)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Consequence:
    """What the words beside a formula say of how it follows.

    `by_rule` is whether a rule of differentiation gives it, `so` whether it follows somehow, `expanded` and
    `rewritten` whether it says in other words what the formula right before it says, `joined` whether nothing
    but such as `and` stands between these, `close` whether nothing does; `open` whether the words may make it
    a condition or deny it, `drawn` whether they speak of curves, each with an equation.
    """

    by_rule: bool = False
    so: bool = False
    expanded: bool = False
    rewritten: bool = False
    joined: bool = False
    close: bool = False
    open: bool = False
    drawn: bool = False


def consequence(before: str, after: str, between: str) -> Consequence:
    """What the words say: those before a formula and after it, and those since the formula before it."""
    goes_on = _GOES_ON.match(after) is not None
    return Consequence(
        by_rule=_BY_RULE.search(before) is not None,
        so=_SO.search(before) is not None and not goes_on,
        expanded=_EXPANDED.match(between) is not None,
        rewritten=_REWRITTEN.match(between) is not None,
        joined=between != "" and not goes_on and _JOINED.match(between) is not None,
        close=not goes_on and _CLOSE.match(between) is not None,
        open=any(_OPEN.search(each) for each in (before, after)),
        drawn=any(_DRAWN.search(each) for each in (before, after)),
    )


NOTHING_SAID = Consequence()
