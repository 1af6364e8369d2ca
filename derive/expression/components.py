"""Components: symbols that are spelled `W[i,j]`, with indices that are affine in the letters."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import sympy
from sympy import Expr, Symbol

from derive.expression.atoms import MeaningError, symbol
from derive.expression.parts import symbols
from derive.expression.substitution import put
from derive.formula import (
    Formula,
    Grouping,
    Indexed,
    Name,
    Negation,
    Number,
    Product,
    Sum,
    read,
)


def component(name: str, indices: tuple[Formula, ...]) -> Symbol:
    """The symbol of a component, spelled `W[i,j]`."""
    return symbol(f"{name}[{','.join(map(_spelled, indices))}]") if indices else symbol(name)


@lru_cache(maxsize=4096)
def component_parts(name: str) -> tuple[str, tuple[Expr, ...]]:
    """The quantity and the indices of a symbol that is spelled `W[i,j]`; of another, its name and none."""
    quantity, bracket, indices = name.partition("[")
    if not bracket:
        return name, ()
    found = read(f"x[{indices}")
    assert isinstance(found, Indexed)
    return quantity, tuple(map(_index, found.indices))


def with_letters(expression: Expr, letters: Mapping[str, str]) -> Expr:
    """The expression with index letters renamed, in the spelling of components too."""
    values = {}
    for each in symbols(expression):
        quantity, indices = component_parts(each.name)
        if indices:
            renamed = [with_letters(index, letters) for index in indices]
            values[each] = symbol(f"{quantity}[{','.join(map(_text, renamed))}]")
        elif each.name in letters:
            values[each] = symbol(letters[each.name])
    return put(expression, values)


def _spelled(index: Formula) -> str:
    match index:
        case Name(name) if name.replace("'", "").isidentifier():
            return name
        case Name():
            raise MeaningError("an index is a letter, a number, or a sum of those")
        case Number(text):
            return text
    return _text(_index(index))


@lru_cache(maxsize=4096)
def _text(index: Expr) -> str:
    return str(index).replace(" ", "")


def _index(index: Formula) -> Expr:
    """The meaning of an index: letters, whole numbers, sums and products of them."""
    match index:
        case Name(name) if "^" not in name:
            return symbol(name)
        case Number(text) if text.isdecimal():
            return sympy.Integer(text)
        case Grouping(inner):
            return _index(inner)
        case Negation(operand):
            return -_index(operand)
        case Sum(terms):
            return sympy.Add(*map(_index, terms))
        case Product(factors):
            return sympy.Mul(*map(_index, factors))
    raise MeaningError("an index is a letter, a number, or a sum of those")
