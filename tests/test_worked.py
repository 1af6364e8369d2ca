"""Worked lines, redone from the numbers printed on them by a calculator that shares nothing with derive."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import mpmath
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from derive.equation import equation
from derive.evaluate import Array, Real, evaluate, exact, gradient_values
from derive.formula import Formula, Indexed, Name, Negation, Number, Power, Product, read, walk
from derive.gradient import sweep
from derive.graph import Graph, graph
from derive.model import read as read_model
from derive.notation import plain
from derive.numerals import numeral, rounded
from derive.worked import Worked, worked, worked_chain
from tests import calculator
from tests.models import Sample, scalar_models


def number(text: str) -> Real:
    """The number that a text in the plain form means."""
    found = evaluate([equation("y", read(text))], {})["y"]
    assert isinstance(found, Real)
    return found


def redone(line: Formula) -> mpmath.mpf:
    """What a calculator makes of a printed line."""
    with mpmath.workdps(60):
        return calculator.value(read(plain(line)), {})


def last_digit(number: Formula) -> Fraction:
    """One unit of the last printed digit of a number."""
    match number:
        case Negation(operand):
            return last_digit(operand)
        case Number(text):
            return Fraction(1, 10 ** len(text.partition(".")[2]))
        case Product((mantissa, Power(_, exponent))):
            return last_digit(mantissa) * Fraction(10) ** int(redone(exponent))
        case Power(_, exponent):
            return Fraction(10) ** int(redone(exponent))
    raise AssertionError(number)


def agrees(line: Worked) -> bool:
    """Whether the printed line, redone, gives the printed result within one unit of its last digit."""
    unit = last_digit(line.result)
    return bool(
        abs(redone(line.substituted) - redone(line.result)) <= mpmath.mpf(unit.numerator) / unit.denominator
    )


def is_right_rounding(number: Formula, value: Real) -> bool:
    """Whether a printed number is the nearest one with its digits, halves away from zero."""
    unit = last_digit(number)
    scaled = Decimal(str((value / unit).known(60).str(60, radius=False)))
    with mpmath.workdps(60):
        printed = Decimal(str(mpmath.nint(redone(number) / (mpmath.mpf(unit.numerator) / unit.denominator))))
    return scaled.quantize(Decimal(1), ROUND_HALF_UP) == printed


def put_in(formula: Formula, line: Formula) -> Iterator[tuple[Formula, Formula]]:
    """The operands of a formula, each with the number that stands in its place."""
    if isinstance(formula, Name | Indexed):
        yield formula, line
    for before, after in zip(formula.children, line.children, strict=False):
        if not isinstance(formula, Indexed):
            yield from put_in(before, after)


def check(formula: Formula, values: Mapping[str, Array]) -> Worked:
    """A formula worked, and everything checked that is promised of it."""
    line = worked(formula, values)
    for operand, printed in put_in(formula, line.substituted):
        if operand != printed and isinstance(operand, Name):
            value = values[operand.name]
            assert isinstance(value, Real)
            assert is_right_rounding(printed, value), operand.name
    if not any(isinstance(node, Name) for node in walk(line.substituted)):
        assert agrees(line)
    return line


@given(scalar_models())
@settings(max_examples=60, deadline=None)
def test_every_line_redone_from_its_printed_numbers_agrees(sample: Sample) -> None:
    read_graph = sample.graph()
    values = evaluate(read_graph.equations, sample.values)
    assume(all(abs(float(value)) < 1e9 for value in values.values() if isinstance(value, Real)))
    for each in read_graph.equations:
        line = check(each.formula, values)
        result = values[each.target]
        assert isinstance(result, Real)
        assert is_right_rounding(line.result, result)


def alice() -> tuple[Graph, dict[str, Array]]:
    """The 2-2-1 network at Alice, with the adjoints of every quantity."""
    network = graph(
        read_model(
            "h1 = sigmoid(w1*x1 + w2*x2 + b1)\nh2 = sigmoid(w3*x1 + w4*x2 + b2)\n"
            "y_pred = sigmoid(w5*h1 + w6*h2 + b3)\nL = (y_true - y_pred)**2"
        )
    )
    given_values = {f"w{n}": 1 for n in range(1, 7)} | {f"b{n}": 0 for n in range(1, 4)}
    adjoints = sweep(network.equations, network.loss, functions=network.model.functions)
    return network, gradient_values(network, adjoints, {**given_values, "x1": -2, "x2": -1, "y_true": 1})


SEED = {
    "w1*x1 + w2*x2 + b1": ("1*(-2) + 1*(-1) + 0", "-3", True),
    "sigmoid(w1*x1 + w2*x2 + b1)": ("sigmoid(1*(-2) + 1*(-1) + 0)", "0.04743", False),
    "sigmoid(w5*h1 + w6*h2 + b3)": ("sigmoid(1*0.04743 + 1*0.04743 + 0)", "0.5237", False),
    "-2*(y_true - y_pred)": ("-2*(1 - 0.5237)", "-0.9526", False),
    "w5*sigmoid'(w5*h1 + w6*h2 + b3)": ("1*sigmoid'(1*0.04743 + 1*0.04743 + 0)", "0.2494", False),
    "x1*sigmoid'(w1*x1 + w2*x2 + b1)": ("(-2)*sigmoid'(1*(-2) + 1*(-1) + 0)", "-0.09035", False),
    "h1*(1 - h1)": ("0.04743*(1 - 0.04743)", "0.04518", False),
}


@pytest.mark.parametrize(("text", "expected"), SEED.items())
def test_the_textbook_lines_come_out_right(text: str, expected: tuple[str, str, bool]) -> None:
    line = check(read(text), alice()[1])
    assert (plain(line.substituted), plain(line.result), line.exact) == expected


GRADIENT = {
    "w1": "0.02147",
    "w2": "0.01073",
    "w3": "0.02147",
    "w4": "0.01073",
    "w5": "-0.01127",
    "w6": "-0.01127",
    "b1": "-0.01073",
    "b2": "-0.01073",
    "b3": "-0.2376",
}


@pytest.mark.parametrize(("name", "expected"), GRADIENT.items())
def test_the_textbook_gradient_is_rounded_right(name: str, expected: str) -> None:
    assert plain(numeral(alice()[1][f"∂L/∂{name}"])) == expected


def test_a_chain_ends_in_one_result() -> None:
    outer = "w5*h1 + w6*h2 + b3"
    forms = [read(f"w5*sigmoid'({outer})"), read(f"w5*sigmoid({outer})*(1 - sigmoid({outer}))")]
    chain = worked_chain(forms, alice()[1])
    assert [plain(line) for line in chain.lines] == [
        "1*sigmoid'(1*0.04743 + 1*0.04743 + 0)",
        "1*sigmoid'(0.09485)",
        "1*sigmoid(0.09485)*(1 - sigmoid(0.09485))",
    ]
    assert plain(chain.result) == "0.2494"
    for line in chain.lines:
        assert agrees(Worked(line, chain.result, False, False))


@given(st.lists(st.fractions(-5, 5, max_denominator=997), min_size=3, max_size=3))
@settings(max_examples=60, deadline=None)
def test_every_line_of_a_chain_redone_agrees(numbers: list[Fraction]) -> None:
    values = {name: exact(number) for name, number in zip("abw", numbers, strict=True)}
    chain = worked_chain([read("w*tanh(a*b + w)"), read("w*(1 - 1 + tanh(a*b + w))")], values)
    for line in chain.lines:
        assert agrees(Worked(line, chain.result, False, False))


def test_operands_carry_guard_digits_where_the_result_needs_them() -> None:
    values = {"a": exact(Fraction(1000, 3)), "b": exact(333), "c": exact(Fraction(2, 3))}
    line = check(read("(a - b)*c"), values)
    assert plain(line.substituted) == "(333.3333 - 333)*0.6667"
    assert plain(line.result) == "0.2222"


def test_a_line_that_no_digits_save_keeps_its_names() -> None:
    line = worked(
        read("a - b"), {"a": exact(Fraction(1, 3)), "b": exact(Fraction(1, 3) - Fraction(1, 10**15))}
    )
    assert plain(line.substituted) == "a - b"
    assert plain(line.result) == "10**(-15)"


def test_short_sums_are_written_out_and_long_ones_keep_their_names() -> None:
    values = evaluate([], {"w": tuple(range(1, 4)), "x": (2, 3, 4), "u": tuple(range(20))})
    line = worked(read("sum(w[i]*x[i], i) + 1"), values)
    assert (plain(line.substituted), plain(line.result)) == ("1*2 + 2*3 + 3*4 + 1", "21")
    assert plain(worked(read("sum(u[i], i)"), values).substituted) == "sum(u[i], i)"


def test_a_component_is_worked_at_its_indices() -> None:
    values = evaluate([], {"W": ((1, 2), (3, 4)), "x": (5, 6)})
    line = worked(read("sum(W[i,j]*x[j], j)"), values, letters={"i": 1})
    assert (plain(line.substituted), plain(line.result), line.exact) == ("3*5 + 4*6", "39", True)


def test_pi_stands_for_itself() -> None:
    assert plain(worked(read("2*pi*r"), {"r": exact(Fraction(1, 2))}).substituted) == "2*pi*0.5"


PRINTED = {
    "0": "0",
    "7": "7",
    "-2": "-2",
    "1/4": "0.25",
    "-1/8": "-0.125",
    "1/3": "0.3333",
    "-2/3": "-0.6667",
    "200/3": "66.67",
    "20000/3": "6667",
    "2000000/3": "666667",
    "1234567": "1234567",
    "1/3000": "0.0003333",
    "2/300000": "6.667e-6",
    "1/10000000": "1e-7",
    "1000000000000": "1e12",
    "20000000000000/3": "6.667e12",
    "99996/10007": "9.993",
    "99999/100001": "1.000",
    "1/2000001": "5.000e-7",
    "0.12345": "0.12345",
    "0.1234565": "0.1235",
    "12345/1000000000": "1.2345e-5",
}


@pytest.mark.parametrize(("value", "expected"), PRINTED.items())
def test_numbers_are_printed_as_a_textbook_prints_them(value: str, expected: str) -> None:
    assert rounded(exact(Fraction(value))).text == expected


@given(st.fractions(max_denominator=10**9), st.integers(1, 10))
def test_a_printed_number_is_the_nearest_with_its_digits(value: Fraction, digits: int) -> None:
    printed = rounded(exact(value), digits)
    assert is_right_rounding(printed.formula, exact(value))
    assert printed.is_exact == (printed.value == value)
    assert not printed.text.startswith("-0") or Fraction(printed.text) != 0


@given(st.fractions(-20, 20, max_denominator=10**4), st.integers(2, 10))
def test_an_irrational_number_has_all_the_digits_asked_for(value: Fraction, digits: int) -> None:
    assume(value != 0)
    found = rounded(number(f"exp({value})"), digits)
    with mpmath.workdps(60):
        expected = mpmath.exp(mpmath.mpf(value.numerator) / value.denominator)
        assert abs(mpmath.mpf(found.text) / expected - 1) <= mpmath.mpf(10) ** (1 - digits) / 2
    assert not found.is_exact


@pytest.mark.parametrize("text", ["exp(log(1/8))", "sqrt(2)*sqrt(2)/16", "sigmoid(1) + sigmoid(-1) - 7/8"])
def test_a_half_that_only_a_limit_decides_is_rounded_up(text: str) -> None:
    assert rounded(number(text), 2).text == "0.13"
