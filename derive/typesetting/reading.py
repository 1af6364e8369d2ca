"""LaTeX mathematics read into boxes.

Reads what the printer of formulas writes and what an author's notation may hold. The commands are a closed
list: whatever else stands in a text is refused, so that nothing read here can do more than set mathematics.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from derive.errors import DeriveError
from derive.typesetting.boxes import (
    Accent,
    Box,
    Boxes,
    Fence,
    Fraction,
    Glyph,
    Grid,
    Group,
    Root,
    Scripted,
    Space,
    Words,
)
from derive.typesetting.symbols import ACCENTS, OPERATOR, ORDINARY, SPACES, SYMBOLS, TEXT_LETTERS, Symbol

_TOKEN = re.compile(r"\\[A-Za-z]+\*?|\\.|\s+|.", re.DOTALL)
_TEXTS = {r"\text", r"\mathrm", r"\operatorname", r"\operatorname*", r"\mathbf", r"\mathsf", r"\textrm"}
_TEXTS |= {r"\mathit", r"\mathcal", r"\mathbb", r"\boldsymbol", r"\textit", r"\textbf"}
_BIG = re.compile(r"\\(?:big|Big|bigg|Bigg)[lrm]?\Z")
_GRIDS = {"cases", "bmatrix", "pmatrix", "matrix", "aligned"}
# Deeper nesting is no formula.
MOST_NESTED = 120


class UnreadableError(DeriveError):
    """The text is no mathematics of the closed list."""


def read(tex: str) -> Boxes:
    """The boxes of a piece of mathematics; raises UnreadableError for what is none."""
    reader = _Reader(tex)
    boxes = reader.boxes(())
    if reader.token:
        raise UnreadableError(f"{reader.token} closes nothing in {tex}")
    return boxes


def tokens(tex: str) -> Sequence[str]:
    """Commands, characters and blanks, in order."""
    found: list[str] = _TOKEN.findall(tex)
    return found


class _Reader:
    """Walks over the tokens; `token` is the next one, empty at the end."""

    def __init__(self, tex: str) -> None:
        self.tokens = tokens(tex)
        self.place = 0
        self.depth = 0
        self._skip_blanks()

    @property
    def token(self) -> str:
        return self.tokens[self.place] if self.place < len(self.tokens) else ""

    def boxes(self, ends: tuple[str, ...]) -> Boxes:
        """Boxes up to one of the tokens that end them, which stays."""
        self.depth += 1
        if self.depth > MOST_NESTED:
            raise UnreadableError("the mathematics is nested too deeply")
        found: list[Box] = []
        while (
            self.token and self.token not in ends and self.token not in ("}", "&", r"\\", r"\right", r"\end")
        ):
            found.append(self._scripted(found))
        self.depth -= 1
        return tuple(found)

    def _take(self, expected: str | None = None) -> str:
        token = self.token
        if not token or (expected is not None and token != expected):
            raise UnreadableError(f"{expected or 'something'} is missing before {token or 'the end'}")
        self.place += 1
        self._skip_blanks()
        return token

    def _skip_blanks(self) -> None:
        while self.token.isspace():
            self.place += 1

    def _scripted(self, before: list[Box]) -> Box:
        start = self.place
        nucleus: Box = Group("", ()) if self.token in ("^", "_") else self._number() or self._box()
        below: Boxes = ()
        above: Boxes = ()
        is_raised = False
        while self.token in ("^", "_", "'"):
            sign = self._take()
            if sign == "'" and not is_raised:
                above = (*above, Glyph("'", SYMBOLS["'"]))
            elif sign == "_" and not below:
                below = (self._box(),)
            elif sign == "^" and not is_raised:
                above = (*above, self._box())
                is_raised = True
            else:
                raise UnreadableError("two scripts stand at the same place")
        if not below and not above:
            return nucleus
        return Scripted(self._since(start), nucleus, below, above)

    def _number(self) -> Box | None:
        """A number as one symbol; a script belongs to the last digit, which looks the same."""
        start = self.place
        while self.token.isdecimal() or (self.token == "." and self.place > start):
            self.place += 1
        text = "".join(self.tokens[start : self.place])
        self._skip_blanks()
        width = sum(SYMBOLS[character].width for character in text if character in SYMBOLS)
        return Glyph(text, Symbol(text, ORDINARY, width)) if text else None

    def _since(self, start: int) -> str:
        return "".join(self.tokens[start : self.place]).strip()

    def _box(self) -> Box:
        start = self.place
        token = self._take()
        if token == "{":
            inner = self.boxes(("}",))
            self._take("}")
            return Group(self._since(start), inner)
        if token in SYMBOLS:
            return Glyph(token, SYMBOLS[token])
        if token in SPACES:
            return Space(token, SPACES[token])
        if token in ACCENTS:
            return self._accent(start, token)
        if token in _TEXTS:
            return self._words(start, token)
        if _BIG.match(token):
            return self._big(start)
        return self._structure(start, token)

    def _accent(self, start: int, token: str) -> Box:
        inner = (self._box(),)
        return Accent(self._since(start), ACCENTS[token], inner)

    def _structure(self, start: int, token: str) -> Box:
        match token:
            case r"\frac" | r"\dfrac" | r"\tfrac":
                above, below = (self._box(),), (self._box(),)
                return Fraction(self._since(start), above, below, token == r"\dfrac")
            case r"\sqrt":
                inner = (self._box(),)
                return Root(self._since(start), inner)
            case r"\boxed":
                inner = (self._box(),)
                return Group(self._since(start), inner, boxed=True)
            case r"\left":
                left = self._take()
                content = self.boxes(())
                self._take(r"\right")
                right = self._take()
                for delimiter in (left, right):
                    if delimiter != "." and delimiter not in SYMBOLS:
                        raise UnreadableError(f"{delimiter} is no delimiter")
                return Fence(self._since(start), left, content, right)
            case r"\begin":
                return self._grid(start)
        raise UnreadableError(f"{token} is not in the list of commands")

    def _big(self, start: int) -> Box:
        delimiter = self._take()
        if delimiter not in SYMBOLS:
            raise UnreadableError(f"{delimiter} is no delimiter")
        return Glyph(self._since(start), SYMBOLS[delimiter])

    def _words(self, start: int, command: str) -> Box:
        self._take("{")
        # Blanks count in text, and braces inside it group letters.
        self.place = next(at for at in range(self.place - 1, -1, -1) if self.tokens[at] == "{") + 1
        depth, text = 1, ""
        while depth:
            if self.place >= len(self.tokens):
                raise UnreadableError("a brace is not closed")
            token = self.tokens[self.place]
            depth += (token == "{") - (token == "}")
            text += _letters(token)
            self.place += 1
        self._skip_blanks()
        is_operator = command.startswith(r"\operatorname")
        return Words(
            self._since(start),
            text,
            OPERATOR if is_operator else ORDINARY,
            limits=command.endswith("*"),
            italic=command in (r"\mathit", r"\textit", r"\mathcal"),
            bold=command in (r"\mathbf", r"\textbf", r"\boldsymbol"),
        )

    def _grid(self, start: int) -> Box:
        name = self._name()
        if name not in _GRIDS:
            raise UnreadableError(f"{name} is not in the list of environments")
        rows: list[tuple[Boxes, ...]] = []
        cells = [self.boxes(())]
        while self.token in ("&", r"\\"):
            if self._take() == r"\\":
                rows.append(tuple(cells))
                cells = []
            cells.append(self.boxes(()))
        rows.append(tuple(cells))
        self._take(r"\end")
        if self._name() != name:
            raise UnreadableError(f"{name} is not closed")
        return Grid(self._since(start), name, tuple(rows))

    def _name(self) -> str:
        self._take("{")
        letters = ""
        while self.token.isalpha():
            letters += self._take()
        self._take("}")
        return letters


def _letters(token: str) -> str:
    """What a token inside text prints."""
    if token in "{}":
        return ""
    if token.startswith("\\"):
        if token in (r"\text", r"\mathrm", r"\hat", r"\sim"):
            return ""
        if token in SPACES:
            return " "
        if token in SYMBOLS:
            return SYMBOLS[token].text
        raise UnreadableError(f"{token} is not in the list of commands")
    if token.isspace():
        return " "
    if token in "$#%&~^_" or not (token.isascii() or token in TEXT_LETTERS):
        raise UnreadableError(f"{token} cannot stand in text")
    return token
