"""Random models in matrix notation: sweep and NumPy code against dual numbers that run through loops."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings

import derive
from derive.evaluate import gradient_values, key_of
from derive.gradient import sweep
from derive.targets.generation import function, source
from tests.matrix_models import MatrixSample, finite, matrix_models
from tests.test_gradient import NEAREST_KINK, TOLERANCE, flat

# Where the letters of one line take two sizes, or a line that was lifted could meet the name of a size.
MODELS = {
    "a letter of two sizes in two terms": (
        'equations = """\nm[n] = max(X[n,j] + c*t[j], j)\n'
        "z[i,j] = sum(m[i]*t[j]*v[k]*v[n]*sigmoid(u[i] + c), k, n) + sum(v[k]*u[n]*u[i], k, n)\n"
        "L = sin(c) + sum(u[i]**2, i) + sum(v[i]**2, i) + sum(t[j]**2, j) + sum(X[i,j]**2, i, j)"
        ' + sum(m[i]**2, i) + sum(z[i,j]**2, i, j)\n"""\n'
    ),
    "a size that is named like a maximum": (
        'equations = """\nz = outer(max(outer(x, b), axis=-1), v)\nL = sum(tanh(z**2))\n"""\n'
        "[shapes]\nb = ['m']\nx = ['n']\nv = ['d']"
    ),
    "a logarithm of sums in the exponentials of another": (
        'equations = """\nz = log_softmax(log_softmax(A, axis=1), axis=0)\nL = sum(tanh(z**2))\n"""\n'
        "[shapes]\nA = ['n', 'n']"
    ),
}


def expected_slopes(sample: MatrixSample) -> dict[str, list[float]]:
    """The derivative by every component of every input, where the point is not near a kink."""
    try:
        kinks = sample.kinks()
        expected = {name: sample.slopes(name) for name in sample.values}
    except (ArithmeticError, ValueError):
        assume(False)
    assume(all(distance > NEAREST_KINK for distance in kinks))
    assume(all(map(finite, expected.values())))
    return expected


def floats(value: Any) -> Any:
    """The exact numbers of nested tuples as floats of nested lists."""
    return [floats(each) for each in value] if isinstance(value, tuple) else float(value)


def agree(sample: MatrixSample) -> None:
    """Check the gradient by every input of a model in matrix notation."""
    expected = expected_slopes(sample)
    read = sample.graph()
    sizes = {each.target: read.letter_sizes(each.target) for each in read.equations}
    adjoints = sweep(read.equations, read.loss, functions=read.model.functions, sizes=sizes)
    values = gradient_values(read, adjoints, sample.values)
    for name, slopes in expected.items():
        found = list(flat(values[key])) if (key := key_of(read.loss, name)) in values else None
        scale = max(1.0, *map(abs, slopes))
        ours = found or [0.0] * len(slopes)
        assert ours == pytest.approx(slopes, rel=TOLERANCE, abs=TOLERANCE * scale), name


@given(matrix_models())
@settings(max_examples=100, deadline=None)
def test_the_gradient_of_a_model_in_matrix_notation_is_that_of_its_loops(sample: MatrixSample) -> None:
    agree(sample)


@given(matrix_models())
@settings(max_examples=60, deadline=None)
def test_the_numpy_code_of_a_model_in_matrix_notation_is_that_of_its_loops(sample: MatrixSample) -> None:
    expected = expected_slopes(sample)
    graph = sample.graph()
    _, gradient = function(graph, "numpy")(*(np.array(floats(sample.values[name])) for name in graph.inputs))
    assert gradient.keys() == set(graph.parameters)
    for name, found in gradient.items():
        scale = max(1.0, *map(abs, expected[name]))
        assert np.shape(found) == np.shape(floats(sample.values[name])), name
        assert np.ravel(found) == pytest.approx(expected[name], rel=1e-8, abs=1e-9 * scale), name


@pytest.mark.parametrize("name", MODELS)
def test_code_in_which_two_names_could_meet_is_verified(name: str) -> None:
    assert "Verified: " in source(derive.read(MODELS[name]).gradient().graph, "numpy")
