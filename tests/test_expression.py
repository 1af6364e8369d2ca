"""What a formula means to SymPy: quantities that are never constants, bounded numbers, sums over an index."""

from __future__ import annotations

import subprocess
import sys

import mpmath
import pytest
import sympy
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from mpmath import mpf

from derive.expression import (
    IndexedReduction,
    MeaningError,
    Tower,
    component_parts,
    expression,
    partial,
    put,
    symbol,
)
from derive.formula import Formula, Name, Negation, Number, Power, Product, Quotient, Sum, read
from derive.functions import Function
from tests.calculator import value
from tests.stopwatch import spent

AT = {"x": mpf("0.7"), "y": mpf("-1.3"), "w": mpf("2.1")}

LEAVES = st.one_of(
    st.sampled_from([Name(name) for name in AT]),
    st.sampled_from([Number(text) for text in ("0", "1", "2", "0.50", "3.7", "1e-3")]),
)


def _joined(parts: st.SearchStrategy[Formula]) -> st.SearchStrategy[Formula]:
    several = st.lists(parts, min_size=2, max_size=3).map(tuple)
    return st.one_of(
        several.map(Sum),
        several.map(Product),
        parts.map(Negation),
        st.tuples(parts, parts).map(lambda pair: Quotient(*pair)),
        st.tuples(parts, st.sampled_from([Number("2"), Number("3")])).map(lambda pair: Power(*pair)),
    )


@settings(deadline=None)
@given(st.recursive(LEAVES, _joined, max_leaves=12))
def test_an_expression_has_the_value_of_its_formula(formula: Formula) -> None:
    mpmath.mp.dps = 30
    try:
        expected = value(formula, AT)
    except ZeroDivisionError:
        assume(False)
    try:
        meant = expression(formula)
    except MeaningError:
        assume(False)
    found = meant.evalf(25, subs={symbol(name): number for name, number in AT.items()})
    assume(abs(expected) > mpf(10) ** -12)
    assert mpmath.almosteq(mpf(found), expected, mpf(10) ** -9)


@pytest.mark.parametrize("name", [*"EISNOQC", "pi", "beta", "gamma", "zeta", "lambda", "λ", "ŷ", "y_hat"])
def test_a_quantity_is_never_a_constant(name: str) -> None:
    meant = expression(read(name))
    assert meant == symbol(name)
    assert meant.is_Symbol
    assert meant.is_real


def test_pi_is_the_constant_where_the_caller_says_so() -> None:
    assert expression(read("2*pi"), constants=("pi",)) == 2 * sympy.pi
    assert expression(read("e*x"), constants=("e",)) == sympy.E * symbol("x")


def test_the_constant_pi_in_a_row_is_not_the_quantity_of_a_model() -> None:
    meant = expression(read("pi*gelu'(x)"))
    assert symbol("pi") in meant.free_symbols
    assert meant.has(sympy.pi)


def test_decimals_are_exact() -> None:
    assert expression(read("0.1 + 0.2")) == sympy.Rational(3, 10)


@pytest.mark.parametrize(
    "formula",
    [
        Power(Number("9"), Power(Number("9"), Number("9"))),
        Power(Power(Number("9"), Number("999")), Number("9999")),
        Power(Number("1e-300"), Number("12345")),
    ],
)
def test_a_tower_of_powers_is_not_computed(formula: Formula) -> None:
    with spent() as seconds:
        assert expression(formula).has(Tower)
    assert seconds() < 0.5


def test_an_unknown_function_stays_unspecified() -> None:
    x = symbol("x")
    f, slope, curvature = (expression(read(text)) for text in ("f(x)", "f'(x)", "f''(x)"))
    assert f.diff(x) == slope
    assert slope.diff(x) == curvature
    assert expression(read("f(2*x)")).diff(x) == 2 * expression(read("f'(2*x)"))


def test_a_known_function_can_be_kept_unspecified() -> None:
    kept = expression(read("sigmoid(x)"), opaque={"sigmoid"})
    assert kept.diff(symbol("x")) == expression(read("sigmoid'(x)"), opaque={"sigmoid"})


def test_functions_of_the_model_come_before_those_of_the_table() -> None:
    own = {"relu": Function("relu", ("t",), read("t*scale"))}
    assert expression(read("relu(x)"), own) == symbol("x") * symbol("scale")


def test_a_parameter_hides_a_quantity_of_its_name() -> None:
    own = {"f": Function("f", ("x",), read("x + y"))}
    assert expression(read("f(y) - x"), own) == 2 * symbol("y") - symbol("x")


def test_distinct_components_are_distinct_symbols() -> None:
    assert expression(read("W[i,j]*W[j,i]")) == symbol("W[i,j]") * symbol("W[j,i]")
    assert component_parts("W[i+1,0]") == ("W", (symbol("i") + 1, sympy.Integer(0)))
    assert expression(read("x[i + 1]")) == expression(read("x[1 + i]"))


def test_a_sum_over_an_index_keeps_its_index() -> None:
    meant = expression(read("sum(W[i,j]*x[j], j)"))
    assert isinstance(meant, IndexedReduction)
    assert (meant.kind, meant.letters) == ("sum", ("j",))


# formula, by what, the derivative written by hand; i and k are any index
PARTIALS = [
    ("sum(W[i,j]*x[j], j)", "x[k]", "W[i,k]"),
    ("sum(x[j]**2, j)", "x[k]", "2*x[k]"),
    ("sum(x[k]**2, k)", "x[k]", "2*x[k]"),
    ("x[i]", "x[k]", "1 if i = k else 0"),
    ("exp(sum(x[j], j))", "x[k]", "exp(sum(x[j], j))"),
    ("x[0]*x[1]", "x[0]", "x[1]"),
    ("sum(x[j], j)*c", "c", "sum(x[j], j)"),
    ("sum(c*x[j], j)", "c", "sum(x[j], j)"),
]


@pytest.mark.parametrize(("formula", "wrt", "expected"), PARTIALS)
def test_a_partial_derivative_by_a_component(formula: str, wrt: str, expected: str) -> None:
    from derive.agreement import agree

    derivative = partial(expression(read(formula)), expression(read(wrt)))
    assert agree(derivative, expression(read(expected)), assume=False).proved


@pytest.mark.parametrize("text", ["[1, 2]", "A @ x", "a = b", "sum(A)", "1/0", "0**(-1)", "sigmoid(1, 2)"])
def test_what_is_no_number_has_no_meaning(text: str) -> None:
    with pytest.raises(MeaningError):
        expression(read(text))


def test_cases_take_the_first_that_applies() -> None:
    meant = expression(read("1 if x > 0 else -1"))
    x = symbol("x")
    assert [put(meant, {x: sympy.Integer(number)}) for number in (-2, 3)] == [-1, 1]


def test_the_expression_does_not_depend_on_the_hash_seed() -> None:
    program = (
        "from derive.formula import read; from derive.expression import expression, partial, symbol;"
        "print(partial(expression(read('sum(W[i,j]*x[j]*x[i]*x[0], j)')), symbol('x[k]')))"
    )
    printed = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(printed) == 1
