"""Training: what descent does to the loss, what is learned, and what it is told when it fails."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

import derive
from derive.commands import main
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

Run = Callable[..., Result]


@pytest.fixture
def people() -> tuple[Graph, Samples]:
    made = graph(read(EXAMPLES / "four-people.toml"))
    return made, samples(made, table_of(made.model, None))


@pytest.fixture
def line(tmp_path: Path) -> tuple[Graph, Samples]:
    (tmp_path / "points.csv").write_text(POINTS, encoding="utf-8")
    made = graph(read(LINE))
    return made, samples(made, table_of(made.model, tmp_path / "points.csv"))


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)
    Path("line.txt").write_text(LINE, encoding="utf-8")
    Path("points.csv").write_text(POINTS, encoding="utf-8")
    return lambda *arguments: CliRunner().invoke(main, list(arguments))


@pytest.mark.parametrize("batch", [None, 2, 1], ids=["full batch", "mini-batch", "stochastic"])
@pytest.mark.parametrize("random", [False, True], ids=["from the file's values", "from random values"])
def test_the_seeds_network_learns_the_seeds_four_people(
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


def test_every_epoch_shows_every_sample_once(line: tuple[Graph, Samples]) -> None:
    seen: list[float] = []
    rows = line[1]
    for batch in np.array_split(np.random.default_rng(1).permutation(rows.count), 3):
        seen.extend(rows.rows(batch).arrays["x"].tolist())
    assert sorted(seen) == sorted(rows.arrays["x"].tolist())


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


def test_bare_equations_are_learned_into_a_model_file(run: Run) -> None:
    result = run("train", "line.txt", "points.csv", "-o", "learned.toml")
    assert result.exit_code == 0
    assert set(read(Path("learned.toml")).values) == {"w", "b"}


def test_what_train_writes_predict_reads(run: Run) -> None:
    run("train", "line.txt", "points.csv", "--epochs", "5000", "-o", "learned.toml")
    result = run("predict", "learned.toml", "points.csv")
    assert result.exit_code == 0
    header, *rows = result.stdout.splitlines()
    assert header == "p"
    assert [float(row) for row in rows] == pytest.approx([-3, -1, 1, 3], abs=0.05)
    assert "mean absolute error" in result.stderr


def test_predictions_need_no_label(run: Run) -> None:
    run("train", "line.txt", "points.csv", "-o", "learned.toml")
    Path("new.csv").write_text("city,x\nOslo,5\n", encoding="utf-8")
    result = run("predict", "learned.toml", "new.csv")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[0] == "city,p"
    assert result.stdout.splitlines()[1].startswith("Oslo,")


def test_an_example_is_trained_on_its_own_samples(run: Run) -> None:
    result = run("train", "four-people", "-o", "learned.toml", "--curve", "loss.png")
    assert result.exit_code == 0
    assert "4 of 4 classified right" in result.stderr
    assert Path("loss.png").read_bytes().startswith(b"\x89PNG")
    assert "Alice" in run("predict", "learned.toml").stdout


@pytest.mark.parametrize("suffix", ["png", "svg", "pdf"])
def test_the_curve_has_the_format_of_its_suffix(run: Run, suffix: str) -> None:
    assert run("train", "line.txt", "points.csv", "-o", "l.toml", "--curve", f"loss.{suffix}").exit_code == 0
    assert Path(f"loss.{suffix}").stat().st_size > 1000


def test_without_matplotlib_the_curve_is_refused_and_nothing_written(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    result = run("train", "line.txt", "points.csv", "-o", "learned.toml", "--curve", "loss.png")
    assert result.exit_code == 2
    assert "pip install 'derive[plot]'" in result.stderr
    assert not Path("learned.toml").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["line.txt", "points.csv", "--learning-rate", "1e6"], 1, "diverged"),
        (["line.txt"], 2, "no samples"),
        (["line.txt", "nothing.csv"], 2, "no file nothing.csv"),
        (["line.txt", "points.csv", "--curve", "loss.doc"], 2, "loss.doc"),
        (["line.txt", "points.csv", "--learning-rate", "-1"], 2, "learning-rate"),
        (["line.txt", "points.csv", "--batch", "0"], 2, "batch"),
    ],
)
def test_a_failure_is_told_and_nothing_is_written(
    run: Run, arguments: list[str], code: int, said: str
) -> None:
    result = run("train", *arguments, "-o", "learned.toml")
    assert result.exit_code == code
    assert said in result.stderr
    assert not Path("learned.toml").exists()


def test_a_column_that_is_missing_is_named(run: Run) -> None:
    Path("half.csv").write_text("x\n1\n", encoding="utf-8")
    result = run("train", "line.txt", "half.csv")
    assert result.exit_code == 2
    assert "no column for y" in result.stderr


def test_predicting_without_learned_values_is_refused(run: Run) -> None:
    result = run("predict", "line.txt", "points.csv")
    assert result.exit_code == 2
    assert "gives no value to w, b" in result.stderr
