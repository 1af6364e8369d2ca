"""Sums inside of functions, written with letters or with matrices: computed once, stable, in linear time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest

import derive
import derive.model
from derive.errors import DeriveError
from derive.graph import Graph, graph
from derive.program import program
from derive.targets import target
from derive.targets.generation import function, source
from derive.targets.trial import trial
from derive.targets.verification import Code, verification

Values = Mapping[str, Any]
SIZES = {"n": 4, "m": 3, "d": 2}
# The shape of every array, by its name.
SHAPES = {"x": "n", "t": "m", "W": "mn", "b": "m", "X": "nd", "V": "dm", "U": "dm", "T": "nm", "S": "dd"}
SHAPES |= {"Q": "nd", "K": "nd", "M": "nn", "B": "nn", "A": "nn", "s": "d", "q": "d"}


def text_of(equations: str, names: str, batch: str = "batch = false") -> str:
    """The text of a model of the arrays named: parameters; data."""
    parameters, _, data = names.partition(";")
    told = [f'"{name}"' for name in data.split()]
    shapes = [f"{name} = {list(SHAPES[name])}" for name in (*parameters.split(), *data.split())]
    lines = [f'equations = """{equations}"""', f"data = [{', '.join(told)}]", batch, "[shapes]", *shapes]
    return "\n".join(lines)


def model(equations: str, names: str, batch: str = "batch = false") -> Graph:
    """The graph of a model of the arrays named."""
    return graph(derive.model.read(text_of(equations, names, batch)))


def values_for(names: str, seed: int = 0) -> dict[str, Any]:
    """Values for the arrays named, between 0.1 and 0.9."""
    generator = np.random.default_rng(seed)
    each = names.replace(";", " ").split()
    return {name: generator.uniform(0.1, 0.9, [SIZES[size] for size in SHAPES[name]]) for name in each}


def exponentials(z: Any) -> Any:
    return np.exp(z - np.real(z).max(axis=-1, keepdims=True))


def softmax(z: Any) -> Any:
    return exponentials(z) / exponentials(z).sum(axis=-1, keepdims=True)


def log_softmax(z: Any) -> Any:
    shifted = z - np.real(z).max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def centred(array: Any) -> Any:
    return array - array.mean(axis=0)


def share(z: Any) -> Any:
    return z / z.sum(axis=-1, keepdims=True)


# Equations, the parameters; the data, and the loss.
Case = tuple[str, str, Callable[[Any], Any]]
_OF = "sum(W[{0},k]*x[k], k)"
_SHARE = "p[i] = {0}/sum({1}, j)\nL = sum(t*p)"


def _shares(text: str) -> str:
    one, other = (text.format(_OF.format(letter), f"b[{letter}]") for letter in "ij")
    return _SHARE.format(one, other)


LETTERS: dict[str, Case] = {
    "exp": (_shares("exp({0})"), "W; x t", lambda v: v["t"] @ softmax(v["W"] @ v["x"])),
    "sqrt": (_shares("sqrt({0})"), "W; x t", lambda v: v["t"] @ share(np.sqrt(v["W"] @ v["x"]))),
    "abs": (_shares("abs({0})"), "W; x t", lambda v: v["t"] @ share(v["W"] @ v["x"])),
    "a multiple": (_shares("exp(2*{0})"), "W; x t", lambda v: v["t"] @ softmax(2 * (v["W"] @ v["x"]))),
    "a bias": (_shares("exp({0} + {1})"), "W b; x t", lambda v: v["t"] @ softmax(v["W"] @ v["x"] + v["b"])),
    "rows": (
        "P[i,j] = exp(sum(X[i,k]*V[k,j], k))/sum(exp(sum(X[i,k]*V[k,l], k)), l)\nL = sum(T*P)",
        "V; X T",
        lambda v: (v["T"] * softmax(v["X"] @ v["V"])).sum(),
    ),
}
SOFTMAXES: dict[str, Case] = {
    "softmax": (
        "g = softmax(W @ x)\nL = sum((g - t)**2)",
        "W; x t",
        lambda v: ((softmax(v["W"] @ v["x"]) - v["t"]) ** 2).sum(),
    ),
    "a layer": (
        "P = softmax(X @ V + b, axis=1)\nL = sum((P - T)**2)",
        "V b; X T",
        lambda v: ((softmax(v["X"] @ v["V"] + v["b"]) - v["T"]) ** 2).sum(),
    ),
    "a query": (
        "P = softmax(K @ q/sqrt(d))\nL = sum(x*P)",
        "K q; x",
        lambda v: v["x"] @ softmax(v["K"] @ v["q"] / np.sqrt(SIZES["d"])),
    ),
    "masked": (
        "P = softmax(Q @ K.T/sqrt(d) + M, axis=1)\nL = sum(P*A)",
        "Q K; M A",
        lambda v: (softmax(v["Q"] @ v["K"].T / np.sqrt(SIZES["d"]) + v["M"]) * v["A"]).sum(),
    ),
    "its logarithm": (
        "l = log(softmax(W @ x))\nL = -sum(t*l)",
        "W; x t",
        lambda v: -v["t"] @ log_softmax(v["W"] @ v["x"]),
    ),
    "cross entropy": (
        "L = softmax_cross_entropy(t, W @ x)",
        "W; x t",
        lambda v: -v["t"] @ log_softmax(v["W"] @ v["x"]),
    ),
    "log_softmax": (
        "l = log_softmax(W @ x + b)\nL = -sum(t*l)",
        "W b; x t",
        lambda v: -v["t"] @ log_softmax(v["W"] @ v["x"] + v["b"]),
    ),
    "of a network": (
        "g = softmax(W @ tanh(A @ x) + b)\nL = sum((g - t)**2)",
        "W A b; x t",
        lambda v: ((softmax(v["W"] @ np.tanh(v["A"] @ v["x"]) + v["b"]) - v["t"]) ** 2).sum(),
    ),
    "of a plain expression": (
        "g = softmax(b*t + V.T @ s)\nL = sum(g**2)",
        "b t V s;",
        lambda v: (softmax(v["b"] * v["t"] + v["V"].T @ v["s"]) ** 2).sum(),
    ),
    "times another": (
        "g = softmax(A @ x)*softmax(M @ x)\nL = sum((g - x)**2)",
        "A M; x",
        lambda v: ((softmax(v["A"] @ v["x"]) * softmax(v["M"] @ v["x"]) - v["x"]) ** 2).sum(),
    ),
    "attention": (
        "O = softmax(Q @ K.T/sqrt(d), axis=1) @ T\nL = sum(O**2)",
        "Q K T;",
        lambda v: ((softmax(v["Q"] @ v["K"].T / np.sqrt(SIZES["d"])) @ v["T"]) ** 2).sum(),
    ),
    "of a softmax": (
        "g = softmax(W @ softmax(A @ x))\nL = sum((g - t)**2)",
        "W A; x t",
        lambda v: ((softmax(v["W"] @ softmax(v["A"] @ v["x"])) - v["t"]) ** 2).sum(),
    ),
}
EQUAL: dict[str, Case] = {
    "a product and its transpose": (
        "L = sum(B @ A*(B @ A).T)",
        "A B;",
        lambda v: ((v["B"] @ v["A"]) * (v["B"] @ v["A"]).T).sum(),
    ),
    "a covariance": (
        "C = (X - mean(X, axis=0)).T @ (X - mean(X, axis=0))/(n - 1)\nL = sum(C*S)",
        "X; S",
        lambda v: (centred(v["X"]).T @ centred(v["X"]) / (SIZES["n"] - 1) * v["S"]).sum(),
    ),
    "in two lines": (
        "y = tanh(W @ x)\nz = exp(W @ x)\nL = sum(y*z*t)",
        "W; x t",
        lambda v: np.tanh(v["W"] @ v["x"]) * np.exp(v["W"] @ v["x"]) @ v["t"],
    ),
}
BRACKETS: dict[str, Case] = {
    "divided": (
        "Z = (X - mean(X, axis=0))/s\nL = sum(Z**2)",
        "X s;",
        lambda v: ((centred(v["X"]) / v["s"]) ** 2).sum(),
    ),
    "of a layer": (
        "z = (W @ x + b)/(1 + sum(x**2))\nL = sum(z**2)",
        "W b x;",
        lambda v: (((v["W"] @ v["x"] + v["b"]) / (1 + v["x"] @ v["x"])) ** 2).sum(),
    ),
    "multiplied": (
        "Z = s*(X - mean(X, axis=0))\nL = sum(Z**3)",
        "X s;",
        lambda v: ((centred(v["X"]) * v["s"]) ** 3).sum(),
    ),
}
CHOICES: dict[str, Case] = {
    "relu": (
        "z = sigmoid(W @ relu(A @ x))\nL = sum((z - t)**2)",
        "W A; x t",
        lambda v: ((1 / (1 + np.exp(-v["W"] @ (v["A"] @ v["x"]))) - v["t"]) ** 2).sum(),
    ),
    "max": (
        "H = max(X @ V, 0.5*(X @ U))\nL = sum((H - T)**2)",
        "V U; X T",
        lambda v: ((_larger(v["X"] @ v["V"], 0.5 * (v["X"] @ v["U"])) - v["T"]) ** 2).sum(),
    ),
}
# In x[i + 1], i has 4 places, and in t[i] it has 3: in one sum it has 3.
RECKONED: dict[str, Case] = {
    "a difference": (
        "L = sum(x[i + 1]**2 - t[i], i)",
        "x; t",
        lambda v: (v["x"][1:4] ** 2 - v["t"]).sum(),
    ),
    "a sum of products": (
        "L = sum(t[i]*b[i] - x[i + 1]*b[i], i)",
        "x b; t",
        lambda v: (v["t"] * v["b"] - v["x"][1:4] * v["b"]).sum(),
    ),
}
CASES = LETTERS | SOFTMAXES | EQUAL | BRACKETS | CHOICES | RECKONED


def _larger(one: Any, other: Any) -> Any:
    return np.where(np.real(one) >= np.real(other), one, other)


def slopes(loss: Callable[[Any], Any], values: Values, name: str) -> Any:
    """The derivatives of a loss by the complex step."""
    found = np.zeros_like(values[name])
    for place in np.ndindex(found.shape):
        moved = values[name].astype(complex)
        moved[place] += 1e-30j
        found[place] = np.imag(loss({**values, name: moved})) / 1e-30
    return found


def body(case: Case) -> str:
    return source(model(*case[:2]), "numpy").split('"""\n')[-1]


