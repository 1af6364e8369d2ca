"""Nothing is shown unproved: neighbouring forms go through the proof engine, each pattern once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from derive.agreement import Agreement, agree
from derive.equation import Equation, terms_of
from derive.errors import DeriveError
from derive.expression import expression
from derive.formula import (
    Bound,
    Call,
    Formula,
    Indexed,
    Name,
    Power,
    Reduction,
    Relation,
    names,
    rewrite,
    walk,
)
from derive.functions import Function, function
from derive.indices import renamed
from derive.notation import plain
from derive.steps import Step
from derive.tidy import rational
from derive.walkthrough.naming import with_heavy_parts_named
from derive.walkthrough.preparing import (
    Pair,
    prepared,
    with_calls_named,
    with_constant_sums_named,
    with_delta_contracted,
    with_others_apart,
)
from derive.walkthrough.symbols import keyed

# Of so many symbols, a pair is first tried with its heavy parts under names.
HEAVY = 40
# What a proof may take at most; most take a millisecond, but the machine may be busy.
SECONDS = 5.0
# Forms of more terms are not compared term by term.
MOST_TERMS = 8


class UnprovedError(DeriveError):
    """Two forms that the text wanted to print as equal were not proved so; a fault of derive itself."""


@dataclass
class Proofs:
    """Proofs asked for by one text; `patterns` are those made, `count` says how often one was needed."""

    functions: Mapping[str, Function]
    patterns: set[Pair] = field(default_factory=set)
    count: int = 0

    def equal(
        self, left: Formula, right: Formula, equation: Equation | None = None, *, apart: bool = True
    ) -> None:
        """Prove two forms equal, the equation's left side standing for its right; raises UnprovedError."""
        if not self.holds(left, right, equation, apart=apart):
            forms = f"{plain(left)} and {plain(right)}"
            raise UnprovedError(f"two neighbouring forms were not proved equal: {forms}")

    def holds(
        self, left: Formula, right: Formula, equation: Equation | None = None, *, apart: bool = True
    ) -> bool:
        """Whether two forms are proved equal, not if that is undecided; raises UnprovedError if refuted.

        A local partial by a component holds the others fixed; not `apart`, other letters may mean the same.
        """
        if left == right:
            return True
        if equation is not None:
            left, right = (rewrite(keyed(side), _put_in(equation)) for side in (left, right))
        if apart:
            left, right = with_others_apart(*with_constant_sums_named(left, right))
        left, right = prepared(left), prepared(right)
        proved = self._proves(left, right)
        contracted = (rewrite(left, with_delta_contracted), rewrite(right, with_delta_contracted))
        if not proved and contracted != (left, right):
            proved = self._proves(*contracted)
        self.count += proved
        return proved

    def _proves(self, left: Formula, right: Formula) -> bool:
        """Whether the forms agree: by parts, whole, with what does not move under a name, or term by term."""
        if self._agree_in_parts(left, right):
            return True
        named = with_heavy_parts_named(left, right, self.functions)
        is_heavy = named != (left, right) and sum(1 for side in (left, right) for _ in walk(side)) > HEAVY
        if is_heavy and self._agree(*named, refutable=False):
            return True
        if self._agree(left, right, refutable=True):
            return True
        if named != (left, right) and not is_heavy and self._agree(*named, refutable=False):
            return True
        return self._agree_by_terms(left, right)

    @cached_property
    def _read_by_functions(self) -> frozenset[str]:
        """The names that functions of the model read besides their parameters."""
        bodies = ((row, row.body()) for row in self.functions.values())
        return frozenset(name for row, body in bodies if body for name in names(body)) | {"pi", "e"}

    def step(self, step: Step) -> None:
        """Prove that the forms before and after a step are equal."""
        self.equal(step.before, step.after)

    def _agree_in_parts(self, left: Formula, right: Formula) -> bool:
        """Whether the forms are built alike from parts that are proved equal."""
        pairs = _differing_parts(left, right)
        return bool(pairs) and all(
            self._agree_in_parts(*pair) or self._agree(*pair, refutable=False) for pair in pairs
        )

    def _agree_by_terms(self, left: Formula, right: Formula) -> bool:
        """Whether each term of one form, sums opened, is proved equal to one of the other's."""
        ours, theirs = ([each.formula for each in terms_of(side)] for side in (left, right))
        if len(ours) != len(theirs) or not 1 < len(ours) <= MOST_TERMS:
            return False
        for one in ours:
            match = next((each for each in theirs if self._agree(one, each, refutable=False)), None)
            if match is None:
                return False
            theirs.remove(match)
        return True

    def _agree(self, left: Formula, right: Formula, *, refutable: bool) -> bool:
        """Whether the engine proves the pair; where the whole forms are refuted, raises UnprovedError."""
        pattern = canonical(left, right, self._read_by_functions)
        if pattern in self.patterns:
            return True
        for functions in ((), _defined(*pattern), _inner(*pattern)):
            found = self._engine(pattern, functions)
            if found.verdict == "refuted" and refutable and not functions:
                raise UnprovedError(f"two forms are not equal: {plain(left)} and {plain(right)}")
            if found.proved:
                self.patterns.add(pattern)
                return True
        named = with_calls_named(*pattern)
        if named != pattern and self._engine(named, ()).proved:
            self.patterns.add(pattern)
            return True
        return False

    def _engine(self, pattern: Pair, unspecified: Collection[str]) -> Agreement:
        """What the engine finds; of functions left unspecified only their names and primes are known."""
        sides = (expression(side, self.functions, opaque=unspecified, constants=("pi",)) for side in pattern)
        domain = dict.fromkeys(_bases(*pattern), "positive")
        return agree(*sides, domain=domain, assume=False, seconds=SECONDS)


