"""Values put in place of symbols; comparisons are decided for numbers only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sympy
from sympy import Basic, Expr, Function
from sympy.core.relational import Relational

from derive.expression.atoms import CaseDistinction, cases
from derive.expression.parts import is_constant


def put(expression: Expr, values: Mapping[Expr, Expr]) -> Expr:
    """The expression with parts replaced, all at once; maxima, cases and conditions stay as they are."""
    memo: dict[Basic, Basic] = dict(values)

    def rebuilt(part: Basic) -> Basic:
        found = memo.get(part)
        if found is None:
            arguments = [rebuilt(each) for each in part.args]
            same = all(new is old for new, old in zip(arguments, part.args, strict=True))
            found = memo[part] = part if same else made(type(part), arguments)
        return found

    return rebuilt(expression)


def made(kind: type[Basic], arguments: Sequence[Basic]) -> Basic:
    """A function of arguments: evaluated for numbers, else as it stands.

    For names, SymPy would look into the whole argument for signs and special values, a search that takes
    time exponential in nested repetition, and that may not end where conditions are compared.
    """
    if kind is CaseDistinction:
        return cases(each.args for each in arguments)
    if issubclass(kind, Relational) and arguments[0] == arguments[1]:
        return kind(*arguments)
    if issubclass(kind, _EVALUATING) and not all(map(is_constant, arguments)):
        return kind(*arguments, evaluate=False)
    return kind(*arguments)


# What SymPy evaluates by looking into the arguments.
_EVALUATING = (Function, sympy.Max, sympy.Min, sympy.And, sympy.Or, Relational)
