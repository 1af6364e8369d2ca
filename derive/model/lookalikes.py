"""Names that look like slips of other names: another case, a stray underscore, a letter of another script."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping

# Letters of other scripts that no reader tells from the Latin ones.
_TWINS = str.maketrans("АВЕКМНОРСТХасеорхуіјΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEKMHOPCTXaceopxyijABEZHIKMNOPTYX")


def by_looks(names: Iterable[str]) -> dict[str, str]:
    """The names by what they look like."""
    return {_looks(name): name for name in names}


def slip_of(name: str, known: Mapping[str, str]) -> str | None:
    """The known name that `name` is probably meant to be: alike but for case, underscores or script."""
    own = _looks(name)
    if len(own) < 2 and name.isascii():
        return None  # x and X are two quantities everywhere
    other = known.get(own)
    return None if other == name else other


def _looks(name: str) -> str:
    if name.isascii():
        return name.lower().replace("_", "")
    folded = unicodedata.normalize("NFKC", name).translate(_TWINS)
    return folded.casefold().replace("_", "")
