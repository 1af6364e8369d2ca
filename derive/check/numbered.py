"""Names with numbers below or above for those of quantities at indices: x2 of x_i, W12 and W1_2 of W_{ij}."""

from __future__ import annotations

import re
from collections.abc import Sequence

from derive.expression import MeaningError

# A name with a number, and what stands round the number above: x2, x^(2); with two of them: W12, W1_2.
_ONE = re.compile(r"(?P<stem>.*?)(?P<number>\d+)(?P<close>[)⟧⟩]?)\Z")
_TWO = re.compile(r"(?P<stem>[^\d]*?)(?:(?P<row>\d)(?P<column>\d)|(?P<first>\d+)_(?P<second>\d+))\Z")


def kind_of(name: str) -> str:
    """The name without its numbers: h of h2 and h1_2, x^() of x^(2)."""
    two = _TWO.match(name)
    if two is not None and two["first"]:
        return two["stem"]
    found = _ONE.match(name)
    return name if found is None else found["stem"] + found["close"]


def split(name: str, count: int) -> tuple[str, tuple[int, ...]] | None:
    """The quantity and the numbers of a name, if it may have so many of them."""
    if count == 1:
        found = _ONE.match(name)
        if found is None or len(found["number"]) > 3:
            return None
        return found["stem"] + found["close"], (int(found["number"]),)
    two = _TWO.match(name) if count == 2 else None
    if two is None:
        return None
    numbers = (two["row"], two["column"]) if two["row"] else (two["first"], two["second"])
    return two["stem"], (int(numbers[0]), int(numbers[1]))


def numbered(name: str, numbers: Sequence[int], *, apart: bool) -> str:
    """A quantity at numbers, in the spelling of names; two of them may be set `apart`, W_{1,2}."""
    if name.endswith("^"):
        raise MeaningError("it may be a power")
    if len(numbers) == 2 and name[-1] not in ")⟧⟩":
        if not apart and max(numbers) > 9:
            raise MeaningError("where one index ends is not said")
        return name + ("_" if apart else "").join(map(str, numbers))
    if len(numbers) != 1:
        raise MeaningError("it has several indices")
    if name[-1] in ")⟧⟩":
        return f"{name[:-1]}{numbers[0]}{name[-1]}"
    return f"{name}{numbers[0]}"
