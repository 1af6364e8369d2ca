"""The reverse sweep against dual numbers and the complex step, on models drawn at random."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pytest
from hypothesis import assume, given, settings

from derive.evaluate import Array, gradient_values, key_of
from derive.gradient import sweep
from derive.graph import Graph
from tests.dual import Floats
from tests.models import Sample, indexed_models, scalar_models

# Points nearer to a kink than this are not sampled.
NEAREST_KINK = 1e-3
# What double precision loses in a model of this size.
TOLERANCE = 1e-9


def gradients(sample: Sample, read: Graph) -> dict[str, Array]:
    """The adjoints of every quantity at the sample's point, to 50 digits."""
    sizes = {each.target: read.letter_sizes(each.target) for each in read.equations}
    adjoints = sweep(read.equations, read.loss, functions=read.model.functions, sizes=sizes)
    return gradient_values(read, adjoints, sample.values)


def flat(value: Array | Floats) -> Iterator[float]:
    """The numbers of an array, row by row."""
    if isinstance(value, tuple | list):
        for each in value:
            yield from flat(each)
    else:
        yield float(value)


def agree(sample: Sample) -> None:
    """Check the gradient by every input against both methods."""
    read = sample.graph()
    problem = sample.problem(read)
    assume(all(distance > NEAREST_KINK for distance in problem.kinks()))
    values = gradients(sample, read)
    for name in sample.values:
        found = list(flat(values[key])) if (key := key_of(read.loss, name)) in values else None
        for expected in (list(flat(problem.by_duals(name))), list(flat(problem.by_complex_step(name)))):
            ours = found or [0.0] * len(expected)
            scale = max(1.0, *map(abs, expected))
            assume(scale < 1e6 and all(map(math.isfinite, expected)))
            assert ours == pytest.approx(expected, rel=TOLERANCE, abs=TOLERANCE * scale), name


@given(scalar_models())
@settings(max_examples=120, deadline=None)
def test_the_sweep_agrees_with_dual_numbers_and_the_complex_step(sample: Sample) -> None:
    agree(sample)


@given(indexed_models(wide=True))
@settings(max_examples=120, deadline=None)
def test_the_sweep_over_indices_agrees_component_by_component(sample: Sample) -> None:
    agree(sample)
