"""Tensor models against JAX: the loss, its gradient and the Hessian times a vector, at two shapes each."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any
from zlib import crc32

import jax
import numpy as np
import pytest

import derive
from tests.tensor_models import MODELS

# The sizes that symbols take, by their place in the alphabet of the model.
SIZES = ((4, 2, 3, 5, 2), (5, 3, 4, 2, 3))
TOLERANCE = 1e-12
Arrays = Mapping[str, np.ndarray]


@cache
def gradient(name: str) -> derive.Gradient:
    return derive.read(MODELS[name].text).gradient()


@cache
def slopes(name: str) -> Any:
    return jax.grad(lambda inputs: MODELS[name].reference(**inputs))


def point(name: str, trial: int) -> dict[str, np.ndarray]:
    """Random inputs of the shapes of one trial."""
    graph, model = gradient(name).graph, MODELS[name]
    random = np.random.default_rng(crc32(f"{name} {trial}".encode()))
    shapes = {each: graph.shapes.get(each, ()) for each in graph.inputs}
    symbols = sorted({size for shape in shapes.values() for size in shape if isinstance(size, str)})
    values: dict[str, np.ndarray] = {}
    for each, shape in shapes.items():
        lengths = tuple(s if isinstance(s, int) else SIZES[trial][symbols.index(s)] for s in shape)
        if each in model.one_hot:
            values[each] = np.eye(lengths[-1])[random.integers(0, lengths[-1], lengths[:-1])]
        else:
            values[each] = random.uniform(*model.intervals.get(each, (-1, 1)), lengths)
    return values


def scale(name: str, values: Arrays, found: Mapping[str, Any]) -> dict[str, float]:
    """How large the terms of each derivative are: its size, and how it moves with its inputs."""
    step = 2.0**-20
    random = np.random.default_rng(0)
    signs = {each: random.choice((-1.0, 1.0), value.shape) for each, value in values.items()}
    there = slopes(name)({each: value * (1 + step * signs[each]) for each, value in values.items()})
    moved = {each: np.max(np.abs(np.asarray(there[each]) - found[each])) / step for each in found}
    return {each: float(np.max(np.abs(found[each])) + moved[each]) for each in found}


@pytest.mark.parametrize("trial", range(2))
@pytest.mark.parametrize("name", MODELS)
def test_the_gradient_of_a_tensor_model_agrees_with_automatic_differentiation(name: str, trial: int) -> None:
    values = point(name, trial)
    loss, found = gradient(name).function("numpy")(**values)
    wanted = {each: np.asarray(slopes(name)(values)[each]) for each in found}
    assert np.isclose(loss, MODELS[name].reference(**values), rtol=1e-12, atol=1e-12)
    terms = scale(name, values, wanted)
    for each, expected in wanted.items():
        assert np.shape(found[each]) == expected.shape
        assert np.max(np.abs(found[each] - expected)) <= TOLERANCE * terms[each] + 1e-300, each


@pytest.mark.parametrize("name", MODELS)
def test_the_hessian_of_a_tensor_model_times_a_vector_agrees_too(name: str) -> None:
    values, product = point(name, 0), gradient(name).hessian_vector_product()
    random = np.random.default_rng(1)
    vector = {each: random.uniform(-1, 1, np.shape(values[each])) for each in gradient(name)}
    directions = {each: vector.get(each, np.zeros(value.shape)) for each, value in values.items()}
    _, wanted = jax.jvp(slopes(name), (values,), (directions,))
    known = {**values, **{f"v_{each}": part for each, part in vector.items()}}
    _, found = product.function("numpy")(**{each: known[each] for each in product.graph.inputs})
    for each in vector:
        largest = max(1.0, float(np.max(np.abs(wanted[each]))))
        np.testing.assert_allclose(found[each], wanted[each], rtol=0, atol=1e-11 * largest, err_msg=each)


@pytest.mark.parametrize("name", MODELS)
def test_a_tensor_model_has_proved_walkthroughs(name: str) -> None:
    made = gradient(name)
    assert made.walkthrough(extent="full").latex()
    assert made.walkthrough(next(iter(made)), extent="brief").markdown()
    assert made.hessian_vector_product().walkthrough().latex()
