"""Generated code against dual numbers, at extremes, and as text that people read."""

from __future__ import annotations

import ast
import math
import warnings
from collections.abc import Mapping
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given, settings

import derive.model
from derive.agreement import agree
from derive.errors import DeriveError
from derive.evaluate import gradient_values, key_of
from derive.formula import read
from derive.gradient import sweep
from derive.graph import Graph, graph
from derive.program.stability import STABLE
from derive.targets import names, target
from derive.targets.generation import function, source
from tests.models import Exact, Sample, indexed_models, scalar_models
from tests.test_gradient import NEAREST_KINK, TOLERANCE, flat

TWO_TWO_ONE = """
h1 = sigmoid(w1*x1 + w2*x2 + b1)
h2 = sigmoid(w3*x1 + w4*x2 + b2)
y_pred = sigmoid(w5*h1 + w6*h2 + b3)
L = (y_true - y_pred)**2
"""
LOGISTIC = """
z = w*x + b
p = sigmoid(z)
L = -(y*log(p) + (1 - y)*log(1 - p))
"""
SOFTMAX = """
z[i] = sum(W[i,j]*x[j], j) + b[i]
p[i] = exp(z[i])/sum(exp(z[j]), j)
L = -sum(y[i]*log(p[i]), i)
"""


def floats(value: Exact) -> float | list[object]:
    return [floats(each) for each in value] if isinstance(value, tuple) else float(value)


def called(read_graph: Graph, name: str, values: Mapping[str, Exact]) -> tuple[float, dict[str, object]]:
    """The loss and the gradient by name that a target's code gives at a point."""
    arguments = [floats(values[each]) for each in read_graph.inputs]
    if name == "numpy":
        arguments = [np.array(each) for each in arguments]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        loss, *gradient = function(read_graph, name)(*arguments)
    if name == "python":
        return float(loss), dict(zip(parameters(source(read_graph, name)), gradient, strict=True))
    return float(loss), gradient[0]


def parameters(text: str) -> tuple[str, ...]:
    """The names in the module's PARAMETERS."""
    for node in ast.parse(text).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "PARAMETERS":
            return tuple(ast.literal_eval(node.value))
    raise AssertionError("no PARAMETERS")


def check(sample: Sample, name: str) -> None:
    read_graph = sample.graph()
    problem = sample.problem(read_graph)
    assume(all(distance > NEAREST_KINK for distance in problem.kinks()))
    _, gradient = called(read_graph, name, sample.values)
    for parameter, found in gradient.items():
        expected = list(flat(problem.by_duals(parameter)))
        scale = max(1.0, *map(abs, expected))
        assume(scale < 1e6 and all(map(math.isfinite, expected)))
        ours = np.asarray(found, float).ravel().tolist()
        assert ours == pytest.approx(expected, rel=TOLERANCE, abs=TOLERANCE * scale), parameter


@pytest.mark.parametrize("name", ["python", "numpy"])
@given(sample=scalar_models())
@settings(max_examples=60, deadline=None)
def test_code_of_scalar_models_agrees_with_dual_numbers(name: str, sample: Sample) -> None:
    check(sample, name)


@pytest.mark.parametrize("name", ["python", "numpy"])
@given(sample=indexed_models(wide=True))
@settings(max_examples=25, deadline=None)
def test_code_of_indexed_models_agrees_with_dual_numbers(name: str, sample: Sample) -> None:
    try:
        check(sample, name)
    except DeriveError as refusal:
        # What a target cannot write yet it refuses in words; it never writes something else.
        if "yet" not in str(refusal) and "cannot" not in str(refusal):
            raise
        assume(False)


@pytest.mark.parametrize("row", STABLE, ids=lambda row: row.unstable)
def test_a_stable_form_is_equal_to_what_it_replaces(row: object) -> None:
    from derive.program.stability import Stable

    assert isinstance(row, Stable)
    assert agree(read(row.unstable), read(row.stable)).verdict == "proved"


