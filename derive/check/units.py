"""Units behind numbers: where their prefixes differ, a number in one is another one in the other."""

from __future__ import annotations

import re
from collections.abc import Collection

# A unit with its prefix, km and kΩ; minutes and hours beside seconds differ as these do.
_PREFIXED = re.compile(
    r"(?<![A-Za-zΩµμ])(?P<sign>"
    r"(?:[kMGTmcdnpµμ]|\\mu\s*)(?:m|s|g|A|V|W|J|N|Pa|Hz|L|l|mol|eV|F|C|T|H|S|Ω|\\Omega|ohm|bar|cal|Wh|t)"
    r"|[gtlL]|eV|bar|cal|min|minutes?|h|hours?|days?|weeks?|months?|years?)(?![A-Za-zΩ])"
)
# What stands behind a formula, before the next word: cm², km/h, k\Omega.
_BEHIND = re.compile(r"[\s~]*(?P<unit>[A-Za-zΩµμ%\\][A-Za-zΩµμ%²³⁻¹^/·*\d{}\\-]{0,24})")
_IN_FORMULA = re.compile(
    r"[\d}](?:\s|~|\\[,;:! ])*\\(?:text|textrm|mathrm|mathsf|unit|si)\s*\{(?P<unit>[^{}]{1,24})\}[\s.,;]*\Z"
    r"|\d(?:\s|~|\\[,;: ])+(?P<plain>[A-Za-zΩµμ%][A-Za-zΩµμ²³^/·*\d]{0,12})[\s.,;]*\Z"
)
# Kilograms are the unit of mass itself.
_UNPREFIXED = frozenset({"kg", "mol"})


def unit_of(text: str, after: str) -> str:
    """The unit of the number at the end of a formula, in it or behind it; empty if none is seen."""
    inside = _IN_FORMULA.search(text)
    if inside is not None:
        return inside["unit"] or inside["plain"]
    behind = _BEHIND.match(after)
    return behind["unit"] if behind is not None and text.rstrip()[-1:].isdigit() else ""


def prefixed(unit: str) -> frozenset[str]:
    """The parts of a unit that have a prefix, or that are no unit of the international system."""
    return frozenset(each["sign"] for each in _PREFIXED.finditer(unit)) - _UNPREFIXED


def need_conversion(own: str, others: Collection[str]) -> bool:
    """Whether a number in one unit, worked out from numbers in others, is another one than these give."""
    if not own:
        return False
    spoken = frozenset(part for each in others for part in prefixed(each))
    return any(others) and prefixed(own) != spoken
