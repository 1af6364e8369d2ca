"""What an example learns from its own samples: the values, the curve of the loss, the predictions."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from derive.gallery.curve import curve
from derive.gallery.pages import curve_page
from derive.graph import Graph
from derive.graph import graph as graph_of
from derive.training import Settings, Training, answer, learned_file, rounded, samples, table_of, train

# Learned values have so many significant digits: the last bits of a float differ between machines.
DIGITS = 4


def lesson(path: Path, graph: Graph) -> dict[str, str]:
    """The texts that show what the model of a file learns, by file name."""
    table = table_of(graph.model, None)
    settings = Settings(learning_rate=float(graph.model.learning_rate or Fraction(1, 10)))
    training = train(graph, samples(graph, table), settings)
    picture = curve(training.losses, loss=graph.loss, title=f"{graph.model.title}: the loss")
    return {
        "learned.toml": learned_file(graph.model, training.values, digits=DIGITS),
        "predictions.csv": answer(_taught(graph, training), table)[0],
        "loss.svg": curve_page(picture),
        **dict(_data(path)),
    }


def _taught(graph: Graph, training: Training) -> Graph:
    """The model with the learned values, as they are written."""
    learned = {name: rounded(value, DIGITS) for name, value in training.values.items()}
    return graph_of(replace(graph.model, values={**graph.model.values, **learned}))


def _data(path: Path) -> Iterator[tuple[str, str]]:
    """The file of samples that a model names: it stands beside the learned model, too."""
    name = tomllib.loads(path.read_text(encoding="utf-8"))["table"].get("csv")
    if name is not None:
        yield name, (path.parent / name).read_text(encoding="utf-8")
