"""The gradient at a glance, one update with its learning rate, and how everything was verified."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from derive.formula import Derivative, Formula, Name, Negation, Number, Product, Sum
from derive.walkthrough.lines import numbered
from derive.walkthrough.partials import Told
from derive.walkthrough.story import Story
from derive.walkthrough.tree import Block, Cell, Display, Line, Section, Table
from derive.walkthrough.voice import choice, paragraph, say, spelled

# The table of the gradient has at most so many rows.
MOST_ROWS = 100


def results_chapter(story: Story, told: Told) -> Section:
    """All derivatives in one table."""
    return Section(say("results.title"), tuple(_table(story, told)))


def _table(story: Story, told: Told) -> Iterator[Block]:
    names = story.graph.parameters[:MOST_ROWS]
    count = len(story.graph.parameters)
    if count > MOST_ROWS:
        opening = say("results.table_long", loss=story.loss, count=f"{count:,}", shown=len(names))
    else:
        opening = say("results.table", loss=story.loss)
    yield paragraph(opening)
    rows: list[tuple[Cell, ...]] = []
    for name in names:
        symbol = story.derivative(story.loss, story.component(name))
        value: tuple[Cell, ...] = () if story.numbers is None else (story.numbers.shown(symbol),)
        rows.append((symbol, told.written(story.adjoints[name]), *value))
    head = ("results.column_derivative", "results.column_formula", "results.column_value")
    columns = tuple(say(each) for each in head[: len(rows[0])])
    yield Table(columns, tuple(rows), "llr"[: len(columns)])
