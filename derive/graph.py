"""The computation graph: the equations that the loss depends on, in evaluation order, with their roles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from derive.equation import Equation
from derive.formula import Formula, Name, Number, read, walk
from derive.lifting import lifted
from derive.model.model import Model, Size
from derive.shapes import apart, sizes_of

# A drawing has room for so many quantities, and for so many parameters among them.
MOST_DRAWN, MOST_PARAMETERS_DRAWN = 18, 7


@dataclass(frozen=True)
class Graph:
    """A model made ready for the sweep.

    `equations` lead from parameters and data to the loss, `dropped` do not; `shapes` holds the sizes of
    the axes of every name (none for a scalar), `letters` those of the index letters of every equation.
    """

    model: Model
    equations: tuple[Equation, ...]
    dropped: tuple[Equation, ...]
    shapes: Mapping[str, tuple[Size, ...]]
    letters: Mapping[str, Mapping[str, Size]]

    @property
    def loss(self) -> str:
        """The name of the loss."""
        return self.model.loss

    @property
    def parameters(self) -> tuple[str, ...]:
        """What the gradient is taken with respect to, in order."""
        return self.model.wrt

    @cached_property
    def by_target(self) -> Mapping[str, Equation]:
        """The equation of each name that has one."""
        return {each.target: each for each in self.equations}

    @cached_property
    def readers(self) -> Mapping[str, tuple[str, ...]]:
        """Who reads each name, in evaluation order."""
        found: dict[str, list[str]] = {}
        for each in self.equations:
            for name in self.reads(each):
                found.setdefault(name, []).append(each.target)
        return {name: tuple(targets) for name, targets in found.items()}

    def reads(self, equation: Equation) -> tuple[str, ...]:
        """The names that an equation reads, sizes apart, in reading order."""
        return tuple(name for name in equation.reads if name not in self.sizes)

    @cached_property
    def sizes(self) -> frozenset[str]:
        """The names of sizes."""
        every = (*self.shapes.values(), *(tuple(each.values()) for each in self.letters.values()))
        return frozenset(size for sizes in every for size in sizes if isinstance(size, str))

    @cached_property
    def inputs(self) -> tuple[str, ...]:
        """The names that no equation gives and some equation reads: data first, then parameters.

        Parameters come in the order in which the author wants the derivatives, the others after them.
        """
        read = set(self.readers) - set(self.by_target)
        data = tuple(name for name in self.model.data if name in read)
        wanted = [name for name in self.model.wrt if name in self.model.parameters]
        parameters = dict.fromkeys((*wanted, *self.model.parameters))
        return data + tuple(name for name in parameters if name in read)

    @property
    def is_crowded(self) -> bool:
        """Whether a drawing of the whole graph leaves the parameters out."""
        count = len(self.inputs) + len(self.by_target)
        return count > MOST_DRAWN or len(self.parameters) > MOST_PARAMETERS_DRAWN

    @cached_property
    def path_counts(self) -> Mapping[str, int]:
        """How many paths lead from each name to the loss, counted in one sweep."""
        counts = {self.loss: 1}
        for each in reversed(self.equations):
            for name in self.reads(each):
                counts[name] = counts.get(name, 0) + counts[each.target]
        return counts

    def paths(self, name: str, most: int = 6) -> tuple[tuple[str, ...], ...]:
        """The paths from a name to the loss, the name first, in reading order; `most` at the most."""
        return tuple(islice(self._paths(name), most))

    def _paths(self, name: str) -> Iterator[tuple[str, ...]]:
        waiting: list[tuple[str, ...]] = [(name,)]
        while waiting:
            path = waiting.pop()
            if path[-1] == self.loss:
                yield path
                continue
            readers = self.readers.get(path[-1], ())
            waiting.extend((*path, reader) for reader in reversed(readers))

    def letter_sizes(self, target: str) -> Mapping[str, Formula]:
        """The sizes of the index letters of an equation, as formulas."""
        return {
            letter: Number(str(size)) if isinstance(size, int) else read(size)
            for letter, size in self.letters[target].items()
        }


def graph(model: Model) -> Graph:
    """The computation graph of a model; nested reductions get lines of their own."""
    taken = {*model.parameters, *model.data, *model.values, *model.notation, *model.functions}
    kept, dropped = _split(model.equations, model.loss)
    others = {*_declared_sizes(model), *(each.target for each in dropped)}
    equations = apart(lifted(kept, taken | others))
    shapes, letters = sizes_of(equations, model.shapes, model.values, taken)
    names = {name for each in equations for name in (each.target, *each.reads)}
    # A parameter that no equation reads, as in a gradient that does not depend on it, keeps its shape.
    unread = {name: tuple(model.shapes.get(name, ())) for name in model.parameters}
    scalars: dict[str, tuple[Size, ...]] = dict.fromkeys(names, ())
    return Graph(model, equations, dropped, unread | scalars | shapes, letters)


def _declared_sizes(model: Model) -> Iterator[str]:
    """The names in the sizes that the author declared: T and K of T - K + 1."""
    declared = {size for shape in model.shapes.values() for size in shape if isinstance(size, str)}
    for size in declared:
        yield from (node.name for node in walk(read(size)) if isinstance(node, Name))


def _split(equations: Sequence[Equation], loss: str) -> tuple[tuple[Equation, ...], tuple[Equation, ...]]:
    """The equations that lead to the loss, and the others."""
    needed = {loss}
    kept: list[Equation] = []
    dropped: list[Equation] = []
    for each in reversed(equations):
        if each.target in needed:
            needed.update(each.reads)
            kept.append(each)
        else:
            dropped.append(each)
    return tuple(reversed(kept)), tuple(reversed(dropped))
