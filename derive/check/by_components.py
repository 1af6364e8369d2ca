"""Functions that a text defines by components, σ(z)_i = e^{z_i}/Σ_j e^{z_j}: no table says what they are."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from derive.agreement import agree
from derive.expression import MeaningError, expression
from derive.formula import (
    ONE,
    Bound,
    Call,
    Formula,
    Grouping,
    Indexed,
    Name,
    Product,
    Quotient,
    Reduction,
    Vector,
    replace,
    rewrite,
    walk,
)
from derive.functions import function
from derive.indices import renamed

Chains = Iterable[Sequence[Formula]]

_OF_CALL = re.compile(r"(\w+)\((\w+)\)")
# σ(z)_1 and [σ(z)]_{ij}, which are not read: no table says then what σ is.
_UNREAD = re.compile(
    r"\s*(?:\\left)?\s*[\[(]?\s*(?P<name>\\sigma(?![A-Za-z])|σ|\\?[A-Za-z]*\{?\s*softmax\s*\}?)"
    r"\s*(?:\\left)?\s*\([^=]*?\)\s*(?:\\right)?\s*[\])]?\s*_[^=]*="
)
# Functions of the table that authors call their own by.
_BY_SYMBOL = {r"\sigma": "sigmoid", "σ": "sigmoid"}


@dataclass(frozen=True, slots=True)
class ByComponents:
    """A function of vectors by what it is at a letter: z and i of σ(z)_i, and the formula."""

    argument: str
    letter: str
    body: Formula

    def at(self, index: Formula, argument: Formula, component: Callable[[Formula], Formula]) -> Formula:
        """The component of the function of an argument, whose own components `component` gives."""
        if argument != Name(self.argument) and self.reads_more():
            raise MeaningError("a function that reads more than its argument is taken of another one")

        def put(node: Formula) -> Formula:
            if node == Name(self.argument):
                raise MeaningError("a function by components reads its argument as a whole")
            own = isinstance(node, Indexed) and node.name == self.argument
            return component(node.children[0]) if own else node

        return Grouping(rewrite(renamed(self.body, {self.letter: index}), put))

    def is_softmax(self) -> bool:
        """Whether it is e^{z_i} over the sum of all, as everybody defines the softmax."""
        match self.body:
            case Quotient(above, Reduction(kind="sum", body=below, bounds=(bound,))):
                return above == self._exponential(self.letter) and below == self._exponential(bound.name)
        return False

    def as_function(self) -> Formula | None:
        """What it is of a number, where each component goes by the same one of the argument."""
        own = Indexed(self.argument, (Name(self.letter),))
        body = replace(self.body, {own: Name(self.argument)})
        nodes = list(walk(body))
        if any(isinstance(node, Indexed | Reduction) for node in nodes) or Name(self.letter) in nodes:
            return None
        return body

    def over_all(self) -> ByComponents:
        """The function with its sums from 1 to n over all components, as vectors have no other ones."""

        def without_ends(node: Formula) -> Formula:
            if not isinstance(node, Reduction) or not all(map(self._is_whole, node.bounds)):
                return node
            bounds = tuple(Bound(each.name) for each in node.bounds)
            return Reduction(node.kind, node.body, bounds, node.axis, node.at)

        return ByComponents(self.argument, self.letter, rewrite(self.body, without_ends))

    def _is_whole(self, bound: Bound) -> bool:
        return bound.low == ONE and isinstance(bound.high, Name) and bound.high.name != self.letter

    def _exponential(self, letter: str) -> Formula:
        return Call("exp", (Indexed(self.argument, (Name(letter),)),))

    def reads_more(self) -> bool:
        """Whether it reads other quantities than its argument."""
        bound = {each.name for node in walk(self.body) for each in getattr(node, "bounds", ())}
        read = {node.name for node in walk(self.body) if isinstance(node, Name | Indexed)}
        return bool(read - bound - {self.argument, self.letter})


@dataclass(frozen=True, slots=True)
class OwnFunctions:
    """What a text says of its functions by components.

    `given` are those that it defines so, `subscripted` their signs where it writes σ_i(z), `disputed` those
    of the table that it speaks of otherwise than is read; `indexed` has the names with indices, and how many.
    """

    given: Mapping[str, ByComponents] = field(default_factory=dict)
    subscripted: frozenset[str] = frozenset()
    disputed: frozenset[str] = frozenset()
    indexed: Mapping[str, frozenset[int]] = field(default_factory=dict)

    def component(self, name: str) -> tuple[ByComponents, str] | None:
        """The function that a component's name is of, and of what: f(u) of f(u)_k."""
        spelled = _OF_CALL.fullmatch(name)
        found = self.given.get(spelled[1]) if spelled is not None else None
        return None if found is None or spelled is None else (found, spelled[2])

    def of_arrays(self, heads: Collection[str]) -> dict[str, ByComponents]:
        """Those that vectors are given to, but for the softmax and for what is a function of numbers too."""
        return {
            name: found.over_all()
            for name, found in self.given.items()
            if name not in heads and not (name == "softmax" and found.is_softmax())
        }


