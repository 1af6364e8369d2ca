"""What model files mean: their equations by components, functions, roles, shapes, values and places."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.errors import ModelError, Place
from derive.evaluate import evaluate
from derive.formula import Indexed, Name
from derive.model import Model, read
from derive.notation import latex, plain
from tests.page import Case, cases
from tests.stopwatch import spent

PAGE = cases("models")


def told(model: Model) -> str:
    """A model on a page: equations, functions, the loss if it is not the last, roles, shapes."""
    lines = [" = ".join((plain(each.left), *each.aliases, plain(each.formula))) for each in model.equations]
    for row in model.functions.values():
        body = row.body()
        assert body is not None
        lines.append(f"{row.name}({', '.join(row.parameters)}) = {plain(body)}")
    if model.loss != model.equations[-1].target:
        lines.append(f"loss: {model.loss}")
    if model.data:
        lines.append(f"data: {', '.join(model.data)}")
    if model.parameters:
        inferred = " (inferred)" if model.inferred else ""
        lines.append(f"parameters{inferred}: {', '.join(model.parameters)}")
    if model.wrt != model.parameters:
        lines.append(f"by: {', '.join(model.wrt)}")
    lines += [f"{name}: {' × '.join(map(str, sizes))}" for name, sizes in model.shapes.items()]
    return "\n".join(lines)


@pytest.mark.parametrize("case", PAGE, ids=lambda case: case.title)
def test_a_model_means_what_the_page_says(case: Case) -> None:
    assert told(read(case.given)) == case.expected


@pytest.mark.parametrize("case", PAGE, ids=lambda case: case.title)
def test_what_a_model_means_is_a_model_that_means_the_same(case: Case) -> None:
    """Components, sums and lists of names say all that the short forms say."""
    model = read(case.given)
    again = read(written_out(model))
    assert again.equations == model.equations
    assert (again.data, again.parameters, again.wrt) == (model.data, model.parameters, model.wrt)
    assert again.shapes == model.shapes


def written_out(model: Model) -> str:
    """The model as a file that leaves nothing to be inferred."""
    functions = [
        f"{row.name}({', '.join(row.parameters)}) = {plain(body)}"
        for row in model.functions.values()
        if (body := row.body())
    ]
    lines = [
        " = ".join(
            (plain(each.left), *(_alias(alias, each.indices) for alias in each.aliases), plain(each.formula))
        )
        for each in model.equations
    ]
    lists = {"data": model.data, "parameters": model.parameters, "wrt": model.wrt}
    settings = [f"{key} = {_listed(names)}" for key, names in lists.items()]
    settings.append(f'loss = "{model.loss}"')
    sizes = [f'"{name}" = {_listed(each)}' for name, each in model.shapes.items()]
    equations = "\n".join(["equations = '''", *functions, *lines, "'''", "form = 'plain'"])
    return "\n".join([equations, *settings, "[shapes]", *sizes])


def _alias(name: str, indices: tuple[str, ...]) -> str:
    return f"{name}[{','.join(indices)}]" if indices else name


def _listed(entries: tuple[object, ...]) -> str:
    return f"[{', '.join(str(each) if isinstance(each, int) else repr(str(each)) for each in entries)}]"


# The network of the textbook, written in every form.
PLAIN = """
h1 = sigmoid(w1*x1 + w2*x2 + b1)
h2 = sigmoid(w3*x1 + w4*x2 + b2)
y_pred = o1 = sigmoid(w5*h1 + w6*h2 + b3)
L = (y_true - y_pred)**2
"""
FORMS = {
    "plain": PLAIN,
    "TOML": f'title = "A network"\nequations = """{PLAIN}"""',
    "a loss by name": PLAIN.replace("(y_true - y_pred)**2", "squared_error(y_true, o1)"),
    "layers": "network = {layers = [2, 2, 1]}",
    "LaTeX": r"""
        $$h_1 = \sigma(w_1 x_1 + w_2 x_2 + b_1)$$
        \begin{aligned}
        h_2 &= \sigma(w_3 x_1 + w_4 x_2 + b_2) \\
        y_{\text{pred}} &= o_1 = \sigma(w_5 h_1 + w_6 h_2 + b_3) \\[2pt]
        L &= (y_{true} - y_{pred})^2
        \end{aligned}""",
    "another sign and other spaces": PLAIN.replace("*", " * ").replace(" *  * ", "**").replace("+", "  +  "),
}


@pytest.mark.parametrize("form", FORMS)
def test_the_network_of_the_textbook_is_one_model_in_every_form(form: str) -> None:
    model = read(FORMS[form])
    assert model.equations == read(PLAIN).equations
    assert model.loss == "L"
    assert set(model.data) == {"x1", "x2", "y_true"}
    assert set(model.wrt) == {f"w{at}" for at in range(1, 7)} | {"b1", "b2", "b3"}


# Matrix notation, the shapes of its names, and the same in NumPy.
ARRAYS: dict[str, tuple[dict[str, tuple[int, ...]], Callable[..., Any]]] = {
    "A @ x": ({"A": (2, 3), "x": (3,)}, lambda a, x: a @ x),
    "x @ A": ({"A": (2, 3), "x": (2,)}, lambda a, x: x @ a),
    "A @ B": ({"A": (2, 3), "B": (3, 4)}, lambda a, b: a @ b),
    "A @ B.T": ({"A": (2, 3), "B": (4, 3)}, lambda a, b: a @ b.T),
    "A.T @ A": ({"A": (2, 3)}, lambda a: a.T @ a),
    "(A @ B) @ x": ({"A": (2, 3), "B": (3, 4), "x": (4,)}, lambda a, b, x: a @ b @ x),
    "x.T @ A @ B @ y": (
        {"A": (2, 3), "B": (3, 4), "x": (2,), "y": (4,)},
        lambda a, b, x, y: x @ a @ b @ y,
    ),
    "A.T": ({"A": (2, 3)}, lambda a: a.T),
    "x.T": ({"x": (3,)}, lambda x: x),
    "A + x": ({"A": (2, 3), "x": (3,)}, lambda a, x: a + x),
    "A*x/2 - x**2": ({"A": (2, 3), "x": (3,)}, lambda a, x: a * x / 2 - x**2),
    "-A*c": ({"A": (2, 3), "c": ()}, lambda a, c: -a * c),
    "max(A, x)": ({"A": (2, 3), "x": (3,)}, np.maximum),
    "x if x > c else c*x": ({"x": (3,), "c": ()}, lambda x, c: np.where(x > c, x, c * x)),
    "sum(A)": ({"A": (2, 3)}, np.sum),
    "sum(A, axis=0)": ({"A": (2, 3)}, lambda a: a.sum(axis=0)),
    "sum(A, axis=-1)": ({"A": (2, 3)}, lambda a: a.sum(axis=-1)),
    "sum(A, axis=(0, 1))": ({"A": (2, 3)}, np.sum),
    "mean(A)": ({"A": (2, 3)}, np.mean),
    "mean(A, axis=1)": ({"A": (2, 3)}, lambda a: a.mean(axis=1)),
    "max(A)": ({"A": (2, 3)}, np.max),
    "min(A, axis=0)": ({"A": (2, 3)}, lambda a: a.min(axis=0)),
    "A - mean(A, axis=0)": ({"A": (2, 3)}, lambda a: a - a.mean(axis=0)),
    "dot(x, y)": ({"x": (3,), "y": (3,)}, np.dot),
    "dot(A, x)": ({"A": (2, 3), "x": (3,)}, np.dot),
    "outer(x, y)": ({"x": (2,), "y": (3,)}, np.outer),
    "trace(A @ A.T)": ({"A": (2, 3)}, lambda a: np.trace(a @ a.T)),
    "diag(A.T @ A)": ({"A": (2, 3)}, lambda a: np.diag(a.T @ a)),
    "norm(x)**2": ({"x": (3,)}, lambda x: x @ x),
    "norm(A)**2": ({"A": (2, 3)}, lambda a: np.sum(a * a)),
    "dot(x, [c, 2*c])": ({"x": (2,), "c": ()}, lambda x, c: x[0] * c + x[1] * 2 * c),
    "sum(x*sum(A, axis=0))": ({"A": (2, 3), "x": (3,)}, lambda a, x: np.sum(x * a.sum(axis=0))),
    "sum(sum(A[i,j]*x[j], j), i)": ({"A": (2, 3), "x": (3,)}, lambda a, x: np.sum(a @ x)),
    "mean_squared_error(x, y)": ({"x": (3,), "y": (3,)}, lambda x, y: np.mean((x - y) ** 2)),
    "mean_squared_error(x, A @ y)": (
        {"A": (2, 3), "x": (2,), "y": (3,)},
        lambda a, x, y: np.mean((x - a @ y) ** 2),
    ),
    "squared_error(A, x)": ({"A": (2, 3), "x": (3,)}, lambda a, x: (a - x) ** 2),
    "sum(huber(x, y))": (
        {"x": (3,), "y": (3,)},
        lambda x, y: np.sum(np.where(abs(x - y) <= 1, (x - y) ** 2 / 2, abs(x - y) - 0.5)),
    ),
}


@pytest.mark.parametrize("notation", ARRAYS)
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_matrix_notation_means_what_numpy_computes(notation: str, data: st.DataObject) -> None:
    shapes, in_numpy = ARRAYS[notation]
    entries = {
        name: np.array(
            data.draw(st.lists(st.integers(-9, 9), min_size=(size := int(np.prod(shape))), max_size=size)),
            dtype=float,
        ).reshape(shape)
        for name, shape in shapes.items()
    }
    declared = "\n".join(f"{name} = {list(shape)}" for name, shape in shapes.items() if shape)
    model = read(f"equations = '''\nresult = {notation}\nL = c0*sum(1*v)\n'''\n[shapes]\nv = [1]\n{declared}")
    values = {name: _exact(array.tolist()) for name, array in entries.items()}
    found = evaluate(model.equations[:1], values, shapes=model.shapes)["result"]
    expected = in_numpy(*(entries[name] for name in shapes))
    assert np.allclose(_floats(found), expected, rtol=1e-12, atol=1e-12)
    assert np.shape(_floats(found)) == np.shape(expected)


def _exact(entries: Any) -> Any:
    return tuple(map(_exact, entries)) if isinstance(entries, list) else Fraction(entries)


def _floats(value: Any) -> Any:
    return [_floats(each) for each in value] if isinstance(value, tuple) else float(value)


WIDTHS = st.lists(st.integers(1, 4), min_size=2, max_size=5)


@given(layers=WIDTHS)
def test_a_network_has_a_weight_for_every_connection_and_a_bias_for_every_neuron(layers: list[int]) -> None:
    model = read(f"network = {{layers = {layers}, form = 'neurons', loss = 'mean squared error'}}")
    weights = sum(before * after for before, after in pairwise(layers))
    neurons = sum(layers[1:])
    assert model.parameters == (
        *(f"w{at}" for at in range(1, weights + 1)),
        *(f"b{at}" for at in range(1, neurons + 1)),
    )
    assert len(model.equations) == neurons + 1
    read_once = [name for each in model.equations for name in each.reads if name in model.parameters]
    assert sorted(read_once) == sorted(model.parameters)


@given(layers=WIDTHS, data=st.data())
def test_a_network_means_the_same_by_neurons_and_by_matrices(layers: list[int], data: st.DataObject) -> None:
    settings = f"layers = {layers}, activation = 'relu', loss = 'absolute error'"
    neurons = read(f"network = {{{settings}, form = 'neurons'}}")
    matrices = read(f"network = {{{settings}, form = 'matrix'}}")
    numbers = iter(data.draw(st.lists(st.integers(-5, 5), min_size=120, max_size=120)))
    scalars = {name: Fraction(next(numbers)) for name in (*neurons.parameters, *neurons.data)}
    arrays = _as_arrays(layers, scalars, neurons)
    one = evaluate(neurons.equations, scalars)["L"]
    other = evaluate(matrices.equations, arrays, shapes=matrices.shapes)["L"]
    assert float(one) == float(other)  # type: ignore[arg-type]


def _as_arrays(layers: list[int], scalars: Mapping[str, Fraction], model: Model) -> dict[str, Any]:
    """The numbers of a network by neurons, in the arrays of its matrix form."""
    weights = iter([scalars[name] for name in model.parameters if name.startswith("w")])
    biases = iter([scalars[name] for name in model.parameters if name.startswith("b")])
    arrays: dict[str, Any] = {
        "x": tuple(scalars[name] for name in model.data[: layers[0]]),
        "y_true": tuple(scalars[name] for name in model.data[layers[0] :]),
    }
    for layer, (before, after) in enumerate(pairwise(layers), 1):
        arrays[f"W{layer}"] = tuple(tuple(next(weights) for _ in range(before)) for _ in range(after))
        arrays[f"b{layer}"] = tuple(next(biases) for _ in range(after))
    return arrays


def test_a_wide_network_is_written_by_matrices() -> None:
    model = read("network = {layers = [784, 100, 10], loss = 'softmax cross-entropy'}")
    assert model.parameters == ("W1", "b1", "W2", "b2")
    assert model.shapes["W1"] == (100, 784)


def test_more_than_a_handful_of_neurons_are_written_by_matrices() -> None:
    assert "W1" in read("network = {layers = [20, 16, 16, 10], loss = 'softmax cross-entropy'}").parameters
    assert "w1" in read("network = {layers = [3, 8, 1]}").parameters


# A number of the file and the exact rational that it spells.
NUMBERS: dict[str, Any] = {
    "1": Fraction(1),
    "-2": Fraction(-2),
    "0.1": Fraction(1, 10),
    "-0.50": Fraction(-1, 2),
    "1e-3": Fraction(1, 1000),
    "2.5E+2": Fraction(250),
    "1_000": Fraction(1000),
    "0x10": Fraction(16),
    '"1/3"': Fraction(1, 3),
    '"-2 / 7"': Fraction(-2, 7),
    '"0.25"': Fraction(1, 4),
    "[1, 0.5]": (Fraction(1), Fraction(1, 2)),
    "[[1, 2], [3, 4]]": ((Fraction(1), Fraction(2)), (Fraction(3), Fraction(4))),
}


@pytest.mark.parametrize("spelled", NUMBERS)
def test_values_are_the_rationals_that_they_spell(spelled: str) -> None:
    value = NUMBERS[spelled]
    rank = 0 if isinstance(value, Fraction) else 2 if isinstance(value[0], tuple) else 1
    term = ("w", "sum(w[i], i)", "sum(w[i,j], i, j)")[rank]
    assert read(f'equations = "L = {term}*x"\n[values]\nw = {spelled}').values["w"] == value


NOTATIONS = (
    r"y_{\text{true}}", r"\hat y", r"\mathbf{w}", r"\boldsymbol{\theta}_1", "x'", r"\mathcal{L}",
    r"w^{(1)}_{ij}", r"\operatorname{pred}", r"\tilde{\sigma}^2", r"y^\star", r"a^{[l]}",
)  # fmt: skip


@pytest.mark.parametrize("spelling", NOTATIONS)
def test_notation_of_the_field_is_taken(spelling: str) -> None:
    model = read(f"equations = 'L = (y - w)**2'\n[notation]\ny = {json.dumps(spelling)}")
    assert model.notation == {"y": spelling}


PLACES = {
    "the first line of the text": ("h = w*x\nL = (y - h)**2", Place(None, 1, 0, "h = w*x", 1)),
    "a line of a file": (
        'title = "t"\n\nequations = """\n\n  h = w*x  # weigh\nL = (y - h)**2\n"""',
        Place(None, 5, 2, "  h = w*x  # weigh", 1),
    ),
    "the line of the key": (
        "equations = '''h = w*x\nL = (y - h)**2'''",
        Place(None, 1, 15, "equations = '''h = w*x", 1),
    ),
    "a text on one line": (
        'data = ["x"]\nequations = "h = w*x"  # no more',
        Place(None, 2, 13, 'equations = "h = w*x"  # no more', 1),
    ),
    "lines that end as on Windows": (
        'title = "t"\r\nequations = """\r\nh = w*x\r\nL = (y - h)**2\r\n"""\r\n',
        Place(None, 3, 0, "h = w*x", 1),
    ),
    "a display": ("$$\nh = w x\n$$\nL = (y - h)^2", Place(None, 2, 0, "h = w x", 1)),
}


