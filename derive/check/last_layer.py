"""The last layer of a network as one of its layers: z^{[L]} by the equation that the text has for z^{[l]}."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from derive.check.facts import Environment, Fact
from derive.formula import Derivative, Formula, Indexed, Name, Negation, Number, Sum, rewrite, walk
from derive.indices import renamed

# What the names of quantities end with that every layer has, and where the layer stands in them.
_RAISED = ("^", "^()", "^⟦⟧", "^⟨⟩")


def is_layered(name: str) -> bool:
    """Whether the first index of a name tells its layer."""
    return name.endswith(_RAISED)


def family_of(name: str) -> tuple[str, str] | None:
    """The name that all layers of a quantity share and the layer, where it stands in the name: a^⟦L⟧."""
    stem, raised, above = name.partition("^")
    if not raised:
        return None
    opening, layer = (above[0], above[1:-1]) if above[:1] in tuple("(⟦⟨") else ("", above)
    if not layer:
        return None
    closing = above[-1] if opening else ""
    return f"{stem}^{opening}{closing}", layer


def at_last(name: str, layer: str) -> str:
    """The name of a quantity that every layer has, in one of them."""
    stem, _, brackets = name.partition("^")
    return f"{stem}^{brackets[:1]}{layer}{brackets[1:]}"


@dataclass(frozen=True)
class LastLayers:
    """What a document says of last layers: `said` are its definitions in order, wherever they stand."""

    said: tuple[Fact, ...]

    @cached_property
    def _stated(self) -> Mapping[str, list[Fact]]:
        """The laws of every layer, by name."""
        found: dict[str, list[Fact]] = {}
        for fact in self.said:
            if fact.letters and is_layered(fact.name):
                found.setdefault(fact.name, []).append(fact)
        return found

    def put_down(self, known: Environment, order: int) -> Environment:
        """What holds, with the laws of every layer put down for the last, where the text has none for it.

        What errors are as derivatives they are in the last layer too, until the text has said more.
        """
        layered = [fact for fact in known.equations.values() if fact.letters and is_layered(fact.name)]
        if not layered:
            return known
        known = self._of_one_network(known, order)
        defined = {fact.name for fact in self.said if not self._is_of_another_network(fact, order)}
        spoken = set(_spoken(known, defined))
        found = {
            name: _of_layer(fact, layer, name, defined)
            for fact in layered
            if not looks_ahead(fact)
            for brackets, layer in spoken
            if fact.name.endswith(f"^{brackets}")
            and _is_open(name := at_last(fact.name, layer), fact, known, defined, order)
        }
        if not found:
            return known
        return replace(known, equations={**known.equations, **found}, names=known.names | found.keys())

    def _of_one_network(self, known: Environment, order: int) -> Environment:
        """What holds, without what is said of the last layer of a network in another section."""
        apart = {name for name, fact in known.equations.items() if self._is_of_another_network(fact, order)}
        equations = {name: fact for name, fact in known.equations.items() if name not in apart}
        return replace(known, equations=equations, names=known.names - apart) if apart else known

    def _is_of_another_network(self, fact: Fact, order: int) -> bool:
        """Whether a section says it that states the law of every layer for itself, and not the latest."""
        found = family_of(fact.name)
        stated = self._stated.get(found[0], []) if found is not None and _is_last(found[1]) else []
        latest = next((each for each in reversed(stated) if each.order <= order), None)
        if latest is None or latest.section == fact.section:
            return False
        return any(each.section == fact.section for each in stated)


def _is_last(layer: str) -> bool:
    return len(layer) == 1 and layer.isupper()


def _is_open(name: str, fact: Fact, known: Environment, defined: Collection[str], order: int) -> bool:
    """Whether the text has not said what a quantity is in the last layer."""
    if fact.name.endswith("^") and name not in defined:
        # Without brackets, what the text has no word of its own for is read as that of any layer.
        return False
    if not isinstance(fact.formula, Derivative):
        return name not in known.names and name not in defined
    own = known.equations.get(name)
    return name not in known.names or (own is not None and own.order > order >= fact.order)


def _spoken(known: Environment, defined: Collection[str]) -> Iterator[tuple[str, str]]:
    """The last layers that the text speaks of, each with the brackets that stand around it."""
    facts = known.equations.values()
    nodes = (node for fact in facts for node in walk(fact.formula) if isinstance(node, Name | Indexed))
    for name in {*defined, *(node.name for node in nodes)}:
        found = family_of(name)
        if found is not None and _is_last(found[1]):
            yield found[0].partition("^")[2], found[1]


def _of_layer(fact: Fact, layer: str, name: str, defined: Collection[str]) -> Fact:
    first, *rest = fact.letters
    body = renamed(fact.formula, {first: Name(layer)})

    def named(node: Formula) -> Formula:
        if not isinstance(node, Indexed) or not is_layered(node.name) or node.indices[0] != Name(layer):
            return node
        whole = at_last(node.name, layer)
        if node.name.endswith("^") and whole not in defined:
            return node
        return Indexed(whole, node.indices[1:], node.at) if node.indices[1:] else Name(whole, node.at)

    return replace(fact, name=name, letters=tuple(rest), formula=rewrite(body, named), last=True)


def looks_ahead(fact: Fact) -> bool:
    """Whether a layer is worked out from the next one, as errors are: the last has none."""
    return any(isinstance(each, Sum) and isinstance(each.terms[-1], Number) for each in _layers(fact))


def _layers(fact: Fact) -> Iterator[Formula]:
    nodes = (node for node in walk(fact.formula) if isinstance(node, Indexed) and is_layered(node.name))
    return (node.indices[0] for node in nodes)


def is_last_slope(fact: Fact | None) -> bool:
    """Whether it is the error of the last layer, which the text defines for every layer as a derivative."""
    return fact is not None and fact.last and isinstance(fact.formula, Derivative)


def is_as_others(fact: Fact, equations: Mapping[str, Fact]) -> bool:
    """Whether an equation of one layer reads no more of other layers than that of every layer does."""
    found = family_of(fact.name)
    if found is None:
        return False
    general = equations.get(found[0])
    apart = {each for each in _steps(fact, found[1]) if each[1] != "0"}
    return apart <= (set(_steps(general, general.letters[0])) if general and general.letters else set())


def _steps(fact: Fact, layer: str) -> Iterator[tuple[str, str]]:
    """The quantities of layers that an equation reads, each with how far its layer is from its own."""
    for node in walk(fact.formula):
        if isinstance(node, Indexed) and is_layered(node.name):
            match node.indices[0]:
                case Name(letter) if letter == layer:
                    yield node.name, "0"
                case Sum((Name(letter), Negation(Number(step)))) if letter == layer:
                    yield node.name, f"-{step}"
                case index:
                    yield node.name, f"at {index!r}"
        elif isinstance(node, Name | Indexed) and (found := family_of(node.name)) is not None:
            family, at = found
            counted = at.isdecimal() and layer.isdecimal()
            yield family, str(int(at) - int(layer)) if counted else "0" if at == layer else f"at {at}"


def as_told(known: Environment) -> Environment:
    """What holds by what the text states itself."""
    equations = {name: fact for name, fact in known.equations.items() if not fact.last}
    if len(equations) == len(known.equations):
        return known
    return replace(
        known, equations=equations, names=known.names - (known.equations.keys() - equations.keys())
    )
