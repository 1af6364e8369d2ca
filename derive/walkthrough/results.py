"""The gradient at a glance."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from derive.formula import ZERO
from derive.walkthrough.partials import Told
from derive.walkthrough.story import MOST_SECTIONS, Story
from derive.walkthrough.tree import Block, Cell, Section, Table
from derive.walkthrough.voice import paragraph, say

# The table of the gradient has at most so many rows.
MOST_ROWS = 99
# Pairs of a derivative and its value in a row of the compact table.
PAIRS = 3


def results_chapter(story: Story, told: Told) -> Section | None:
    """All derivatives in one table; None of a single one, which the text has just found."""
    if len(story.graph.parameters) < 2:
        return None
    return Section(say("results.title"), tuple(_table(story, told)))


def _table(story: Story, told: Told) -> Iterator[Block]:
    count = len(story.graph.parameters)
    names = story.graph.parameters[:MOST_ROWS]
    if count > MOST_ROWS:
        yield paragraph(
            say("results.table_long", loss=story.loss, count=f"{count:,}", shown=len(names))
        )
    else:
        yield paragraph(say("results.table", loss=story.loss))
    if story.numbers is not None and count > MOST_SECTIONS:
        yield _compact(names, story)
        return
    rows = tuple(_row(name, story, told) for name in names)
    head = ("results.column_derivative", "results.column_formula", "results.column_value")
    columns = tuple(say(each) for each in head[: len(rows[0])])
    yield Table(columns, rows, "llr"[: len(columns)])


def _compact(names: Sequence[str], story: Story) -> Table:
    """Derivatives and values only, several pairs to a row."""
    cells = [cell for name in names for cell in _pair(name, story)]
    cells += [None] * (-len(cells) % (2 * PAIRS))
    rows = tuple(tuple(cells[at : at + 2 * PAIRS]) for at in range(0, len(cells), 2 * PAIRS))
    head = (say("results.column_derivative"), say("results.column_value")) * PAIRS
    return Table(head, rows, "lr" * PAIRS)


def _pair(name: str, story: Story) -> tuple[Cell, ...]:
    assert story.numbers is not None
    symbol = story.derivative(story.loss, story.component(name))
    return symbol, story.numbers.shown(symbol) if name in story.adjoints else ZERO


def _row(name: str, story: Story, told: Told) -> tuple[Cell, ...]:
    symbol = story.derivative(story.loss, story.component(name))
    if name not in story.adjoints:
        return (symbol, ZERO) if story.numbers is None else (symbol, ZERO, ZERO)
    formula = told.results.get(name) or told.written(story.adjoints[name])
    if story.numbers is None:
        return (symbol, formula)
    return (symbol, formula, story.numbers.shown(symbol))
