"""An expression of NumPy with the index letters of its axes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

# How tightly the outermost sign of an expression binds.
COMPARED, ADDED, NEGATED, CONTRACTED, MULTIPLIED, RAISED, ATOM = range(7)

Letters = tuple[str, ...]
# In place of a letter: an axis of length one, kept so that the array broadcasts. It is the last of two.
UNIT = ""


@dataclass(frozen=True, slots=True)
class Code:
    """An expression with the letters of its axes, in order."""

    text: str
    letters: Letters
    strength: int = ATOM

    def inside(self, strength: int) -> str:
        """The text, in parentheses if it binds less tightly than that."""
        return self.text if self.strength >= strength else f"({self.text})"

    @property
    def leading(self) -> str:
        """The text as the first factor: a minus in front of it is one in front of the product."""
        return self.text if self.strength == NEGATED else self.inside(MULTIPLIED)

    @property
    def is_column(self) -> bool:
        """Whether the last axis has length one."""
        return UNIT in self.letters


def transposed(code: Code) -> Code:
    """A matrix transposed."""
    return Code(f"{code.inside(ATOM)}.T", code.letters[::-1])


def fitted(code: Code, letters: Letters) -> Code:
    """The expression with axes in the order of `letters`; missing ones are inserted where needed."""
    if not code.letters or code.letters == letters:
        return code
    if code.is_column:
        return _column_fitted(code, letters)
    wanted = tuple(letter for letter in letters if letter in code.letters)
    if wanted != code.letters:
        axes = ", ".join(str(code.letters.index(letter)) for letter in wanted)
        moved = transposed(code).text if len(wanted) == 2 else f"{code.inside(ATOM)}.transpose({axes})"
        code = Code(moved, wanted)
    lead = letters.index(wanted[0])
    if letters[lead:] == wanted:
        return code
    slots = [":" if letter in wanted else "None" for letter in letters[lead:]]
    while slots[-1] == ":":
        slots.pop()
    return Code(f"{code.inside(ATOM)}[{', '.join(slots)}]", wanted)


def _column_fitted(code: Code, letters: Letters) -> Code:
    """A column where axes are wanted: as it is before a single further axis."""
    own = code.letters[0]
    further = len(letters) - 1 - letters.index(own)
    if further == 1:
        return code
    slots = ":, 0" if not further else ", ".join((":", ":", *["None"] * (further - 1)))
    return Code(f"{code.inside(ATOM)}[{slots}]", (own,))


def flat(code: Code) -> Code:
    """A column as the array of its single axis; anything else as it is."""
    return fitted(code, code.letters[:1]) if code.is_column else code


def negated(code: Code) -> Code:
    """The expression with a minus before it."""
    return Code(f"-{code.inside(MULTIPLIED)}", code.letters, NEGATED)


def reduced(code: Code, kind: str, over: Letters, columns: Collection[str] = ()) -> Code:
    """The sum, maximum, … of an expression along axes that it has.

    What has one of the letters of `columns` only, and lost its last axis, keeps that as a unit.
    """
    rest = tuple(letter for letter in code.letters if letter not in over and letter != UNIT)
    if not rest:
        return Code(f"{code.inside(ATOM)}.{kind}()", ())
    axes = [str(code.letters.index(letter)) for letter in over]
    axis = axes[0] if len(axes) == 1 else f"({', '.join(axes)})"
    if len(rest) == 1 and rest[0] in columns and len(code.letters) == 2 and code.letters[0] == rest[0]:
        return Code(f"{code.inside(ATOM)}.{kind}(axis={axis}, keepdims=True)", (*rest, UNIT))
    return Code(f"{code.inside(ATOM)}.{kind}(axis={axis})", rest)
