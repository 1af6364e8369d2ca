"""Terms whose declared sizes do not fit: W - η x δᵀ where W is k × d and x δᵀ is d × k."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from derive.check.ranks import Ranks
from derive.formula import (
    Formula,
    Grouping,
    Indexed,
    MatrixProduct,
    Name,
    Negation,
    Number,
    Product,
    Sum,
    Transpose,
    walk,
)

Size = tuple[str, str]
ONE_NUMBER: Size = ("", "")


def misfit(head: Formula, body: Formula, ranks: Ranks) -> str | None:
    """Why a quantity and the terms of what it becomes cannot have one size, by what the text declares."""
    terms = body.terms if isinstance(body, Sum) else (body,)
    known = [found for each in (head, *terms) if (found := size(each, ranks)) not in (None, ONE_NUMBER)]
    for one, other in combinations([each for each in known if each is not None], 2):
        if any(a != b and a.isdecimal() == b.isdecimal() for a, b in zip(one, other, strict=True)):
            return f"one is {' × '.join(one)}, the other {' × '.join(other)}"
    return None


def size(formula: Formula, ranks: Ranks) -> Size | None:
    """How many rows and columns a formula has, in the words of the text; None where that is not known."""
    match formula:
        case Number():
            return ONE_NUMBER
        case Name(name):
            return _of_name(name, ranks)
        case Grouping(inner) | Negation(inner):
            return size(inner, ranks)
        case Transpose(operand):
            found = size(operand, ranks)
            return None if found is None else (found[1], found[0])
        case Sum(terms):
            return _of_sum(terms, ranks)
        case Product(factors) | MatrixProduct(factors):
            return _of_product(factors, ranks)
    return None


def _of_sum(terms: Sequence[Formula], ranks: Ranks) -> Size | None:
    """What is known of one term holds for all, but for a vector that is added to each row of a matrix."""
    nodes = (node for term in terms for node in walk(term))
    if any(isinstance(node, Name | Indexed) and ranks.is_bias(node) for node in nodes):
        return None
    known = {found for term in terms if (found := size(term, ranks)) is not None}
    return known.pop() if len(known) == 1 else None


def _of_name(name: str, ranks: Ranks) -> Size | None:
    if not ranks.is_array(name):
        return ONE_NUMBER if ranks.of(name) == 0 or name.islower() else None
    match ranks.sizes.get(name, ()):
        case (rows,):
            return rows, "1"
        case (rows, columns):
            return rows, columns
    return None


def _of_product(factors: Sequence[Formula], ranks: Ranks) -> Size | None:
    whole: Size = ONE_NUMBER
    for factor in factors:
        found = size(factor, ranks)
        if found is None:
            return None
        if ONE_NUMBER in (found, whole):
            whole = found if whole == ONE_NUMBER else whole
        elif whole[1] != found[0]:
            return None
        else:
            whole = whole[0], found[1]
    return whole
