"""NumPy code of models with tensors: right, in the precision given, and as an engineer would write it."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings

import derive
import derive.model
from derive.graph import Graph, graph
from derive.program import Program, program
from derive.targets.generation import function, source
from derive.targets.trial import trial
from tests.tensors import TensorSample, matrix_models

EXAMPLES = sorted((Path(derive.__file__).parent / "examples").glob("*.toml"))
PERCEPTRON = """
equations = '''
z1 = W1 @ x + b1
a1 = {0}(z1)
z2 = W2 @ a1 + b2
L = softmax_cross_entropy(y, z2)
'''
data = ["x", "y"]
[shapes]
W1 = [{2}, {1}]
b1 = [{2}]
W2 = [{3}, {2}]
b2 = [{3}]
x = [{1}]
y = [{3}]
"""
ATTENTION = """
equations = '''
S = Q @ K.T/sqrt(d)
P = softmax(S)
O = P @ V
L = sum(G*O)
'''
data = ["G"]
wrt = ["Q", "K", "V"]
[shapes]
Q = ["n", "d"]
K = ["m", "d"]
V = ["m", "c"]
G = ["n", "c"]
"""
NORMALISATION = """
equations = '''
mu[n] = mean(X[n,d], d)
v[n] = mean((X[n,d] - mu[n])**2, d)
H[n,d] = (X[n,d] - mu[n])/sqrt(v[n] + eps)
L = sum(G[n,d]*H[n,d], n, d)
'''
data = ["X", "G", "eps"]
wrt = ["X"]
[shapes]
X = ["N", "D"]
"""
MIXTURE = """
equations = '''
l[n,k] = a[k] - sum((X[n,d] - mu[k,d])**2, d)/2
L = -sum(log(sum(exp(l[n,k]), k)), n)
'''
data = ["X"]
[shapes]
X = ["N", "D"]
mu = ["K", "D"]
"""
CONTRAST = """
equations = '''
S = Q @ K.T/tau
L = sum(log(sum(exp(S[i,j]), j)) - S[i,i], i)/N
'''
data = ["tau"]
batch = false
[shapes]
Q = ["N", "d"]
K = ["N", "d"]
"""
CONVOLUTION = """
equations = '''
y[t,o] = sum(x[t+k,c]*w[k,c,o], k, c) + b[o]
L = sum((y[t,o] - g[t,o])**2, t, o)
'''
data = ["x", "g"]
wrt = ["x", "w", "b"]
[shapes]
x = ["T", "C"]
w = ["K", "C", "O"]
g = ["T - K + 1", "O"]
"""
IMAGE = """
equations = '''
y[i,j,o] = sum(x[i+k,j+l,c]*w[k,l,c,o], k, l, c)
L = sum(y[i,j,o]**2, i, j, o)
'''
data = ["x"]
wrt = ["x", "w"]
"""
MODELS = {
    "attention": ATTENTION,
    "normalisation": NORMALISATION,
    "mixture": MIXTURE,
    "contrast": CONTRAST,
    "convolution": CONVOLUTION,
    "image": IMAGE,
    "sigmoid perceptron": PERCEPTRON.format("sigmoid", 784, 128, 10),
    "relu perceptron": PERCEPTRON.format("relu", 784, 128, 10),
}


def read(text: str) -> Graph:
    return graph(derive.model.read(text))


def body(text: str) -> str:
    """The statements of the generated function."""
    return text.split('"""\n')[-1]


def point(made: Graph, kind: type[np.generic], scale: float = 1.0) -> list[Any]:
    """Arguments of sizes that fit, between 0.1 and 0.9 times the scale; nobody may write to them."""
    tried = trial(made)
    assert tried is not None
    found: Program = program(made, samples=True)
    generator = np.random.default_rng(0)
    arguments: list[Any] = []
    for each in found.inputs:
        shape = tuple(5 if size == found.batch else _length(size, tried.sizes) for size in each.shape)
        array = np.asarray(generator.uniform(0.1, 0.9, shape) * scale).astype(kind)
        array.flags.writeable = False
        arguments.append(array if shape else kind(array))
    return arguments


