"""The words of running text, as far as a formula without delimiters may stand in it."""

from __future__ import annotations

import re
from typing import NamedTuple

from derive.check.documents.wording import FUNCTIONS, GREEK, SHORT_WORDS

_LETTER = r"[^\W\d_]"
_MARK = (
    r"(?:_\{[^{}\n]{1,60}\}|\^\{[^{}\n]{1,60}\}|\^\((?:[A-Za-z0-9]|[A-Za-z][+-]\d)\)"
    r"|[\w'′₀-₉ₐ-ₜ⁰-⁹ⁱ⁺⁻ⁿ²³¹ᵀᵢᵣᵤᵥⱼ⊤\u0300-\u036f])"
)
_WORD = re.compile(
    rf"""
    (?P<space>[ \t\u00a0]+)
  | (?P<line>\n[ \t]*)
  | (?P<code>\w{{1,20}}://\S+|www\.\S+|\w{{1,99}}@\w+\.\S+|--+(?:\w[\w-]*)?|={{2,}}|!=|[-+*/]=|//+|=>|->|\+\+
        |{_LETTER}\w*(?:\.{_LETTER}\w*)+|"[^"\n]{{0,200}}"|`[^`\n]{{0,200}}`)
  | (?P<number>(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?)
  | (?P<relation>:=|≔|<-|←|=|≈|≅|≃|∝|≡|<=|>=|≤|≥|<|>|≠)
  | (?P<word>(?:\\[A-Za-z]+(?:\{{[^{{}}\n]{{0,60}}\}}){{0,2}}|[∂∇∑∏√∫ⅆ]|{_LETTER}){_MARK}*)
  | (?P<operator>\*\*|\.[*/^](?!\.)|[-+−*/·×⋅∗∙⊙∘@^±÷]|\\[,;:!])
  | (?P<open>[(\[])
  | (?P<close>[)\]])
  | (?P<bar>\|\|?|‖)
  | (?P<comma>,)
  | (?P<post>[!'′²³⁰-⁹ᵀ⊤]+)
  | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_PLAIN = re.compile(r"[A-Za-z]{3,}\Z")


class Token(NamedTuple):
    """A word of a sentence, with its place."""

    kind: str
    text: str
    start: int
    end: int

    @property
    def is_symbol(self) -> bool:
        """Whether it is a quantity by its shape: a letter or two, a digit, a subscript, a Greek letter."""
        if self.kind != "word":
            return False
        if len(self.text) == 2 and self.text.lower() in SHORT_WORDS:
            return False
        return self.text in FUNCTIONS or self.text.lower() in GREEK or not _PLAIN.match(self.text)


def tokens(text: str) -> list[Token]:
    """The words of a text; the last is `end`."""
    found = [
        Token(match.lastgroup or "other", match[0], match.start(), match.end())
        for match in _WORD.finditer(text)
    ]
    found.append(Token("end", "", len(text), len(text)))
    return found
