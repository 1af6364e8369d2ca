"""Two sides compared under one reading: proved, wrong, or why neither can be said."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import replace as replace_fields
from functools import cached_property
from typing import TypeAlias

from sympy import Eq, Expr, Max, Min, Piecewise, exp, log, sign

from derive.agreement import Agreement, agree, differ
from derive.check.adjoints import assumptions as assumptions_of
from derive.check.arrays import UNNAMED, Arrays
from derive.check.counting import declared_counts
from derive.check.doubts import UNSAID, Difference, Doubt, doubt, said_later
from derive.check.facts import Environment, Fact
from derive.check.labels import Labels
from derive.check.meaning import DEPTHS, Depth, Meaning
from derive.check.meeting import where_indices_meet
from derive.check.points import readable
from derive.check.substitutions import put_back
from derive.check.vacuous import Proof, objection
from derive.check.verdict import Judgement
from derive.expression import CaseDistinction, MeaningError, contains, parts, symbols
from derive.formula import Call, Derivative, Formula, Indexed, Name, Reduction, walk

# The sides of a chain but for the right one of a link: the first one, and those that stand beside the link.
Chain: TypeAlias = tuple[Formula, ...]

SECONDS = 1.0
FOR_VALUES = "it holds for the values of the text, but not for others"


@dataclass(frozen=True)
class Comparison:
    """Compares sides under readings; `environment` is everything that the text has said."""

    environment: Environment
    order: int

    @cached_property
    def labels(self) -> Labels:
        """What the text uses as labels."""
        return Labels.of(dict.fromkeys(fact.formula for fact in self.environment.said))

    def under(self, meaning: Meaning, left: Formula, right: Formula, chain: Chain = ()) -> Judgement | None:
        """The verdict under one reading: proved at any depth, wrong only where everything is put in."""
        meaning.used, meaning.unknown = {}, {}
        if isinstance(meaning.vectors, Arrays) and (misfit := meaning.vectors.misfit(left, right)):
            return misfit
        last: Judgement | None = None
        before: tuple[tuple[Expr, ...], ...] | None = None
        for depth in DEPTHS:
            try:
                sides = (meaning.sides(left, depth), meaning.sides(right, depth))
            except MeaningError as error:
                return Judgement("not understood", str(error)) if depth != "names" and last else None
            if sides == before:
                continue
            before = sides
            last = self._compared(
                *sides, meaning, depth, (left, right), chain or (left,), rates=_rates_of(left, right)
            )
            if last.verdict == "proved":
                positive = [each for each in last.assumptions if "> 0" in each]
                if positive and _tells_signs(left, right):
                    only = " and ".join(positive)
                    return Judgement("not understood", f"it holds for {only} only", facts=last.facts)
                if depth == "values" and not self._gives_values(meaning, left, right):
                    return Judgement("not understood", FOR_VALUES, facts=last.facts)
                reason = objection(Proof(self.environment, meaning, depth, (left, right), sides))
                return last if reason is None else Judgement("not understood", reason, facts=last.facts)
        return last

    def _gives_values(self, meaning: Meaning, left: Formula, right: Formula) -> bool:
        """Whether a claim that holds for the values of the text is one on values: w = 1, 2 x_1 for w x_1.

        It is where a side has no name left, or is a name, or where numbers stand for names of that value.
        """
        sides = (left, right)
        if any(isinstance(each, Name | Indexed) or not _has_names(each) for each in sides):
            return True
        if any(isinstance(node, Reduction) and node.bounds for each in sides for node in walk(each)):
            # The number of terms is a value that is put in wherever a sum is written out.
            return True
        one, other = meaning.sides(left, "equations"), meaning.sides(right, "equations")
        spoken = sorted({atom.name for each in (*one, *other) for atom in symbols(each)})
        known = {name: value for name in spoken if (value := meaning.value_of(name)) is not None}
        return any(
            _are_equal(meaning.sides(changed, "equations"), rest)
            for formula, rest in ((right, one), (left, other))
            for changed in put_back(formula, known)
        )

    def proves(self, meaning: Meaning, left: Formula, right: Formula) -> bool:
        """Whether there is a proof under one reading; what differs with everything put in has none."""
        if isinstance(meaning.vectors, Arrays) and meaning.vectors.misfit(left, right):
            return False
        for depth in reversed(DEPTHS):
            meaning.used, meaning.unknown = {}, {}
            try:
                sides = (meaning.sides(left, depth), meaning.sides(right, depth))
            except MeaningError:
                return False
            if len(sides[0]) != len(sides[1]):
                continue
            if any(differ(one, other) for one, other in zip(*sides, strict=True)):
                return False
            labels = self.labels.and_of(left, right)
            verdicts = {_everywhere(one, other, labels).verdict for one, other in zip(*sides, strict=True)}
            if "refuted" in verdicts:
                return False
            if verdicts == {"proved"} and meaning.unknown.keys() <= _rates_of(left, right):
                if depth == "values" and not self._gives_values(meaning, left, right):
                    # It may be equal by chance here: 4 x_2 where x_2 is 1 and x_1 is 4.
                    continue
                return objection(Proof(self.environment, meaning, depth, (left, right), sides)) is None
        return False

    def _differ_without(
        self,
        later: Sequence[Fact],
        meaning: Meaning,
        depth: Depth,
        stand: tuple[Formula, Formula],
        chain: Chain,
    ) -> bool:
        """Whether the sides differ whatever the functions are that the text defines later only."""
        if any(each.kind != "function" for each in later):
            return False
        known, names = meaning.environment, {each.name for each in later}
        functions = {name: fact for name, fact in known.functions.items() if name not in names}
        bare = replace_fields(
            meaning, environment=replace_fields(known, functions=functions), used={}, unknown={}
        )
        try:
            sides = bare.sides(stand[0], depth), bare.sides(stand[1], depth)
        except MeaningError:
            return False
        return self._compared(*sides, bare, depth, stand, chain, rates=_rates_of(*stand)).verdict == "wrong"

    def _compared(
        self,
        left: tuple[Expr, ...],
        right: tuple[Expr, ...],
        meaning: Meaning,
        depth: Depth,
        stand: tuple[Formula, Formula],
        chain: Chain,
        *,
        rates: Collection[str],
    ) -> Judgement:
        if len(left) != len(right):
            if 1 not in (len(left), len(right)):
                return Judgement("not understood", "the sides have different numbers of components")
            return Judgement("not understood", "a number stands beside a vector")
        labels = self.labels.and_of(stand[0], chain[0])
        agreements = [_everywhere(one, other, labels) for one, other in zip(left, right, strict=True)]
        facts = tuple(meaning.used)
        spoken = (stand[0], chain[0], *(fact.formula for fact in facts))
        taken = (*assumptions_of(meaning.environment, *spoken), *meaning.vectors.supposed(*spoken))
        if all(each.verdict == "proved" for each in agreements):
            told = (text for each in agreements for text in each.assumptions)
            assumptions = tuple(dict.fromkeys((*told, *taken)))
            return Judgement("proved", _HOW[depth], facts=facts, assumptions=assumptions)
        refuted = next((each for each in agreements if each.verdict == "refuted"), None)
        if refuted is None:
            return Judgement("not understood", "neither a proof nor a counterexample was found", facts=facts)
        if meaning.unknown:
            unsaid = f"{UNSAID} {', '.join(meaning.unknown)} depends on"
            if not meaning.unknown.keys() <= set(rates):
                return Judgement("not understood", unsaid, facts=facts, differs=refuted.counterexample)
            found = (readable(one, other) for one, other in zip(left, right, strict=True))
            point = next((each for each in found if each is not None), refuted.counterexample)
            return Judgement("not understood", unsaid, counterexample=point, facts=facts)
        counted = declared_counts(left, right, meaning.vectors.is_size)
        if counted:
            sized = (*taken, *(f"{name} is a size, as declared" for name in counted))
            return Judgement("proved", _HOW[depth], facts=facts, assumptions=sized)
        if meaning.vectors.ties(*spoken):
            tied = "a matrix stands beside its inverse or determinant"
            return Judgement("not understood", tied, facts=facts)
        difference = Difference(
            self.environment, self.order, chain[0], *stand, left, right, facts, beside=chain[1:]
        )
        doubted = doubt(difference)
        later = said_later(difference) if doubted is None else ()
        if later and not self._differ_without(later, meaning, depth, stand, chain):
            doubted = Doubt(f"{later[0].name} is said only in line {later[0].line}", False)
        if doubted is not None:
            differs = refuted.counterexample if doubted.may_be_condition else None
            return Judgement("not understood", doubted.reason, facts=facts, differs=differs)
        points = (readable(one, other) for one, other in zip(left, right, strict=True))
        point = next((each for each in points if each is not None), refuted.counterexample)
        if point is not None:
            told_of = {name: value for name, value in point.values.items() if UNNAMED not in name}
            point = replace_fields(point, values=told_of)
        return Judgement("wrong", "the sides differ", counterexample=point, facts=facts, assumptions=taken)


def _everywhere(left: Expr, right: Expr, labels: Collection[str]) -> Agreement:
    """What the engine finds for different indices, and where two of them meet."""
    found = _agreement(left, right, labels)
    if found.verdict != "proved":
        return found
    met = (_agreement(*sides, labels) for sides in where_indices_meet(left, right))
    return next((each for each in met if each.verdict != "proved"), found)


def _rates_of(*written: Formula) -> set[str]:
    """The quantities whose derivatives stand in formulas: these may be anything."""
    nodes = (node for each in written for node in walk(each))
    return {node.of.name for node in nodes if isinstance(node, Derivative) and isinstance(node.of, Name)}


def _has_names(formula: Formula) -> bool:
    return any(isinstance(node, Name | Indexed) for node in walk(formula))


def _are_equal(one: tuple[Expr, ...], other: tuple[Expr, ...]) -> bool:
    pairs = zip(one, other, strict=False)
    return len(one) == len(other) and all(_equal(*each) for each in pairs)


def _equal(one: Expr, other: Expr) -> bool:
    return agree(one, other, assume=False, seconds=SECONDS).verdict == "proved"


def _tells_signs(*written: Formula) -> bool:
    """Whether a formula is about signs, |x|: then positive numbers alone are no standard assumption."""
    return any(
        isinstance(node, Call) and node.function in ("abs", "sign") for each in written for node in walk(each)
    )


def _agreement(left: Expr, right: Expr, labels: Collection[str]) -> Agreement:
    """What the engine finds; a power like xⁿ has a meaning for positive x only, which is then assumed."""
    found = agree(left, right, labels=labels, seconds=SECONDS)
    of_labels = any("∈ {" in each for each in found.assumptions)
    if of_labels and not any(part.func in (exp, log) for side in (left, right) for part in parts(side)):
        # That y is 0 or 1 is said of a loss with logarithms; of any other y, y² = y is no proof.
        found = agree(left, right, assume=False, seconds=SECONDS)
    if any("> 0" in each for each in found.assumptions) and _goes_by_cases(left - right):
        # Who tells the signs apart does not mean positive numbers only.
        found = agree(left, right, assume=False, seconds=SECONDS)
    bases = {
        part.base.name
        for side in (left, right)
        for part in parts(side)
        if part.is_Pow and part.base.is_Symbol and not part.exp.is_Number
    }
    if found.verdict != "undecided" or not bases:
        return found
    positive = dict.fromkeys(bases, "positive")
    again = agree(left, right, domain=positive, labels=labels, seconds=SECONDS)
    assumed = tuple(f"{name} > 0" for name in sorted(bases))
    return replace_fields(again, assumptions=(*again.assumptions, *assumed))


def _goes_by_cases(value: Expr) -> bool:
    """Whether an expression goes by signs or by cases, other than by whether two indices are equal."""
    if contains(value, sign, Max, Min, Piecewise):
        return True
    distinctions = (part for part in parts(value) if isinstance(part, CaseDistinction))
    return any(not isinstance(each.args[1], Eq) for part in distinctions for each in part.args[:1])


_HOW: Mapping[Depth, str] = {
    "names": "as it stands",
    "equations": "with the equations put in",
    "values": "with the values put in",
}
