r"""A document's own commands, `\newcommand` and its kin, and their expansion with bounds."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from derive.check.documents.builtin import BUILT_IN, OF_UNITS
from derive.errors import FormulaError

MOST_MACROS = 2_000
LONGEST_BODY = 4_000
# A document with more definitions that never end is not searched for more.
_MOST_BROKEN = 50
MOST_EXPANSIONS = 10_000
LONGEST_EXPANSION = 20_000

_WHAT = r"\\(?P<{0}>[A-Za-z@]+|[^A-Za-z@\s])"


def _named(row: str) -> str:
    """A name with or without braces."""
    return rf"(?:\{{\s*{_WHAT.format(row + '_braced')}\s*\}}|{_WHAT.format(row + '_bare')})\s*"


_DEFINITION = re.compile(
    rf"""\\(?:
        (?P<new>(?:re|provide)?newcommand|providecommand|DeclareRobustCommand)\*?\s*{_named("new")}
            (?:\[(?P<count>[0-9])\]\s*)?(?:\[(?P<default>[^\[\]]{{0,200}})\]\s*)?(?=\{{)
      | (?P<xparse>(?:New|Renew|Provide|Declare)(?:Expandable)?DocumentCommand)\s*{_named("xparse")}
            \{{(?P<spec>[mo\s]*(?:O\s*\{{[^{{}}]{{0,200}}\}})?[m\s]*)\}}\s*(?=\{{)
      | (?P<def>[gex]?def)\s*{_WHAT.format("def_bare")}\s*(?P<marks>(?:\#[1-9])*)\s*(?=\{{)
      | (?P<operator>DeclareMathOperator)(?P<star>\*?)\s*{_named("operator")}(?=\{{)
      | (?P<paired>DeclarePairedDelimiter)\s*{_named("paired")}(?=\{{)
      | (?P<let>let)\s*{_WHAT.format("let_bare")}\s*=?\s*(?P<other>\\[A-Za-z@]+)
    )""",
    re.VERBOSE,
)
# An argument in brackets of xparse; only the first of a command's arguments may be one.
_DEFAULT = re.compile(r"O\s*\{([^{}]*)\}|o")
_NAMES = [each for each in _DEFINITION.groupindex if each.endswith(("_braced", "_bare"))]
_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
_WORD = re.compile(r"\\[A-Za-z@]+|\\.|#[1-9]|.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Macro:
    """A command of the author's: `#1` … `#9` in its body are its arguments; `default` is the first's."""

    name: str
    body: str
    parameters: int = 0
    default: str | None = None


@dataclass(frozen=True, slots=True)
class Expansion:
    """A formula with its macros written out; `at` leads a place in it back to the formula as written."""

    text: str
    starts: tuple[int, ...]
    origins: tuple[tuple[int, bool], ...]

    def at(self, offset: int) -> int:
        """Where the character at an offset was written; the command, for what a macro wrote."""
        number = bisect_right(self.starts, offset) - 1
        if number < 0:
            return offset
        origin, literal = self.origins[number]
        return origin + offset - self.starts[number] if literal else origin


_BUILT_IN = {name: Macro(name, body, count) for name, (count, body) in BUILT_IN.items()}
_ANY_BUILT_IN = re.compile(rf"\\(?:{'|'.join(sorted(BUILT_IN, key=len, reverse=True))})(?![A-Za-z])")
# What can stand in no group: \alert{a = b} is read as a = b.
_PARTING = frozenset(("=", "<", ">", "&", "\\\\", "≈", r"\approx", r"\le", r"\leq", r"\ge", r"\geq", ":"))


def definitions(text: str) -> Iterator[tuple[Macro, int, int]]:
    """The macros that a text defines, each with where its definition starts and ends."""
    at = broken = 0
    while broken < _MOST_BROKEN and (match := _DEFINITION.search(text, at)):
        read = _macro(text, match)
        if read is None:
            at, broken = match.end(), broken + 1
        else:
            macro, at = read
            yield macro, match.start(), at


def _macro(text: str, match: re.Match[str]) -> tuple[Macro, int] | None:
    """The macro that a definition makes, and where the definition ends."""
    name = next(match[each] for each in _NAMES if match[each])
    end = match.end() if match["let"] else group(text, match.end())
    if end is None:
        return None
    body = match["other"] or text[match.end() + 1 : end - 1]
    if match["new"]:
        return Macro(name, body, int(match["count"] or 0), match["default"]), end
    if match["xparse"]:
        return _documented(name, body, match["spec"]), end
    if match["def"]:
        return Macro(name, body, len(match["marks"]) // 2), end
    if match["operator"]:
        return Macro(name, rf"\operatorname{match['star']}{{{body}}}"), end
    if match["let"]:
        return Macro(name, body), end
    closing = group(text, end)
    if closing is None:
        return None
    return Macro(name, f"{body} #1 {text[end + 1 : closing - 1]}", 1), closing


def _documented(name: str, body: str, specification: str) -> Macro:
    """A macro by the specification of its arguments: m for one in braces, o and O{…} for one in brackets."""
    default = _DEFAULT.search(specification)
    letters = _DEFAULT.sub("o", specification)
    return Macro(name, body, letters.count("m") + letters.count("o"), default[1] or "" if default else None)


def group(text: str, at: int, longest: int = LONGEST_BODY) -> int | None:
    """Where the group in braces that opens at an offset ends, unless that is too far away."""
    if text[at : at + 1] != "{":
        return None
    depth = 0
    for match in _BRACE.finditer(text, at, at + longest):
        depth += (match[0] == "{") - (match[0] == "}")
        if depth == 0:
            return match.end()
    return None


def expanded(text: str, macros: Mapping[str, Macro]) -> Expansion:
    """The text with its macros written out, within bounds."""
    own = any(f"\\{name}" in text for name in macros) or "\\newcommand" in text or "\\def" in text
    if not own and not _ANY_BUILT_IN.search(text):
        return Expansion(text, (0,), ((0, True),))
    return _Writer(text, {**_BUILT_IN, **macros}).written()


Word = tuple[str, int, bool]  # a word, where it was written, and whether it was written there


class _Writer:
    """Words of a text waiting to be written, the next one last: expansions are put back in front."""

    def __init__(self, text: str, macros: Mapping[str, Macro]) -> None:
        ranges = [(start, end) for _, start, end in definitions(text)]
        kept = (match for match in _WORD.finditer(text) if not _within(match.start(), ranges))
        self.waiting: list[Word] = [(match[0], match.start(), True) for match in kept]
        self.waiting.reverse()
        self.macros = macros
        self.braced = False
        self.written_out = self.pushed = 0

    def written(self) -> Expansion:
        parts: list[str] = []
        starts: list[int] = []
        origins: list[tuple[int, bool]] = []
        length, after_command = 0, False
        while self.waiting:
            word, origin, literal = self.waiting.pop()
            macro = self.macros.get(word[1:]) if word[0] == "\\" else None
            if macro is not None:
                self._expand(macro, origin, len(word))
                continue
            if after_command and word[0].isalpha():
                parts.append(" ")
                starts.append(length)
                origins.append((origin, False))
                length += 1
            parts.append(word)
            starts.append(length)
            origins.append((origin, literal))
            length += len(word)
            after_command = word[0] == "\\" and word[-1].isalpha()
        return Expansion("".join(parts), tuple(starts), tuple(origins))

    def _expand(self, macro: Macro, origin: int, length: int) -> None:
        built_in = _BUILT_IN.get(macro.name) is macro
        if built_in:
            self._skip_overlay()
        arguments = self._arguments(macro, origin, length)
        if macro.name in OF_UNITS and built_in:
            letters = "".join(each for word, _, _ in arguments[1] for each in word if each.isalnum())
            arguments[1] = [(letters, origin, False)]
        body: list[Word] = []
        for match in _WORD.finditer(macro.body):
            if match[0][0] == "#" and len(match[0]) == 2:
                number = int(match[0][1])
                body.extend(arguments[number - 1] if number <= len(arguments) else ())
            else:
                body.append((match[0], origin, False))
            if len(body) > LONGEST_EXPANSION:
                break
        if built_in and body and body[0][0] == "{" and any(word in _PARTING for word, _, _ in body):
            body = body[1:-1]
        self.written_out += 1
        self.pushed += len(body)
        if self.written_out > MOST_EXPANSIONS or self.pushed > LONGEST_EXPANSION:
            raise FormulaError(f"the macro \\{macro.name} expands without end", origin, length)
        self.waiting.extend(reversed(body))

    def _arguments(self, macro: Macro, origin: int, length: int) -> list[list[Word]]:
        found: list[list[Word]] = []
        for number in range(macro.parameters):
            if number == 0 and macro.default is not None:
                optional = self._optional()
                default = [(match[0], origin, False) for match in _WORD.finditer(macro.default)]
                found.append(default if optional is None else optional)
                continue
            argument = self._argument()
            if argument is None or (_BUILT_IN.get(macro.name) is macro and not self.braced):
                raise FormulaError(f"the macro \\{macro.name} lacks an argument", origin, length)
            found.append(argument)
        return found

    def _argument(self) -> list[Word] | None:
        self._skip_spaces()
        if not self.waiting or self.waiting[-1][0] == "}":
            return None
        first = self.waiting.pop()
        self.braced = first[0] == "{"
        if not self.braced:
            return [first]
        argument: list[Word] = []
        depth = 1
        while self.waiting:
            word = self.waiting.pop()
            depth += (word[0] == "{") - (word[0] == "}")
            if depth == 0:
                return argument
            argument.append(word)
        return None

    def _optional(self) -> list[Word] | None:
        self._skip_spaces()
        if not self.waiting or self.waiting[-1][0] != "[":
            return None
        self.waiting.pop()
        argument: list[Word] = []
        while self.waiting:
            word = self.waiting.pop()
            if word[0] == "]":
                return argument
            argument.append(word)
        return argument

    def _skip_overlay(self) -> None:
        """Pass the slides that a command of Beamer is for: \\only<2->."""
        if self.waiting and self.waiting[-1][0] == "<":
            ends = (at for at, word in enumerate(reversed(self.waiting[-20:]), 1) if word[0] == ">")
            del self.waiting[len(self.waiting) - next(ends, 0) :]

    def _skip_spaces(self) -> None:
        while self.waiting and self.waiting[-1][0].isspace():
            self.waiting.pop()


def _within(at: int, ranges: list[tuple[int, int]]) -> bool:
    return any(start <= at < end for start, end in ranges)
