"""One run of the normal form: its field, its generators, and what is known of signs on the way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from flint import fmpq, fmpq_mpoly
from sympy import Expr

from derive.agreement.domains import Domain
from derive.agreement.field import MOST_TERMS_TO_FACTOR, Field, Ratio, Unsupported
from derive.agreement.generators import Affine, Generator, Numbering
from derive.agreement.lattice import Lattice

# Two expressions; where they are equal, a function jumps or has no derivative.
Kink = tuple[Expr, Expr]


class Fork(Exception):
    """The sign of a factor is needed and not known: the question is to be asked for both."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


class Infeasible(Exception):
    """The signs assumed leave one of the sides undefined."""


@dataclass(slots=True)
class Question:
    """What stays when a question is taken up again with other signs, finer arguments or more room."""

    deadline: float
    domains: Mapping[str, Domain]
    letters: frozenset[str]
    axes: Mapping[tuple[Expr, str], str]
    size: int
    numbering: Numbering = field(default_factory=lambda: Numbering({}))
    degrees: dict[str, int] = field(default_factory=dict)
    # How many values the letters of an axis have, where the text of its ends tells.
    ranges: Mapping[str, Expr] = field(default_factory=dict)
    # Whether signs are asked for one by one; else they are generators whose square is 1, all cases at once.
    forking: bool = False


class Forms:
    """The generators of one run, and the functions of ratios that every kind of expression needs."""

    def __init__(self, question: Question, signs: Mapping[str, int]) -> None:
        self.question = question
        self.field = Field(question.size, question.deadline)
        self.generators: dict[int, Generator] = {}
        self.related: list[int] = []
        self.exponents = Lattice(self.field, question.degrees)
        self.angles = Lattice(self.field, question.degrees)
        self.signs = dict(signs)
        self.asked: dict[str, fmpq_mpoly] = {}
        # Products whose sign is known, of factors by their texts.
        self.facts: list[tuple[Mapping[str, fmpq_mpoly], int]] = []
        self.kinks: dict[Kink, None] = {}
        self.memo: dict[Expr, Ratio] = {}
        # Generators by number with letters of theirs replaced: one sum within another is met many times.
        self.renamings: dict[tuple[int, frozenset[tuple[str, Affine]]], Ratio] = {}
        self.bindings: dict[str, Affine] = {}
        self.fresh = 0
        self._factors: dict[str, tuple[fmpq, list[tuple[fmpq_mpoly, int]]]] = {}

    def generator(
        self,
        kind: str,
        key: str,
        *,
        name: str = "",
        arguments: tuple[Ratio, ...] = (),
        indices: tuple[Affine, ...] = (),
        bound: tuple[str, ...] = (),
        degree: int = 1,
        letters: frozenset[str] = frozenset(),
        positive: bool = False,
        relation: Ratio | None = None,
    ) -> Ratio:
        """The generator of a key, made if it is new; `relation` is what its power `degree` equals."""
        number = self.question.numbering.number(f"{kind} {key}")
        variable = self.field.variable(number)
        if number not in self.generators:
            zero = None
            if relation is not None:
                zero = variable.num**degree * relation.den - relation.num
                self.related = sorted([*self.related, number], reverse=True)
            letters = letters.union(*map(self.letters, arguments)) - set(bound)
            height = max(map(self.height, arguments), default=0) + bool(bound)
            self.generators[number] = Generator(
                number, kind, name, arguments, indices, bound, degree, letters, positive, zero, height
            )
        return variable

    @contextmanager
    def branch(self) -> Iterator[None]:
        """What is learned within holds in one branch of a case distinction only."""
        signs, facts, memo, renamings = dict(self.signs), list(self.facts), self.memo, self.renamings
        self.memo, self.renamings = {}, {}
        try:
            yield
        except Infeasible:
            raise Unsupported("a branch without a meaning") from None
        finally:
            self.signs, self.facts, self.memo, self.renamings = signs, facts, memo, renamings

    def letters(self, ratio: Ratio) -> frozenset[str]:
        """The index letters that a ratio depends on."""
        found: frozenset[str] = frozenset()
        for poly in (ratio.num, ratio.den):
            for number in self.field.used(poly):
                found |= self.generators[number].letters
        return found

    def height(self, ratio: Ratio) -> int:
        """How deeply sums and extremes are nested in a ratio."""
        return max((self.generators[number].height for number in self.used(ratio)), default=0)

    def used(self, ratio: Ratio) -> set[int]:
        """The numbers of the generators of a ratio."""
        return {*self.field.used(ratio.num), *self.field.used(ratio.den)}

    def reduced(self, poly: fmpq_mpoly) -> fmpq_mpoly:
        """The polynomial with powers of generators replaced as their relations say."""
        degrees = () if poly.is_constant() else poly.degrees()
        for number in self.related if degrees else ():
            each = self.generators[number]
            if each.relation is not None and degrees[self.field.size - 1 - number] >= each.degree:
                poly = divmod(poly, each.relation)[1]
                degrees = poly.degrees()
        return poly

    def canonical(self, ratio: Ratio) -> Ratio:
        """The ratio after all relations, without single roots in the denominator."""
        if not self.related:
            return ratio
        num, den = self.reduced(ratio.num), self.reduced(ratio.den)
        powers = () if den.is_constant() else den.term_content().degrees()
        for number in self.related if powers else ():
            degree = self.generators[number].degree
            power = powers[self.field.size - 1 - number]
            if 0 < power < degree:
                missing = self.field.variables[number] ** (degree - power)
                num, den = self.reduced(num * missing), self.reduced(den * missing)
        return self.field.ratio(num, den)

    def factors(self, poly: fmpq_mpoly) -> tuple[fmpq, list[tuple[fmpq_mpoly, int]]]:
        """A number and irreducible factors, each with a positive first coefficient, and their powers."""
        key = str(poly)
        if key not in self._factors:
            self._factors[key] = self._factored(poly)
        return self._factors[key]

    def _factored(self, poly: fmpq_mpoly) -> tuple[fmpq, list[tuple[fmpq_mpoly, int]]]:
        lead = poly.leading_coefficient()
        if poly.is_constant():
            return lead, []
        if len(poly) > MOST_TERMS_TO_FACTOR:
            return lead, [(poly / lead, 1)]
        if len(poly) == 1:
            _, powers = next(self.field.terms(poly))
            return lead, [(self.field.variables[n], power) for n, power in powers.items()]
        self.field.check()
        number, found = poly.factor()
        result = []
        for factor, power in found:
            first = factor.leading_coefficient()
            number *= first**power
            result.append((factor / first, int(power)))
        return fmpq(number), result

    def all_factors(self, ratio: Ratio) -> tuple[fmpq, list[tuple[fmpq_mpoly, int]]]:
        """The factors of a ratio, those of the denominator with negative powers."""
        number, above = self.factors(ratio.num)
        _, below = self.factors(ratio.den)
        return number, above + [(factor, -power) for factor, power in below]
