"""Gradient descent: full batch, mini-batch or stochastic, with early stopping."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from derive.errors import DeriveError
from derive.graph import Graph
from derive.targets.generation import function
from derive.training.samples import Samples
from derive.training.start import Floats, start

Values = Mapping[str, Floats]
# Told after each epoch: its number and the loss over all samples.
Watch = Callable[[int, float], None]


@dataclass(frozen=True, slots=True)
class Settings:
    """How to descend.

    `batch` is the number of samples a step: None for all of them, 1 for stochastic descent. Descent stops
    early when `patience` epochs in a row have lowered the loss by less than the fraction `tolerance`.
    """

    learning_rate: float = 0.1
    epochs: int = 1000
    batch: int | None = None
    seed: int = 0
    patience: int = 100
    tolerance: float = 1e-4


@dataclass(frozen=True, slots=True)
class Training:
    """The best values found, and the loss over all samples before the first epoch and after each."""

    values: Values
    losses: tuple[float, ...]
    stopped_early: bool

    @property
    def epochs(self) -> int:
        """The number of epochs run."""
        return len(self.losses) - 1

    @property
    def loss(self) -> float:
        """The least loss: that of the values."""
        return min(self.losses)


class Diverged(DeriveError):
    """The loss left the numbers."""

    def __init__(self, loss: str, epoch: int, learning_rate: float) -> None:
        super().__init__(
            f"the training diverged: in epoch {epoch} {loss} is no longer a number. "
            f"The learning rate {learning_rate:g} is too large here: try {learning_rate / 10:g}."
        )


def train(
    graph: Graph, samples: Samples, settings: Settings, watch: Watch = lambda epoch, loss: None
) -> Training:
    """Descend from the model's values, random where it gives none; raises Diverged where the loss does."""
    descent = _Descent(graph, samples, settings)
    losses = [descent.loss()]
    best = dict(descent.values)
    for epoch in range(1, settings.epochs + 1):
        descent.epoch()
        losses.append(descent.loss())
        if not np.isfinite(losses[-1]):
            raise Diverged(graph.loss, epoch, settings.learning_rate)
        if losses[-1] <= min(losses):
            best = dict(descent.values)
        watch(epoch, losses[-1])
        if _has_settled(losses, settings):
            return Training(best, tuple(losses), stopped_early=epoch < settings.epochs)
    return Training(best, tuple(losses), stopped_early=False)


def _has_settled(losses: list[float], settings: Settings) -> bool:
    if len(losses) <= settings.patience:
        return False
    before = min(losses[: -settings.patience])
    return min(losses) >= before - settings.tolerance * abs(before)


class _Descent:
    """The values on their way down."""

    def __init__(self, graph: Graph, samples: Samples, settings: Settings) -> None:
        self._function = function(graph, "numpy")
        self._graph = graph
        self._samples = samples
        self._settings = settings
        self._random = np.random.default_rng(settings.seed)
        self.values = start(graph, samples, self._random)

    def loss(self) -> float:
        """The loss over all samples."""
        return self._call(self._samples)[0]

    def epoch(self) -> None:
        """Every sample once, a step for each batch."""
        for batch in self._batches():
            _, gradient = self._call(batch)
            for name in gradient.keys() & self.values.keys():
                self.values[name] = self.values[name] - self._settings.learning_rate * gradient[name]

    def _batches(self) -> Iterator[Samples]:
        size = self._settings.batch
        if size is None or size >= self._samples.count:
            yield self._samples
            return
        order = self._random.permutation(self._samples.count)
        for first in range(0, len(order), size):
            yield self._samples.rows(order[first : first + size])

    def _call(self, samples: Samples) -> tuple[float, Mapping[str, Floats]]:
        inputs = {**samples.arrays, **self.values}
        with np.errstate(all="ignore"):  # a loss that leaves the numbers is told once, by Diverged
            loss, gradient = self._function(*(inputs[name] for name in self._graph.inputs))
        return float(loss), gradient
