"""The check reads the project's own pages, and calls their formulas wrong once a slip is made in them."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest

from derive.check.findings import Finding
from derive.formula import Formula
from derive.formula import read as formula
from tests.mutants.places import PAGES, ROOT, checked
from tests.mutants.run import ASIDE, tally
from tests.mutants.slips import KINDS, Words, slips
from tests.mutants.values import Definition, Page, Point, alike

GALLERY = tuple(page for page in PAGES if page.stem == "walkthrough")
UNDERSTOOD = ("definition", "proved", "rounded", "update")
# The pages whose models have no arrays: all of their links are understood but for so few.
SCALARS = (
    "black-scholes cosine feedforward focal-loss four-people one-neuron pinhole-camera three-hidden-layers"
    " two-two-one"
).split()


@cache
def _links(name: str) -> Counter[str]:
    """How many links of a page's formulas got which verdict."""
    return Counter(
        verdict
        for finding in checked(ROOT / "output" / name / "walkthrough.md")[0].findings
        for verdict in _verdicts(finding)
    )


def _verdicts(finding: Finding) -> list[str]:
    if finding.claim.links:
        return [link.verdict for link in finding.claim.links]
    return [] if finding.verdict == "not a claim" else [finding.verdict]


@pytest.mark.slow
@pytest.mark.parametrize("page", GALLERY, ids=lambda page: page.parent.name)
def test_no_page_of_ours_holds_what_our_check_calls_wrong_or_drifted(page: Path) -> None:
    found = _links(page.parent.name)
    assert found["wrong"] == found["drifted"] == 0
    assert found["proved"] > 0


def _share(names: list[str]) -> Fraction:
    total: Counter[str] = sum(map(_links, names), Counter())
    return Fraction(sum(total[each] for each in UNDERSTOOD), total.total())


@pytest.mark.slow
def test_nearly_all_links_of_pages_without_arrays_are_understood() -> None:
    assert _share(SCALARS) >= Fraction(99, 100)


@pytest.mark.slow
def test_most_links_of_pages_with_arrays_are_understood() -> None:
    others = [page.parent.name for page in GALLERY if page.parent.name not in SCALARS]
    assert _share(others) >= Fraction(80, 100)


SLIPS = (
    ("sign", "a - b*x", ["-a - b*x", "a + b*x"]),
    ("factor", "2*x", ["x", "2", "4*x"]),
    ("index", "w1*x", ["w2*x"]),
    ("function dropped", "f(x)", ["x"]),
    ("prime dropped", "f'(x)", ["f(x)"]),
    ("path dropped", "a*b + c*d", ["c*d", "a*b"]),
    ("transposition", "W.T @ x", ["W @ x", "x @ W.T"]),
)


@pytest.mark.parametrize(("kind", "text", "wanted"), SLIPS, ids=[kind for kind, _, _ in SLIPS])
def test_a_slip_of_each_kind_is_one_change(kind: str, text: str, wanted: list[str]) -> None:
    words = Words(frozenset(("w1", "w2")), ranks={"W": 2, "x": 1})
    assert set(slips(_formula(text), kind, words)) == set(map(_formula, wanted))


def _formula(text: str) -> Formula:
    return formula(text)


def test_every_kind_of_slip_is_made() -> None:
    assert {kind for kind, _, _ in SLIPS} == set(KINDS)


VALUES = (
    ("2*(a - b)", "2*a - 2*b", True),
    ("2*(a - b)", "2*a + 2*b", False),
    ("∂y/∂x", "2*x*exp(x**2)", True),
    ("∂y/∂x", "2*exp(x**2)", False),
    ("sum(v[i]*delta[i,j], i)", "v[j]", True),
    ("sum(v[i]*delta[i,j], i)", "v[i]", False),
)


@pytest.mark.parametrize(("one", "other", "same"), VALUES)
def test_numbers_tell_which_slips_change_a_value(one: str, other: str, same: bool) -> None:
    page = Page({}, {"y": Definition(_formula("exp(x**2)"))}, {"v": 1})
    assert alike(_formula(one), _formula(other), [Point(page, 1), Point(page, 2)]) is same


# Of each page every so many-th mutant is judged: by its own walkthroughs, a thousand in all at least.
ONE_IN, FEWEST = 4, 1000
# On the pages of claims, many formulas stand alone, and nothing says of their letters what they are.
OTHERS = tuple(page for page in PAGES if page not in GALLERY)
ONE_IN_OF_OTHERS = 40


@cache
def _tally(pages: tuple[Path, ...], one_in: int) -> Counter[str]:
    told = tally(list(pages), one_in)
    judged: Counter[str] = Counter()
    for (_, verdict), count in told.items():
        if verdict not in ASIDE:
            judged[verdict] += count
    return judged


@pytest.mark.slow
def test_a_thousand_mutants_of_true_formulas_are_called_wrong_but_for_one_in_twenty() -> None:
    judged = _tally(GALLERY, ONE_IN)
    assert judged.total() >= FEWEST
    assert judged["proved"] == 0
    assert judged["wrong"] >= Fraction(95, 100) * judged.total()


@pytest.mark.slow
def test_mutants_of_formulas_that_stand_alone_are_called_wrong_or_not_understood() -> None:
    judged = _tally(OTHERS, ONE_IN_OF_OTHERS)
    assert judged["proved"] == 0
    assert judged["wrong"] >= Fraction(80, 100) * judged.total()
