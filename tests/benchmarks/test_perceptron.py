"""Generated NumPy code of a perceptron beside the same gradient written by hand in place.

784-128-64-10, sigmoid, softmax cross-entropy, a batch of 256 in float32; run with --benchmark-enable.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

import derive.model
from derive.graph import graph
from derive.targets.generation import function, source

WIDTHS, ROWS = (784, 128, 64, 10), 256
MATRICES = """
equations = '''
z1 = W1 @ x + b1
a1 = sigmoid(z1)
z2 = W2 @ a1 + b2
a2 = sigmoid(z2)
z3 = W3 @ a2 + b3
L = softmax_cross_entropy(y, z3)
'''
data = ["x", "y"]
[shapes]
W1 = [128, 784]
b1 = [128]
W2 = [64, 128]
b2 = [64]
W3 = [10, 64]
b3 = [10]
x = [784]
y = [10]
"""
LAYERS = 'network = {layers = [784, 128, 64, 10], activation = "sigmoid", loss = "softmax cross entropy"}\n'
FORMS = {"matrices": MATRICES, "layers": LAYERS}


@cache
def arguments() -> tuple[Any, ...]:
    """Data and parameters, in the order in which the generated function takes them."""
    generator = np.random.default_rng(0)
    x = generator.uniform(size=(ROWS, WIDTHS[0])).astype(np.float32)
    y = np.eye(WIDTHS[-1], dtype=np.float32)[generator.integers(0, WIDTHS[-1], size=ROWS)]
    parameters: list[Any] = []
    for before, after in pairwise(WIDTHS):
        parameters.append((generator.normal(size=(after, before)) / np.sqrt(before)).astype(np.float32))
        parameters.append(np.zeros(after, np.float32))
    return (x, y, *parameters)


def in_place(x: Any, y: Any, *parameters: Any) -> Callable[[], Any]:
    """The gradient as it is written by hand for speed: arrays allocated once, operations in place."""
    w1, b1, w2, b2, w3, b3 = parameters
    a1, t1, d1 = (np.empty((ROWS, WIDTHS[1]), x.dtype) for _ in range(3))
    a2, t2, d2 = (np.empty((ROWS, WIDTHS[2]), x.dtype) for _ in range(3))
    z = np.empty((ROWS, WIDTHS[3]), x.dtype)
    names = ("W1", "b1", "W2", "b2", "W3", "b3")
    found = {name: np.empty_like(each) for name, each in zip(names, parameters, strict=True)}

    def sigmoid(a: Any) -> None:
        np.negative(a, a)
        np.exp(a, a)
        np.add(a, 1, a)
        np.reciprocal(a, a)

    def backward(d: Any, a: Any, t: Any) -> None:
        np.subtract(1, a, t)
        np.multiply(t, a, t)
        np.multiply(d, t, d)

    def run() -> Any:
        np.matmul(x, w1.T, a1)
        np.add(a1, b1, a1)
        sigmoid(a1)
        np.matmul(a1, w2.T, a2)
        np.add(a2, b2, a2)
        sigmoid(a2)
        np.matmul(a2, w3.T, z)
        np.add(z, b3, z)
        np.subtract(z, z.max(1, keepdims=True), z)
        right = np.einsum("ij,ij->i", z, y)
        np.exp(z, z)
        s = z.sum(1, keepdims=True)
        loss = (np.log(s[:, 0]) - right).mean()
        np.divide(z, s, z)
        np.subtract(z, y, z)
        np.multiply(z, x.dtype.type(1 / ROWS), z)
        np.matmul(z.T, a2, found["W3"])
        z.sum(0, out=found["b3"])
        np.matmul(z, w3, d2)
        backward(d2, a2, t2)
        np.matmul(d2.T, a1, found["W2"])
        d2.sum(0, out=found["b2"])
        np.matmul(d2, w2, d1)
        backward(d1, a1, t1)
        np.matmul(d1.T, x, found["W1"])
        d1.sum(0, out=found["b1"])
        return loss, found

    return run


def generated(text: str) -> Callable[[], Any]:
    call = function(graph(derive.model.read(text)), "numpy")
    return lambda: call(*arguments())


@pytest.mark.parametrize("form", FORMS)
def test_generated_and_hand_written_code_agree(form: str) -> None:
    (value, gradient), (expected, slopes) = generated(FORMS[form])(), in_place(*arguments())()
    assert value == pytest.approx(expected, rel=1e-5)
    assert list(gradient) == list(slopes)
    for name, found in gradient.items():
        assert found.dtype == np.float32
        np.testing.assert_allclose(found, slopes[name], rtol=1e-3, atol=1e-6)


@pytest.mark.parametrize("code", [*FORMS, "hand-written"])
def test_time_of_a_batch(benchmark: BenchmarkFixture, code: str) -> None:
    run = in_place(*arguments()) if code == "hand-written" else generated(FORMS[code])
    benchmark.pedantic(run, rounds=300, iterations=1, warmup_rounds=20)


@pytest.mark.parametrize("form", FORMS)
def test_time_from_a_model_to_its_source(benchmark: BenchmarkFixture, form: str) -> None:
    text = benchmark(lambda: source(graph(derive.model.read(FORMS[form])), "numpy"))
    assert "Verified: with smaller widths" in text
