"""The standard ways to read formulas where a document's facts hold: which facts, derivatives and vectors."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product

from derive.check.abbreviations import abbreviations, put_in
from derive.check.adjoints import independent
from derive.check.arrays import Arrays
from derive.check.axes import is_inverse
from derive.check.dots import DOT, TIME, undotted
from derive.check.facts import Environment, quantity_of
from derive.check.fitting import multiplies
from derive.check.inner import left_aside, reads_elsewhere
from derive.check.layouts import Layout, others, readings
from derive.check.meaning import Meaning
from derive.check.ranks import Ranks
from derive.check.recurrences import Recurrences, from_the_first, of_steps, places
from derive.check.slopes import Slope
from derive.check.unrolled import Steps
from derive.check.vectors import Vectors
from derive.formula import Derivative, Formula, Indexed, Name, Power, Reduction, Vector, walk


@dataclass
class Readings:
    """The standard readings of what the text has said.

    `environments` are the section's own facts, then all; `vectors` the names that are known to be vectors.
    """

    environments: Sequence[Environment]
    vectors: frozenset[str] = frozenset()
    ranks: Ranks | None = None
    layout: Layout = field(default_factory=Layout)
    _found: dict[Hashable, Meaning] = field(default_factory=dict)
    _said: dict[int, tuple[frozenset[str], bool]] = field(default_factory=dict)
    _recurring: dict[int, Recurrences] = field(default_factory=dict)

    @property
    def environment(self) -> Environment:
        """Everything that the text has said."""
        return self.environments[-1]

    def of(self, *formulas: Formula, head: Formula | None = None, whole: bool = False) -> Iterator[Meaning]:
        """The readings of formulas that are compared, one by one, in a chain that begins with `head`.

        With `whole`, only those by everything that the text has said.
        """
        slopes = _slopes(head, *formulas)
        environments = list(enumerate(self.environments))
        environments = environments[
            : 1 if self._is_told_here(*formulas) or self._is_apart(*formulas) else None
        ]
        spoken = [node for each in formulas for node in walk(each)]
        if len(environments) > 1 and reads_elsewhere(self.environments[0], self.environment, *formulas):
            environments = environments[-1:]
        for (at, known), slope in product(environments[-1:] if whole else environments, slopes):
            short = abbreviations(known, *formulas)
            environment = put_in(known, short) if short else known
            line, loss = _differentiated(environment, head) if len(slopes) > 2 else (frozenset[str](), "")
            dependent = self._dependent(at, environment, line, spoken)
            solved = _solved_for(environment, spoken)
            late = left_aside(environment, *formulas)
            asides = (frozenset[str](), late) if late else (late,)
            for vectors, aside in product(self._vectors(environment, *formulas), asides):
                held = solved | aside
                key = (at, slope, vectors.kind, dependent, line, loss, held, aside, short)
                if key not in self._found:
                    self._found[key] = Meaning(
                        environment,
                        slope,
                        vectors,
                        dependent=dependent,
                        line=line,
                        loss=loss,
                        held=held,
                        aside=aside,
                    )
                yield self._found[key]

    def free(self, *formulas: Formula) -> Iterator[Meaning]:
        """The readings of arrays that let what derivatives are by be anything: a proof needs no more."""
        environment = self.environment
        if self._is_apart(*formulas):
            return
        slopes = (node for each in formulas for node in walk(each) if isinstance(node, Derivative))
        by = {quantity_of(node.wrt) for node in slopes}
        named = {name for name in by if name is not None}
        held = independent(environment, named) if named else frozenset[str]()
        for vectors in self._vectors(environment, *formulas) if held & environment.equations.keys() else ():
            key = ("free", vectors.kind, held)
            if isinstance(vectors, Arrays):
                if key not in self._found:
                    self._found[key] = Meaning(environment, "total", vectors, held=held)
                yield self._found[key]

    def left_open(self, *formulas: Formula) -> str | None:
        """Why derivatives in formulas are not told by equations put in once: they go through other steps."""
        told_here = self._is_told_here(*formulas)
        whole, own = map(self._recurrences, (self.environment, self.environments[0]))
        for node in of_steps(formulas, self.environment):
            reason = whole.left_open(node)
            if reason is None or self._is_of_section(node):
                continue
            if not told_here or quantity_of(node.wrt) in whole.names:
                return reason
            if (reason := own.left_open(node)) is not None:
                return reason
        return None

    def _is_apart(self, *formulas: Formula) -> bool:
        """Whether the section's own model decides, as what else the text says is of another one."""
        return any(map(self._is_of_section, of_steps(formulas, self.environment)))

    def _is_of_section(self, node: Derivative) -> bool:
        """Whether a section has a model of its own, without the recurrence that another section speaks of."""
        if self.environments[0] is self.environment or not isinstance(node.of, Name):
            return False
        whole, own = map(self._recurrences, (self.environment, self.environments[0]))
        if whole.left_open(node) is None or node.of.name not in own.reads or own.left_open(node) is not None:
            return False
        return not whole.continues(own, node.of.name)

    def from_the_first(self, left: Formula, right: Formula) -> tuple[Formula, Formula]:
        """Both sides for the step of the left side's index letter itself."""
        return from_the_first(left, right, self._recurrences(self.environment).stepped)

    def by_steps(self, left: Formula, right: Formula) -> Iterator[Meaning]:
        """The readings in which derivatives of a loss go through the steps that two sides speak of.

        First those on the right side are left as they are, then all are followed to the last step.
        """
        environment = self._of_own_steps(left, right)
        known = self._recurrences(environment)
        slopes = [list(of_steps([side], environment)) for side in (left, right)]
        if any(known.left_open(each) and not isinstance(each.of, Name) for side in slopes for each in side):
            return
        if not self._sums_alike(environment, left, right):
            return
        one, other = (places([each.wrt for each in side], known.stepped) for side in slopes)
        spoken = places([node for side in (left, right) for node in walk(side)], known.stepped)
        first, last = min((0, *(step for _, step in one | other))), max((0, *(step for _, step in spoken)))
        for kept in dict.fromkeys((other - one, frozenset[tuple[str, int]]())):
            for vectors in self._vectors(environment, left, right):
                steps = Steps(known, first, last, kept)
                yield Meaning(environment, "total", vectors, whole=True, steps=steps)

    def _of_own_steps(self, *formulas: Formula) -> Environment:
        """The section's own facts where its recurrence is one of its own, else everything."""
        own, whole = self.environments[0], self.environment
        known, all_known = self._recurrences(own), self._recurrences(whole)
        is_told = all(
            known.left_open(node) is not None
            and (quantity_of(node.of) in own.names or quantity_of(node.of) not in whole.names)
            for node in of_steps(formulas, whole)
            if all_known.left_open(node) is not None
        )
        return own if is_told and all_known.is_apart(own) else whole

    def _sums_alike(self, environment: Environment, *formulas: Formula) -> bool:
        """Whether all sums behind formulas go over the same steps, which then need not be told."""
        bounds = {
            (each.low, each.high)
            for formula in _behind(environment, *formulas)
            for node in walk(formula)
            if isinstance(node, Reduction)
            for each in node.bounds
            if each.high is not None
        }
        letters = {each for fact in environment.equations.values() for each in fact.letters}
        ends = [high for _, high in bounds]
        return len(ends) < 2 and all(isinstance(each, Name) and each.name not in letters for each in ends)

    def _recurrences(self, environment: Environment) -> Recurrences:
        return self._recurring.setdefault(id(environment), Recurrences(environment))

    def _dependent(
        self, at: int, environment: Environment, line: frozenset[str], spoken: Sequence[Formula]
    ) -> frozenset[str]:
        """The names without an equation whose derivative the formulas speak of.

        The operator ∂/∂x b before a name of the line that is differentiated leaves b a constant.
        """
        found = {
            node.of.name
            for node in spoken
            if isinstance(node, Derivative) and isinstance(node.of, Name)
            if not (node.applied and {node.of.name, quantity_of(node.wrt)} <= line)
        }
        if at not in self._said:
            known = self.environments[at].equations.values()
            self._said[at] = _motion(part for fact in known for part in walk(fact.formula))
        (here, by_time), (said, said_by_time) = _motion(spoken), self._said[at]
        if by_time or said_by_time:
            found |= here | said
        return frozenset(found - environment.equations.keys() - environment.functions.keys())

    def _is_told_here(self, *formulas: Formula) -> bool:
        """Whether the section itself says what goes on from what a loss without equation is derived by."""
        own, whole = self.environments[0], self.environment
        slopes = [node for each in formulas for node in walk(each) if isinstance(node, Derivative)]
        if own is whole or not slopes or any(quantity_of(node.of) in whole.names for node in slopes):
            return False
        reads = {
            name
            for fact in own.equations.values()
            for node in walk(fact.formula)
            if (name := quantity_of(node)) is not None
        }
        return all(isinstance(node.of, Name) for node in slopes) and any(
            quantity_of(node.wrt) in reads for node in slopes
        )

    def _vectors(self, environment: Environment, *formulas: Formula) -> Iterator[Vectors]:
        """The ways to read the vectors: at an index letter, by their numbered components, as numbers."""
        ranks = self.ranks
        if ranks is not None and not ranks.unclear and not _has_lists(environment, *formulas):
            yield from readings(ranks, self.layout, *formulas)
            if not self.gives_lists(environment):
                if self.has_arrays(*formulas) and not self._multiplies(environment, *formulas):
                    yield Vectors()
                return
            if self._holds_matrices(environment, *formulas):
                return
        lengths = environment.lengths(self.vectors)
        lists = any(isinstance(node, Vector) for each in formulas for node in walk(each))
        if not lists and not _speaks_of(lengths, environment, *formulas):
            yield Vectors()
            return
        counted = any(count is not None for count in lengths.values())
        if not lists:
            yield Vectors(lengths)
        if counted or lists:
            yield Vectors(lengths, numbered=True)
        if not lists:
            yield Vectors()

    def otherwise(self, *formulas: Formula) -> Iterator[tuple[Meaning, str]]:
        """The readings in layouts that the document has decided against, each with what it decided."""
        ranks = self.ranks
        if ranks is None or ranks.unclear or _has_lists(self.environment, *formulas):
            return
        for vectors in others(ranks, self.layout, *formulas):
            reason = self.layout.against(vectors, *formulas)
            for environment in self.environments:
                if reason is not None:
                    yield Meaning(environment, "total", vectors), reason

    def has_arrays(self, *formulas: Formula) -> bool:
        """Whether a vector or a matrix stands in the formulas as a whole."""
        ranks = self.ranks
        if ranks is not None and ranks.unclear:
            return False
        return ranks is not None and any(
            ranks.is_array(node.name)
            for each in formulas
            for node in walk(each)
            if isinstance(node, Name | Indexed)
        )

    def gives_lists(self, environment: Environment) -> bool:
        """Whether a name has a list of numbers as its value."""
        return any(isinstance(fact.formula, Vector) for fact in environment.values.values())

    def _multiplies(self, environment: Environment, *formulas: Formula) -> bool:
        """Whether the formulas, or what they are defined by, multiply arrays: then no letter is a number."""
        ranks = self.ranks
        assert ranks is not None
        return any(multiplies(ranks, each) for each in _behind(environment, *formulas))

    def _holds_matrices(self, environment: Environment, *formulas: Formula) -> bool:
        """Whether a matrix stands in the formulas, or in what they are defined by."""
        nodes = (node for each in _behind(environment, *formulas) for node in walk(each))
        ranks = self.ranks
        assert ranks is not None
        return any(isinstance(node, Name | Indexed) and ranks.of(node.name) == 2 for node in nodes)


