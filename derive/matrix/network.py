"""A product of arrays summed over letters, as products of matrices: letters are contracted one by one.

Letters are the nodes of a network, matrices its edges, vectors weights of its nodes. A letter that is
summed and ends one edge or joins two is contracted; what is left spans the free letters.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from derive.formula import (
    ONE,
    TWO,
    Call,
    ElementwisePower,
    Formula,
    Negation,
    Number,
    Power,
)
from derive.matrix.algebra import (
    DIAGONAL,
    FROBENIUS_NORM,
    ONES,
    chain,
    cheapest,
    cost,
    elementwise,
    scaled,
    transposed,
    transposes,
)


@dataclass(frozen=True, slots=True)
class Part:
    """A factor that spans letters, `form` the array with those axes; `below` tells that it divides.

    A `tall` one holds a derivative. `turned` is the array read with its axes the other way round, for where
    that takes fewer transposes than the transpose of the whole.
    """

    form: Formula
    letters: tuple[str, ...]
    at: int
    below: bool = False
    tall: bool = False
    turned: Formula | None = None

    def along(self, letters: tuple[str, ...]) -> Formula:
        """The array with its axes in the order of the letters."""
        if letters == self.letters:
            return self.form
        whole = transposed(self.form)
        fewer = self.turned is not None and transposes(self.turned) < transposes(whole)
        return self.turned if fewer and self.turned is not None else whole


def together(parts: Sequence[Part], letters: tuple[str, ...]) -> Formula:
    """The parts that span the same letters multiplied component by component, in the author's order."""
    forward = _elementwise(parts, letters)
    if len(letters) < 2 or not cost(forward):
        return forward
    return cheapest(transposed(_elementwise(parts, letters[::-1])), forward)


def _elementwise(parts: Sequence[Part], letters: tuple[str, ...]) -> Formula:
    above = [part.along(letters) for part in parts if not part.below]
    below = [part.along(letters) for part in parts if part.below]
    return elementwise(above, below, tall=is_tall(part for part in parts if not part.below))


def diagonal(parts: Sequence[Part], letter: str) -> Formula:
    """The diagonal matrix of the weights of a letter; of a mere reciprocal, the inverse."""
    if all(part.below for part in parts):
        below = elementwise([part.along((letter,)) for part in parts], ())
        return Power(Call("diag", (below,)), Negation(ONE))
    return Call("diag", (together(parts, (letter,)),))


def is_tall(parts: Iterable[Part]) -> bool:
    """Whether one of the parts holds a derivative."""
    return any(part.tall for part in parts)


def first(parts: Sequence[Part]) -> int:
    """The place of the first of the parts in the author's order."""
    return min(part.at for part in parts)


