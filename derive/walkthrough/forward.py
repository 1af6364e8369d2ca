"""The forward pass: every line with numbers in place of names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby

from derive.equation import Equation
from derive.formula import Formula, Name
from derive.walkthrough.lines import worked_lines
from derive.walkthrough.partials import skeleton
from derive.walkthrough.story import Story
from derive.walkthrough.tree import Block, Cell, Display, Section, Sentence, Table
from derive.walkthrough.voice import choice, listed, paragraph, ranged, say

# A table of values has at most so many columns.
MOST_COLUMNS = 8
# Beyond so many equations, only the first of each layer is worked,
MOST_WORKED = 12
# and this for so many layers of one form.
MOST_ALIKE = 2


def forward_chapter(story: Story) -> Section:
    """From the inputs to the loss, in numbers; without values, a word on why there are none."""
    return Section(say("forward.title"), tuple(_blocks(story)))


def _blocks(story: Story) -> Iterator[Block]:
    numbers = story.numbers
    if numbers is None:
        yield paragraph(no_numbers(story))
        return
    yield paragraph(say("forward.opening", loss=story.loss))
    yield from value_tables(story, story.graph.inputs)
    yield paragraph(say("forward.lines"))
    yield from _lines(story.graph.equations, story)
    if numbers.rounds:
        yield paragraph(say("forward.rounding"))
    yield paragraph(say("forward.done", loss=story.loss, value=numbers.number(story.loss)))


def no_numbers(story: Story) -> Sentence:
    """Why the text has no numbers."""
    if not story.missing:
        return say("forward.letters")
    names = listed(tuple(map(Name, story.missing)))
    return choice(len(story.missing), "forward.missing_one", "forward.missing_many", names=names)


def value_tables(story: Story, names: Sequence[str]) -> Iterator[Table]:
    """The values of names, side by side in rows of a few."""
    numbers = story.numbers
    assert numbers is not None
    for start in range(0, len(names), MOST_COLUMNS):
        chunk = names[start : start + MOST_COLUMNS]
        columns: tuple[Cell, ...] = tuple(map(Name, chunk))
        row: tuple[Cell, ...] = tuple(numbers.shown(Name(name)) for name in chunk)
        yield Table(columns, (row,), "r" * len(chunk))


def _lines(equations: Sequence[Equation], story: Story) -> Iterator[Block]:
    """Every equation worked while they are few; then one of each layer, with the results of the others."""
    numbers = story.numbers
    assert numbers is not None
    if len(equations) <= MOST_WORKED:
        yield Display(tuple(line for each in equations for line in worked_lines(each, numbers)))
        return
    told: Counter[Formula] = Counter()
    for form, group in groupby(equations, lambda each: skeleton(each.formula)):
        first, *rest = group
        if told[form] < MOST_ALIKE:
            yield Display(tuple(worked_lines(first, numbers)))
        else:
            rest = [first, *rest]
        told[form] += 1
        if rest:
            names = ranged(tuple(each.left for each in rest))
            yield paragraph(say("forward.rest", names=names))
            yield from value_tables(story, [each.target for each in rest])