@pytest.mark.parametrize("name", PLACES)
def test_an_equation_knows_its_place_in_the_file(name: str) -> None:
    text, place = PLACES[name]
    assert read(text).equations[0].place == place


def test_whatever_holds_an_equals_sign_or_a_line_break_is_a_text(tmp_path: Path) -> None:
    path = tmp_path / "two.txt"
    path.write_text("L = w*x\n", encoding="utf-8")
    assert read("L = w*x").name == "model"
    assert read("\nL = w*x").equations == read(path).equations == read(str(path)).equations
    assert read(path).name == "two"
    with pytest.raises(ModelError, match="there is no file no-such-model"):
        read("no-such-model")


def test_a_model_file_can_be_read_as_a_text(tmp_path: Path) -> None:
    text = 'title = "One neuron"\nequations = "L = (y - w*x)**2"\n[values]\nw = 2'
    path = tmp_path / "neuron.toml"
    path.write_text(text, encoding="utf-8")
    assert read(text).equations == read(path).equations
    assert read(path).title == "One neuron"


def test_the_author_s_order_and_parentheses_are_kept() -> None:
    model = read("z = b + (w1*x1 + w2*x2)\nL = 0.50*(y - z)**2")
    assert plain(model.equations[0].formula) == "b + (w1*x1 + w2*x2)"
    assert plain(model.equations[1].formula) == "0.50*(y - z)**2"


