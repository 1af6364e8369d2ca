"""`derive train` and `derive predict`: what is written, what is said, and what is refused."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from derive.commands import main
from derive.model import read
from tests.test_training import LINE, POINTS

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)
    Path("line.txt").write_text(LINE, encoding="utf-8")
    Path("points.csv").write_text(POINTS, encoding="utf-8")
    return lambda *arguments: CliRunner().invoke(main, list(arguments))


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
