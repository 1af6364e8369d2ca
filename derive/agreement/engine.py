"""The proof engine: refute with balls at points, prove with normal forms, else say that it is undecided."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from itertools import product
from typing import TypeAlias

import sympy
from flint import arb
from sympy import Expr

from derive.agreement.agreement import Agreement, Counterexample
from derive.agreement.assumptions import Assumption, standard_assumptions
from derive.agreement.balls import precision
from derive.agreement.cases import goes_by_cases
from derive.agreement.constancy import prove_by_derivative
from derive.agreement.domains import Domain, domain
from derive.agreement.forms import Kink
from derive.agreement.indices import Axes
from derive.agreement.proof import Proof, prove
from derive.agreement.samples import FIRST_BITS, Samples, evaluation, value
from derive.effort import clock
from derive.expression import MeaningError, expression, parts, put, symbol, symbols
from derive.formula import Formula
from derive.functions import Function

SECONDS = 0.2
# Precisions for a point at which the sides cannot yet be told apart: 10⁻⁴³⁵ needs 1500 bits.
MORE_BITS = (256, 1024, 4096, 16384)
MORE_POINTS = 16
# Where sides go by cases, one point shows one case.
POINTS_OF_CASES = 6
MOST_FINITE_CASES = 16
# What SymPy writes where there is no number.
_NO_NUMBERS = (sympy.nan, sympy.zoo, sympy.oo, -sympy.oo)
NO_DOMAINS: Mapping[str, Domain | str] = {}


def agree(
    left: Expr | Formula,
    right: Expr | Formula,
    *,
    domain: Mapping[str, Domain | str] = NO_DOMAINS,
    functions: Mapping[str, Function] | None = None,
    constants: tuple[str, ...] = (),
    assume: bool = True,
    labels: Collection[str] | None = None,
    seconds: float = SECONDS,
    samples: Samples | None = None,
    thorough: bool = True,
) -> Agreement:
    """Whether two scalar expressions are equal wherever both have a meaning.

    `domain` gives names a domain (`positive`, `unit`, `binary`, `signed` or a Domain); the others are real.
    With `assume`, the standard assumptions are tried before a counterexample counts; labels are known by
    their names, or are those that begin with one of `labels`. Never raises for a
    formula without a meaning: that is undecided. The effort is bounded by about `seconds`; `samples` keeps
    values for other questions about the same sides. Unless `thorough`, only a proof is of interest: where
    none is found, no further counterexample is sought.
    """
    try:
        sides = tuple(
            expression(each, functions or {}, constants=constants) if isinstance(each, Formula) else each
            for each in (left, right)
        )
    except MeaningError:
        return Agreement("undecided")
    domains = {name: _domain(written) for name, written in domain.items()}
    samples = samples or Samples()
    axes, deadline = samples.axes(sides[0], sides[1]), clock() + seconds
    claim = _Claim(sides[0], sides[1], domains, axes, deadline, labels, samples, thorough)
    return claim.verdict(assume)


def differ(left: Expr, right: Expr, samples: Samples, labels: Collection[str] | None = None) -> bool:
    """Whether sides differ at the first point at which both have a value, under each standard assumption too.

    Then `agree` refutes them; this says so sooner, and gives no counterexample.
    """
    claim = _Claim(left, right, {}, samples.axes(left, right), clock() + SECONDS, labels, samples)
    return _Search(claim).first() is not None and not any(claim.assumed())


def _domain(written: Domain | str) -> Domain:
    return domain(written)


@dataclass(frozen=True, slots=True)
class _Claim:
    """left = right on a domain, to be settled by a deadline."""

    left: Expr
    right: Expr
    domains: Mapping[str, Domain]
    axes: Axes
    deadline: float
    labels: Collection[str] | None
    samples: Samples
    thorough: bool = True

    def verdict(self, assume: bool) -> Agreement:
        if any(each in parts(side) for side in (self.left, self.right) for each in _NO_NUMBERS):
            return Agreement("undecided")
        search = _Search(self)
        found = search.first()
        if found is None and not (self.thorough or search.both):
            return Agreement("undecided")
        if found is None:
            proof = self.proof()
            if proof is not None and search.meets():
                kinks = tuple(f"{a} = {b}" for a, b in proof.kinks if not self._at_kink(a, b))
                return Agreement("proved", kinks=kinks, narrower=search.one_sided)
            found = search.further() if self.thorough else None
        if found is None:
            return Agreement("undecided")
        return (self._assumed() if assume else None) or Agreement(
            "refuted", partial(search.counterexample, *found)
        )

    def proof(self) -> Proof | None:
        """A proof, for each value of a name with finitely many."""
        finite = {name: each.values for name, each in self.domains.items() if each.values}
        if not finite:
            return self._proof(self.left, self.right)
        kinks: dict[Kink, None] = {}
        cases = list(product(*finite.values()))
        if len(cases) > MOST_FINITE_CASES:
            return None
        for values in cases:
            at = {symbol(n): sympy.Integer(v) for n, v in zip(finite, values, strict=True)}
            proof = self._proof(self._put(self.left, at), self._put(self.right, at))
            if proof is None:
                return None
            kinks.update(dict.fromkeys(proof.kinks))
        return Proof(tuple(kinks))

    def _proof(self, left: Expr, right: Expr) -> Proof | None:
        if left == right:
            return Proof()
        rest = {name: each for name, each in self.domains.items() if not each.values}
        found = prove(left, right, rest, axes=self.axes, deadline=self.deadline)
        if found is None and clock() < self.deadline:
            found = prove_by_derivative(left, right, rest, axes=self.axes, deadline=self.deadline)
        return found

    def _at_kink(self, left: Expr, right: Expr) -> bool:
        """Whether the sides are proved equal at a kink too, where that can be solved for a name."""
        for name in sorted(symbols(left) | symbols(right), key=str):
            slope = (left - right).diff(name)
            if not slope.is_Rational or slope.is_zero or "[" in name.name:
                continue
            place = {name: name - (left - right) / slope}
            try:
                sides = [put(side, place) for side in (self.left, self.right)]
            except (TypeError, ValueError):  # SymPy compares what has no value there
                return False
            if any(each in parts(side) for side in sides for each in _NO_NUMBERS):
                return False
            for side in sides:
                self.axes.read(side, {})
            proof = self._proof(*sides)
            return proof is not None and not proof.kinks
        return False

    def assumed(self) -> Iterator[tuple[Assumption, list[_Claim]]]:
        """The standard assumptions under which the sides do not differ at the first point."""
        for assumption in standard_assumptions(self.left, self.right, self.domains, self.labels):
            claims = list(self._under(assumption))
            if all(_Search(each).first() is None for each in claims):
                yield assumption, claims

    def _assumed(self) -> Agreement | None:
        """The proof under the first standard assumption that carries one; None where all are refuted.

        Where none does, but nothing speaks against the claim under one of them, it is not refuted.
        """
        otherwise: Agreement | None = None
        for assumption, claims in self.assumed():
            agreements = [claim.verdict(assume=False) for claim in claims]
            if all(each.verdict == "proved" for each in agreements):
                kinks = tuple(dict.fromkeys(kink for each in agreements for kink in each.kinks))
                return Agreement("proved", assumptions=(assumption.text,), kinks=kinks)
            if all(
                claim.has_values() and each.verdict != "refuted"
                for claim, each in zip(claims, agreements, strict=True)
            ):
                otherwise = Agreement("undecided")
        return otherwise

    def has_values(self) -> bool:
        """Whether there is a point at which both sides have a value."""
        search = _Search(self)
        return search.first() is not None or search.both > 0

    def _under(self, assumption: Assumption) -> Iterator[_Claim]:
        if assumption.domains is not None:
            yield replace(self, domains={**self.domains, **assumption.domains})
        for values in assumption.values:
            at = dict(values)
            yield replace(self, left=self._put(self.left, at), right=self._put(self.right, at))

    def _put(self, side: Expr, values: Mapping[Expr, Expr]) -> Expr:
        """A side with values in it: its sums are others than before, and their letters are read too."""
        found = put(side, values)
        self.axes.read(found, {})
        return found


# A point by its number, and the precision in bits in which the sides are told apart there.
Try: TypeAlias = tuple[int, int]


class _Search:
    """The search for a point at which the sides differ; it counts where both have a value."""

    def __init__(self, claim: _Claim) -> None:
        self.claim = claim
        self.tried = 0
        self.both = 0
        self.one_sided = False
        self.constant = not (symbols(claim.left) or symbols(claim.right) or claim.axes.letters)
        by_cases = goes_by_cases(claim.left) or goes_by_cases(claim.right)
        self.wanted = POINTS_OF_CASES if by_cases and not self.constant else 1

    def first(self) -> Try | None:
        """A look at the first point at which both sides have a value, at some where they go by cases."""
        while self.both < self.wanted and self.tried < MORE_POINTS:
            found = self._at(self.tried, FIRST_BITS)
            self.tried += 1
            if found is not None:
                return found
        return None

    def meets(self) -> bool:
        """Whether there is a point at which both sides have a value; notes where only one has."""
        if _is_partial(self.claim.left) or _is_partial(self.claim.right):
            for attempt in range(self.tried, self.tried + MORE_POINTS // 4):
                self._at(attempt, FIRST_BITS)
        return self.both > 0

    def further(self) -> Try | None:
        """More points, and for those that leave it open more digits."""
        for attempt in range(1 if self.constant else MORE_POINTS):
            found = self._at(attempt, FIRST_BITS)
            if found is not None:
                return found
            if clock() > self.claim.deadline:
                break
        for bits in MORE_BITS:
            for attempt in range(1 if self.constant else 3):
                found = self._at(attempt, bits)
                if found is not None:
                    return found
            if clock() > self.claim.deadline:
                break
        return None

    def _at(self, attempt: int, bits: int) -> Try | None:
        left, right = self._values(attempt, bits)
        if left is None or right is None:
            self.one_sided |= left is not right
            return None
        self.both += 1
        return None if (left - right).contains(0) else (attempt, bits)

    def _values(self, attempt: int, bits: int) -> tuple[arb | None, arb | None]:
        claim = self.claim
        if bits == FIRST_BITS:
            left, right = (
                claim.samples.value(side, attempt, claim.axes, claim.domains)
                for side in (claim.left, claim.right)
            )
            return left, right
        at = evaluation(attempt, claim.axes, claim.domains)
        with precision(bits):
            return value(at, claim.left), value(at, claim.right)

    def counterexample(self, attempt: int, bits: int) -> Counterexample:
        """A point at which the sides differ: the values of their names, and theirs."""
        at = evaluation(attempt, self.claim.axes, self.claim.domains)
        with precision(bits):
            left, right = at.value(self.claim.left), at.value(self.claim.right)
        chosen = sorted(at.point.values.items())
        values = {name: Fraction(int(number.p), int(number.q)) for name, number in chosen}
        return Counterexample(values, *_told_apart(left, right))


def _is_partial(side: Expr) -> bool:
    """Whether a side has no value at some real arguments, poles apart."""
    return any(
        not part.exp.is_Integer if part.is_Pow else isinstance(part, sympy.log | sympy.asin | sympy.acos)
        for part in parts(side)
    )


def _told_apart(left: arb, right: arb) -> tuple[str, str]:
    """Both values with as many digits as it takes to see that they differ."""
    for digits in (4, 8, 16, 32, 64, 512, 4096):
        texts = left.str(digits, radius=False), right.str(digits, radius=False)
        if texts[0] != texts[1]:
            break
    return texts