EXTREMES = [
    (TWO_TWO_ONE, {"w1": -900, "x1": 1}),
    (TWO_TWO_ONE, {"w1": 900, "x1": 1}),
    (TWO_TWO_ONE, {"b3": -800}),
    (LOGISTIC, {"b": 40, "y": 1}),
    (LOGISTIC, {"b": -800, "y": 1}),
    (LOGISTIC, {"b": 800, "y": 0}),
    (LOGISTIC, {"b": -40, "y": 0}),
]


@pytest.mark.parametrize("name", ["python", "numpy"])
@pytest.mark.parametrize(("text", "point"), EXTREMES)
def test_saturated_neurons_keep_value_and_gradient(name: str, text: str, point: Mapping[str, int]) -> None:
    read_graph = graph(derive.model.read(text))
    values = {each: Fraction(point.get(each, 1), 1) for each in read_graph.inputs}
    loss, gradient = called(read_graph, name, values)
    adjoints = sweep(read_graph.equations, read_graph.loss)
    exact = gradient_values(read_graph, adjoints, values)
    assert loss == pytest.approx(float(exact[read_graph.loss]), rel=1e-12, abs=1e-300)
    for parameter, found in gradient.items():
        expected = float(exact[key_of(read_graph.loss, parameter)])
        assert float(np.sum(found)) == pytest.approx(expected, rel=1e-12, abs=1e-15), parameter


@pytest.mark.parametrize("name", ["python", "numpy"])
def test_softmax_cross_entropy_survives_large_scores(name: str) -> None:
    read_graph = graph(derive.model.read(SOFTMAX))
    values: dict[str, Exact] = {
        "W": ((Fraction(900), Fraction(0)), (Fraction(0), Fraction(-900)), (Fraction(1), Fraction(1))),
        "x": (Fraction(1), Fraction(1)),
        "b": (Fraction(0), Fraction(0), Fraction(0)),
        "y": (Fraction(0), Fraction(1), Fraction(0)),
    }
    loss, gradient = called(read_graph, name, values)
    assert loss == pytest.approx(1800)
    found = np.asarray(gradient["b"], float)
    assert found.tolist() == pytest.approx([1, -1, 0], abs=1e-300)


def test_numpy_code_takes_rows_and_returns_their_mean() -> None:
    read_graph = graph(derive.model.read(TWO_TWO_ONE))
    rows = np.random.default_rng(0).normal(size=(5, 3))
    weights = np.random.default_rng(1).normal(size=9)
    mean, gradient = function(read_graph, "numpy")(*rows.T, *weights)
    singles = [function(read_graph, "python")(*row, *weights) for row in rows]
    assert mean == pytest.approx(np.mean([loss for loss, *_ in singles]))
    expected = np.mean([slopes for _, *slopes in singles], axis=0)
    assert list(gradient.values()) == pytest.approx(expected.tolist())


@pytest.mark.parametrize(("reduction", "total"), [("sum", np.sum), ("rows", lambda x, axis: x)])
def test_rows_are_added_or_kept_on_request(reduction: str, total: object) -> None:
    read_graph = graph(derive.model.read(TWO_TWO_ONE))
    rows = np.random.default_rng(0).normal(size=(5, 3))
    weights = np.random.default_rng(1).normal(size=9)
    loss, gradient = function(read_graph, "numpy", reduction=reduction)(*rows.T, *weights)
    singles = [function(read_graph, "python")(*row, *weights) for row in rows]
    losses = np.array([each for each, *_ in singles])
    slopes = np.array([each for _, *each in singles])
    assert callable(total)
    assert np.asarray(loss).tolist() == pytest.approx(np.asarray(total(losses, axis=0)).tolist())
    assert pytest.approx(np.asarray(total(slopes, axis=0))) == np.array(list(gradient.values())).T


def test_numpy_code_keeps_single_precision() -> None:
    read_graph = graph(derive.model.read(SOFTMAX))
    arrays = {"W": (3, 2), "b": (3,), "x": (4, 2), "y": (4, 3)}
    arguments = [np.ones(arrays[each], np.float32) for each in read_graph.inputs]
    loss, gradient = function(read_graph, "numpy")(*arguments)
    assert loss.dtype == np.float32
    assert {each.dtype for each in gradient.values()} == {np.dtype(np.float32)}
    assert {name: each.shape for name, each in gradient.items()} == {"W": (3, 2), "b": (3,)}


