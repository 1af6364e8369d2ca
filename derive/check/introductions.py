"""Words round a formula that give its name another meaning or another value: suppose, instead, fell to."""

from __future__ import annotations

import re
from dataclasses import dataclass

from derive.check.consequences import NOTHING_SAID, Consequence, consequence

_LAST = re.compile(r"\$[^$]*\$|[A-Za-z]+|[.;:!?]")
_SUPPOSING = frozenset(
    "let suppose supposing assume assuming set take choose pick imagine consider if when say instead given"
    " try".split()
)
# What may stand between such a word and the formula.
_BETWEEN = frozenset(
    "that and now we have had us again it is were was instead rather only just the value values of".split()
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
# If y = 1 then, up to the formula; otherwise, for x > 0, behind it.
_CASE_BEFORE = re.compile(r"\b(?:if|when(?:ever)?|for|else|otherwise|case)\b[^.;]{0,80}\Z", re.IGNORECASE)
_CASE_AFTER = re.compile(r"[\s,$)(]*(?:if|when(?:ever)?|for|otherwise)\b", re.IGNORECASE)
_GENERAL = re.compile(
    r"\b(?:in general|generally|in (?:every|any|all) cases?|always)\b(?:(?!\n\s*\n)[^.;])*\Z", re.IGNORECASE
)
_SIGNS = re.compile(r"<\s*0|\\lt\s*0|\breals?\b|\bnegative\b|\\mathbb\s*\{?R|ℝ", re.IGNORECASE)
_TO_SOLVE = re.compile(
    r"\b(?:solv(?:e|es|ing)|roots?\s+of|solutions?\s+(?:of|to))\b[^.;:!?$]*\$?\Z", re.IGNORECASE
)
# Setting the derivative to zero gives, up to the formula.
_TO_VANISH = re.compile(
    r"\b(?:set(?:s|ting)?|equat(?:e|es|ing)|stationary|critical|first[- ]order|optimality|vanish\w*)\b"
    r"[^.;!?]*\Z",
    re.IGNORECASE,
)
# The curve is convex, as, up to the formula.
_OF_CURVE = re.compile(r"\b(?:curve|graph|parabola)(?:'s)?\b[^.;:!?]*\Z", re.IGNORECASE)
_OF_TANGENT = re.compile(r"\b(?:tangents?|secants?|chords?|lines?|asymptotes?)\b[^.;:!?]*\Z", re.IGNORECASE)
# Curves that cross another one.
_CROSSING = re.compile(
    r"\b(?:orthogonal|perpendicular|normals?\s+(?:lines?|to)|trajector\w+|differential\s+equations?|ODEs?)\b"
    r"[^.;!?]*\Z",
    re.IGNORECASE,
)
_ANOTHER = re.compile(r"\b(?:different|another|others?|solves?)\b", re.IGNORECASE)
# With x = 3 and, up to the formula.
_LISTED = re.compile(r"\$[^$=]+=\s*[-\d.,\\\s]+\$(?:\s*,)?(?:\s*\band\b)?\s*\$?\Z")
# Is a symmetric matrix, behind a name; for any symmetric matrix, up to it.
_KINDS = r"(?:(?:real|positive|definite|semi-?definite|square|invertible|constant|fixed|and|,)[\s-]*)*"
_SYMMETRIC_AFTER = re.compile(
    rf"[\s,]*(?:(?:is|are|be|being|to\s+be|a|an|both)\s+)*{_KINDS}symmetric\b", re.IGNORECASE
)
_SYMMETRIC_BEFORE = re.compile(
    rf"(?<![\w-])(?<!not )symmetric[\s,]*{_KINDS}(?:matri(?:x|ces))?\Z", re.IGNORECASE
)
# If it is: what is said then is not said of all that the text says.
_IN_SOME_CASE = re.compile(r"\b(?:if|when(?:ever)?|unless|only|not)\b[^.;\n]{0,60}\Z", re.IGNORECASE)
_BESIDE = 60
# So much of the sentence is looked at.
_NEAR = 200


@dataclass(frozen=True, slots=True)
class Wording:
    """What the words beside a formula say of it.

    `introduced` is whether they may give its name another meaning from here on, `conditioned` whether they
    say when it holds, if x = 7, for y = 1; `case` whether they may say in which case, if y = 1 then, else,
    and `behind` whether those behind it do; `general` whether they say that it holds in every case;
    `signed` whether numbers below 0 are meant too, for all real x; `asked` whether they ask for what makes it
    hold, solve 2x + 3 = 11; `listed` whether it stands beside a value that is given, x = 3 and y = 4;
    `symmetric` whether they say that it is a symmetric matrix; `vanishing` whether they ask where it is zero;
    `consequence` is how they say that it follows.
    """

    introduced: bool = False
    conditioned: bool = False
    case: bool = False
    behind: bool = False
    general: bool = False
    signed: bool = False
    asked: bool = False
    listed: bool = False
    symmetric: bool = False
    vanishing: bool = False
    crossing: bool = False
    another: bool = False
    of_curve: bool = False
    consequence: Consequence = NOTHING_SAID


NO_WORDS = Wording()


def wording(before: str, after: str, between: str = "") -> Wording:
    """What the words before and after a formula say of it, and those `between` it and the one before."""
    sentence, beside = before[-_NEAR:], before[-_BESIDE:]
    return Wording(
        introduced=_is_introduced(before, after),
        conditioned=bool(_UNDER.match(after) or _UNDER_BEFORE.search(sentence)),
        case=bool(_CASE_BEFORE.search(sentence) or _CASE_AFTER.match(after)),
        behind=_CASE_AFTER.match(after) is not None,
        general=_GENERAL.search(sentence) is not None,
        signed=bool(_SIGNS.search(beside) or _SIGNS.search(after[:_BESIDE])),
        asked=bool(_TO_SOLVE.search(sentence)),
        listed=_LISTED.search(sentence) is not None,
        symmetric=_is_symmetric(before, after),
        vanishing=_TO_VANISH.search(sentence) is not None,
        of_curve=bool(_OF_CURVE.search(sentence)) and not _OF_TANGENT.search(sentence),
        crossing=_CROSSING.search(sentence) is not None,
        another=bool(_ANOTHER.search(sentence) or _ANOTHER.search(after[:_BESIDE])),
        consequence=consequence(sentence, after[:_NEAR], between),
    )


def _is_symmetric(before: str, after: str) -> bool:
    """Whether the words say, for every case, that what stands between them is a symmetric matrix."""
    said = _SYMMETRIC_AFTER.match(after) or _SYMMETRIC_BEFORE.search(before[-_NEAR:])
    return said is not None and _IN_SOME_CASE.search(before[-_NEAR:]) is None


def _is_introduced(before: str, after: str) -> bool:
    """Whether a formula between these words states what holds from here on, and does not follow."""
    words = [word.lower() for word in _LAST.findall(before[-_NEAR:])]
    behind = ""
    for word in reversed(words):
        if word in _SUPPOSING:
            return True
        # Consider A and B: both are introduced.
        joined = word.startswith("$") and behind == "and"
        if word not in _BETWEEN and not joined:
            break
        behind = word
    changes = words[-1:] in (["to"], ["from"]) and any(word in _CHANGING for word in words)
    return changes or _AFTER.match(after) is not None
