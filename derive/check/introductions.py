"""Words round a formula that give its name another meaning or another value: suppose, instead, fell to."""

from __future__ import annotations

import re
from dataclasses import dataclass

from derive.check.consequences import NOTHING_SAID, Consequence, consequence
from derive.check.data_words import gives_data
from derive.check.denials import denied, numerical, rough
from derive.check.extents import extent
from derive.check.models_in_words import heard
from derive.check.nouns import noun
from derive.check.optima import Optimum, optimum
from derive.check.replacements import replaced
from derive.check.restrictions import in_signs, restriction, singles_out
from derive.check.somewhere import asks_where, says_where
from derive.check.taylor_words import Taylor, taylor

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
    r"\b(?:in general|generally|in (?:every|any|all) cases?|always"
    r"|the general (?:gradient|derivative|formula|form|case|rule|result|expression|one))\b"
    r"(?:(?!\n\s*\n)[^.;])*\Z",
    re.IGNORECASE,
)
_GENERAL_AFTER = re.compile(
    r"[\s$,(]*(?:and this holds\s+|this holds\s+|which holds\s+)?(?:in general|in (?:every|any"
    r"|all) cases?)\b",
    re.IGNORECASE,
)
# For all y, before the formula or behind it.
_FOR_ALL = r"\bfor\s+(?:all|every|any|arbitrary|each|both)\s+(?:values?\s+of\s+)?\$([^$=]{1,30})\$"
_ALL_BEFORE = re.compile(rf"{_FOR_ALL}[^.;]*\Z", re.IGNORECASE)
_ALL_AFTER = re.compile(rf"[\s$,(]*(?:this holds\s+|which holds\s+|holds\s+)?{_FOR_ALL}", re.IGNORECASE)
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
# Taking the price as given, up to the formula or behind it.
_HELD = re.compile(
    r"\b(?:as\s+(?:given|fixed|constant)|(?:hold|keep)(?:s|ing)?|held|kept|price[- ]tak\w+)\b[^.;!?]*\Z",
    re.IGNORECASE,
)
_HELD_BEHIND = re.compile(
    r"[\s,$()]*[^.;!?]{0,40}?\b(?:as\s+(?:given|fixed|constant)|held|holding|keeping|kept)\b", re.IGNORECASE
)
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
# Is not symmetric, is a general matrix; for any square matrix.
_UNSYMMETRIC_AFTER = re.compile(
    r"[\s,$]*(?:(?:is|are|was|need|were)(?:\s+not|n't|n’t|\s+no longer|\s+never)\s+"
    r"(?:(?:be|to|necessarily|a|an|assumed|supposed|required|real|square|any more)\s+)*symmetric"
    r"|(?:is|are|be)\s+(?:an?\s+)?(?:non-?symmetric|unsymmetric|asymmetric"
    r"|(?:general|arbitrary)\s+(?:\w+\s+)?matri))",
    re.IGNORECASE,
)
_UNSYMMETRIC_BEFORE = re.compile(
    r"\b(?:(?:general|arbitrary|any|every|all)\s+(?:(?:real|invertible|square)\s+)*(?:matri(?:x|ces)|square)"
    r"|(?:non-?symmetric|unsymmetric|asymmetric)(?:\s+(?:real|square))*(?:\s+matri(?:x|ces))?)[\s$,]*\Z",
    re.IGNORECASE,
)
# If it is: what is said then is not said of all that the text says.
_IN_SOME_CASE = re.compile(r"\b(?:if|when(?:ever)?|unless|only|not)\b[^.;\n]{0,60}\Z", re.IGNORECASE)
# With the sigmoid, up to the formula.
_SIGMOID = re.compile(r"\b(?:sigmoids?|sigmoidal|logistic)\b", re.IGNORECASE)
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
    `sigmoid` whether they speak of the sigmoid;
    `singled` is whether they speak of something in particular; `heard` is what the words near say of the
    model, those before and all; `title` is the heading above;
    `all_of` is what it is said to hold for every value of, `below_general` whether a heading says that all
    below it holds in general, `unsymmetric` whether they speak of matrices that
    need not be symmetric, `replaced` what they say that the model has no more;
    `denied` whether they say that it is wrong, `rough` that it holds only roughly, `numerical` whether they
    speak of derivatives that quotients of differences stand for;
    `restricted` are words that restrict it, without the bias;
    `says_where` is whether it is the place of something, `asks_where` whether it is a condition on places;
    `held` is whether they say that something is held fixed; `consequence` is how they say that it follows,
    `noun` what of a motion they call it; `data` is whether they call its numbers given,
    `extent` how far what they say of a symmetric matrix holds, `optimum` what they call the place that it
    gives, `taylor` of what they call it a Taylor polynomial.
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
    held: bool = False
    another: bool = False
    of_curve: bool = False
    sigmoid: bool = False
    restricted: str = ""
    singled: bool = False
    heard: tuple[str, str] = ("", "")
    title: str = ""
    all_of: str = ""
    below_general: bool = False
    unsymmetric: bool = False
    replaced: str = ""
    denied: bool = False
    rough: bool = False
    numerical: bool = False
    says_where: bool = False
    asks_where: bool = False
    consequence: Consequence = NOTHING_SAID
    noun: str = ""
    data: bool = False
    extent: str = ""
    optimum: Optimum | None = None
    taylor: Taylor | None = None


