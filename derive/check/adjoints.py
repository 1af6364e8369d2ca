"""Derivatives of a loss that the text does not define: along the equations that read a quantity."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count

from sympy import Expr, Integer, Symbol, Tuple
from sympy.core.symbol import Str

from derive.check.facts import Environment, Fact, quantity_of
from derive.check.gradients import is_slope
from derive.check.last_layer import family_of, is_as_others, is_layered
from derive.expression import (
    IndexedReduction,
    MeaningError,
    component_parts,
    partial,
    parts,
    put,
    symbol,
    symbols,
)
from derive.formula import Derivative, Formula, Indexed, Name, is_derivative, walk


def independent(environment: Environment, by: Collection[str]) -> frozenset[str]:
    """The quantities with an equation that are not worked out from certain ones, and these themselves."""
    reads = {fact.name: fact.reads for fact in environment.equations.values()}
    found = set(by)
    while more := {name for name, read in reads.items() if name not in found and found & read}:
        found |= more
    return frozenset(reads.keys() - found | set(by))


def backward(environment: Environment) -> frozenset[str]:
    """The quantities that are worked out from derivatives."""
    facts = environment.equations.values()
    spoken = {name for fact in facts for name in (fact.name, *fact.reads)}
    found = {fact.name for fact in facts if any(map(is_derivative, walk(fact.formula)))}
    found |= {fact.name for fact in facts if is_slope(fact.name, spoken)}
    while more := {fact.name for fact in facts if fact.name not in found and found & fact.reads}:
        found |= more
    return frozenset(found)


def assumptions(environment: Environment, *formulas: Formula) -> tuple[str, ...]:
    """What derivatives of a loss that the text does not define take for granted, in words."""
    found: dict[str, None] = {}
    for node in (each for formula in formulas for each in walk(formula)):
        if not isinstance(node, Derivative) or not isinstance(node.of, Name):
            continue
        loss, wrt = node.of.name, node.wrt
        if loss in environment.names or not isinstance(wrt, Name | Indexed) or wrt.name == loss:
            continue
        readers = [each.name for each in environment.equations.values() if wrt.name in each.reads]
        shown = sorted({_letter(each) for each in readers if each not in (wrt.name, loss)})
        if wrt.name in readers:
            shown.append(f"the next {_letter(wrt.name)}")
        if shown:
            found[f"{loss} depends on {_letter(wrt.name)} through {' and '.join(shown)} alone"] = None
    return tuple(found)


def _letter(name: str) -> str:
    """A name without the place where its layer stands."""
    return name.rstrip("^⟦⟧⟨⟩()") or name


def _slope(value: Expr, wrt: Symbol, *, layered: bool) -> Expr:
    """The derivative; of any layer, nothing comes from what reads the last one alone."""
    if not layered:
        return partial(value, wrt)
    name, _ = component_parts(wrt.name)
    bound = {each for part in parts(value) if isinstance(part, IndexedReduction) for each in part.letters}
    apart: dict[Expr, Expr] = {}
    for each in symbols(value):
        family, indices = component_parts(each.name)
        if family == name and not bound & {letter.name for letter in indices[0].free_symbols}:
            apart[each] = symbol(f"apart {len(apart)}")
    back = {other: each for each, other in apart.items()}
    return put(partial(put(value, apart), wrt), back) if apart else partial(value, wrt)


# A model with more equations in a row is no textbook's.
DEEPEST = 60


@dataclass
class Adjoints:
    """The sum over the equations that read a quantity, until nothing reads it any more.

    That is the derivative if the loss depends on the quantity through these equations alone. The layers of
    a^l are gone through once: what is left is the derivative by a quantity of another layer.
    """

    environment: Environment
    equation: Callable[[Symbol], Expr]
    rank: Callable[[str], int]
    ends: Callable[[Fact, int], tuple[Expr, Expr] | None] = lambda fact, at: None
    letters: Iterator[int] = field(default_factory=lambda: count(1))
    _read_by: dict[str, frozenset[str]] = field(default_factory=dict)

    def of(self, loss: str, wrt: Symbol) -> Expr:
        """∂loss/∂wrt."""
        return self._of(loss, wrt, frozenset(), 0)

    def _of(self, loss: str, wrt: Symbol, above: frozenset[str], depth: int) -> Expr:
        name, indices = component_parts(wrt.name)
        layered = bool(indices) and is_layered(name)
        passed = name in above or depth > DEEPEST or (layered and not indices[0].is_Symbol)
        readers = [] if passed or self._goes_on(name) else list(self._readers(name, loss))
        if not readers:
            return symbol(f"∂{loss}/∂{wrt.name}")
        try:
            return self._through(readers, loss, wrt, above | {name}, depth, layered=layered)
        except MeaningError:
            # What reads it is not understood: the derivative by the quantity itself is left.
            return symbol(f"∂{loss}/∂{wrt.name}")

    def _through(
        self,
        readers: Sequence[Fact],
        loss: str,
        wrt: Symbol,
        above: frozenset[str],
        depth: int,
        *,
        layered: bool,
    ) -> Expr:
        total: Expr = Integer(0)
        for fact in readers:
            if fact.name == loss:
                total = total + _slope(self.equation(symbol(loss)), wrt, layered=layered)
                continue
            for reader, free in self._instances(fact, wrt, layered):
                of_layers = is_layered(fact.name)
                slope = _slope(self.equation(reader), wrt, layered=layered and not of_layers)
                if slope == 0:
                    continue
                body = self._of(loss, reader, above, depth + 1) * slope
                ranges = self._ranges(fact, free)
                total = total + (IndexedReduction(Str("sum"), body, *ranges) if free else body)
        return total

    def _ranges(self, fact: Fact, free: Sequence[str]) -> Iterator[Expr | Tuple]:
        """The letters of a reader, from and to where the text counts them, if it says so."""
        of_layer = len(fact.letters) + self.rank(fact.name) - len(free)
        for at, letter in enumerate(free, start=of_layer):
            ends = self.ends(fact, at)
            yield symbol(letter) if ends is None else Tuple(symbol(letter), *ends)

    def _readers(self, name: str, loss: str) -> Iterator[Fact]:
        for fact in self.environment.equations.values():
            # A layer may read the one before it of its own name: a^l = a^{l-1} + g(z^l).
            own = fact.name == name and not is_layered(name)
            if own or fact.name in self.backward or (fact.name == loss and fact.letters):
                continue
            if self._is_of_one_layer(fact, name):
                continue
            if loss in self.environment.equations and fact.name not in self._behind(loss):
                continue
            if name in fact.reads:
                yield fact

    def _goes_on(self, name: str) -> bool:
        """Whether a step of it is worked out from the one before, h_t from h_{t-1}: that is not followed."""
        fact = self.environment.equations.get(name)
        return fact is not None and not is_layered(name) and name in fact.reads

    def _behind(self, loss: str) -> frozenset[str]:
        """What a loss that the text defines is worked out from, whatever the layer."""
        if loss not in self._read_by:
            known, waiting, seen = self.environment, [loss], {loss}
            while waiting:
                name = waiting.pop()
                facts = (known.equations.get(name), known.functions.get(name))
                nodes = (node for fact in facts if fact is not None for node in walk(fact.formula))
                read = {spoken for node in nodes if (spoken := quantity_of(node))}
                if (found := family_of(name)) is not None:
                    read.add(found[0])
                waiting.extend(sorted(read - seen))
                seen |= read
            self._read_by[loss] = frozenset(seen)
        return self._read_by[loss]

    def _is_of_one_layer(self, fact: Fact, name: str) -> bool:
        """Whether an equation is that of every layer in one of them, from which nothing more comes."""
        found, equations = family_of(fact.name), self.environment.equations
        general = equations.get(found[0]) if found is not None else None
        if general is None or name not in general.reads:
            return False
        return fact.last or is_as_others(fact, equations)

    @cached_property
    def backward(self) -> frozenset[str]:
        """The quantities that are worked out from derivatives: the loss depends on none of them."""
        return backward(self.environment)

    def _instances(self, fact: Fact, wrt: Symbol, layered: bool) -> Iterator[tuple[Symbol, list[str]]]:
        """The components of a reader that may read the quantity, with the letters to sum over."""
        free = [f"ν{next(self.letters)}" for _ in range(len(fact.letters) + self.rank(fact.name))]
        reader = symbol(f"{fact.name}[{','.join(free)}]") if free else symbol(fact.name)
        of_layers = is_layered(fact.name) and bool(fact.letters)
        if not of_layers:
            yield reader, free
            return
        if not layered:
            # W^l is read by z^l of the same layer alone; what no layer tells apart is read by all.
            yield reader, free
            return
        name, indices = component_parts(wrt.name)
        layer = symbol(free[0])
        steps = {
            parts[0] - layer
            for each in symbols(self.equation(reader))
            if isinstance(each, Symbol) and (parts := component_parts(each.name)[1])
            if component_parts(each.name)[0] == name
        }
        for step in steps:
            if not step.is_Integer:
                raise MeaningError("a quantity of a layer that is not told")
            at = str(indices[0] - step).replace(" ", "")
            rest = [at, *free[1:]]
            yield symbol(f"{fact.name}[{','.join(rest)}]"), free[1:]