def _speaks_of(vectors: Collection[str], environment: Environment, *formulas: Formula) -> bool:
    """Whether a vector stands in formulas or in what they are defined by, also as one of samples, x^(i)."""
    waiting = [(each, frozenset[str]()) for each in formulas] if vectors else []
    seen = set[str]()
    while waiting:
        formula, parameters = waiting.pop()
        spoken = {quantity_of(node) for node in walk(formula)} - parameters - seen
        for name in (each for each in spoken if each is not None):
            seen.add(name)
            if name.partition("^")[0] in vectors:
                return True
            if (fact := environment.equations.get(name)) is not None:
                waiting.append((fact.formula, frozenset()))
            if (fact := environment.functions.get(name)) is not None:
                waiting.append((fact.formula, frozenset(fact.parameters)))
    return False


def _behind(environment: Environment, *formulas: Formula) -> Iterator[Formula]:
    """Formulas, and those that define the names in them."""
    waiting, seen = list(formulas), set[str]()
    while waiting:
        formula = waiting.pop()
        yield formula
        for node in walk(formula):
            name = quantity_of(node)
            if name is None or name in seen:
                continue
            seen.add(name)
            fact = environment.equations.get(name) or environment.functions.get(name)
            if fact is not None:
                waiting.append(fact.formula)


