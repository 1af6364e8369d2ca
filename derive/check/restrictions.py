"""Words that restrict what a formula of their sentence claims: if the unit is active, without the bias."""

from __future__ import annotations

import re
from dataclasses import dataclass

# The formulas of a sentence, and how they stand there while its words are read.
_FORMULA = re.compile(r"\$\$?[^$]*\$\$?|\\\(.*?\\\)|\\\[.*?\\\]|\\begin\{(\w+\*?)\}.*?\\end\{\1\}", re.DOTALL)
_SIGN = re.compile(r"[<>≤≥]|\\(?:[lg]eq?|[lg]t)(?![A-Za-z])")
_MATH = r"\$[·<=]*\$"
_COMPARED = r"\$<*\$"
# If we differentiate, when this is put in, if necessary: what is done, and no case.
_DONE = (
    r"(?!\s*,?\s*(?:so|not|any|necessary|needed|desired|possible|you like|and only if|it comes|now)\b)"
    r"(?!\s*(?:we|you|one|I)\s+(?:now\s+|then\s+|also\s+|first\s+|instead\s+)*(?:appl|use|differentiat|take"
    r"|comput|calculat|plug|insert|substitut|put|write|expand|multipl|simplif|collect|combin|look|recall"
    r"|remember|follow|go|work|defin|denot|call|let|want|need|know|evaluat|rewrit|introduc|do|carr|start"
    r"|continu|proceed|see|understand|return|train|read|solve|abbreviat|add|sum|divid|compare|run|pass"
    r"|back-?propagat|express|repeat|find|get|obtain|learn|set up|have (?:a|an|the|several|many))\w*)"
    r"(?!\s*(?!(?:ignor|neglect|dropp|omitt|assum|hold|fix|saturat|be)ing\b)\w+ing\b)"
    r"(?![^.;:,$]{0,60}\b(?:(?:chain|product|quotient|power|sum) rules?|inserted|substituted|plugged|applied"
    r"|differentiated|multiplied|expanded|put (?:in|together|into)|back-?propagat\w+)\b)"
)
_IF = (
    r"(?<!even )(?<!as )\b(?:if|when(?:ever)?|unless|wherever|as long as|so long as|in case"
    rf"|provided(?: that)?|given that|as soon as|assuming(?: that)?|only if|except (?:when|where"
    rf"|if))\b(?=\s*[\w$]){_DONE}"
)
# The words that single out some samples, units or entries, and what they single out.
_FULLY = r"(?:(?:strictly|very|fully|completely|purely|only|all|just)\s+)*"
_KIND = (
    rf"{_FULLY}(?:positive|negative|non-?negative|non-?zero|misclassified|(?:wrongly|falsely|correctly"
    r"|incorrectly)[\s-]+classified|violat\w+|active|inactive|dead|saturated|firing|silent|diagonal"
    r"|off-diagonal|clipped|masked|frozen|clamped)"
)
_SAMPLES = (
    r"(?:samples?|examples?|points?|observations?|instances?|cases?|class(?:es)?|weights?|inputs?|arguments?"
    r"|units?|neurons?|entr(?:y|ies)|elements?|components?|coordinates?|ind(?:ex|ices)|margins?|sides?"
    r"|branch(?:es)?|half|halves|ones?|pairs?|words?|tokens?|activations?|pre-?activations?|residuals?"
    r"|coefficients?|data|regions?|regimes?|states?|modes?)"
)
# Words that do so behind "for" only, as others name what every text has: a target value, unit tests.
_OF_SOME = (
    rf"{_FULLY}(?:{_KIND}|zero|vanishing|binary|small|large|tiny|huge|remaining|other|true|correct|wrong"
    r"|target|equal|unequal|constant|identical|balanced|shared|tied|standardi[sz]ed|whitened|orthogonal"
    r"|isotropic|spherical|unit)"
)
_ALL_SORTS = (
    rf"(?:{_SAMPLES}|values?|numbers?|variances?|covariances?|errors?|slopes?|noise|temperature|outputs?"
    r"|learning rates?|steps?|features?|norm|times)"
)
_ARTICLE = r"(?:(?:a|an|the|all|every|each|any|such|those)\s+)?"
# What has a part of its own in a derivative.
_PART = (
    r"(?:data|first|second|third|last|other|penalty|prior|quadratic|linear|cubic|kinetic|potential|mixed"
    r"|regulari[sz]\w+|likelihood|reconstruction|entropy|\w+[- ]?loss|hinge|direct|indirect|bias|skip"
    r"|recurrent|weight[- ]decay)"
)
# To leave out the bias changes the claim; to leave out an index does not.
_LEAVING = (
    r"(?<!not )(?<!n't )(?<!n’t )(?<!never )\b(?:(?:ignor|neglect|omitt?|disregard|discard|suppress"
    r"|absorb|delet)"
    r"(?:e?s|e|ing)?|drop(?:s|ping)?|remov(?:e|es|ing)|exclud(?:e|es|ing)|leav(?:e|es|ing) (?:out|aside"
    r"|off|away)"
    r"|(?:set|put)(?:s|ting)? aside|(?:switch|turn)(?:es|s|ing)? off"
    r"|(?:is|are|be|been|being|was|were|we|with [^.;:,$]{1,40}) (?:ignored|neglected|omitted|disregarded"
    r"|discarded"
    r"|suppressed|absorbed|deleted|dropped|removed|excluded|left (?:out|aside|off|away)|(?:set|put) aside"
    r"|(?:switched|turned) off))\b(?!-?out)"
    r"(?![^.;:$]{0,25}\b(?:ind|sub|super|argument|arrow|bracket|parenthes|dependence|layer|time|bar|hat"
    r"|explicit|transpose|hidden))"
)
_WITHOUT = (
    r"\bwithout\s+(?!loss of gen|proof|further|doubt|much|using|explan|detail|effort|trouble|difficult"
    r"|problem"
    r"|surprise|error|calculat|comput|code|autodiff|any (?:work|effort|trouble)|a (?:comput|calcul|proof"
    r"|doubt)"
    r"|mention|change|(?!regul)\w+ing\b)\w"
)
_ADDED = (
    r"(?:penalt(?:y|ies)|regulari[sz](?:er|ers|ation)|weight decay|bias(?:es)?|noise|friction|damping"
    r"|momentum|skip"
    r"|shortcut|constants?|prior|dropout|normali[sz]ation|clipping|activation)"
)
_UP_TO = (
    r"\b(?:up to|apart from|except for|but for|aside from|save for|modulo)\s+(?:(?:an?|the|some|its|their"
    r"|this)\s+)?"
    r"(?:\w+\s+){0,2}?(?:constants?|factors?|signs?|scal\w+|terms?|multiples?|\d|higher"
    rf"|{_ADDED})\b"
)
_AWAY = (
    r"\b(?:inside|outside|within|beyond|below|above|left of|right of|off|on|away from)\s+(?:of\s+)?"
    r"(?:the|its|this)\s+(?:margin|threshold|diagonal|kink|boundary|interval|region|range|support|origin|cube"
    r"|ball|tube|band|insensitive zone|zone|trust region|linear regime|saturation)\b"
)
_NP = rf"\b(?:for|on|at|in|with)\s+{_ARTICLE}{_OF_SOME}[\s-]+(?:{_ALL_SORTS}\b|{_MATH})"
# The unregularised loss, in the absence of a penalty, with no bias.
_LESS = (
    r"\b(?:un(?:regulari[sz]|bias|weight|scal|normali[sz]|centr|damp|constrain|penali[sz]|clipp)ed"
    r"|noise-?less"
    r"|(?:bias|noise|penalty)-free)\s+(?:case|loss|version|objective|gradient|model|problem|cost|neuron|unit"
    r"|network|part)\b"
    r"|\b(?:in|with) the absence of\b|\b(?:with|if there (?:is|are|were|was)|assum(?:e|ing)|there (?:is"
    r"|are)|has|have"
    rf"|in case of)\s+no\s+{_ADDED}"
    r"|\b(?:do|does|did)(?: not|n't|n’t) (?:regulari[sz]e|penali[sz]e|normali[sz]e|clip|use (?:a |any )?"
    rf"{_ADDED})"
    rf"|\b{_ADDED}\s+(?:(?:term|connection)\s+)?(?:vanish\w*|disappears?|drops? out|(?:is|are) (?:zero"
    rf"|off|absent"
    r"|constant|gone|small)|(?:does|do)(?: not|n't|n’t) (?:matter|count|enter|contribute)|plays? no)"
    r"|\balone\b(?=\s+(?:we|it|one|gives?|has|have|is|are|the|yields?|contributes?|leads?|would)\b)"
)
# The rows: what stands anywhere before the formula in its sentence.
_BEFORE = (
    _IF,
    _NP,
    _LEAVING,
    _WITHOUT,
    _UP_TO,
    _AWAY,
    _LESS,
    # For y m < 1; for a sample with y m < 1.
    rf"\b(?:for|in|on)\s+(?:all\s+)?{_COMPARED}",
    rf"\b{_SAMPLES}\s+(?:with|where|for which|in which|on which|that have|satisfying)\s+{_COMPARED}",
    # A dead unit gives; the diagonal entries; for negative ones.
    rf"\b{_KIND}[\s-]+(?:(?:training|hidden|input|output|pre-?|matrix|class)[\s-]+)*{_SAMPLES}\b",
    r"\b(?:the|all)\s+others?\s+(?:are|is|have|has|get|gets|give|gives)\b",
    r"\b(?:otherwise|elsewhere)\b",
    # With label 1, a target of zero.
    r"\b(?:labels?|class|targets?)\s+(?:of\s+|is\s+|equal to\s+)?(?:[-+]?[01]\b|zero\b|one\b|\$=*\$)",
    r"\bwith\b[^.;:]{0,60}\b(?:fixed|clamped|frozen|held|kept|pinned|tied|set|equal)\s+(?:to|at)\s",
    r"\b(?:fixed|clamped|frozen|pinned)\s+(?:to|at)\s",
    # The data term contributes; what comes from the first path.
    r"\bcontribut\w+",
    (
        rf"\b(?:the|this|its|from|by|of)\s+{_PART}[\s-]+(?:terms?|parts?|summands?|paths?|branch(?:es)?"
        rf"|pieces?)\b"
    ),
    (
        r"\b(?:penalty|regulari[sz](?:er|ation)|weight decay|prior|skip connection|shortcut)\s+(?:alone|only"
        r"|adds)\b"
    ),
    # For a linear neuron; in the scalar case.
    r"\bfor\s+(?:a|an|the)\s+(?:linear|identity|constant|tied|shared|scalar)\s+(?!model|regression|layer)\w+",
    (
        r"\b(?:linear|identity|scalar|univariate|one-dimensional|simple[rs]?t?|binary|noiseless|noise-free"
        r"|degenerate|limiting|special|edge|corner|extreme|trivial|balanced)[\s-]+cases?\b"
    ),
    r"\b(?:in|for) one dimension\b",
    # What is supposed to be otherwise than it is.
    (
        r"\b(?:would|could)\s+(?:then\s+|only\s+|just\s+|simply\s+)?(?:get|give|be|yield|obtain|become|have"
        r"|read)\b"
    ),
    r"\bhad (?:we|it|the)\b",
)
_RESTRICTING = re.compile("|".join(f"(?:{each})" for each in _BEFORE), re.IGNORECASE)
# Behind the formula, they stand next to it: …, if the unit is active; … for misclassified points.
_BEHIND = (
    _IF,
    _NP,
    _LEAVING,
    _WITHOUT,
    _UP_TO,
    _AWAY,
    _LESS,
    rf"\b(?:for|where|on)\s+(?:all\s+)?{_COMPARED}",
)
_NEXT = re.compile(
    rf"[\s$,()]*(?:(?:but|only|just|exactly|which holds|this holds)\s+)*(?:{'|'.join(_BEHIND)})",
    re.IGNORECASE,
)
# What a sentence speaks of, beside what every text does: for support vectors, on the sloped part.
_SPOKEN_OF = re.compile(
    r"(?:^|[.;:,]\s+|\n)\s*(?:for|on|at|in|with|inside|outside|where|as)\s+"
    r"(?!(?:(?:a|an|the|one|each|every|all|any|our|this|that|single|given|second|first|training|hidden|output|input"
    r"|whole|example|other|following)\s+)*(?:samples?|layers?|networks?|models?|examples?|instance|gradients?|loss"
    r"|derivatives?|weights?|bias(?:es)?|parameters?|cost|step|chain|order|fact|total|respect|units?|neurons?"
    r"|backward|forward|words|short|vectors?|matri\w+|components?|ease|simplicity|convenience|text|section"
    r"|notation|function|activation|help|case)\b"
    r"(?!\s+(?:with|that|which|for which|where|whose|on|in|inside)\b))\w",
    re.IGNORECASE,
)
# What a thing is in some cases, behind "is" and "are".
_STATE = (
    r"(?:(?:not|always|all|strictly|correctly|incorrectly|wrongly)\s+)*(?:active|inactive|on|off|dead"
    r"|saturated"
    r"|violated|satisfied|misclassified|classified|positive|negative|non-?negative|non-?zero|zero|linear"
    r"|absent|ignored|dropped|omitted|neglected|clipped|masked|firing|silent|frozen|fixed (?:to|at)|diagonal"
    r"|shared|tied|unity|scalar|(?:switched|turned) off|removed|the identity)"
)
# Sentences that suppose something until another one lifts it: suppose that the unit fires.
_SUPPOSING = re.compile(
    rf"\b(?:suppose|supposing|assume|assuming|imagine|consider|let us|let|we now|now)\b[^.;:!?]{{0,80}}?"
    rf"(?:\b(?:is|are|be|being|were|stays?|has|have|becomes?)\s+{_STATE}\b|\bfires?\b|\bvanish\w*\b"
    rf"|\bsaturates?\b|{_LEAVING}|{_LESS}|\b{_KIND}[\s-]+{_SAMPLES}\b|\bthe case (?:of|that|where|when"
    rf"|in which)\b)"
    r"|\b(?:keep|hold|fix|clamp|freeze|set|pin)\s[^.;:!?]{0,40}?\b(?:at|to|as)\s+(?:zero|one|the identity)\b",
    re.IGNORECASE,
)
_THEN = re.compile(
    r"(?:^|[.;:]\s+|\n\s*)(?:and\s+)?(?:here|there|now|its|this|that|which|it)\b"
    r"|\bin (?:this|that|such a) case\b|\b(?:then|therefore|thus|hence|so|consequently)\b",
    re.IGNORECASE,
)
_LIFTING = re.compile(
    r"\b(?:in general|generally|in (?:every|any|all) cases?|always|for (?:all|every|any|arbitrary|general)\b"
    r"|for an? (?:general|arbitrary)|the general|altogether|in total|taken together|both cases"
    r"|(?:put|bring|add)(?:s|ting|ing)? (?:the|both|these|it) (?:\w+ )?(?:together|back))",
    re.IGNORECASE,
)
# A heading, or a paragraph that goes on with nothing.
_PARTED = re.compile(r"\n\s*\n(?=\s*(?:#|[A-Z\"']))")
_GOING_ON = re.compile(
    r"\s*(?:then|therefore|thus|hence|so|and|but|consequently|in this case)\b", re.IGNORECASE
)
# A clause, with the formulas in it.
_CLAUSE = re.compile(r"(?:\$[^$=]*\$|[^,.;:$]){1,80}")
# So much of the text before a formula may restrict it.
LONGEST = 1_500


