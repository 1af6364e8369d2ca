"""A variant of the lesson: names and numbers drawn, sections in some order, one error planted or none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from tests.variants import lesson, names, worked
from tests.variants.names import Names
from tests.variants.page import Expected, Page

Section = Callable[[Page, Names, Random], None]
# The numbers follow the symbols that they stand for; the rest may stand in any order.
SECTIONS: tuple[tuple[Section, ...], ...] = (
    (lesson.neuron,),
    (lesson.feedforward,),
    (lesson.loss,),
    (lesson.partials, worked.worked),
    (lesson.cosine,),
    (lesson.cross_entropy,),
)


@dataclass(frozen=True, slots=True)
class Variant:
    """A document, its form and side file, and the verdict on each formula in order."""

    text: str
    form: str
    facts: str
    expected: tuple[Expected, ...]


def variant(number: int) -> Variant:
    """One of as many variants as there are numbers; every fifth has no error planted."""
    whole = _written(number, None)
    planted = None if number % 5 == 0 else Random(f"error {number}").randrange(whole.slips)
    page = _written(number, planted)
    return Variant(
        page.text, "markdown" if page.marked else "text", "\n".join(page.facts) + "\n", tuple(page.expected)
    )


def _written(number: int, planted: int | None) -> Page:
    random = Random(f"lesson {number}")
    chosen = names.drawn(random)
    sections = random.sample(SECTIONS, len(SECTIONS))
    page = Page(planted, marked=random.random() < 0.5)
    for section in (each for part in sections for each in part):
        section(page, chosen, random)
    return page
