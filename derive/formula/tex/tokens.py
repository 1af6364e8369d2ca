"""The words of a formula in LaTeX: commands become the signs, letters and functions they stand for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from derive.errors import FormulaError, nearest, printable
from derive.formula.letters import letter, marked
from derive.formula.spellings import KNOWN, OPERATORS
from derive.formula.tex.commands import (
    COMMANDS,
    ENVIRONMENTS_OF_CELLS,
    ENVIRONMENTS_OF_LINES,
    INTEGRALS,
    NAMED_BY_WORD,
    PROSE,
    SPACES,
    SPELLED,
    UNICODE_SIGNS,
)
from derive.formula.tokens import Context, Token, check_length, check_number, refused

_WORD = re.compile(
    r"""(?:\s|~|\\[,;:!>\ ])*(?:
        (?P<number>(?:[0-9]+(?:(?:\{,\}[0-9]+)+|(?:\.[0-9]+)?)(?:\.[0-9]+)?|\.[0-9]+))
      | (?P<letters>[A-Za-z]+)
      | (?P<command>\\(?:[A-Za-z]+\*?|[{}|\\\[\]()%_]))
      | (?P<sign>:=|[-+*/()\[\]{},=<>'^_&|])
      | (?P<end>\Z)
      | (?P<other>.))""",
    re.VERBOSE | re.DOTALL,
)
_IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:(?:\\_|_)[A-Za-z0-9]+)*\Z")
_OVER_DIFFERENTIAL = (
    r"(?:_(?:\{[^{}]*\}|.))?\s*/\s*(?:\\(?:mathrm|text)\s*\{\s*d\s*\}|(?:\\mathrm\s+)?d)\s*[A-Za-z\\]"
)
_INLINE_DERIVATIVE = re.compile(_OVER_DIFFERENTIAL)
# What stands between a lone d and the sign of the fraction: nothing, a letter, or a command and its argument;
# and behind the order of d^2 f(x)/dx^2 its argument, too.
_OPERAND = r"\s*(?:[A-Za-z]*|\\[A-Za-z]+\s*(?:\{[^{}]*\}|[A-Za-z](?![A-Za-z]))?)"
_RAISED = r"\s*\^\s*(?:[2-4]|\{[2-4]\})"
_DIFFERENTIATED = re.compile(f"(?:{_OPERAND}|{_RAISED}{_OPERAND}(?:\\([A-Za-z, ]*\\))?)" + _OVER_DIFFERENTIAL)
_SCIENTIFIC = re.compile(r"[eE][+-]?[0-9]")
_FENCE = re.compile(r"\\(?P<side>left|right)(?![A-Za-z])(?:\s*(?P<bar>\||\\r?vert(?![A-Za-z]))(?=\s*_))?")
_LINE_END = re.compile(r"\s*\\(?:end\b|\\)")
# What may end an operand, so that a bar after it closes.
_OPERAND_ENDS = frozenset({"number", "letter", "word", ")", "]", "}", "'", "transpose", ")|", ")‖"})
# What authors of documents mean for functions, though TeX sets a product of letters.
_WITHOUT_BACKSLASH = frozenset((*OPERATORS, "ln"))
# Functions that a command of LaTeX stands for, spelled as a word.
_BY_WORD = NAMED_BY_WORD | (frozenset(OPERATORS) - {"max", "min", "det"})
_RAISED_DIGITS = frozenset("⁰¹²³⁴⁵⁶⁷⁸⁹")
_PLAIN_DIGITS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_LOWERED = dict(zip("₀₁₂₃₄₅₆₇₈₉ᵢⱼₖₘₙₗₜ", "0123456789ijkmnlt", strict=True))
_CONTINUATIONS = frozenset({"=", "<", ">", "<=", ">=", "!=", "≈", "→", ":=", "+", "-", "*", "&"})
# A longer run of letters is a word to its author, and a product of letters to LaTeX.
LONGEST_PRODUCT = 3
# How far the end of what is differentiated is looked for.
LONGEST_OPERAND = 1000


def tokens(text: str, context: Context) -> list[Token]:
    """The words of a text in LaTeX; the last is `end`."""
    check_length(text)
    words = _Words(text, context)
    while words.step():
        pass
    return words.found


@lru_cache(maxsize=16)
def _underscored(names: frozenset[str]) -> Mapping[str, Sequence[str]]:
    """Names like y_pred by the letters before the underscore, longest first."""
    found: dict[str, list[str]] = {}
    for name in sorted((each for each in names if "_" in each), key=len, reverse=True):
        found.setdefault(name.partition("_")[0], []).append(name)
    return found


# The sign of a transpose that follows \mathsf.
_TRANSPOSES = re.compile(r"\s*(?:\{\s*T\s*\}|T(?![A-Za-z]))")


class _Words:
    """One pass over a text."""

    __slots__ = ("at", "bars", "cells", "context", "ends", "found", "slash", "stop", "text", "underscored")

    def __init__(self, text: str, context: Context) -> None:
        self.text = text
        self.context = context
        self.found: list[Token] = []
        self.at, self.stop = _undecorated(text)
        self.bars: list[str] = []
        # Where the bars stand that end what \left. begins.
        self.ends: set[int] = set()
        # The environments open round this place that are made of cells.
        self.cells: list[str] = []
        # Where the denominator of dL/dw begins.
        self.slash = -1
        self.underscored = _underscored(frozenset(context.names))

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
            spelled = _grouped(spelled, start) if "{" in spelled else spelled
            if _SCIENTIFIC.match(self.text, self.at):
                reason = "in LaTeX, e is a letter and no power of ten"
                raise FormulaError(
                    reason, self.at, 1, rf"Write {spelled} \cdot 10^{{…}}, or spaces round the sign."
                )
            check_number(spelled, start)
            self.add("number", spelled, start, self.at - start)
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
            self.bar(sign, at, 1)
        elif sign != "&" or self.cells:
            self.add(sign, sign, at, len(sign))

    def bar(self, sign: str, at: int, length: int) -> None:
        """A bar closes after an operand where one of its kind is open, and opens otherwise."""
        if at in self.ends:
            self.add("evaluated)", sign, at, length)
        elif sign == "|" and not self.bars and self._evaluates():
            self.add("evaluated", "|", at, length)
        elif not self.bars and self._separates():
            self.add("mid", "|", at, length)
        elif self.bars and self.bars[-1] == sign and self.found[-1].kind in _OPERAND_ENDS:
            self.bars.pop()
            self.add(f"){sign}", sign, at, length)
        else:
            self.bars.append(sign)
            self.add(f"{sign}(", sign, at, length)

    def _evaluates(self) -> bool:
        """Whether a bar after an operand has a place below it."""
        ended = bool(self.found) and self.found[-1].kind in _OPERAND_ENDS
        return ended and self.context.of_document and self.text[self.at : self.at + 2].startswith(("_", " _"))

    def _separates(self) -> bool:
        """Whether a bar after an operand stands alone in its parentheses, as in p(x | y)."""
        if not self.found or self.found[-1].kind not in _OPERAND_ENDS:
            return False
        depth, at = 0, self.at
        while at < self.stop and depth >= 0:
            character = self.text[at]
            if character == "|" or self.text.startswith(r"\Vert", at):
                return False
            depth += (character in "([") - (character in ")]")
            at += 1
        return depth < 0

    def other(self, character: str, at: int) -> None:
        if character in _RAISED_DIGITS:
            return self.script("^", character.translate(_PLAIN_DIGITS), at)
        if character in _LOWERED:
            return self.script("_", _LOWERED[character], at)
        if character.isidentifier():
            return self.identifier(character, at)
        if character in UNICODE_SIGNS:
            kind, text = UNICODE_SIGNS[character]
            return self.add(kind, text, at, 1)
        if character == "!" and self.context.of_document:
            return self.add("!", "!", at, 1)
        if character in ".;" and _LINE_END.match(self.text, self.at):
            return None
        raise refused(self.text, at, tex=True)

    def identifier(self, character: str, at: int) -> None:
        r"""A letter outside ASCII; in a document as its command, α and \alpha, ŷ and \hat y."""
        mark = marked(character)
        if mark is None or not self.context.of_document:
            name = letter(character) if self.context.of_document else character
            return self.add("letter", name, at, 1)
        self.add("accent", mark[1], at, 0)
        return self.add("letter", mark[0], at, 1)

    def script(self, sign: str, spelled: str, at: int) -> None:
        """x² as x^{2}, x₁ as x_{1}, xᵢ as x_i; neighbours stay together."""
        end = self.at
        while end < self.stop and (more := self.text[end]) in (_RAISED_DIGITS if sign == "^" else _LOWERED):
            spelled += more.translate(_PLAIN_DIGITS) if sign == "^" else _LOWERED[more]
            end += 1
        self.at = end
        self.add(sign, sign, at, 0)
        self.add("{", "{", at, 0)
        for part in re.findall(r"[0-9]+|[a-z]", spelled):
            self.add("number" if part.isdecimal() else "letter", part, at, end - at)
        self.add("}", "}", at, 0)

    def command(self, command: str, at: int) -> None:
        length = len(command)
        if command.endswith("*") and command not in SPELLED:
            command, self.at = command[:-1], self.at - 1
            length -= 1
        if command == r"\left" and self._opens_evaluated():
            self.at += 1
            self.add("evaluated(", r"\left.", at, self.at - at)
        elif command in SPACES:
            following = self.text[self.at : self.at + 1]
            self.at += following == "." and command in (r"\left", r"\right")
        elif command == r"\\":
            self.newline(at)
        elif command == r"\%" and self.found and self.found[-1].kind in _OPERAND_ENDS:
            self.percent(at)
        elif command in (r"\begin", r"\end"):
            self.environment(command, at)
        elif command == r"\mathsf" and (upright := _TRANSPOSES.match(self.text, self.at, self.stop)):
            # ^{\mathsf T} and ^{(k)\mathsf T}: nothing else is a T in these letters.
            self.at = upright.end()
            self.add("transpose", "T", at, self.at - at)
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
        elif command in INTEGRALS:
            raise FormulaError("an integral is not read", at, length)
        else:
            raise _unknown(command, at)

    def _opens_evaluated(self) -> bool:
        r"""Whether a \left. begins here what a \right| with a place below it ends."""
        if self.text[self.at : self.at + 1] != "." or not self.context.of_document:
            return False
        depth = 1
        for match in _FENCE.finditer(self.text, self.at, min(self.stop, self.at + LONGEST_OPERAND)):
            depth += 1 if match["side"] == "left" else -1
            if depth == 0:
                if match["bar"] is not None:
                    self.ends.add(match.start("bar"))
                return match["bar"] is not None
        return False

    def percent(self, at: int) -> None:
        """95\\% as 95 · 10^{-2}, which has as many digits."""
        if len(self.found) > 1 and self.found[-2].kind == "/":
            raise FormulaError("it is open whether this is the denominator's", at, 2, "Write parentheses.")
        for kind, text in (("*", "*"), ("number", "10"), ("^", "^"), ("{", "{"), ("-", "-"), ("number", "2")):
            self.add(kind, text, at, 2)
        self.add("}", "}", at, 2)

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
            if following == "T" and self.found and self._raised():
                return self.add("transpose", following, at, self.at - at)
            differential = following == "d" and self.context.of_document and self._is_differential()
            kind = "ⅆ" if differential else "letter"
            return self.add(kind, following, at, self.at - at)
        word = self.argument(command, at).strip()
        length = self.at - at
        if word == "d" and self.context.of_document and self._is_differential():
            return self.add("ⅆ", "d", at, length)
        reduces = command.startswith(r"\operatorname") or self._opens_call(self.at)
        if word in ("sum", "mean", "prod", "max", "min") and reduces:
            return self.add("reduction", word, at, length)
        if word in _BY_WORD and self.context.of_document and word not in self.context.names:
            return self.add("function", word, at, length)
        if word in ("T", "t") and self.found and self._raised():
            return self.add("transpose", "T", at, length)
        if word in PROSE or not _IDENTIFIER.match(word):
            return self.add("prose", word, at, length)
        return self.add("letter" if len(word) == 1 else "word", word.replace("\\_", "_"), at, length)

    def _is_differential(self) -> bool:
        """Whether the upright d that ends here begins the numerator or the denominator of a derivative."""
        if self.slash >= 0 and self.found and self.found[-1].kind == "/":
            self.slash = -1
            return True
        return self._opens_differential(self.at)

    def _raised(self) -> bool:
        kinds = [token.kind for token in self.found[-2:]]
        return kinds[-1] == "^" or kinds == ["^", "{"]

    def letters(self, run: str, at: int) -> None:
        """A run of letters: a word where the context knows one, else a product of letters."""
        if len(run) > 1 and self._begins_with_transpose(run):
            self.add("letter", "T", at, 1)
            self.at = at + 1
            return None
        # A lone d over another is no quantity, even where the text has one of that name.
        word = None if run == "d" else self._known_word(run, at)
        if word is None and self._opens_derivative(run, at):
            self.add("ⅆ", "d", at, 1)
            self.at = at + 1
            return None
        word = word or self._known_word(run, at)
        if word is not None:
            self.at = at + len(word)
            return self.add("word" if len(word) > 1 else "letter", word, at, len(word))
        if run[0] == "d" and self._known_word(run[1:], at + 1) is not None:
            self.add("letter", "d", at, 1)
            self.at = at + 1
            return None
        if self.context.of_document and run in _WITHOUT_BACKSLASH:
            return self.add(*COMMANDS[f"\\{run}"], at, len(run))
        if len(run) > 1 and self._opens_subscript():
            return self.add("word", run, at, len(run))
        if len(run) > LONGEST_PRODUCT and not set(run) <= set(self.context.names):
            below = bool(self.found) and self.found[-1].kind == "_"
            suggestion = rf"Write _{{{run}}}." if below else rf"Write \mathrm{{{run}}} for a word."
            raise FormulaError(f"{run} is a product of {len(run)} letters in LaTeX", at, len(run), suggestion)
        for offset, each in enumerate(run):
            self.add("letter", each, at + offset, 1)
        return None

    def _begins_with_transpose(self, run: str) -> bool:
        """Whether its T alone is raised, as TeX has it: X^TAX is X^T, A and X."""
        if run[0] != "T" or not self.found or self.found[-1].kind != "^":
            return False
        return "T" not in self.context.names and run not in self.context.names

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
        if run[0] != "d":
            return False
        if self.slash >= 0 and self.found and self.found[-1].kind == "/":
            self.slash = -1
            return True
        if run == "d":
            # The second d of dd/db is what is differentiated.
            return not (self.found and self.found[-1].kind == "ⅆ") and self._opens_differential(at + 1)
        match = _INLINE_DERIVATIVE.match(self.text, at + len(run))
        if match is None:
            return False
        self.slash = match.end()
        return True

    def _opens_differential(self, at: int) -> bool:
        """Whether a lone d, upright perhaps, ends here and begins d\\hat y/dz, d(wx + b)/dw."""
        if self.text[at:].lstrip().startswith("("):
            return self._opens_operand(self.text.index("(", at))
        match = _DIFFERENTIATED.match(self.text, at)
        if match is None:
            return False
        self.slash = match.end()
        return True

    def _opens_operand(self, at: int) -> bool:
        """Whether what is in the parentheses here stands over a differential: d(wx + b)/dw."""
        depth = 0
        for place in range(at, min(self.stop, at + LONGEST_OPERAND)):
            depth += (self.text[place] == "(") - (self.text[place] == ")")
            if depth == 0 and self.text[place] == ")":
                match = _INLINE_DERIVATIVE.match(self.text, place + 1)
                self.slash = match.end() if match else self.slash
                return match is not None
        return False


def _grouped(spelled: str, at: int) -> str:
    """1{,}000 as 1000; elsewhere the comma between braces may as well be a decimal point."""
    head, *groups = spelled.partition(".")[0].split("{,}")
    if len(groups) == 1 and head[0] == "0":
        return f"{head}.{groups[0]}"
    thousands = len(head) <= 3 and all(len(each) == 3 for each in groups)
    if not thousands or (len(groups) == 1 and groups[0] != "000" and "." not in spelled):
        raise FormulaError("it is open whether this comma groups digits or is a point", at, len(spelled))
    return spelled.replace("{,}", "")


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
