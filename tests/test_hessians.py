"""The second derivatives of the gallery's models agree with JAX's, at random points.

The Hessian as a matrix for models of few parameters, its product with a random vector as NumPy code for all.
The scale of an error is the largest component of the Hessian, or of the product by the same parameter.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from keyword import iskeyword
from typing import Any
from zlib import crc32

import jax
import numpy as np
import pytest

from tests.backward_passes.references import REFERENCES
from tests.test_backward_passes import WIDTHS, model, point

# Models with few parameters, whose values tell the sizes of their arrays.
SMALL = (
    "black-scholes",
    "convolution",
    "cosine-similarity",
    "embedding",
    "focal-loss",
    "l2-regularisation",
    "linear-regression",
    "pinhole-camera",
    "rbf-network",
    "softmax-cross-entropy",
)
POINTS = 2
TOLERANCE = 1e-11
# 1 - tanh², 1 + erf and the like lose digits that a gradient keeps.
SMALLEST_SCALE = 1e-3
Arrays = Mapping[str, np.ndarray]


@cache
def product(name: str) -> Any:
    """The gradient whose numbers are the Hessian times a vector."""
    return model(name, 1 if name in WIDTHS else 0).gradient().hessian_vector_product()


@cache
def code(name: str) -> Any:
    return product(name).function("numpy")


def directed(name: str, values: Arrays, vector: Arrays) -> Arrays:
    """JAX's Hessian times a vector: the change of its gradient along that."""
    rest = {each: value for each, value in values.items() if each not in vector}
    slopes = jax.grad(lambda parameters: REFERENCES[name](**rest, **parameters))
    parameters = {each: jax.numpy.asarray(values[each]) for each in vector}
    _, found = jax.jvp(slopes, (parameters,), ({each: jax.numpy.asarray(v) for each, v in vector.items()},))
    return {each: np.asarray(value) for each, value in found.items()}


@pytest.mark.parametrize("name", sorted(REFERENCES))
def test_the_code_of_the_hessian_times_a_vector_agrees_with_automatic_differentiation(name: str) -> None:
    for number in range(POINTS):
        values = point(name, 1, number)
        random = np.random.default_rng(number)
        wrt = model(name, 1 if name in WIDTHS else 0).wrt
        vector = {each: random.uniform(-1, 1, np.shape(values[each])) for each in wrt}
        known = {**values, **{f"v_{each}": part for each, part in vector.items()}}
        read = (each for each in product(name).graph.inputs)
        _, found = code(name)(**{f"{each}_" if iskeyword(each) else each: known[each] for each in read})
        for each, wanted in directed(name, values, vector).items():
            scale = max(np.max(np.abs(wanted)), SMALLEST_SCALE)
            np.testing.assert_allclose(found[each], wanted, rtol=0, atol=TOLERANCE * scale, err_msg=each)


@pytest.mark.parametrize("name", SMALL)
def test_the_hessian_agrees_with_automatic_differentiation(name: str) -> None:
    made = model(name, 0)
    hessian = made.gradient().hessian()
    values = _at_own_sizes(name)
    found = hessian.at(**{each: value.tolist() for each, value in values.items()})
    rest = {each: value for each, value in values.items() if each not in made.wrt}
    wanted = jax.hessian(lambda parameters: REFERENCES[name](**rest, **parameters))(
        {each: jax.numpy.asarray(values[each]) for each in made.wrt}
    )
    blocks = [
        [
            np.asarray(wanted[row][column]).reshape(values[row].size, values[column].size)
            for column in made.wrt
        ]
        for row in made.wrt
    ]
    matrix = np.block(blocks)
    assert np.max(np.abs(matrix)) > 0 or name == "embedding"
    scale = max(np.max(np.abs(matrix)), SMALLEST_SCALE)
    np.testing.assert_allclose(np.array(found.matrix), matrix, rtol=0, atol=TOLERANCE * scale)


def _at_own_sizes(name: str) -> Arrays:
    """Random inputs with the sizes of the model's own values: drawn, then cut or repeated to that length."""
    made = model(name, 0)
    random = np.random.default_rng(crc32(name.encode()))
    drawn = point(name, 0, 0)
    found: dict[str, np.ndarray] = {}
    for each, value in drawn.items():
        lengths = np.shape(made.values[each])
        is_mask = set(np.unique(value)) <= {0.0, 1.0}
        spread = value if is_mask or not lengths else random.uniform(-1, 1, lengths)
        found[each] = np.resize(spread, lengths)
    return found
