"""How the time from a model's text to NumPy source grows; run with --benchmark-enable."""

from __future__ import annotations

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

import derive.model
from derive.graph import graph
from derive.targets.generation import source
from tests.benchmarks.networks import chain, indexed, network

WIDE = [(2, 2, 1), (4, 8, 8, 1), (8, 16, 16, 16, 1), (16, 32, 32, 32, 1)]
DEEP = [2, 4, 8, 16, 32]


def numpy_source(text: str) -> str:
    return source(graph(derive.model.read(text)), "numpy")


@pytest.mark.parametrize("widths", WIDE, ids=lambda widths: "-".join(map(str, widths)))
def test_time_of_wide_networks(benchmark: BenchmarkFixture, widths: tuple[int, ...]) -> None:
    assert "def loss_and_gradient" in benchmark(numpy_source, network(*widths))


@pytest.mark.parametrize("depth", DEEP)
def test_time_of_deep_networks(benchmark: BenchmarkFixture, depth: int) -> None:
    assert "def loss_and_gradient" in benchmark(numpy_source, chain(depth))


@pytest.mark.parametrize("widths", WIDE, ids=lambda widths: "-".join(map(str, widths)))
def test_time_of_indexed_networks(benchmark: BenchmarkFixture, widths: tuple[int, ...]) -> None:
    assert "def loss_and_gradient" in benchmark(numpy_source, indexed(*widths))
