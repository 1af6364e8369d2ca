"""What a model predicts for samples, and how that compares with their labels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from derive.equation import Equation
from derive.errors import ModelError
from derive.evaluate import Array, evaluate
from derive.graph import Graph
from derive.model import Model, Value
from derive.training.samples import Samples
from derive.training.start import Floats

# Predictions are evaluated to so many digits: more than a float holds.
DIGITS = 20


@dataclass(frozen=True, slots=True)
class Output:
    """The quantity that a model predicts with, the label that the loss compares it with, if there is one."""

    prediction: str
    label: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """How predictions compare with labels: classes by their share, numbers by their mean distance."""

    right: int | None
    count: int
    mean_distance: float

    def __str__(self) -> str:
        if self.right is not None:
            return f"{self.right} of {self.count} classified right ({self.right / self.count:.1%})"
        return f"mean absolute error {self.mean_distance:.4g}"


def output(model: Model) -> Output:
    """The last comparison of a label with a computed quantity on the way to the loss.

    Raises ModelError where no equation makes such a comparison.
    """
    computed = {each.target for each in model.equations}
    for each in reversed(model.equations):
        labels = [name for name in each.reads if name in model.data]
        candidates = [name for name in each.reads if name in computed]
        if len(labels) == 1 and len(candidates) == 1:
            return Output(candidates[0], labels[0])
        if labels:
            break
    raise ModelError(
        "the model has no prediction: no equation compares one computed quantity with one label",
        suggestion="Give the prediction a line of its own, and compare it with the label in the next.",
    )


def needed(graph: Graph, prediction: str) -> tuple[str, ...]:
    """The data that a prediction is computed from."""
    read = {name for each in _leading_to(graph, prediction) for name in each.reads}
    return tuple(name for name in graph.inputs if name in read and name in graph.model.data)


def predictions(graph: Graph, prediction: str, values: Mapping[str, Floats], samples: Samples) -> Floats:
    """The prediction for every sample, the samples on the leading axis."""
    equations = _leading_to(graph, prediction)
    known = {name: _exact(value) for name, value in values.items()}
    if samples.indexed:
        data = {name: _exact(array) for name, array in samples.arrays.items()}
        return _predicted(graph, equations, known | data, prediction)
    rows = [
        {name: _exact(array[at]) for name, array in samples.arrays.items()} for at in range(samples.count)
    ]
    return np.stack([_predicted(graph, equations, known | row, prediction) for row in rows])


def judged(graph: Graph, values: Mapping[str, Floats], samples: Samples) -> Verdict | None:
    """How the model does on samples; None where it compares no prediction with a label."""
    try:
        found = output(graph.model)
    except ModelError:
        return None
    if found.label not in samples.arrays:
        return None
    return judge(predictions(graph, found.prediction, values, samples), samples.arrays[found.label])


def judge(predicted: Floats, labels: Floats) -> Verdict:
    """Labels of 0 and 1 (of -1 and 1), or a row of them, tell classes; other labels are numbers to meet."""
    distance = float(np.mean(np.abs(predicted - labels)))
    if set(np.unique(labels)) <= {0.0, 1.0} and labels.ndim > 1:
        right = predicted.argmax(axis=-1) == labels.argmax(axis=-1)
    elif set(np.unique(labels)) <= {0.0, 1.0}:
        right = (predicted >= 0.5) == (labels == 1)
    elif set(np.unique(labels)) <= {-1.0, 1.0}:
        right = (predicted >= 0) == (labels == 1)
    else:
        return Verdict(None, len(labels), distance)
    return Verdict(int(np.sum(right)), len(labels), distance)


def _leading_to(graph: Graph, prediction: str) -> list[Equation]:
    """The equations that a quantity depends on, itself the last."""
    wanted = {prediction}
    found: list[Equation] = []
    for each in reversed(graph.equations):
        if each.target in wanted:
            wanted.update(each.reads)
            found.insert(0, each)
    return found


def _predicted(
    graph: Graph, equations: list[Equation], inputs: Mapping[str, Value], prediction: str
) -> Floats:
    found = evaluate(
        equations, inputs, functions=graph.model.functions, shapes=graph.shapes, digits=DIGITS
    )
    return _as_floats(found[prediction])


def _exact(array: Floats) -> Value:
    """Floats as the rationals that they are."""
    rows = array.tolist()
    return _nested(rows)


def _nested(rows: Any) -> Value:
    return tuple(map(_nested, rows)) if isinstance(rows, list) else Fraction(rows)


def _as_floats(value: Array) -> Floats:
    if isinstance(value, tuple):
        return np.stack([_as_floats(each) for each in value])
    return np.float64(float(value)) + np.zeros(())
