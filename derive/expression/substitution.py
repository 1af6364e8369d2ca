"""Values put in place of symbols; comparisons are decided for numbers only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sympy
from sympy import Basic, Expr, Function, Symbol, Tuple
from sympy.core.relational import Relational

from derive.effort import spend
from derive.expression.atoms import CaseDistinction, IndexedReduction, MeaningError, cases, symbol
from derive.expression.parts import parts


def put(expression: Expr, values: Mapping[Expr, Expr], known: dict[Basic, Basic] | None = None) -> Expr:
    """The expression with parts replaced, all at once; maxima, cases and conditions stay as they are.

    `known` keeps what parts come to, for other expressions in which each symbol is replaced alike. Raises
    MeaningError where numbers grow beyond bounds.
    """
    memo: dict[Basic, Basic] = {} if known is None else known
    memo.update(values)
    before = len(memo)

    def rebuilt(part: Basic) -> Basic:
        found = memo.get(part)
        if found is None and isinstance(part, IndexedReduction) and _binds(part, values):
            found = memo[part] = _inside(part, values)
        if found is None:
            arguments = [rebuilt(each) for each in part.args]
            same = all(new is old for new, old in zip(arguments, part.args, strict=True))
            if not same:
                spend(5 + 2 * len(arguments))
            found = memo[part] = part if same else made(type(part), arguments)
        return found

    found = rebuilt(expression)
    spend(len(values) + len(memo) - before)
    return found


def _binds(part: IndexedReduction, values: Mapping[Expr, Expr]) -> bool:
    return any(symbol(letter) in values for letter in part.letters)


def _inside(part: IndexedReduction, values: Mapping[Expr, Expr]) -> Expr:
    """A sum with parts replaced, but for its own letters: n = 3 outside is not the n that it counts."""
    free = {old: new for old, new in values.items() if str(old) not in part.letters}
    kind, body, *bounds = part.args
    replaced = [
        bound
        if isinstance(bound, Symbol)
        else Tuple(bound.args[0], *(put(end, values) for end in bound.args[1:]))
        for bound in bounds
    ]
    return IndexedReduction(kind, put(body, free), *replaced)


def made(kind: type[Basic], arguments: Sequence[Basic]) -> Basic:
    """A function of arguments: evaluated for numbers, else as it stands.

    For names, SymPy would look into the whole argument for signs and special values, a search that takes
    time exponential in nested repetition, and that may not end where conditions are compared.
    """
    if kind in _GROWING:
        return _number(kind, arguments)
    if kind is CaseDistinction:
        return cases(each.args for each in arguments)
    if issubclass(kind, Relational) and arguments[0] == arguments[1]:
        return kind(*arguments)
    if issubclass(kind, _EVALUATING) and not all(map(_is_plain, arguments)):
        return kind(*arguments, evaluate=False)
    return kind(*arguments)


def _number(kind: type[Basic], arguments: Sequence[Basic]) -> Basic:
    """A power, product or sum, unless its numbers grow beyond bounds."""
    if kind is sympy.Pow:
        base, exponent = arguments
        if base == sympy.E:
            return made(sympy.exp, [exponent])
        if base.is_Rational and exponent.is_Rational and _bits(base) * abs(exponent.p) > MOST_BITS:
            raise MeaningError(OUT_OF_PROPORTION)
    found = raised(*arguments) if kind is sympy.Pow else kind(*arguments)
    if found.is_Rational and _bits(found) > MOST_BITS:
        raise MeaningError(OUT_OF_PROPORTION)
    return found


def raised(base: Expr, exponent: Expr) -> Expr:
    """The power as SymPy has it; a whole one of a sum stays, and no term is asked whether it is infinite."""
    if base.is_Add and exponent.is_Integer and exponent not in (0, 1):
        return sympy.Pow(base, exponent, evaluate=False)
    return base**exponent


def _bits(number: Basic) -> int:
    return max(abs(int(number.p)).bit_length(), int(number.q).bit_length())


# Numbers of more bits are not worked out: of values that double in length from line to line, say.
MOST_BITS = 100_000
OUT_OF_PROPORTION = "a number is out of all proportion here"
_GROWING = (sympy.Pow, sympy.Mul, sympy.Add)


def _is_plain(argument: Basic) -> bool:
    """Whether a constant is short and algebraic: of others SymPy would work out digit after digit."""
    if argument.is_Atom:
        return not argument.is_Symbol
    found = parts(argument)
    return len(found) <= _MOST_PARTS and not any(
        each.is_Symbol or isinstance(each, Function) or (each.is_Pow and not each.exp.is_Rational)
        for each in found
    )


_MOST_PARTS = 30
# What SymPy evaluates by looking into the arguments.
_EVALUATING = (Function, sympy.Max, sympy.Min, sympy.And, sympy.Or, Relational)
