"""The forward pass: every line with numbers in place of names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby

from derive.equation import Equation
from derive.formula import Formula, Name
from derive.walkthrough.lines import worked_lines
from derive.walkthrough.numbers import Numbers
from derive.walkthrough.partials import skeleton
from derive.walkthrough.story import Story
from derive.walkthrough.tables import value_tables
from derive.walkthrough.tree import Block, Display, Line, Section, Sentence
from derive.walkthrough.voice import choice, listed, paragraph, ranged, say
from derive.walkthrough.writing import in_signs

# More values than these are not printed.
MOST_VALUES = 48
# Beyond so many equations, only the first of each layer is worked,
MOST_WORKED = 8
# and this for so many layers of one form.
MOST_ALIKE = 2


def forward_chapter(story: Story, equations: Sequence[Equation] = ()) -> Section:
    """From the inputs to the loss, in numbers; without values, a word on why there are none."""
    return Section(say("forward.title"), tuple(_blocks(story, equations or story.graph.equations)))


def _blocks(story: Story, equations: Sequence[Equation]) -> Iterator[Block]:
    numbers = story.numbers
    if numbers is None:
        yield paragraph(no_numbers(story))
        return
    yield from given_values(story, numbers)
    yield paragraph(say("forward.lines"))
    yield from _lines(equations, story)
    if numbers.rounds:
        yield paragraph(say("forward.rounding"))
    yield paragraph(say("forward.done", loss=story.loss, value=numbers.number(story.loss)))


def given_values(story: Story, numbers: Numbers) -> Iterator[Block]:
    """The values that the worked example starts from, unless there are too many to print."""
    inputs = story.graph.inputs
    if len(inputs) > MOST_VALUES:
        yield paragraph(say("forward.opening_many", loss=story.loss, count=f"{len(inputs):,}"))
        inputs = tuple(name for name in inputs if name in story.graph.model.data)[:MOST_VALUES]
    else:
        yield paragraph(say("forward.opening", loss=story.loss))
    yield from value_tables(numbers, inputs)


def no_numbers(story: Story) -> Sentence:
    """Why the text has no numbers."""
    if not story.missing:
        return say("forward.letters")
    names = listed(tuple(map(Name, story.missing)))
    return choice(len(story.missing), "forward.missing_one", "forward.missing_many", names=names)


def _written(equation: Equation, story: Story) -> Line | None:
    """The equation in the author's matrix notation, where that is how it was written."""
    if equation.written is None:
        return None
    return Line(Name(equation.target), in_signs(equation.written, story.ranks))


def _lines(equations: Sequence[Equation], story: Story) -> Iterator[Block]:
    """Every equation worked while they are few; then one of each layer, with the results of the others."""
    numbers = story.numbers
    assert numbers is not None
    if len(equations) <= MOST_WORKED:
        yield Display(
            tuple(line for each in equations for line in worked_lines(each, numbers, _written(each, story)))
        )
        return
    told: Counter[Formula] = Counter()
    rest: list[Equation] = []
    for form, group in groupby(equations, lambda each: skeleton(each.formula)):
        first, *others = group
        if told[form] >= MOST_ALIKE:
            others.insert(0, first)
        else:
            yield from _results(rest, numbers)
            rest = []
            yield Display(worked_lines(first, numbers, _written(first, story)))
        told[form] += 1
        rest += others
    yield from _results(rest, numbers)


def _results(equations: Sequence[Equation], numbers: Numbers) -> Iterator[Block]:
    """The results of equations like those above, while there are few enough to print."""
    if not equations:
        return
    names = ranged(tuple(each.left for each in equations))
    if len(equations) > MOST_VALUES:
        yield paragraph(say("forward.unprinted", names=names, count=f"{len(equations):,}"))
        return
    yield paragraph(say("forward.rest", names=names))
    yield from value_tables(numbers, [each.target for each in equations])
