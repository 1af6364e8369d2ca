"""The words of a formula in LaTeX: commands become the signs, letters and functions they stand for."""

from __future__ import annotations

import re

from derive.errors import FormulaError, nearest, printable
from derive.formula.spellings import KNOWN
from derive.formula.tex.commands import (
    COMMANDS,
    ENVIRONMENTS_OF_CELLS,
    ENVIRONMENTS_OF_LINES,
    PROSE,
    SPACES,
    SPELLED,
    UNICODE_SIGNS,
)
from derive.formula.tokens import Context, Token, check_length, check_number, refused

_WORD = re.compile(
    r"""(?:\s|~|\\[,;:!>\ ])*(?:
        (?P<number>(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+))
      | (?P<letters>[A-Za-z]+)
      | (?P<command>\\(?:[A-Za-z]+\*?|[{}|\\\[\]()%_]))
      | (?P<sign>:=|[-+*/()\[\]{},=<>'^_&|])
      | (?P<end>\Z)
      | (?P<other>.))""",
    re.VERBOSE | re.DOTALL,
)
_IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:(?:\\_|_)[A-Za-z0-9]+)*\Z")
_INLINE_DERIVATIVE = re.compile(r"(?:_(?:\{[^{}]*\}|.))?\s*/\s*d\s*[A-Za-z\\]")
_SCIENTIFIC = re.compile(r"[eE][+-]?[0-9]")
_LINE_END = re.compile(r"\s*\\(?:end\b|\\)")
# What may end an operand, so that a bar after it closes.
_OPERAND_ENDS = frozenset({"number", "letter", "word", ")", "]", "}", "'", "transpose", ")|", ")‖"})
_CONTINUATIONS = frozenset({"=", "<", ">", "<=", ">=", "!=", "≈", "→", ":=", "+", "-", "*", "&"})
# A longer run of letters is a word to its author, and a product of letters to LaTeX.
LONGEST_PRODUCT = 3


def tokens(text: str, context: Context) -> list[Token]:
    """The words of a text in LaTeX; the last is `end`."""
    check_length(text)
    words = _Words(text, context)
    while words.step():
        pass
    return words.found


