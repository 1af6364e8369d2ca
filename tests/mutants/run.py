"""Mutants of the proved formulas of the project's own pages, and what the check says of them."""

from __future__ import annotations

import argparse
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from derive.check import lines
from derive.check.claims import equality
from derive.check.judging import Judge
from derive.check.verdict import Judgement
from derive.formula import Formula
from derive.notation import plain
from tests.mutants.places import PAGES, Place, checked
from tests.mutants.slips import KINDS, slips
from tests.mutants.values import Point, alike

# What is set aside: a slip that changes no value, none at the page's own numbers, or none that is worked out.
ASIDE = ("equivalent", "holds here", "no numbers")
# So many mutants of one kind are made of one formula at most.
MOST = 3


@dataclass(frozen=True)
class Mutant:
    """A formula with a slip, in its place."""

    place: Place
    kind: str
    formula: Formula

    @property
    def is_equivalent(self) -> bool | None:
        """Whether the slip changes no value, or what it makes is true, too, under some standard reading.

        None where nothing is worked out. That 0 is 0 makes nothing true.
        """
        return self._is_alike(self.place.points)

    @property
    def holds_here(self) -> bool:
        """Whether the slip changes nothing at the page's own numbers: a weight of 1 may be dropped."""
        return bool(self._is_alike(self.place.points_of_page))

    def _is_alike(self, readings: list[list[Point]]) -> bool | None:
        known = False
        for points in readings:
            for one, zero in ((self.place.right, True), (self.place.left, False)):
                told = alike(one, self.formula, points, zero=zero)
                if told:
                    return True
                known = known or told is not None
        return False if known else None

    def __str__(self) -> str:
        line = f"{self.place.page}:{self.place.passage.line}"
        claim = f"{plain(self.place.left)} = {plain(self.place.right)}"
        return f"{line} {self.kind}: {claim} ⟶ {plain(self.formula)}"


def mutants(place: Place) -> Iterator[Mutant]:
    """The mutants of a place, a few of each kind, chosen by what they read like."""
    for kind in KINDS:
        found = list(dict.fromkeys(slips(place.right, kind, place.words)))
        found.sort(key=lambda each: zlib.crc32(repr(each).encode()))
        for each in found[:MOST]:
            yield Mutant(place, kind, each)


def sampled(page: Path, one_in: int) -> list[Mutant]:
    """Every so many-th mutant of a page."""
    found = [each for place in checked(page)[1] for each in mutants(place)]
    return found[:: max(1, one_in)]


def tally(pages: list[Path], one_in: int, *, tell: frozenset[str] = frozenset()) -> Counter[tuple[str, str]]:
    """How many mutants of each kind got which verdict; `equivalent` and `no numbers` are set aside."""
    told: Counter[tuple[str, str]] = Counter()
    for page in pages:
        for each in sampled(page, one_in):
            verdict = outcome(each)
            told[each.kind, verdict] += 1
            if verdict in tell:
                print(f"{verdict} | {each}")
    return told


def outcome(mutant: Mutant) -> str:
    """The verdict on a mutant, or why it does not count."""
    equivalent = mutant.is_equivalent
    if equivalent is None:
        return "no numbers"
    if equivalent:
        return "equivalent"
    if mutant.holds_here:
        return "holds here"
    # What is right instead is sought only where the verdict may hang on it.
    with patch.object(equality, "diagnosed", _undiagnosed), patch.object(lines, "diagnosed", _undiagnosed):
        found = mutant.place.verdict(mutant.formula)
    return found if found in ("wrong", "proved") else mutant.place.verdict(mutant.formula)


def _undiagnosed(judge: Judge, left: Formula, right: Formula, found: Judgement) -> Judgement:
    return found


def main() -> None:
    """Print the figures by kind."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--one-in", type=int, default=1)
    options.add_argument("--tell", nargs="*", default=["proved", "definition"])
    options.add_argument("pages", nargs="*", type=Path)
    given = options.parse_args()
    told = tally(list(given.pages or PAGES), given.one_in, tell=frozenset(given.tell))
    verdicts = sorted({verdict for _, verdict in told})
    for kind in KINDS:
        counts = {verdict: told[kind, verdict] for verdict in verdicts if told[kind, verdict]}
        judged = sum(n for verdict, n in counts.items() if verdict not in ASIDE)
        share = counts.get("wrong", 0) / judged if judged else 1.0
        print(f"{kind:18} {judged:5} judged, {share:6.1%} wrong", counts)
    judged = sum(n for (_, verdict), n in told.items() if verdict not in ASIDE)
    wrong = sum(n for (_, verdict), n in told.items() if verdict == "wrong")
    print(f"{'all':18} {judged:5} judged, {wrong / max(1, judged):6.1%} wrong")


if __name__ == "__main__":
    main()
