"""Arguments of exponentials as integer combinations of a few, so that their values are independent.

Exponentials of functions that are linearly independent over the rationals, modulo constants, are
algebraically independent (J. Ax, On Schanuel's conjectures, 1971).
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from flint import fmpq, fmpq_mpoly

from derive.agreement.field import Field, Ratio


class Refine(Exception):
    """An argument needs a fraction of one that is already chosen: start again with `degree` for `key`."""

    def __init__(self, key: str, degree: int) -> None:
        super().__init__(key)
        self.key = key
        self.degree = degree


@dataclass(slots=True)
class _Vector:
    """A chosen argument over its denominator; `pivot` is the monomial that tells its coefficient."""

    ratio: Ratio
    pivot: tuple[int, ...]
    lead: fmpq
    key: str


@dataclass(slots=True)
class Lattice:
    """The arguments chosen so far, by denominator; `degrees` says into how many parts to divide one."""

    field: Field
    degrees: dict[str, int]
    vectors: dict[str, list[_Vector]] = dataclasses.field(default_factory=dict)

    def combination(self, argument: Ratio, *, split: bool = False) -> list[tuple[Ratio, int]]:
        """The argument as an integer combination of chosen ones; new ones are chosen as needed.

        With `split`, each monomial of a polynomial is an argument of its own. May raise Refine.
        """
        if argument.den.is_one():
            return self._over(argument.num, argument.den, split)
        whole, rest = divmod(argument.num, argument.den)
        found = self._over(whole, self.field.unit, split) if not whole.is_zero() else []
        return found + self._over(rest, argument.den, split)

    def _over(self, num: fmpq_mpoly, den: fmpq_mpoly, split: bool) -> list[tuple[Ratio, int]]:
        chosen = self.vectors.setdefault(str(den), [])
        found: list[tuple[Ratio, int]] = []
        present = set(num.monoms())
        for vector in chosen:
            if vector.pivot not in present:
                continue
            coefficient = num[vector.pivot] / vector.lead
            if coefficient.q != 1:
                degree = self.degrees.get(vector.key, 1) * int(coefficient.q)
                raise Refine(vector.key, degree)
            found.append((vector.ratio, int(coefficient.p)))
            num = num - vector.ratio.num * coefficient
            present = set(num.monoms())
        while not num.is_zero():
            part = self.field.context.from_dict({num.monomial(0): num.coefficient(0)}) if split else num
            found.append(self._choose(part, den, chosen))
            num = num - part
        return found

    def _choose(self, num: fmpq_mpoly, den: fmpq_mpoly, chosen: list[_Vector]) -> tuple[Ratio, int]:
        sign = 1 if num.leading_coefficient() > 0 else -1
        num = num * sign
        key = f"{num}/{den}"
        degree = self.degrees.get(key, 1)
        ratio = Ratio(num / degree, den)
        pivot = num.monomial(0)
        chosen.append(_Vector(ratio, pivot, ratio.num.leading_coefficient(), key))
        return ratio, sign * degree