ONE_INDEX = frozenset({1})
NOTHING_OWN = OwnFunctions()


def own_functions(chains: Chains, faults: Iterable[str] = ()) -> OwnFunctions:
    """What chains say of functions by components; `faults` are the formulas that are not read."""
    chains = tuple(chains)
    given: dict[str, ByComponents] = {}
    unread = {name for text in faults if (name := _unread(text)) is not None}
    disputed: set[str] = set()
    for chain in chains:
        if len(chain) < 2:
            continue
        unread.update(_of_components_at_once(chain[0], chain[1]))
        for name, found in (*defined_by_components(*chain[:2]), *loosely_defined(*chain[:2])):
            before = given.get(name)
            if before is None or not _reads_argument(before):
                given[name] = found
            elif _reads_argument(found) and not _same(before, found):
                disputed.add(name)
    own = {name: found for name, found in given.items() if not _is_usual(name, found)}
    signs = frozenset(sign for chain in chains for sign in _subscripted(chain) if function_name(sign) in own)
    return OwnFunctions(own, signs, frozenset(disputed | (unread - given.keys())), _indexed(chains))


def _subscripted(chain: Sequence[Formula]) -> Iterator[str]:
    """The sign of a function that a chain defines as σ_i(z)."""
    match chain:
        case [Product((Indexed(name, _), Grouping(_))) as head, body, *_] if any(loosely_defined(head, body)):
            yield name


def defined_by_components(head: Formula, body: Formula) -> Iterator[tuple[str, ByComponents]]:
    """The function that σ(z)_i = … defines."""
    match head:
        case Indexed(name, (Name(letter),)) if (spelled := _OF_CALL.fullmatch(name)) is not None:
            if any(isinstance(node, Name | Indexed) for node in walk(body)):
                yield spelled[1], ByComponents(spelled[2], letter, _apart(body))


def loosely_defined(head: Formula, body: Formula) -> Iterator[tuple[str, ByComponents]]:
    """The function that σ(z_i) = e^{z_i}/Σ_j e^{z_j} or σ_i(z) = … defines: it reads more than z_i."""
    match head:
        case Call(name, (Indexed(argument, (Name(letter),)),), 0):
            found = ByComponents(argument, letter, _apart(body))
        case Product((Indexed(name, (Name(letter),)), Grouping(Name(argument)))):
            found = ByComponents(argument, letter, _apart(body))
        case _:
            return
    nodes = [node for node in walk(body) if isinstance(node, Reduction)]
    summed = {Name(bound.name) for node in nodes for bound in node.bounds}
    places = {node.indices for node in walk(body) if isinstance(node, Indexed) and node.name == argument}
    if (Name(letter),) in places and any((each,) in places for each in summed) and name != argument:
        yield function_name(name), found


