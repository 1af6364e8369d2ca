"""Partial derivatives by a component: sums over an index keep their index, δ says which element is meant."""

from __future__ import annotations

from functools import lru_cache

import sympy
from sympy import Dummy, Expr, Symbol, log

from derive.effort import spend
from derive.expression.atoms import IndexedReduction, MeaningError, cases, symbol
from derive.expression.components import component_parts, with_letters
from derive.expression.parts import parts, symbols
from derive.expression.substitution import put, raised

# A derivative takes about so many steps for each part of what it is of.
_STEPS = 10


def partial(value: Expr, wrt: Symbol) -> Expr:
    """The derivative of an expression by a quantity, or by a component such as `x[k]` for every k.

    Raises MeaningError where it is no formula: of a maximum over an index, say.
    """
    spend(_STEPS * len(parts(value)))
    quantity, indices = component_parts(wrt.name)
    stand_ins = {each: Dummy(real=True) for each in _outermost(value)}
    if not stand_ins and not indices:
        return _diff(value, wrt)
    opened = put(value, stand_ins)
    meant = {stand_in: each for each, stand_in in stand_ins.items()}
    terms = [
        put(_diff(opened, stand_in), meant) * _of_reduction(each, wrt) for stand_in, each in meant.items()
    ]
    for each in sorted(symbols(opened), key=lambda atom: atom.name):
        name, at = component_parts(each.name)
        if name == quantity and len(at) == len(indices) and each not in meant:
            terms.append(put(_diff(opened, each), meant) * _delta(at, indices))
    return sympy.Add(*terms)


@lru_cache(maxsize=10_000)
def _diff(value: Expr, wrt: Symbol) -> Expr:
    """The derivative of an expression without reductions, part by part: parts are met again and again.

    Sums, products, powers and functions are most of all; SymPy's own way, slower, is for the others.
    """
    if not value.args:
        return sympy.Integer(int(value == wrt))
    match value:
        case sympy.Add(args=terms):
            return sympy.Add(*(_diff(term, wrt) for term in terms))
        case sympy.Mul(args=factors):
            slopes = [(at, slope) for at, each in enumerate(factors) if (slope := _diff(each, wrt)) != 0]
            return sympy.Add(*(sympy.Mul(*factors[:at], slope, *factors[at + 1 :]) for at, slope in slopes))
        case sympy.Pow(args=(base, exponent)) if exponent.is_Rational:
            return sympy.Mul(exponent, raised(base, exponent - 1), _diff(base, wrt))
        case sympy.exp(args=(argument,)):
            return sympy.Mul(value, _diff(argument, wrt))
        case sympy.log(args=(argument,)):
            return sympy.Mul(raised(argument, sympy.S.NegativeOne), _diff(argument, wrt))
    if isinstance(value, _ELEMENTARY):
        return sympy.Mul(value.fdiff(), _diff(value.args[0], wrt))
    return value.diff(wrt)


# Functions of one argument whose derivative SymPy has in a table.
_ELEMENTARY = (sympy.sin, sympy.cos, sympy.tan, sympy.sinh, sympy.cosh, sympy.tanh)


def _outermost(value: Expr) -> list[IndexedReduction]:
    """The reductions that are in no other one."""
    found: list[IndexedReduction] = []
    waiting, seen = [value], set()
    while waiting:
        part = waiting.pop()
        if isinstance(part, IndexedReduction):
            found.append(part)
        else:
            waiting.extend(each for each in reversed(part.args) if each not in seen)
            seen.update(part.args)
    return list(dict.fromkeys(found))


def _of_reduction(reduction: IndexedReduction, wrt: Symbol) -> Expr:
    if reduction.kind == "size":
        return sympy.Integer(0)
    if reduction.kind == "prod":
        # As the logarithm of it has a derivative: the product times the sum of u'/u.
        rest = IndexedReduction(sympy.core.symbol.Str("sum"), log(reduction.body), *reduction.args[2:])
        return reduction * _of_reduction(rest, wrt)
    if reduction.kind != "sum":
        raise MeaningError(f"the derivative of a {reduction.kind} over an index is not a formula")
    _, at = component_parts(wrt.name)
    outside = {atom.name for index in at for atom in symbols(index)}
    clash = {letter: f"{letter}_" for letter in reduction.letters if letter in outside}
    body = partial(with_letters(reduction.body, clash), wrt)
    if body == 0:
        return sympy.Integer(0)
    renaming = {symbol(old): symbol(new) for old, new in clash.items()}
    bounds = [put(bound, renaming) for bound in reduction.args[2:]]
    return IndexedReduction(reduction.args[0], body, *bounds)


def _delta(left: tuple[Expr, ...], right: tuple[Expr, ...]) -> Expr:
    """1 where all indices are equal, else 0."""
    result = sympy.Integer(1)
    for first, second in zip(left, right, strict=True):
        if first == second:
            continue
        if (first - second).is_Integer:
            return sympy.Integer(0)
        same = sympy.Eq(first, second, evaluate=False)
        result *= cases([(sympy.Integer(1), same), (sympy.Integer(0), sympy.true)])
    return result
