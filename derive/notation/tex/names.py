"""Names of quantities and functions in LaTeX: w12 is w_{12}, y_hat is \\hat{y}, lambda is λ."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from derive.formula.spellings import ACCENTS, GREEK, OPERATORS, WORDS

_MARKS = {
    "\u0300": r"\grave", "\u0301": r"\acute", "\u0302": r"\hat", "\u0303": r"\tilde", "\u0304": r"\bar",
    "\u0305": r"\bar", "\u0306": r"\breve", "\u0307": r"\dot", "\u0308": r"\ddot", "\u030a": r"\mathring",
    "\u030c": r"\check", "\u20d7": r"\vec",
}  # fmt: skip
_UNICODE_GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "varepsilon", "ϵ": "epsilon", "ζ": "zeta",
    "η": "eta", "θ": "theta", "ϑ": "vartheta", "ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu",
    "ξ": "xi", "π": "pi", "ϖ": "varpi", "ρ": "rho", "ϱ": "varrho", "σ": "sigma", "ς": "varsigma", "τ": "tau",
    "υ": "upsilon", "φ": "varphi", "ϕ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega", "ℓ": "ell",
    "Γ": "Gamma", "Δ": "Delta", "Θ": "Theta", "Λ": "Lambda", "Ξ": "Xi", "Π": "Pi", "Σ": "Sigma",
    "Υ": "Upsilon", "Φ": "Phi", "Ψ": "Psi", "Ω": "Omega",
}  # fmt: skip
_LOWERED = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_SPECIALS = {
    "\\": r"\backslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%", "_": r"\_",
    "^": r"\hat{}", "~": r"\sim{}",
}  # fmt: skip
# Letters beyond accents that the T1 fonts of TeX hold.
_TEXT_LETTERS = frozenset("ÆæÇçÐðØøÞþßŁłĐđŊŋŒœıĄąĘęĮįŲųŞşŢţ")
# What may stand above a name; brackets have a spelling of their own there.
_RAISED = re.compile(r"[A-Za-z0-9+\-*,()⟦⟧⟨⟩ ]+\Z")
_PART = re.compile(r"([^\W\d_]+[\u0300-\u036f\u20d7]*)?([0-9]*)\Z")

FUNCTIONS: Mapping[str, str] = MappingProxyType(
    {
        **{name: f"\\{name}" for name in OPERATORS},
        **{name: rf"\operatorname{{{word}}}" for name, word in WORDS.items()},
        "ln": r"\ln",
        "sigmoid": r"\sigma",
    }
)


@lru_cache(maxsize=4096)
def name_latex(name: str) -> str:
    """The LaTeX of a quantity's name; whatever the name holds, it is letters to TeX and no commands."""
    name = name.translate(_LOWERED)
    below, sign, above = name.partition("^")
    if sign:
        raised = bool(below) and _RAISED.match(above) is not None
        return f"{name_latex(below)}^{_above(above)}" if raised else upright(name)
    first, *rest = name.split("_")
    word, digits = _split(first)
    if word is None or not all(rest):
        return upright(name)
    letter = _letter(word)
    if letter is None:
        return upright(word) + _below([digits] if digits else []) if not rest else upright(name)
    subscripts = [digits] if digits else []
    for place, part in enumerate(rest):
        accent, number = _split(part)
        if accent is not None and accent in ACCENTS and place == 0:
            letter = f"{ACCENTS[accent]}{{{letter}{_below(subscripts)}}}"
            subscripts = [number] if number else []
        else:
            subscripts.append(_subscript(part))
    return letter + _below(subscripts)


def split_subscript(spelled: str) -> tuple[str, str]:
    """A name's LaTeX without the subscript it ends with, and that subscript."""
    depth, at = 0, -1
    for place, character in enumerate(spelled):
        depth += (character == "{") - (character == "}")
        if character == "_" and depth == 0 and spelled[place - 1 : place] != "\\":
            at = place
    if at < 0:
        return spelled, ""
    own = spelled[at + 1 :]
    return spelled[:at], own[1:-1] if own.startswith("{") else own


def _above(text: str) -> str:
    """What stands above a name: W^{[2]}, w^*, w^{\\mathrm{new}}."""
    text = text.replace("⟦", "[").replace("⟧", "]").replace("⟨", r"\langle ").replace("⟩", r" \rangle")
    word = text.isalpha() and len(text) > 1
    return text if len(text) == 1 else f"{{{upright(text) if word else text}}}"


@lru_cache(maxsize=1024)
def function_latex(name: str) -> str:
    """The LaTeX of a function's name."""
    if name in FUNCTIONS:
        return FUNCTIONS[name]
    spelled = name_latex(name)
    return rf"\operatorname{{{escaped(name)}}}" if spelled.startswith(r"\mathrm{") else spelled


def upright(word: str) -> str:
    """A word in upright letters."""
    return rf"\mathrm{{{escaped(word)}}}"


def escaped(word: str) -> str:
    """Text that TeX sets as it is, in mathematics."""
    return "".join(_character(each) for each in word)


def _character(character: str) -> str:
    if character in _SPECIALS:
        return _SPECIALS[character]
    if character.isascii():
        return character if character.isprintable() else ""
    letter = _letter(character)
    if letter is not None:
        return f"{{{letter}}}"
    return rf"\text{{{character}}}" if character in _TEXT_LETTERS else _spelled_out(character)


def _spelled_out(character: str) -> str:
    """The name of a letter that TeX's text fonts lack, Cyrillic ж as zhe; else its number."""
    described = unicodedata.name(character, "")
    if " LETTER " not in described:
        return f"U{ord(character):04X}"
    word = described.rsplit(" ", 1)[1].lower().replace("-", "")
    return word.capitalize() if character.isupper() else word


def _split(part: str) -> tuple[str | None, str]:
    """The letters and the digits after them; None where the part has another shape."""
    match = _PART.match(part)
    return (match[1], match[2]) if match else (None, "")


def _letter(word: str) -> str | None:
    """The LaTeX of a word that is one letter to a reader: x, λ, ŷ, lambda."""
    if word in GREEK:
        return f"\\{word}"
    characters = unicodedata.normalize("NFD", word)
    base, marks = characters[0], characters[1:]
    if base in _UNICODE_GREEK:
        base = f"\\{_UNICODE_GREEK[base]}"
    elif not (base.isascii() and base.isalpha()):
        return None
    for mark in marks:
        if mark not in _MARKS:
            return None
        base = f"{_MARKS[mark]}{{{base}}}"
    return base


def _subscript(part: str) -> str:
    word, digits = _split(part)
    if word is None:
        return part if part.isdecimal() and part.isascii() else upright(part)
    letter = _letter(word) or upright(word)
    return letter + _below([digits] if digits else [])


def _below(subscripts: list[str]) -> str:
    if not subscripts:
        return ""
    text = ",".join(subscripts)
    return f"_{text}" if len(text) == 1 or (text[1:].isalpha() and text[0] == "\\") else f"_{{{text}}}"