def with_components(formula: Formula, own: OwnFunctions) -> Formula:
    """The formula with σ(z_i) and σ_i(z) as σ(z)_i, where the text defines σ by components."""

    def spelled(node: Formula) -> Formula:
        match node:
            case Call(name, (Indexed(argument, (index,)),), 0) if name in own.given:
                # What has two indices may be many vectors.
                one = own.indexed.get(argument) == ONE_INDEX
                return Indexed(f"{name}({argument})", (index,)) if one else node
            case Indexed(name, (index,), at) if name in own.subscripted:
                called = function_name(name)
                return Indexed(f"{called}({own.given[called].argument})", (index,), at)
            case Product(factors) if own.subscripted:
                kept = tuple(_called(factors))
                return kept[0] if len(kept) == 1 else Product(kept)
        return node

    return rewrite(formula, spelled) if own.given else formula


def _called(factors: Sequence[Formula]) -> Iterator[Formula]:
    """Factors without the argument that stands behind a component: σ_i (z)."""
    found: list[Formula] = []
    for each in factors:
        before = found[-1] if found else None
        if isinstance(before, Indexed) and isinstance(each, Grouping) and isinstance(each.inner, Name):
            name = _OF_CALL.fullmatch(before.name)
            if name is not None:
                found[-1] = Indexed(f"{name[1]}({each.inner.name})", before.indices, before.at)
                continue
        found.append(each)
    yield from found


def function_name(name: str) -> str:
    """The function of the table that a letter is the sign of."""
    return "sigmoid" if name in ("sigma", "σ") else name


def _unread(text: str) -> str | None:
    """The function of the table that an unread formula speaks of by components."""
    found = _UNREAD.match(text)
    return None if found is None else _BY_SYMBOL.get(found["name"], "softmax")


def _of_components_at_once(head: Formula, body: Formula) -> Iterator[str]:
    """The function of the table in σ(z) = e^{z_i}/Σ_j e^{z_j} or σ(z) = (…, …): it is none of a number."""
    match head:
        case Call(name, (Name(argument),), 0) if function(name) is not None or name == "softmax":
            bound = {each.name for node in walk(body) for each in getattr(node, "bounds", ())}
            own = [node for node in walk(body) if isinstance(node, Indexed) and node.name == argument]
            if isinstance(body, Vector) or (own and bound):
                yield name


def _apart(body: Formula) -> Formula:
    """The body with letters for its sums that no argument has."""

    def fresh(node: Formula) -> Formula:
        if not isinstance(node, Reduction) or not node.bounds:
            return node
        letters = {bound.name: f"{bound.name}_all" for bound in node.bounds}
        inner = renamed(node.body, {old: Name(new) for old, new in letters.items()})
        bounds = tuple(Bound(letters[each.name], each.low, each.high) for each in node.bounds)
        return Reduction(node.kind, inner, bounds, node.axis, node.at)

    return rewrite(body, fresh)


def _reads_argument(given: ByComponents) -> bool:
    return any(isinstance(node, Indexed) and node.name == given.argument for node in walk(given.body))


def _same(one: ByComponents, other: ByComponents) -> bool:
    """Whether two definitions say the same."""
    index = Name(one.letter)
    if one.argument != other.argument and (one.reads_more() or other.reads_more()):
        return False
    put = other.at(index, Name(other.argument), lambda at: Indexed(one.argument, (at,)))
    return _agree(one.body, put)


def _is_usual(name: str, given: ByComponents) -> bool:
    """Whether it is what the table has under this name, component by component."""
    body = given.as_function()
    known = function(name)
    if known is None or body is None or len(known.parameters) != 1:
        return False
    return _agree(body, Call(name, (Name(given.argument),)))


def _agree(one: Formula, other: Formula) -> bool:
    try:
        sides = (expression(each, constants=("pi", "e")) for each in (one, other))
        return agree(*sides).verdict == "proved"
    except MeaningError:
        return False


def _indexed(chains: Chains) -> dict[str, frozenset[int]]:
    found: dict[str, frozenset[int]] = {}
    for node in (node for chain in chains for side in chain for node in walk(side)):
        if isinstance(node, Indexed):
            found[node.name] = found.get(node.name, frozenset()) | {len(node.indices)}
    return found
