"""The ranks that hold in each section of a document: those that fit its equations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from derive.check.axes import ShapeError, Shapes
from derive.check.by_components import ByComponents
from derive.check.inferring import ranks
from derive.check.ranks import SCALAR, TO_NUMBERS, Ranks, family
from derive.expression import MeaningError
from derive.formula import (
    NABLA,
    ZERO,
    Call,
    Derivative,
    Elementwise,
    ElementwisePower,
    Formula,
    Indexed,
    MatrixProduct,
    Name,
    Ones,
    Product,
    Transpose,
    Vector,
    rewrite,
    walk,
)

Chains = Sequence[Sequence[Formula]]

# A section with fewer equations of arrays says too little of its shapes.
FEWEST_FITTING = 3


def ranks_by_section(
    texts: Mapping[int, Sequence[str]],
    chains: Mapping[int, Chains],
    given: Mapping[str, ByComponents] | None = None,
) -> dict[int, Ranks | None]:
    """The ranks in each section: the document's, or where the section's own fit better, these.

    `given` are the functions of vectors that the text defines by components.
    """
    given = given or {}
    arguments = dict(_arguments(chain for each in chains.values() for chain in each))
    chains = {at: _by_arguments(each, {**arguments, **dict(_arguments(each))}) for at, each in chains.items()}
    whole = [chain for each in chains.values() for chain in each]
    everywhere = ranks([text for each in texts.values() for text in each], whole, given)
    if everywhere is None:
        return {}
    return {section: _in_section(everywhere, texts.get(section, ()), own) for section, own in chains.items()}


def _arguments(chains: Iterable[Sequence[Formula]]) -> Iterator[tuple[str, Formula]]:
    """The functions that chains begin with, each with the one quantity that it is of, or ∇ for several."""
    for head in (side for chain in chains for side in chain[:-1]):
        if isinstance(head, Call) and all(isinstance(each, Name) for each in head.arguments):
            yield head.function, head.arguments[0] if len(head.arguments) == 1 else NABLA


def _by_arguments(
    chains: Iterable[Sequence[Formula]], arguments: Mapping[str, Formula]
) -> list[Sequence[Formula]]:
    """The chains with ∇J as the gradient by w where the text has J(w)."""

    def by_argument(node: Formula) -> Formula:
        if isinstance(node, Derivative) and node.wrt == NABLA and isinstance(node.of, Name):
            return replace(node, wrt=arguments.get(node.of.name, NABLA))
        return node

    return [[rewrite(side, by_argument) for side in chain] if arguments else chain for chain in chains]


def _in_section(everywhere: Ranks, texts: Sequence[str], own: Chains) -> Ranks | None:
    known: Ranks | None = replace(everywhere)
    fits, misfits = _fits(everywhere, own)
    if misfits:
        known = ranks(texts, own, everywhere.given)
        if known is None and not any(map(_has_signs, own)):
            return None
        own_fits, own_misfits = (0, 0) if known is None else _fits(known, own)
        if known is None or (misfits - fits <= own_misfits - own_fits):
            known = replace(everywhere)
        else:
            fits, misfits = own_fits, own_misfits
    assert known is not None
    if misfits > max(1, fits) and any(map(_has_signs, own)):
        consistent = _without_misfits(known, texts, own)
        if consistent is not None:
            return consistent
    known.trusted = fits >= FEWEST_FITTING and misfits <= 1
    known.unclear = misfits > max(1, fits)
    return known if not known.unclear or any(map(_has_signs, own)) else None


def _without_misfits(known: Ranks, texts: Sequence[str], own: Chains) -> Ranks | None:
    """The ranks that the fitting equations show by themselves; what only the others speak of is doubtful."""
    fitting = [chain for chain in own if not _fits(known, [chain])[1]]
    found = ranks(texts, fitting, known.given)
    if found is None or _fits(found, fitting)[1]:
        return None
    others = _named(chain for chain in own if chain not in fitting) - _named(fitting)
    found.doubtful |= set(map(family, others))
    return found


def _named(chains: Iterable[Sequence[Formula]]) -> set[str]:
    nodes = (node for chain in chains for side in chain for node in walk(side))
    return {node.name for node in nodes if isinstance(node, Name | Indexed)}


def _has_signs(chain: Sequence[Formula]) -> bool:
    signs = Transpose | MatrixProduct | Elementwise | ElementwisePower
    nodes = (node for side in chain for node in walk(side))
    return any(isinstance(node, signs) or _is_of_arrays(node) for node in nodes)


def _is_of_arrays(node: Formula) -> bool:
    return isinstance(node, Call) and node.function in TO_NUMBERS


def _fits(known: Ranks, chains: Chains) -> tuple[int, int]:
    """How many equations of arrays have two sides of one shape, and how many equations have not.

    What no shape can be said of counts for neither.
    """
    shapes = Shapes(known)
    fits = misfits = 0
    for chain in chains:
        for one, other in pairwise(chain):
            try:
                axes = shapes.axes(one)
                same = axes == shapes.axes(other) or ZERO in (one, other)
            except ShapeError:
                misfits += 1
                continue
            except MeaningError:
                continue
            fits += same and axes != SCALAR
            misfits += not same
    return fits, misfits


def multiplies(known: Ranks, formula: Formula) -> bool:
    """Whether a formula holds what only vectors and matrices do: products of two, transposes, norms."""
    for node in walk(formula):
        match node:
            case MatrixProduct() | Transpose() | Elementwise() | ElementwisePower() | Ones() | Vector():
                return True
            case Call(function) if function in TO_NUMBERS:
                return True
            case Name(name) | Indexed(name) if known.of(name) == 2 or known.is_identity(name):
                return True
            case Product(factors) if sum(_holds_array(known, each) for each in factors) > 1:
                return True
    return False


def _holds_array(known: Ranks, formula: Formula) -> bool:
    nodes = walk(formula)
    return any(isinstance(node, Name | Indexed) and known.is_array(node.name) for node in nodes)