def _length(size: int | str, sizes: Mapping[int | str, int]) -> int:
    return size if isinstance(size, int) else sizes[size]


EVERY = {path.stem: graph(derive.model.read(path)) for path in EXAMPLES}
EVERY |= {name: read(text) for name, text in MODELS.items()}


@given(sample=matrix_models())
@settings(max_examples=50, deadline=None)
def test_code_of_matrix_models_agrees_with_the_complex_step(sample: TensorSample) -> None:
    made = read(sample.text)
    value, gradient = function(made, "numpy")(*(sample.values[name] for name in made.inputs))
    assert value == pytest.approx(float(np.real(sample.loss(sample.values))), rel=1e-9, abs=1e-12)
    for name in made.parameters:
        expected = sample.gradient(name)
        assume(np.isfinite(expected).all())
        scale = max(1.0, float(np.abs(expected).max()))
        assert np.shape(gradient[name]) == expected.shape
        np.testing.assert_allclose(gradient[name], expected, rtol=1e-8, atol=1e-9 * scale, err_msg=name)


@pytest.mark.parametrize("made", EVERY.values(), ids=EVERY)
def test_single_precision_stays_single_and_the_callers_arrays_stay_theirs(made: Graph) -> None:
    call = function(made, "numpy")
    arguments = point(made, np.float32)
    value, gradient = call(*arguments)
    exact = call(*point(made, np.float64))[1]
    assert value.dtype == np.float32
    for name, found in gradient.items():
        assert found.dtype == np.float32, name
        assert found.shape == np.shape(arguments[made.inputs.index(name)])
        assert not any(np.shares_memory(found, each) for each in arguments), name
        scale = max(1.0, float(np.abs(exact[name]).max()))
        np.testing.assert_allclose(found, exact[name], rtol=1e-3, atol=1e-4 * scale, err_msg=name)


@pytest.mark.parametrize("made", EVERY.values(), ids=EVERY)
def test_no_two_results_share_memory_and_a_second_call_gives_the_same(made: Graph) -> None:
    call = function(made, "numpy")
    (value, first), (again, second) = (call(*point(made, np.float64)) for _ in range(2))
    assert value == again
    arrays = [each for each in first.values() if np.ndim(each)]
    for at, one in enumerate(arrays):
        assert one.flags.writeable
        assert not any(np.shares_memory(one, other) for other in arrays[:at])
    for name in first:
        np.testing.assert_array_equal(first[name], second[name])


@pytest.mark.parametrize("made", [read(text) for text in MODELS.values()], ids=MODELS)
def test_whole_numbers_are_taken_as_they_are(made: Graph) -> None:
    call = function(made, "numpy")
    whole = [np.ones(np.shape(each), int) for each in point(made, np.float64)]
    whole = [each if each.ndim else 1 for each in whole]
    value, gradient = call(*whole)
    expected, slopes = call(*(np.asarray(each, float) for each in whole))
    assert value == pytest.approx(expected)
    for name in gradient:
        np.testing.assert_allclose(gradient[name], slopes[name], rtol=1e-12)


# The author of this one writes the same neuron twice.
ONCE = {name: made for name, made in EVERY.items() if name != "feedforward"}


