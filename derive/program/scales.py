"""How quantities grow with a factor that some lines have been given: what is a ratio of them does not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

from derive.equation import Equation
from derive.formula import (
    ZERO,
    Call,
    Cases,
    Formula,
    Grouping,
    Indexed,
    Name,
    Negation,
    Number,
    Product,
    Quotient,
    Reduction,
    Sum,
    walk,
)
from derive.indices import renamed, subscripts

# The powers of the factor in a formula, each with the indices at which the factor is read.
Scale = Mapping[tuple[Formula, ...], int]
_NONE: Scale = {}


class _Mixed(ValueError):
    """A formula that the factor changes by no factor."""


def is_free(
    equations: Sequence[Equation], scaled: Mapping[str, tuple[Formula, ...]], logarithms: str
) -> bool:
    """Whether a factor that lines have been given cancels in what the equations end in.

    `scaled` are these lines, with the indices of the factor in their own letters; of the quantity
    `logarithms` logarithms may be taken, to which the factor is known to add a term.
    """
    scales = _Scales({name: {at: 1} for name, at in scaled.items()}, logarithms)
    try:
        for each in equations:
            scales.pass_(each)
    except _Mixed:
        return False
    return equations[-1].target not in scales.known


class _Scales:
    """The scales of the quantities passed so far, those of them that have one."""

    def __init__(self, known: dict[str, Scale], logarithms: str) -> None:
        self.known = known
        self.logarithms = logarithms
        self.letters: dict[str, tuple[str, ...]] = {}

    def pass_(self, each: Equation) -> None:
        """Know the scale of one more quantity."""
        self.letters[each.target] = each.indices
        if each.target not in self.known and not self.known.keys().isdisjoint(each.reads):
            scale = self._of(each.formula)
            if scale:
                self.known[each.target] = scale

    def _of(self, formula: Formula) -> Scale:
        match formula:
            case Name(name) | Indexed(name):
                return self._of_quantity(formula) if name in self.known else _NONE
            case Grouping(inner) | Negation(inner):
                return self._of(inner)
            case Product(factors):
                return _added(map(self._of, factors))
            case Quotient(top, bottom):
                below = self._of(bottom)
                return _added((self._of(top), {at: -power for at, power in below.items()}))
            case Sum(terms):
                return self._of_alike(terms)
            case Reduction("sum" | "mean" | "max" | "min", body):
                return self._of_reduction(formula, self._of(body))
            case Cases(branches):
                self._check(branch.condition for branch in branches if branch.condition is not None)
                return self._of_alike([branch.value for branch in branches])
            case Call("log", (Name(name) | Indexed(name),)) if name == self.logarithms:
                return _NONE
        self._check(formula.children)
        return _NONE

    def _of_quantity(self, operand: Name | Indexed) -> Scale:
        places = dict(zip(self.letters[operand.name], subscripts(operand), strict=True))
        known = self.known[operand.name]
        return {tuple(renamed(each, places) for each in at): power for at, power in known.items()}

    def _of_alike(self, parts: Iterable[Formula]) -> Scale:
        """The scale that all of the parts have; a zero has any."""
        scales = [self._of(part) for part in parts if not _is_zero(part)]
        if any(each != scales[0] for each in scales):
            raise _Mixed
        return scales[0] if scales else _NONE

    def _of_reduction(self, formula: Reduction, scale: Scale) -> Scale:
        bounds = {Name(bound.name) for bound in formula.bounds}
        if any(node in bounds for at in chain.from_iterable(scale) for node in walk(at)):
            raise _Mixed
        return scale

    def _check(self, parts: Iterable[Formula]) -> None:
        """Refuse parts that the factor changes."""
        if any(map(self._of, parts)):
            raise _Mixed


def _added(scales: Iterable[Scale]) -> Scale:
    total: Counter[tuple[Formula, ...]] = Counter()
    for scale in scales:
        for at, power in scale.items():
            total[at] += power
    return {at: power for at, power in total.items() if power}


def _is_zero(formula: Formula) -> bool:
    return isinstance(formula, Number) and formula == ZERO
