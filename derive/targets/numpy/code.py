"""An expression of NumPy with the index letters of its axes."""

from __future__ import annotations

from dataclasses import dataclass

# How tightly the outermost sign of an expression binds.
COMPARED, ADDED, NEGATED, CONTRACTED, MULTIPLIED, RAISED, ATOM = range(7)

Letters = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Code:
    """An expression with the letters of its axes, in order."""

    text: str
    letters: Letters
    strength: int = ATOM

    def inside(self, strength: int) -> str:
        """The text, in parentheses if it binds less tightly than that."""
        return self.text if self.strength >= strength else f"({self.text})"


def transposed(code: Code) -> Code:
    """A matrix transposed."""
    return Code(f"{code.inside(ATOM)}.T", code.letters[::-1])


def fitted(code: Code, letters: Letters) -> Code:
    """The expression with axes in the order of `letters`; missing ones are inserted where needed."""
    if not code.letters or code.letters == letters:
        return code
    wanted = tuple(letter for letter in letters if letter in code.letters)
    if wanted != code.letters:
        axes = ", ".join(str(code.letters.index(letter)) for letter in wanted)
        moved = transposed(code).text if len(wanted) == 2 else f"{code.inside(ATOM)}.transpose({axes})"
        code = Code(moved, wanted)
    lead = letters.index(wanted[0])
    if letters[lead:] == wanted:
        return code
    slots = ", ".join(":" if letter in wanted else "None" for letter in letters[lead:])
    return Code(f"{code.inside(ATOM)}[{slots}]", wanted)
