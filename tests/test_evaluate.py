"""Values: exact while they are rational, right to any precision after that, refused with the reason else."""

from __future__ import annotations

import operator
from collections.abc import Callable
from fractions import Fraction

import mpmath
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import derive.model
from derive.equation import equation
from derive.errors import DeriveError, ModelError
from derive.evaluate import Array, Real, Scope, as_fraction, evaluate, exact, scope
from derive.formula import Derivative, Indexed, Name, Product, read
from derive.functions import Function
from derive.graph import graph
from tests import calculator
from tests.models import Sample, scalar_models

DIGITS = 50

fractions = st.fractions(min_value=-20, max_value=20, max_denominator=60)


def value(text: str, **values: object) -> Real:
    """The value of a formula in the plain form."""
    found = evaluate([equation("result", read(text))], values)["result"]
    assert isinstance(found, Real)
    return found


def agrees(ours: Array, theirs: mpmath.mpf) -> bool:
    """Whether a number agrees with mpmath's in all the digits that are asked for."""
    assert isinstance(ours, Real)
    return bool(
        abs(mpmath.mpf(str(ours.known(60).str(60, radius=False))) - theirs)
        <= abs(theirs) * mpmath.mpf(10) ** -48
    )


@given(scalar_models())
@settings(max_examples=100, deadline=None)
def test_every_value_is_right_in_all_its_digits(sample: Sample) -> None:
    equations = graph(derive.model.read(sample.text)).equations
    ours = evaluate(equations, sample.values)
    with mpmath.workdps(120):
        theirs = {name: mpmath.mpf(x.numerator) / x.denominator for name, x in sample.values.items()}
        for each in equations:
            theirs[each.target] = calculator.value(each.formula, theirs)
            assert agrees(ours[each.target], theirs[each.target]) or abs(theirs[each.target]) < 1e-100


@pytest.mark.parametrize("name", sorted(set(calculator.MEANINGS) - {"max", "min", "sign"}))
@pytest.mark.parametrize("at", ["0.3", "-0.7", "0.999", "1e-30"])
def test_every_function_has_its_value_from_the_literature(name: str, at: str) -> None:
    if at.startswith("-") and name in ("log", "log2", "log10", "sqrt"):
        at = at[1:]
    with mpmath.workdps(120):
        expected = calculator.MEANINGS[name](mpmath.mpf(at))
        assert agrees(value(f"{name}(x)", x=Fraction(at)), expected)


@given(fractions, fractions, st.sampled_from([operator.add, operator.sub, operator.mul, operator.truediv]))
def test_rationals_stay_exact(one: Fraction, other: Fraction, operation: Callable[..., Fraction]) -> None:
    assume(other != 0 or operation is not operator.truediv)
    sign = {operator.add: "+", operator.sub: "-", operator.mul: "*", operator.truediv: "/"}[operation]
    assert as_fraction(value(f"x {sign} y", x=one, y=other)) == operation(one, other)
    assert operation(exact(one), other) == operation(one, exact(other)) == operation(one, other)


@given(fractions, fractions)
def test_numbers_are_ordered_as_their_rationals(one: Fraction, other: Fraction) -> None:
    assert (exact(one) < other, exact(one) == other, exact(one) >= other) == (
        one < other,
        one == other,
        one >= other,
    )


EXACT = {
    "sigmoid(0)": "1/2",
    "tanh(0)": "0",
    "exp(0)": "1",
    "log(1)": "0",
    "sqrt(9/4)": "3/2",
    "(9/4)**0.5": "3/2",
    "8**(2/3)": "4",
    "(-2)**3": "-8",
    "0**0": "1",
    "0**0.5": "0",
    "2**(-3)": "1/8",
    "cos(0) + sin(0)": "1",
    "abs(-3)": "3",
    "sign(-3)": "-1",
    "arccos(1)": "0",
    "max(2, 3, 1)": "3",
    "min(2, 3, 1)": "1",
    "0.1 + 0.2": "3/10",
    "relu(-5) + leaky_relu(-5)": "-1/20",
    "(1 if 2 < 1 else 5)": "5",
}


