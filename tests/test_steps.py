"""Differentiation as a textbook does it: the shape of results, and the truth of every line."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.agreement import agree
from derive.expression import expression, symbol
from derive.formula import Name, read
from derive.notation import plain
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
    ("2*x + 0.5*x**2", "x", "2 + x"),
    ("x", "y", "0"),
    ("x - x", "x", "0"),
]


@pytest.mark.parametrize(("formula", "wrt", "expected"), TEXTBOOK)
def test_a_derivative_has_the_shape_that_a_textbook_prints(formula: str, wrt: str, expected: str) -> None:
    assert plain(differentiate(read(formula), Name(wrt))) == plain(read(expected))


@pytest.mark.parametrize(("formula", "wrt", "expected"), TEXTBOOK)
def test_a_derivation_ends_with_the_derivative(formula: str, wrt: str, expected: str) -> None:
    steps = derivation(read(formula), Name(wrt))
    assert steps[-1].after == differentiate(read(formula), Name(wrt))
    for step, following in pairwise(steps):
        assert step.after == following.before


def test_every_step_names_rules_of_the_table() -> None:
    names = {rule.name for rule in RULES} | {TIDYING}
    for formula, wrt, _ in TEXTBOOK:
        for step in derivation(read(formula), Name(wrt)):
            assert set(step.rule.split(", ")) <= names


def test_every_rule_is_shown_by_an_example() -> None:
    told = {
        rule
        for formula, wrt, _ in [*TEXTBOOK, *MORE]
        for step in derivation(read(formula), Name(wrt))
        for rule in step.rule.split(", ")
    }
    assert {rule.name for rule in RULES} <= told | {"grouping"}


# Formulas for the rules that no textbook form above needs.
MORE = [
    ("x**x", "x", ""),
    ("x if x > 0 else 2*x", "x", ""),
    ("a/x", "x", ""),
    ("sigmoid(x*y)", "y", ""),
    ("(a + x)*(b + x)", "x", ""),
    ("max(x, a*x)", "x", ""),
    ("leaky_relu(x*a, 0.2)", "x", ""),
    ("c", "x", ""),
    ("x", "x", ""),
]

ATOMS = st.sampled_from(["x", "y", "2", "3", "0.5", "x"])


def _larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pair = st.tuples(inner, inner)
    return st.one_of(
        pair.map(lambda p: f"({p[0]} + {p[1]})"),
        pair.map(lambda p: f"({p[0]} - {p[1]})"),
        pair.map(lambda p: f"{p[0]}*{p[1]}"),
        pair.map(lambda p: f"{p[0]}/(2 + sin({p[1]}))"),
        inner.map(lambda t: f"({t})**2"),
        inner.map(lambda t: f"({t})**3"),
        inner.map(lambda t: f"sigmoid({t})"),
        inner.map(lambda t: f"sin({t})"),
        inner.map(lambda t: f"exp(-({t})**2)"),
        inner.map(lambda t: f"-({t})"),
    )


@given(st.recursive(ATOMS, _larger, max_leaves=5))
@settings(max_examples=80, deadline=None)
def test_the_rules_arrive_at_what_sympy_derives(text: str) -> None:
    found = differentiate(read(text), Name("x"))
    expected = expression(read(text)).diff(symbol("x"))
    assert agree(expression(found), expected).verdict != "refuted", plain(found)


@pytest.mark.parametrize(("formula", "wrt", "expected"), [*TEXTBOOK, *MORE])
def test_what_sympy_derives_is_proved_equal_for_textbook_forms(formula: str, wrt: str, expected: str) -> None:
    found = differentiate(read(formula), Name(wrt))
    derived = expression(read(formula)).diff(symbol(wrt))
    assert agree(expression(found), derived).verdict == "proved", plain(found)
