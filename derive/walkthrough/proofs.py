"""Nothing is shown unproved: neighbouring forms go through the proof engine, each pattern once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from derive.agreement import agree
from derive.equation import Equation
from derive.errors import DeriveError
from derive.formula import (
    Bound,
    Derivative,
    Formula,
    Indexed,
    Name,
    Power,
    Reduction,
    names,
    replace,
    rewrite,
    walk,
)
from derive.functions import Function
from derive.notation import plain
from derive.steps import Step
from derive.tidy import rational
from derive.walkthrough.symbols import keyed

Pair = tuple[Formula, Formula]

# What a proof may take at most; it takes milliseconds, on a machine that is busy too.
SECONDS = 10.0


class UnprovedError(DeriveError):
    """Two forms that the text wanted to print as equal were not proved so; a fault of derive itself."""


@dataclass
class Proofs:
    """Proofs asked for by one text; `patterns` are those made, `count` says how often one was needed."""

    functions: Mapping[str, Function]
    patterns: set[Pair] = field(default_factory=set)
    count: int = 0

    def equal(self, left: Formula, right: Formula, equation: Equation | None = None) -> None:
        """Prove two forms equal, the equation's left side standing for its right; raises UnprovedError."""
        if left == right:
            return
        self.count += 1
        if equation is not None:
            own: dict[Formula, Formula] = {equation.left: equation.formula}
            left, right = replace(keyed(left), own), replace(keyed(right), own)
        left, right = _with_others_apart(*_with_constant_sums_named(left, right))
        pattern = canonical(left, right, self._read_by_functions)
        if pattern in self.patterns:
            return
        self._prove(*pattern)
        self.patterns.add(pattern)

    @cached_property
    def _read_by_functions(self) -> frozenset[str]:
        """The names that functions of the model read besides their parameters."""
        bodies = ((row, row.body()) for row in self.functions.values())
        return frozenset(name for row, body in bodies if body for name in names(body)) | {"pi", "e"}

    def step(self, step: Step) -> None:
        """Prove that the forms before and after a step are equal."""
        self.equal(step.before, step.after)

    def _prove(self, left: Formula, right: Formula) -> None:
        found = agree(
            left,
            right,
            domain=dict.fromkeys(_bases(left, right), "positive"),
            functions=self.functions,
            constants=("pi",),
            assume=False,
            seconds=SECONDS,
        )
        if not found.proved:
            forms = f"{plain(left)} and {plain(right)}"
            raise UnprovedError(f"two neighbouring forms were not proved equal ({found.verdict}): {forms}")


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


def _pending(left: Formula, right: Formula) -> frozenset[Formula]:
    """What the derivatives still to be found in a pair are taken by."""
    nodes = (node for side in (left, right) for node in walk(side))
    return frozenset(node.wrt for node in nodes if isinstance(node, Derivative) and node.applied)


def _with_others_apart(left: Formula, right: Formula) -> Pair:
    """The pair with other components of what a derivative is taken by as quantities of their own.

    A local partial holds G[i,k] fixed beside G[k,k], though they are the same number where i = k.
    """
    pending = _pending(left, right)
    components = [each for each in pending if isinstance(each, Indexed)]
    others: dict[Formula, Formula] = {}
    for side in (left, right) if components else ():
        for node in walk(side):
            same = isinstance(node, Indexed) and any(node.name == each.name for each in components)
            if isinstance(node, Indexed) and same and node not in pending:
                others.setdefault(node, Indexed(f"{node.name} {len(others)}", node.indices))
    return replace(left, others), replace(right, others)


def _with_constant_sums_named(left: Formula, right: Formula) -> Pair:
    """The pair with sums named that a pending derivative has nothing to do with."""
    pending = _pending(left, right)
    if not pending:
        return left, right
    named: dict[Formula, Formula] = {}
    for side in (left, right):
        for node in walk(side):
            if isinstance(node, Reduction) and pending.isdisjoint(walk(node)):
                named.setdefault(node, Name(f"sum {len(named)}"))
    return replace(left, named), replace(right, named)
