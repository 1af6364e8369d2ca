r"""Bars above names that stand for derivatives, \bar v_i = ∂y/∂v_i, as in automatic differentiation."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from derive.check.assertions import EQUALITIES, Assertion
from derive.formula import Derivative, Formula, Indexed, Name, walk

_BAR = "_bar"
_STEM = re.compile(r"[A-Za-z]+(?:_[A-Za-z]+)*|[^\W\d]")
# What an equation says that is not read, or what is added to.
_HEAD = re.compile(r"[\s&]*(?:\\(?:bar|overline|mathbf|boldsymbol)\s*\{?\s*)?\\?([A-Za-z]+)[^=]*=")
Said = Sequence[Sequence[Assertion]]


@dataclass(frozen=True, slots=True)
class Bars:
    """The losses whose derivatives are written so; of all letters but some, or where told of `letters` only.

    Of a text that adds up what comes to a quantity on several ways, or says more of its quantities than is
    read, all is `open` that does not hold.
    """

    losses: tuple[str, ...] = ()
    letters: frozenset[str] | None = frozenset()
    excluded: frozenset[str] = frozenset()
    open: bool = False

    def base(self, name: str) -> str | None:
        """The quantity by which a name with a bar is the derivative; None of other names."""
        whole = unbarred(name) if self.losses else None
        if whole is None or (stem := _stem(whole)) in self.excluded:
            return None
        return whole if self.letters is None or stem in self.letters else None


NO_BARS = Bars()


def unbarred(name: str) -> str | None:
    """A name without its bar; None where it has none."""
    before, bar, behind = name.partition(_BAR)
    return before + behind if bar and not behind[:1].isalpha() else None


def bars(said: Said) -> Bars:
    """What bars mean in a document, from all that its formulas assert."""
    links = [
        (one.formula, other.formula)
        for found in said
        for each in found
        for one, other in pairwise(each.sides)
    ]
    heads = [(left, right) for left, right in links if _base(left) is not None]
    stated = dict.fromkeys((*_stated(heads), *_beside(said)))
    if not stated:
        return NO_BARS
    told = {stem for _, stem, _ in stated}
    spoken = {_stem(name) for name in _spoken(links)}
    is_any = any(of_any for *_, of_any in stated) or not told & spoken
    letters = None if is_any else frozenset(_connected(told, heads))
    return Bars(
        tuple(dict.fromkeys(loss for loss, *_ in stated)),
        letters,
        frozenset((*_means(heads), *_goes_forward(links))),
        _adds_up(said, heads) or _is_half_read(said, heads),
    )


def _stated(heads: Iterable[tuple[Formula, Formula]]) -> Iterator[tuple[str, str, bool]]:
    """The losses whose derivative a bar is said to be, with the letter, and whether it is at an index."""
    for left, right in heads:
        if (
            isinstance(right, Derivative)
            and right.wrt == (base := _base(left))
            and isinstance(right.of, Name)
        ):
            yield right.of.name, _stem(_name(base)), isinstance(base, Indexed) and "^" not in base.name


def _beside(said: Said) -> Iterator[tuple[str, str, bool]]:
    """The same of what the words between two formulas say: \\bar v denotes ∂y/∂v."""
    alone = [found[0].sides[0].formula if _is_alone(found) else None for found in said]
    for one, other in pairwise(alone):
        if one is not None and other is not None:
            yield from _stated(((one, other), (other, one)))


def _is_alone(found: Sequence[Assertion]) -> bool:
    return len(found) == 1 and len(found[0].sides) == 1 and found[0].lead is None


def _connected(told: Collection[str], heads: Sequence[tuple[Formula, Formula]]) -> set[str]:
    """The letters whose bars formulas work out from each other, beginning with those that are told."""
    found = set(told)
    groups = [{_stem(_name(base)) for base in _bases(left, right)} for left, right in heads]
    while more := set().union(*(each for each in groups if each & found)) - found:
        found |= more
    return found


def _means(heads: Iterable[tuple[Formula, Formula]]) -> Iterator[str]:
    """The letters whose bar is a mean: of x_1 and x_2, of all x_i, of the x_{ij} for a j."""
    for left, right in heads:
        base = _base(left)
        if any(isinstance(node, Derivative) for node in walk(right)) or any(_bases(right)):
            continue
        of_more = (node for node in walk(right) if isinstance(node, Name | Indexed))
        if any(_stem(node.name) == _stem(_name(base)) and _places(node) > _places(base) for node in of_more):
            yield _stem(_name(base))


def _places(node: Formula | None) -> int:
    """By how many indices a name is told from others of its letter."""
    if isinstance(node, Indexed):
        return len(node.indices)
    return len(_name(node)) - len(_name(node).rstrip("0123456789"))


def _adds_up(said: Said, heads: Iterable[tuple[Formula, Formula]]) -> bool:
    """Whether a bar is worked out from itself, or a step gives it another value."""
    steps = (each for found in said for each in found if each.sides and not EQUALITIES.issuperset(each.signs))
    if any(_base(each.sides[0].formula) is not None for each in steps):
        return True
    return any(left in walk(right) for left, right in heads)


def _is_half_read(said: Said, heads: Iterable[tuple[Formula, Formula]]) -> bool:
    """Whether what is not read may say what a quantity is of whose kind one has a bar."""
    unread = (_HEAD.match(each.text) for found in said for each in found if each.fault is not None)
    letters = {match[1] for match in unread if match is not None}
    return bool(letters) and any(_stem(_name(base)) in letters for each in heads for base in _bases(*each))


def _goes_forward(links: Iterable[tuple[Formula, Formula]]) -> Iterator[str]:
    """The letters whose bar is a quantity of the model: y = γ x̄ + β is worked out from it."""
    for left, right in links:
        if isinstance(left, Name | Indexed) and _base(left) is None:
            stems = {_stem(_name(base)) for base in _bases(right)}
            # A step takes the derivative from what it is by: w_1 = w_0 - η w̄.
            yield from stems if _stem(left.name) not in stems else ()


def _spoken(links: Iterable[tuple[Formula, Formula]]) -> Iterator[str]:
    """The names of quantities in formulas, but for what derivatives alone are by."""
    waiting = [side for link in links for side in link]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Name | Indexed) and _base(node) is None:
            yield node.name
        waiting.extend(
            each for each in node.children if not (isinstance(node, Derivative) and each == node.wrt)
        )


def _bases(*formulas: Formula) -> Iterator[Formula]:
    nodes = (node for each in formulas for node in walk(each))
    yield from (base for node in nodes if (base := _base(node)) is not None)


def _base(node: Formula) -> Formula | None:
    """v_i of \\bar v_i."""
    whole = unbarred(node.name) if isinstance(node, Name | Indexed) else None
    if whole is None:
        return None
    return Indexed(whole, node.indices) if isinstance(node, Indexed) else Name(whole)


def _name(base: Formula | None) -> str:
    return base.name if isinstance(base, Name | Indexed) else ""


def _stem(name: str) -> str:
    """The letter of a name without its numbers and layers."""
    match = _STEM.match(name)
    return match[0] if match else name