@pytest.mark.parametrize("language", ["numpy", "python"])
@pytest.mark.parametrize("name", CASES)
def test_a_function_of_a_sum_has_its_value_and_its_derivatives(name: str, language: str) -> None:
    equations, names, loss = CASES[name]
    made = model(equations, names)
    assert "Verified: run at a point" in source(made, language)
    values = values_for(names)
    arrays = (values[each] if language == "numpy" else values[each].tolist() for each in made.inputs)
    value, *found = function(made, language)(*arrays)
    gradient = found[0] if language == "numpy" else dict(zip(made.parameters, found, strict=True))
    assert value == pytest.approx(loss(values), rel=1e-12)
    for each in made.parameters:
        expected = slopes(loss, values, each)
        np.testing.assert_allclose(gradient[each], expected, rtol=1e-9, atol=1e-12, err_msg=each)


@pytest.mark.parametrize("name", LETTERS)
def test_a_sum_inside_of_a_function_is_known_to_every_way_of_reading_the_model(name: str) -> None:
    equations, names, loss = LETTERS[name]
    values = values_for(names)
    numbers = {each: value.tolist() for each, value in values.items()}
    found = derive.read(text_of(equations, names)).gradient().at(**numbers)
    parameter = names.split(";")[0].split()[0]
    np.testing.assert_allclose(found[parameter], slopes(loss, values, parameter), rtol=1e-9)


