r"""The delimiters that formats share: `$`, `$$`, `\(`, `\[`, environments; and the search for them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from derive.check.documents.blocks import Closer, Delimiter, Enclosed

# Deep in \text{…} a dollar may open mathematics again; more than this no author nests.
_MOST_NESTED = 8
ENVIRONMENTS = (
    "equation align gather multline eqnarray flalign alignat xalignat xxalignat displaymath math dmath "
    "dgroup IEEEeqnarray equations"
).split()
# These stand inside mathematics; in Markdown they are also met alone.
INNER_ENVIRONMENTS = "aligned alignedat split gathered array cases matrix pmatrix bmatrix vmatrix".split()


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a block that is set apart: offsets of the whole, and of what its delimiters enclose."""

    start: int
    end: int
    inner_start: int
    inner_end: int
    delimiter: Delimiter
    opening: str


@dataclass(frozen=True, slots=True)
class Unclosed:
    """An opening delimiter that nothing closes."""

    start: int
    end: int
    reason: str


def spans(text: str, delimiters: tuple[Delimiter, ...]) -> Iterator[Span | Unclosed]:
    """What delimiters set apart in a text, in order; time is linear in its length."""
    if not delimiters:
        return
    opening, at = _openings(delimiters), 0
    # Where one search has come to the end in vain, no later one can succeed.
    exhausted: set[str] = set()
    while match := opening.search(text, at):
        delimiter, sign, at = delimiters[_number(match)], match[0], match.end()
        if sign in exhausted:
            continue
        enclosed = delimiter.close(text, match.end(), sign)
        if enclosed is None:
            exhausted.add(sign)
            if delimiter.fault:
                yield Unclosed(match.start(), match.end(), delimiter.fault.format(sign))
        elif delimiter.accepts(text, enclosed):
            yield Span(match.start(), enclosed.after, enclosed.start, enclosed.end, delimiter, sign)
            at = enclosed.after


def _number(match: re.Match[str]) -> int:
    assert match.lastgroup is not None
    return int(match.lastgroup[1:])


@lru_cache(maxsize=64)
def _openings(delimiters: tuple[Delimiter, ...]) -> re.Pattern[str]:
    rows = (f"(?P<d{number}>{each.opening})" for number, each in enumerate(delimiters))
    return re.compile("|".join(rows), re.DOTALL)


def until(closing: str) -> Closer:
    """A closer that looks for a sign."""
    found = re.compile(closing)

    def close(text: str, at: int, sign: str) -> Enclosed | None:
        match = found.search(text, at)
        return Enclosed(at, match.start(), match.end()) if match else None

    return close


def nothing_follows(text: str, at: int, sign: str) -> Enclosed | None:
    """The closer of what its opening says in full."""
    return Enclosed(at, at, at)


def always(text: str, enclosed: Enclosed) -> bool:
    """Accepts anything."""
    return True


_TO_DOLLAR = re.compile(r"(?:[^\\$]++|\\.)*+", re.DOTALL)
_TO_DOLLARS = re.compile(r"(?:[^\\$]++|\\.|\$(?!\$))*+", re.DOTALL)
_TEXT_OPEN = re.compile(r"\\(?:text\w*|mbox|hbox|mathrm)\s*\{[^{}]*\Z")


def dollar(text: str, at: int, sign: str) -> Enclosed | None:
    r"""Up to the next dollar that is not inside a `\text{…}`."""
    start, first = at, None
    for _ in range(_MOST_NESTED):
        match = _TO_DOLLAR.match(text, at)
        assert match is not None
        at = match.end()
        if at >= len(text) or text[at] != "$":
            break
        first = at if first is None else first
        if not _TEXT_OPEN.search(text, max(start, at - 200), at):
            return Enclosed(start, at, at + 1)
        at += 1
    return None if first is None else Enclosed(start, first, first + 1)


def dollars(text: str, at: int, sign: str) -> Enclosed | None:
    """Up to the next pair of dollars."""
    match = _TO_DOLLARS.match(text, at)
    assert match is not None
    end = match.end()
    return Enclosed(at, end, end + 2) if text[end : end + 2] == "$$" else None


_ARGUMENTS = re.compile(r"\s*(?:\[[^\[\]\n]*\])?\{[^{}\n]*\}")
_WITH_ARGUMENTS = frozenset("alignat alignedat xalignat xxalignat IEEEeqnarray array".split())


def environment(text: str, at: int, sign: str) -> Enclosed | None:
    r"""Up to the `\end` that belongs to the `\begin`."""
    name = sign[sign.index("{") + 1 : -1]
    start, depth = at, 1
    if name.rstrip("*") in _WITH_ARGUMENTS and (arguments := _ARGUMENTS.match(text, at)):
        start = arguments.end()
    for match in _borders(name).finditer(text, start):
        depth += 1 if match[1] else -1
        if depth == 0:
            return Enclosed(start, match.start(), match.end())
    return None


@lru_cache(maxsize=256)
def _borders(name: str) -> re.Pattern[str]:
    return re.compile(rf"\\(?:(begin)|end)\{{{re.escape(name)}\}}")


def environments(names: list[str]) -> str:
    r"""The openings of environments, `\begin{align}` and the like, as a regular expression."""
    return rf"\\begin\{{(?:{'|'.join(names)})\*?\}}"


# A long row of dollars is a line drawn in a text, and an escape means the next character only.
RULED_LINE = Delimiter(r"\${3,}+", nothing_follows, holds="text", accepts=always)
EMPTY = Delimiter(r"(?:\$\s++\$\s*+)++", nothing_follows, holds="text", accepts=always)
ESCAPE = Delimiter(r"\\.", nothing_follows, holds="text", accepts=always)
DOUBLE_DOLLAR = Delimiter(r"\$\$", dollars, display=True, fault="{} is never closed")
BRACKET = Delimiter(r"\\\[", until(r"\\\]"), display=True, fault=r"{} is never closed")
PARENTHESIS = Delimiter(r"\\\(", until(r"\\\)"), fault=r"{} is never closed")
ENVIRONMENT = Delimiter(environments(ENVIRONMENTS), environment, display=True, fault=r"{} has no \end")
