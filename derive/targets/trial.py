"""Where generated code is tried: small sizes that fit together, and points of no special kind.

The code does not depend on the sizes, so that a network of any width is tried as a narrow one. Sizes
differ from each other as far as the arrays stay small: an array transposed by mistake does not fit then.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from itertools import count, cycle, product
from math import prod
from typing import Any

from derive.evaluate import Array, exact
from derive.formula import Formula, Grouping, Indexed, Name, Negation, Number, Product, Sum, read, walk
from derive.graph import Graph
from derive.model.model import Size

# Larger models are not tried at their own sizes: working their values exactly would take seconds.
MOST_NUMBERS = 150
# The sizes to choose from, at first and for models with many axes.
SMALL = ((2, 3, 4, 5), (2, 3), (2,))
# How often sizes are raised until every index stays inside its axis.
ROUNDS = 100

Point = Mapping[str, Array]


@dataclass(frozen=True)
class Trial:
    """A graph with what each of its sizes is taken to be."""

    model: Graph
    sizes: Mapping[Size, int]

    @cached_property
    def graph(self) -> Graph:
        """The graph with these sizes where it has numbers; those that have names keep them."""
        if all(size == taken for size, taken in self.sizes.items() if isinstance(size, int)):
            return self.model
        shapes = {name: tuple(map(self._number, shape)) for name, shape in self.model.shapes.items()}
        letters = {
            target: {letter: self._number(size) for letter, size in own.items()}
            for target, own in self.model.letters.items()
        }
        return replace(self.model, shapes=shapes, letters=letters)

    def _number(self, size: Size) -> Size:
        return self.sizes.get(size, size) if isinstance(size, int) else size

    @property
    def is_narrowed(self) -> bool:
        """Whether a width of the model was made smaller."""
        return self.graph is not self.model

    @property
    def numbers(self) -> int:
        """How many numbers the inputs hold."""
        return sum(prod(self._shape(name)) for name in self.model.inputs)

    def points(self) -> Iterator[Point]:
        """Points of no special kind: of both signs, between 0 and 1; then the model's own."""
        for low, high in ((-1, 1), (0, 1)):
            # No two of these numbers are equal: a tie may be a kink, where no difference quotient helps.
            spread = (Fraction(61_803 * at % 100_003, 100_003) for at in count(1))
            numbers = (low + (high - low) * each for each in spread)
            yield {name: _filled(self._shape(name), numbers) for name in self.model.inputs}
        if all(name in self.model.model.values for name in self.model.inputs) and not self.is_narrowed:
            yield {name: _exact(self.model.model.values[name]) for name in self.model.inputs}

    def _shape(self, name: str) -> tuple[int, ...]:
        return tuple(self.sizes[size] for size in self.model.shapes[name])


def trial(graph: Graph) -> Trial | None:
    """The sizes at which a graph is tried: its own where it is small; None if none are found."""
    if not any(graph.shapes[name] for name in graph.inputs) and len(graph.inputs) > MOST_NUMBERS:
        return None
    for narrow, small in product((False, True), SMALL):
        sizes = _fitting(graph, _first(graph, small, narrow=narrow))
        if sizes is not None and (found := Trial(graph, sizes)).numbers <= MOST_NUMBERS:
            return found
    return None


def _every(graph: Graph) -> dict[Size, None]:
    """The sizes of a graph, those of its inputs first; computed ones last."""
    inputs = (size for name in graph.inputs for size in graph.shapes[name])
    shapes = (size for shape in graph.shapes.values() for size in shape)
    letters = (size for own in graph.letters.values() for size in own.values())
    return dict.fromkeys((*inputs, *shapes, *letters))


def _first(graph: Graph, choice: Sequence[int], *, narrow: bool) -> dict[Size, int]:
    """Small numbers for the sizes that have a name, and for those that are to be narrowed."""
    small = cycle(choice)
    found: dict[Size, int] = {}
    for size in _every(graph):
        if isinstance(size, int):
            found[size] = min(size, next(small)) if narrow else size
        elif size.isidentifier():
            found[size] = next(small)
    return found


def _fitting(graph: Graph, sizes: dict[Size, int]) -> dict[Size, int] | None:
    """The sizes raised until computed ones are positive and every index is inside its axis."""
    names = (size for size in _every(graph) if isinstance(size, str) and size not in sizes)
    computed: dict[Size, Formula] = {size: read(size) for size in names}
    for _ in range(ROUNDS):
        for size, formula in computed.items():
            sizes[size] = _largest(formula, _values(sizes))
        narrow = _too_small(graph, sizes)
        if narrow is None:
            return sizes
        wider = _rising(computed[narrow]) if narrow in computed else narrow
        if wider not in sizes:
            return None
        sizes[wider] += 1
    return None


def _values(sizes: Mapping[Size, int]) -> dict[str, int]:
    return {size: number for size, number in sizes.items() if isinstance(size, str)}


def _rising(formula: Formula) -> str:
    """The first name that a computed size rises with."""
    terms = formula.terms if isinstance(formula, Sum) else (formula,)
    plain = (term for term in terms if not isinstance(term, Negation))
    return next((node.name for term in plain for node in walk(term) if isinstance(node, Name)), "")


def _too_small(graph: Graph, sizes: Mapping[Size, int]) -> Size | None:
    """A size that is not positive, or of an axis that an index runs out of; None if there is no such."""
    if not sizes:
        return None
    for size, number in sizes.items():
        # Of one place alone little is seen; a size that is computed can be raised.
        if number < (1 if isinstance(size, int) or size.isidentifier() else 2):
            return size
    for each in graph.equations:
        last = {letter: sizes[size] - 1 for letter, size in graph.letters[each.target].items()}
        for node in (node for term in each.terms for node in walk(term.body) if isinstance(node, Indexed)):
            for index, size in zip(node.indices, graph.shapes[node.name], strict=True):
                if not isinstance(index, Name) and _largest(index, last) >= sizes[size]:
                    return size
    return None


def _largest(formula: Formula, values: Mapping[str, int], sign: int = 1) -> int:
    """The value of an affine formula, times the sign; what is unknown counts as 0."""
    match formula:
        case Number():
            return sign * int(formula.value)
        case Name(name):
            return sign * values.get(name, 0)
        case Negation(operand):
            return _largest(operand, values, -sign)
        case Grouping(inner):
            return _largest(inner, values, sign)
        case Sum(terms):
            return sum(_largest(term, values, sign) for term in terms)
        case Product(factors):
            return sign * prod(_largest(factor, values) for factor in factors)
    return 0


def _filled(shape: tuple[int, ...], numbers: Iterator[Fraction]) -> Array:
    if not shape:
        return exact(next(numbers))
    return tuple(_filled(shape[1:], numbers) for _ in range(shape[0]))


def _exact(value: Any) -> Array:
    return tuple(map(_exact, value)) if isinstance(value, tuple) else exact(value)
