"""Words that call a formula a Taylor polynomial: of which function, at which place, of which degree."""

from __future__ import annotations

import re
from dataclasses import dataclass

_ORDERS = {
    "zeroth": 0, "constant": 0, "first": 1, "linear": 1, "second": 2, "quadratic": 2, "third": 3, "cubic": 3,
    "fourth": 4, "fifth": 5, "sixth": 6,
}  # fmt: skip
_BY_WORD = re.compile(rf"\b({'|'.join(_ORDERS)})\b", re.IGNORECASE)
_BY_NUMBER = re.compile(
    r"\b(?:degree|order)\s+\$?\s*(?:n\s*=\s*)?(\d)\b|\b(\d)(?:st|nd|rd|th)\b", re.IGNORECASE
)
_NAMED = re.compile(
    r"(?P<before>(?:[\w$-]+\s+){0,3})\b(?:Taylor|(?P<zero>Maclaurin))(?:'s)?"
    r"\s+(?:polynomial|expansion|approximation)\b"
    r"(?P<rest>[^.;!?]*)\Z"
)
_OF = re.compile(r"\b(?:of|for)\s+\$(?P<of>[^$]{1,40})\$")
_AT = re.compile(
    r"\b(?:at|about|around|near|cent(?:er|re)d\s+(?:at|on))\s+(?:the\s+(?:point|origin)\s+)?"
    r"\$\s*(?:[a-z](?:_0)?\s*=\s*)?(?P<at>[^$=]{1,12})\$"
)


_IS = re.compile(
    r"\b(?:is|reads|equals|becomes|(?:is|be)\s+given\s+by)(?:\s+(?:then|thus|therefore))?\s*:?[\s$]*\Z"
)
# What is said of a polynomial, and is none.
_OF_IT = re.compile(
    r"\b(?:errors?|remainders?|coefficients?|terms?|differences?"
    r"|values?|derivatives?|slopes?|radius|degree\s+of)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Taylor:
    """What the words say: the texts of the function and of the place, and the degree if they tell it."""

    of: str
    at: str
    degree: int | None


def taylor(sentence: str) -> Taylor | None:
    """What the words up to a formula say of it, if they call it a Taylor polynomial."""
    found = _NAMED.search(sentence) if "Taylor" in sentence or "Maclaurin" in sentence else None
    if found is None or _IS.search(sentence) is None or _OF_IT.search(sentence.split(". ")[-1]):
        return None
    rest = found["rest"]
    functions, places = _OF.findall(rest), _AT.findall(rest)
    if found["zero"] and not places:
        places = ["0"]
    degrees = {_ORDERS[each.lower()] for each in _BY_WORD.findall(f"{found['before']} {rest}")}
    degrees |= {int(one or other) for one, other in _BY_NUMBER.findall(f"{found['before']} {rest}")}
    if len(functions) != 1 or len(places) != 1 or len(degrees) > 1:
        return None
    return Taylor(functions[0].partition("=")[0].strip(), places[0].strip(), next(iter(degrees), None))
