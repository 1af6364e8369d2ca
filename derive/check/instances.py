"""Values of what a formula with an index gives: h_2 of h_j = tanh(a_j), x_2 of x_{t+1} = x_t - 2η x_t."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from derive.check.facts import Environment, Fact
from derive.check.numbered import kind_of, numbered, split
from derive.check.recurrences import step_of
from derive.expression import MeaningError
from derive.formula import (
    Derivative,
    Evaluated,
    Formula,
    Grouping,
    Indexed,
    Name,
    Number,
    Reduction,
    Sum,
    rewrite,
    walk,
)
from derive.indices import renamed

# Nobody writes down more steps, or longer sums, term by term.
MOST_STEPS, MOST_TERMS = 40, 20


def instances(name: str, known: Environment, later: Collection[str]) -> tuple[Fact, ...]:
    """The equations of a quantity at a number, and of those at others that it is worked out from.

    Nothing where one is missing; `later` are names that the text gives a value further on.
    """
    found: dict[str, Fact] = {}
    waiting = [name]
    while waiting:
        at = waiting.pop()
        one = None if len(found) >= MOST_STEPS else _instance(at, known, later)
        if one is None:
            return ()
        found[at] = one
        read = (
            {node.name for node in walk(one.formula) if isinstance(node, Name)} - known.names - found.keys()
        )
        waiting += [each for each in sorted(read) if _general(each, known) is not None]
    return tuple(found.values())


def goes_on(fact: Fact) -> bool:
    """Whether a quantity at a number is worked out from another of its kind: a step from the one before."""
    own = kind_of(fact.name)
    return any(isinstance(node, Name) and kind_of(node.name) == own for node in walk(fact.formula))


def follows_from_start(fact: Fact) -> bool:
    """Whether a quantity at a number hangs on no other number than 0: the first step, or a sequence.

    Of w_2 beside w_1, w may have components 1 and 2.
    """
    read = {node.name for node in walk(fact.formula) if isinstance(node, Name)}
    start = any(kind_of(each) == kind_of(fact.name) and _is_start(each) for each in read)
    return start or all(kind_of(each) == each or _is_start(each) for each in read)


def _is_start(name: str) -> bool:
    found = split(name, 1)
    return found is not None and found[1] == (0,)


def has_formula(name: str, known: Environment) -> bool:
    """Whether the text has a formula that gives a quantity at every number."""
    return _general(name, known) is not None


def is_said_in(name: str, known: Environment, section: int) -> bool:
    """Whether a section has the formula that gives a quantity at every number."""
    general = _general(name, known)
    return general is not None and general.fact.section == section


@dataclass(frozen=True, slots=True)
class _General:
    """A formula for every number: its letters, and the numbers that stand for them in a name."""

    fact: Fact
    letters: tuple[str, ...]
    numbers: tuple[int, ...]


def _general(name: str, known: Environment) -> _General | None:
    """The formula that gives a quantity at every number, or at every two."""
    for count in (1, 2):
        found = split(name, count)
        fact = known.equations.get(found[0]) if found is not None else None
        if found is not None and fact is not None and len(fact.letters) == count == len(set(fact.letters)):
            return _General(fact, fact.letters, found[1])
    one = split(name, 1)
    for fact in known.equations.values() if one is not None else ():
        stem, _, letter = fact.name.rpartition("_")
        if one is not None and stem == one[0] and len(letter) == 1 and letter.islower() and not fact.letters:
            return _General(fact, (letter,), one[1])
    return None


def _instance(name: str, known: Environment, later: Collection[str]) -> Fact | None:
    general = _general(name, known)
    if general is None or _has_slopes(general.fact.formula):
        return None
    try:
        body = _Writing(known, later, apart="_" in name).at(general)
    except MeaningError:
        return None
    return replace(general.fact, name=name, formula=body, letters=())


def _has_slopes(formula: Formula) -> bool:
    return any(isinstance(node, Derivative | Evaluated) for node in walk(formula))


@dataclass(frozen=True, slots=True)
class _Writing:
    """Writes formulas with numbers for letters, where the text has said what the environment knows.

    `later` are names that it gives a value further on; two numbers may stand `apart`, W_{1,2}.
    """

    known: Environment
    later: Collection[str]
    apart: bool

    def at(self, general: _General) -> Formula:
        """A formula with numbers for its letters, its sums written out."""
        letters = dict(zip(general.letters, general.numbers, strict=True))

        def named(node: Formula) -> Formula:
            match node:
                case Name(name) if (
                    name[-2:-1] == "_" and name[-1] in letters and name not in self.known.names
                ):
                    return Name(f"{name[:-2]}{letters[name[-1]]}", node.at)
                case Indexed(name, indices):
                    return Name(numbered(name, tuple(map(_number, indices)), apart=self.apart), node.at)
            return node

        # The sums of a formula first: their letters are no numbers yet.
        numbers = {letter: Number(str(number)) for letter, number in letters.items()}
        return rewrite(rewrite(renamed(general.fact.formula, numbers), self._written), named)

    def _written(self, node: Formula) -> Formula:
        """A sum over all the numbers that the text has given values at, term by term."""
        if not isinstance(node, Reduction):
            return node
        if node.kind != "sum" or len(node.bounds) != 1:
            raise MeaningError("it is no sum over one index")
        bound = node.bounds[0]
        read = [
            each for each in walk(node.body) if isinstance(each, Indexed) and Name(bound.name) in each.indices
        ]
        low = _number(bound.low) if bound.low is not None else None
        first, last = self._ends(read, bound.name) if read else (1, 0)
        if isinstance(bound.high, Number):
            last = _number(bound.high)
        first = first if low is None else low
        if not 1 < last - first + 1 <= MOST_TERMS:
            raise MeaningError("how many terms it has is not said")
        numbers = (Number(str(number)) for number in range(first, last + 1))
        return Grouping(Sum(tuple(Grouping(renamed(node.body, {bound.name: each})) for each in numbers)))

    def _ends(self, read: list[Indexed], letter: str) -> tuple[int, int]:
        """The least and the greatest number at which all that a sum reads has a value; no more come later."""
        found: set[tuple[int, int]] = set()
        for each in read:
            at = {
                number for name in self.known.values if (number := _number_of(name, each, letter)) is not None
            }
            if len(each.indices) == 1:
                at |= set(range(1, (self.known.components(each.name) or 0) + 1))
            if not at or len(at) != max(at) - min(at) + 1 or min(at) > 1:
                raise MeaningError("it is not said of every number")
            unsaid = (name for name in self.later if name not in self.known.values)
            if any(_number_of(name, each, letter) is not None for name in unsaid):
                raise MeaningError("not all of it has been said")
            found.add((min(at), max(at)))
        if len(found) != 1:
            raise MeaningError("the sum has several ends")
        return found.pop()


def _number_of(name: str, node: Indexed, letter: str) -> int | None:
    """The number that stands in a name for a letter of a quantity, if it has the others of its indices."""
    found = split(name, len(node.indices))
    if found is None or found[0] != node.name:
        return None
    pairs = list(zip(node.indices, found[1], strict=True))
    if any(index != Name(letter) and _number(index) != number for index, number in pairs):
        return None
    return next(number for index, number in pairs if index == Name(letter))


def _number(index: Formula) -> int:
    """The whole number that an index is: 2, 3 - 1."""
    found = step_of(Sum((Name("k"), index)))
    if found is None or found[1] < 0:
        raise MeaningError("an index is no number")
    return found[1]
