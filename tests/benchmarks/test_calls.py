"""One call of generated Python beside the same gradient written by hand; run with --benchmark-enable."""

from __future__ import annotations

from math import exp

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

import derive.model
from derive.graph import graph
from derive.targets.generation import function
from tests.benchmarks.networks import network

POINT = (-2.0, -1.0, 1.0, 1.0, 1.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0, 0.0)


def by_hand(x1, x2, y, w1, w2, b1, w3, w4, b2, w5, w6, b3):  # type: ignore[no-untyped-def]
    """The 2-2-1 network's loss and gradient as an engineer writes them."""
    h1 = 1 / (1 + exp(-(w1 * x1 + w2 * x2 + b1)))
    h2 = 1 / (1 + exp(-(w3 * x1 + w4 * x2 + b2)))
    p = 1 / (1 + exp(-(w5 * h1 + w6 * h2 + b3)))
    error = p - y
    d3 = 2 * error * p * (1 - p)
    d1 = d3 * w5 * h1 * (1 - h1)
    d2 = d3 * w6 * h2 * (1 - h2)
    return error * error, d1 * x1, d1 * x2, d1, d2 * x1, d2 * x2, d2, d3 * h1, d3 * h2, d3


def generated():  # type: ignore[no-untyped-def]
    return function(graph(derive.model.read(network(2, 2, 1))), "python")


def test_generated_and_hand_written_code_agree() -> None:
    assert generated()(*POINT) == pytest.approx(by_hand(*POINT))


@pytest.mark.parametrize("code", ["generated", "hand-written"])
def test_time_of_a_call(benchmark: BenchmarkFixture, code: str) -> None:
    call = generated() if code == "generated" else by_hand
    benchmark.pedantic(call, POINT, rounds=200, iterations=1000, warmup_rounds=5)
