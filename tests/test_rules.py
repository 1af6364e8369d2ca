"""The rules of differentiation, each against the slope that mpmath finds numerically."""

from __future__ import annotations

import mpmath
import pytest
from mpmath import mpf

from derive.formula import Name, read
from derive.rules import RULES, apply, differentiate
from tests.calculator import value

# The rule, and a formula in x to which it is the first that applies.
EACH_RULE = [
    ("constant", "a**2 + 3"),
    ("variable", "x"),
    ("grouping", "(x**2 + a)"),
    ("sum rule", "x**2 - 3*x + a"),
    ("constant factor rule", "a*x**2"),
    ("constant factor rule", "-x**2"),
    ("constant factor rule", "x**2/a"),
    ("product rule", "x**2*sin(x)*exp(x)"),
    ("reciprocal rule", "a/(1 + x**2)"),
    ("quotient rule", "sin(x)/(1 + x**2)"),
    ("power rule", "(1 + 2*x)**3"),
    ("power rule", "x**a"),
    ("exponential rule", "a**(2*x)"),
    ("power and exponential rule", "(1 + x)**x"),
    ("chain rule", "exp(sin(2*x))"),
    ("case by case", "x**2 if x > 1 else 3*x"),
]
POINTS = ["0.4", "0.9", "1.7"]


@pytest.mark.parametrize(("rule", "formula"), EACH_RULE)
def test_a_rule_gives_the_slope(rule: str, formula: str) -> None:
    read_formula = read(formula)
    assert apply(read_formula, Name("x"))[0] == rule
    slope = differentiate(read_formula, Name("x"))
    with mpmath.workdps(40):
        for point in map(mpf, POINTS):
            expected = mpmath.diff(lambda x: value(read_formula, {"x": x, "a": mpf("1.3")}), point)
            assert abs(value(slope, {"x": point, "a": mpf("1.3")}) - expected) < mpf(10) ** -15


def test_every_rule_is_tried() -> None:
    assert {rule for rule, _ in EACH_RULE} == {rule.name for rule in RULES}