def test_an_equation_remembers_the_loss_that_it_was_written_with() -> None:
    model = read("p = sigmoid(w*x)\nL = cross_entropy(y, p) + v**2")
    assert model.losses == {"L": "binary_cross_entropy"}


def test_index_letters_avoid_the_names_of_the_model() -> None:
    model = read("equations = 'L = sum(i*x)*j'\n[shapes]\nx = ['n']")
    letters = {
        index.name
        for each in model.equations
        for term in each.terms
        for node in (term.body, *term.body.children)
        if isinstance(node, Indexed)
        for index in node.indices
        if isinstance(index, Name)
    }
    assert letters
    assert letters.isdisjoint({"i", "j", "n", "x"})


def test_a_model_of_thousands_of_parameters_is_read_at_once() -> None:
    """97 neurons and their 2,689 parameters take some hundredths of a second; the limit is generous."""
    with spent() as seconds:
        model = read("network = {layers = [16, 32, 32, 32, 1], form = 'neurons'}")
    assert seconds() < 1
    assert (len(model.equations), len(model.parameters)) == (98, 2689)


# Short texts that stand for endless work.
ENDLESS = {
    "functions that double, with a name of the model": "f0(t) = t*b\n"
    + "\n".join(f"f{at}(t) = f{at - 1}(t)*f{at - 1}(t)" for at in range(1, 60))
    + "\nL = f59(x)",
    "a call in a call in a call": "f(t) = t*t*b\nL = " + "f(" * 60 + "x" + ")" * 60,
    "a key of 50,000 parts": "equations = 'L = w*x'\n" + ".".join("a" * 50_000) + " = 1",
    "a value of 100,000 digits": "equations = 'L = w*x'\n[values]\nw = " + "1" * 100_000,
    "a million weights, a neuron each": "network = {layers = [1000, 1000, 10], form = 'neurons'}",
    "millions of exponentials": (
        "network = {layers = [1, 5000], loss = 'softmax cross-entropy', form = 'neurons'}"
    ),
    "a chain of 30,000 matrices": "L = " + "@".join(["A"] * 30_000),
    "a sum of 3,000 calls of a sum": "f(t) = sum(w[i]*t, i)\nL = "
    + " + ".join(["f(x)"] * 3_000)
    + " + f(f(f(x",
}