def _calls(*formulas: Formula) -> Iterator[Call]:
    return (node for each in formulas for node in walk(each) if isinstance(node, Call))


def _defined(left: Formula, right: Formula) -> frozenset[str]:
    """The functions of a pair that have a definition, unlike elementary ones."""
    rows = ((each.function, function(each.function)) for each in _calls(left, right))
    return frozenset(name for name, row in rows if row is None or row.body() is not None)


def _inner(left: Formula, right: Formula) -> frozenset[str]:
    """The functions of a pair inside the arguments of others: a chain rule need not know what they are."""
    return frozenset(inner.function for outer in _calls(left, right) for inner in _calls(*outer.arguments))


def _put_in(equation: Equation) -> Callable[[Formula], Formula]:
    """What puts the right side of an equation in place of its target, at whatever indices."""

    def put(node: Formula) -> Formula:
        if isinstance(node, Name | Indexed) and node.name == equation.target:
            at = node.indices if isinstance(node, Indexed) else ()
            return renamed(equation.formula, dict(zip(equation.indices, at, strict=True)))
        return node

    return put


def _differing_parts(left: Formula, right: Formula) -> tuple[Pair, ...]:
    """The parts in which two forms differ that are otherwise alike; none where they are not alike."""
    if type(left) is not type(right) or len(left.children) != len(right.children):
        return ()
    if left.with_children(right.children) != right:
        return ()
    pairs = tuple(pair for pair in zip(left.children, right.children, strict=True) if pair[0] != pair[1])
    return () if any(isinstance(one, Relation) for one, _ in pairs) else pairs


def canonical(left: Formula, right: Formula, kept: frozenset[str] = frozenset()) -> Pair:
    """The pair with its names numbered in reading order, so that pairs of one pattern become the same.

    Names in `kept` stay as they are.
    """
    numbers: dict[str, str] = {}

    def number(name: str) -> str:
        return name if name in kept else numbers.setdefault(name, f"q{len(numbers)}")

    def rename(node: Formula) -> Formula:
        match node:
            case Name(name):
                return Name(number(name))
            case Indexed(name, indices):
                return Indexed(number(name), indices)
            case Reduction(kind, body, bounds, axis):
                named = tuple(Bound(number(each.name), each.low, each.high) for each in bounds)
                return Reduction(kind, body, named, axis)
        return node

    return rewrite(left, rename), rewrite(right, rename)


def _bases(left: Formula, right: Formula) -> Iterator[str]:
    """The names under an exponent that is no number: such powers have a meaning for positive ones only."""
    for side in (left, right):
        for node in walk(side):
            if isinstance(node, Power) and isinstance(node.base, Name) and rational(node.exponent) is None:
                yield node.base.name
