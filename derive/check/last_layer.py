"""The last layer of a network as one of its layers: z^{[L]} by the equation that the text has for z^{[l]}."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

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


def with_last(known: Environment, defined: Collection[str], order: int) -> Environment:
    """What holds, with the equations of every layer put down for the last, where the text has none for it.

    What is `defined` anywhere is no case of the others; what they are as derivatives, it is, until after this
    `order` the text says more.
    """
    layered = [fact for fact in known.equations.values() if fact.letters and is_layered(fact.name)]
    spoken = set(_spoken(known, defined)) if layered else set()
    found = {
        name: _of_layer(fact, layer, name, defined)
        for fact in layered
        if not _looks_ahead(fact)
        for brackets, layer in spoken
        if fact.name.endswith(f"^{brackets}")
        and _is_open(name := at_last(fact.name, layer), fact, known, defined, order)
    }
    if not found:
        return known
    return replace(known, equations={**known.equations, **found}, names=known.names | found.keys())


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
        if found is not None and len(found[1]) == 1 and found[1].isupper():
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


def _looks_ahead(fact: Fact) -> bool:
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
