"""Differentiation as a textbook does it: the shape of results, and the truth of every line."""

from __future__ import annotations

import mpmath
import pytest

from derive.formula import Name, read
from derive.rules import RULES, differentiate
from derive.steps import TIDYING, derivation

# formula, by what, the form that a textbook prints
TEXTBOOK = [
    ("(y_true - y_pred)**2", "y_pred", "-2*(y_true - y_pred)"),
    ("(1 - y_pred)**2", "y_pred", "-2*(1 - y_pred)"),
    ("(y - p)**2/2", "p", "-(y - p)"),
    ("w1*x1 + w2*x2 + b1", "w1", "x1"),
    ("w1*x1 + w2*x2 + b1", "b1", "1"),
    ("x**2", "x", "2*x"),
    ("x**3/3", "x", "x**2"),
    ("3*x**2", "x", "6*x"),
    ("sin(a)", "a", "cos(a)"),
    ("cos(d)", "d", "-sin(d)"),
    ("cos(sin(x**2) + 3*x**2)", "x", "-sin(sin(x**2) + 3*x**2)*(2*x*cos(x**2) + 6*x)"),
    ("1/(1 + exp(-t))", "t", "exp(-t)/(1 + exp(-t))**2"),
    ("-(y*log(h) + (1 - y)*log(1 - h))", "h", "-(y/h - (1 - y)/(1 - h))"),
    ("x*sin(x)", "x", "sin(x) + x*cos(x)"),
    ("x/(1 + x)", "x", "(1 + x - x)/(1 + x)**2"),
    ("a**x", "x", "a**x*log(a)"),
    ("sqrt(x)", "x", "1/(2*sqrt(x))"),
    ("exp(-z**2)", "z", "-2*z*exp(-z**2)"),
    ("2*x + 0.5*x**2", "x", "2 + 1.0*x"),
    ("x", "y", "0"),
    ("x - x", "x", "1 - 1"),
]


@pytest.mark.parametrize(("formula", "wrt", "expected"), TEXTBOOK)
def test_a_derivative_has_the_shape_that_a_textbook_prints(
    formula: str, wrt: str, expected: str
) -> None:
    from derive.notation import plain

    assert plain(differentiate(read(formula), Name(wrt))) == plain(read(expected))
