"""What tells a formula from ordinary words: prices, sentences, words of a language."""

from __future__ import annotations

import re

from derive.check.documents.blocks import Enclosed

SIGNS = re.compile(r"[=\\^_+*/<>'|≈≤≥∂∑σŷ·→−]|\w\(")
_RELATION = re.compile(r"[=\\^_]")
_PRICE = re.compile(r"\s*\d[\d.,]*[kKmMbB]?(?:\s+[A-Za-z]{2,}|\s*[-–]\s*\Z|\s*[,;:)])")
_TWO_WORDS = re.compile(r"(?<![\\A-Za-z{_])[A-Za-z]{2,}+[,;:]?\s+[A-Za-z]{2,}")
_WORDS = re.compile(r"(?<![\\A-Za-z{])[A-Za-z]{2,}+[,;:]?(?:\s+[A-Za-z]{2,}+[,;:.]?){2}")
_TEXT = re.compile(r"\\(?:text\w*|mbox|hbox|operatorname\*?|mathrm|tag|label|intertext)\s*\{[^{}]*\}")
# What version control writes between dollars.
_KEYWORD = re.compile(r"\s*(?:Id|Revision|Date|Author|Header|Source|Name|RCSfile|Log|State)\s*(?::|\Z)")
# A number, then the end of a sentence: two prices with a sentence between them.
_SENTENCE_END = re.compile(r"\A\s*\d[\d.,]*[^\\=^]{0,40}[.!?]\s+[A-Z]")
_PATH = re.compile(r"[A-Z_]+[/:][^=\\]*\Z")


def is_prose(text: str) -> bool:
    r"""Whether three ordinary words follow each other: a formula has that in its `\text` only."""
    return bool(_WORDS.search(_TEXT.sub(" ", text)))


def is_mathematics(text: str) -> bool:
    """Whether what stands between delimiters is a formula, and no price, path or piece of a sentence."""
    if not text.strip() or _PATH.match(text) or _KEYWORD.match(text):
        return False
    if _SENTENCE_END.search(text):
        return False
    if _PRICE.match(text) and (not SIGNS.search(text) or _TWO_WORDS.search(_TEXT.sub(" ", text))):
        return False
    return bool(_RELATION.search(text)) or not is_prose(text)


def is_bracketed_mathematics(text: str, enclosed: Enclosed) -> bool:
    r"""Whether `\[…\]` in Markdown is a formula, and no bracket that the author kept from being a link."""
    inner = text[enclosed.start : enclosed.end]
    stripped = inner.strip()
    return is_mathematics(inner) and (
        (len(stripped) == 1 and stripped.isalpha()) or bool(SIGNS.search(inner))
    )


def is_dollar_mathematics(text: str, enclosed: Enclosed) -> bool:
    """Whether `$…$` in prose is a formula: tight within its dollars, or with a space at both ends."""
    inner = text[enclosed.start : enclosed.end]
    if not inner or text[enclosed.after : enclosed.after + 1].isdigit():
        return False
    opened, closed = inner[0].isspace(), inner[-1].isspace()
    if opened != closed or (opened and "\n" in inner):
        return False
    if opened and len(inner.strip()) > 1 and not SIGNS.search(inner):
        return False
    return is_mathematics(inner)


# Words that lead to a formula: before them the sentence speaks of something else.
LEADING = frozenset(
    """a also and are as assume at because becomes but by compute computes consider define defines denote
    each equals evaluate find for from get gets give given gives have hence here if in is just let
    letting means note now obtain obtains of on or our over recall same set setting show shows since
    so substitute suppose take that the then therefore thus to update use using via we when where
    which while with write yields""".split()
)
# Of two letters and yet no quantity.
SHORT_WORDS = frozenset(
    "am an as at be by do eg go he hi if ie in is it me my no of oh ok on or so to up us vs we".split()
)
# Functions that stand before their argument without parentheses; and functions of any text.
FUNCTIONS = frozenset(
    """sin cos tan cot sec csc sinh cosh tanh arcsin arccos arctan exp log ln sqrt max min abs sum prod mean
    diag tr det sign sgn relu softmax sigmoid argmax argmin erf norm dot var std""".split()
)
GREEK = frozenset(
    """alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau phi chi psi
    omega lam""".split()
)