@pytest.mark.parametrize("name", names())
def test_generated_code_imports_nothing_of_derive(name: str) -> None:
    text = source(graph(derive.model.read(TWO_TWO_ONE)), name)
    assert "import derive" not in text
    assert "from derive" not in text


@pytest.mark.parametrize("name", ["python", "numpy"])
def test_generated_code_holds_the_equations_and_the_cost(name: str) -> None:
    text = source(graph(derive.model.read(TWO_TWO_ONE)), name)
    docstring = next(
        ast.get_docstring(node) or ""
        for node in ast.parse(text).body
        if isinstance(node, ast.FunctionDef) and node.name == "loss_and_gradient"
    )
    for line in TWO_TWO_ONE.strip().splitlines():
        assert line in docstring
    assert "arithmetic operations" in docstring


def test_the_textbook_network_costs_what_a_hand_written_gradient_costs() -> None:
    text = source(graph(derive.model.read(TWO_TWO_ONE)), "python")
    body = next(
        node
        for node in ast.parse(text).body
        if isinstance(node, ast.FunctionDef) and node.name == "loss_and_gradient"
    )
    arithmetic, exponentials = operations(body)
    assert exponentials == 3
    assert arithmetic <= 45


def operations(tree: ast.AST) -> tuple[int, int]:
    """Arithmetic operations and calls of exp in a piece of Python."""
    arithmetic = sum(isinstance(node, ast.BinOp) for node in ast.walk(tree))
    arithmetic += sum(
        isinstance(node, ast.UnaryOp) and not isinstance(node.operand, ast.Constant)
        for node in ast.walk(tree)
    )
    exponentials = sum(
        isinstance(node, ast.Call) and ast.unparse(node.func) == "exp" for node in ast.walk(tree)
    )
    return arithmetic, exponentials


@pytest.mark.parametrize("name", ["python", "numpy"])
@pytest.mark.parametrize("word", ["lambda", "class", "np", "math", "inf", "λ", "None_", "yield"])
def test_names_that_a_language_uses_are_respelled(name: str, word: str) -> None:
    read_graph = graph(derive.model.read(f"p = {word}*x + exp({word})\nL = (y - p)**2"))
    values = {each: Fraction(3, 4) for each in read_graph.inputs}
    _, gradient = called(read_graph, name, values)
    p = 0.75 * 0.75 + math.exp(0.75)
    expected = -2 * (0.75 - p) * (0.75 + math.exp(0.75))
    assert float(np.sum(gradient[word])) == pytest.approx(expected)


def test_an_unknown_target_is_refused_with_the_nearest() -> None:
    with pytest.raises(DeriveError, match="did you mean numpy"):
        target("nunpy")


@pytest.mark.parametrize("name", ["python", "numpy"])
def test_a_deep_network_is_written_in_a_moment(name: str) -> None:
    lines = ["h0 = tanh(w0*x + v0*x)"]
    lines += [f"h{at} = tanh(w{at}*h{at - 1} + v{at}*h{at - 1})" for at in range(1, 60)]
    text = source(graph(derive.model.read("\n".join([*lines, "L = (y - h59)**2"]))), name)
    assert len(text.splitlines()) < 600


# Adjoints that are the same along an axis, and the first of the largest elements.
UNEVEN = [
    "h[i] = sum(W[i,j]*x[j], j)\ns = sum(h[i], i)\nL = (y - s)**2",
    "h[i] = sum(W[i,j]*v[j], j)\ns = sum(h[i], i)\nL = s**2",
    "m = max(z[i], i)\nL = (y - m)**2",
    "h[i] = sum(W[i,j]*x[j], j)\ns = max(h[i], i)\nL = (y - s)**2",
    "s[i] = min(W[i,j], j)\nL = sum(s[i]**2, i)",
]


@pytest.mark.parametrize("name", ["python", "numpy"])
@pytest.mark.parametrize("text", UNEVEN)
def test_code_of_uneven_adjoints_was_run_and_agreed(name: str, text: str) -> None:
    assert "Verified: run at a point" in source(graph(derive.model.read(text)), name)
