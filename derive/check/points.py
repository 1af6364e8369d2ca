"""Counterexamples at points that a reader can redo: small whole numbers and halves."""

from __future__ import annotations

from fractions import Fraction

from flint import arb
from sympy import Expr

from derive.agreement import Counterexample
from derive.check.roundings import number
from derive.expression import IndexedReduction, parts, symbols

# Tried in turn, each name with the next one.
VALUES = tuple(map(Fraction, ("2", "1", "3", "1/2", "-1", "5", "-2", "3/2")))
DIGITS = 4


def readable(left: Expr, right: Expr) -> Counterexample | None:
    """A point of short numbers at which two sides visibly differ, if one is found soon."""
    names = sorted({*symbols(left), *symbols(right)}, key=lambda each: each.name)
    if not names or any("[" in each.name for each in names) or _runs(left) or _runs(right):
        return None
    for shift in range(len(VALUES)):
        chosen = {each.name: VALUES[(at + shift) % len(VALUES)] for at, each in enumerate(names)}
        sides = [number(side, chosen) for side in (left, right)]
        if sides[0] is None or sides[1] is None:
            continue
        texts = tuple(_text(side) for side in sides if side is not None)
        if texts[0] != texts[1] and bool(abs(sides[0] - sides[1]) > arb(10) ** -DIGITS):
            return Counterexample(chosen, texts[0], texts[1])
    return None


def _runs(side: Expr) -> bool:
    """Whether a side sums over an index: its letter is no name to give a value."""
    return any(isinstance(part, IndexedReduction) for part in parts(side))


def _text(value: arb) -> str:
    text = str(value.str(DIGITS, radius=False))
    return text.rstrip("0").rstrip(".") if "." in text and "e" not in text else text
