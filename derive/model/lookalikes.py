"""Names that look like slips of other names: another case, a stray underscore, a letter of another script."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

# Letters of other scripts that no reader tells from the Latin ones.
_TWINS = str.maketrans("АВЕКМНОРСТХасеорхуіјΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEKMHOPCTXaceopxyijABEZHIKMNOPTYX")


def slip_of(name: str, known: Iterable[str]) -> str | None:
    """The known name that `name` is probably meant to be: alike but for case, underscores or script."""
    own = _looks(name)
    if len(own) < 2 and name.isascii():
        return None  # x and X are two quantities everywhere
    return next((other for other in known if other != name and _looks(other) == own), None)


def _looks(name: str) -> str:
    folded = unicodedata.normalize("NFKC", name).translate(_TWINS)
    return folded.casefold().replace("_", "")
