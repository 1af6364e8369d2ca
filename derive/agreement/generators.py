"""Generators: what a rational function is made of, and which relations hold among them."""

from __future__ import annotations

from dataclasses import dataclass

from flint import fmpq_mpoly

from derive.agreement.field import Ratio

# An index of a component: letters with integer coefficients, and a constant.
Affine = tuple[tuple[tuple[str, int], ...], int]


@dataclass(frozen=True, slots=True)
class Generator:
    """A symbol, or a function of ratios that older generators make.

    `letters` are the indices it depends on. `positive` says that it is never negative, and zero at most on
    a set without interior. `relation` is a polynomial that is zero, with a power of it in front.
    `height` counts how deeply sums and extremes are nested in it.
    """

    number: int
    kind: str
    name: str = ""
    arguments: tuple[Ratio, ...] = ()
    indices: tuple[Affine, ...] = ()
    bound: tuple[str, ...] = ()
    degree: int = 1
    letters: frozenset[str] = frozenset()
    positive: bool = False
    relation: fmpq_mpoly | None = None
    height: int = 0


@dataclass(slots=True)
class Numbering:
    """The numbers of generators by their keys, kept when a question is taken up again."""

    numbers: dict[str, int]

    def number(self, key: str) -> int:
        """The number of a key: a new one if the key is new."""
        return self.numbers.setdefault(key, len(self.numbers))
