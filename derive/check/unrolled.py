"""Derivatives of a loss by what goes on from step to step: through every equation that reads it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count

from sympy import Expr, Integer, Symbol
from sympy.core.symbol import Str

from derive.check.facts import Fact
from derive.check.recurrences import Recurrences
from derive.expression import IndexedReduction, MeaningError, component_parts, partial, put, symbol, symbols

# A step of no textbook's cell goes through more equations.
DEEPEST = 24


@dataclass(frozen=True)
class Steps:
    """Which steps of a formula are put in: from `first` up to `last`, counted from the letter of an index.

    The derivatives by what lies behind the last step are left as they are, and those by the `kept` ones: they
    may be anything, so that two sides that agree for all of them are equal.
    """

    recurrences: Recurrences
    first: int
    last: int
    kept: frozenset[tuple[str, int]] = frozenset()

    def at(self, quantity: Symbol) -> int | None:
        """The step of a quantity, counted from the letter of its index; None of one without such a letter."""
        name, indices = component_parts(quantity.name)
        if name not in self.recurrences.stepped or not indices:
            return None
        letters = sorted(indices[0].free_symbols, key=str)
        gap = indices[0] - letters[0] if len(letters) == 1 else None
        return int(gap) if gap is not None and gap.is_Integer else None

    def keeps(self, quantity: Symbol) -> bool:
        """Whether the derivative of a loss by a quantity is left as it is."""
        step = self.at(quantity)
        name, _ = component_parts(quantity.name)
        return step is not None and (step > self.last or (name, step) in self.kept)

    def opens(self, quantity: Symbol) -> bool:
        """Whether the equation of a quantity of some step is put in."""
        step = self.at(quantity)
        return step is not None and self.first <= step <= self.last + 1

    def opened(self, value: Expr, equation: Callable[[Symbol], Expr | None], depth: int = 0) -> Expr:
        """An expression with the equations of these steps put in; `equation` has None for what stays."""
        if depth > DEEPEST:
            raise MeaningError("the steps go round in a circle")
        inside: dict[Expr, Expr] = {}
        for each in symbols(value):
            assert isinstance(each, Symbol)
            right = equation(each)
            if right is not None:
                inside[each] = self.opened(right, equation, depth + 1)
        return put(value, inside) if inside else value


@dataclass
class Unrolled:
    """The derivatives of a loss along the equations of a recurrence, up to the last of some steps."""

    steps: Steps
    equation: Callable[[Symbol], Expr]
    rank: Callable[[str], int]
    letters: Iterator[int] = field(default_factory=lambda: count(1))

    def of(self, loss: str, wrt: Symbol, depth: int = 0) -> Expr:
        """∂loss/∂wrt."""
        if depth > DEEPEST:
            raise MeaningError("the steps go round in a circle")
        left = symbol(f"∂{loss}/∂{wrt.name}")
        if self.steps.keeps(wrt):
            return left
        name, _ = component_parts(wrt.name)
        known = self.steps.recurrences.environment.equations
        reads = self.steps.recurrences.reads
        readers = [known[each] for each, read in reads.items() if any(name == place.name for place in read)]
        if loss not in known and not readers:
            return left
        total: Expr = Integer(0)
        for fact in readers:
            if fact.name == loss:
                total = total + partial(self.equation(symbol(loss)), wrt)
                continue
            for reader, free in self._instances(fact, wrt):
                slope = partial(self.equation(reader), wrt)
                if slope != 0:
                    body = self.of(loss, reader, depth + 1) * slope
                    total += IndexedReduction(Str("sum"), body, *map(symbol, free)) if free else body
        return total

    def _instances(self, fact: Fact, wrt: Symbol) -> Iterator[tuple[Symbol, list[str]]]:
        """The components of a reader that read a quantity, with the letters to sum over."""
        free = [f"ν{next(self.letters)}" for _ in range(len(fact.letters) + self.rank(fact.name))]
        reader = symbol(f"{fact.name}[{','.join(free)}]") if free else symbol(fact.name)
        name, indices = component_parts(wrt.name)
        if not fact.letters or name not in self.steps.recurrences.stepped:
            # A weight is read by every step.
            yield reader, free
            return
        own = symbol(free[0])
        read = [component_parts(each.name) for each in symbols(self.equation(reader))]
        gaps = {at[0] - own for each, at in read if each == name and at}
        for gap in sorted(gaps, key=str):
            if not gap.is_Integer or not indices:
                raise MeaningError("a quantity of a step that is not told")
            at = str(indices[0] - gap).replace(" ", "")
            yield symbol(f"{fact.name}[{','.join((at, *free[1:]))}]"), free[1:]
