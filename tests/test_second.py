"""Second derivatives: rows of the Hessian, its entries, its products with vectors."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings

import derive
from derive.agreement import agree
from derive.formula import walk
from derive.interface.places import Place
from derive.program import program
from tests.models import Sample, indexed_models, scalar_models

EXAMPLES = Path(derive.__file__).parent / "examples"
# Half the step of a central difference quotient of the gradient, which is evaluated to 50 digits.
STEP = Fraction(1, 10**15)
DIGITS = 12

# Text, sizes of the axes that have names. Among them: kinks, maxima, softmax, affine indices, diagonals.
MODELS: dict[str, tuple[str, dict[str, int]]] = {
    "scalars": ("h = sigmoid(w*x + b)\nL = (y - v*h)**2", {}),
    "powers": ("L = w**3*x + exp(w*b)/b + w**b", {}),
    "kinks": ("h = relu(w*x + b)\nL = (y - v*h)**2 + abs(w)*w", {}),
    "matrices": (
        (
            'equations = """\nz = W @ x + b\na = tanh(z)\nL = sum((y - V @ a)**2)\n"""\n'
            'data = ["x", "y"]\nbatch = false\n[shapes]\nW = ["m", "n"]\nV = ["k", "m"]\n'
            'x = ["n"]\ny = ["k"]\nb = ["m"]'
        ),
        {"m": 2, "n": 3, "k": 2},
    ),
    "softmax cross-entropy": (
        (
            'equations = """\nz = W @ x\nL = softmax_cross_entropy(y, z)\n"""\n'
            'data = ["x", "y"]\nbatch = false\n[shapes]\nW = ["m", "n"]\nx = ["n"]\ny = ["m"]'
        ),
        {"m": 3, "n": 2},
    ),
    "attention": (
        (
            'equations = """\nP = softmax(Q @ K.T, axis=1)\nO = P @ V\nL = sum(G*O)\n"""\n'
            'data = ["G"]\nbatch = false\n[shapes]\nQ = ["n", "d"]\nK = ["m", "d"]\nV = ["m", "e"]\n'
            'G = ["n", "e"]'
        ),
        {"n": 2, "m": 3, "d": 2, "e": 2},
    ),
    "maximum": (
        (
            'equations = """\nz[i] = w[i]**2*x[i]\nm = max(z[i], i)\nL = m**2 + sum(z[i], i)\n"""\n'
            'data = ["x"]\nbatch = false\n[shapes]\nw = ["n"]\nx = ["n"]'
        ),
        {"n": 3},
    ),
    "convolution": (
        (
            'equations = """\ny[t] = tanh(sum(w[k]*x[t + k], k))\nL = sum(y[t]**2, t)\n"""\n'
            'data = ["x"]\nbatch = false\n[shapes]\nw = ["K"]\nx = ["T"]\ny = ["T - K + 1"]'
        ),
        {"K": 2, "T": 4},
    ),
    "convolution by both": (
        (
            'equations = """\ny[t] = sum(w[k]*x[t + k], k)\nL = sum(tanh(y[t]), t)\n"""\n'
            'wrt = ["x", "w"]\nbatch = false\n[shapes]\nw = ["K"]\nx = ["T"]\ny = ["T - K + 1"]'
        ),
        {"K": 2, "T": 4},
    ),
    "image": (
        (
            'equations = """\nY[i,j] = sum(W[p,q]*X[i + p,j + q], p, q)\nL = sum(sin(Y[i,j]), i, j)\n"""\n'
            'wrt = ["X", "W"]\nbatch = false\n[shapes]\nX = ["T", "S"]\nW = ["P", "Q"]\n'
            'Y = ["T - P + 1", "S - Q + 1"]'
        ),
        {"T": 3, "S": 3, "P": 2, "Q": 2},
    ),
    "diagonal": (
        (
            'equations = """\nL = sum(A[i,i]**3, i) + A[0,1]**2*sum(A[i,j], i, j)\n"""\n'
            'parameters = ["A"]\nbatch = false\n[shapes]\nA = ["n", "n"]'
        ),
        {"n": 2},
    ),
    "own function": ("f(t) = t*sigmoid(beta*t)\nL = (y - f(w*x))**2", {}),
}


def _filled(shape: Sequence[int], numbers: Iterator[Fraction]) -> Any:
    if not shape:
        return next(numbers)
    return tuple(_filled(shape[1:], numbers) for _ in range(shape[0]))


def _numbers() -> Iterator[Fraction]:
    """Numbers of both signs, no two of them equal."""
    return (Fraction((7919 * at) % 1009 - 480, 700) for at in count(1))


def _point(gradient: derive.Gradient, sizes: dict[str, int], numbers: Iterator[Fraction]) -> dict[str, Any]:
    def shape(name: str) -> list[int]:
        return [sizes[size] if isinstance(size, str) else size for size in gradient.graph.shapes[name]]

    point = {name: _filled(shape(name), numbers) for name in gradient.graph.inputs}
    return {name: abs(value) if name == "b" and not shape(name) else value for name, value in point.items()}


def _flat(value: Any) -> list[Any]:
    return [each for row in value for each in _flat(row)] if isinstance(value, tuple) else [value]


def _moved(value: Any, direction: Any, step: Fraction) -> Any:
    if isinstance(value, tuple):
        return tuple(_moved(one, other, step) for one, other in zip(value, direction, strict=True))
    return value + step * direction


def _along(
    gradient: derive.Gradient, point: dict[str, Any], vector: dict[str, Any]
) -> dict[str, list[float]]:
    """The Hessian times a vector as a difference quotient of the gradient."""
    after, before = (
        gradient.at(**{**point, **{name: _moved(point[name], each, step) for name, each in vector.items()}})
        for step in (STEP, -STEP)
    )
    return {
        name: [
            float((Fraction(one) - Fraction(other)) / (2 * STEP))
            for one, other in zip(_flat(after.exact(name)), _flat(before.exact(name)), strict=True)
        ]
        for name in vector
    }


def _close(found: Sequence[float], expected: Sequence[float]) -> bool:
    scale = max(1.0, *map(abs, expected))
    pairs = zip(found, expected, strict=True)
    return all(abs(one - other) <= scale * 10.0**-DIGITS for one, other in pairs)


def _product(gradient: derive.Gradient, sizes: dict[str, int]) -> tuple[dict[str, Any], dict[str, Any], Any]:
    numbers = _numbers()
    point = _point(gradient, sizes, numbers)
    vector = {name: _like(point[name], numbers) for name in gradient}
    product = gradient.hessian_vector_product()
    parts = {f"v_{name}": each for name, each in vector.items()}
    given = {name: each for name, each in {**point, **parts}.items() if name in product.graph.inputs}
    return point, vector, product.at(**given)


def _like(value: Any, numbers: Iterator[Fraction]) -> Any:
    if isinstance(value, tuple):
        return tuple(_like(each, numbers) for each in value)
    return next(numbers)


@pytest.mark.parametrize("name", MODELS)
def test_the_product_is_a_difference_quotient_of_the_gradient(name: str) -> None:
    text, sizes = MODELS[name]
    gradient = derive.read(text).gradient()
    point, vector, found = _product(gradient, sizes)
    expected = _along(gradient, point, vector)
    assert any(any(each) for each in expected.values())
    for parameter in gradient:
        assert _close([float(each) for each in _flat(found.exact(parameter))], expected[parameter]), parameter


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("target", ["numpy", "python"])
def test_the_code_of_the_product_is_written_and_verified(name: str, target: str) -> None:
    product = derive.read(MODELS[name][0]).gradient().hessian_vector_product()
    assert "Verified: " in product.code(target)


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.toml")), ids=lambda path: path.stem)
def test_every_example_has_verified_code_for_its_hessian_times_a_vector(path: Path) -> None:
    assert "Verified: " in derive.read(path).gradient().hessian_vector_product().code()


@settings(max_examples=8, deadline=None)
@given(scalar_models(kinks=False))
def test_random_scalar_models_have_the_second_derivatives_of_their_gradient(sample: Sample) -> None:
    _check_random(sample)


@settings(max_examples=8, deadline=None)
@given(indexed_models(kinks=False))
def test_random_indexed_models_have_the_second_derivatives_of_their_gradient(sample: Sample) -> None:
    _check_random(sample)


def _check_random(sample: Sample) -> None:
    # At a tie a maximum has a corner, where no difference quotient helps; it is among the models by name.
    assume(not re.search(r"\b(max|min)\(", sample.text))
    gradient = derive.read(sample.text).gradient()
    point = {name: value for name, value in sample.values.items() if name in gradient.graph.inputs}
    numbers = _numbers()
    vector = {name: _like(point[name], numbers) for name in gradient if name in point}
    product = gradient.hessian_vector_product()
    parts = {f"v_{name}": each for name, each in vector.items()}
    known = {name: each for name, each in {**point, **parts}.items() if name in product.graph.inputs}
    expected = _along(gradient, point, vector)
    found = product.at(**known)
    for name in vector:
        ours = [float(each) for each in _flat(found.exact(name))]
        ours = ours if len(ours) == len(expected[name]) else [0.0] * len(expected[name])
        assert _close(ours, expected[name]), name


def test_a_row_is_the_gradient_of_one_derivative() -> None:
    row = derive.read("L = (y - w*x - b)**2").gradient().gradient("w")
    assert list(row) == ["w", "b"]
    point = row.at(w=1, b=2, x=3, y=5)
    assert (point["w"], point["b"]) == (18.0, 6.0)


def test_a_derivative_of_any_order_follows() -> None:
    third = derive.read("L = w**5*x").gradient().gradient("w").gradient("w").gradient("w")
    assert third.at(w=2, x=3).exact("w") == 120 * 2 * 3


def test_the_hessian_of_a_textbook_network_is_symmetric_by_proof() -> None:
    hessian = derive.read("h = sigmoid(w*x + b)\nL = (y - v*h)**2").gradient().hessian()
    for row, column in hessian:
        assert agree(hessian[row, column].formula, hessian[column, row].formula).verdict == "proved"


def test_the_numbers_of_the_hessian_are_symmetric() -> None:
    curvature = (
        derive.read(
            'equations = """\nz = W @ x\nL = sum(tanh(z)**2)\n"""\ndata = ["x"]\nbatch = false\n'
            '[shapes]\nW = ["m", "n"]\nx = ["n"]\n[values]\nW = [[1, 0.5], [0.25, -1]]\nx = [1, 2]\n'
        )
        .gradient()
        .hessian()
        .at()
    )
    assert curvature.labels == ("W[0,0]", "W[0,1]", "W[1,0]", "W[1,1]")
    for row, column in curvature:
        assert curvature.exact(row, column) == curvature.exact(column, row)
    # Components of different rows of W meet in no term.
    assert curvature["W[0,1]", "W[1,0]"] == 0
    assert curvature["W[0,0]", "W[0,1]"] != 0


def test_an_entry_is_a_formula_in_the_quantities_of_the_model() -> None:
    hessian = derive.read("L = (y - w*x - b)**2").gradient().hessian()
    assert repr(hessian["w", "w"]) == "∂²L/∂w² = 2*x**2"
    assert repr(hessian["w", "b"]) == "∂²L/∂b∂w = 2*x"
    names = {getattr(node, "name", "") for node in walk(hessian["w", "w"].formula)}
    assert not {name for name in names if name.startswith("dL")}


def test_entries_that_are_not_connected_are_zero() -> None:
    hessian = derive.read("L = w**2*x + b*y").gradient().hessian()
    assert repr(hessian["w", "b"]) == "∂²L/∂b∂w = 0"
    assert hessian.at(w=1, b=2, x=3, y=4).matrix == ((6.0, 0.0), (0.0, 0.0))


def test_a_small_hessian_is_shown_as_a_matrix() -> None:
    shown = derive.read("L = (y - w*x - b)**2").gradient().hessian()._repr_latex_()
    assert "\\nabla^2 L = \\begin{bmatrix} 2 x^2 & 2 x \\\\ 2 x & 2 \\end{bmatrix}" in shown


@pytest.mark.parametrize(
    ("of", "by", "symbol"),
    [
        ("w1", "w1", r"\frac{\partial^2 L}{\partial w_1^2}"),
        ("w1", "w2", r"\frac{\partial^2 L}{\partial w_2 \, \partial w_1}"),
    ],
)
def test_second_derivatives_are_printed_as_such(of: str, by: str, symbol: str) -> None:
    row = derive.read("L = (y - sigmoid(w1*x + w2))**2").gradient().gradient(of)
    assert symbol in row[by]._repr_latex_()
    assert symbol in row.walkthrough().latex()


def test_names_of_derivatives_never_meet_the_authors() -> None:
    gradient = derive.read("dL_dw = w**2*x\nv_w = 2*dL_dw\nL = v_w**3").gradient()
    point = {"w": 1, "x": 1}
    product = gradient.hessian_vector_product()
    (vector,) = (name for name in product.graph.inputs if name not in point)
    assert vector != "v_w"
    assert product.at(**point, **{vector: 1})["w"] == 8 * 6 * 5  # L = 8 w⁶


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("W1",), "W1 is no parameter of .*"),
        (("W",), r"W is an array with 2 axes: choose a component, as in W\[0,0\]"),
        (("W", 0), "W has 2 axes, and 1 index is given"),
        (("b", 0), "b is a number, and 1 index is given"),
        (("W", 0, 3), "the index 3 of W is out of range: indices are from 0 to 2"),
        (("W[2,0]",), "the index 2 of W is out of range: indices are from 0 to 1"),
        (("W", -1, 0), "the index -1 of W is out of range: indices are from 0 to 1"),
    ],
)
def test_what_is_no_number_among_the_parameters_is_refused(arguments: tuple[Any, ...], message: str) -> None:
    gradient = derive.read(
        'equations = """\nL = sum(tanh(W @ x + b))\n"""\ndata = ["x"]\n[shapes]\nW = [2, 3]\nx = [3]'
    ).gradient()
    with pytest.raises(derive.ModelError, match=f"{message}$"):
        gradient.gradient(*arguments)


def test_a_component_is_written_as_a_text_or_with_its_indices() -> None:
    gradient = derive.read(
        'equations = """\nL = sum(tanh(W @ x))\n"""\ndata = ["x"]\n[shapes]\nW = [2, 3]\nx = [3]'
    ).gradient()
    assert gradient.gradient("W[0, 2]").model == gradient.gradient("W", 0, 2).model
    assert Place("W", (0, 2)).label == "W[0,2]"


def test_a_large_hessian_is_refused_and_the_product_named() -> None:
    gradient = derive.read(
        'equations = """\nL = sum((W @ x)**2)\n"""\ndata = ["x"]\n[shapes]\nW = [30, 40]\nx = [40]'
    ).gradient()
    with pytest.raises(derive.ModelError, match="1,200 rows") as refused:
        gradient.hessian()
    assert "Hessian-vector product" in str(refused.value.suggestion)


@pytest.mark.parametrize("name", ["two-two-one", "mlp", "attention", "lstm-cell"])
def test_the_product_costs_a_small_multiple_of_the_gradient(name: str) -> None:
    gradient = derive.read(EXAMPLES / f"{name}.toml").gradient()
    once, twice = (
        program(each.graph, samples=True).cost for each in (gradient, gradient.hessian_vector_product())
    )
    size = 32

    def total(costs: Any) -> int:
        return sum(size ** len(sizes) * cost.arithmetic for sizes, cost in costs.items())

    assert total(twice) <= 4.5 * total(once)


def test_the_function_of_the_product_returns_it_by_name() -> None:
    function = derive.read("L = (y - w*x - b)**2").gradient().hessian_vector_product().function("numpy")
    x, y = np.array([1.0, 2.0]), np.array([0.0, 1.0])
    slope, product = function(x=x, y=y, w=1.0, b=0.5, v_w=2.0, v_b=-1.0)
    matrix = np.mean([[[2 * a * a, 2 * a], [2 * a, 2]] for a in x], axis=0)
    assert list(product) == ["w", "b"]
    np.testing.assert_allclose([float(each) for each in product.values()], matrix @ [2.0, -1.0])
    gradient = np.mean(
        [[-2 * (d - a - 0.5) * a, -2 * (d - a - 0.5)] for a, d in zip(x, y, strict=True)], axis=0
    )
    np.testing.assert_allclose(float(slope), gradient @ [2.0, -1.0])


# Losses of z = w*x + b that are flat or straight far out.
SATURATED = (
    "sigmoid(z)",
    "(y - sigmoid(z))**2",
    "log(sigmoid(z))",
    "log(1 - sigmoid(z))",
    "binary_cross_entropy(y, sigmoid(z))",
    "log(1 + exp(z))",
    "1/(1 + exp(-z))",
    "tanh(z)**2",
    "softplus(z)",
    "silu(z)",
    "gelu(z)",
    "log(cosh(z))",
)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("loss", SATURATED)
@pytest.mark.parametrize("w", [800.0, -800.0])
def test_the_code_of_the_product_is_finite_and_silent_where_functions_are_saturated(
    loss: str, w: float
) -> None:
    product = derive.read(f"z = w*x + b\nL = {loss}").gradient().hessian_vector_product()
    point = {name: np.array([1.0]) if name in ("x", "y") else 1.0 for name in product.graph.inputs}
    slope, found = product.function("numpy")(**{**point, "w": w, "b": 0.0})
    assert np.isfinite(slope)
    assert all(np.isfinite(each) for each in found.values())


def test_a_stable_form_of_the_product_is_the_product() -> None:
    product = derive.read("p = sigmoid(w*x)\nL = -log(p)").gradient().hessian_vector_product()
    _, found = product.function("numpy")(x=np.array([2.0]), w=0.5, v_w=3.0)
    p = 1 / (1 + np.exp(-1.0))
    assert found["w"] == pytest.approx(p * (1 - p) * 2.0**2 * 3.0, rel=1e-12)


@pytest.mark.parametrize(
    "text", ["y[i] = (x[i+2] - w[i+1])**2\nL = sum(y[j]**2, j)", "y[i] = w[i]*x[i+1]\nL = sum(y[j+2]**2, j)"]
)
def test_the_product_of_shifted_indices_is_how_the_gradient_changes(text: str) -> None:
    gradient = derive.read(text).gradient()
    x, w, v = (np.linspace(low, 1, size) for low, size in ((0.3, 7), (-0.4, 6), (0.1, 6)))
    _, found = gradient.hessian_vector_product().function("numpy")(x=x, w=w, v_w=v)
    slope, step = gradient.function("numpy"), 1e-6
    moved = (slope(x=x, w=w + sign * step * v)[1]["w"] for sign in (1, -1))
    np.testing.assert_allclose(found["w"], np.subtract(*moved) / (2 * step), atol=1e-8)


def test_the_product_for_an_array_that_the_loss_is_linear_in_is_zero() -> None:
    equations = 'equations = """\nL = sum(w**2) + sum(g*x)\n"""\nbatch = false\n'
    text = f'{equations}[shapes]\nw = ["m"]\ng = ["n"]\nx = ["n"]\n'
    function = derive.read(text).gradient().hessian_vector_product().function("numpy")
    _, found = function(x=np.ones(3), w=np.ones(2), v_w=np.array([1.0, 2.0]), v_g=np.ones(3))
    assert found["w"].tolist() == [2, 4]
    assert found["g"].tolist() == [0, 0, 0]


@pytest.mark.parametrize("by", ["l[0]", "l[1]"])
def test_the_slope_of_a_power_of_a_ratio_of_components_is_told(by: str) -> None:
    model = derive.read('equations = "L = sum((t[n]/l[n])**k, n)"\ndata = ["t"]\nbatch = false')
    assert "power rule" in model.gradient().gradient(by).walkthrough().markdown()
