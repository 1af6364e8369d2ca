"""The answer to a claim of equality: proved, refuted with a counterexample, or undecided."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

Verdict = Literal["proved", "refuted", "undecided"]


@dataclass(frozen=True, slots=True)
class Counterexample:
    """A point at which the sides differ, and their values there, as decimals right to the last digit."""

    values: Mapping[str, Fraction]
    left: str
    right: str


@dataclass(frozen=True, slots=True)
class Agreement:
    """What was found out about left = right.

    `assumptions` are standard assumptions under which alone a proof holds. `kinks` are places that a proof
    leaves out, `x = 0`, as a function has no derivative or a jump there. `narrower` says that one side
    was seen to have a meaning where the other has none: the equality holds where both have one. `shown`
    works a counterexample out: most are not asked for.
    """

    verdict: Verdict
    shown: Callable[[], Counterexample] | None = field(default=None, repr=False, compare=False)
    assumptions: tuple[str, ...] = ()
    kinks: tuple[str, ...] = ()
    narrower: bool = False

    @property
    def counterexample(self) -> Counterexample | None:
        """A point at which a refuted claim fails."""
        return None if self.shown is None else self.shown()

    @property
    def proved(self) -> bool:
        """Proved without a further assumption."""
        return self.verdict == "proved" and not self.assumptions