@pytest.mark.parametrize("made", ONCE.values(), ids=ONCE)
def test_no_work_is_done_twice(made: Graph) -> None:
    tree = ast.parse(source(made, "numpy"))
    found = next(n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == "loss_and_gradient")
    products = [
        ast.dump(n) for n in ast.walk(found) if isinstance(n, ast.BinOp) and isinstance(n.op, ast.MatMult)
    ]
    calls = [
        ast.dump(n)
        for n in ast.walk(found)
        if isinstance(n, ast.Call)
        and ast.unparse(n.func) in ("np.exp", "exp", "np.tanh", "np.sqrt", "sigmoid")
    ]
    assert not [text for text, count in Counter(calls + products).items() if count > 1]


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("name", ["attention", "mixture", "contrast", "sigmoid perceptron"])
@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_scores_of_a_thousand_give_finite_numbers_without_a_warning(
    name: str, kind: type[np.generic]
) -> None:
    made = read(MODELS[name])
    value, gradient = function(made, "numpy")(*point(made, kind, 1e3))
    assert np.isfinite(value)
    assert all(np.isfinite(each).all() for each in gradient.values())


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("shift", [0.0, 1e3, -1e3])
def test_a_mixture_far_from_its_data_keeps_its_digits(shift: float) -> None:
    made = read(MIXTURE)
    generator = np.random.default_rng(1)
    data = {
        "X": generator.normal(size=(4, 2)),
        "mu": generator.normal(size=(3, 2)),
        "a": generator.normal(size=3),
    }
    moved = {**data, "a": data["a"] + shift}
    value, gradient = function(made, "numpy")(*(moved[name] for name in made.inputs))
    expected, slopes = function(made, "numpy")(*(data[name] for name in made.inputs))
    # A constant in front of every density comes out of the logarithm.
    assert value == pytest.approx(expected - 4 * shift, rel=1e-12)
    np.testing.assert_allclose(gradient["mu"], slopes["mu"], rtol=1e-9)
    assert gradient["a"].sum() == pytest.approx(-4)


@pytest.mark.parametrize("made", EVERY.values(), ids=EVERY)
def test_the_code_was_verified_before_it_was_handed_out(made: Graph) -> None:
    assert "Verified: " in source(made, "numpy")


def test_a_perceptron_is_written_as_by_hand() -> None:
    text = source(read(MODELS["relu perceptron"]), "numpy")
    assert "        z1 = W1 @ x + b1\n        a1 = relu(z1)\n" in text
    assert "L = softmax_cross_entropy(y, z2)" in text
    assert [line.strip() for line in body(text).splitlines() if "z1" in line] == [
        "z1 = x @ W1.T + b1",
        "a1 = relu(z1)",
        "dL_dz1 = dL_dz2 @ W2  # ∂L/∂a1",
        "dL_dz1 *= z1 > 0",
        "dL_dW1 = dL_dz1.T @ x",
        "dL_db1 = dL_dz1.sum(axis=0)",
    ]


MASKS = {"G": "G <= H", "H": "G > H"}


@pytest.mark.parametrize(
    ("kept", "wanted"),
    [
        (
            "min(G[i,n], H[i,n])",
            [f"dL_d{name} = -u.sum()*dL_dz.sum(axis=0).T*({mask})" for name, mask in MASKS.items()],
        ),
        ("(G[i,n] if G[i,n] < H[i,n] else 0)", ["dL_dG = -u.sum()*dL_dz.sum(axis=0).T*(G < H)"]),
    ],
)
def test_a_choice_of_one_of_two_arrays_is_a_mask_that_comes_last(kept: str, wanted: list[str]) -> None:
    """NumPy has no minus of a truth value: one in front of the product would stand before the mask."""
    equations = f"z[n,i] = u[n]*x[i] - sum(u[k]*{kept}, k)\nL = sum(z[i,k]**2*t[j], i, k, j)"
    text = body(source(graph(derive.model.read(equations)), "numpy"))
    lines = [line.strip() for line in text.splitlines()]
    assert set(wanted) <= set(lines)


def test_two_factors_of_all_axes_are_multiplied_in_one_after_the_other() -> None:
    """Their product would be one more array that goes through memory."""
    lines = [
        line.strip()
        for line in body(source(read(PERCEPTRON.format("sigmoid", 9, 8, 7)), "numpy")).splitlines()
    ]
    at = lines.index("dL_dz1 *= a1")
    assert lines[at - 1 : at + 2] == [
        "dL_dz1 = dL_dz2 @ W2  # ∂L/∂a1",
        "dL_dz1 *= a1",
        "dL_dz1 *= 1 - a1",
    ]


