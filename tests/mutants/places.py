"""The true formulas of the project's own pages, each with what its page has said up to there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from copy import copy
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from unittest.mock import patch

from derive.check import checking
from derive.check.assertions import Assertion
from derive.check.claims import claim
from derive.check.course import Course
from derive.check.documents import read
from derive.check.findings import Report
from derive.check.passages import Passage
from derive.check.verdict import Claim, Verdict
from derive.effort import TooMuch
from derive.formula import Formula, Indexed, Name, walk
from tests.mutants.slips import Words
from tests.mutants.values import READINGS, Definition, Page, Point

_SHAPE = re.compile(r"\\mathbb\{R\}\^\{([^{}]*)\}")
ROOT = Path(__file__).parents[2]
PAGES = (*sorted((ROOT / "output").glob("*/walkthrough.md")), *sorted((ROOT / "tests/claims").glob("*.md")))


@dataclass(frozen=True)
class Place:
    """A link left = right that was proved, in its formula; `course` is what had been said up to there."""

    page: str
    passage: Passage
    course: Course
    said: Assertion
    found: Claim
    link: int
    words: Words

    @property
    def left(self) -> Formula:
        """The side that stays."""
        return self.found.links[self.link].left

    @property
    def right(self) -> Formula:
        """The side that slips."""
        return self.found.links[self.link].right

    def verdict(self, formula: Formula) -> Verdict:
        """What the check says of the formula with another right side here; `proved` if of the link."""
        sides, at = list(self.said.sides), self.link + (0 if self.said.lead else 1)
        sides[at] = replace(sides[at], formula=formula)
        course = _twin(self.course)
        try:
            with course.bounded():
                found = claim(replace(self.said, sides=tuple(sides)), self.passage, course)
        except (TooMuch, ArithmeticError, RecursionError):
            return "not understood"
        slipped = found.links[self.link].verdict if found.links else found.verdict
        return slipped if slipped == "proved" else found.verdict

    @cached_property
    def points(self) -> list[list[Point]]:
        """Points at which both sides are worked out, under each standard reading of derivatives."""
        page = self._page()
        return [[Point(page, seed, reading) for seed in (1, 2)] for reading in READINGS]

    @cached_property
    def points_of_page(self) -> list[list[Point]]:
        """The point of the page's own numbers, likewise."""
        page = self._page()
        facts = self.course.environment(self.passage).values
        written = {name: fact.formula for name, fact in facts.items()}
        return [[Point(page, 1, reading, written=written)] for reading in READINGS]

    def _page(self) -> Page:
        environment = self.course.environment(self.passage)
        functions = {
            name: Definition(fact.formula, parameters=fact.parameters)
            for name, fact in environment.functions.items()
        }
        equations = {
            name: Definition(fact.formula, fact.letters) for name, fact in environment.equations.items()
        }
        head = self.found.head
        of = getattr(head, "of", None)
        sizes = self.words.sizes - self.words.ranks.keys()
        return Page(functions, equations, self.words.ranks, of.name if isinstance(of, Name) else "", sizes)


@cache
def checked(path: Path) -> tuple[Report, tuple[Place, ...]]:
    """What the check says of a page, and its proved links in formulas without a fault."""
    seen: list[tuple[Assertion, Passage, Claim, Course]] = []

    def watched(said: Assertion, passage: Passage, course: Course) -> Claim:
        before = _twin(course)
        found = claim(said, passage, course)
        seen.append((said, passage, found, before))
        return found

    with patch.object(checking, "claim", watched):
        report = checking.check_document(read(path))
    formulas = [side.formula for _, _, found, _ in seen for side in found.sides]
    words = replace(_words(formulas), sizes=_sizes(path.read_text(encoding="utf-8")))
    name = path.stem if path.stem != "walkthrough" else path.parent.name
    return report, tuple(
        Place(name, passage, course, said, found, at, words)
        for said, passage, found, course in seen
        if found.verdict not in ("wrong", "drifted")
        for at, link in enumerate(found.links)
        if link.verdict == "proved" and link.sign in ("=", "≈")
    )


def _twin(course: Course) -> Course:
    """The same course, to go on with apart."""
    twin = copy(course)
    for name, value in vars(course).items():
        setattr(twin, name, copy(value))
    return twin


def _words(formulas: list[Formula]) -> Words:
    nodes = [node for each in formulas for node in walk(each)]
    names = frozenset(node.name for node in nodes if isinstance(node, Name))
    letters = frozenset(
        index.name
        for node in nodes
        if isinstance(node, Indexed)
        for index in node.indices
        if isinstance(index, Name)
    )
    return Words(names, letters, dict(_ranks(nodes)))


def _sizes(text: str) -> frozenset[str]:
    """The letters that say how large arrays are: x ∈ ℝ^d."""
    return frozenset(
        letter
        for shape in _SHAPE.findall(text)
        for letter in re.split(r"\\times|\s", shape)
        if len(letter) == 1 and letter.isalpha()
    )


def _ranks(nodes: list[Formula]) -> Iterator[tuple[str, int]]:
    """How many indices each quantity has at most: those of its components."""
    found: dict[str, int] = {}
    for node in nodes:
        if isinstance(node, Indexed):
            found[node.name] = max(found.get(node.name, 0), len(node.indices))
    yield from found.items()


def pages_by_name() -> Mapping[str, Path]:
    """The pages by the name that a place gives them."""
    return {path.parent.name if path.stem == "walkthrough" else path.stem: path for path in PAGES}
