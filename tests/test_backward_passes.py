"""The gradients that people look up agree with JAX's, at random points and three shapes each.

The scale of a component's error is the sum of the absolute terms that make it up. It is taken from JAX: how
large the terms of the chain rule are shows in how their sum moves when every input moves by a relative ε,
|g(x·(1 + ε)) - g(x)|/ε, for two directions of ε, beside |g| itself. Inputs are drawn from (-1, 1), where no
gate is saturated, and options near the money: 1 - tanh² and 1 + erf would lose digits further out that this
scale does not see.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from keyword import iskeyword
from pathlib import Path
from typing import Any
from zlib import crc32

import jax
import numpy as np
import pytest

import derive
from tests.backward_passes.references import REFERENCES

Arrays = Mapping[str, np.ndarray]

EXAMPLES = Path(derive.__file__).parent / "examples"
POINTS = 20
TOLERANCE = 1e-12
# The three sizes that a symbol takes; by the symbol's place in the model, so that no two are alike by chance.
SIZES = ((3, 5, 2, 7), (4, 2, 6, 3), (2, 3, 5, 4))
# Where a quantity has a meaning only in a domain: names with the interval that their values are drawn from.
INTERVALS: Mapping[str, Mapping[str, tuple[float, float]]] = {
    "batch-normalisation": {"eps": (0.01, 0.1)},
    "layer-normalisation": {"eps": (0.01, 0.1)},
    "rms-normalisation": {"eps": (0.01, 0.1)},
    "infonce": {"tau": (0.3, 1.5)},
    "l2-regularisation": {"lambda": (0.01, 2)},
    "dropout": {"q": (0.3, 0.9)},
    "focal-loss": {"alpha": (0.1, 0.9), "gamma": (0.5, 3)},
    "rbf-network": {"gamma": (0.1, 1)},
    "pinhole-camera": {"X3": (3, 6), "f": (0.5, 2), "r1": (-0.1, 0.1), "r2": (-0.1, 0.1), "r3": (-0.1, 0.1)},
    "black-scholes": {"S": (80, 120), "K": (80, 120), "sigma": (0.2, 0.5), "r": (-0.02, 0.08), "T": (0.5, 3)},
}
# Zeros and ones: a mask, labels, one-hot rows.
MASKS = {("dropout", "m"), ("focal-loss", "y")}
ONE_HOT = {("softmax-cross-entropy", "y"), ("mlp", "y"), ("embedding", "x")}
# Numbers as shapes: read with others in their place.
WIDTHS = {"mlp": ((784, 128, 64, 10), (7, 5, 4, 3), (3, 6, 2, 5))}


@cache
def model(name: str, trial: int) -> Any:
    """The model; where its shapes are numbers, with other numbers for the second and the third trial."""
    text = (EXAMPLES / f"{name}.toml").read_text(encoding="utf-8")
    if name in WIDTHS:
        widths = dict(zip(map(str, WIDTHS[name][0]), map(str, WIDTHS[name][trial]), strict=True))
        head, mark, shapes = text.partition("[shapes]")
        text = head + mark + re.sub(r"\d+(?=[,\]])", lambda match: widths[match[0]], shapes)
    return derive.read(text)


@cache
def function(name: str, trial: int) -> Any:
    return model(name, trial if name in WIDTHS else 0).gradient().function("numpy")


@cache
def slopes(name: str) -> Any:
    return jax.grad(lambda inputs: REFERENCES[name](**inputs))


def size(symbol: Any, symbols: list[str], trial: int) -> int:
    """The number that a size stands for; one like T - K + 1 follows from the others."""
    if isinstance(symbol, int):
        return symbol
    if symbol in symbols:
        return SIZES[trial][symbols.index(symbol) % 4] + (4 if symbol == "T" else 0)
    assert re.fullmatch(r"T - K \+ 1", symbol), symbol
    return size("T", symbols, trial) - size("K", symbols, trial) + 1


def point(name: str, trial: int, number: int) -> dict[str, np.ndarray]:
    """Random inputs."""
    made = model(name, trial if name in WIDTHS else 0)
    graph = made.gradient().graph
    random = np.random.default_rng(crc32(f"{name} {trial} {number}".encode()))
    shapes = {each: graph.shapes.get(each, ()) for each in graph.inputs}
    symbols = sorted(
        {s for shape in shapes.values() for s in shape if isinstance(s, str) and s.isidentifier()}
    )
    values: dict[str, np.ndarray] = {}
    for each, shape in shapes.items():
        dims = tuple(size(symbol, symbols, trial) for symbol in shape)
        if name == "mlp" and each in made.data:
            dims = (4, *dims)
        low, high = INTERVALS.get(name, {}).get(each, (-1, 1))
        if (name, each) in MASKS:
            values[each] = random.integers(0, 2, dims).astype(float)
        elif (name, each) in ONE_HOT:
            values[each] = np.eye(dims[-1])[random.integers(0, dims[-1], dims[:-1])]
        else:
            values[each] = random.uniform(low, high, dims)
    return values


def scale(
    name: str, values: Mapping[str, np.ndarray], found: Mapping[str, np.ndarray]
) -> dict[str, np.ndarray]:
    """How large the terms of each component of the gradient are: see the top of this file."""
    random = np.random.default_rng(0)
    step = 2.0**-20
    moved = {each: np.abs(found[each]) for each in found}
    for _ in range(2):
        near = {
            each: value * (1 + step * random.choice((-1.0, 1.0), np.shape(value)))
            if value.dtype == float and not set(np.unique(value)) <= {0.0, 1.0}
            else value
            for each, value in values.items()
        }
        there = slopes(name)(near)
        for each in moved:
            moved[each] = moved[each] + np.abs(np.asarray(there[each]) - found[each]) / step
    return moved


@pytest.mark.parametrize("trial", range(3))
@pytest.mark.parametrize("name", sorted(REFERENCES))
def test_the_gradient_agrees_with_automatic_differentiation(name: str, trial: int) -> None:
    made = model(name, trial if name in WIDTHS else 0)
    for number in range(POINTS):
        values = point(name, trial, number)
        loss, gradient = function(name, trial)(
            **{f"{n}_" if iskeyword(n) else n: v for n, v in values.items()}
        )
        wanted = {each: np.asarray(value) for each, value in slopes(name)(values).items()}
        terms = scale(name, values, {each: wanted[each] for each in made.wrt})
        assert np.isclose(loss, REFERENCES[name](**values), rtol=1e-12, atol=1e-12)
        assert set(gradient) == set(made.wrt)
        for each in made.wrt:
            off = np.abs(gradient[each] - wanted[each])
            assert np.shape(gradient[each]) == np.shape(wanted[each])
            assert np.all(off <= TOLERANCE * terms[each] + 1e-300), (
                each,
                np.max(off / (terms[each] + 1e-300)),
            )


def test_every_backward_pass_has_a_reference() -> None:
    ours = {path.stem for path in EXAMPLES.glob("*.toml")}
    assert REFERENCES.keys() <= ours
