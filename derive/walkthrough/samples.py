"""The worked table of the loss: a row for each sample."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from derive.evaluate import lengths
from derive.formula import (
    Formula,
    Indexed,
    Name,
    Number,
    Quotient,
    Reduction,
    operands,
    plus,
    replace,
    walk,
)
from derive.graph import Graph
from derive.model.model import Table as Samples
from derive.walkthrough.lines import number_lines
from derive.walkthrough.numbers import Numbers
from derive.walkthrough.story import Story
from derive.walkthrough.tree import Block, Cell, Display, Line, Sentence, Table
from derive.walkthrough.voice import paragraph, say, spelled

# Longer tables tell no more.
MOST_ROWS = 12


def sample_blocks(story: Story) -> Iterator[Block]:
    """The loss of every sample in the model's table; other arrays are worked through in the forward pass."""
    samples = story.graph.model.table
    if story.numbers is None or samples is None:
        return
    reduction = _over_samples(story)
    if reduction is not None:
        yield from _summed_table(reduction, story, story.numbers)
    elif 1 < len(samples.rows) <= MOST_ROWS:
        yield from _given_table(samples, story, story.numbers)


def _over_samples(story: Story) -> Reduction | None:
    """The one sum or mean in the equation of the loss, if it runs over one index."""
    formula = story.graph.by_target[story.graph.loss].formula
    found = [node for node in walk(formula) if isinstance(node, Reduction)]
    if len(found) != 1 or len(found[0].bounds) != 1 or found[0].kind not in ("sum", "mean"):
        return None
    letter = found[0].bounds[0].name
    return found[0] if _numbers_samples(found[0].body, letter, story.graph) else None


def _numbers_samples(formula: Formula, letter: str, graph: Graph) -> bool:
    """Whether an index numbers samples: data have it and what is computed from them, no parameter does."""
    for node in walk(formula):
        if isinstance(node, Indexed) and Name(letter) in node.indices:
            if node.name in graph.model.parameters and node.name not in graph.model.data:
                return False
            equation = graph.by_target.get(node.name)
            if equation is not None:
                own = equation.indices[node.indices.index(Name(letter))]
                if not _numbers_samples(equation.formula, own, graph):
                    return False
    return True


def _summed_table(reduction: Reduction, story: Story, numbers: Numbers) -> Iterator[Block]:
    """The body of the reduction for each value of its index, then the whole."""
    letter, body = reduction.bounds[0].name, reduction.body
    columns = [each for each in operands(body) if isinstance(each, Indexed) and Name(letter) in each.indices]
    counts = {lengths(numbers.value(each)) for each in columns}
    if len(counts) != 1 or any(len(each.indices) != 1 for each in columns):
        return
    count = counts.pop()[0]
    if not 1 < count <= MOST_ROWS:
        return
    labels = _labels(story, count)
    rows = tuple(
        (label, *(numbers.at(each, {letter: at}) for each in (*columns, body)))
        for at, label in enumerate(labels)
    )
    yield paragraph(say("loss.table"))
    head: tuple[Cell, ...] = (say("loss.column_sample"), *columns, body)
    yield Table(head, rows, "l" + "r" * (len(columns) + 1))
    yield paragraph(say("loss.total"))
    yield Display(_total(reduction, [row[-1] for row in rows], story, numbers))


def _labels(story: Story, count: int) -> Sequence[Cell]:
    samples = story.graph.model.table
    if samples is not None and len(samples.labels) == count:
        return samples.labels
    return tuple(range(1, count + 1))


def _total(reduction: Reduction, values: Sequence[Cell], story: Story, numbers: Numbers) -> tuple[Line, ...]:
    """The loss with the numbers of the last column in place of the sum."""
    formula = story.graph.by_target[story.graph.loss].formula
    total = plus(*(value for value in values if isinstance(value, Formula)))
    if reduction.kind == "mean":
        total = Quotient(total, Number(str(len(values))))
    whole = replace(formula, {reduction: total})
    return (Line(story.loss, formula), *number_lines(story.loss, whole, numbers))


def _given_table(samples: Samples, story: Story, numbers: Numbers) -> Iterator[Block]:
    """What the model with its starting values makes of every sample of the table."""
    known = [name for name in samples.columns if name in story.graph.inputs]
    if not known or set(story.graph.model.data) & set(story.graph.inputs) > set(known):
        return
    results = _results(story)
    rows: list[tuple[Cell, ...]] = []
    losses: list[Numbers] = []
    for position, row in enumerate(samples.rows):
        given = dict(zip(samples.columns, row, strict=True))
        there = numbers.with_inputs({name: given[name] for name in known})
        losses.append(there)
        label = samples.labels[position] if samples.labels else position + 1
        quantities = (*map(Name, known), *results, story.loss)
        rows.append((label, *(there.number(each) for each in quantities)))
    head: tuple[Cell, ...] = (say("loss.column_sample"), *map(Name, known), *results, story.loss)
    yield paragraph(say("loss.given", loss=story.loss))
    yield Table(head, tuple(rows), "l" + "r" * (len(head) - 1))
    mean = numbers.mean_of(story.loss, losses)
    yield paragraph(
        say("loss.mean", loss=story.loss, mean=mean, count=spelled(len(rows))),
        _followed(samples, known, numbers),
    )


def _followed(samples: Samples, known: Sequence[str], numbers: Numbers) -> Sentence:
    """Whose numbers the worked example has."""
    for label, row in zip(samples.labels, samples.rows, strict=False):
        given = dict(zip(samples.columns, row, strict=True))
        if all(numbers.scalar(Name(name)) == given[name] for name in known):
            return say("loss.follow", label=label)
    return say("loss.follow_one")


def _results(story: Story) -> tuple[Formula, ...]:
    """What the loss reads and the model computes: the predictions."""
    reads = story.graph.by_target[story.graph.loss].operands
    return tuple(each for each in reads if each.name in story.graph.by_target)
