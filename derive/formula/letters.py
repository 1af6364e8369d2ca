r"""One name for what texts spell in several ways: ŷ and \hat y, w₁ and w_1, α and \alpha."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from functools import lru_cache

from derive.formula.spellings import GREEK

# The commands of letters that Unicode calls by other names, or that would be signs of a sum or a product.
_NAMED = {
    "λ": "lambda",
    "Λ": "Lambda",
    "ς": "varsigma",
    "ϕ": "phi",
    "ϑ": "vartheta",
    "ϵ": "epsilon",
    "ℓ": "ell",
}
_SIGNS = frozenset("ΣΠ")
_MARKS = {
    "\u0302": "hat", "\u0303": "tilde", "\u0304": "bar", "\u0305": "bar", "\u0307": "dot", "\u0308": "ddot",
}  # fmt: skip
_LOWERED = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_NUMBERED = re.compile(r"(.*?[^\W\d_])(?:_?([₀-₉]+)|_([0-9]+))", re.DOTALL)


def letter(character: str) -> str:
    """The name of a Greek letter; any other character is its own name."""
    if character in _NAMED or character in _SIGNS or not character.isalpha():
        return _NAMED.get(character, character)
    words = unicodedata.name(character, "").split()
    if words[:1] != ["GREEK"] or words[2:3] != ["LETTER"] or len(words) != 4:
        return character
    name = words[3].lower() if words[1] == "SMALL" else words[3].capitalize()
    return name if name in GREEK else character


def marked(character: str) -> tuple[str, str] | None:
    """The letter and the word for the mark over it, y and hat of ŷ."""
    parts = unicodedata.normalize("NFD", character)
    if len(parts) == 2 and parts[0].isascii() and parts[1] in _MARKS:
        return parts[0], _MARKS[parts[1]]
    return None


@lru_cache(maxsize=4096)
def canonical(word: str) -> str:
    """The name that a word of running text spells, as LaTeX would be read."""
    numbered = _NUMBERED.fullmatch(word)
    stem, digits = (numbered[1], numbered[2] or numbered[3]) if numbered else (word, "")
    first, below, rest = stem.partition("_")
    if len(first) == 1:
        mark = marked(first)
        first = f"{mark[0]}_{mark[1]}" if mark else letter(first)
    return first + below + rest + digits.translate(_LOWERED)


def known(word: str, names: Collection[str]) -> str:
    """The name among those known that a word spells, else its usual one."""
    if word in names:
        return word
    name = canonical(word)
    return name if name in names else _by_usual(frozenset(names)).get(name, name)


@lru_cache(maxsize=16)
def _by_usual(names: frozenset[str]) -> Mapping[str, str]:
    """The names that are spelled otherwise than is usual, by their usual ones."""
    return {usual: name for name in sorted(names) if (usual := canonical(name)) != name}
