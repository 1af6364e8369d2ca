"""The backward pass of a deep network: the output, one step back for every layer, the four equations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from derive.formula import Formula, Name, Relation
from derive.notation import name_latex
from derive.walkthrough.layers.activations import (
    general_lines,
    general_signal,
    own_functions,
    prove_general,
)
from derive.walkthrough.layers.network import Layer, layers, of_any, with_names
from derive.walkthrough.partials import Told
from derive.walkthrough.respelling import line_with
from derive.walkthrough.story import Story
from derive.walkthrough.tensors.adjoints import Backward
from derive.walkthrough.tensors.chapter import component_once, opening, sections
from derive.walkthrough.tree import Block, Cell, Display, Line, Section, Shape, Table
from derive.walkthrough.voice import paragraph, say, spelled

# No sum runs over ℓ: it numbers the layers.
ELL = r"\ell"
# Of so many layers, each has a row in the table of the error signals.
MOST_ROWS = 12
# Of more, so many at either end.
ENDS = 3


def layers_chapter(story: Story, told: Told) -> Section | None:
    """The chapter, for a plain row of layers that are alike; None for any other model."""
    found = layers(story)
    if not found or not story.signals.keys() >= {each.sum for each in found}:
        return None
    told.notation.update(_spellings(of_any(found, story), story))
    backward = Backward(story, told)
    order = [each.target for each in story.graph.equations]
    output = order[order.index(found[-1].sum) :]
    blocks = (
        *component_once(story, told),
        *sections(backward, output, parameters=False),
        Section(say("layers.step_title"), tuple(_step(found, backward))),
        Section(say("layers.equations_title"), tuple(_equations(found, backward))),
    )
    told.tabled = story.numbers is None
    return Section(say("gradient.title"), (*opening(story, told), *blocks))


def _step(found: Sequence[Layer], backward: Backward) -> Iterator[Block]:
    """One step back, derived on the last hidden layer and told for any."""
    story = backward.story
    layer, after = found[-2], found[-1]
    names = of_any(found, story)
    assert layer.output is not None
    equations = [story.graph.by_target[each] for each in (after.sum, layer.output, layer.sum)]
    count, index = spelled(len(found)), Name("ell")
    told = say(
        "layers.any", count=count, last=len(found) - 1, input=_input(found, backward, names), index=index
    )
    own = own_functions(found)
    functions = [say("layers.own_functions", function=Name(names[str(layer.activation)]))] if own else []
    yield paragraph(*functions, told)
    yield Display(
        tuple(Line(with_names(each.left, names), with_names(each.formula, names)) for each in equations)
    )
    silent = Backward(replace(story, numbers=None), backward.told, backward.results, backward.forms)
    signal, wanted = _signal(after, names, story), _signal(layer, names, story)
    yield paragraph(say("layers.back", signal=signal, wanted=wanted))
    back = [_renamed(line, names) for line in _lines(silent, [layer.output])]
    one = [_renamed(line, names) for line in _lines(silent, [layer.sum])]
    yield Display((*back, *(general_lines(layer, silent, names) if own else one)))
    yield paragraph(say("layers.parameters"))
    yield Display(tuple(_renamed(line, names) for line in _lines(silent, layer.parameters)))
    _conclude(found[-1].parameters, backward)
    for each in reversed(found[:-1]):
        assert each.output is not None
        _conclude((each.output, each.sum, *each.parameters), backward)
        if own:
            prove_general(each, backward)


def _input(found: Sequence[Layer], backward: Backward, names: Mapping[str, str]) -> Formula:
    """The input as the output of a layer before the first: a_0 = x."""
    stem, source = names[str(found[-2].output)].rpartition(" ")[0], Name(found[0].source)
    before = Name(f"{stem} 0")
    written = backward.story.graph.model.notation.get(stem) or name_latex(stem)
    backward.told.notation[before.name] = f"{written}_0"
    return source if source.name == f"{stem}0" else Relation((before, source), ("=",))


def _lines(backward: Backward, names: Sequence[str]) -> Iterator[Line]:
    adjoints = [backward.story.adjoints[name] for name in names]
    for block in backward.blocks(adjoints):
        if isinstance(block, Display):
            yield from block.lines


def _conclude(names: Sequence[str], backward: Backward) -> None:
    """Derive and prove what the table states of a layer, without telling it."""
    for name in names:
        for _ in backward.blocks((backward.story.adjoints[name],)):
            pass


def _equations(found: Sequence[Layer], backward: Backward) -> Iterator[Block]:
    """The four equations, and the error signal of every layer."""
    story, told = backward.story, backward.told
    layer, last = found[-2], found[-1]
    names = of_any(found, story)
    every = len(found)
    lines = [
        Line(_left(last.sum, backward), told.results[last.sum], note=say("layers.at_the_output"), boxed=True),
        *(
            Line(
                with_names(_left(name, backward), names),
                with_names(_general(name, found, backward), names),
                note=say("layers.holds", index=Name("ell"), last=every - 1 if name == layer.sum else every),
                boxed=True,
            )
            for name in (layer.sum, *reversed(layer.parameters))
        ),
    ]
    yield paragraph(say("layers.four", lines=spelled(len(lines)), count=spelled(every)))
    yield Display(tuple(lines))
    yield paragraph(say("layers.instances"))
    yield _table(found, backward)


def _general(name: str, found: Sequence[Layer], backward: Backward) -> Formula:
    """What is stated of any layer, in the names of the last hidden one."""
    layer = found[-2]
    of_signal = name == layer.sum and own_functions(found)
    return general_signal(layer, backward) if of_signal else backward.told.results[name]


def _left(name: str, backward: Backward) -> Formula:
    """What a result is the value of: the whole array, or a component where it stays in index form."""
    adjoint = backward.story.adjoints[name]
    whole = name in backward.told.collected
    return backward.story.spelled(backward.whole(adjoint) if whole else adjoint.derivative)


def _table(found: Sequence[Layer], backward: Backward) -> Table:
    """The error signal and the gradient of every layer, from the last to the first."""
    every = list(enumerate(found, 1))[::-1]
    rows = [_row(number, layer, backward) for number, layer in every]
    if len(rows) > MOST_ROWS:
        rest: tuple[Cell, ...] = (say("layers.and_so_on"), *(None for _ in rows[0][1:]))
        rows = [*rows[:ENDS], rest, *rows[-ENDS:]]
    heads: list[Cell] = [say("layers.column_layer"), say("layers.column_signal")]
    names = of_any(found, backward.story)
    heads += (with_names(_left(name, backward), names) for name in found[-2].parameters)
    heads.append(say("layers.column_shape", weights=with_names(Name(found[-2].weights), names)))
    return Table(tuple(heads), tuple(rows), "l" * len(heads))


def _row(number: int, layer: Layer, backward: Backward) -> tuple[Cell, ...]:
    results = backward.told.results
    shape = Shape(backward.story.shape(layer.weights))
    signal = Relation((_left(layer.sum, backward), results[layer.sum]), ("=",))
    return (number, signal, *(results[name] for name in layer.parameters), shape)


def _signal(layer: Layer, names: Mapping[str, str], story: Story) -> Formula:
    return with_names(Name(story.signals[layer.sum]), names)


def _renamed(line: Line, names: Mapping[str, str]) -> Line:
    """A line about one layer as a line about any; the sizes of one layer are not those of all."""
    told = line.note is not None and line.note.macro != "tensor.shape"
    line = line if told else replace(line, note=None)
    return line_with(line, lambda formula: with_names(formula, names))


def _spellings(names: Mapping[str, str], story: Story) -> Iterator[tuple[str, str]]:
    """How the names of any layer are written: W_{l+1}."""
    for name in names.values():
        stem, _, place = name.rpartition(" ")
        written = story.graph.model.notation.get(stem) or name_latex(stem)
        yield name, f"{written}_{{{place.replace('ell', ELL)}}}"
