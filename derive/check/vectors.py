"""Vectors of a document by components: numbered ones where the text numbers them, else at an index letter."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field

from sympy import Expr

from derive.expression import MeaningError
from derive.formula import (
    Bound,
    Call,
    Derivative,
    Formula,
    Grouping,
    Indexed,
    MatrixProduct,
    Name,
    Reduction,
    Transpose,
    Vector,
    plus,
    times,
    walk,
)
from derive.indices import fresh_letters

LETTER = "k"


@dataclass(frozen=True)
class Vectors:
    """The vectors by name, each with the number of its components; None where the text does not count them.

    With `numbered`, component 2 of w is the quantity w2 (w_2 in print), else it is w[k] for every k.
    """

    lengths: Mapping[str, int | None] = field(default_factory=dict)
    numbered: bool = False

    @property
    def kind(self) -> Hashable:
        """What tells one reading of a document's vectors from another."""
        return self.numbered, len(self.lengths)

    def is_array(self, name: str) -> bool:
        """Whether components of a name are quantities of equations without letters of their own."""
        return False

    def finished(self, value: Expr) -> Expr:
        """A component with what is known of its arrays put in."""
        return value

    def supposed(self, *formulas: Formula) -> tuple[str, ...]:
        """What is taken for granted of the arrays in formulas, in words."""
        return ()

    def is_size(self, count: str, name: str, axis: int) -> bool:
        """Whether a name is declared to be how many components an array has along an axis."""
        return False

    def ties(self, *formulas: Formula) -> bool:
        """Whether components of formulas hang together by more than what the formulas say."""
        return False

    def instance(self, formula: Formula, indices: tuple[Formula, ...]) -> Formula:
        """The component of the right side of an equation, at the indices of its left side."""
        raise MeaningError("a component of what has none")

    def rank(self, formula: Formula) -> int:
        """0 of a number, 1 of a vector."""
        match formula:
            case Name(name):
                return int(name in self.lengths)
            case Vector():
                return 1
            case Transpose(operand) if not self.rank(operand):
                raise MeaningError("the transpose of what is not known to be a vector")
            case Indexed():
                return int(self._is_sample(formula))
            case Call(function="dot" | "norm") | Reduction():
                return 0
            case MatrixProduct(factors):
                if len(factors) != 2 or any(self.rank(each) != 1 for each in factors):
                    raise MeaningError("a product of matrices")
                return 0
            case Derivative(of, wrt):
                ranks = self.rank(of) + self.rank(wrt)
                if ranks > 1:
                    raise MeaningError("a derivative of a vector by a vector")
                return ranks
        return max(map(self.rank, formula.children), default=0)

    def _is_sample(self, formula: Indexed) -> bool:
        """Whether it is x^{(i)}, one of many vectors x."""
        name, raised, _ = formula.name.partition("^")
        return bool(raised) and name in self.lengths and len(formula.indices) == 1

    def components(self, formula: Formula) -> tuple[Formula, ...]:
        """The components of a formula: one of a number."""
        if not self.lengths and not _has_vector(formula):
            return (formula,)
        if not self.rank(formula):
            return (self._at(formula, None),)
        if not self.numbered:
            return (self._at(formula, Name(LETTER)),)
        count = self.length(formula)
        if count is None:
            raise MeaningError("a vector whose components the text does not count")
        return tuple(self._at(formula, at) for at in range(1, count + 1))

    def of_side(self, formula: Formula) -> tuple[Formula, ...]:
        """The components of a whole side of a claim."""
        return self.components(formula)

    def length(self, formula: Formula) -> int | None:
        """The number of components of a vector."""
        match formula:
            case Name(name):
                return self.lengths.get(name)
            case Vector(elements):
                return len(elements)
        if not self.rank(formula):
            return None
        found = (self.length(each) for each in formula.children)
        return next((each for each in found if each is not None), None)

    def _at(self, formula: Formula, at: int | Name | None) -> Formula:
        """A component of a formula; of a number, itself."""
        match formula:
            case Name(name) if name in self.lengths:
                return self._component(name, at)
            case Indexed(name, indices) if at is not None and self._is_sample(formula):
                if self.numbered:
                    raise MeaningError("the components of samples have no numbers")
                assert isinstance(at, Name)
                return Indexed(name, (*indices, at))
            case Vector(elements):
                if not isinstance(at, int) or at > len(elements):
                    raise MeaningError("a list of components beside a vector without numbers")
                return elements[at - 1]
            case Transpose(operand) | Grouping(operand) if isinstance(formula, Transpose):
                return self._at(operand, at)
            case Call(function="dot", arguments=(left, right)) | MatrixProduct((left, right)):
                return self._dot(left, right)
            case Call(function="norm", arguments=(inner,)):
                return Call("sqrt", (self._dot(inner, inner),))
            case Reduction(kind="sum", body=body, bounds=(bound,)) if self.rank(body) == 1:
                return self._sum(body, bound)
            case Derivative(of, wrt, total, applied):
                below = self._at(wrt, at) if self.rank(wrt) else self._at(wrt, None)
                above = self._at(of, at if self.rank(of) else None)
                return Derivative(above, below, total, applied)
        if not formula.children:
            return formula
        return formula.with_children(
            tuple(self._at(each, at if self.rank(each) else None) for each in formula.children)
        )

    def _sum(self, body: Formula, bound: Bound) -> Formula:
        """A sum over samples whose summand leaves the index out."""
        if not self.numbered:
            return Reduction("sum", self._at(body, Name(bound.name)), (Bound(bound.name),))
        count = self.length(body)
        if count is None:
            raise MeaningError("a vector whose components the text does not count")
        return plus(*(self._at(body, at) for at in range(1, count + 1)))

    def _component(self, name: str, at: int | Name | None) -> Formula:
        if at is None:
            raise MeaningError(f"{name} is a vector where a number should stand")
        return Name(f"{name}{at}") if isinstance(at, int) else Indexed(name, (at,))

    def _dot(self, left: Formula, right: Formula) -> Formula:
        if not self.numbered:
            used = (node.name for side in (left, right) for node in walk(side) if isinstance(node, Name))
            letter = next(fresh_letters((LETTER, *used)))
            body = times(self._at(left, Name(letter)), self._at(right, Name(letter)))
            return Reduction("sum", body, (Bound(letter),))
        count = self.length(left) or self.length(right)
        if count is None:
            raise MeaningError("a vector whose components the text does not count")
        return plus(*(times(*self._pair(left, right, at)) for at in range(1, count + 1)))

    def _pair(self, left: Formula, right: Formula, at: int) -> Iterator[Formula]:
        for each in (left, right):
            inner = self._at(each, at)
            yield Grouping(inner) if inner.children else inner


def _has_vector(formula: Formula) -> bool:
    return isinstance(formula, Vector | MatrixProduct | Transpose) or any(map(_has_vector, formula.children))
