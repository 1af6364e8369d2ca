"""A formula at a place of one of its quantities: evaluated there, or as the quantity comes near."""

from __future__ import annotations

from dataclasses import dataclass

from derive.formula.tree import Formula, Name


@dataclass(frozen=True, slots=True)
class Evaluated(Formula):
    r"""`body` where `wrt` is `point`, \left. f \right|_{x=a}; `approached`, its limit \lim_{x \to a} f."""

    body: Formula
    wrt: Name
    point: Formula
    approached: bool = False

    @property
    def children(self) -> tuple[Formula, ...]:
        return (self.body, self.point)

    def with_children(self, children: tuple[Formula, ...]) -> Formula:
        return Evaluated(children[0], self.wrt, children[1], self.approached)
