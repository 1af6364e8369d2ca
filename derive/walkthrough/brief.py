"""The result page: the model, the equations of its gradient, and the code."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from derive.formula import ZERO, Derivative, Formula, Indexed, Name, names, walk
from derive.graph import Graph
from derive.walkthrough.builder import derived, story_of
from derive.walkthrough.labels import with_cited_labels_only
from derive.walkthrough.partials import Told
from derive.walkthrough.proofs import Proofs
from derive.walkthrough.story import Story
from derive.walkthrough.tensors import told_equations
from derive.walkthrough.tree import Block, Code, Display, Line, Section, Shape, Walkthrough
from derive.walkthrough.voice import listed, paragraph, say
from derive.walkthrough.writing import as_written


def brief(graph: Graph, code: Code | None = None) -> Walkthrough:
    """The results of a model's walkthrough; they are derived and proved as there.

    `code` is the program that computes them.
    """
    story = story_of(graph)
    told = Told(story, Proofs(graph.model.functions))
    derived(story, told)
    sections = [
        Section(say("brief.model"), tuple(_model(story, told))),
        Section(say("brief.gradient", loss=story.loss), tuple(_gradient(story, told))),
    ]
    if code is not None:
        sections.append(Section(say("brief.code"), (code,)))
    page = Walkthrough(graph.model.title, tuple(sections), story.graph, story.notation)
    return with_cited_labels_only(page)


def with_code(walkthrough: Walkthrough, code: Code) -> Walkthrough:
    """The walkthrough with the program as its last section."""
    return replace(walkthrough, sections=(*walkthrough.sections, Section(say("brief.code"), (code,))))


def _model(story: Story, told: Told) -> Iterator[Block]:
    """The author's equations, and those of names of ours that the results use."""
    ours = {each.target: each for each in (*story.as_written, *told_equations(story))}
    own = [each for each in story.graph.model.equations if each.target in ours]
    for each in own:
        del ours[each.target]
    named = [ours[name] for name in ours if name in _used(story, told)]
    yield Display(tuple(as_written(each, story.ranks) for each in (*own[:-1], *named, *own[-1:])))
    data = [name for name in story.graph.inputs if name in story.graph.model.data]
    if data and not story.indexed:
        yield paragraph(say("brief.data", names=listed(tuple(map(Name, data)))))
    arrays = [name for name in story.graph.inputs if story.graph.shapes.get(name)]
    if arrays:
        shapes = tuple(Shape(story.shape(name), Name(name)) for name in arrays)
        yield paragraph(say("brief.shapes", shapes=listed(shapes)))


def _gradient(story: Story, told: Told) -> Iterator[Block]:
    """The derivatives that the wanted ones are made of, then those, in the order of use."""
    needed = _needed(story, told)
    between = [name for name in story.adjoints if name in needed]
    yield Display(tuple(_result(name, story, told) for name in (*between, *story.graph.parameters)))
    yield paragraph(say("brief.proved", count=told.proofs.count))


def _result(name: str, story: Story, told: Told) -> Line:
    if name not in story.adjoints:
        return Line(Derivative(story.loss, story.component(name)), ZERO)
    symbol = story.derivative(story.loss, Name(name) if name in told.collected else story.component(name))
    return Line(story.spelled(symbol), _formula(name, story, told))


def _used(story: Story, told: Told) -> set[str]:
    """The quantities that the results read."""
    shown = (*_needed(story, told), *story.sought)
    return {name for each in shown for name in names(_formula(each, story, told))}


def _formula(name: str, story: Story, told: Told) -> Formula:
    """A derivative as the text boxes it, else by the chain rule."""
    return told.results.get(name) or story.spelled(told.written(story.adjoints[name]))


def _needed(story: Story, told: Told) -> set[str]:
    """The derivatives that the formulas of those sought read, directly or through others."""
    signals = {signal: name for name, signal in story.signals.items()}
    found: set[str] = set()
    waiting = list(story.sought)
    while waiting:
        name = waiting.pop()
        for node in walk(_formula(name, story, told)):
            read = _read(node, signals)
            if read in story.adjoints and read not in found:
                found.add(read)
                waiting.append(read)
    return found - set(story.sought)


def _read(node: Formula, signals: Mapping[str, str]) -> str:
    """The quantity that a node is the derivative of the loss by; empty where it is none."""
    match node:
        case Derivative(wrt=Name(name) | Indexed(name), applied=False):
            return name
        case Name(name) | Indexed(name):
            return signals.get(name, "")
    return ""