@pytest.mark.parametrize("name", ENDLESS)
def test_endless_work_is_refused_within_a_second(name: str) -> None:
    with spent() as seconds, pytest.raises(ModelError):
        read(ENDLESS[name])
    assert seconds() < 1


# Names that would be printed alike.


@pytest.mark.parametrize(
    ("text", "apart"),
    [
        ("L = sum(w[i]*x[i], i) + x_0", {"x_0"}),
        ("L = sum(w[i]*x[i], i) + w0*w1", {"w0", "w1"}),
        ("L = sum(w[i]*x[i], i) + x_i", {"x_i"}),
        ("L = sum(x1[i]**2, i) + x1_0", {"x1_0"}),
        ("L = sum(W[i,j]*W1[j], i, j)", {"W1"}),
        ("L = sum(W[i,j]*W1[i,j], i, j) + W_2", set()),
        ("L = sum(w[i]*x[i], i) + x_out + y_0", set()),
        ("L = x_0 + x_1 + x", set()),
    ],
)
def test_what_would_be_printed_like_a_component_of_an_array_is_printed_apart(
    text: str, apart: set[str]
) -> None:
    model = read(text)
    assert model.notation.keys() == apart
    spelled = [latex(Name(name), model.notation) for name in model.parameters]
    assert len(set(spelled)) == len(spelled)


def test_the_author_spells_a_name_beside_an_array_as_wanted() -> None:
    model = read("equations = 'L = sum(w[i]*x[i], i) + w0'\n[notation]\nw0 = 'w_{0}'")
    assert model.notation == {"w0": "w_{0}"}


@pytest.mark.parametrize("text", ["L = norm(x)^2", "L = dot(x,y)^2", "L = 0.5x^2", "J = cos(x^2)"])
def test_a_caret_beside_words_that_both_forms_know_speaks_for_latex(text: str) -> None:
    assert read(text).loss in ("L", "J")
