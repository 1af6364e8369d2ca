"""The check of documents, formula by formula; run with --benchmark-enable.

The laws: the median is 5 ms a formula at most, 95 % take less than 50 ms, and none takes 2 s. What one
formula costs is also counted in steps, which are the same on every machine.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from statistics import median, quantiles
from time import process_time

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from derive.agreement import agree
from derive.check import checking
from derive.check.assertions import Assertion
from derive.check.checking import check_document
from derive.check.course import STEPS, Course
from derive.check.documents import read
from derive.check.passages import Passage
from derive.check.verdict import Claim
from derive.formula import Formula
from derive.formula import read as formula

TESTS = Path(__file__).parents[1]
PAGES = tuple(sorted(TESTS.glob("claims/*.md")))


@cache
def identities() -> tuple[tuple[Formula, Formula], ...]:
    rows = map(json.loads, (TESTS / "identities.jsonl").read_text(encoding="utf-8").splitlines())
    return tuple((formula(row["left"]), formula(row["right"])) for row in rows)


def costs(monkeypatch: pytest.MonkeyPatch, pages: tuple[Path, ...]) -> Iterator[tuple[float, int, str]]:
    """Seconds and steps of each formula of some pages, and its text."""
    found: list[tuple[float, int, str]] = []
    judged = checking.judged

    def measured(passage: Passage, said: Sequence[Assertion], course: Course) -> Claim:
        before, started = course.spent, process_time()
        claim = judged(passage, said, course)
        found.append((process_time() - started, course.spent - before, passage.text))
        return claim

    monkeypatch.setattr(checking, "judged", measured)
    for page in pages:
        check_document(read(page))
    return iter(found)


@pytest.mark.slow
def test_a_formula_takes_few_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """A step is about a microsecond; those of half of all formulas are few, and none runs into its bound."""
    steps = sorted(each[1] for each in costs(monkeypatch, PAGES))
    assert median(steps) < 1_000
    assert steps[int(0.95 * len(steps))] < 50_000
    assert steps[-1] < STEPS


def test_time_of_a_formula(benchmark: BenchmarkFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    found = benchmark.pedantic(lambda: list(costs(monkeypatch, PAGES)), rounds=1)
    if benchmark.enabled:
        seconds = [each[0] for each in found]
        benchmark.extra_info.update(median=median(seconds), slowest=max(seconds))
        assert median(seconds) < 0.005
        assert quantiles(seconds, n=20)[-1] < 0.05
        assert max(seconds) < 2


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_time_of_a_page(benchmark: BenchmarkFixture, page: Path) -> None:
    assert benchmark(lambda: check_document(read(page))).findings


def test_time_of_an_identity(benchmark: BenchmarkFixture) -> None:
    def each() -> list[float]:
        seconds = []
        for left, right in identities():
            started = process_time()
            agree(left, right)
            seconds.append(process_time() - started)
        return seconds

    seconds = benchmark.pedantic(each, rounds=3, warmup_rounds=1)
    if benchmark.enabled:
        assert median(seconds) < 0.001
