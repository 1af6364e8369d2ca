"""The law of the sieve: of changed sides, it excludes none that is proved."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest

from derive.check import diagnosis
from derive.check.checking import check_document
from derive.check.documents import read
from derive.check.judging import QUICK_SECONDS, QUICK_STEPS, Judge
from derive.effort import TooMuch, limited
from derive.formula import Formula

PAGES = Path(__file__).parent / "claims"
# Layers with the δ of the next one, units without an index for the layer, labels that sum to 1, logarithms of
# what must be positive, norms, sums over samples, components, matrices by name.
NAMES = (
    "layers-four-equations",
    "layers-by-hand",
    "units-of-layers",
    "softmax-own-sigma",
    "matrix-batch-softmax",
    "matrix-norms",
    "scalar-statistics",
    "scalar-batches",
    "gradients-by-name-layers",
    "samples-one-of-all",
)
# Units of layers are not looked at; of these sums, the first change is the right one.
SOONEST = ("units-of-layers", "samples-one-of-all")


@pytest.mark.parametrize("name", NAMES)
def test_a_sieve_excludes_nothing_that_is_proved(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = {"excluded": 0, "proved": 0}

    def both_ways(judge: Judge, left: Formula, right: Formula, steps: int = QUICK_STEPS) -> bool:
        for tried in judge._quick(left, right):
            with suppress(TooMuch), limited(steps, QUICK_SECONDS):
                excluded = tried.sieve.excludes(right)
                proved = any(judge.comparison.proves(each, left, right) for each in tried.readings)
                seen["excluded"] += excluded
                seen["proved"] += proved
                assert not (excluded and proved), (left, right)
                if proved:
                    return True
        return False

    monkeypatch.setattr(Judge, "quickly_proved", both_ways)
    # Without the sieve the search takes longer: it is not to end early here.
    for bound in ("STEPS", "STEPS_TO_JUDGE", "SECONDS", "SECONDS_TO_JUDGE"):
        monkeypatch.setattr(diagnosis, bound, getattr(diagnosis, bound) * 20)
    check_document(read(PAGES / f"{name}.md"))
    assert seen["proved"]
    assert seen["excluded"] or name in SOONEST
