"""Which letters a document raises as indices, a^l and x^{(n)}, and not as exponents."""

from __future__ import annotations

import re
from collections.abc import Iterable

_LAYERS = "lL"
_BARE = re.compile(
    r"(?P<name>\\?[A-Za-z]+)(?P<below>_(?:\{[^{}]*\}|[A-Za-z0-9]))?\s*\^\s*"
    r"(?:(?P<letter>[lL])(?![A-Za-z])|\{\s*(?P<braced>[lL])\s*(?P<step>[+-]\s*[0-9])?\s*(?:T|\\top)?\s*\})"
    r"(?P<after>_)?"
)
_BRACKETED = re.compile(r"\^\s*\{?\s*(?:\(\s*([a-zA-Z])\s*\)|\[\s*([a-zA-Z])\s*\])")


def raised_letters(texts: Iterable[str]) -> frozenset[str]:
    """The letters: `l` bare, `(n)` and `[n]` in brackets.

    A layer's letter stands above two names at least, or above one that has an index below too, or a step.
    """
    names: set[str] = set()
    found: set[str] = set()
    for text in texts:
        found.update(f"({one})" if one else f"[{other}]" for one, other in _BRACKETED.findall(text))
        for match in _BARE.finditer(text):
            names.add(match["name"])
            if match["step"] or match["below"] or match["after"]:
                found.update(_LAYERS)
    return frozenset(found.union(_LAYERS) if len(names) > 1 else found)
