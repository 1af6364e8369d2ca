"""Gradients do not depend on how a model is written: its form, its names, matrices or components."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from fractions import Fraction

import pytest

import derive
from derive.model import Value, read
from tests.dual import Array, Dual, Floats, Problem

FORMS = {
    "plain": """\
h1 = sigmoid(w1*x1 + w2*x2 + b1)
h2 = sigmoid(w3*x1 + w4*x2 + b2)
y_pred = o1 = sigmoid(w5*h1 + w6*h2 + b3)
L = (y_true - y_pred)**2
""",
    "the textbook's LaTeX": r"""
$$f(x) = \frac{1}{1 + e^{-x}}$$

$$h_1 = f(w_1 x_1 + w_2 x_2 + b_1)$$

$$h_2 = f(w_3 x_1 + w_4 x_2 + b_2)$$

$$y_{pred} = o_1 = f(w_5 h_1 + w_6 h_2 + b_3)$$

$$L = (y_{true} - y_{pred})^2$$
""",
    "layers": 'network = {layers = [2, 2, 1], activation = "sigmoid", loss = "squared error"}\n',
}
# The textbook's first person, Alice, with weights of 1 and biases of 0, and the gradient to four digits.
ALICE = {"x1": -2, "x2": -1, "y_true": 1, "b1": 0, "b2": 0, "b3": 0}
ALICE |= {f"w{number}": 1 for number in range(1, 7)}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_a_network_has_the_textbook_s_gradient(form: str) -> None:
    found = derive.read(FORMS[form]).gradient().at(**ALICE)
    assert len(found) == 9
    assert round(found["w1"], 5) == 0.02147
    assert found == derive.read(FORMS["plain"]).gradient().at(**ALICE)


# Letters and words that people write, and that are something else to Python, SymPy or a computer.
NAMES = (
    "alpha lambda sigma2 y_hat λ σ2 θ größe class def import None E I S N Q O beta gamma zeta eta naïve été "
    "x_0 w1_2 theta_max ħ"
)


@pytest.mark.parametrize("name", NAMES.split())
def test_a_gradient_does_not_depend_on_the_names(name: str) -> None:
    found = derive.read(f"{name} = w*x + 1\nL = (y - {name})**2").gradient()
    assert found.at(w=2, x=3, y=1)["w"] == 36


def test_a_function_that_reads_other_names_passes_its_gradient_on() -> None:
    gradient = derive.read("f(t) = t**2 + w*t\nL = f(x + 1)").gradient()
    assert gradient.at(x=1, w=3)["w"] == 2


def test_a_size_divides_a_gradient() -> None:
    text = 'equations = "L = sum(x[i]*w, i)/N"\nshapes = {x = ["N"]}\nparameters = ["w"]'
    assert derive.read(text).gradient().at(x=[1, 2, 6], w=1)["w"] == 3


INPUTS: dict[str, Value] = {
    "A": ((Fraction(1), Fraction(2), Fraction(-3)), (Fraction(4), Fraction(-1, 2), Fraction(6))),
    "B": ((Fraction(2), Fraction(0)), (Fraction(1), Fraction(-1)), (Fraction(3), Fraction(5))),
    "u": (Fraction(1), Fraction(-2), Fraction(3)),
    "v": (Fraction(1, 2), Fraction(4)),
    "w": (Fraction(2), Fraction(-1), Fraction(1, 3)),
}
SHAPES = {"A": ["m", "n"], "B": ["n", "m"], "u": ["n"], "v": ["m"], "w": ["n"]}
SIZES = {"i": 2, "j": 3, "k": 2}
# Matrix notation, and what it means by components.
MATRICES = {
    "z = A @ u + v; L = sum(z**2)": "z[i] = sum(A[i,j]*u[j], j) + v[i]; L = sum(z[i]**2, i)",
    "L = dot(u, w)**2": "L = sum(u[j]*w[j], j)**2",
    "L = v @ A @ u": "L = sum(v[i]*A[i,j]*u[j], i, j)",
    "z = A.T @ v; L = dot(z, u)": "z[j] = sum(A[i,j]*v[i], i); L = sum(z[j]*u[j], j)",
    "L = sum((A @ B)**2)": "C[i,k] = sum(A[i,j]*B[j,k], j); L = sum(C[i,k]**2, i, k)",
    "L = trace(A @ B)": "L = sum(A[i,j]*B[j,i], i, j)",
    "L = norm(A)": "L = sqrt(sum(A[i,j]**2, i, j))",
    "L = sum(A.T * B)": "L = sum(A[i,j]*B[j,i], i, j)",
    "L = sum(sum(A, axis=0)**2)": "s[j] = sum(A[i,j], i); L = sum(s[j]**2, j)",
    "L = sum(sum(A, axis=1)**2)": "s[i] = sum(A[i,j], j); L = sum(s[i]**2, i)",
    "L = mean(u**2)": "L = sum(u[j]**2, j)/3",
    "L = sum(outer(v, u)*A)": "L = sum(v[i]*u[j]*A[i,j], i, j)",
    "L = sum(A*u)": "L = sum(A[i,j]*u[j], i, j)",
    "L = sum(u*w)/n": "L = sum(u[j]*w[j], j)/3",
    "L = sum(sigmoid(A @ u))": "z[i] = sigmoid(sum(A[i,j]*u[j], j)); L = sum(z[i], i)",
    "a = mean(A, axis=1, keepdims=True); L = sum((A - a)**2*u) + sum(a)": (
        "a[i] = sum(A[i,j], j)/3; L = sum((A[i,j] - a[i])**2*u[j], i, j) + sum(a[i], i)"
    ),
    "L = sum(softmax(A, axis=0)*A)": ("s[j] = sum(exp(A[k,j]), k); L = sum(exp(A[i,j])/s[j]*A[i,j], i, j)"),
    "L = dot(softmax(A) @ w, v)": ("s[i] = sum(exp(A[i,j]), j); L = sum(exp(A[i,j])/s[i]*w[j]*v[i], i, j)"),
    "L = sum(log_softmax(A)*u)": ("s[i] = sum(exp(A[i,j]), j); L = sum((A[i,j] - log(s[i]))*u[j], i, j)"),
    "L = dot(logsumexp(A, axis=1), v)": "s[i] = sum(exp(A[i,j]), j); L = sum(log(s[i])*v[i], i)",
    "L = norm(A @ u - v)**2": "r[i] = sum(A[i,j]*u[j], j) - v[i]; L = sum(r[i]**2, i)",
    "L = dot(norm(A, axis=0), u)": "s[j] = sum(A[i,j]**2, i); L = sum(sqrt(s[j])*u[j], j)",
    "L = var(u) + sum(std(A, axis=1)*v)": (
        "m = sum(u[j], j)/3; a[i] = sum(A[i,j], j)/3; s[i] = sum((A[i,j] - a[i])**2, j)/3;"
        " L = sum((u[j] - m)**2, j)/3 + sum(sqrt(s[i])*v[i], i)"
    ),
    "L = sum((diag(v) @ A @ diag(u))**2)": "L = sum((v[i]*A[i,j]*u[j])**2, i, j)",
    "L = sum((A @ ones(n))**2)": "s[i] = sum(A[i,j], j); L = sum(s[i]**2, i)",
    "c = dot(u, w); L = sum(c + u) + sum(c**2 - v)": (
        "c = sum(u[j]*w[j], j); L = sum(c + u[j], j) + sum(c**2 - v[i], i)"
    ),
    "L = sum(norm(A[i] - u)**2*v[i], i)": "L = sum((A[i,j] - u[j])**2*v[i], i, j)",
    "h[i] = tanh(A[i] + u); L = sum(h[i] @ w*v[i], i)": (
        "h[i,j] = tanh(A[i,j] + u[j]); L = sum(h[i,j]*w[j]*v[i], i, j)"
    ),
    "s = sum(A[i]*v[i], i); L = dot(s, u)": "s[j] = sum(A[i,j]*v[i], i); L = sum(s[j]*u[j], j)",
    "L = max(A)*sum(max(A, axis=0))": "L = max(A[i,j], i, j)*sum(max(A[i,j], i), j)",
    "C = A @ B/20; L = dot(diag(softmax(C, axis=0)), v)": (
        "C[i,k] = sum(A[i,j]*B[j,k], j)/20; s[k] = sum(exp(C[i,k]), i); L = sum(exp(C[i,i])/s[i]*v[i], i)"
    ),
    "L = sum(u[i]**2, i) + sum(v[i]**2, i)": "L = sum(u[j]**2, j) + sum(v[i]**2, i)",
}


@pytest.mark.parametrize("notation", MATRICES)
def test_matrix_notation_has_the_gradient_of_its_components(notation: str) -> None:
    loss, slopes = _by_duals(MATRICES[notation])
    model = derive.read(_text(notation, slopes))
    assert {*model.data, *model.parameters} == set(slopes)
    found = model.gradient().at(**{name: INPUTS[name] for name in slopes})
    assert found.loss == pytest.approx(loss, rel=1e-12)
    for name in found:
        assert _flat(found[name]) == pytest.approx(_flat(slopes[name]), rel=1e-9, abs=1e-12)


def _text(notation: str, names: Collection[str]) -> str:
    equations = notation.replace("; ", "\n")
    shapes = ", ".join(f"{name} = {sizes}" for name, sizes in SHAPES.items() if name in names)
    return f'equations = """\n{equations}\n"""\nshapes = {{{shapes}}}\n'


def _by_duals(components: str) -> tuple[float, Mapping[str, Floats]]:
    """The loss and its derivatives by dual numbers."""
    model = read(components.replace("; ", "\n"))
    inputs = {name: _floats(INPUTS[name]) for name in (*model.data, *model.parameters)}
    problem = Problem(model.equations, model.loss, inputs, SIZES, {})
    found = problem.loss_at({name: _duals(value) for name, value in inputs.items()}, Dual)[0]
    assert isinstance(found, Dual)
    return found.value, {name: problem.by_duals(name) for name in inputs}


# The same in LaTeX, where arrays side by side are multiplied as matrices and vectors are columns.
LATEX = {
    r"z = A u + v; L = z^\top z": "z = A @ u + v; L = dot(z, z)",
    r"L = \lVert A u - v \rVert_2^2": "L = norm(A @ u - v)**2",
    r"L = v^T A u + u^\top B v": "L = v @ A @ u + u @ B @ v",
    r"L = \operatorname{tr}(A B A B)": "L = trace(A @ B @ A @ B)",
    r"M = v u^\top \odot A; L = \lVert M \rVert_F^2": "M = outer(v, u)*A; L = norm(M)**2",
    r"L = \sum_i \sum_j A_{ij} u_j v_i": "L = sum(A[i,j]*u[j]*v[i], i, j)",
    r"z = \tanh(A u); L = \sum_k z_k^2": "z = tanh(A @ u); L = sum(z**2)",
    r"L = \mathbf{1}^\top A u + \langle u, w \rangle": "L = sum(A @ u) + dot(u, w)",
    r"L = u^\top \operatorname{diag}(w) B v": "L = u @ diag(w) @ B @ v",
    r"P = \operatorname{softmax}(A); L = v^\top P u": "P = softmax(A); L = v @ P @ u",
    r"L = \sum_i (v_i - u^\top A_i)^2": "L = sum((v - A @ u)**2)",
    r"L = \sum (B v - u)^2": "L = sum((B @ v - u)**2)",
}


@pytest.mark.parametrize("text", LATEX)
def test_arrays_in_latex_mean_what_they_mean_in_the_plain_form(text: str) -> None:
    plain = derive.read(_text(LATEX[text], INPUTS.keys() & _letters(LATEX[text])))
    latex = derive.read(_text(text, INPUTS.keys() & _letters(LATEX[text])).replace('"""', "'''"))
    point = {name: INPUTS[name] for name in (*plain.data, *plain.parameters)}
    assert latex.gradient().at(**point) == plain.gradient().at(**point)


def _letters(text: str) -> set[str]:
    return set(re.findall(r"\b[A-Za-z]\b", text))


def _floats(value: Value) -> Floats:
    return [_floats(each) for each in value] if isinstance(value, tuple) else float(value)


def _duals(value: Floats) -> Array:
    return Dual(value) if isinstance(value, float) else [_duals(each) for each in value]


def _flat(value: Floats) -> list[float]:
    return [value] if isinstance(value, float) else [number for each in value for number in _flat(each)]
