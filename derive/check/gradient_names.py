r"""Texts that call the derivatives of their loss dz and dW: they say so, or go backwards."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from derive.check.bars import NO_BARS, Bars

# What ends one statement of a formula and begins the next.
_PARTS = re.compile(r"\\\\|(?<!\\)[,;]|\\q?quad(?![A-Za-z])|\\(?:implies|Rightarrow)(?![A-Za-z])|\n")
_CALLIGRAPHIC = re.compile(
    r"\\(?:mathcal|mathrm|text|mathbf|boldsymbol|bm)\s*(?:\{\s*([A-Za-z])\s*\}|([A-Za-z]))"
)
# J(w, b) = as J =.
_ARGUMENTS = re.compile(r"([A-Za-z])\s*(?:\\left)?\s*\([^()=]*\)[\s&]*=")
_ENVIRONMENT = re.compile(r"\\(?:begin|end)\s*\{[^{}]*\}")
_ELL = re.compile(r"\\ell(?![A-Za-z])")
_PLACE = r"(?:\s*[_^]\s*(?:\{[^{}]*\}|[A-Za-z0-9]))*"
_QUANTITY = rf"([A-Za-z])({_PLACE})"
_EQUAL = r"\s*&?\s*(?::?=|\\gets(?![A-Za-z]))\s*&?"
_HEAD = re.compile(rf"[\s&]*{_QUANTITY}{_EQUAL}(.*)\Z", re.DOTALL)
_SLOPE = re.compile(rf"[\s&]*d\s?{_QUANTITY}{_EQUAL}(.*)\Z", re.DOTALL)
_FRACTION = re.compile(
    r"\\[dt]?frac\s*\{\s*(?:d|\\partial)\b[^{}]*(?:\{[^{}]*\}[^{}]*)*\}\s*\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}"
)
_D = r"\s*(?:\\partial(?![A-Za-z])|d)\s*"
_ANY = rf"\\[dt]?frac\s*\{{{_D}([A-Za-z])\s*\}}\s*\{{{_D}{_QUANTITY}\s*\}}"
_IS_DERIVATIVE = re.compile(rf"[\s$]*{_ANY}[\s$.]*\Z")
_SAYS_DERIVATIVE = re.compile(rf"\s*{_ANY}")
_ALONE = re.compile(rf"[\s$]*d\s?{_QUANTITY}[\s$.]*\Z")
_COMMAND = re.compile(r"\\[A-Za-z]+")
_READ = re.compile(rf"(?:(?<![A-Za-z])(d)\s?)?{_QUANTITY}")
_RAISED = re.compile(r"T|\\top|\\intercal|'|\\prime|[0-9]")
_OF_SAMPLES = re.compile(r"\\[dt]?frac\s*\{?\s*1\s*\}?\s*\{?\s*2?[mNnB]\b|1\s*/\s*\(?2?[mNnB]\b")
_MEAN = re.compile(rf"{_OF_SAMPLES.pattern}|/\s*[mNnB]\b|\\sum|\\operatorname|np\.")
LOSSES = ("L", "J", "C", "E", "ell", "l")
_FEWEST = 2


@dataclass(frozen=True, slots=True)
class GradientNames:
    """The letters after d, and the losses that a text may mean; whether it takes `means` of samples.

    `bars` are the names with a bar above that it means so.
    """

    letters: frozenset[str] = frozenset()
    losses: tuple[str, ...] = ()
    means: bool = False
    bars: Bars = NO_BARS

    def is_one(self, name: str) -> bool:
        """Whether a name is d before one of these, or has such a bar."""
        return (len(name) > 1 and name[0] == "d" and name[1] in self.letters) or self.has_bar(name)

    def has_bar(self, name: str) -> bool:
        """Whether a name has a bar that says that it is a derivative."""
        return self.bars.base(name) is not None

    @property
    def are_any(self) -> bool:
        """Whether a text has such names at all."""
        return bool(self.letters or self.bars.losses)


NO_GRADIENTS = GradientNames()


def gradient_names(texts: Iterable[str]) -> GradientNames:
    """Those of a document, from the texts of its formulas.

    In dz = 2x dx, z depends on x: these are differentials. In dw = x dz it is z that depends on w.
    """
    known = [_plain(text) for text in texts]
    if not any(re.search(r"(?<![A-Za-z])d\s?[A-Za-z]", each) for each in known):
        return NO_GRADIENTS
    said = list(_said(known))
    depends: dict[str, set[str]] = {}
    slopes: list[tuple[str, str, list[str]]] = []
    means = False
    for part in (part for text in known for part in _PARTS.split(text)):
        if (slope := _SLOPE.match(part)) is not None:
            body = slope[3]
            slopes.append((slope[1], slope[1] + _place(slope[2]), [b for d, b in _read(body) if d]))
            means = means or _MEAN.search(body) is not None or slopes[-1][1] in slopes[-1][2]
        elif (head := _HEAD.match(part)) is not None:
            means = means or (head[1] in LOSSES and _OF_SAMPLES.search(head[3]) is not None)
            depends.setdefault(head[1] + _place(head[2]), set()).update(b for _, b in _read(head[3]))
    if not slopes or not (said or _go_backwards(slopes, depends)):
        return NO_GRADIENTS
    letters = {letter for letter, _, _ in slopes} | {name[0] for _, _, names in slopes for name in names}
    losses = tuple(dict.fromkeys(said)) or _losses([name for _, name, _ in slopes], depends)
    return GradientNames(frozenset(letters), losses, means)


def _plain(text: str) -> str:
    text = _ENVIRONMENT.sub(" ", text)
    text = _CALLIGRAPHIC.sub(lambda match: f" {match[1] or match[2]}", text)
    return _ARGUMENTS.sub(r"\1=", _ELL.sub(" l", text))


def _said(texts: list[str]) -> Iterator[str]:
    r"""The losses of which a text says dz = \frac{\partial L}{\partial z}, or dz beside that fraction."""
    for text in texts:
        for part in _PARTS.split(text):
            slope = _SLOPE.match(part)
            found = _SAYS_DERIVATIVE.match(slope[3]) if slope is not None else None
            if slope is not None and found is not None and slope[1] == found[2]:
                yield found[1]
    for pair in pairwise(texts):
        for one, other in (pair, pair[::-1]):
            alone, found = _ALONE.match(one), _IS_DERIVATIVE.match(other)
            if alone is not None and found is not None and alone[1] == found[2]:
                yield found[1]


def _read(body: str) -> Iterator[tuple[bool, str]]:
    """The quantities in a formula, each with whether a d stands before it."""
    body = _COMMAND.sub(" ", _FRACTION.sub(" ", body))
    for match in _READ.finditer(body):
        yield match[1] is not None, match[2] + _place(match[3])


def _place(text: str) -> str:
    """What stands below and above a quantity and tells it from others; a T above does not."""
    return re.sub(r"[\s{}_^\[\]()]", "", _RAISED.sub("", text) if "^" in text and "[" not in text else text)


def _go_backwards(slopes: list[tuple[str, str, list[str]]], depends: Mapping[str, set[str]]) -> bool:
    """Whether the statements go from what depends on others to these, and none goes the other way."""
    if len({name for _, name, _ in slopes}) < _FEWEST:
        return False
    backwards = 0
    for _, name, names in slopes:
        behind = _behind(name, depends)
        for each in names:
            if each != name and each in behind:
                return False
            backwards += each != name and name in _behind(each, depends)
    return backwards > 0


def _losses(names: Iterable[str], depends: Mapping[str, set[str]]) -> tuple[str, ...]:
    """The losses that depend on all of which derivatives are told."""
    return tuple(each for each in LOSSES if each in depends and _behind(each, depends).issuperset(names))


def _behind(name: str, depends: Mapping[str, set[str]]) -> set[str]:
    waiting, seen = [name], set[str]()
    while waiting:
        for each in depends.get(waiting.pop(), ()):
            if each not in seen:
                seen.add(each)
                waiting.append(each)
    return seen
