"""Training: what descent does to the loss, what is learned, and what it is told when it fails."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import derive
from derive.graph import Graph, graph
from derive.model import read
from derive.training import (
    Diverged,
    Samples,
    Settings,
    judge,
    judged,
    learned_file,
    output,
    predictions,
    samples,
    table_of,
    train,
)

EXAMPLES = Path(derive.__file__).parent / "examples"

LINE = """
p = w*x + b
L = (y - p)**2
"""
# Samples of y = 2x - 1, so that the least loss is 0 at w = 2, b = -1.
POINTS = "x,y\n-1,-3\n0,-1\n1,1\n2,3\n"


@pytest.fixture
def people() -> tuple[Graph, Samples]:
    made = graph(read(EXAMPLES / "four-people.toml"))
    return made, samples(made, table_of(made.model, None))


@pytest.fixture
def line(tmp_path: Path) -> tuple[Graph, Samples]:
    (tmp_path / "points.csv").write_text(POINTS, encoding="utf-8")
    made = graph(read(LINE))
    return made, samples(made, table_of(made.model, tmp_path / "points.csv"))


@pytest.mark.parametrize("batch", [None, 2, 1], ids=["full batch", "mini-batch", "stochastic"])
@pytest.mark.parametrize("random", [False, True], ids=["from the file's values", "from random values"])
def test_the_textbooks_network_learns_its_four_people(
    people: tuple[Graph, Samples], batch: int | None, random: bool
) -> None:
    made, rows = people
    if random:
        made = graph(replace(made.model, values={}))
    training = train(made, rows, Settings(learning_rate=0.5, batch=batch))
    verdict = judged(made, training.values, rows)
    assert verdict is not None
    assert (verdict.right, verdict.count) == (4, 4)
    assert training.loss < 0.02


def test_a_line_is_found(line: tuple[Graph, Samples]) -> None:
    training = train(*line, Settings(learning_rate=0.1, epochs=5000, tolerance=1e-12))
    assert float(training.values["w"]) == pytest.approx(2, abs=1e-6)
    assert float(training.values["b"]) == pytest.approx(-1, abs=1e-6)


def test_a_step_of_full_batch_descent_is_the_mean_gradient_times_the_rate(
    people: tuple[Graph, Samples],
) -> None:
    made, rows = people
    training = train(made, rows, Settings(learning_rate=0.25, epochs=1))
    gradient = derive.read(EXAMPLES / "four-people.toml").gradient()
    columns = list(zip(*(rows.arrays[name].tolist() for name in ("x1", "x2", "y_true")), strict=True))
    points = [gradient.at(x1=x1, x2=x2, y_true=y) for x1, x2, y in columns]
    for name, value in training.values.items():
        mean = sum(float(point[name]) for point in points) / len(points)
        assert float(value) == pytest.approx(float(made.model.values[name]) - 0.25 * mean, abs=1e-14)


@pytest.mark.parametrize("batch", [None, 2, 1])
def test_the_same_seed_gives_the_same_values(people: tuple[Graph, Samples], batch: int | None) -> None:
    made = graph(replace(people[0].model, values={}))
    once, again = (train(made, people[1], Settings(batch=batch, seed=7, epochs=50)) for _ in range(2))
    other = train(made, people[1], Settings(batch=batch, seed=8, epochs=50))
    assert once == again
    assert once.losses != other.losses


@pytest.mark.parametrize("batch", [1, 2, 4])
def test_an_epoch_shows_every_sample_once(people: tuple[Graph, Samples], batch: int) -> None:
    """At a tiny rate the steps of an epoch add up to the gradients of all samples, one of each."""
    made, rows = people
    rate = 1e-7
    training = train(made, rows, Settings(learning_rate=rate, epochs=1, batch=batch))
    whole = train(made, rows, Settings(learning_rate=rate, epochs=1))
    for name, value in training.values.items():
        start = float(made.model.values[name])
        steps, mean = (start - float(value)) / rate, (start - float(whole.values[name])) / rate
        assert steps == pytest.approx(mean * rows.count / batch, rel=1e-4, abs=1e-7)


def test_training_stops_when_the_loss_has_settled(line: tuple[Graph, Samples]) -> None:
    training = train(*line, Settings(learning_rate=0.1, epochs=100_000, patience=20))
    assert training.stopped_early
    assert training.epochs < 1000


def test_the_best_values_are_kept(line: tuple[Graph, Samples]) -> None:
    training = train(*line, Settings(learning_rate=0.45, epochs=30, batch=1))
    assert training.loss == min(training.losses)
    made, rows = line
    distance = predictions(made, "p", training.values, rows) - rows.arrays["y"]
    assert training.loss == pytest.approx(float(np.mean(distance**2)))


def test_divergence_is_told_with_its_epoch(line: tuple[Graph, Samples]) -> None:
    with pytest.raises(Diverged, match=r"diverged: in epoch \d+ L is no longer a number"):
        train(*line, Settings(learning_rate=1e6))


def test_a_model_with_its_own_sample_index_is_trained_too(tmp_path: Path) -> None:
    text = "p[n] = w*x[n] + b\nL = mean((y[n] - p[n])**2, n)\n"
    (tmp_path / "points.csv").write_text(POINTS, encoding="utf-8")
    made = graph(read(text))
    rows = samples(made, table_of(made.model, tmp_path / "points.csv"))
    assert rows.indexed
    training = train(made, rows, Settings(epochs=5000, tolerance=1e-12))
    assert float(training.values["w"]) == pytest.approx(2, abs=1e-6)


def test_vectors_take_a_column_for_each_component(tmp_path: Path) -> None:
    text = "p = sum(w[j]*x[j], j) + b\nL = (y - p)**2\n"
    data = "x[0],x[1],y\n0,0,1\n1,0,3\n0,1,-1\n1,1,1\n"
    (tmp_path / "points.csv").write_text(data, encoding="utf-8")
    made = graph(read(text))
    rows = samples(made, table_of(made.model, tmp_path / "points.csv"))
    training = train(made, rows, Settings(epochs=5000, tolerance=1e-12))
    assert training.values["w"].tolist() == pytest.approx([2, -2], abs=1e-5)


def test_the_prediction_is_what_the_loss_compares_with_a_label() -> None:
    assert output(read(LINE)).prediction == "p"
    assert output(read(EXAMPLES / "logistic-regression.toml")).prediction == "h"
    with pytest.raises(derive.ModelError, match="no prediction"):
        output(read("L = (y - w*x)**2"))


@pytest.mark.parametrize(
    ("predicted", "labels", "right"),
    [
        ([0.2, 0.5, 0.9], [0, 1, 0], 2),
        ([-3, 0.1, 2], [-1, -1, 1], 2),
        ([[0.1, 0.7, 0.2], [0.9, 0.0, 0.1]], [[0, 1, 0], [0, 0, 1]], 1),
        ([[0.9], [0.8]], [[1], [0]], 1),
        ([[0.9, 0.8], [0.1, 0.2]], [[1, 1], [0, 1]], 1),
        ([2.0, 3.0], [2.5, 3.5], None),
    ],
    ids=["0 and 1", "-1 and 1", "one of several", "a column of one", "several at once", "numbers"],
)
def test_labels_tell_what_a_right_prediction_is(
    predicted: list[float], labels: list[float], right: int | None
) -> None:
    verdict = judge(np.array(predicted, dtype=float), np.array(labels, dtype=float))
    assert verdict.right == right


def test_a_learned_file_gives_back_the_very_floats(people: tuple[Graph, Samples], tmp_path: Path) -> None:
    made, rows = people
    training = train(made, rows, Settings(epochs=20))
    path = tmp_path / "learned.toml"
    path.write_text(learned_file(made.model, training.values, moved=(EXAMPLES, tmp_path)), encoding="utf-8")
    again = read(path)
    assert {name: float(again.values[name]) for name in training.values} == training.values
    assert again.equations[0].formula == made.model.equations[0].formula
    assert again.table == made.model.table


def test_a_learned_file_keeps_what_the_author_wrote(people: tuple[Graph, Samples]) -> None:
    model = people[0].model
    text = learned_file(model, {"w1": np.array(0.25)})
    changed = set(text.splitlines()) ^ set(model.source.splitlines())
    assert changed == {"w1 = 0.25", "w1 = 0.5"}
