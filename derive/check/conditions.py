"""Conditions under which a formula is said to hold: i ≠ j behind it, or in the sentence beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import dropwhile, takewhile

from derive.check.assertions import Assertion
from derive.check.comparing import Chain
from derive.check.judging import Judge
from derive.check.passages import Passage
from derive.check.verdict import Judgement
from derive.formula import ONE, ZERO, Branch, Cases, Formula, Indexed, Name, Number, Relation, walk
from derive.notation import unicode_text

_COMPARING = frozenset({"!=", "<", "<=", ">", ">="})
_LETTERS = frozenset("ijklmn")
_SAYING = ("if", "when", "for", "where", "in case", "provided", "whenever", "case")
# And those that may begin a range: for i = 1, …, n.
_RANGING = ("for", "where")
# How far a sentence may stand before or behind the formula that it speaks of, in lines.
BEFORE, BEHIND = 8, 2


@dataclass(frozen=True, slots=True)
class Conditions:
    """Those of one formula: its `own`, and those said `near` it, the nearest first."""

    own: tuple[Formula, ...] = ()
    near: tuple[Formula, ...] = ()

    def limit(self, said: Assertion) -> bool:
        """Whether a definition holds in one case only: a_{ij} = 1 for i ≠ j, f(x) = x if x > 0."""
        head = said.sides[0].formula if said.sides else None
        parts = {each for part in head.children for each in walk(part)} if head is not None else set()
        spoken = {each for part in self.own for each in walk(part) if isinstance(each, Name | Indexed)}
        return bool(spoken & parts)

    def judged(
        self, judge: Judge, left: Formula, right: Formula, chain: Chain, found: Judgement
    ) -> Judgement:
        """The judgement where the conditions hold, of sides that differ or are not understood elsewhere."""
        if self.own:
            again = judge.link(_where(left, self.own), _where(right, self.own), chain)
            if again.verdict == "proved" and judge.quickly_proved(_where(ONE, self.own), ZERO):
                return Judgement("not understood", "its conditions exclude each other", facts=again.facts)
            if again.verdict == "proved":
                return replace(again, assumptions=(*again.assumptions, *map(told, self.own)))
            both = again.verdict == "wrong" and found.verdict == "wrong"
            doubt = again if again.verdict == "not understood" else found
            return (
                again if both else replace(doubt, verdict="not understood", counterexample=None, differs=None)
            )
        if found.verdict != "wrong":
            return found
        for nearest, each in enumerate(self.near):
            again = judge.link(_where(left, (each,)), _where(right, (each,)), chain)
            if again.verdict == "proved" and not nearest:
                return replace(again, assumptions=(*again.assumptions, told(each)))
            if again.verdict == "proved":
                return Judgement("not understood", f"it holds where {told(each)}", facts=again.facts)
        return found


def conditions(said: Sequence[Assertion], at: int) -> tuple[Formula, ...]:
    """The conditions of one formula of a text: those next behind it, or before it where a text begins so."""
    whether = [is_condition(each) for each in said]
    if all(whether):
        return ()
    onward = range(at - 1, -1, -1) if whether[0] else range(at + 1, len(said))
    group = dropwhile(lambda place: not whether[place], onward)
    return tuple(_relation(said[place]) for place in takewhile(whether.__getitem__, group))


def is_condition(said: Assertion) -> bool:
    """Whether an assertion compares quantities, or index letters: i ≠ j, x > 0, i = j."""
    if len(said.sides) < 2 or said.lead is not None:
        return False
    if set(said.signs) <= _COMPARING:
        return True
    sides = [each.formula for each in said.sides]
    if said.signs != ("=",):
        return False
    if all(isinstance(each, Name) and each.name in _LETTERS for each in sides):
        return True
    spoken = said.word.strip(" ,").lower()
    if isinstance(sides[1], Number) and spoken.startswith(_RANGING):
        return False
    return spoken.startswith(_SAYING) and all(isinstance(each, Name | Indexed | Number) for each in sides)


def stated(passages: Iterable[tuple[Passage, Sequence[Assertion]]]) -> Iterator[tuple[Passage, Formula]]:
    """The conditions on index letters that stand alone in a sentence, with their places."""
    for passage, said in passages:
        if len(said) == 1 and is_condition(said[0]):
            relation = _relation(said[0])
            if all(isinstance(each, Name) and each.name in _LETTERS for each in relation.sides):
                yield passage, relation


def near(passage: Passage, all_stated: Sequence[tuple[Passage, Formula]], met: int) -> tuple[Formula, ...]:
    """The conditions stated in the same section beside a formula, the nearest first.

    The text has come to the first `met` of them; on the line of the formula, those count first that stand on
    the side on which its words speak of a case: if i = j, A; B if i = j.
    """
    found = [
        (abs(each.line - passage.line), (at >= met) != passage.wording.behind, abs(at - met + 0.5), relation)
        for at, (each, relation) in enumerate(all_stated)
        if each.section == passage.section and -BEFORE <= each.line - passage.line <= BEHIND
    ]
    return tuple(dict.fromkeys(relation for *_, relation in sorted(found, key=lambda each: each[:3])))[:2]


def told(condition: Formula) -> str:
    """A condition in words and signs: i ≠ j."""
    return unicode_text(condition).replace("!=", "≠").replace(">=", "≥").replace("<=", "≤")


def _relation(said: Assertion) -> Relation:
    return Relation(tuple(each.formula for each in said.sides), said.signs)


def _where(formula: Formula, all_of: Sequence[Formula]) -> Formula:
    """The formula where conditions hold, and 0 elsewhere."""
    for each in all_of:
        formula = Cases((Branch(formula, each), Branch(ZERO, None)))
    return formula
