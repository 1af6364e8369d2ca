"""Index letters: affine indices, which axis a letter runs over, and components by name."""

from __future__ import annotations

from collections.abc import Mapping

from sympy import Eq, Expr, Symbol

from derive.agreement.generators import Affine
from derive.expression import IndexedReduction, component_parts, symbols

Bindings = Mapping[str, Affine]


def letter(name: str) -> Affine:
    """A letter as an index."""
    return ((name, 1),), 0


def affine(index: Expr, bindings: Bindings) -> Affine | None:
    """An index as letters with integer coefficients and a constant; None if it is none."""
    if index.is_Integer:
        return (), int(index)
    if index.is_Symbol and "[" not in index.name:
        return bindings.get(index.name, letter(index.name))
    if index.is_Add:
        parts = [affine(term, bindings) for term in index.args]
        found: Affine = ((), 0)
        for part in parts:
            if part is None:
                return None
            found = combined(found, part, 1)
        return found
    if index.is_Mul and len(index.args) == 2 and index.args[0].is_Integer:
        part = affine(index.args[1], bindings)
        return None if part is None else combined(((), 0), part, int(index.args[0]))
    return None


def combined(left: Affine, right: Affine, times: int) -> Affine:
    """left + times · right."""
    coefficients = dict(left[0])
    for name, coefficient in right[0]:
        coefficients[name] = coefficients.get(name, 0) + times * coefficient
    kept = tuple(sorted((name, value) for name, value in coefficients.items() if value))
    return kept, left[1] + times * right[1]


def difference(left: Affine, right: Affine) -> Affine:
    """left - right."""
    return combined(left, right, -1)


def replaced(index: Affine, letters: Mapping[str, Affine]) -> Affine:
    """The index with letters replaced, all at once."""
    found: Affine = ((), index[1])
    for name, coefficient in index[0]:
        found = combined(found, letters.get(name, letter(name)), coefficient)
    return found


def spelled(index: Affine) -> str:
    """The index as text, the same for equal indices."""
    terms = [name if value == 1 else f"{value}*{name}" for name, value in index[0]]
    return "+".join(terms + ([str(index[1])] if index[1] or not terms else []))


class Axes:
    """Which letters run over the same axis: those that stand at one place of one quantity."""

    def __init__(self) -> None:
        self.parents: dict[str, str] = {}
        self.places: dict[tuple[Expr, str], str] = {}
        self.letters: set[str] = set()
        self.sizes: set[str] = set()
        # How many values a letter has that runs from one end to another, by the text of the ends.
        self.ranges: dict[str, Expr] = {}
        self._ends: dict[tuple[Expr, str], str] = {}
        self._read: set[tuple[Expr, frozenset[tuple[str, str]]]] = set()
        self._count = 0

    def read(self, expression: Expr, scope: Mapping[str, str]) -> None:
        """Link the letters of an expression; `scope` gives the node of each bound letter."""
        place = expression, frozenset(scope.items())
        if place in self._read:
            return
        self._read.add(place)
        if isinstance(expression, Symbol):
            self._component(expression.name, scope)
        elif isinstance(expression, IndexedReduction):
            self._reduction(expression, scope)
        elif isinstance(expression, Eq) and all(side.is_Symbol for side in expression.args):
            left, right = (scope.get(side.name, f"={side.name}") for side in expression.args)
            if any(side.name in scope or side.name in self.letters for side in expression.args):
                self.letters.update(side.name for side in expression.args)
                self._link(left, right)
        else:
            for argument in expression.args:
                self.read(argument, scope)

    def copy(self) -> Axes:
        """The same links, to which another expression may add some."""
        other = Axes()
        other.parents, other.places = dict(self.parents), dict(self.places)
        other.letters, other.sizes = set(self.letters), set(self.sizes)
        other.ranges, other._ends = dict(self.ranges), dict(self._ends)
        other._read, other._count = set(self._read), self._count
        return other

    def axes(self) -> dict[tuple[Expr, str], str]:
        """The axis of each letter of each reduction; one that indexes nothing goes with its namesakes.

        A letter with ends of its own has them as its axis: a sum to n is none to m.
        """
        for node in dict.fromkeys(self.places.values()):
            others = {self._root(n) for (_, name), n in self.places.items() if node == f"~{name}"} - {node}
            if len(others) == 1 and node not in self.parents:
                self.parents[node] = others.pop()
        return {
            place: self._ends.get(place) or self._whole(self._root(node))
            for place, node in self.places.items()
        }

    def _whole(self, root: str) -> str:
        """The axis of a letter without ends: as long as those that have them, where they agree."""
        ends = {each for each in self.ranges if self._root(each) == root}
        return root if not ends else ends.pop() if len(ends) == 1 else f"~{root}"

    def _reduction(self, expression: IndexedReduction, scope: Mapping[str, str]) -> None:
        inner = dict(scope)
        for bound in expression.args[2:]:
            name = bound.name if isinstance(bound, Symbol) else bound.args[0].name
            self.letters.add(name)
            place = (expression, name)
            if place not in self.places:
                self._count += 1
                self.places[place] = f"~{name}" if _is_idle(name, expression.body) else f"~{self._count}"
            inner[name] = self.places[place]
            if not isinstance(bound, Symbol):
                self._ranged(place, inner[name], bound.args[1], bound.args[2])
                self.sizes.update(each.name for each in symbols(bound.args[2]))
        self.read(expression.body, inner)

    def _ranged(self, place: tuple[Expr, str], node: str, low: Expr, high: Expr) -> None:
        ends = f"{low}..{high}"
        self._ends[place] = ends
        self.ranges[ends] = high - low + 1
        self._link(node, ends)

    def _component(self, name: str, scope: Mapping[str, str]) -> None:
        if "[" not in name:
            return
        quantity, indices = component_parts(name)
        for position, index in enumerate(indices):
            self.letters.update(each.name for each in symbols(index))
            if index.is_Symbol:
                self._link(scope.get(index.name, f"={index.name}"), f"{quantity}.{position}")

    def _root(self, node: str) -> str:
        while node in self.parents:
            node = self.parents[node]
        return node

    def _link(self, left: str, right: str) -> None:
        first, second = sorted((self._root(left), self._root(right)))
        if first != second:
            # Names of places, `W.0`, come after the letters in this order: they stand for the axis.
            older, newer = (first, second) if first[0] in "~=" else (second, first)
            self.parents[older] = newer


def _is_idle(name: str, body: Expr) -> bool:
    """Whether a body is the same for every value of a letter."""
    inside = symbols(body)
    indices = (index for each in inside for index in component_parts(each.name)[1])
    return all(each.name != name for part in (body, *indices) for each in symbols(part))
