"""Values put in place of symbols; comparisons are decided for numbers only."""

from __future__ import annotations

from collections.abc import Mapping

import sympy
from sympy import Basic, Expr
from sympy.core.relational import Relational

from derive.expression.atoms import CaseDistinction, cases

# SymPy looks for the meaning of their arguments, a search that may not end.
_COMPARING = (sympy.Max, sympy.Min, sympy.And, sympy.Or)


def put(expression: Expr, values: Mapping[Expr, Expr]) -> Expr:
    """The expression with parts replaced, all at once; maxima, cases and conditions stay as they are."""
    memo: dict[Basic, Basic] = dict(values)

    def rebuilt(part: Basic) -> Basic:
        found = memo.get(part)
        if found is None:
            arguments = [rebuilt(each) for each in part.args]
            same = all(new is old for new, old in zip(arguments, part.args, strict=True))
            found = memo[part] = part if same else _made(type(part), arguments)
        return found

    return rebuilt(expression)


def _made(kind: type[Basic], arguments: list[Basic]) -> Basic:
    if issubclass(kind, Relational):
        decided = arguments[0] == arguments[1] or all(each.is_Rational for each in arguments)
        return kind(*arguments) if decided else kind(*arguments, evaluate=False)
    if kind is CaseDistinction:
        return cases(each.args for each in arguments)
    if issubclass(kind, _COMPARING):
        return kind(*arguments, evaluate=False)
    return kind(*arguments)
