"""The gradient at a glance."""

from __future__ import annotations

from collections.abc import Iterator

from derive.formula import ZERO
from derive.walkthrough.partials import Told
from derive.walkthrough.story import MOST_SECTIONS, Story
from derive.walkthrough.tables import derivative_pairs
from derive.walkthrough.tree import Block, Cell, Section, Table
from derive.walkthrough.voice import paragraph, say

# The table of the gradient has at most so many rows.
MOST_ROWS = 99


def results_chapter(story: Story, told: Told) -> Section | None:
    """All derivatives in one table; None of a single one, which the text has just found."""
    if len(story.graph.parameters) < 2:
        return None
    return Section(say("results.title"), tuple(_table(story, told)))


def _table(story: Story, told: Told) -> Iterator[Block]:
    count = len(story.graph.parameters)
    names = story.graph.parameters[:MOST_ROWS]
    if count > MOST_ROWS:
        yield paragraph(say("results.table_long", loss=story.loss, count=f"{count:,}", shown=len(names)))
    else:
        yield paragraph(say("results.table", loss=story.loss))
    if story.numbers is not None and count > MOST_SECTIONS:
        yield derivative_pairs(names, story)
        return
    rows = tuple(_row(name, story, told) for name in names)
    head = ("results.column_derivative", "results.column_formula", "results.column_value")
    columns = tuple(say(each) for each in head[: len(rows[0])])
    yield Table(columns, rows, "llr"[: len(columns)])


def _row(name: str, story: Story, told: Told) -> tuple[Cell, ...]:
    symbol = story.derivative(story.loss, story.component(name))
    if name not in story.adjoints:
        return (symbol, ZERO) if story.numbers is None else (symbol, ZERO, ZERO)
    formula = told.results.get(name) or told.written(story.adjoints[name])
    if story.numbers is None:
        return (symbol, formula)
    return (symbol, formula, story.numbers.shown(symbol))