def _solved_for(environment: Environment, spoken: Sequence[Formula]) -> frozenset[str]:
    """What derivatives are taken by, where its equation is the solution of another: w = (XᵀX)⁻¹Xᵀy."""
    by = {quantity_of(node.wrt) for node in spoken if isinstance(node, Derivative)}
    return frozenset(
        name
        for name in by
        if name is not None
        and (fact := environment.equations.get(name)) is not None
        and any(isinstance(node, Power) and is_inverse(node.exponent) for node in walk(fact.formula))
    )


def _slopes(head: Formula | None, *formulas: Formula) -> tuple[Slope, ...]:
    """The readings of the derivatives in formulas: where there are several kinds, they are read apart too."""
    nodes = [node for each in formulas for node in walk(each) if isinstance(node, Derivative)]
    if not nodes:
        return ("total",)
    of = {node.of for node in nodes}
    mixed = head is not None and (len(of) > 1 or any(node.applied for node in nodes))
    return ("total", "local", "backward") if mixed else ("total", "local")


def _differentiated(environment: Environment, head: Formula | None) -> tuple[frozenset[str], str]:
    """The names in the line that a chain differentiates, in brackets or an equation, and what it defines."""
    fact = environment.equations.get(quantity_of(head) or "") if head is not None else None
    if fact is not None:
        head = fact.formula
    if not isinstance(head, Derivative):
        return frozenset(), ""
    of = quantity_of(head.of) or ""
    known = environment.equations.get(of)
    line = known.formula if known is not None else head.of
    names = {node.name for node in walk(line) if isinstance(node, Name | Indexed)}
    return frozenset(names - {of}), of


def _has_lists(environment: Environment, *formulas: Formula) -> bool:
    """Whether numbered components stand in the formulas or in what defines a name."""
    facts = environment.equations.values()
    return any(
        isinstance(node, Vector)
        for each in (*formulas, *(fact.formula for fact in facts))
        for node in walk(each)
    )


def _motion(parts: Iterable[Formula]) -> tuple[frozenset[str], bool]:
    """The names that derivatives by time may speak of, ẋ where ẋ or ẍ stands, and whether there are such."""
    dotted: set[str] = set()
    by_time = False
    for part in parts:
        if isinstance(part, Name):
            if (stem := undotted(part.name)) is not None:
                dotted.add(stem[0] + DOT)
        elif isinstance(part, Derivative):
            by_time = by_time or part.wrt == Name(TIME)
    return frozenset(dotted), by_time
