"""Tables that several chapters use: values side by side, derivatives in pairs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from derive.formula import ZERO, Formula, Name
from derive.notation import plain
from derive.walkthrough.numbers import Numbers
from derive.walkthrough.story import Story
from derive.walkthrough.tree import Cell, Display, Line, Table
from derive.walkthrough.voice import say

# A table of values has at most so many columns, of short values more; a table of pairs so many pairs.
MOST_COLUMNS, MOST_NARROW_COLUMNS = 8, 12
NARROW = 4
PAIRS = 3


def value_tables(numbers: Numbers, names: Sequence[str]) -> Iterator[Table | Display]:
    """The values of names: scalars side by side in rows of a few, arrays below each other."""
    arrays = [name for name in names if isinstance(numbers.values[name], tuple)]
    scalars = [name for name in names if name not in arrays]
    values = {name: numbers.number(Name(name)) for name in scalars}
    widest = max((len(plain(value)) for value in values.values()), default=0)
    most = MOST_COLUMNS if widest > NARROW else MOST_NARROW_COLUMNS
    for start in range(0, len(scalars), most):
        chunk = scalars[start : start + most]
        columns: tuple[Cell, ...] = tuple(map(Name, chunk))
        row: tuple[Cell, ...] = tuple(values[name] for name in chunk)
        yield Table(columns, (row,), "r" * len(chunk))
    lines = tuple(_array_line(name, numbers) for name in arrays)
    if lines:
        yield Display(tuple(line for line in lines if line is not None))


def _array_line(name: str, numbers: Numbers) -> Line | None:
    shown = numbers.shown(Name(name))
    return None if shown is None else Line(Name(name), shown)


def derivative_pairs(names: Sequence[str], story: Story) -> Table:
    """Derivatives of the loss and their values, several pairs in a row."""
    cells = [cell for name in names for cell in _pair(name, story)]
    cells += [None] * (-len(cells) % (2 * PAIRS))
    rows = tuple(tuple(cells[at : at + 2 * PAIRS]) for at in range(0, len(cells), 2 * PAIRS))
    pairs = min(PAIRS, len(names))
    head = (say("results.column_derivative"), say("results.column_value")) * pairs
    return Table(head, tuple(row[: 2 * pairs] for row in rows), "lr" * pairs)


def _pair(name: str, story: Story) -> tuple[Cell, Cell]:
    assert story.numbers is not None
    symbol: Formula = story.derivative(story.loss, story.component(name))
    return symbol, story.numbers.shown(symbol) if name in story.adjoints else ZERO