NO_WORDS = Wording()
# What headings say of all that stands below: the general case, arbitrary matrices.
_OF_ALL = re.compile(r"\b(?:general(?:i[sz]ation)?|in general|arbitrary)\b", re.IGNORECASE)
_OF_MATRICES = re.compile(
    r"\b(?:general|arbitrary|non-?symmetric|unsymmetric|asymmetric)\s+(?:\w+\s+)?matri", re.IGNORECASE
)


def of_all(title: str) -> bool:
    """Whether a heading says that what stands below holds in general."""
    return _OF_ALL.search(title) is not None


def of_matrices(title: str) -> bool:
    """Whether a heading says that matrices below need not be symmetric."""
    return _OF_MATRICES.search(title) is not None


def wording(before: str, after: str, between: str = "", behind: str = "") -> Wording:
    """What the words before and after a formula say of it, and those `between` it and the one before.

    `behind` is the text that goes on where its sentence ends.
    """
    sentence, beside = before[-_NEAR:], before[-_BESIDE:]
    symmetric = _is_symmetric(before, after)
    return Wording(
        introduced=_is_introduced(before, after),
        conditioned=bool(_UNDER.match(after) or _UNDER_BEFORE.search(sentence)),
        case=bool(_CASE_BEFORE.search(sentence) or _CASE_AFTER.match(after)),
        behind=_CASE_AFTER.match(after) is not None,
        general=bool(_GENERAL.search(sentence) or _GENERAL_AFTER.match(after)),
        signed=bool(_SIGNS.search(beside) or _SIGNS.search(after[:_BESIDE])),
        asked=bool(_TO_SOLVE.search(sentence)),
        listed=_LISTED.search(sentence) is not None,
        symmetric=symmetric,
        extent=extent(sentence, after[:_NEAR]) if symmetric else "",
        vanishing=_TO_VANISH.search(sentence) is not None,
        of_curve=bool(_OF_CURVE.search(sentence)) and not _OF_TANGENT.search(sentence),
        crossing=_CROSSING.search(sentence) is not None,
        held=bool(_HELD.search(sentence) or _HELD_BEHIND.match(after)),
        another=bool(_ANOTHER.search(sentence) or _ANOTHER.search(after[:_BESIDE])),
        sigmoid=bool(_SIGMOID.search(sentence) or _SIGMOID.search(after[:_BESIDE])),
        restricted=restriction(before, after),
        singled=singles_out(before, after),
        heard=heard(in_signs(f"{sentence} $ $ {after[:_NEAR]}"), between[-_NEAR:]),
        all_of=_all_of(sentence, after),
        unsymmetric=bool(_UNSYMMETRIC_AFTER.match(after) or _UNSYMMETRIC_BEFORE.search(beside)),
        replaced=replaced(between, before),
        denied=denied(sentence, after, behind),
        rough=rough(sentence, after),
        numerical=numerical(sentence, after),
        says_where=says_where(sentence, after),
        asks_where=asks_where(sentence),
        consequence=consequence(sentence, after[:_NEAR], between),
        noun=noun(sentence),
        data=gives_data(sentence),
        optimum=optimum(sentence, after[:_NEAR]),
        taylor=taylor(sentence),
    )


def _all_of(sentence: str, after: str) -> str:
    """What a formula is said to hold for every value of."""
    found = _ALL_BEFORE.search(sentence) or _ALL_AFTER.match(after)
    return found[1] if found else ""


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
