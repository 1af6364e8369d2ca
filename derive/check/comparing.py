"""Two sides compared under one reading: proved, wrong, or why neither can be said."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from dataclasses import replace as replace_fields
from functools import cached_property, partial
from typing import TypeAlias

from sympy import Expr, exp, log

from derive.agreement import (
    Agreement,
    Counterexample,
    Domain,
    Samples,
    agree,
    certain_sign,
    differ,
    goes_by_cases,
)
from derive.check.adjoints import assumptions as assumptions_of
from derive.check.arrays import UNNAMED, Arrays
from derive.check.counting import declared_counts
from derive.check.doubts import UNSAID, Difference, Doubt, doubt, of_last_layer, said_later
from derive.check.facts import Environment, Fact, quantity_of
from derive.check.labels import Labels
from derive.check.meaning import DEPTHS, Depth, Meaning
from derive.check.meeting import where_indices_meet
from derive.check.points import readable
from derive.check.recurrences import held_fixed
from derive.check.substitutions import put_back
from derive.check.vacuous import Proof, objection
from derive.check.verdict import Judgement
from derive.expression import MeaningError, parts, symbols
from derive.formula import Call, Derivative, Formula, Indexed, Name, Reduction, walk

# The sides of a chain but for the right one of a link: the first one, and those that stand beside the link.
Chain: TypeAlias = tuple[Formula, ...]

Sides: TypeAlias = tuple[tuple[Expr, ...], tuple[Expr, ...]]

# A comparison by all that a doubt may speak of: two sides as they stand, in their chain, what they come to,
# and the facts that were put in.
_Place: TypeAlias = tuple[tuple[Formula, Formula], Chain, Sides, tuple[Fact, ...]]

SECONDS = 1.0
UNDECIDED = "neither a proof nor a counterexample was found"
TIED = "a matrix stands beside its inverse or determinant"
FOR_VALUES = "it holds for the values of the text, but not for others"


@dataclass(frozen=True)
class _Compared:
    """Two sides under one reading at one depth, and what the engine finds of their components.

    They `stand` so in the text; `facts` were put in, the equations of the `unknown` names were missing.
    """

    meaning: Meaning
    depth: Depth
    stand: tuple[Formula, Formula]
    chain: Chain
    sides: Sides
    agreements: tuple[Agreement, ...]
    facts: tuple[Fact, ...]
    unknown: tuple[str, ...]

    @property
    def spoken(self) -> tuple[Formula, ...]:
        """The formulas that the comparison rests on."""
        return self.stand[0], self.chain[0], *(fact.formula for fact in self.facts)

    @property
    def taken(self) -> tuple[str, ...]:
        """What is taken for granted, in words."""
        supposed = self.meaning.vectors.supposed(*self.spoken)
        known = self.meaning.environment
        held = held_fixed(known, *self.spoken, self.stand[1])
        return *assumptions_of(known, *self.spoken), *supposed, *held

    @property
    def left_whole(self) -> set[str]:
        """The names whose components are free though the text says what the whole is, but for variables."""
        values = (value for side in self.sides for value in side)
        left = {name for each in values for name in self.meaning.left_whole(each)}
        # A long chain is walked through only where that may change something.
        nodes = (node for each in (*self.stand, *self.chain) for node in walk(each)) if left else ()
        return left - {quantity_of(node.wrt) for node in nodes if isinstance(node, Derivative)}

    def proof(self) -> Judgement | None:
        """The proof, where each component has one, or where declared names are the sizes of arrays."""
        if self.agreements and all(each.verdict == "proved" for each in self.agreements):
            told = [text for each in self.agreements for text in each.assumptions]
            told += [BOTH_SIDES for each in self.agreements if each.narrower]
        elif self.unknown or not any(each.verdict == "refuted" for each in self.agreements):
            return None
        else:
            counted = declared_counts(*self.sides, self.meaning.vectors.is_size)
            told = [f"{name} is a size, as declared" for name in counted]
            if not counted:
                return None
        assumptions = tuple(dict.fromkeys((*told, *self.taken)))
        return Judgement("proved", _HOW[self.depth], facts=self.facts, assumptions=assumptions)


@dataclass(frozen=True)
class Comparison:
    """Compares sides under readings; `environment` is everything that the text has said.

    `sets` are those that it says names are from: labels that are 0 or 1.
    """

    environment: Environment
    order: int
    sets: Mapping[str, Domain] = field(default_factory=dict)
    samples: Samples = field(default_factory=Samples)
    # Readings of one formula often come to the same sides.
    _found: dict[tuple[Expr, Expr, frozenset[str], bool], Agreement] = field(default_factory=dict)
    _points: dict[Sides, Counterexample | None] = field(default_factory=dict)
    _doubts: dict[_Place, Doubt | None] = field(default_factory=dict)

    @cached_property
    def labels(self) -> Labels:
        """What the text uses as labels."""
        return Labels.of(dict.fromkeys(fact.formula for fact in self.environment.said))

    def under(self, meaning: Meaning, left: Formula, right: Formula, chain: Chain = ()) -> Judgement | None:
        """The verdict under one reading: proved at any depth, wrong only where everything is put in."""
        meaning.used, meaning.unknown = {}, {}
        if isinstance(meaning.vectors, Arrays) and (misfit := meaning.vectors.misfit(left, right)):
            return misfit
        last: _Compared | None = None
        for depth in DEPTHS:
            try:
                for sides in _sides(meaning, left, right, depth):
                    if last is not None and sides == last.sides:
                        continue
                    last = self._compared(sides, meaning, depth, (left, right), chain or (left,))
                    if (proof := last.proof()) is not None:
                        return self._questioned(proof, last)
            except MeaningError as error:
                return Judgement("not understood", str(error)) if depth != "names" and last else None
        return None if last is None else self._unproved(last)

    def _questioned(self, proof: Judgement, found: _Compared) -> Judgement:
        """A proof, or what speaks against it."""
        positive = [each for each in proof.assumptions if "> 0" in each]
        if positive and _tells_signs(*found.stand):
            only = " and ".join(positive)
            return Judgement("not understood", f"it holds for {only} only", facts=proof.facts)
        if opposed := [name for name in _positive_names(positive) if _is_not_positive(found.meaning, name)]:
            only = f"it holds for positive numbers only, and {opposed[0]} is none"
            return Judgement("not understood", only, facts=proof.facts)
        if found.depth == "values" and not self._gives_values(found.meaning, *found.stand):
            general = self._of_variable(found)
            return general or Judgement("not understood", FOR_VALUES, facts=proof.facts)
        reason = objection(Proof(self.environment, found.meaning, found.depth, found.stand, found.sides))
        return proof if reason is None else Judgement("not understood", reason, facts=proof.facts)

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

    def _of_variable(self, found: _Compared) -> Judgement | None:
        """What is said of a derivative for every value of its variable: f'(x) = 6x beside x = 2 is no value.

        None where numbers may stand for other names, or for the variable on one side.
        """
        slope = found.stand[0]
        by = _variable_of(slope)
        meaning = found.meaning
        if by is None or isinstance(meaning.vectors, Arrays):
            return None
        sides = meaning.sides(slope, "equations"), meaning.sides(found.stand[1], "equations")
        spoken = [{atom.name for each in side for atom in symbols(each)} for side in sides]
        valued = {name for name in set.union(*spoken) if meaning.value_of(name) is not None}
        if valued != {by} or not all(by in each for each in spoken):
            return None
        meaning.used, meaning.unknown = {}, {}
        sides = meaning.sides(slope, "equations"), meaning.sides(found.stand[1], "equations")
        again = self._compared(sides, meaning, "equations", found.stand, found.chain)
        unproved = self._unproved(again) if again.proof() is None else None
        return unproved if unproved is not None and unproved.verdict == "wrong" else None

    def proves(self, meaning: Meaning, left: Formula, right: Formula) -> bool:
        """Whether there is a proof under one reading; what differs with everything put in has none."""
        if isinstance(meaning.vectors, Arrays) and meaning.vectors.misfit(left, right):
            return False
        labels = self.labels.and_of(left, right)
        try:
            if self._differ(self._at(meaning, left, right, "values"), labels):
                return False
            # With values put in it may be equal by chance, which takes the longest to tell: that is last.
            return any(
                self._is_proved(meaning, left, right, depth, labels)
                for depth in ("equations", "names", "values")
            )
        except MeaningError:
            return False

    def _at(self, meaning: Meaning, left: Formula, right: Formula, depth: Depth) -> Sides:
        """The sides at a depth, and nothing noted as used but what they use."""
        meaning.used, meaning.unknown = {}, {}
        return meaning.sides(left, depth), meaning.sides(right, depth)

    def _differ(self, sides: Sides, labels: Collection[str]) -> bool:
        """Whether two sides with as many components differ at a point."""
        if len(sides[0]) != len(sides[1]):
            return False
        return any(differ(one, other, self.samples, labels) for one, other in zip(*sides, strict=True))

    def _is_proved(
        self, meaning: Meaning, left: Formula, right: Formula, depth: Depth, labels: Collection[str]
    ) -> bool:
        """Whether there is a proof at a depth, and nothing against it."""
        sides = self._at(meaning, left, right, depth)
        if len(sides[0]) != len(sides[1]) or (depth != "values" and self._differ(sides, labels)):
            return False
        pairs = zip(*sides, strict=True)
        if any(self._everywhere(*pair, labels, thorough=False).verdict != "proved" for pair in pairs):
            return False
        if not meaning.unknown.keys() <= _rates_of(left, right):
            return False
        if depth == "values" and not self._gives_values(meaning, left, right):
            # 4 x_2 where x_2 is 1 and x_1 is 4.
            return False
        return objection(Proof(self.environment, meaning, depth, (left, right), sides)) is None

    def _compared(
        self, sides: Sides, meaning: Meaning, depth: Depth, stand: tuple[Formula, Formula], chain: Chain
    ) -> _Compared:
        """What the engine finds of the sides, component by component where they have as many."""
        agreements: tuple[Agreement, ...] = ()
        if len(sides[0]) == len(sides[1]):
            labels = self.labels.and_of(stand[0], chain[0])
            agreements = tuple(
                self._everywhere(one, other, labels) for one, other in zip(*sides, strict=True)
            )
        return _Compared(
            meaning, depth, stand, chain, sides, agreements, tuple(meaning.used), tuple(meaning.unknown)
        )

    def _unproved(self, found: _Compared) -> Judgement:
        """Wrong, where the sides differ and nothing speaks against calling that an error."""
        if len(found.sides[0]) != len(found.sides[1]):
            lists = 1 not in (len(found.sides[0]), len(found.sides[1]))
            reason = (
                "the sides have different numbers of components"
                if lists
                else "a number stands beside a vector"
            )
            return Judgement("not understood", reason)
        refuted = next((each for each in found.agreements if each.verdict == "refuted"), None)
        if refuted is None:
            return Judgement("not understood", UNDECIDED, facts=found.facts)
        if found.unknown:
            unsaid = f"{UNSAID} {', '.join(found.unknown)} depends on"
            if set(found.unknown) <= _rates_of(*found.stand):
                point = self._point(found, refuted)
                return Judgement("not understood", unsaid, counterexample=point, facts=found.facts)
            return Judgement("not understood", unsaid, facts=found.facts, differs=refuted.counterexample)
        if left := found.left_whole:
            reason = f"what the components of {', '.join(sorted(left))} are is not read"
            return Judgement("not understood", reason, facts=found.facts)
        if found.meaning.vectors.ties(*found.spoken):
            return Judgement("not understood", TIED, facts=found.facts)
        doubted = self._doubt(found)
        if doubted is not None:
            differs = refuted.counterexample if doubted.may_be_condition else None
            return Judgement("not understood", doubted.reason, facts=found.facts, differs=differs)
        point = self._point(found, refuted)
        if point is not None:
            told_of = {name: value for name, value in point.values.items() if UNNAMED not in name}
            point = replace_fields(point, values=told_of)
        return Judgement(
            "wrong", "the sides differ", counterexample=point, facts=found.facts, assumptions=found.taken
        )

    def _point(self, found: _Compared, refuted: Agreement) -> Counterexample | None:
        """A point at which the sides differ, of short numbers where there is one."""
        if found.sides not in self._points:
            points = (readable(one, other) for one, other in zip(*found.sides, strict=True))
            short = (each for each in points if each is not None)
            self._points[found.sides] = next(short, None) or refuted.counterexample
        return self._points[found.sides]

    def _doubt(self, found: _Compared) -> Doubt | None:
        """What speaks against calling a difference an error."""
        difference = Difference(
            self.environment,
            self.order,
            found.chain[0],
            *found.stand,
            *found.sides,
            found.facts,
            found.chain[1:],
        )
        place = found.stand, found.chain, found.sides, found.facts
        if place not in self._doubts:
            self._doubts[place] = doubt(difference)
        doubted = self._doubts[place]
        later = said_later(difference) if doubted is None else ()
        if later and not self._differ_without(later, found):
            return Doubt(f"{later[0].name} is said only in line {later[0].line}", False)
        last = of_last_layer(difference) if doubted is None else ()
        if last and not self._differ_without(last, found):
            name = last[0].name.partition("^")[0]
            return Doubt(f"whether the last layer makes {name} as the others do is not said", False)
        return doubted

    def _differ_without(self, later: Sequence[Fact], found: _Compared) -> bool:
        """Whether the sides differ whatever the functions are that are defined later only, or for others."""
        if any(each.kind != "function" and not each.last for each in later):
            return False
        known, names = found.meaning.environment, {each.name for each in later}
        functions = {name: fact for name, fact in known.functions.items() if name not in names}
        equations = {name: fact for name, fact in known.equations.items() if fact not in later}
        environment = replace_fields(known, functions=functions, equations=equations)
        bare = replace_fields(found.meaning, environment=environment, used={}, unknown={})
        one, other = found.stand
        try:
            sides = bare.sides(one, found.depth), bare.sides(other, found.depth)
        except MeaningError:
            return False
        again = self._compared(sides, bare, found.depth, found.stand, found.chain)
        return again.proof() is None and self._unproved(again).verdict == "wrong"

    def _everywhere(
        self, left: Expr, right: Expr, labels: Collection[str], *, thorough: bool = True
    ) -> Agreement:
        """What the engine finds for different indices, and where two of them meet."""
        key = left, right, frozenset(labels), thorough
        if key not in self._found:
            self._found[key] = self._where_apart_and_met(left, right, labels, thorough)
        return self._found[key]

    def _where_apart_and_met(
        self, left: Expr, right: Expr, labels: Collection[str], thorough: bool
    ) -> Agreement:
        found = self._agreement(left, right, labels, thorough)
        if found.verdict != "proved":
            return found
        met = (self._agreement(*sides, labels, thorough) for sides in where_indices_meet(left, right))
        return next((each for each in met if each.verdict != "proved"), found)

    def _agreement(self, left: Expr, right: Expr, labels: Collection[str], thorough: bool) -> Agreement:
        """What the engine finds; a power like xⁿ has a meaning for positive x only, which is then assumed."""
        engine = partial(agree, seconds=SECONDS, samples=self.samples, thorough=thorough)
        found = engine(left, right, labels=labels)
        if found.verdict != "proved" and (sets := self._sets_of(left, right)):
            again = engine(left, right, domain=sets, labels=labels)
            told = tuple(f"{name} {each.text}" for name, each in sets.items())
            return replace_fields(again, assumptions=(*again.assumptions, *told))
        of_labels = any("∈ {" in each for each in found.assumptions)
        if of_labels and not any(part.func in (exp, log) for side in (left, right) for part in parts(side)):
            # That y is 0 or 1 is said of a loss with logarithms; of any other y, y² = y is no proof.
            found = engine(left, right, assume=False)
        if any("> 0" in each for each in found.assumptions) and goes_by_cases(left - right):
            # Who tells the signs apart does not mean positive numbers only.
            found = engine(left, right, assume=False)
        bases = {
            part.base.name
            for side in (left, right)
            for part in parts(side)
            if part.is_Pow and part.base.is_Symbol and not part.exp.is_Number
        }
        if found.verdict != "undecided" or not bases:
            return found
        positive = dict.fromkeys(bases, "positive")
        again = engine(left, right, domain=positive, labels=labels)
        assumed = tuple(f"{name} > 0" for name in sorted(bases))
        return replace_fields(again, assumptions=(*again.assumptions, *assumed))

    def _sets_of(self, left: Expr, right: Expr) -> dict[str, Domain]:
        """The sets that the text says names in two sides are from."""
        spoken = sorted(each.name for each in symbols(left) | symbols(right)) if self.sets else ()
        return {name: self.sets[name] for name in spoken if name in self.sets}


def _sides(meaning: Meaning, left: Formula, right: Formula, depth: Depth) -> Iterator[Sides]:
    """Two sides at a depth; where an equation stands again, first with nothing but that equation put in."""
    if depth == "equations" and isinstance(left, Name | Indexed):
        stands = meaning.sides(right, "names")
        yield meaning.beside(left, stands), stands
    yield meaning.sides(left, depth), meaning.sides(right, depth)


def _positive_names(assumptions: Iterable[str]) -> Iterator[str]:
    """The names that assumptions take to be positive: x > 0, y > 0."""
    for each in assumptions:
        yield from (part.strip().removesuffix(" > 0") for part in each.split(","))


def _is_not_positive(meaning: Meaning, name: str) -> bool:
    """Whether the text gives a name a value of 0 or below."""
    value = meaning.value_of(name)
    return value is not None and (value == 0 or certain_sign(value) == -1)


def _rates_of(*written: Formula) -> set[str]:
    """The quantities whose derivatives stand in formulas: these may be anything."""
    nodes = (node for each in written for node in walk(each))
    return {node.of.name for node in nodes if isinstance(node, Derivative) and isinstance(node.of, Name)}


def _variable_of(slope: Formula) -> str | None:
    """What a derivative is by: x of f'(x) and of dy/dx."""
    match slope:
        case Derivative(wrt=Name(name)):
            return name
        case Call(arguments=(Name(name),), primes=primes) if primes:
            return name
    return None


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


# ln x² = 2 ln x: where x is negative, only one of them has a value.
BOTH_SIDES = "both sides have a value"
WITH_VALUES = "with the values put in"
_HOW: Mapping[Depth, str] = {
    "names": "as it stands",
    "equations": "with the equations put in",
    "values": WITH_VALUES,
}
