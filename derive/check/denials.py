"""Words that quote a formula as a mistake, and words that say that it holds only roughly."""

from __future__ import annotations

import re

_OFTEN = r"(?:common|frequent|typical|classic|usual|popular|widespread|tempting|easy|beginner'?s?'?)"
_WRONGLY = r"(?:wrongly|mistakenly|incorrectly|erroneously|naively|falsely|by mistake|in error)"
_WRITING = (
    r"(?:writ\w+|think\w*|believ\w+|claim\w*|say\w*|stat\w+|assum\w+|conclud\w+|expect\w*|guess\w*|use"
    r"|set|put"
    r"|get|take)"
)
_WRONG = (
    r"(?:(?:clearly|simply|just|of course|obviously|plainly|in fact|therefore|thus)\s+)*(?:wrong"
    r"|incorrect|false"
    r"|untrue|nonsense|absurd|invalid|(?:not|never)\s+(?:true|correct|right|valid|what)|(?:a|an|the)"
    r"\s+(?:\w+\s+)?"
    r"(?:mistake|error|blunder|slip|fallacy|misconception))\b"
)
# Up to the formula: a common mistake is to write; one might think that; it is wrong to say that.
_BEFORE = re.compile(
    rf"\b(?:mistakes?|misconceptions?|fallac(?:y|ies)|pitfalls?|blunders?|{_OFTEN}\s+errors?)\b[^.;]*\Z"
    rf"|\b(?:might|may|could|would|be|is|are|it is)\s+(?:be\s+)?(?:(?:easily|also)\s+)?"
    rf"(?:tempt(?:ed|ing)|think|believe|guess|(?:naively|wrongly)\s+{_WRITING}|inclined)\b[^.;]*\Z"
    rf"|\b{_WRONGLY}\b[^.;]*\Z"
    rf"|\b(?:wrong|incorrect|false|not true|not correct|not right|not the case|untrue)\s+(?:to"
    rf"\s+{_WRITING}|that"
    r"|formula|derivative|gradient|result|equation|rule|version|sign|answer)\b[^.;]*\Z"
    r"|\b(?:students|people|beginners|many)\s+(?:(?:often|sometimes|usually|tend to)\s+)?"
    r"(?:write|think|believe|claim|say)\b[^.;]*\Z"
    r"|(?<!not )(?<!n't )(?<!n’t )(?<!never )\bforg(?:ot|ets?|otten|etting)\b(?! gates?)[^.;]*\b(?:get"
    r"|gets|got|have"
    r"|write|writes|obtains?|gives?|yields?|finds?|would|becomes?|end up with|arrive at)\b[^.;]*\Z",
    re.IGNORECASE,
)
# Right before it: not A, rather than A; wrong: A.
_NOT = re.compile(
    r"\b(?:wrong|incorrect|false|(?:find|spot|where is) the (?:error|mistake|slip))\s*[:?]\s*\$*\s*\Z"
    r"|\bnaive\s+(?:guess|answer|formula|derivative|gradient|result|attempt|idea)\b[^.;]*\Z"
    r"|(?<!or )(?<!if )(?<!whether )(?<!why )\b(?:not|never|rather than|does not equal|isn't|isn’t)"
    r"(?:\s+(?:just|simply|as|by|equal to|merely|the|that|to))*[\s(]*\$*\s*\Z",
    re.IGNORECASE,
)
# Behind it: is wrong; which is not correct; and in the next sentence: this is wrong.
_AFTER = re.compile(
    rf"[\s$,)]*(?:wrong|incorrect|false)\b"
    rf"|[\s$,)]*(?:(?:but\s+)?(?:which|that|this)\s+)?(?:is|are|was|would be|isn't|isn’t)\s+{_WRONG}"
    rf"|[\s$,)]*(?:which\s+)?(?:does not|doesn't|cannot)\s+(?:hold|be)\b"
    rf"|[\s$,)]*[.;!]\s+(?:but\s+|however,?\s+)?(?:this|that|it|which)(?:\s+(?:formula|result|equation"
    rf"|answer))?\s+"
    rf"(?:is|was|would be)\s+{_WRONG}",
    re.IGNORECASE,
)
_ROUGHLY = re.compile(
    r"\b(?:nearly|approximately|roughly|almost(?! (?:always|surely|every))|approximat\w+|close to"
    r"|to (?:first|second|leading|lowest) order"
    r"|(?:first|second|leading|lowest)[- ]order (?:approximation|expansion|taylor)|lineari[sz]\w+|taylor"
    r"|asymptotic\w*|behaves? like|looks? like|in the limit|tends? to|small[- ]angle"
    r"|(?:near|around|close to|at) (?:the origin|zero|infinity)|for (?:very )?(?:small|large|tiny|huge))\b",
    re.IGNORECASE,
)
# Quotients of differences stand for derivatives: f'(1) = 2.1.
_NUMERICALLY = re.compile(
    r"\b(?:numerical(?:ly)?\s+(?:differenti\w+|derivatives?|gradients?|estimat\w+|approximat\w+)|numerically"
    r"|finite[- ]differences?|difference quotients?|(?:forward|backward|central|symmetric) differences?"
    r"|gradient check\w*|secant slope|slope of the secant)\b",
    re.IGNORECASE,
)


def denied(before: str, after: str, behind: str) -> bool:
    """Whether the words say that a formula is wrong; `behind` is the text that goes on after its sentence."""
    return bool(_BEFORE.search(before) or _NOT.search(before) or _AFTER.match(after) or _AFTER.match(behind))


def rough(before: str, after: str) -> bool:
    """Whether the words say that a formula holds only roughly."""
    return bool(_ROUGHLY.search(before) or _ROUGHLY.match(after.lstrip(" $,(")))


def numerical(before: str, after: str) -> bool:
    """Whether the words speak of derivatives that quotients of differences stand for."""
    return bool(_NUMERICALLY.search(before) or _NUMERICALLY.search(after))