@dataclass(frozen=True, slots=True)
class Force:
    """What earlier sentences leave in force: what they have `supposed`, and what the last one `said`."""

    supposed: str = ""
    said: str = ""


NO_FORCE = Force()


def restriction(before: str, after: str) -> str:
    """The words of a sentence that restrict what the formula between them claims; empty if there are none."""
    found, text = _RESTRICTING.search(in_signs(before)), before
    if found is None:
        found, text = _NEXT.match(in_signs(after)), after
    return "" if found is None else _told(found, text)


def singles_out(before: str, after: str) -> bool:
    """Whether a sentence speaks of something in particular: for support vectors, on the sloped part."""
    text = in_signs(before)
    return bool(_SPOKEN_OF.search(text) or _SPOKEN_OF.match(in_signs(after).lstrip(" $,")))


def in_force(force: Force, before: str) -> str:
    """What an earlier sentence says that restricts a formula with these words before it."""
    if _LIFTING.search(before):
        return ""
    return force.supposed or (force.said if _THEN.search(before) else "")


def onward(force: Force, between: str, sentence: str, own: str) -> Force:
    """What is in force for a formula of a sentence, by the text `between` it and the one before.

    `own` is what restricts it beside it.
    """
    between = between[-LONGEST:]
    if (parted := list(_PARTED.finditer(between))) and not _GOING_ON.match(between, parted[-1].end()):
        force, between = NO_FORCE, between[parted[-1].end() :]
    if _LIFTING.search(between):
        force = NO_FORCE
    return Force(_supposed(between) or _supposed(sentence) or force.supposed, own or force.said)


def _supposed(text: str) -> str:
    """What a text says that holds until it is lifted."""
    found = _SUPPOSING.search(in_signs(text))
    return "" if found is None else _told(found, text)


def in_signs(text: str) -> str:
    """The text with signs of the same length for its formulas: what they compare, state or show."""
    return _FORMULA.sub(_signs, text) if "$" in text or "\\" in text else text


def _signs(found: re.Match[str]) -> str:
    text = found[0]
    sign = "<" if _SIGN.search(text) else "=" if "=" in text else "·"
    return f"${sign * (len(text) - 2)}$"


def _told(found: re.Match[str], text: str) -> str:
    """The words of a restriction, as far as its clause goes."""
    start = found.end() - len(found[0].lstrip(" ,.;:($)\n"))
    clause = _CLAUSE.match(text, start)
    end = max(found.end(), clause.end() if clause is not None else 0)
    return " ".join(text[start:end].split()).strip(" ,.;:()")
