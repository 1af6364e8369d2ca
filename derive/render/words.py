"""Words of any origin as text of a format: nothing in them is a command there."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from types import MappingProxyType

from derive.typesetting.symbols import SYMBOLS, TEXT_LETTERS

_LATEX: Mapping[str, str] = MappingProxyType(
    {
        "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%",
        "_": r"\_", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "<": r"\textless{}",
        ">": r"\textgreater{}", "|": r"\textbar{}", '"': r"\textquotedbl{}", "…": r"\dots{}", "–": "--",
        "—": "---", "“": "``", "”": "''", "‘": "`", "’": "'", "°": r"\textdegree{}", "²": "$^2$", "³": "$^3$",
        "¹": "$^1$", "·": r"$\cdot$", "×": r"$\times$", "−": "$-$", "′": "$'$", "√": r"$\surd$", "½": "1/2",
        "\u00a0": "~",
    }
)  # fmt: skip
_SCRIPTS = {
    **{character: f"$_{digit}$" for digit, character in enumerate("₀₁₂₃₄₅₆₇₈₉")},
    **{character: f"$^{digit}$" for digit, character in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")},
}
# The commands of mathematics by their characters; a Greek letter has one name of several.
_COMMANDS = {
    symbol.text: name
    for name, symbol in SYMBOLS.items()
    if len(symbol.text) == 1 and not symbol.text.isascii()
}
_MARKDOWN = frozenset("\\`*_[]<>#|$~")


def latex_words(text: str) -> str:
    """Words for LaTeX; letters that its fonts lack are spelled another way."""
    return "".join(map(_latex_character, unicodedata.normalize("NFC", text)))


def _latex_character(character: str) -> str:
    if character in _LATEX:
        return _LATEX[character]
    if character.isascii():
        return character if character.isprintable() else " "
    if character in TEXT_LETTERS:
        return character
    if character in _SCRIPTS:
        return _SCRIPTS[character]
    if character in _COMMANDS:
        return f"${_COMMANDS[character]}$"
    plain = "".join(each for each in unicodedata.normalize("NFKD", character) if each.isascii())
    return latex_words(plain) if plain else f"[U+{ord(character):04X}]"


def markdown_words(text: str) -> str:
    """Words for Markdown."""
    return "".join(map(_markdown_character, text))


def _markdown_character(character: str) -> str:
    if character == "&":
        return "&amp;"
    if character in _MARKDOWN:
        return f"\\{character}"
    return character if character.isprintable() else " "
