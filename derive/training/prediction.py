"""What a model predicts for samples, and how that compares with their labels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from derive.equation import Equation
from derive.errors import ModelError
from derive.evaluate import Array, evaluate
from derive.graph import Graph
from derive.model import Model
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
    if samples.indexed:
        return _predicted(graph, equations, {**values, **samples.arrays}, prediction)
    rows = ({name: array[at] for name, array in samples.arrays.items()} for at in range(samples.count))
    return np.stack([_predicted(graph, equations, {**values, **row}, prediction) for row in rows])


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
    """Labels of 0 and 1 (of -1 and 1), and rows with a single 1, tell classes; others are numbers to meet."""
    right = _classified(predicted, labels, set(np.unique(labels).tolist()))
    distance = float(np.mean(np.abs(predicted - labels)))
    return Verdict(None if right is None else int(right.sum()), len(labels), distance)


def _classified(
    predicted: Floats, labels: Floats, kinds: set[float]
) -> np.ndarray[Any, np.dtype[np.bool_]] | None:
    """Which samples are classified right: rows with a single 1 by their greatest score, others by sign."""
    if not kinds <= {0.0, 1.0} and not kinds <= {-1.0, 1.0}:
        return None
    if labels.ndim > 1 and labels.shape[-1] > 1 and (labels.sum(axis=-1) == 1).all():
        return np.asarray(predicted.argmax(axis=-1) == labels.argmax(axis=-1))
    middle = 0.0 if -1.0 in kinds else 0.5
    same = (predicted >= middle) == (labels == 1)
    return np.asarray(same.reshape(len(labels), -1).all(axis=1))


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
    graph: Graph, equations: list[Equation], inputs: Mapping[str, Floats], prediction: str
) -> Floats:
    given = {name: array.tolist() for name, array in inputs.items()}
    found = evaluate(equations, given, functions=graph.model.functions, shapes=graph.shapes, digits=DIGITS)
    return np.array(_nested(found[prediction]))


def _nested(value: Array) -> Any:
    return [_nested(each) for each in value] if isinstance(value, tuple) else float(value)
