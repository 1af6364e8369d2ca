"""Expressions that are one thing here and another there."""

from __future__ import annotations

from sympy import Eq, Expr, Max, Min, Piecewise, sign

from derive.expression import CaseDistinction, contains, parts


def goes_by_cases(value: Expr) -> bool:
    """Whether an expression goes by signs or by cases, other than by whether two indices are equal."""
    if contains(value, sign, Max, Min, Piecewise):
        return True
    distinctions = (part for part in parts(value) if isinstance(part, CaseDistinction))
    return any(not isinstance(each.args[1], Eq) for part in distinctions for each in part.args[:1])
