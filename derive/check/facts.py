"""What a document has said so far: functions, equations and values, each with the place where it stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

from derive.check.by_components import NOTHING_OWN, OwnFunctions
from derive.effort import spend
from derive.formula import Call, Derivative, Formula, Indexed, Name, Number, Vector, names, walk
from derive.functions import Function

Kind = Literal["function", "equation", "value"]


def quantity_of(node: Formula) -> str | None:
    """The name that a leaf or a call goes by."""
    match node:
        case Name(name) | Indexed(name) | Call(name):
            return name
    return None


@dataclass(frozen=True)
class Fact:
    """A name and what it stands for.

    `parameters` are those of a function, `letters` the indices of a component on the left, `arguments` what
    stands behind the name of a quantity, as in J(y, h(x)); `order` counts
    the assertions of the document, `section` its headings, `line` is for the reader. The fact holds between
    the lines `since` and `until`, where the author says so, and in its `scope` only, a comment of a program,
    if that is not 0. The text states it of every layer where it stands for the `last`.
    """

    name: str
    kind: Kind
    formula: Formula
    order: int
    line: int = 0
    section: int = 0
    parameters: tuple[str, ...] = ()
    letters: tuple[str, ...] = ()
    arguments: tuple[Formula, ...] = ()
    text: str = ""
    since: int = 0
    until: int | None = None
    scope: int = 0
    last: bool = False

    def __hash__(self) -> int:
        # Facts are noted at every step: no formula is walked through for that.
        return hash((self.name, self.order, self.line))

    @cached_property
    def reads(self) -> frozenset[str]:
        """The quantities that it is worked out from."""
        return frozenset(n.name for n in walk(self.formula) if isinstance(n, Name | Indexed))

    @cached_property
    def operands(self) -> tuple[str, ...]:
        """The names that its formula reads and does not bind, in reading order."""
        return names(self.formula)

    @cached_property
    def from_the_beginning(self) -> Fact:
        """The fact as if the text began with it."""
        return replace(self, order=0)

    @cached_property
    def speaks_of(self) -> frozenset[str]:
        """The quantities and the functions that it is worked out from."""
        return frozenset(name for node in walk(self.formula) if (name := quantity_of(node)))

    @property
    def function(self) -> Function:
        """A function as a row like those of the table."""
        return Function(self.name, self.parameters, self.formula)


@dataclass(frozen=True)
class Environment:
    """The facts in force at one place, by name; `said` are all of them, those that are overridden too.

    `own` are the functions that the text defines by components, wherever it does; `order` is the place,
    `settled` are the names whose equations stand further on and count as said, `sloped` the places of the
    assertions that speak of derivatives.
    """

    functions: Mapping[str, Fact] = field(default_factory=dict)
    equations: Mapping[str, Fact] = field(default_factory=dict)
    values: Mapping[str, Fact] = field(default_factory=dict)
    vectors: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    said: tuple[Fact, ...] = field(default=(), compare=False, repr=False)
    own: OwnFunctions = NOTHING_OWN
    order: int | None = field(default=None, compare=False)
    settled: frozenset[str] = frozenset()
    sloped: Sequence[int] = field(default=(), compare=False, repr=False)

    def is_ahead(self, name: str) -> bool:
        """Whether the equation of a name stands further on."""
        fact = self.equations.get(name)
        later = fact is not None and self.order is not None and fact.order >= self.order
        return later or name in self.settled

    @cached_property
    def lists(self) -> frozenset[str]:
        """The names that are lists or matrices written out, and those that are worked out from such."""
        return self._resting_on(lambda node: isinstance(node, Vector))

    @cached_property
    def matrices(self) -> frozenset[str]:
        """The names that are matrices written out, and those that are worked out from such."""
        return self._resting_on(is_matrix)

    def _resting_on(self, kind: Callable[[Formula], bool]) -> frozenset[str]:
        facts = [each for each in (*self.equations.values(), *self.values.values()) if not each.letters]
        found = {fact.name for fact in facts if any(map(kind, walk(fact.formula)))}
        while found and (more := {each.name for each in facts if found & set(names(each.formula))} - found):
            found |= more
        return frozenset(found)

    def behind(self, fact: Fact) -> set[str]:
        """All names that a quantity is worked out from, through all equations."""
        waiting, found = list(fact.operands), set[str]()
        while waiting:
            name = waiting.pop()
            if name in found:
                continue
            found.add(name)
            if (read := self.equations.get(name)) is not None:
                spend(5)
                waiting.extend(read.operands)
        return found

    def is_slope(self, name: str, section: int) -> bool:
        """Whether a section has defined a name as a derivative."""
        return any(
            each.name == name and each.section == section and _is_of_slopes(each.formula)
            for each in self.said
        )

    def lengths(self, vectors: Iterable[str]) -> dict[str, int | None]:
        """The vectors that are no numbers here, with the number of their components."""
        known = {**self.equations, **self.values}
        scalars = {name for name, fact in known.items() if not isinstance(fact.formula, Vector)}
        found = dict.fromkeys((*sorted(set(vectors) - scalars), *sorted(self.vectors)))
        return {name: self.components(name) for name in found}

    def components(self, name: str) -> int | None:
        """The number of components of a vector, as far as the text tells."""
        fact = self.values.get(name) or self.equations.get(name)
        if fact is not None and isinstance(fact.formula, Vector):
            return len(fact.formula.elements)
        return None


def is_matrix(formula: Formula) -> bool:
    """Whether it is a list of lists."""
    return isinstance(formula, Vector) and any(isinstance(each, Vector) for each in formula.elements)


@dataclass(frozen=True, slots=True)
class Facts:
    """All facts of a document, in order."""

    facts: tuple[Fact, ...] = ()

    def at(self, order: int, line: int, *, ahead: bool = True) -> Environment:
        """What holds at a statement: the latest said before it; with `ahead`, else the first said after."""
        functions: dict[str, Fact] = {}
        equations: dict[str, Fact] = {}
        values: dict[str, Fact] = {}
        said = tuple(self._before(order, line))
        for each in said:
            if each.kind == "function":
                functions[each.name] = each
            elif each.kind == "equation":
                equations[each.name] = each
                known = values.get(each.name)
                if known is not None and known.section != each.section:
                    del values[each.name]
            else:
                known = equations.get(each.name)
                if known is not None and known.section != each.section:
                    del equations[each.name]
                values[each.name] = each
                for name in _component_names(each):
                    values.pop(name, None)
        if ahead:
            known_names = {*functions, *equations, *values}
            for each in self.facts:
                if each.order > order and each.kind != "value" and each.name not in known_names:
                    (functions if each.kind == "function" else equations)[each.name] = each
                    known_names.add(each.name)
        vectors = frozenset(
            each.name for each in (*values.values(), *equations.values()) if isinstance(each.formula, Vector)
        )
        names = frozenset((*functions, *equations, *values))
        return Environment(functions, equations, values, vectors, names, said)

    def _before(self, order: int, line: int) -> Iterator[Fact]:
        for each in self.facts:
            if each.order < order and each.since <= line and (each.until is None or line <= each.until):
                yield each


def _is_of_slopes(formula: Formula) -> bool:
    return any(isinstance(node, Derivative) for node in walk(formula))


def _component_names(fact: Fact) -> Iterator[str]:
    if isinstance(fact.formula, Vector):
        yield from (f"{fact.name}{at}" for at in range(1, len(fact.formula.elements) + 1))


def is_numeric(formula: Formula) -> bool:
    """Whether no quantity stands in a formula of numbers: 2 · 3, σ(0.1)."""
    nodes = list(walk(formula))
    return any(isinstance(node, Number) for node in nodes) and not any(
        isinstance(node, Name | Indexed) for node in nodes
    )


def is_number(formula: Formula) -> bool:
    """Whether a formula is built of numbers alone."""
    return not any(isinstance(node, Name | Indexed | Call) for node in walk(formula)) and any(
        isinstance(node, Number) for node in walk(formula)
    )
