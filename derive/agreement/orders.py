"""Orders of the letters of a sum, few enough to try all, the same whatever the letters are called."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby, islice

from derive.agreement.field import Exhausted, Ratio
from derive.agreement.forms import Forms
from derive.agreement.generators import Affine, Generator

MOST_ORDERS = 24

# The place of each letter, or of all letters that nothing told apart so far.
_Places = Mapping[str, int]


def orders(forms: Forms, names: Sequence[str], body: Ratio) -> tuple[tuple[str, ...], ...]:
    """The orders by axis in which letters stand; those of one axis that nothing tells apart permuted."""
    if len(names) == 1:
        return (tuple(names),)
    places = _placed({name: (0, f"{name.partition('#')[0]}#") for name in names})
    found = tuple(islice(_orders(forms, names, body, places), MOST_ORDERS + 1))
    if len(found) > MOST_ORDERS:
        raise Exhausted
    return found


def _orders(forms: Forms, names: Sequence[str], body: Ratio, places: _Places) -> Iterator[tuple[str, ...]]:
    """Letters are told apart by what is beside them, by what is beside that, and at last by choice."""
    count = 0
    while count < len(set(places.values())) < len(names):
        count = len(set(places.values()))
        places = _placed({name: (places[name], _seen(forms, body, name, places)) for name in names})
    classes = [
        list(each) for _, each in groupby(sorted(names, key=places.__getitem__), key=places.__getitem__)
    ]
    alike = next((each for each in classes if len(each) > 1), None)
    if alike is None:
        yield tuple(name for each in classes for name in each)
        return
    for first in alike:
        chosen = {name: (place, "" if name == first else "later") for name, place in places.items()}
        yield from _orders(forms, names, body, _placed(chosen))


def _placed(signs: Mapping[str, tuple[int, str]]) -> _Places:
    """The places of letters in the order of what tells them apart."""
    order = sorted(set(signs.values()))
    return {name: order.index(sign) for name, sign in signs.items()}


def _seen(forms: Forms, ratio: Ratio, name: str, places: _Places) -> str:
    """Where a letter stands in a ratio, others by their places; of coefficients nothing is told."""
    found = []
    for at, poly in enumerate((ratio.num, ratio.den)):
        for _, powers in forms.field.terms(poly):
            parts = (
                f"{_described(forms, forms.generators[number], name, places)}^{power}"
                for number, power in powers.items()
                if name in forms.generators[number].letters
            )
            found.append(f"{at}{sorted(parts)}")
    return str(sorted(found))


def _described(forms: Forms, each: Generator, name: str, places: _Places) -> str:
    at = [_index(index, name, places) for index in each.indices]
    inside = [_seen(forms, argument, name, places) for argument in each.arguments]
    return f"{each.kind} {each.name} {at} {inside}"


def _index(index: Affine, name: str, places: _Places) -> str:
    spelled = (("*" if each == name else f"{places.get(each, each)}", times) for each, times in index[0])
    return f"{sorted(spelled)} {index[1]}"
