"""Where the names of a claim range: intervals, and the finite sets of labels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Domain:
    """An interval, ends excluded, or with `values` a finite set.

    The components of a `simplex` sum to 1 over their index at the place `axis`.
    """

    text: str
    low: int | None = None
    high: int | None = None
    values: tuple[int, ...] = ()
    simplex: bool = False
    axis: int = -1

    @property
    def positive(self) -> bool:
        """Whether every value is positive."""
        return self.low is not None and self.low >= 0


REAL = Domain("real")
POSITIVE = Domain("> 0", low=0)
UNIT = Domain("∈ (0, 1)", low=0, high=1)
BINARY = Domain("∈ {0, 1}", values=(0, 1))
SIGNED = Domain("∈ {−1, 1}", values=(-1, 1))

SIMPLEX = Domain("summing to 1", simplex=True)
# A sample in each column.
COLUMN_SIMPLEX = Domain("summing to 1 in each column", simplex=True, axis=0)

DOMAINS: Mapping[str, Domain] = {
    "real": REAL,
    "positive": POSITIVE,
    "unit": UNIT,
    "binary": BINARY,
    "signed": SIGNED,
    "simplex": SIMPLEX,
}


def domain(written: Domain | str) -> Domain:
    """The domain of a word: real, positive, unit, binary, signed, simplex."""
    return written if isinstance(written, Domain) else DOMAINS[written]
