"""The words of a formula in plain form: numbers, names and signs, each with its place."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple

from derive.errors import FormulaError, printable
from derive.formula.foreign import INSTEAD

LONGEST_TEXT = 200_000
MOST_DIGITS = 1000
LARGEST_EXPONENT = 400
LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class Context:
    """What a reader is told about names: see `derive.formula.read`."""

    functions: Collection[str] = ()
    indices: Collection[str] = ()
    names: Collection[str] = ()
    vectors: Collection[str] = ()
    raised: Collection[str] | None = None
    arrays: bool = False
    apart: Collection[str] = ()

    @property
    def of_document(self) -> bool:
        """Whether the text stands in a document, which writes more freely than a model."""
        return self.raised is not None


class Token(NamedTuple):
    """A word of the text; the kind of a sign is the sign as the plain form spells it."""

    kind: str
    text: str
    at: int
    length: int


_WORD = re.compile(
    r"""[ \t\r\n]*(?:
        (?P<name>[A-Za-z_][A-Za-z0-9_]*)
      | (?P<number>(?:[0-9]+(?:\.(?!\.)[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
      | (?P<sign>\*\*|//|<=|>=|==|!=|:=|\.\.|\.T(?![A-Za-z0-9_])|[-+*/@()\[\],=<>'^])
      | (?P<end>\Z)
      | (?P<other>.))""",
    re.VERBOSE | re.DOTALL,
)

# Signs outside ASCII, each with the plain spelling.
_SIGNS = {
    "·": "*", "⋅": "*", "×": "*", "∗": "*", "∙": "*", "⊙": "*", "−": "-", "÷": "/", "∕": "/",
    "≤": "<=", "≥": ">=", "≠": "!=", "≔": ":=", "≈": "≈", "→": "→", "′": "'", "’": "'", "∂": "∂", "ⅆ": "ⅆ",
    "ᵀ": ".T", "⊤": ".T",
}  # fmt: skip
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
_SUPERSCRIPT = re.compile("⁻?[⁰¹²³⁴⁵⁶⁷⁸⁹]+")
# Read as words in the running text of a document only.
_LETTERLIKE = frozenset("½⅓¼⅔¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞√")
_SUBSCRIPTS = frozenset("₀₁₂₃₄₅₆₇₈₉")

# Names before a dot that stand for a library, and after one for what is a function here.
_LIBRARIES = frozenset({"np", "numpy", "jnp", "math", "torch", "tf"})
_METHODS = frozenset({"sum", "mean", "max", "min", "prod", "dot", "var", "std", "trace"})

# What a TOML string with "…" makes of \a \b \f \v: the LaTeX command is lost.
_LOST_COMMANDS = frozenset("\a\b\f\v")
_RESERVED = frozenset({"if", "else"})


def tokens(text: str, context: Context) -> list[Token]:
    """The words of a text in plain form; the last is `end`."""
    check_length(text)
    found: list[Token] = []
    at, match = 0, _WORD.match
    while True:
        word = match(text, at)
        assert word is not None  # the last two alternatives match anything
        kind = word.lastgroup
        at = word.end()
        if kind is None or kind == "other":
            at = _wide(text, word.start("other"), found, context)
        elif kind == "sign":
            sign = word[kind]
            found.append(Token(sign, sign, at - len(sign), len(sign)))
        elif kind == "name":
            name = word[kind]
            if not text[at : at + 1].isascii():
                at = _wide(text, at - len(name), found, context)
                continue
            found.append(Token(_name_kind(name, at - len(name)), name, at - len(name), len(name)))
        elif kind == "number":
            number = word[kind]
            check_number(number, at - len(number))
            found.append(Token("number", number, at - len(number), len(number)))
        else:
            found.append(Token("end", "", at, 0))
            return found


def check_length(text: str) -> None:
    """Refuse a text too long to be a formula before any time is spent on it."""
    if len(text) > LONGEST_TEXT:
        raise FormulaError(f"the formula has {len(text):,} characters; {LONGEST_TEXT:,} are the most", 0)


def check_number(number: str, at: int) -> None:
    """Refuse a number whose exact value would be out of all proportion."""
    mantissa, _, exponent = number.lower().partition("e")
    if len(mantissa) > MOST_DIGITS:
        raise FormulaError(f"a number of {len(mantissa)} digits; {MOST_DIGITS} are the most", at, len(number))
    if exponent and (len(exponent) > 9 or abs(int(exponent)) > LARGEST_EXPONENT):
        reason = f"the exponent of this number is beyond {LARGEST_EXPONENT}"
        raise FormulaError(reason, at, len(number))


def check_name(name: str, at: int, length: int) -> None:
    """Refuse a name that no reader could take in."""
    if len(name) > LONGEST_NAME:
        raise FormulaError(f"a name of {len(name)} characters; {LONGEST_NAME} are the most", at, length)


def _name_kind(name: str, at: int) -> str:
    if name in _RESERVED:
        return name
    check_name(name, at, len(name))
    if name.startswith("__") and name.endswith("__"):
        reason = f"{printable(name)} is no name for a quantity: names with __ at both ends belong to Python"
        raise FormulaError(reason, at, len(name))
    return "name"


def _wide(text: str, at: int, found: list[Token], context: Context) -> int:
    """Read a word that holds characters outside ASCII, or refuse the character; return where it ends."""
    character = text[at]
    if character in _SIGNS:
        found.append(Token(_SIGNS[character], character, at, 1))
        return at + 1
    if superscript := _SUPERSCRIPT.match(text, at):
        digits = superscript[0].translate(_SUPERSCRIPTS)
        check_number(digits, at)
        found.append(Token("superscript", digits, at, len(digits)))
        return superscript.end()
    if character.isidentifier() or (character in _LETTERLIKE and context.of_document):
        end = at + 1
        if character in _LETTERLIKE:
            found.append(Token("name", character, at, 1))
            return end
        while end < len(text) and _continues(text[end]):
            end += 1
        name = text[at:end]
        found.append(Token(_name_kind(name, at), name, at, end - at))
        return end
    if unicodedata.category(character) == "Zs":
        return at + 1
    raise refused(text, at)


def _continues(character: str) -> bool:
    return character in _SUBSCRIPTS or (character not in _SIGNS and ("a" + character).isidentifier())


def _attribute(text: str, at: int) -> FormulaError:
    """Why .sum and np. can stand in no formula, and what is written in their place."""
    found = re.compile(r"\.((?:[^\W\d]\w*\.)*)([^\W\d]\w*)").match(text, at)
    operand = _operand_before(text[:at])
    suggestion = "Only .T, the transpose, may follow a dot."
    if found is not None:
        path, name = found[1], found[2]
        if operand in _LIBRARIES:
            suggestion = INSTEAD.get(
                name, f"Write {name} without {operand}{('.' + path).rstrip('.')} in front."
            )
        elif operand and not path and name in _METHODS:
            given = re.match(r"\(([^()]+)\)", text[found.end() :])
            axis = "axis=" if given and given[1].strip().lstrip("-").isdecimal() else ""
            arguments = f"{operand}, {axis}{given[1]}" if given else operand
            suggestion = f"Write {name}({arguments})."
        elif operand and not path:
            suggestion = INSTEAD.get(name, suggestion)
    return FormulaError("a quantity has no attributes", at, found.end() - at if found else 1, suggestion)


def _operand_before(text: str) -> str:
    """What stands before a dot: a name, a call or a component, or what is in parentheses."""
    closed = text.rstrip()
    start = len(closed)
    depth = int(closed.endswith((")", "]")))
    while depth and start > 1:
        start -= 1
        depth += (closed[start - 1] in ")]") - (closed[start - 1] in "([")
    if depth:
        return ""
    start -= closed.endswith((")", "]"))
    name = re.search(r"(?:[^\W\d]\w*\.)*\w*\Z", closed[:start])
    assert name is not None
    if not name[0] and closed[start : start + 1] == "(":
        return closed[start + 1 : -1].strip()
    return closed[name.start() :]


def refused(text: str, at: int, tex: bool = False) -> FormulaError:
    """Why a character can stand in no formula."""
    character = text[at]
    if character in '"`':
        end = text.find(character, at + 1)
        called = re.search(r"(\w+)\s*\(\s*\Z", text[:at])
        suggestion = INSTEAD.get(called[1]) if called else None
        return FormulaError("a text in quotes is no formula", at, 1 if end < 0 else end + 1 - at, suggestion)
    if character == "." and not tex:
        return _attribute(text, at)
    if character == ":" and not tex and text.rfind("[", 0, at) > text.rfind("]", 0, at):
        return FormulaError("a slice is not read", at, 1, "Write components with letters: x[i], X[n,0].")
    if character == "\\" and not tex:
        return FormulaError(
            "a LaTeX command in a plain formula",
            at,
            1,
            "Write names and Python's signs: alpha*x, exp(-x), a/b.",
        )
    if character in _LOST_COMMANDS:
        return FormulaError(
            f"a stray control character, {printable(character)}",
            at,
            1,
            "In TOML, write LaTeX between ''' and ''', where a backslash stays a backslash.",
        )
    if printable(character) != character:
        return FormulaError(f"a stray control character, {printable(character)}", at)
    return FormulaError(f"the character {character} has no meaning in a formula", at)