@pytest.mark.parametrize(("text", "expected"), EXACT.items())
def test_what_is_rational_is_found_exactly(text: str, expected: str) -> None:
    assert as_fraction(value(text)) == Fraction(expected)


@pytest.mark.parametrize(("given_value", "expected"), [(0.1, "1/10"), (3, "3"), (Fraction(1, 3), "1/3")])
def test_a_value_is_the_decimal_that_it_spells(given_value: float, expected: str) -> None:
    assert as_fraction(value("x", x=given_value)) == Fraction(expected)


@pytest.mark.parametrize("z", [40, 200, 800, 3000])
def test_cancellation_costs_no_digit(z: int) -> None:
    with mpmath.workdps(4000):
        expected = 1 / (1 + mpmath.exp(z))
        assert agrees(value("1 - sigmoid(z)", z=z), expected)


@pytest.mark.parametrize(
    "text",
    ["log(exp(2)) - 2", "sin(pi)", "sqrt(2)**2 - 2", "sigmoid(3) + sigmoid(-3) - 1", "exp(1)/exp(1) - 1"],
)
def test_what_no_precision_tells_from_zero_is_zero(text: str) -> None:
    assert value(text) == 0


AT_KINKS = {
    "relu'(0)": 0,
    "relu'(log(exp(2)) - 2)": 0,
    "abs'(0)": 0,
    "leaky_relu'(0)": Fraction(1, 100),
    "elu'(0)": 1,
    "sign'(0)": 0,
    "sign(0)": 0,
    "relu(0)": 0,
    "(1 if sqrt(2)*sqrt(2) <= 2 else 0)": 1,
}


@pytest.mark.parametrize(("text", "expected"), AT_KINKS.items())
def test_a_kink_has_the_value_of_its_row(text: str, expected: Fraction) -> None:
    assert value(text) == expected


@pytest.mark.parametrize("name", ["sigmoid", "tanh", "softplus", "silu", "gelu", "elu"])
@pytest.mark.parametrize("primes", [1, 2])
def test_a_prime_is_the_derivative(name: str, primes: int) -> None:
    with mpmath.workdps(90):
        expected = mpmath.diff(calculator.MEANINGS[name], mpmath.mpf("0.7"), primes)
        found = value(f"{name}{primes * chr(39)}(x)", x=Fraction("0.7"))
        assert abs(mpmath.mpf(str(found)) - expected) < mpmath.mpf(10) ** -25


def test_a_function_of_the_model_is_evaluated_in_its_own_names() -> None:
    rows = {
        "f": Function("f", ("x",), "x*g(x + 1)"),
        "g": Function("g", ("t",), "t**2"),
    }
    line = equation("y", read("f(2*x)", functions=rows))
    assert evaluate([line], {"x": 1, "t": 100}, functions=rows)["y"] == 18


def test_a_derivative_is_looked_up_by_its_symbol() -> None:
    symbol = Derivative(Name("L"), Indexed("h", (Name("i"),)))
    line = equation("∂L/∂z", Product((symbol, Indexed("z", (Name("i"),)))), indices=("i",))
    found = evaluate([line], {"∂L/∂h": (1, 2), "z": (3, 5)})
    assert found["∂L/∂z"] == (3, 10)


INDEXED = {
    "L = sum(x[i]*y[i], i)": 11,
    "L = mean(x[i], i)": Fraction(3, 2),
    "L = max(x[i] - y[i], i)": -2,
    "L = min(x[i], i)": 1,
    "L = sum(A[i,j]*y[j], i, j)": 1 * 3 + 2 * 4 + 3 * 3 + 4 * 4,
    "L = sum(A[i,i], i)": 5,
    "L = A[0,1]*x[1]": 4,
    "L = sum(x[i], i=1..1)": 2,
    "z[i] = sum(w[i+k]*x[k], k)\nL = sum(z[i], i)": (2 * 1 + 3 * 2) + (3 * 1 + 4 * 2),
    "z[i] = A[i,0]\nL = sum(i*z[i], i)": 3,
}


