"""The course of a document: what it has said so far, and the numbers that it has printed."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace

from flint import arb

from derive.check.assertions import Assertion
from derive.check.bars import bars
from derive.check.by_components import own_functions
from derive.check.carried import Record, Records
from derive.check.conditions import Conditions, conditions, is_condition, near, stated
from derive.check.definitions import defined, squared_name
from derive.check.dots import taken
from derive.check.facts import Environment, Fact, Facts, quantity_of
from derive.check.gradient_names import gradient_names
from derive.check.implicit import curves
from derive.check.judging import Judge
from derive.check.laid_out import show
from derive.check.last_layer import LastLayers, as_told, is_last_slope
from derive.check.layouts import Layout
from derive.check.newness import circle_of, goes_round, is_new, is_of_itself
from derive.check.passages import Passage
from derive.check.ranks import Ranks
from derive.check.readings import Readings
from derive.check.replacements import affected
from derive.check.roundings import printed
from derive.check.sets import sets
from derive.check.symmetries import RanksByPlace, Symmetries
from derive.check.values import Values
from derive.check.verdict import Claim
from derive.effort import limited, spend
from derive.formula import (
    Derivative,
    Formula,
    Indexed,
    Name,
    Number,
    Vector,
    has_derivatives,
)
from derive.functions import function

# A number of at most two digits is chosen, one of more the result of something.
MOST_CHOSEN = 100
# A text that lists the values of samples lists few.
MOST_SAMPLES = 8
_BOUNDS = re.compile(r"\\leq?(?![A-Za-z])|\\geq?(?![A-Za-z])|[<>≤≥∈]|\\in(?![A-Za-z])|[\[(]\s*-?[\d.]+\s*,")
# What one formula may cost, and all of a document: a step is about a microsecond; time is the last resort.
STEPS, SECONDS = 1_000_000, 1.5
ALL_STEPS, FEWEST_STEPS = 30_000_000, 2_000


class Course:
    """Facts in the order in which the document states them; `given` come from outside and hold throughout."""

    def __init__(
        self,
        said: Iterable[tuple[Passage, Sequence[Assertion]]],
        given: Iterable[Fact] = (),
        vectors: frozenset[str] = frozenset(),
        ranks: Mapping[int, Ranks | None] | None = None,
        symmetric: Symmetries | None = None,
        layout: Layout | None = None,
    ) -> None:
        self.order = 0
        self._steps = ALL_STEPS
        self._given = tuple(replace(each, order=-1) for each in given)
        self._vectors = vectors
        self._ranks = RanksByPlace(ranks or {}, symmetric or Symmetries())
        self._layout = layout or Layout()
        self._facts: list[Fact] = []
        # What holds at a place, while nothing more is said.
        self._state = (0, 0)
        self._last: Values | None = None
        # What other sections say of letters that a section uses anew.
        self._set_aside: dict[int, list[Fact]] = {}
        self._environments: dict[tuple[int, int, int, bool, bool], Environment] = {}
        self._records = Records()
        self.conditions = Conditions()
        self._met = 0
        self._read(tuple(said))
        # Names of which the text says something that is not understood, after what it has said before.
        self.disputed: dict[str, int] = {}
        # What is said of names that would be worked out from themselves by it.
        self.circular: dict[str, Fact] = {}
        # Names to which a step has given another value.
        self.changed: dict[str, int] = {}
        # The functions of which a section takes derivatives.
        self._derived: set[tuple[str, int]] = set()
        # What the words of a section call a position, a velocity, an acceleration.
        self.called: dict[tuple[str, int], str] = {}
        # Names for which equations are to be solved, with the formula that states the last one.
        self.asked: dict[str, Passage] = {}
        # What numbers are counted in, by the order of the assertions that state them.
        self.units: dict[int, str] = {}
        # What formulas with an index say of names with a number, and the kinds of those that were right.
        self._instances: dict[str, Fact] = {}
        self.followed: set[tuple[str, int]] = set()
        # Letters whose primes may be names of their own, by section.
        self.primed: set[tuple[str, int]] = set()
        # The facts, by their order, that hold in one case.
        self.supposed: set[int] = set()
        # Those of them that put other equations aside.
        self._cases: set[int] = set()
        # And those to which the words before them give a meaning: let, suppose.
        self.introduced: set[int] = set()
        # What has been proved a derivative to be, with the formula that defines a quantity in it.
        self.shown: set[tuple[Formula, Formula]] = set()
        self._claims: dict[int, Claim] = {}
        self._latest: tuple[Claim, Passage] | None = None
        self._latest_display: tuple[Claim, Passage] | None = None

    def _read(self, said: Sequence[tuple[Passage, Sequence[Assertion]]]) -> None:
        """Take in what the whole text tells before its first formula is judged."""
        named = gradient_names(each.text for each, _ in said if each.form == "latex")
        self._gradients = replace(named, bars=bars([found for _, found in said]))
        show(said, self._ranks.by_section, self._layout, self._gradients)
        self._sets = sets(said)
        # Where derivatives have been spoken of, as far as the text is read.
        self._sloped: list[int] = []
        asserted = [each for _, found in said for each in found]
        self._places = [passage for passage, found in said for _ in found]
        self._own = own_functions(
            ([side.formula for side in each.sides] for each in asserted),
            (each.text for each in asserted if each.fault is not None),
        )
        self.curves = curves(said)
        self._stated = tuple(stated(said))
        # What stands for itself with a dot above.
        self.taken = taken(asserted)
        self._later = tuple(_definitions(said))
        self._last_layers = LastLayers(self._later)
        # The formulas by which a section defines a name.
        self._ways: dict[tuple[str, int], set[Formula]] = {}
        for fact in self._later:
            self._ways.setdefault((fact.name, fact.section), set()).add(fact.formula)
        # The sections that speak of bounds, at which a function may be least as well.
        self._bounded = {passage.section for passage, _ in said if _BOUNDS.search(passage.text)}
        # Whether log may be to another base: a text that writes ln, too, tells them apart.
        self.only_log = not any("ln" in passage.text for passage, _ in said)

    def meets(self, passage: Passage, said: Sequence[Assertion], at: int) -> None:
        """Come to a formula, one of those of its text: under what conditions it is said to hold."""
        while self._met < len(self._stated) and self._stated[self._met][0] is passage:
            self._met += 1
        self.conditions = Conditions(conditions(said, at), near(passage, self._stated, self._met))
        if has_derivatives(*(side.formula for side in said[at].sides)):
            self._sloped.append(self.order - 1)
            first = said[at].sides[0].formula
            of = first.of if isinstance(first, Derivative) else first
            self._derived.add((quantity_of(of) or "", passage.section))

    def is_looked_for(self, function: Fact, passage: Passage) -> bool:
        """Whether a section looks by its derivative for the places of a function, and speaks of no bounds."""
        derived = (function.name, passage.section) in self._derived
        return derived and passage.section not in self._bounded

    @contextmanager
    def bounded(self) -> Iterator[None]:
        """The effort for one formula: less of it once much of what a document may cost is spent."""
        steps = max(FEWEST_STEPS, min(STEPS, self._steps // 20))
        with limited(steps, SECONDS) as allowance:
            try:
                yield
            finally:
                self._steps -= steps - allowance.steps

    @property
    def spent(self) -> int:
        """The steps that the formulas so far have cost."""
        return ALL_STEPS - self._steps

    def judge(self, passage: Passage) -> Judge:
        """The judge of formulas at this place."""
        self._layout.here = passage.line
        whole = self.environment(passage)
        own = self.environment(passage, own=True)
        environments = (own, whole) if own != whole else (whole,)
        return self._judge(self._values(environments, passage))

    def judge_before(self, passage: Passage) -> Judge:
        """The judge by what the text has said up to this place, and by nothing that it says further on."""
        return self._judge_if(self.environment(passage, ahead=False), passage)

    def _judge_if(self, known: Environment, passage: Passage) -> Judge:
        """The judge if this held: what it finds settles nothing for the document."""
        layout = replace(self._layout, settled=dict(self._layout.settled))
        ranks = self._ranks.at(passage.position, passage.section)
        return self._judge(Values(Readings((known,), self._vectors, ranks, layout)))

    def _judge(self, values: Values) -> Judge:
        return Judge(values, self._records, self.order, self._sets, self._gradients)

    def judge_with(self, facts: Iterable[Fact], passage: Passage) -> Judge:
        """The judge if the text had said these facts, too."""
        known = Facts((*self._facts, *facts, *self._given)).at(self.order, passage.line, ahead=False)
        return self._judge_if(known, passage)

    @property
    def values_ahead(self) -> frozenset[str]:
        """The names that the text gives a value further on."""
        return frozenset(
            each.name for each in self._later if each.kind == "value" and each.order > self.order
        )

    def take_instances(self, facts: Iterable[Fact]) -> None:
        """Take in what formulas with an index say of names with a number."""
        for each in facts:
            self._facts.append(each)
            self._instances[each.name] = each

    def is_instance(self, name: str) -> bool:
        """Whether a formula with an index says what a name with a number is."""
        return name in self._instances

    def forget_instance(self, name: str, section: int) -> None:
        """Forget what a formula of another section says of a name: here it may have a number of its own."""
        found = self._instances.get(name)
        if found is not None and found.section != section:
            del self._instances[name]
            self._facts = [each for each in self._facts if each is not found]

    def hears(self, passage: Passage, said: Sequence[Assertion]) -> None:
        """Note what the words before a formula say that the model has no more."""
        if words := passage.wording.replaced:
            alone = said[0].sides[0].formula if len(said) == 1 and len(said[0].sides) == 1 else None
            for name in set(affected(self._facts, words, alone)):
                self.changes(name)

    def changes(self, name: str) -> None:
        """Note that a step gives a name another value, which may not be known."""
        self.disputed[name] = self.changed[name] = self.order

    def is_later(self, fact: Fact) -> bool:
        """Whether the text states a fact only further on."""
        said = (fact.name, fact.formula)
        return all(said != (each.name, each.formula) for each in (*self._facts, *self._given)) and any(
            said == (each.name, each.formula) and each.order > self.order for each in self._later
        )

    def place(self, fact: Fact) -> Passage | None:
        """The formula that states a fact; None for what comes from outside or from no formula."""
        # What is said further on is counted from 1.
        at = fact.order - (fact.order > self.order)
        found = self._places[at] if 0 <= at < len(self._places) else None
        return found if found is not None and found.line == fact.line else None

    @property
    def latest_fact(self) -> Fact | None:
        """What has been said last of all that is a fact."""
        return self._facts[-1] if self._facts else None

    def later_values(self, name: str) -> Iterator[Fact]:
        """The values that the text gives a name further on."""
        return (
            each
            for each in self._later
            if each.name == name and each.kind == "value" and each.order > self.order
        )

    def judges_after(self, fact: Fact, passage: Passage) -> Iterator[tuple[Fact, Judge]]:
        """The judges by what a function is further on, where the text defines it otherwise there."""
        known = self.environment(passage)
        for each in self._later if fact.kind == "function" else ():
            if each.name == fact.name and each.order > self.order and each.formula != fact.formula:
                functions = {**known.functions, each.name: each}
                yield each, self._judge_if(replace(known, functions=functions), passage)

    def _values(self, environments: tuple[Environment, ...], passage: Passage) -> Values:
        """What formulas mean and come to: what was found of them holds as long as nothing new is said."""
        ranks, last = self._ranks.at(passage.position, passage.section), self._last
        if last is None or last.readings.ranks is not ranks or not _are_alike(last, environments):
            last = self._last = Values(Readings(environments, self._vectors, ranks, self._layout))
        return last

    def judges_by_earlier(self, fact: Fact, passage: Passage) -> Iterator[tuple[Fact, Judge]]:
        """The judges by what the section has said of a name before, where no word gives it a new meaning."""
        own = [each for each in self._facts if each.name == fact.name and each.section == passage.section]
        latest = next((each for each in reversed(own) if each.formula == fact.formula), None)
        if latest is None or fact.kind == "value":
            return
        for at, each in reversed(list(enumerate(own))):
            if any(later.order in self.introduced for later in own[at + 1 :]):
                return
            if each.order < latest.order and each.formula != fact.formula:
                said = [one for one in self._facts if one not in own[at + 1 :]]
                known = Facts((*said, *self._given)).at(self.order, passage.line, ahead=False)
                yield each, self._judge_if(known, passage)

    def judge_without(self, fact: Fact, passage: Passage) -> Judge | None:
        """The judge where a name has the value that the section gave it before; None if it gave none."""
        gives = [each for each in self._facts if each.name == fact.name and each.kind == "value"]
        if not any(each.section == passage.section and each.formula != fact.formula for each in gives):
            return None
        said = [each for each in self._facts if (each.name, each.formula) != (fact.name, fact.formula)]
        known = Facts((*said, *self._given)).at(self.order, passage.line, ahead=False)
        return self._judge_if(known, passage)

    def judges_by_values_before(self, facts: Iterable[Fact], passage: Passage) -> Iterator[Judge]:
        """The judges by the values that the section gave to names before: all of one sample, then another."""
        own = [each for each in self._facts if each.kind == "value" and each.section == passage.section]
        named = {fact.name for fact in facts if fact.kind == "value"}
        given = {name: [each for each in own if each.name == name] for name in named}
        most = max(map(len, given.values()), default=0)
        for back in range(1, min(most, MOST_SAMPLES)):
            gone = [fact for every in given.values() if len(every) > back for fact in every[-back:]]
            said = [each for each in self._facts if each not in gone]
            yield self._judge_if(
                Facts((*said, *self._given)).at(self.order, passage.line, ahead=False), passage
            )

    def environment(self, passage: Passage, *, ahead: bool = True, own: bool = False) -> Environment:
        """What the document has said; with `own`, of quantities only what it says in this section.

        With `ahead`, what has not been defined yet has its first definition further on.
        """
        state = (len(self._facts), self.order)
        if state != self._state:
            self._state = state
            self._environments.clear()
        key = (passage.line, passage.section, passage.scope, ahead, own)
        if key not in self._environments:
            found = self._environment(passage, ahead=ahead, own=own)
            self._environments[key] = self._last_layers.put_down(found, self.order)
        return self._environments[key]

    def _environment(self, passage: Passage, *, ahead: bool, own: bool) -> Environment:
        spend(len(self._facts) + len(self._later))
        later = [each for each in self._later if each.order > self.order and each.kind != "value"]
        if ahead and later:
            before = self.environment(passage, ahead=False)
            read = {name for fact in before.equations.values() for name in fact.operands}
            asked = [each for each in later if each.name in read or each.name in each.operands]
            circles = {id(each) for each in asked if goes_round(each, before)}
            later = [each for each in later if id(each) not in circles]
        said = [*self._facts, *(later if ahead else ())]
        if self._cases:
            said = [each for each in said if not self._is_case_of_elsewhere(each, passage)]
        if own:
            said = [each for each in said if each.section == passage.section or _is_function(each)]
        said = [each for each in said if each.scope in (0, passage.scope)]
        if (aside := self._set_aside.get(passage.section)) is not None:
            said = [each for each in said if each not in aside]
        found = Facts((*said, *self._given)).at(self.order, passage.line, ahead=ahead)
        found = replace(found, own=self._own, order=self.order, sloped=self._sloped)
        return self._with_settled(found, later, passage) if ahead and later else found

    def _is_case_of_elsewhere(self, fact: Fact, passage: Passage) -> bool:
        """Whether another section has put an equation aside for a case: if the unit is linear, a = z."""
        return fact.order in self._cases and fact.section != passage.section

    def judge_in_cases(self, passage: Passage) -> Judge | None:
        """The judge by what other sections say of a case, too; None where they say nothing."""
        if not any(self._is_case_of_elsewhere(each, passage) for each in self._facts):
            return None
        return self._judge_if(Facts((*self._facts, *self._given)).at(self.order, passage.line), passage)

    def _with_settled(self, known: Environment, later: Iterable[Fact], passage: Passage) -> Environment:
        """What holds, where what this section defines in one way only counts as said from the beginning."""
        own = {each.name for each in later if each.section == passage.section}
        settled = {
            name: known.equations[name].from_the_beginning
            for name in own & known.equations.keys()
            if self._is_settled(known.equations[name], passage)
        }
        if not settled:
            return known
        return replace(known, equations={**known.equations, **settled}, settled=frozenset(settled))

    def _is_settled(self, fact: Fact, passage: Passage) -> bool:
        later = fact.order > self.order and fact.section == passage.section
        return later and len(self._ways[fact.name, fact.section]) == 1

    def define(self, said: Assertion, passage: Passage) -> frozenset[str]:
        """Take in what an assertion defines; returns the names that got a meaning, or another one."""
        if said.lead is not None or self.conditions.limit(said) or passage.wording.denied:
            return frozenset()
        stated = list(_defined(said, self.order - 1, passage))
        for fact in stated:
            self._set_apart(fact, passage)
        known = as_told(self.environment(passage, ahead=False))
        new = [
            fact
            for fact in stated
            if not self._follows(fact, passage)
            and (passage.wording.introduced or not self.is_instance(fact.name))
            and (is_new(fact, known, asserted=said.asserts) or self._starts_anew(said, fact, known, passage))
            and not goes_round(fact, known)
            and not (fact.name in known.names and squared_name(said.sides[0].formula) is not None)
            and not self._is_element(fact, known, passage)
            and not _holds_roughly(fact, known.names, passage)
        ]
        for fact in stated:
            if fact.name not in known.names and goes_round(fact, known):
                self.circular.setdefault(fact.name, fact)
        self._take_in(new, known, passage)
        if passage.wording.introduced:
            self.introduced.add(self.order - 1)
        # After f(x | μ, σ), it is open which function f(x) is.
        self.disputed.update((fact.name.partition("(")[0], self.order) for fact in new if "|" in fact.name)
        return frozenset(fact.name for fact in new)

    def _take_in(self, new: Sequence[Fact], known: Environment, passage: Passage) -> None:
        """Take in facts, and whether they hold in one case only."""
        self._facts.extend(new)
        if passage.wording.case or passage.wording.restricted:
            self.supposed.update(fact.order for fact in new)
            self._cases.update(fact.order for fact in new if fact.name in known.equations)

    def _set_apart(self, fact: Fact, passage: Passage) -> None:
        """Leave the letters of other sections behind, where a definition would go round through them.

        b = y + 1 after y = w x + b in another section is not worked out from itself: y is another one here.
        What holds by those sections is said of their letters.
        """
        known = self.environment(passage, ahead=False)
        if fact.name in known.names or not goes_round(fact, known):
            return
        circle = {known.equations[name] for name in circle_of(fact, known)}
        if any(each.section == fact.section or each.order < 0 for each in circle):
            return
        if self.judge(passage).link(Name(fact.name), fact.formula).verdict == "not understood":
            self._set_aside.setdefault(passage.section, []).extend(circle)
            self._environments.clear()

    def _follows(self, fact: Fact, passage: Passage) -> bool:
        """Whether what the error of the last layer is follows from what errors are, or contradicts that."""
        if not is_last_slope(self.environment(passage).equations.get(fact.name)):
            return False
        head = Indexed(fact.name, tuple(map(Name, fact.letters))) if fact.letters else Name(fact.name)
        return self.judge(passage).link(head, fact.formula).verdict in ("proved", "wrong")

    def _is_element(self, fact: Fact, known: Environment, passage: Passage) -> bool:
        """Whether a number is said of a component of the list right before it, a = (1, 2, 3) and a_2 = 2.

        Where components may be counted from 0, or have been changed, nothing is known of them.
        """
        stem = fact.name.rstrip("0123456789")
        whole, words = known.values.get(stem), passage.wording
        if fact.kind != "value" or stem == fact.name or whole is None or fact.name in known.names:
            return False
        if not isinstance(whole.formula, Vector) or whole.order != self.order - 2 or words.introduced:
            return False
        elements, at = whole.formula.elements, int(fact.name.removeprefix(stem))
        counted = all(each.name != f"{stem}0" for each in (*self._facts, *self._later))
        from_zero = at < len(elements) and elements[at] == fact.formula
        here = whole.section == fact.section and words.consequence.joined and not words.consequence.open
        return 1 <= at <= len(elements) and here and counted and not from_zero

    def _starts_anew(self, said: Assertion, fact: Fact, known: Environment, passage: Passage) -> bool:
        """Whether a short number is given to a name that another section works out from what has no value.

        b = 0 after b = sin(a): numbers of few digits are chosen, those of more have been worked out.
        """
        before = known.equations.get(fact.name)
        if fact.kind != "value" or said.asserts or before is None or before.section == fact.section:
            return False
        as_printed = printed(fact.formula)
        chosen = as_printed is None or abs(as_printed.value / as_printed.unit) < MOST_CHOSEN
        return chosen and self.judge(passage).exact(Name(fact.name)) is None

    def restate(self, said: Assertion, passage: Passage) -> None:
        """A definition in other words: the later words are those that local derivatives go by."""
        if said.lead is not None or said.asserts or passage.wording.denied:
            return
        known = self.environment(passage, ahead=False).equations
        for fact in _defined(said, self.order - 1, passage):
            # What is defined as a derivative stays so: its other words hold for one layer after the other.
            before = known.get(fact.name)
            if before is None or not (isinstance(before.formula, Derivative) or is_of_itself(fact)):
                self._take_in((fact,), self.environment(passage, ahead=False), passage)
                if passage.wording.introduced:
                    self.introduced.add(fact.order)

    def take(self, facts: Iterable[Fact]) -> None:
        """Take in facts that no assertion states: of a table, of a comment."""
        self._facts.extend(facts)

    @property
    def records(self) -> Sequence[Record]:
        """The numbers printed so far."""
        return self._records.all

    def print(self, formula: Formula, text: Formula, exact: arb) -> None:
        """Remember a number that was printed for a formula."""
        self._records.add(Record(formula, text, exact, self.order))

    def carry(self, formula: Formula, text: Formula, exact: arb) -> None:
        """Remember what a printed number is where those before it were carried on unrounded."""
        self._records.add_alike(Record(formula, text, exact, self.order))

    def passed(self, said: Assertion, claim: Claim, passage: Passage) -> None:
        """A claim was judged: what starts with a sign goes on with it."""
        if said.asserts or not claim.sides:
            return
        if claim.links or not isinstance(claim.sides[-1].formula, Name | Number) or passage.display:
            self._latest = (claim, passage)
        if passage.display:
            self._latest_display = (claim, passage)

    def before(self, passage: Passage) -> tuple[Claim, ...]:
        """The chains that a formula may go on with: of the last display, of the last formula."""
        found = (self._latest_display if passage.display else None, self._latest)
        claims = {id(each[0]): each[0] for each in found if each and each[1].section == passage.section}
        return tuple(claims.values())


def _are_alike(known: Values, environments: tuple[Environment, ...]) -> bool:
    """Whether the same facts hold that values were worked out from, overridden ones included."""
    before = known.readings.environments
    return before == environments and before[-1].said == environments[-1].said


def _defined(said: Assertion, order: int, passage: Passage) -> Iterator[Fact]:
    for fact in defined(said, order, passage.line, passage.section):
        yield replace(fact, scope=passage.scope)


def _definitions(said: Iterable[tuple[Passage, Sequence[Assertion]]]) -> Iterator[Fact]:
    """What the document defines anywhere: formulas may speak of it before."""
    order = 0
    for passage, found in said:
        for at, each in enumerate(found):
            order += 1
            under = Conditions(conditions(found, at))
            if each.asserts or under.limit(each) or is_condition(each) or passage.wording.denied:
                continue
            defines = _defined(each, order, passage)
            yield from (fact for fact in defines if not _holds_roughly(fact, (), passage))


def _holds_roughly(fact: Fact, known: Collection[str], passage: Passage) -> bool:
    """Whether the words say how something that is known behaves somewhere: tanh(x) = x near 0."""
    if passage.wording.rough and fact.name in known:
        return True
    somewhere = passage.wording.rough or bool(passage.wording.restricted)
    return somewhere and fact.kind == "function" and function(fact.name) is not None


def _is_function(fact: Fact) -> bool:
    """Whether a fact says what a function is, if by components: σ(z)_i."""
    return fact.kind == "function" or (fact.name.endswith(")") and bool(fact.letters))
