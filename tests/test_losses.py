"""The table of losses: values, labels and slopes that the literature gives."""

from __future__ import annotations

import mpmath
import pytest
from mpmath import mpf

from derive.agreement import agree
from derive.expression import expression, partial, symbol
from derive.formula import Name, read
from derive.functions import function
from derive.graph import graph
from derive.losses import LOSSES, Loss, loss
from derive.model import read as read_model
from derive.walkthrough.written_out import opened
from tests.calculator import Value, value

EACH = pytest.mark.parametrize("row", LOSSES, ids=[row.name for row in LOSSES])

# loss, arguments, the value worked out by hand
WORKED: list[tuple[str, dict[str, Value], str]] = [
    ("squared_error", {"y": mpf(1), "p": mpf("0.2")}, "0.64"),
    ("half_squared_error", {"y": mpf(1), "p": mpf("0.2")}, "0.32"),
    ("mean_squared_error", {"y": [mpf(1), mpf(0)], "p": [mpf(0), mpf(0)]}, "0.5"),
    ("binary_cross_entropy", {"y": mpf(1), "p": mpf("0.25")}, "log(4)"),
    ("binary_cross_entropy", {"y": mpf(0), "p": mpf("0.25")}, "log(4/3)"),
    ("softmax_cross_entropy", {"y": [mpf(0), mpf(1)], "z": [mpf(2), mpf(2)]}, "log(2)"),
    ("softmax_cross_entropy", {"y": [mpf(1), mpf(0)], "z": [mpf(3), mpf(1)]}, "log(1 + exp(-2))"),
    ("hinge", {"y": mpf(-1), "z": mpf("0.5")}, "1.5"),
    ("hinge", {"y": mpf(1), "z": mpf(2)}, "0"),
    ("huber", {"y": mpf(1), "p": mpf("0.5"), "d": mpf(1)}, "0.125"),
    ("huber", {"y": mpf(5), "p": mpf(1), "d": mpf(1)}, "3.5"),
    ("absolute_error", {"y": mpf(1), "p": mpf(3)}, "2"),
]

# loss, the prediction, the slope that textbooks give
SLOPES = [
    ("squared_error", "p", "-2*(y - p)"),
    ("half_squared_error", "p", "p - y"),
    ("mean_squared_error", "p[k]", "2*(p[k] - y[k])/mean_size"),
    ("binary_cross_entropy", "p", "(p - y)/(p*(1 - p))"),
    ("hinge", "z", "-y if 1 - y*z > 0 else 0"),
    ("huber", "p", "p - y if abs(y - p) <= d else d*sign(p - y)"),
    ("absolute_error", "p", "sign(p - y)"),
]


@pytest.mark.parametrize(("name", "at", "expected"), WORKED)
def test_a_worked_value(name: str, at: dict[str, Value], expected: str) -> None:
    row = loss(name)
    assert row is not None
    assert mpmath.almosteq(value(row.body(), at), value(read(expected), {}), mpf(10) ** -12)


@pytest.mark.parametrize("row", [row for row in LOSSES if row.matrix], ids=lambda row: row.name)
def test_the_matrix_notation_of_a_loss_means_its_definition(row: Loss) -> None:
    one, other = row.parameters
    shapes = f'[shapes]\n{one} = ["n"]\n{other} = ["n"]\n'
    models = [
        read_model(f"equations = 'L = {text}'\n{shapes}")
        for text in (f"{row.name}({one}, {other})", row.matrix)
    ]
    called, written = (graph(each) for each in models)
    assert agree(opened(Name("L"), called), opened(Name("L"), written)).proved


def test_every_loss_has_a_worked_value() -> None:
    assert {name for name, _, _ in WORKED} == {row.name for row in LOSSES}


@pytest.mark.parametrize(("name", "wrt", "slope"), SLOPES)
def test_the_slope_is_the_one_of_textbooks(name: str, wrt: str, slope: str) -> None:
    row = loss(name)
    assert row is not None
    derivative = partial(expression(row.body(), sizes={"n": "mean_size"}), symbol(wrt))
    assert agree(derivative, expression(read(slope)), domain={"d": "positive"}, assume=False).proved


def test_softmax_cross_entropy_pulls_towards_the_labels_if_they_sum_to_one() -> None:
    row = loss("softmax_cross_entropy")
    assert row is not None
    derivative = partial(expression(row.body()), symbol("z[k]"))
    probability = expression(read("exp(z[k])/sum(exp(z[j]), j) - y[k]"))
    assert agree(derivative, probability, domain={"y": "simplex"}).proved
    assert agree(derivative, probability).assumptions == ("the elements of y sum to 1",)
    assert agree(derivative, probability, assume=False).verdict == "refuted"


@EACH
def test_names_of_losses_are_words_that_are_free(row: Loss) -> None:
    assert function(row.name) is None
    assert loss(row.title) == row
    assert loss(row.name) == row
    assert all(loss(alias) == row for alias in row.aliases)


@EACH
def test_a_loss_is_a_function_of_its_parameters(row: Loss) -> None:
    assert row.function.parameters == row.parameters
    arguments = tuple(map(Name, row.parameters))
    assert row.function.value_at(arguments) == row.body()
    assert set(row.vectors) <= set(row.parameters)
    assert row.explanation.endswith(".")


def test_an_unknown_loss_is_none() -> None:
    assert loss("squared eror") is None
