"""Code on a page: lines folded to the width that there is, each character as it is."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

from derive.render.words import latex_words

# How many characters of typewriter type go into a line, from the largest size to the smallest.
_SIZES = ((88, r"\footnotesize"), (102, r"\scriptsize"))
# Ligatures are broken, and quotes stay straight.
_PLAIN = {
    "-": "-{}", ",": ",{}", "'": r"\textquotesingle{}", "`": r"\textasciigrave{}", " ": "~", "?": "?{}",
    "!": "!{}", "*": r"\textasteriskcentered{}",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Listing:
    """Lines of code in LaTeX, and the command for their size."""

    size: str
    lines: tuple[str, ...]


def listing(text: str) -> Listing:
    """The code for LaTeX, in the largest size in which it fits; longer lines are folded."""
    lines = text.rstrip("\n").expandtabs(4).split("\n")
    longest = max(map(len, lines))
    width, size = next((each for each in _SIZES if longest <= each[0]), _SIZES[-1])
    return Listing(size, tuple(_latex(part) for line in lines for part in _folded(line, width)))


def fence(text: str) -> str:
    """The fence for code in Markdown: longer than any run of backticks in it."""
    runs = [len(run) for run in re.findall(r"`+", text)]
    return "`" * max(3, *(run + 1 for run in runs), 3)


def _folded(line: str, width: int) -> Iterator[str]:
    if len(line) <= width:
        yield line
        return
    indent = line[: len(line) - len(line.lstrip())]
    yield from textwrap.wrap(
        line,
        width,
        initial_indent=indent,
        subsequent_indent=indent + "    ",
        drop_whitespace=True,
        break_on_hyphens=False,
    )


def _latex(line: str) -> str:
    return "".join(_PLAIN.get(character) or latex_words(character) for character in line)