def test_the_code_of_a_perceptron_does_not_depend_on_its_widths() -> None:
    one, other = (
        source(read(PERCEPTRON.format("tanh", *widths)), "numpy") for widths in ((784, 128, 10), (9, 8, 7))
    )
    assert body(one) == body(other)


def test_attention_has_its_textbook_backward_pass() -> None:
    lines = [line.strip() for line in body(source(read(ATTENTION), "numpy")).splitlines()]
    assert "mean_dL_dP = (dL_dP*P).sum(axis=1, keepdims=True)" in lines
    assert "dL_dS = P*(dL_dP - mean_dL_dP)" in lines
    assert "dL_dQ = (dL_dS @ K)/sqrt_d" in lines
    assert "sqrt_d = math.sqrt(d)" in lines  # a number of Python's: NumPy's would raise the precision


@pytest.mark.parametrize("name", ["attention", "normalisation"])
def test_axes_are_kept_rather_than_put_in(name: str) -> None:
    text = body(source(read(MODELS[name]), "numpy"))
    assert "keepdims=True" in text
    assert "None" not in text
    assert "transpose" not in text


def test_a_normalisation_subtracts_its_mean_once() -> None:
    text = body(source(read(NORMALISATION), "numpy"))
    assert text.count("X - mu") == 1
    assert len(re.findall(r"np\.sqrt", text)) == 1


@pytest.mark.parametrize("name", ["convolution", "image"])
def test_a_convolution_is_read_off_its_windows(name: str) -> None:
    text = source(read(MODELS[name]), "numpy")
    assert "from numpy.lib.stride_tricks import sliding_window_view" in text
    assert "arange" not in text


def test_an_index_takes_the_values_for_which_no_component_is_missing() -> None:
    lines = ("equations = 'L = sum((x[i+1] - a*x[i+2])**2, i)'", "batch = false", "wrt = ['a', 'x']")
    text = source(read("\n".join((*lines, "shapes = {x = ['T']}"))), "numpy")
    assert "x[np.arange(T - 2) + 1]" in text
    assert "Verified: " in text


@pytest.mark.parametrize(("batch", "rows"), [("", True), ("batch = false\n", False)])
def test_a_model_says_whether_it_is_of_one_sample(batch: str, rows: bool) -> None:
    text = f"equations = 'L = (y - w*x)**2'\ndata = ['x', 'y']\n{batch}"
    assert (program(read(text), samples=True).batch is not None) is rows


def test_a_model_that_names_its_samples_gets_no_others() -> None:
    lines = ("equations = 'L = sum((y[n] - w*x[n])**2, n)/N'", "data = ['x', 'y']", "batch = 'N'")
    found = program(read("\n".join((*lines, "[shapes]", "x = ['N']", ""))), samples=True)
    assert found.batch is None
    assert found.value == "L"


def test_data_of_two_axes_are_taken_for_a_whole() -> None:
    assert program(read(ATTENTION), samples=True).batch is None


def test_the_sizes_of_a_trial_fit_together() -> None:
    tried = trial(read(CONVOLUTION))
    assert tried is not None
    sizes = tried.sizes
    assert sizes["T - K + 1"] == sizes["T"] - sizes["K"] + 1 >= 2
    assert len({sizes["C"], sizes["O"], sizes["K"]}) == 3


def test_a_wide_model_is_tried_at_small_widths() -> None:
    tried = trial(read(MODELS["sigmoid perceptron"]))
    assert tried is not None
    assert tried.is_narrowed
    assert set(tried.graph.shapes["W1"]) == {tried.sizes[784], tried.sizes[128]}
    assert tried.sizes[784] != tried.sizes[128]


