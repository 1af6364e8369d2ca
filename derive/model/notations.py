"""What may stand in [notation]: mathematics that cannot harm the page it goes on."""

from __future__ import annotations

import re

from derive.errors import printable
from derive.formula.spellings import GREEK, OPERATORS

LONGEST = 80

# Commands that stand alone.
SYMBOLS = frozenset(
    f"\\{word}"
    for word in (
        *GREEK, *OPERATORS, "prime", "star", "ast", "dagger", "circ", "infty", "partial", "nabla", "hbar",
        "imath", "jmath", "Re", "Im", "cdot", "times", "odot", "oplus", "otimes", "pm", "top", "perp",
        "parallel", "ldots", "cdots", "lVert", "rVert", "lvert", "rvert", "ln",
    )
)  # fmt: skip
# Commands with one argument in braces.
MARKS = frozenset(
    f"\\{word}"
    for word in (
        "hat", "widehat", "tilde", "widetilde", "bar", "overline", "underline", "dot", "ddot", "vec", "check",
        "breve", "acute", "grave", "mathrm", "mathbf", "mathit", "mathsf", "mathtt", "mathcal", "mathbb",
        "text", "operatorname", "boldsymbol",
    )
)  # fmt: skip
_SPACES = frozenset((r"\,", r"\;", r"\:", r"\!", r"\ ", r"\quad"))
_WORD = re.compile(
    r"(?P<command>\\(?:[A-Za-z]+|.))|(?P<plain>[A-Za-z0-9'.,;:()\[\]|+\-*/=<>! ])|(?P<other>.)", re.DOTALL
)


class NoNotation(ValueError):
    """LaTeX that is not taken; the message says why."""


def check_notation(text: str) -> None:
    """Refuse, with NoNotation, what is not mathematics of the closed list of commands."""
    if not text.strip():
        raise NoNotation("it is empty")
    if len(text) > LONGEST:
        raise NoNotation(f"it has {len(text)} characters; {LONGEST} are the most")
    words = [(word.lastgroup, word[0]) for word in _WORD.finditer(text)]
    if _group(words, 0, 0) < len(words):
        raise NoNotation("a } closes nothing")


def _group(words: list[tuple[str | None, str]], at: int, depth: int) -> int:
    """Pass what stands between braces; the position of the closing one."""
    scripts = ""
    while at < len(words):
        kind, word = words[at]
        if word == "}":
            return at
        if word in ("^", "_"):
            if word in scripts:
                raise NoNotation(f"a second {word} on one letter: TeX would refuse it")
            scripts += word
            at = _argument(words, at + 1, depth, after=word)
            continue
        if not (kind == "plain" and word in "' "):
            scripts = ""
        at = _atom(words, at, depth)
    return at


def _atom(words: list[tuple[str | None, str]], at: int, depth: int) -> int:
    kind, word = words[at]
    if word == "{":
        return _braces(words, at, depth)
    if word in MARKS:
        return _argument(words, at + 1, depth, after=word)
    if kind == "plain" or word in SYMBOLS or word in _SPACES:
        return at + 1
    if kind == "command":
        raise NoNotation(f"the command {printable(word)} is not among those that it may hold")
    raise NoNotation(f"{printable(word)} may not stand in it")


def _argument(words: list[tuple[str | None, str]], at: int, depth: int, *, after: str) -> int:
    if at >= len(words):
        raise NoNotation(f"nothing follows {after}")
    word, is_script = words[at][1], after in ("^", "_")
    if word in ("}", "^", "_") or (is_script and word in MARKS):
        raise NoNotation(f"{after} needs its argument in braces")
    return _atom(words, at, depth)


def _braces(words: list[tuple[str | None, str]], at: int, depth: int) -> int:
    if depth > 10:
        raise NoNotation("it is nested too deep")
    end = _group(words, at + 1, depth + 1)
    if end >= len(words):
        raise NoNotation("a { is never closed")
    return end + 1