@pytest.mark.parametrize("name", SOFTMAXES)
def test_a_softmax_of_an_expression_is_shifted_by_its_maximum(name: str) -> None:
    equations, names, loss = SOFTMAXES[name]
    made = model(equations, names)
    values = {each: value * 40 * np.sign(value - 0.4) for each, value in values_for(names).items()}
    value, gradient = function(made, "numpy")(*(values[each] for each in made.inputs))
    assert np.isfinite(value)
    assert value == pytest.approx(loss(values), rel=1e-9)
    assert all(np.isfinite(each).all() for each in gradient.values())
    assert "max_" in body(SOFTMAXES[name])


@pytest.mark.parametrize("batch", ["batch = false", ""], ids=["one sample", "rows"])
def test_a_softmax_of_a_layer_is_finite_at_scores_of_hundreds(batch: str) -> None:
    made = model("g = softmax(W @ x)\nL = sum((g - t)**2)", "W; x t", batch)
    weights = np.array([[800.0, 0, 0, 0], [0, 0, 0, 0], [-800, 0, 0, 0]])
    value, gradient = function(made, "numpy")(np.ones(4), np.zeros(3), weights)
    assert value == pytest.approx(1.0)
    assert np.isfinite(gradient["W"]).all()


@pytest.mark.parametrize("name", [*SOFTMAXES, *EQUAL])
def test_no_sum_is_computed_twice(name: str) -> None:
    made = program(model(*(SOFTMAXES | EQUAL)[name][:2]))
    products = [line for line in made.forward if any(term.summed for term in line.terms)]
    texts = [str([(term.body, len(term.summed)) for term in line.terms]) for line in products]
    assert len(set(texts)) == len(texts)
    text = body((SOFTMAXES | EQUAL)[name]).split("dL_d")[0]
    assert text.count("W @ x") <= 1
    assert text.count("B @ A") <= 1
    assert text.count(".mean(") + text.count("X.sum(") <= 1


