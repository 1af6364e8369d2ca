"""σ beside a parenthesis in a text in which σ is a quantity too: the sigmoid of something, or a factor."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

OPEN = "it is open whether σ is a factor or the sigmoid here"
_SIGMA = r"(?:\\sigma(?![A-Za-z])|σ)"
_OPENED = r"\s*(?:\\left|\\big|\\bigl)?\s*\("
_CALL = re.compile(rf"{_SIGMA}{_OPENED}")
_PRIMED = re.compile(rf"{_SIGMA}\s*(?:'|\^\s*\{{?\s*\\prime)")
# One quantity, with what stands below and above it: nobody puts it in parentheses to multiply by it.
_OF_ONE = re.compile(
    rf"{_SIGMA}{_OPENED}\s*(?:\\[A-Za-z]+\s*\{{?\s*)?\\?[A-Za-z]+\s*\}}?"
    r"(?:\s*[_^]\s*(?:\{[^{}]*\}|\w))*\s*(?:\\right|\\big|\\bigr)?\s*\)"
)
# What stands below σ makes another quantity of it.
_BARE = re.compile(rf"{_SIGMA}(?!{_OPENED})(?!\s*(?:'|_|\^\s*\{{?\s*\\prime))")
_ALONE = re.compile(rf"[\s$]*{_SIGMA}[\s$.,]*\Z")


@dataclass(frozen=True, slots=True)
class Sigmas:
    """The sections in which σ before a parenthesis is the sigmoid, and those in which that is `open`."""

    sigmoid: frozenset[int] = frozenset()
    open: frozenset[int] = frozenset()

    def left_open(self, section: int, text: str) -> re.Match[str] | None:
        """Where a text has such a σ, if the section does not tell what it is."""
        return _CALL.search(text) if section in self.open else None


NO_SIGMAS = Sigmas()


def sigmas(texts: Iterable[tuple[int, str, bool]]) -> Sigmas:
    """What the sections of a text tell: of each formula its section, and whether words beside it say sigmoid.

    A section that has σ as a quantity means the factor, if neither words nor a derivative σ' tell otherwise.
    """
    called: dict[int, bool] = {}
    told, quantity = set[int](), set[int]()
    for section, text, is_said in texts:
        if is_said or _PRIMED.search(text):
            told.add(section)
        if _CALL.search(text):
            called[section] = called.get(section, False) or _OF_ONE.search(text) is not None
        if _BARE.search(text) and not _ALONE.match(text):
            quantity.add(section)
    sigmoid = {each for each, of_one in called.items() if each in told or (of_one and each not in quantity)}
    rest = called.keys() - sigmoid
    if told or sigmoid:
        sigmoid |= rest - quantity
    return Sigmas(
        frozenset(sigmoid),
        frozenset(each for each in rest - sigmoid if called[each] or each not in quantity),
    )
