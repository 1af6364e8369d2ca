"""Names that look like slips of others: another case, a stray underscore, another script, a typo."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

# Letters of other scripts that no reader tells from the Latin ones.
_TWINS = str.maketrans(
    "АВЕКМНОРСТХЅІЈасеорхуѕіјһԁԛԝΑΒΕΖΗΙΚΜΝΟΡΤΥΧοϲ", "ABEKMHOPCTXSIJaceopxysijhdqwABEZHIKMNOPTYXoc"
)
# An underscore between digits tells names apart: w1_11 and w11_1 are two weights.
_STRAY = re.compile(r"_(?![0-9])|(?<![0-9])_")
# Shorter words are too near to each other: h1 and h2, w_xh and w_hh.
_SHORTEST_WORD = 5


class Lookalikes:
    """Names that are known, ready to be compared with others."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = tuple(names)
        self._drawn: dict[str, str] = {}
        self._folded: dict[str, str] = {}
        self._words: dict[str, str] = {}
        for name in self.names:
            self._drawn.setdefault(drawn(name), name)
            self._folded.setdefault(_folded(name), name)
            for word in _shortened(name):
                self._words.setdefault(word, name)

    def slip(self, name: str) -> str | None:
        """The known name that `name` is probably meant to be."""
        found = self.twin(name)
        if found is None and len(_folded(name)) > 1:
            found = self._folded.get(_folded(name)) or self._typo(name)
        return found if found != name else None

    def twin(self, name: str) -> str | None:
        """The known name that a reader cannot tell from `name`, or tells by an underscore only."""
        found = self._drawn.get(drawn(name))
        return found if found != name else None

    def _typo(self, name: str) -> str | None:
        """The known word that has one letter more or less, or two neighbours swapped."""
        letters = sum(map(str.isalpha, name))
        if letters < _SHORTEST_WORD:
            return None
        for word in (name, *_shortened(name)):
            found = self._words.get(word)
            if found is not None and _is_typo(name, found):
                return found
        return next((word for word in _shortened(name) if word in self.names and word[-1].isalpha()), None)


def drawn(name: str) -> str:
    """What a name looks like on paper: script and underscores apart."""
    if not name.isascii():
        name = unicodedata.normalize("NFKC", name).translate(_TWINS)
    return _STRAY.sub("", name) if "_" in name else name


def _folded(name: str) -> str:
    return drawn(name).casefold()


def _shortened(name: str) -> tuple[str, ...]:
    """The name with one letter left out, each in turn; digits stay, since they tell names apart."""
    if sum(map(str.isalpha, name)) < _SHORTEST_WORD:
        return ()
    return tuple(name[:at] + name[at + 1 :] for at, letter in enumerate(name) if letter.isalpha())


def _is_typo(name: str, known: str) -> bool:
    """Whether a letter is missing, or two neighbours have changed places."""
    if len(known) == len(name) + 1:
        return True
    different = [at for at, (a, b) in enumerate(zip(name, known, strict=False)) if a != b]
    if len(known) != len(name) or len(different) != 2:
        return False
    first, second = different
    swapped = name[first] == known[second] and name[second] == known[first]
    return second == first + 1 and swapped and name[first].isalpha() and name[second].isalpha()
