"""Indices that are reckoned with, x[t + k], stay within their axes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from derive.affine import Multiples, end, multiples, negative, spelled
from derive.errors import ModelError
from derive.formula import ONE, Formula, Indexed, Name, Number, read
from derive.indices import letters_in
from derive.model.groups import Member
from derive.model.model import Size
from derive.model.parsing import Assignment
from derive.model.sizes import Sizes, neighbours, scoped
from derive.notation import plain


class _Place(NamedTuple):
    """An index of an array, how long its axis is, its letters, and the sizes of those that have one."""

    array: Indexed
    reckoned: Formula
    length: Size | None
    letters: tuple[str, ...]
    sizes: Mapping[str, Size]


def check_places(sizes: Sizes, equations: Sequence[Assignment]) -> None:
    """Refuse an index of known letters that leaves its axis, whatever the sizes are; raises ModelError."""
    for position, each in enumerate(equations):
        if not each.is_scalar:
            for place in _places(sizes, position, each):
                _check(sizes, each, place)


def _places(sizes: Sizes, position: int, each: Assignment) -> Iterator[_Place]:
    """The compound indices of an equation with their letters, and the sizes of those that have one."""
    for node, scope in scoped(position, each):
        if isinstance(node, Indexed):
            for axis, index in enumerate(node.indices):
                if not isinstance(index, Name):
                    letters = letters_in(index, scope)
                    found = {letter: size for letter in letters if (size := _size(sizes, scope[letter]))}
                    length = _size(sizes, (node.name, axis))
                    own = sizes.groups.root((node.name, axis))
                    for letter in letters if length is None else ():
                        if sizes.groups.root(scope[letter]) == own:
                            # As many values as the axis has, however many these are.
                            found[letter] = length = letter.upper()
                    yield _Place(node, index, length, letters, found)


def _size(sizes: Sizes, member: Member) -> Size | None:
    known = sizes.groups.name(member) or sizes.groups.number(member)
    return known.size if known else None


def _check(sizes: Sizes, each: Assignment, place: _Place) -> None:
    if any(isinstance(term, Number) and term.value == 0 for term in place.reckoned.children):
        raise each.error(f"{plain(place.array)}: 0 is added to an index", place.array, "Leave it out.")
    known = {letter: read(str(size)) for letter, size in place.sizes.items()}
    unknown = [multiples(place.reckoned)[letter] for letter in place.letters if letter not in known]
    low, high = (end(place.reckoned, known, sign) for sign in (-1, 1))
    for letter in place.letters:
        if letter not in known:
            low[letter] = 0
    if all(times > 0 for times in unknown) and _is_positive_somewhere(negative(low)):
        reason = f"goes down to {spelled(low)}, and {place.array.name} begins at 0"
        raise _error(each, place, reason, _beside(each, place))
    if unknown or place.length is None:
        return
    last = multiples(read(str(place.length)))
    last[""] -= 1
    beyond = Multiples(high)
    beyond.subtract(last)
    if _is_positive_somewhere(beyond):
        array = sizes.of_shape(place.array.name)
        reason = f"goes up to {spelled(high)}, and {array} ends at {spelled(last)}"
        raise _error(each, place, reason, _beside(each, place) or _room(place.reckoned, known, last))


def _beside(each: Assignment, place: _Place) -> str | None:
    """What to write for a difference of neighbours."""
    hints = (neighbours(each, letter, place.array.name) for letter in place.letters)
    return next(filter(None, hints), None)


def _error(each: Assignment, place: _Place, reason: str, hint: str | None = None) -> ModelError:
    if not place.letters:
        reason = f"{place.array.name} has no component {plain(place.reckoned)}: they are counted from 0"
        return each.error(reason, place.array)
    values = " and ".join(f"{letter} takes {size} values" for letter, size in place.sizes.items())
    first = values or f"{' and '.join(place.letters)} counts from 0"
    return each.error(
        f"{plain(place.array)}: {first}, so that {plain(place.reckoned)} {reason}", place.array, hint
    )


def _is_positive_somewhere(sums: Multiples) -> bool:
    """Whether a sum of sizes is above 0 for some of them, and below 0 for none."""
    counts = {name: times for name, times in sums.items() if times}
    if any(not isinstance(name, str) for name in counts):
        return False
    return (
        bool(counts)
        and all(times > 0 for name, times in counts.items() if name)
        and sum(counts.values()) >= 0
    )


def _room(index: Formula, sizes: Mapping[str, Formula], last: Multiples) -> str | None:
    """How many values the first letter may take."""
    first = next(iter(sizes), None)
    if first is None or multiples(index)[first] != 1:
        return None
    room = Multiples(last)
    room.subtract(end(index, {**sizes, first: ONE}, 1))
    room[""] += 1
    return f"{first} can take {spelled(room)} values."