@pytest.mark.parametrize("name", ["softmax", "a layer", "times another", "attention", "of a softmax"])
def test_the_adjoint_of_a_softmax_of_an_expression_is_the_closed_one(name: str) -> None:
    text = body(SOFTMAXES[name])
    assert "mean_dL_d" in text
    assert "dL_de" not in text
    assert "dL_ds1 = -" not in text


def test_a_softmax_of_a_multiple_computes_its_argument_once() -> None:
    text = body(("p = softmax(s*q)\nL = sum(p**2)", "s q;", np.sum))
    assert text.count("s*q") == 1


def test_a_quantity_less_its_mean_is_not_taken_apart() -> None:
    for name in ("divided", "multiplied"):
        text = body(BRACKETS[name])
        assert "einsum" not in text
        assert "X - s" in text
    made = model(*BRACKETS["divided"][:2])
    far = 1e8 + np.arange(8.0).reshape(4, 2) ** 2
    value, _ = function(made, "numpy")(far, np.ones(2))
    assert value == pytest.approx((centred(far) ** 2).sum(), rel=1e-9)


def test_a_sum_that_is_divided_is_computed_once() -> None:
    text = body(("z = (W @ x + b)/(1 + sum(b**2))\nL = sum(z**2)", "W b; x", np.sum))
    assert text.count("W @ x") == 1


def test_equal_terms_of_a_derivative_are_a_multiple_of_one() -> None:
    assert "2*s.T" in body(EQUAL["a product and its transpose"])


def test_a_product_of_two_sums_is_no_sum_over_pairs() -> None:
    text = body(("L = sum(s[j]*X[i,j]*Q[k,j], i, j, k)", "s; X Q", np.sum))
    assert "einsum" not in text


def test_a_choice_between_one_and_none_is_its_condition() -> None:
    for case in CHOICES.values():
        assert "np.where" not in body(case)


def test_a_derivative_that_was_copied_is_not_copied_again() -> None:
    text = body(("h = W @ x\nL = sum(h)", "W; x", np.sum))
    assert text.count(".copy()") == 1


def test_the_copy_is_the_callers_own() -> None:
    made = model("h = W @ x\nL = sum(h)", "W; x")
    x = np.ones(4)
    _, gradient = function(made, "numpy")(x, np.ones((3, 4)))
    gradient["W"][0] = 7
    np.testing.assert_array_equal(gradient["W"][1:], np.ones((2, 4)))
    np.testing.assert_array_equal(x, np.ones(4))


@pytest.mark.parametrize("fault", [NameError("k"), AttributeError("k"), ValueError("shapes")])
def test_code_that_does_not_run_is_not_handed_out(fault: Exception) -> None:
    def broken(*arguments: Any) -> Any:
        raise fault

    for equations in ("L = log(-w**2 - x**2)", "L = w*x"):
        made = graph(derive.model.read(equations))
        tried = trial(made)
        assert tried is not None
        with pytest.raises(DeriveError, match="does not run"):
            verification(Code(program(made), broken, takes_arrays=True), tried)


@pytest.mark.parametrize("language", ["numpy", "python"])
def test_code_without_a_point_is_run_and_handed_out(language: str) -> None:
    assert target(language).load is not None
    assert "Verified" not in source(graph(derive.model.read("L = sqrt(-w**2 - x**2) + log(-w**2)")), language)