# A loss with norms, the shapes of its arrays, an input at which some are 0, and the gradient there.
NORMS = {
    "of a vector": ("L = norm(a)", 'a = ["n"]', np.zeros(3), np.zeros(3)),
    "of rows": (
        "L = sum(norm(a, axis=1))",
        'a = ["m", "n"]',
        np.array([[0.0, 0.0], [0.0, -4.0]]),
        np.array([[0.0, 0.0], [0.0, -1.0]]),
    ),
    "beside a square": ("L = norm(a)**2 + norm(a)", 'a = ["n"]', np.zeros(2), np.zeros(2)),
    "of a difference": ("L = exp(norm(a - 1))", 'a = ["n"]', np.ones(2), np.zeros(2)),
}


@pytest.mark.parametrize("name", NORMS)
@pytest.mark.filterwarnings("error")
def test_the_slope_of_a_norm_is_zero_at_zero_and_said_to_be(name: str) -> None:
    text, shapes, at, expected = NORMS[name]
    gradient = derive.read(f'equations = "{text}"\nparameters = ["a"]\n[shapes]\n{shapes}').gradient()
    _, found = gradient.function("numpy")(at)
    np.testing.assert_array_equal(found["a"], expected)
    assert "is 0, its slope is taken to be 0" in gradient.code()
    assert "There we use the slope 0, as programs do." in gradient.walkthrough().markdown()


def test_the_slope_of_a_distance_is_zero_at_zero_in_plain_python() -> None:
    gradient = derive.read("L = sqrt((x - a)**2 + (y - b)**2)").gradient()
    assert list(gradient.function("python")(1.0, 2.0, 1.0, 2.0)[1].values()) == [0.0, 0.0]