class _Words:
    """One pass over a text."""

    __slots__ = ("at", "bars", "cells", "context", "found", "slash", "stop", "text", "underscored")

    def __init__(self, text: str, context: Context) -> None:
        self.text = text
        self.context = context
        self.found: list[Token] = []
        self.at, self.stop = _undecorated(text)
        self.bars: list[str] = []
        # The environments open round this place that are made of cells.
        self.cells: list[str] = []
        # Where the denominator of dL/dw begins.
        self.slash = -1
        # Names like y_pred by the letters before the underscore, longest first.
        self.underscored: dict[str, list[str]] = {}
        for name in sorted(filter(lambda each: "_" in each, context.names), key=len, reverse=True):
            self.underscored.setdefault(name.partition("_")[0], []).append(name)

    def add(self, kind: str, text: str, at: int, length: int) -> None:
        if kind == "prose" and not self.found:
            return
        continues = kind in _CONTINUATIONS and not self.cells
        if continues and self.found and self.found[-1].kind == "newline":
            self.found.pop()
        self.found.append(Token(kind, text, at, length))

    def step(self) -> bool:
        """Read one word; False at the end of the text."""
        word = _WORD.match(self.text, self.at, self.stop)
        assert word is not None  # the last two alternatives match anything
        kind = word.lastgroup or "end"
        start, self.at = word.start(kind), word.end()
        spelled = word[kind]
        if kind == "end":
            while self.found and self.found[-1].kind in ("newline", "&", "prose"):
                self.found.pop()
            self.found.append(Token("end", "", self.at, 0))
            return False
        if kind == "number":
            if _SCIENTIFIC.match(self.text, self.at):
                reason = "in LaTeX, e is a letter and no power of ten"
                raise FormulaError(
                    reason, self.at, 1, rf"Write {spelled} \cdot 10^{{…}}, or spaces round the sign."
                )
            check_number(spelled, start)
            self.add("number", spelled, start, len(spelled))
        elif kind == "letters":
            self.letters(spelled, start)
        elif kind == "command":
            self.command(spelled, start)
        elif kind == "sign":
            self.sign(spelled, start)
        else:
            self.other(spelled, start)
        return True

    def sign(self, sign: str, at: int) -> None:
        if sign in ("|", "‖"):
            return self.bar(sign, at, 1)
        if sign == "&" and not self.cells:
            return None
        return self.add(sign, sign, at, len(sign))

    def bar(self, sign: str, at: int, length: int) -> None:
        """A bar closes after an operand where one of its kind is open, and opens otherwise."""
        if self.bars and self.bars[-1] == sign and self.found[-1].kind in _OPERAND_ENDS:
            self.bars.pop()
            self.add(f"){sign}", sign, at, length)
        else:
            self.bars.append(sign)
            self.add(f"{sign}(", sign, at, length)

    def other(self, character: str, at: int) -> None:
        if character.isidentifier():
            return self.add("letter", character, at, 1)
        if character in UNICODE_SIGNS:
            kind, text = UNICODE_SIGNS[character]
            return self.add(kind, text, at, 1)
        if character in ".;" and _LINE_END.match(self.text, self.at):
            return None
        raise refused(self.text, at, tex=True)

    def command(self, command: str, at: int) -> None:
        length = len(command)
        if command.endswith("*") and command not in SPELLED:
            command, self.at = command[:-1], self.at - 1
            length -= 1
        if command in SPACES:
            following = self.text[self.at : self.at + 1]
            self.at += following == "." and command in (r"\left", r"\right")
        elif command == r"\\":
            self.newline(at)
        elif command in (r"\begin", r"\end"):
            self.environment(command, at)
        elif command in SPELLED:
            self.spelled(command, at)
        elif command in (r"\label", r"\tag"):
            self.argument(command, at)
        elif command in COMMANDS:
            kind, text = COMMANDS[command]
            if kind in ("|", "‖"):
                self.bar(kind, at, length)
            else:
                self.add(kind, text, at, length)
        else:
            raise _unknown(command, at)

    def newline(self, at: int) -> None:
        if self.cells:
            self.add("newline", r"\\", at, 2)
        elif self.found and self.found[-1].kind != "newline":
            self.found.append(Token("newline", r"\\", at, 2))

    def environment(self, command: str, at: int) -> None:
        name = self.argument(command, at)
        length = self.at - at
        if name in ENVIRONMENTS_OF_LINES:
            return
        if name not in ENVIRONMENTS_OF_CELLS:
            raise FormulaError(f"the environment {printable(name)} is not read", at, length)
        if command == r"\begin":
            self.cells.append(name)
            self.add("cells", name, at, length)
        else:
            if not self.cells or self.cells.pop() != name:
                raise FormulaError(rf"this \end{{{name}}} closes nothing", at, length)
            if self.found[-1].kind == "newline":
                self.found.pop()
            self.add("end of cells", name, at, length)

    def argument(self, command: str, at: int) -> str:
        """The raw text between the braces that follow a command."""
        opening = self.text.find("{", self.at, self.stop)
        if opening < 0 or self.text[self.at : opening].strip():
            raise FormulaError(f"{command} needs its argument in braces", at, len(command))
        closing = self.text.find("}", opening, self.stop)
        if closing < 0:
            raise FormulaError("this { is never closed", opening, 1)
        self.at = closing + 1
        return self.text[opening + 1 : closing]

    def spelled(self, command: str, at: int) -> None:
        r"""A word in upright letters, \text{pred}; \mathrm d is the d of a derivative."""
        following = self.text[self.at : self.stop].lstrip()[:1]
        if following != "{" and following.isalpha():
            place = self.text.index(following, self.at)
            self.at = place + 1
            return self.add("letter", following, at, self.at - at)
        word = self.argument(command, at).strip()
        length = self.at - at
        if word in ("sum", "mean", "prod", "max", "min") and command.startswith(r"\operatorname"):
            return self.add("reduction", word, at, length)
        if word in ("T", "t") and self.found and self._raised():
            return self.add("transpose", "T", at, length)
        if word in PROSE or not _IDENTIFIER.match(word):
            return self.add("prose", word, at, length)
        return self.add("letter" if len(word) == 1 else "word", word.replace("\\_", "_"), at, length)

    def _raised(self) -> bool:
        kinds = [token.kind for token in self.found[-2:]]
        return kinds[-1] == "^" or kinds == ["^", "{"]

    def letters(self, run: str, at: int) -> None:
        """A run of letters: a word where the context knows one, else a product of letters."""
        word = self._known_word(run, at)
        if word is not None:
            self.at = at + len(word)
            return self.add("word" if len(word) > 1 else "letter", word, at, len(word))
        if self._opens_derivative(run, at):
            self.add("ⅆ", "d", at, 1)
            self.at = at + 1
            return None
        if run[0] == "d" and self._known_word(run[1:], at + 1) is not None:
            self.add("letter", "d", at, 1)
            self.at = at + 1
            return None
        if len(run) > 1 and self._opens_subscript():
            return self.add("word", run, at, len(run))
        if len(run) > LONGEST_PRODUCT and not set(run) <= set(self.context.names):
            below = bool(self.found) and self.found[-1].kind == "_"
            suggestion = rf"Write _{{{run}}}." if below else rf"Write \mathrm{{{run}}} for a word."
            raise FormulaError(f"{run} is a product of {len(run)} letters in LaTeX", at, len(run), suggestion)
        for offset, letter in enumerate(run):
            self.add("letter", letter, at + offset, 1)
        return None

    def _opens_subscript(self) -> bool:
        return [token.kind for token in self.found[-2:]] == ["_", "{"]

    def _known_word(self, run: str, at: int) -> str | None:
        """The word that the run is, or a longer name of the context that stands here as it is spelled."""
        context = self.context
        for name in self.underscored.get(run, ()):
            if self.text.startswith(name, at):
                return name
        if len(run) < 2:
            return run if run in context.names else None
        if run in context.names or run in context.functions:
            return run
        if run in KNOWN and self._opens_call(at + len(run)):
            return run
        letters_known = set(run) <= set(context.names)
        return run if len(run) > 2 and run.isupper() and not letters_known else None

    def _opens_call(self, at: int) -> bool:
        following = self.text[at : at + 12].replace(r"\left", "").lstrip(" '")
        return following[:1] == "("

    def _opens_derivative(self, run: str, at: int) -> bool:
        """Whether a d begins the numerator or the denominator of dL/dw."""
        if run[0] != "d" or len(run) < 2:
            return False
        if self.slash >= 0 and self.found and self.found[-1].kind == "/":
            self.slash = -1
            return True
        match = _INLINE_DERIVATIVE.match(self.text, at + len(run))
        if match is None:
            return False
        self.slash = match.end()
        return True


def _unknown(command: str, at: int) -> FormulaError:
    near = nearest(command, (*COMMANDS, *SPELLED, r"\begin"))
    suggestion = f"Did you mean {near}?" if near else None
    return FormulaError(f"the command {command} is not read", at, len(command), suggestion)


def _undecorated(text: str) -> tuple[int, int]:
    """Where the formula begins and ends between the dollars or brackets of a displayed formula."""
    start, stop = 0, len(text)
    while True:
        while start < stop and text[start].isspace():
            start += 1
        while stop > start and (text[stop - 1].isspace() or text[stop - 1] in ".,;"):
            stop -= 1
        for opening, closing in (("$", "$"), (r"\[", r"\]"), (r"\(", r"\)")):
            if text.startswith(opening, start, stop) and text.endswith(closing, start + len(opening), stop):
                start, stop = start + len(opening), stop - len(closing)
                break
        else:
            return start, stop
