"""The finite sets that a text says quantities are from: labels y ∈ {-1, 1}, y = ±1."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from derive.agreement import Domain
from derive.check.assertions import Assertion
from derive.check.passages import Passage
from derive.formula import Derivative, Indexed, Name, walk

_NAME = r"(?<![A-Za-z\\_^{])\\?(?P<name>[A-Za-z]+)"
_MEMBER = re.compile(
    _NAME + r"\s*(?:\\in\b|∈)\s*\\?\{(?P<values>\s*[-+−]?\d{1,3}(?:\s*,\s*[-+−]?\d{1,3})+\s*)\\?\}"
)
_EITHER_SIGN = re.compile(_NAME + r"\s*=\s*(?:\\pm|±)\s*(?P<value>\d{1,3})(?![\d.])")
_MOST = 5


def sets(said: Iterable[tuple[Passage, Sequence[Assertion]]]) -> Mapping[str, Domain]:
    """The set of each name; none for one that has several, or that a derivative is taken by."""
    found: dict[str, set[tuple[int, ...]]] = {}
    by: set[str] = set()
    for passage, assertions in said:
        for name, values in _stated(passage.text):
            found.setdefault(name, set()).add(values)
        nodes = (node for each in assertions for side in each.sides for node in walk(side.formula))
        slopes = (node.wrt for node in nodes if isinstance(node, Derivative))
        by.update(each.name for each in slopes if isinstance(each, Name | Indexed))
    return {
        name: Domain(_told(next(iter(values))), values=next(iter(values)))
        for name, values in found.items()
        if len(values) == 1 and name not in by
    }


def _stated(text: str) -> Iterator[tuple[str, tuple[int, ...]]]:
    for match in _MEMBER.finditer(text):
        values = {int(each.replace("−", "-")) for each in match["values"].split(",")}
        if len(values) <= _MOST:
            yield match["name"], tuple(sorted(values))
    for match in _EITHER_SIGN.finditer(text):
        yield match["name"], (-int(match["value"]), int(match["value"]))


def _told(values: Sequence[int]) -> str:
    return f"∈ {{{', '.join(map(str, values))}}}".replace("-", "−")
