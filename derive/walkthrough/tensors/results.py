"""The gradient of a model with arrays at a glance: every derivative with its shape, in the order of use."""

from __future__ import annotations

from collections.abc import Iterator

from derive.formula import ZERO, Derivative, Formula, Indexed, Name, walk
from derive.walkthrough.partials import Told
from derive.walkthrough.story import Story
from derive.walkthrough.tensors.model import shape_cell
from derive.walkthrough.tree import Block, Cell, Section, Table
from derive.walkthrough.voice import paragraph, say


def tensor_results_chapter(story: Story, told: Told) -> Section | None:
    """What the derivatives are made of first, then those that were sought; None of a single one."""
    if told.tabled or (len(story.graph.parameters) < 2 and not _needed(story, told)):
        return None
    return Section(say("results.title"), tuple(_table(story, told)))


def _table(story: Story, told: Told) -> Iterator[Block]:
    between = [name for name in story.adjoints if name in _needed(story, told)]
    rows = tuple(_row(name, story, told) for name in (*between, *story.graph.parameters))
    yield paragraph(say("tensor.table" if between else "results.table", loss=story.loss))
    heads = (
        "results.column_derivative",
        "results.column_formula",
        "tensor.column_shape",
        "results.column_value",
    )
    count = 3 if story.numbers is None else 4
    yield Table(tuple(map(say, heads[:count])), rows, "llll"[:count])


def _needed(story: Story, told: Told) -> set[str]:
    """The adjoints that the formulas of those sought read, directly or through others."""
    found: set[str] = set()
    waiting = list(story.sought)
    signals = {signal: name for name, signal in story.signals.items()}
    while waiting:
        for node in walk(told.results[waiting.pop()]):
            name = _read(node, signals)
            if name is not None and name not in found and name in told.results:
                found.add(name)
                waiting.append(name)
    return found - set(story.sought)


def _read(node: Formula, signals: dict[str, str]) -> str | None:
    match node:
        case Derivative(wrt=Name() | Indexed() as wrt, applied=False):
            return wrt.name
        case Name(name) | Indexed(name=name) if name in signals:
            return signals[name]
    return None


def _row(name: str, story: Story, told: Told) -> tuple[Cell, ...]:
    shape = shape_cell(story.shape(name))
    whole = Derivative(story.loss, Name(name))
    if name not in story.adjoints:
        return whole, ZERO, shape, *(() if story.numbers is None else (ZERO,))
    by_component = name not in told.collected
    symbol = story.adjoints[name].derivative if by_component else whole
    value = () if story.numbers is None else (story.numbers.shown(whole),)
    return story.spelled(symbol), told.results[name], shape, *value
