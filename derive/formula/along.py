"""Functions and reductions of arrays with the axes that they run along, as in NumPy."""

from __future__ import annotations

from dataclasses import dataclass

from derive.formula.tree import Formula


@dataclass(frozen=True, slots=True)
class Along(Formula):
    """`softmax(S, axis=1)`, `mean(X, axis=1, keepdims=True)`: a call or a reduction along an axis of arrays.

    A reduction has its axes itself; `keeps` says that they stay, each with one value.
    """

    operand: Formula
    axis: tuple[int, ...] | None = None
    keeps: bool = False

    @property
    def children(self) -> tuple[Formula, ...]:
        return (self.operand,)

    def with_children(self, children: tuple[Formula, ...]) -> Formula:
        return Along(children[0], self.axis, self.keeps)
