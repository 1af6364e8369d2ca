"""What one neuron does, in three movements: the first in detail, the others in a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from derive.formula import Formula, Name, Negation, Number, Reduction, plus, walk
from derive.functions import Function
from derive.walkthrough.architecture import Neuron
from derive.walkthrough.story import Story
from derive.walkthrough.tree import Block, Cell, Display, Line, Section, Sentence, Table
from derive.walkthrough.voice import choice, listed, paragraph, ranged, say

# Beyond so many neurons, the table has one row for those that share their inputs.
MOST_ROWS = 12


def neuron_section(story: Story) -> Section:
    """The first neuron movement by movement, then all others by analogy."""
    return Section(say("neuron.title"), tuple(_blocks(story)))


def _blocks(story: Story) -> Iterator[Block]:
    first, *others = story.neurons
    inputs = listed(tuple(dict.fromkeys(first.inputs)))
    opening = "neuron.opening" if first.activation else "neuron.opening_sum"
    yield paragraph(say(opening, name=first.output.left, inputs=inputs))
    yield from _weigh(first)
    yield from _bias(first)
    if first.activation:
        yield from _activate(first, story)
    if first.output.indices:
        letters = listed(tuple(map(Name, first.output.indices)))
        yield paragraph(say("neuron.layer", indices=letters))
    if others:
        names = ranged(tuple(each.output.left for each in others))
        yield paragraph(choice(len(others), "neuron.other", "neuron.others", names=names))
        yield _table(others)


def _weigh(neuron: Neuron) -> Iterator[Block]:
    one = "neuron.weigh_summed" if _is_summed(neuron) else "neuron.weigh_one"
    told = one if len(neuron.weighed) == 1 else "neuron.weigh_many"
    yield paragraph(say(told), heading=say("neuron.weigh"))
    yield Display(tuple(Line(each.input, each.term, "→") for each in neuron.weighed))


def _is_summed(neuron: Neuron) -> bool:
    """Whether the weighed inputs are added up over an index."""
    return any(isinstance(node, Reduction) for each in neuron.weighed for node in walk(each.term))


def _bias(neuron: Neuron) -> Iterator[Block]:
    if neuron.bias is None:
        if len(neuron.weighed) > 1:
            yield paragraph(say("neuron.bias_none"), heading=say("neuron.add"))
            yield Display((_sum_line(neuron),))
        return
    one = "neuron.bias_sum" if _is_summed(neuron) else "neuron.bias_one"
    told = one if len(neuron.weighed) == 1 else "neuron.bias_many"
    yield paragraph(say(told, bias=neuron.bias), heading=say("neuron.bias"))
    yield Display((_sum_line(neuron),))


def _sum_line(neuron: Neuron) -> Line:
    if neuron.sum_equation is not None:
        return Line(neuron.sum_equation.left, neuron.argument)
    if neuron.activation is None:
        return Line(neuron.output.left, neuron.argument)
    return Line(plus(*(each.term for each in neuron.weighed)), neuron.argument, "→")


def _activate(neuron: Neuron, story: Story) -> Iterator[Block]:
    row = story.called(neuron.activation or "")
    assert row is not None
    yield paragraph(_squeeze(row), heading=say("neuron.activate"))
    yield Display((Line(neuron.output.left, neuron.output.formula),))


def _squeeze(row: Function) -> Sentence:
    """What the activation does to a sum that can be any number."""
    low, high = row.range.low, row.range.high
    title = row.title or None
    if title is None:
        return say("neuron.activate_own", function=row.name)
    if low is not None and high is not None:
        return say("neuron.activate_bounded", title=title, low=_end(low), high=_end(high))
    if low == "0":
        return say("neuron.activate_positive", title=title)
    return say("neuron.activate_titled", title=title)


def _end(text: str) -> Formula | str:
    if text.lstrip("-").replace(".", "").isdigit():
        return Negation(Number(text[1:])) if text.startswith("-") else Number(text)
    return text


def _table(neurons: list[Neuron]) -> Table:
    groups: dict[object, list[Neuron]] = {}
    for position, each in enumerate(neurons):
        groups.setdefault(each.inputs if len(neurons) > MOST_ROWS else position, []).append(each)
    biased = any(each.bias is not None for each in neurons)
    columns: list[Cell] = [say("neuron.column_neuron"), say("neuron.column_inputs")]
    columns += [say("neuron.column_weights"), *([say("neuron.column_bias")] if biased else [])]
    rows = tuple(_row(group, biased) for group in groups.values())
    return Table(tuple(columns), rows, "llll"[: len(columns)])


def _row(group: list[Neuron], biased: bool) -> tuple[Cell, ...]:
    weights = [weighed.weight for each in group for weighed in each.weighed]
    biases = [each.bias for each in group if each.bias is not None]
    cells: list[Cell] = [
        _phrase([each.output.left for each in group]),
        _phrase(list(group[0].inputs)),
        _phrase(weights),
    ]
    if biased:
        cells.append(_phrase(biases) if biases else None)
    return tuple(cells)


def _phrase(parts: Sequence[Formula]) -> Cell:
    if len(parts) == 1:
        return parts[0]
    if len(parts) <= 4:
        return say("phrase.commas", parts=tuple(parts))
    return say("phrase.range", firsts=tuple(parts[:2]), last=parts[-1])