@pytest.mark.parametrize(("text", "expected"), INDEXED.items())
def test_indices_start_at_zero_and_run_over_their_axes(text: str, expected: Fraction) -> None:
    values = {"x": (1, 2), "y": (3, 4), "A": ((1, 2), (3, 4)), "w": (2, 3, 4)}
    lines = [
        equation(left.split("[")[0].strip(), read(right), indices=("i",) if "[" in left else ())
        for left, right in (line.split(" = ") for line in text.split("\n"))
    ]
    assert evaluate(lines, values)["L"] == expected


REFUSALS = {
    "1/(x - 3)": "y cannot be evaluated: a division by zero",
    "1/(log(exp(x)) - 3)": "y cannot be evaluated: a division by zero",
    "log(x - 4)": "y cannot be evaluated: the logarithm of a number that is not positive",
    "log(x - 3)": "y cannot be evaluated: the logarithm of a number that is not positive",
    "sqrt(1 - x)": "y cannot be evaluated: the square root of a negative number",
    "(1 - x)**0.5": "y cannot be evaluated: a broken power of a negative number",
    "0**(-x)": "y cannot be evaluated: a division by zero",
    "arcsin(x)": "y cannot be evaluated: the inverse sine of a number beyond 1",
    "tan(pi/2)": "y cannot be evaluated: the tangent of an odd multiple of π/2",
    "exp(exp(exp(x)))": "y cannot be evaluated: a number that is too large",
    "exp(-exp(exp(x)))": "y cannot be evaluated: a number that is too close to zero",
    "x + u": "y cannot be evaluated: u is an array where a number should stand",
    "u[2]": "y cannot be evaluated: u has no component 2: its indices are 0 to 1",
    "x[0]": "y cannot be evaluated: x has no component: it is a number",
    "sum(u[i]*t[i], i)": "y cannot be evaluated: the index i runs over 2 values of u and over 3 of t",
    "sum(x, q)": "y cannot be evaluated: the index q runs over no axis whose size is known",
    "x*w + w2": "there is no value for w, w2",
}


@pytest.mark.parametrize(("text", "reason"), REFUSALS.items())
def test_a_value_that_does_not_exist_is_refused_with_the_reason(text: str, reason: str) -> None:
    values = {"x": 3, "u": (1, 2), "t": (1, 2, 3)}
    with pytest.raises(ModelError) as caught:
        evaluate([equation("y", read(text))], values)
    assert str(caught.value) == reason


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), "3", None, ((1, 2), (3,))])
def test_a_value_that_is_no_number_is_refused(bad: object) -> None:
    with pytest.raises(ModelError, match="x"):
        value("x", x=bad)


def test_the_refusal_names_the_component_and_the_line() -> None:
    model = derive.model.read("z[i] = 1/x[i]\nL = sum(z[i], i)")
    with pytest.raises(ModelError) as caught:
        evaluate(model.equations, {"x": (1, 0)})
    assert str(caught.value) == "z[1] cannot be evaluated: a division by zero"
    assert caught.value.place is not None
    assert caught.value.place.line == 1


def test_work_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scope, "MOST_WORK", 1000)
    with pytest.raises(DeriveError, match="too many for exact evaluation"):
        value("sum(u[i]*u[j], i, j)", u=tuple(range(30)))


def test_a_long_chain_needs_no_recursion() -> None:
    lines = [equation("h0", read("sin(x)"))]
    lines += [equation(f"h{n}", read(f"h{n - 1} + sin(h{n - 1})/{n}")) for n in range(1, 3000)]
    last = evaluate(lines, {"x": 1})["h2999"]
    assert isinstance(last, Real)
    assert 3 < last < Fraction(22, 7)


def test_long_rationals_do_not_grow_without_end() -> None:
    lines = [equation("h0", read("x"))] + [
        equation(f"h{n}", read(f"h{n - 1}**2 - h{n - 1}/3")) for n in range(1, 25)
    ]
    found = evaluate(lines, {"x": Fraction(1, 7)})
    assert isinstance(found["h24"], Real)
    assert found["h24"].rational is None


def test_a_scope_leaves_the_values_alone() -> None:
    values: dict[str, Array] = {"x": exact(2)}
    Scope(values).values["y"] = exact(3)
    assert list(values) == ["x"]
