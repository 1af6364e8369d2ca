"""Values that a text gives several names at once: (x, y) = (1.5, 0.5) says that x is 1.5 and y is 0.5."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress

from derive.check.facts import is_numeric
from derive.check.pieces import Piece
from derive.check.vocabulary import Vocabulary
from derive.errors import FormulaError
from derive.formula import Formula, Indexed, Name

# What stands between brackets: no others, but for those of x^{(1)}.
_INSIDE = r"((?:[^()=]|\^\{\(\w+\)\})*?)"
_LIST = rf"\s*(?:\\left\s*)?\({_INSIDE}(?:\\right\s*)?\)\s*"
_TUPLES = re.compile(rf"{_LIST}={_LIST}\Z")
_LISTED = re.compile(rf"{_LIST}\Z")
_FEWEST = 2


def components(
    piece: Piece, vocabulary: Vocabulary, form: str
) -> tuple[tuple[tuple[Formula, int, int], tuple[Formula, int, int]], ...]:
    """The names and their numbers, each with its place and length; none where it is no such list."""
    match = _TUPLES.match(piece.text)
    if match is None:
        return ()
    names, numbers = (list(_parts(match[each], match.start(each))) for each in (1, 2))
    if len(names) != len(numbers) or len(names) < _FEWEST:
        return ()
    try:
        left, right = (
            [(vocabulary.read(text, form), piece.at + at, len(text)) for text, at in each]
            for each in (names, numbers)
        )
    except FormulaError:
        return ()
    named = all(isinstance(formula, Name | Indexed) for formula, *_ in left)
    letters = {formula.name for formula, *_ in left if isinstance(formula, Name | Indexed)}
    apart = len(set(map(_first, left))) == len(left) and not letters & vocabulary.indices
    return tuple(zip(left, right, strict=True)) if named and apart and _are_numbers(right) else ()


def named(text: str, vocabulary: Vocabulary, form: str) -> tuple[str, ...]:
    """The names to which a list that is not read may give other values."""
    match = _TUPLES.match(text)
    found: list[str] = []
    for part, _ in _parts(match[1], 0) if match is not None else ():
        with suppress(FormulaError):
            formula = vocabulary.read(part, form)
            found += [formula.name] if isinstance(formula, Name | Indexed) else []
    return tuple(found)


def is_list(text: str) -> bool:
    """Whether it is a point alone: (x, y) = (1, 2), (2, 3) gives no name a value."""
    return _LISTED.match(text) is not None


def _are_numbers(found: list[tuple[Formula, int, int]]) -> bool:
    return all(is_numeric(formula) for formula, *_ in found)


def _first(found: tuple[Formula, int, int]) -> Formula:
    return found[0]


def _parts(text: str, at: int) -> Iterator[tuple[str, int]]:
    """What stands between commas, each with its place."""
    for part in text.split(","):
        inside = part.strip()
        yield inside, at + len(part) - len(part.lstrip())
        at += len(part) + 1
