"""Quantities that go on from step to step, h_t = f(h_{t-1}), and derivatives that leave paths open."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from derive.check.adjoints import backward
from derive.check.facts import Environment
from derive.formula import (
    Derivative,
    Formula,
    Grouping,
    Indexed,
    Name,
    Negation,
    Number,
    Product,
    Reduction,
    Sum,
    walk,
)
from derive.indices import renamed

# How far from a step the quantities are looked for that it hangs on: no formula speaks of more steps.
FARTHEST = 6


@dataclass(frozen=True, slots=True)
class Place:
    """A quantity at a step: so many steps behind one that is counted from, or at a step that is not told."""

    name: str
    step: int | None


@dataclass(frozen=True)
class Recurrences:
    """What the equations of a text carry from one step to another."""

    environment: Environment

    @cached_property
    def reads(self) -> dict[str, tuple[Place, ...]]:
        """What each quantity is worked out from, with the step counted from its own."""
        known = self.environment.equations
        # What is worked out from derivatives, as weights are by their updates, is nothing that a loss reads.
        skipped = backward(self.environment)
        return {
            name: tuple(dict.fromkeys(self._places(fact.formula, fact.letters)))
            for name, fact in known.items()
            if name not in skipped
        }

    @cached_property
    def names(self) -> frozenset[str]:
        """The quantities that are worked out from themselves at another step."""
        steps = [
            (name, node.name)
            for name in self.reads
            for node in quantities(self.environment.equations[name].formula)
            # Not a_j of all the z_i, which are of the a_i: these are units of a net without an order.
            if isinstance(node, Indexed) and any(isinstance(each, Sum) for each in node.indices)
        ]
        if not steps:
            return frozenset()
        behind = {name: self.behind([name], itself=False) for name in self.reads}
        return frozenset(
            name
            for name, read in behind.items()
            if self.environment.equations[name].letters
            and any(one in read and name in {other, *behind.get(other, ())} for one, other in steps)
            and name in read
        )

    @cached_property
    def stepped(self) -> frozenset[str]:
        """The quantities whose first index counts the steps."""
        placed = {each.name for read in self.reads.values() for each in read if each.step is not None}
        return self.names | placed | {name for name in self.reads if self.environment.equations[name].letters}

    @cached_property
    def _shared(self) -> frozenset[str]:
        """The recurrences in which every step uses the same weights: those of layers each have their own."""
        return frozenset(
            name
            for name in self.names
            if any(
                each.name not in self.stepped and each.name not in self.environment.values
                for own in self.behind([name]) & self.names
                for each in self.reads[own]
            )
        )

    def behind(self, names: Collection[str], *, itself: bool = True) -> set[str]:
        """Everything that quantities are worked out from, and they themselves."""
        found = set(names) if itself else set[str]()
        waiting = list(names)
        while waiting:
            for each in self.reads.get(waiting.pop(), ()):
                if each.name not in found:
                    found.add(each.name)
                    waiting.append(each.name)
        return found

    def left_open(self, node: Derivative) -> str | None:
        """Why a derivative is not told by equations put in once: paths go through other steps."""
        wrt = node.wrt
        if not isinstance(wrt, Name | Indexed) or not self.names:
            return None
        if isinstance(node.of, Name) and self.called(node.of) not in self.reads:
            return self._of_any_loss(node.of.name, wrt)
        through = None if self.fitted(node) else self._through(node)
        return None if through is None else _reason(through, wrt)

    def continues(self, section: Recurrences, name: str) -> bool:
        """Whether what a section works out goes on from a recurrence of the text: y_t, not data y_i."""
        for each in section.behind([name]) & section.reads.keys():
            for node in quantities(section.environment.equations[each].formula):
                fact = self.environment.equations.get(node.name)
                if fact is None or node.name in section.reads or self.called(node) != node.name:
                    continue
                is_same = not isinstance(node, Indexed) or _step(node)[0] in (None, *fact.letters[:1])
                if is_same and self.behind([node.name]) & self.names:
                    return True
        return False

    def is_apart(self, own: Environment) -> bool:
        """Whether what a section defines, and what all others do, are not worked out from each other."""
        equations = self.environment.equations
        if any(own.equations[name] is not equations.get(name) for name in own.equations):
            return False
        anew = {(each.name, each.section) for each in self.environment.said}
        for name, fact in equations.items():
            for node in quantities(fact.formula):
                read = self.called(node)
                crosses = read in equations and (read in own.equations) != (name in own.equations)
                # Another section speaks of the h of its own that it has defined.
                if crosses and (name in own.equations or (read, fact.section) not in anew):
                    return False
        return True

    def held(self, node: Derivative) -> str | None:
        """What a derivative of a step by a weight holds fixed: the step before, which the weight made too."""
        of, wrt = node.of, node.wrt
        if node.total or not isinstance(of, Indexed) or not isinstance(wrt, Name | Indexed):
            return None
        if of.name not in self.names or self.called(wrt) in self.stepped:
            return None
        near, by = self._near(of.name), self.called(wrt)
        if not any(by == each.name for name in near for each in self.reads.get(name, ())):
            return None
        before = dict.fromkeys(
            each.name
            for name in near
            for each in self.reads.get(name, ())
            if each.step and each.name in self.names and by in self.behind([each.name])
        )
        return " and ".join(map(_letter, before)) or None

    def fitted(self, node: Derivative) -> str | None:
        """The data of a series to which a weight of its own recurrence is fitted: Σ (y_t - φ y_{t-1})²."""
        wrt = node.wrt
        if not isinstance(node.of, Name) or not isinstance(wrt, Name) or node.of.name not in self.reads:
            return None
        for part in walk(self.environment.equations[node.of.name].formula):
            if isinstance(part, Product) and wrt in part.factors:
                factors = (each for each in part.factors if isinstance(each, Indexed))
                for each in factors:
                    if each.name in self.names and self.called(wrt) in self.behind([each.name]):
                        return _letter(each.name)
        return None

    def _near(self, name: str) -> list[str]:
        """A quantity, and what it is worked out from at the same step."""
        found = [name]
        for each in found:
            read = [place.name for place in self.reads.get(each, ()) if place.step == 0]
            found.extend(name for name in read if name not in found)
        return found

    def _of_any_loss(self, loss: str, wrt: Name | Indexed) -> str | None:
        """What is open of a loss that the text does not define: it may read every step."""
        by = self.called(wrt)
        if loss in self.environment.equations or loss == wrt.name:
            return None
        read = self._reading(by)
        if not read or (_is_of_layers(wrt) and not self._shared & read):
            return None
        return _reason(by if by in read else min(read), wrt)

    def _reading(self, name: str) -> set[str]:
        """The recurrences that a quantity goes into."""
        return {each for each in self.names if name in self.behind([each])}

    def _through(self, node: Derivative) -> str | None:
        """The recurrence through which something differentiated reads a quantity along other steps."""
        wrt = node.wrt
        assert isinstance(wrt, Name | Indexed)
        if self.held(node) is not None:
            return None
        by, (letter, at) = self.called(wrt), _step(wrt)
        starts, read = self._starts(node.of, letter), self._reading(by)
        # Layers have weights of their own: what a loss reads of them is told with the adjoints.
        if (_is_of_layers(wrt) and not self._shared & read) or _is_one_of(starts, by, at):
            return None
        seen = set[tuple[Place, str]]()
        waiting = [(each, "") for each in starts]
        while waiting:
            place, through = waiting.pop()
            if (place, through) in seen or (place.step is not None and abs(place.step) > FARTHEST):
                continue
            seen.add((place, through))
            name, step = place.name, place.step
            if step is None and name in read:
                return name
            if name == by and through and (at is None or step is None or at == step):
                return through
            if name == by and at is not None and at == step:
                continue
            passing = name if step and name in self.names else through
            waiting += [(_from(place, each), passing) for each in self.reads.get(name, ())]
        return None

    def _places(self, formula: Formula, letters: Sequence[str]) -> Iterator[Place]:
        """What a formula reads, by the step counted from the letter of its left side."""
        bound = {each.name for node in walk(formula) if isinstance(node, Reduction) for each in node.bounds}
        for node in quantities(formula):
            letter, step = _step(node)
            told = bool(letters) and letter == letters[0] and letter not in bound
            yield Place(self.called(node), step if told else None)

    def called(self, node: Name | Indexed) -> str:
        """The name that a quantity goes by: v is another one than the v_t that an equation is of."""
        fact = self.environment.equations.get(node.name)
        return f"{node.name} alone" if isinstance(node, Name) and fact and fact.letters else node.name

    def _starts(self, of: Formula, letter: str | None) -> list[Place]:
        """What is differentiated, by the step counted from a letter."""
        return list(self._places(of, () if letter is None else (letter,)))


def of_steps(first: Sequence[Formula], environment: Environment) -> Iterator[Derivative]:
    """The derivatives in formulas, and in what the names in them are defined as: δ_t = ∂L/∂h_t."""
    waiting, seen = list(first), set[str]()
    while waiting:
        formula = waiting.pop()
        for node in walk(formula):
            if isinstance(node, Derivative):
                yield node
            if not isinstance(node, Name | Indexed) or node.name in seen:
                continue
            seen.add(node.name)
            fact = environment.equations.get(node.name)
            if fact is not None and any(isinstance(each, Derivative) for each in walk(fact.formula)):
                waiting.append(fact.formula)


def held_fixed(environment: Environment, *formulas: Formula) -> tuple[str, ...]:
    """What derivatives in formulas hold fixed of the steps before, in words."""
    known = Recurrences(environment)
    found: dict[str, None] = {}
    for node in of_steps(formulas, environment):
        held = known.held(node)
        if (data := known.fitted(node)) is not None and isinstance(node.wrt, Name):
            found[f"in derivatives by {node.wrt.name}, {data} is data and held fixed"] = None
        if held is not None and isinstance(node.wrt, Name | Indexed):
            found[f"in derivatives by {node.wrt.name}, {held} of the step before is held fixed"] = None
    return tuple(found)


def from_the_first(left: Formula, right: Formula, stepped: Collection[str]) -> tuple[Formula, Formula]:
    """Both sides with t + 1 for t where the left side is of the step t - 1: they hold for every step."""
    subject = left.wrt if isinstance(left, Derivative) else left
    if not isinstance(subject, Indexed) or subject.name not in stepped:
        return left, right
    letter, step = _step(subject)
    if not step or letter is None:
        return left, right
    size = Number(str(abs(step)))
    moved = {letter: Sum((Name(letter), Negation(size) if step > 0 else size))}
    return renamed(left, moved), renamed(right, moved)


def places(nodes: Iterable[Formula], stepped: Collection[str]) -> frozenset[tuple[str, int]]:
    """The steps at which certain quantities stand, counted from the letters of their indices."""
    found = ((node.name, _step(node)[1]) for node in nodes if isinstance(node, Indexed))
    return frozenset((name, step) for name, step in found if step is not None and name in stepped)


def step_of(index: Formula) -> tuple[str, int] | None:
    """The letter of an index and what is added to it: t and -1 of t - 1."""
    letters: list[str] = []
    step, waiting = 0, [(index, 1)]
    while waiting:
        part, sign = waiting.pop()
        match part:
            case Name(letter) if sign == 1:
                letters.append(letter)
            case Number(text) if text.isdecimal():
                step += sign * int(text)
            case Negation(operand):
                waiting.append((operand, -sign))
            case Grouping(inner):
                waiting.append((inner, sign))
            case Sum(terms):
                waiting += [(each, sign) for each in terms]
            case _:
                return None
    return (letters[0], step) if len(letters) == 1 else None


def _step(node: Formula) -> tuple[str | None, int | None]:
    found = step_of(node.indices[0]) if isinstance(node, Indexed) and node.indices else None
    return (None, None) if found is None else found


def quantities(formula: Formula) -> Iterator[Name | Indexed]:
    """The quantities in a formula, without the letters of indices."""
    waiting = [formula]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Name | Indexed):
            yield node
        else:
            waiting.extend(node.children)


def _from(place: Place, read: Place) -> Place:
    step = None if place.step is None or read.step is None else place.step + read.step
    return Place(read.name, step)


def _is_one_of(starts: Sequence[Place], name: str, at: int | None) -> bool:
    """Whether it is one quantity at two steps, ∂h_t/∂h_{t-1}: all between is put in."""
    return len(starts) == 1 and starts[0].name == name and None not in (starts[0].step, at)


def _is_of_layers(node: Name | Indexed) -> bool:
    return isinstance(node, Indexed) and "^" in node.name and node.name[-1] in "^)⟧⟩"


def _letter(name: str) -> str:
    return name.rstrip("^⟦⟧⟨⟩()") or name


def _reason(through: str, wrt: Name | Indexed) -> str:
    through, by = _letter(through), _letter(wrt.name)
    if isinstance(wrt, Indexed):
        return f"{through} goes on from step to step: what comes through the steps behind {by} is left open"
    return f"{through} of the step before depends on {by} too: what comes through all steps is left open"
