"""Whether two sides of a formula are equal where the document's facts hold."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from dataclasses import replace as replace_fields
from itertools import chain, islice, product

from flint import arb
from sympy import Symbol, preorder_traversal

from derive.agreement import Domain
from derive.check.arrays import ROW_LETTER, Arrays
from derive.check.by_components import ONE_INDEX
from derive.check.carried import Records
from derive.check.chain_rule import chain_rule
from derive.check.comparing import Chain, Comparison
from derive.check.doubts import NOT_SAID, VALUE
from derive.check.drift import Drift
from derive.check.facts import Environment, Fact
from derive.check.gradient_names import NO_GRADIENTS, GradientNames
from derive.check.gradients import as_derivatives, shifted, slopes_in
from derive.check.held import held_in
from derive.check.layouts import unusual
from derive.check.meaning import DEPTHS, Meaning
from derive.check.ranks import Ranks, family
from derive.check.repairs import Setting, transposes
from derive.check.sieve import Sieve
from derive.check.vacuous import VACUOUS
from derive.check.values import Values
from derive.check.verdict import Judgement
from derive.check.whole_sums import Ends, run_over_axes, sums_with_ends
from derive.check.wholes import Wholes
from derive.check.written_matrices import written
from derive.effort import TooMuch, limited
from derive.expression import IndexedReduction, MeaningError
from derive.formula import (
    Derivative,
    Formula,
    Grouping,
    Indexed,
    MatrixProduct,
    Name,
    Negation,
    Number,
    Quotient,
    Sum,
    Transpose,
    walk,
)

# How many slips are tried in a gradient by name, and with how much effort.
MOST_SLIPS = 40
SLIP_STEPS, SLIP_SECONDS = 200_000, 1.0
# What one change may cost: those that are right are soon seen to be.
QUICK_STEPS, QUICK_SECONDS = 40_000, 0.5

# And what a proof that goes from step to step may.
STEP_STEPS, STEP_SECONDS = 400_000, 1.0

# What is read in the same ways whether these stand in it or not.
_READ_ALIKE = (Grouping, Negation, Number, Quotient, Sum)

SOME_AXES = "whether its sums run over whole axes is not clear"
NOT_SYMMETRIC = Judgement("not understood", "it holds for a symmetric matrix only")


@dataclass
class _Heard:
    """What the readings of a link say that prove nothing."""

    refuted: Judgement | None = None
    doubt: Judgement | None = None
    differs: bool = True
    # Where one reading works a side out to a number, others that leave names in it open no doubt.
    lacking: list[tuple[Environment, Judgement]] = field(default_factory=list)
    worked_out: list[Environment] = field(default_factory=list)
    vacuous: list[Judgement] = field(default_factory=list)

    def open_still(self) -> Judgement | None:
        """A doubt that another reading does not settle."""
        # Nothing is meant by a reading that connects nothing, where another one refutes.
        found = [] if self.refuted else self.vacuous
        settled = set(map(id, self.worked_out))
        return next(iter((*found, *(each for known, each in self.lacking if id(known) not in settled))), None)


@dataclass(frozen=True, slots=True)
class _Tried:
    """A reading in which changed sides are tried, after those of its kind that take less for granted.

    What holds whatever a name may be holds for what the text says that it is.
    """

    sieve: Sieve
    readings: tuple[Meaning, ...]


class Judge:
    """Judges links where facts hold; `records` are the numbers printed before, `sets` what names are from."""

    def __init__(
        self,
        values: Values,
        records: Records | None = None,
        order: int = 0,
        sets: Mapping[str, Domain] | None = None,
        gradients: GradientNames = NO_GRADIENTS,
    ) -> None:
        self.readings = values.readings
        self.values = values
        self.comparison = Comparison(self.readings.environment, order, sets or {})
        self.gradients = gradients
        self.drift = Drift(values, records or Records())
        self._tried_in: dict[tuple[Formula, frozenset[Hashable]], tuple[_Tried, ...]] = {}
        self._sieves: dict[tuple[int, Formula], Sieve] = {}

    @property
    def environment(self) -> Environment:
        """Everything that the text has said."""
        return self.readings.environment

    def exact(self, formula: Formula) -> arb | None:
        """The exact value of a formula; None if names are left."""
        return self.values.exact(formula)

    def link(self, left: Formula, right: Formula, chain: Chain = ()) -> Judgement:
        """The verdict on left = right, a link of a chain."""
        by_entries = written(left, right, self.environment)
        if by_entries is not None:
            judged = self.link(by_entries.left, by_entries.right)
            return replace_fields(judged, facts=tuple(dict.fromkeys((*judged.facts, *by_entries.facts))))
        if (left_open := self.readings.left_open(left, right)) is not None:
            return self._by_steps(left, right, chain or (left,)) or Judgement("not understood", left_open)
        if isinstance(left, Derivative):
            left, right = shifted(left, right)
        found = self._symbolic(left, right, chain or (left,))
        if found is not None and found.verdict == "proved":
            return found
        by_name = self.of_named_slopes(left, right)
        if by_name is not None:
            return by_name
        rounding = self.drift.explained(left, right)
        if rounding is not None:
            return rounding
        of_units = isinstance(left, Derivative) and isinstance(left.wrt, Indexed)
        no_arrays = of_units or not self.readings.has_arrays(left, right)
        if (found is None or found.verdict != "wrong") and no_arrays:
            along = chain_rule(left, right, self.environment)
            if along is not None:
                return along
        return found or Judgement("not understood", "what stands here has no meaning that is known")

    def by_components(self, left: Formula, right: Formula) -> Judgement | None:
        """The proof of ∇f(x) = p component by component, where the text has no arrays."""
        indexed = self.environment.own.indexed
        by = left.wrt.name if isinstance(left, Derivative) and isinstance(left.wrt, Name) else ""
        is_free = by not in self.environment.values and indexed.get(by) == ONE_INDEX
        if not isinstance(left, Derivative) or not is_free or self.readings.ranks is not None:
            return None
        try:
            found = Wholes(self.environment).component(right, (ROW_LETTER,))
        except MeaningError:
            return None
        one = Derivative(left.of, Indexed(by, (ROW_LETTER,)), applied=left.applied)
        judged = self.link(one, found)
        return judged if judged.verdict == "proved" else None

    def of_named_slopes(self, left: Formula, right: Formula) -> Judgement | None:
        """The verdict on dW = … read as the derivative of a loss: wrong only where one slip explains it."""
        if not isinstance(left, Name | Indexed) or not left.name.startswith("d"):
            return None
        slopes = slopes_in((left, right), self._spoken_of())
        if left.name not in slopes:
            return None
        found = self._proved_of_slopes(left, right, slopes)
        if found is not None:
            return found
        if self.readings.ranks is None or self.readings.ranks.unclear:
            return None
        with suppress(TooMuch), limited(SLIP_STEPS, SLIP_SECONDS):
            for repair in islice(transposes.repaired(right, Setting(left)), MOST_SLIPS):
                if self._proved_of_slopes(left, repair.formula, slopes) is not None:
                    reason = f"the gradient is not this: {repair.slip}"
                    right = repair.formula
                    return Judgement("wrong", reason, expected=right, hint=transposes.HINT, repair=repair)
        return None

    def _spoken_of(self) -> frozenset[str]:
        facts = self.environment.equations.values()
        nodes = (node for fact in facts for node in walk(fact.formula))
        return self.environment.names | {node.name for node in nodes if isinstance(node, Name | Indexed)}

    def _proved_of_slopes(self, left: Formula, right: Formula, slopes: list[str]) -> Judgement | None:
        for formulas, assumption in as_derivatives((left, right), slopes, self.environment.equations):
            one, other = shifted(*formulas)
            is_open = self.readings.left_open(one, other) is not None
            found = (self._by_steps if is_open else self._symbolic)(one, other, (one,))
            if found is not None and found.verdict == "proved":
                return replace_fields(found, assumptions=(assumption,))
        return None

    def quickly_proved(self, left: Formula, right: Formula, steps: int = QUICK_STEPS) -> bool:
        """Whether a proof is found at once, under the reading that puts in everything that the text says."""
        tried = self._quick(left, right)
        with suppress(TooMuch), limited(steps, QUICK_SECONDS):
            readings = (each.readings for each in tried if not each.sieve.excludes(right))
            return any(self.comparison.proves(each, left, right) for each in chain.from_iterable(readings))
        return False

    def _quick(self, left: Formula, right: Formula) -> Sequence[_Tried]:
        """The readings in which a change is tried, found once for right sides with the same ingredients.

        What the left side means is worked out here: it is no cost of a change.
        """
        key = left, frozenset(map(self._ingredient, walk(right)))
        if key not in self._tried_in:
            free = tuple(self.readings.free(left, right))
            found = self.readings.of(left, right, whole=True)
            readings = [each for each in found if each.slope != "local"]
            self._tried_in[key] = tuple(
                _Tried(
                    self._sieve(meaning, left, right),
                    (*(each for each in free if each.vectors.kind == meaning.vectors.kind), meaning),
                )
                for meaning in readings
            )
            for meaning, depth in product((*free, *readings), DEPTHS):
                with suppress(MeaningError):
                    meaning.sides(left, depth)
        return self._tried_in[key]

    def _sieve(self, meaning: Meaning, left: Formula, right: Formula) -> Sieve:
        """What tells at once that a right side is not this left one, the same for all of them."""
        key = id(meaning), left
        if key not in self._sieves:
            labels = self.comparison.labels.and_of(left, right)
            self._sieves[key] = Sieve(meaning, left, right, labels, self.comparison.sets)
        return self._sieves[key]

    def _ingredient(self, node: Formula) -> Hashable:
        """What of a part decides how a formula is read: a derivative, an array, else its kind, if that."""
        if isinstance(node, _READ_ALIKE):
            return None
        if isinstance(node, Derivative):
            return node
        ranks, kind = self.readings.ranks, type(node).__name__
        if ranks is not None and isinstance(node, Name | Indexed) and ranks.is_array(node.name):
            return kind, node.name
        return kind

    def _symbolic(self, left: Formula, right: Formula, chain: Chain) -> Judgement | None:
        """What proof and counterexample say, over all standard readings; None where nothing is understood."""
        for meaning in self.readings.free(left, right):
            found = self.comparison.under(meaning, left, right, chain)
            if found is not None and found.verdict == "proved" and not meaning.unknown:
                return self._settle(found, meaning, left, right)
        heard = _Heard()
        for meaning in self.readings.of(left, right, head=chain[0]):
            found = self.comparison.under(meaning, left, right, chain)
            if found is not None and found.verdict == "proved":
                found = self._settle(found, meaning, left, right)
                return self._with_held(found, meaning, left, right)
            if found is not None:
                self._hear(heard, meaning, found, left, right, chain[0])
        if (transposed := self._laid_out_otherwise(left, right)) is not None:
            return transposed
        return self._weighed(heard, left, right)

    def _with_held(self, found: Judgement, meaning: Meaning, left: Formula, right: Formula) -> Judgement:
        """A proof, with what it holds fixed where it does not hold through everything that the text says."""
        held = held_in(meaning, self.environment, left, right)
        for each in self.readings.of(left, right, whole=True) if held else ():
            if each.slope != "total" or each.aside or each is meaning:
                continue
            with suppress(TooMuch), limited(STEP_STEPS, STEP_SECONDS):
                again = self.comparison.under(each, left, right)
                if again is not None and again.verdict == "proved" and not each.unknown:
                    return again
        return replace_fields(found, assumptions=(*found.assumptions, *held)) if held else found

    def _by_steps(self, left: Formula, right: Formula, chain: Chain) -> Judgement | None:
        """A proof that goes through a recurrence step by step."""
        left, right = self.readings.from_the_first(left, right)
        for meaning in self.readings.by_steps(left, right):
            with suppress(TooMuch), limited(STEP_STEPS, STEP_SECONDS):
                found = self.comparison.under(meaning, left, right, chain)
                if found is not None and found.verdict == "proved" and not meaning.unknown:
                    return found
        return None

    def _hear(
        self, heard: _Heard, meaning: Meaning, found: Judgement, left: Formula, right: Formula, head: Formula
    ) -> None:
        """Take in what one reading says that proves nothing."""
        of_all = meaning.environment is self.environment
        if found.verdict != "wrong":
            heard.differs = heard.differs and found.differs is not None
        if meaning.unknown:
            if of_all:
                heard.doubt = replace_fields(found, verdict="not understood")
        elif found.verdict == "wrong":
            if not self._says_more(meaning, left, right):
                heard.refuted = heard.refuted or found
            if found.counterexample is not None and not found.counterexample.values:
                heard.worked_out.append(meaning.environment)
        elif self._is_left_open(meaning, found):
            return
        elif found.reason == VACUOUS:
            heard.vacuous.append(found)
        elif found.reason.startswith(VALUE) and of_all:
            heard.lacking.append((meaning.environment, found))
        elif of_all or not self._may_be_said(found, head):
            heard.doubt = heard.doubt or found

    def _weighed(self, heard: _Heard, left: Formula, right: Formula) -> Judgement | None:
        """What the readings say together: wrong where one refutes and none leaves a doubt."""
        refuted, doubt = heard.refuted, heard.doubt or heard.open_still()
        if refuted is not None and self.readings.ranks is not None and self.readings.ranks.unclear:
            return Judgement("not understood", "which of these are vectors and matrices is not clear")
        if refuted is not None and doubt is None:
            over_all = self._over_all(left, right, refuted.facts) or self._with_ends(left, right)
            if over_all is not None or not self._holds_if_symmetric(left, right, refuted.facts):
                return over_all or refuted
            doubt = NOT_SYMMETRIC
        if doubt is None:
            return None
        over_all = self._over_all(left, right, doubt.facts) if refuted is None else None
        if over_all is not None and over_all.verdict == "proved":
            return over_all
        return doubt if heard.differs else replace_fields(doubt, differs=None)

    def _says_more(self, meaning: Meaning, *formulas: Formula) -> bool:
        """Whether the text defines arrays of formulas that a section alone does not: it refutes nothing."""
        if not isinstance(meaning.vectors, Arrays):
            return False
        known = self.environment.equations.keys() - meaning.environment.equations.keys()
        nodes = (node for each in formulas for node in walk(each))
        return any(isinstance(node, Name | Indexed) and node.name in known for node in nodes)

    def _is_left_open(self, meaning: Meaning, found: Judgement) -> bool:
        """Whether a value is missing only because lists of numbers are not put into arrays."""
        lists = self.readings.gives_lists(meaning.environment)
        return lists and isinstance(meaning.vectors, Arrays) and found.reason.startswith(VALUE)

    def _may_be_said(self, found: Judgement, head: Formula) -> bool:
        """Whether a section's doubt is only that it does not say what the text says elsewhere."""
        if found.reason.startswith(VALUE):
            return True
        of = head.of if isinstance(head, Derivative) else head
        fact = self.environment.equations.get(of.name) if isinstance(of, Name | Indexed) else None
        if fact is None or not any(isinstance(node, Derivative) for node in (head, *walk(fact.formula))):
            return False
        return not found.facts or found.reason.startswith(NOT_SAID)

    def _settle(self, found: Judgement, meaning: Meaning, left: Formula, right: Formula) -> Judgement:
        """Let a proof fix the layout of the document where it holds in this layout only, and tell so."""
        if not isinstance(meaning.vectors, Arrays):
            return found
        told: list[str] = []
        by = [node.wrt for side in (left, right) for node in walk(side) if isinstance(node, Derivative)]
        for name, other in self.readings.layout.turned_round(meaning.vectors, left, right):
            if name == "flat":
                # ∂ log det X/∂X = X⁻¹ is often said of a symmetric X, which shows no layout.
                other = other.with_symmetric({each.name for each in by if isinstance(each, Name)})
            turned = replace_fields(meaning, vectors=other, used={}, unknown={})
            again = self.comparison.under(turned, left, right)
            if again is None or again.verdict != "proved":
                self.readings.layout.settle(meaning.vectors, name)
                told += unusual(meaning.vectors, name)
        return replace_fields(found, assumptions=(*found.assumptions, *told)) if told else found

    def _laid_out_otherwise(self, left: Formula, right: Formula) -> Judgement | None:
        """The verdict on what holds in the layout of derivatives that the document has decided against."""
        for meaning, decided in self.readings.otherwise(left, right):
            found = self.comparison.under(meaning, left, right)
            if found is not None and found.verdict == "proved" and not meaning.unknown:
                reason = f"it is transposed: {decided}"
                return replace_fields(found, verdict="wrong", reason=reason, assumptions=())
        return None

    def _over_all(self, left: Formula, right: Formula, facts: Sequence[Fact]) -> Judgement | None:
        """The verdict with every sum over its whole index, where the sums of the text tell that they are.

        A sum from 1 to n beside products of matrices of any size refutes nothing as it stands.
        """
        formulas = (left, right, *(fact.formula for fact in facts))
        sums = list(sums_with_ends(formulas))
        if not sums:
            return None
        refuted = None
        over_axes = not self._counts_on(sums, facts) and run_over_axes(
            formulas, self.readings.ranks or Ranks()
        )
        for meaning in list(self.readings.of(left, right)) if over_axes else ():
            whole = replace_fields(meaning, whole=True, used={}, unknown={})
            found = self.comparison.under(whole, left, right)
            if found is not None and found.verdict == "proved":
                return self._settle(found, whole, left, right)
            if found is not None and found.verdict == "wrong" and isinstance(meaning.vectors, Arrays):
                refuted = found
        if self.readings.has_arrays(left, right):
            return refuted or Judgement("not understood", SOME_AXES)
        return None

    def _with_ends(self, left: Formula, right: Formula) -> Judgement | None:
        """The verdict with every sum from 1 to n, where a refutation has sums with ends beside some without.

        None where it has no such sums.
        """
        meanings = list(self.readings.of(left, right))
        of_arrays = any(isinstance(each.vectors, Arrays) for each in meanings)
        if of_arrays or not any(_mixes_sums(each, left, right) for each in meanings):
            return None
        refuted = None
        for meaning in meanings:
            ended = replace_fields(meaning, ended=True, used={}, unknown={})
            found = self.comparison.under(ended, left, right)
            if found is not None and found.verdict == "proved":
                return found
            if found is not None and found.verdict == "wrong" and not _mixes_sums(ended, left, right):
                refuted = found
        return refuted or Judgement("not understood", SOME_AXES)

    def _counts_on(self, sums: Sequence[tuple[str, Formula, Ends]], facts: Sequence[Fact]) -> bool:
        """Whether sums end at the index of what they define, Σ_{j=1}^i: those are over a part only."""
        letters = {letter for fact in facts for letter in fact.letters}
        ends = {node for _, _, (_, high) in sums for node in walk(high)}
        given = {
            (node, each.letter)
            for each in self.environment.own.given.values()
            for _, _, (_, high) in sums_with_ends((each.body,))
            for node in walk(high)
        }
        return any(Name(each) in ends for each in letters) or any(node == Name(to) for node, to in given)

    def _holds_if_symmetric(self, left: Formula, right: Formula, facts: Sequence[Fact]) -> bool:
        """Whether a claim on x^T A x holds for a symmetric A: prose may say that it is."""
        spoken = (left, right, *(fact.formula for fact in facts))
        squares = {name for each in spoken for name in _of_quadratic_forms(each)}
        if (ranks := self.readings.ranks) is not None and ranks.elsewhere:
            nodes = (node for each in spoken for node in walk(each))
            squares |= {n.name for n in nodes if isinstance(n, Name) and family(n.name) in ranks.elsewhere}
        for meaning in self.readings.of(left, right) if squares else ():
            if isinstance(meaning.vectors, Arrays):
                vectors = meaning.vectors.with_symmetric(squares)
                again = replace_fields(meaning, vectors=vectors, used={}, unknown={})
                found = self.comparison.under(again, left, right)
                if found is not None and found.verdict == "proved":
                    return True
        return False


def _mixes_sums(meaning: Meaning, *formulas: Formula) -> bool:
    """Whether sums that end at a letter stand beside sums that do not say where they end."""
    found: set[bool] = set()
    for formula in formulas:
        with suppress(MeaningError):
            for value in meaning.sides(formula, "equations"):
                for node in preorder_traversal(value):
                    ranges = node.args[2:] if isinstance(node, IndexedReduction) else ()
                    open_ended = [each for each in ranges if each.is_Symbol or each.args[2].has(Symbol)]
                    found.update(each.is_Symbol for each in open_ended)
    return len(found) > 1


def _of_quadratic_forms(formula: Formula) -> Iterator[str]:
    """The matrices between a vector and its transpose: A of x^T A x."""
    for node in walk(formula):
        if isinstance(node, MatrixProduct) and len(node.factors) == 3:
            first, middle, last = node.factors
            if isinstance(first, Transpose) and first.operand == last and isinstance(middle, Name):
                yield middle.name
