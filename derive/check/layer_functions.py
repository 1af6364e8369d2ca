"""Activations that every layer has of its own: g^{[l]}(z^{[l]}) is a call, with the layer of its argument."""

from __future__ import annotations

from itertools import pairwise

from derive.check.last_layer import family_of, is_layered
from derive.formula import Call, Derivative, Formula, Grouping, Indexed, Name, Product, rewrite

# The letters of activations.
_LETTERS = frozenset("g f phi varphi psi".split())
_PRIME = Name("'")


def with_layer_functions(formula: Formula) -> Formula:
    """The formula with calls for such products; what the function of one layer is may be said elsewhere."""
    return rewrite(formula, _called)


def _called(node: Formula) -> Formula:
    match node:
        case Call(function, (argument,), primes) if "^" in function:
            own = family_of(function)
            if own is not None and own[1].isupper() and _is_activation(own[0]):
                layer = Name(own[1])
                return Call(own[0], (argument,), primes, node.at) if _layer(argument) == layer else node
        case Product(factors) if len(factors) > 1:
            return _in_product(factors) or node
    return node


def _in_product(factors: tuple[Formula, ...]) -> Formula | None:
    for at, (one, other) in enumerate(pairwise(factors)):
        primes = 0
        if isinstance(one, Derivative) and one.wrt == _PRIME:
            one, primes = one.of, 1
        family, layer = _family(one)
        if not isinstance(other, Grouping) or family is None or layer != _layer(other.inner):
            continue
        if _is_activation(family):
            rest = (*factors[:at], Call(family, (other.inner,), primes), *factors[at + 2 :])
            return rest[0] if len(rest) == 1 else Product(rest)
    return None


def _family(node: Formula) -> tuple[str | None, Formula | None]:
    """The name that all layers of a quantity share, and its layer, if that is a letter."""
    if isinstance(node, Indexed) and is_layered(node.name) and len(node.indices) == 1:
        return (node.name, node.indices[0]) if isinstance(node.indices[0], Name) else (None, None)
    found = family_of(node.name) if isinstance(node, Name) else None
    return (found[0], Name(found[1])) if found is not None and found[1].isupper() else (None, None)


def _layer(argument: Formula) -> Formula | None:
    return _family(argument)[1]


def _is_activation(family: str) -> bool:
    return family.partition("^")[0] in _LETTERS
