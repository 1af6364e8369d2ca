"""Generated code is run before it is handed out, and what disagrees is not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import derive
from derive.errors import DeriveError
from derive.graph import graph
from derive.model import read
from derive.program import program
from derive.targets import target
from derive.targets.generation import source
from derive.targets.trial import trial
from derive.targets.verification import Code, verification
from tests.benchmarks.networks import network

EXAMPLES = sorted((Path(derive.__file__).parent / "examples").glob("*.toml"))

CORNERS = "p = relu(w*x + b)\nL = huber(y, p)"
POSITIVE = "L = log(w) + sqrt(x*w)"
NOWHERE = "L = log(-w**2 - x**2)"
UNUSED = "p = w*x\nq = v*x\nL = (y - p)**2"

LARGE = """
equations = "L = sum(W[i,j]*x[j], i, j)"
[shapes]
W = [100, 100]
x = [100]
"""


@pytest.mark.parametrize("language", ["numpy", "python"])
@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_code_of_every_example_says_how_it_was_verified(path: Path, language: str) -> None:
    assert "Verified: " in source(graph(read(path)), language)


@pytest.mark.parametrize("reduction", ["mean", "sum", "rows"])
def test_samples_are_reduced_as_is_asked(reduction: str) -> None:
    gradient = derive.read("p = w*x\nL = (y - p)**2").gradient()
    assert "Verified:" in gradient.code("numpy", reduction=reduction)
    x, y = np.array([1.0, 2.0]), np.array([3.0, 5.0])
    each = 2 * x * (2 * x - y)
    expected = {"mean": each.mean(), "sum": each.sum(), "rows": each}[reduction]
    found = gradient.function("numpy", reduction=reduction)(x, y, 2.0)[1]["w"]
    np.testing.assert_allclose(found, expected, rtol=1e-14)


@pytest.mark.parametrize("language", ["numpy", "python"])
@pytest.mark.parametrize("text", [CORNERS, POSITIVE, UNUSED], ids=["corners", "a narrow domain", "unused"])
def test_a_point_is_found_inside_the_domain(text: str, language: str) -> None:
    assert "Verified:" in source(graph(read(text)), language)


def test_without_a_point_nothing_is_claimed() -> None:
    assert "Verified" not in source(graph(read(NOWHERE)), "python")


def test_a_wide_model_is_run_with_smaller_widths(tmp_path: Path) -> None:
    path = tmp_path / "large.toml"
    path.write_text(LARGE, encoding="utf-8")
    text = source(graph(read(path)), "numpy")
    assert "Verified: with smaller widths, run at a point" in text
    assert "shape (100, 100)" in text


def test_a_model_too_large_to_be_worked_exactly_is_not_claimed_to_be() -> None:
    assert "Not run when it was written" in source(graph(read(network(8, 16, 1))), "numpy")


@pytest.mark.parametrize("fault", [-1.0, 1.000001, 0.0])
def test_code_that_disagrees_is_not_handed_out(fault: float) -> None:
    made = graph(read("p = w*x + b\nL = (y - p)**2"))
    python = target("python")
    right = program(made)
    tried = trial(made)
    assert python.load is not None
    assert tried is not None
    function = python.load(python.write(right)).function
    with pytest.raises(DeriveError, match="disagrees"):
        verification(Code(right, _wrong(function, fault), takes_arrays=False), tried)


def _wrong(function: Callable[..., Any], fault: float) -> Callable[..., Any]:
    def wrong(*arguments: Any) -> Any:
        value, first, *others = function(*arguments)
        return value, first * fault, *others

    return wrong