def test_a_model_that_divides_by_a_norm_has_no_value_where_that_is_zero_and_no_convention() -> None:
    code = derive.read(EXAMPLES[0].parent / "cosine-similarity.toml").gradient().code()
    assert "taken to be" not in code
    assert "== 0" not in code


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("far", [100.0, 1e4])
def test_the_likelihood_of_a_mixture_is_finite_far_from_every_component(far: float) -> None:
    gradient = derive.read(EXAMPLES[0].parent / "gaussian-mixture.toml").gradient()
    mu = np.array([0.0, 1.0])
    loss, found = gradient.function("numpy")(x=np.array([far]), a=np.zeros(2), mu=mu, ls=np.zeros(2))
    # So far out the nearer component is alone.
    assert loss == pytest.approx((far - 1) ** 2 / 2 + np.log(2) + np.log(2 * np.pi) / 2, rel=1e-12)
    np.testing.assert_allclose(found["mu"], [0.0, 1 - far], rtol=1e-12, atol=1e-30)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_no_local_name_is_that_of_a_function(example: Path) -> None:
    tree = ast.parse(derive.read(example).gradient().code())
    assigned = {
        node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    assert not assigned & {"sqrt", "exp", "log", "sin", "cos", "erf", "tanh", "sigmoid"}


# Models whose Hessian times a vector has a part that is one number, with the shapes of their arrays.
CONSTANT_SLOPES = {
    "linear in all": ("E = -dot(s, J @ s) - dot(h, s)", 's = ["n"]\nJ = ["n", "n"]\nh = ["n"]', ["s"]),
    "means": ("L = mean(f[n] - r[n], n)", 'f = ["N"]\nr = ["N"]', []),
    "a trace": ("L = trace(A.T @ B @ A)", 'A = ["n", "k"]\nB = ["n", "n"]', []),
    "a sum of a square": ("L = c*sum(A) + sum(b**2)", 'A = ["m", "n"]\nb = ["n"]', []),
    "whole numbers first": ("L = sum(y[i]*(z[i] + 1), i)", 'y = ["n"]\nz = ["n"]', ["y"]),
}


@pytest.mark.parametrize("name", CONSTANT_SLOPES)
def test_the_hessian_times_a_vector_stays_in_single_precision(name: str) -> None:
    text, shapes, data = CONSTANT_SLOPES[name]
    gradient = derive.read(f'equations = "{text}"\ndata = {data}\n[shapes]\n{shapes}').gradient()
    second = gradient.hessian_vector_product()
    for made in (gradient.graph, second.graph):
        value, found = function(made, "numpy")(*point(made, np.float32))
        assert {each.dtype for each in (value, *found.values())} == {np.dtype(np.float32)}


# Models of one sample, with their shapes, and the data that may be one number for all samples.
SHARED_NUMBERS = {
    "beside rows": (
        "L = (y - dot(w, x))**2*c + lam*abs(s)",
        'x = ["d"]\nw = ["d"]',
        ["x", "y", "lam"],
        "lam",
    ),
    "beside numbers": ("L = (y - w*x)**2 + lam*w**2", "", ["x", "y", "lam"], "lam"),
    "before numbers": ("L = lam*w**2 + (y - w*x)**2", "", ["lam", "x", "y"], "lam"),
    "before rows": ("L = lam*abs(s) + dot(w, x)**2", 'x = ["d"]\nw = ["d"]', ["lam", "x"], "lam"),
    "a row": (
        "L = dot(u, z)**2 + (y - dot(w, x))**2",
        'x = ["d"]\nw = ["d"]\nz = ["k"]\nu = ["k"]',
        ["x", "y", "z"],
        "z",
    ),
}


@pytest.mark.parametrize("name", SHARED_NUMBERS)
def test_data_that_are_the_same_for_all_rows_count_for_every_row(name: str) -> None:
    text, shapes, data, shared = SHARED_NUMBERS[name]
    made = derive.read(f'equations = "{text}"\ndata = {data}\n[shapes]\n{shapes}').gradient().graph
    values = dict(zip(made.inputs, point(made, np.float64), strict=True))
    whole = {**values, shared: np.repeat(values[shared][:1], 5, axis=0)}
    once = {**values, shared: values[shared][0]}
    call = function(made, "numpy")
    (value, found), (expected, slopes) = call(**once), call(**whole)
    # One product of matrices adds up in another order than many products of a row.
    assert value == pytest.approx(expected, rel=1e-14)
    for each in slopes:
        np.testing.assert_allclose(found[each], slopes[each], rtol=1e-13, atol=1e-14)


@pytest.mark.parametrize("name", SHARED_NUMBERS)
def test_data_of_another_number_of_rows_are_refused(name: str) -> None:
    text, shapes, data, shared = SHARED_NUMBERS[name]
    made = derive.read(f'equations = "{text}"\ndata = {data}\n[shapes]\n{shapes}').gradient().graph
    values = dict(zip(made.inputs, point(made, np.float64), strict=True))
    with pytest.raises(ValueError, match="broadcast"):
        function(made, "numpy")(**{**values, shared: values[shared][:3]})


# Components at places of their own: the equations, the shapes, whose derivatives, the sizes of a check.
STRIDED: dict[str, tuple[str, str, str, dict[str, int]]] = {
    "every other": ("L = sum(x[2*i]**2*c[i], i)", 'x = ["T"]\nc = ["M"]', "x", {"T": 9, "M": 4}),
    "pairs": (
        "y[i] = x[2*i]*x[2*i+1]\nL = sum(c[i]*y[i]**2, i) + sum(x[i]**3, i)",
        'x = ["T"]\nc = ["M"]',
        "x",
        {"T": 8, "M": 4},
    ),
    "strides": (
        "y[i] = sum(w[k]*x[2*i+k], k)\nL = sum(c[i]*y[i]**2, i)",
        'x = ["T"]\nw = ["K"]\nc = ["M"]',
        "x",
        {"T": 12, "K": 3, "M": 5},
    ),
    "strides and dilation": (
        "y[i] = sum(w[k]*x[2*i+3*k], k)\nL = sum(c[i]*y[i]**2, i)",
        'x = ["T"]\nw = ["K"]\nc = ["M"]',
        "x",
        {"T": 20, "K": 3, "M": 5},
    ),
    "backwards": (
        "y[i] = sum(w[2*i-k+1]*x[k], k)\nL = sum(c[i]*y[i]**2, i)",
        'x = [2]\nw = ["T"]\nc = ["M"]',
        "w",
        {"T": 9, "M": 4},
    ),
    "an image": (
        "Y[i,j,o] = sum(W[p,q,c,o]*X[2*i+p,3*j+q,c], p, q, c)\nL = sum(G[i,j,o]*Y[i,j,o]**2, i, j, o)",
        'X = ["H", "S", "C"]\nW = ["P", "Q", "C", "O"]\nG = ["M", "N", "O"]',
        "X",
        {"H": 8, "S": 9, "C": 2, "P": 3, "Q": 2, "O": 2, "M": 3, "N": 2},
    ),
    "the middle axis": (
        "L = sum(tanh(X[n,2*i,j])*c[i,j], n, i, j)",
        'X = ["N", "T", "J"]\nc = ["M", "J"]',
        "X",
        {"N": 2, "T": 7, "J": 3, "M": 3},
    ),
    "the outer axes": (
        "L = sum(tanh(X[2*i,n,3*i])*c[i], n, i)",
        'X = ["S", "N", "T"]\nc = ["M"]',
        "X",
        {"S": 6, "N": 2, "T": 8, "M": 3},
    ),
    "a maximum": (
        "y[i] = max(x[2*i+k]*v[k], k)\nL = sum(c[i]*y[i]**2, i)",
        'x = ["T"]\nc = ["M"]\nv = ["K"]',
        "x",
        {"T": 9, "M": 4, "K": 3},
    ),
}


def strided(name: str) -> derive.Gradient:
    text, shapes, wrt, _ = STRIDED[name]
    return derive.read(
        f"equations = '''\n{text}\n'''\nwrt = ['{wrt}']\nbatch = false\n[shapes]\n{shapes}"
    ).gradient()


@pytest.mark.parametrize("name", STRIDED)
@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_what_is_read_at_places_of_its_own_gets_its_derivative_there(name: str, kind: type) -> None:
    gradient, sizes, wrt = strided(name), STRIDED[name][3], STRIDED[name][2]
    random = np.random.default_rng(1)
    shapes = {each: gradient.graph.shapes[each] for each in gradient.graph.inputs}
    values = {
        each: random.normal(size=tuple(sizes.get(str(size), size) for size in shape)).astype(kind)
        for each, shape in shapes.items()
    }
    call = gradient.function("numpy")
    found = call(**values)[1][wrt]
    assert found.dtype == kind
    assert found.shape == values[wrt].shape
    exact = {each: value.astype(np.float64) for each, value in values.items()}
    for at in np.ndindex(*found.shape):
        step = np.zeros(found.shape)
        step[at] = 1e-5
        ends = [call(**{**exact, wrt: exact[wrt] + sign * step})[0] for sign in (1, -1)]
        assert found[at] == pytest.approx((ends[0] - ends[1]) / 2e-5, rel=1e-4, abs=1e-5)


@pytest.mark.parametrize("name", STRIDED)
def test_no_axis_of_such_places_is_gone_along_with_another(name: str) -> None:
    found = program(strided(name).graph)
    strides = {"T", "H", "S"} & set(found.shapes[STRIDED[name][2]])
    assert strides
    assert not any(strides & set(times) and len(times) > 1 for times in found.cost)


def test_a_long_strided_convolution_takes_no_look_at_every_pair() -> None:
    call = strided("strides").function("numpy")
    many = 200_000
    x, w, c = np.ones(2 * many + 2), np.ones(3), np.ones(many)
    slopes = call(x=x, w=w, c=c)[1]["x"]
    assert slopes[2] == 2 * 2 * 3
    assert slopes[1] == 2 * 3