class Network:
    """The factors of a term, by the letters that they span."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self.parts = sorted(parts, key=lambda part: part.at)

    def spanning(self, *letters: str) -> list[Part]:
        """The parts that span exactly these letters, in the author's order."""
        return [part for part in self.parts if set(part.letters) == set(letters)]

    def neighbours(self, letter: str) -> list[str]:
        """The letters that a matrix joins with this one."""
        joined = (part.letters for part in self.parts if letter in part.letters and len(part.letters) == 2)
        return list(dict.fromkeys(each for letters in joined for each in letters if each != letter))

    def contract(self, summed: Sequence[str]) -> bool:
        """Whether all summed letters could be contracted."""
        waiting = list(summed)
        while waiting:
            letter = min(waiting, key=self._order)
            joined = self.neighbours(letter)
            match joined:
                case []:
                    self._dot(letter)
                case [other] if other in waiting and self.neighbours(other) == [letter]:
                    self._bilinear(letter, other)
                    waiting.remove(other)
                case [other]:
                    self._towards(letter, other)
                case [one, other]:
                    self._through(letter, one, other)
                case _:
                    return False
            waiting.remove(letter)
        return True

    def _order(self, letter: str) -> tuple[int, int]:
        """Letters with few neighbours first, then those whose factors come first."""
        return len(self.neighbours(letter)), max(part.at for part in self.parts if letter in part.letters)

    def _replace(self, old: Sequence[Part], form: Formula, letters: tuple[str, ...]) -> None:
        kept = [part for part in self.parts if part not in old]
        self.parts = sorted(
            [*kept, Part(form, letters, first(old), tall=is_tall(old))], key=lambda part: part.at
        )

    def _dot(self, letter: str) -> None:
        """A vector summed: a scalar product, a norm, a trace or 1ᵀv."""
        parts = self.spanning(letter)
        self._replace(parts, _total(parts, letter), ())

    def _bilinear(self, row: str, column: str) -> None:
        """A matrix summed over both letters: uᵀA v, a trace, or 1ᵀA 1."""
        parts = self.spanning(row, column)
        row, column = (row, column) if parts[0].letters == (row, column) else (column, row)
        left, right = self.spanning(row), self.spanning(column)
        form = None if left or right else _trace(parts, (row, column))
        if form is None:
            u, v = _weight(left, row), _weight(right, column)
            form = cheapest(
                chain(transposed(u), together(parts, (row, column)), v),
                chain(transposed(v), together(parts, (column, row)), u),
            )
        self._replace([*parts, *left, *right], form, ())

    def _towards(self, letter: str, other: str) -> None:
        """A matrix times the vector of the summed letter."""
        matrices, weights = self.spanning(letter, other), self.spanning(letter)
        form = chain(together(matrices, (other, letter)), _weight(weights, letter))
        if not weights and _is_cycle(matrices):
            one, two = matrices
            form = Call(DIAGONAL, (chain(one.along((other, letter)), two.along((letter, other))),))
        self._replace([*matrices, *weights], form, (other,))

    def _through(self, letter: str, one: str, other: str) -> None:
        """A product of two matrices, the weights of the summed letter between them."""
        left, right, weights = (
            self.spanning(one, letter),
            self.spanning(letter, other),
            self.spanning(letter),
        )
        between = (diagonal(weights, letter),) if weights else ()
        forward = chain(together(left, (one, letter)), *between, together(right, (letter, other)))
        backward = chain(together(right, (other, letter)), *between, together(left, (letter, one)))
        natural = cheapest(forward, backward)
        letters = (one, other) if natural is forward else (other, one)
        self._replace([*left, *right, *weights], natural, letters)

    def array(self, free: tuple[str, ...], spread: bool) -> Formula:
        """What is left as the array with the free letters as axes; `spread` writes c𝟏 for a constant."""
        scalars = self.spanning()
        above = [part for part in scalars if not part.below]
        below = tuple(part.form for part in scalars if part.below)
        array = self._spanned(free, spread)
        low = [part.form for part in above if not below or not part.tall]
        numbers = [each for each in low if isinstance(each, Number)]
        others = [each for each in low if not isinstance(each, Number)]
        tall = tuple(part.form for part in above if below and part.tall)
        return scaled(array, low=(*numbers, *others), tall=tall, below=below)

    def _spanned(self, free: tuple[str, ...], spread: bool) -> Formula:
        if not free or (not spread and all(not part.letters for part in self.parts)):
            return ONE
        if len(free) == 1:
            parts = self.spanning(*free)
            return together(parts, free) if parts else ONES
        row, column = free
        left, right, whole = self.spanning(row), self.spanning(column), self.spanning(row, column)
        if not whole:
            return chain(_weight(left, row), transposed(_weight(right, column)))
        before = (diagonal(left, row),) if left else ()
        after = (diagonal(right, column),) if right else ()
        return chain(*before, together(whole, free), *after)


def _is_cycle(matrices: Sequence[Part]) -> bool:
    """Whether two matrices lead there and back again, A[i,j]·B[j,i]."""
    if len(matrices) != 2 or any(part.below for part in matrices):
        return False
    return matrices[0].letters == matrices[1].letters[::-1]


def _weight(parts: Sequence[Part], letter: str) -> Formula:
    return together(parts, (letter,)) if parts else ONES


def _square(parts: Sequence[Part]) -> Formula | None:
    """What the only part is the square of."""
    if len(parts) != 1 or parts[0].below:
        return None
    form = parts[0].form
    return form.base if isinstance(form, ElementwisePower) and form.exponent == TWO else None


def _total(parts: Sequence[Part], letter: str) -> Formula:
    base = _square(parts)
    if base is not None:
        return Power(Call("norm", (base,)), TWO)
    whole = together(parts, (letter,))
    if isinstance(whole, Call) and whole.function == DIAGONAL:
        return Call("trace", whole.arguments)
    head, rest = _apart(parts)
    if not rest:
        return chain(transposed(ONES), whole)
    u, v = head.along((letter,)), together(rest, (letter,))
    return cheapest(chain(transposed(u), v), chain(transposed(v), u))


def _apart(parts: Sequence[Part]) -> tuple[Part, list[Part]]:
    """The first factor of a product of several, and the others; a single one or a fraction stays whole."""
    above = [part for part in parts if not part.below]
    if len(above) < 2:
        return parts[0], []
    return above[0], [part for part in parts if part is not above[0]]


def _trace(parts: Sequence[Part], letters: tuple[str, str]) -> Formula | None:
    """A closed chain of two matrices: tr(AᵀB); the square of one: its squared norm."""
    base = _square(parts)
    if base is not None:
        return Power(Call(FROBENIUS_NORM, (base,)), TWO)
    head, rest = _apart(parts)
    if not rest:
        return None
    reverse = (letters[1], letters[0])
    one = chain(head.along(reverse), together(rest, letters))
    two = chain(head.along(letters), together(rest, reverse))
    return Call("trace", (cheapest(one, two),))
