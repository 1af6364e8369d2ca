"""The walkthrough of a model, chapter by chapter."""

from __future__ import annotations

from dataclasses import replace

from derive.gradient import sweep
from derive.graph import Graph
from derive.graph import graph as graph_of
from derive.walkthrough.backward import backward_chapter
from derive.walkthrough.forward import forward_chapter
from derive.walkthrough.functions import functions_chapter
from derive.walkthrough.labels import cited_labels, with_cited_labels_only
from derive.walkthrough.layers import layers_chapter
from derive.walkthrough.model import model_chapter
from derive.walkthrough.numbers import evaluated, missing_values
from derive.walkthrough.partials import Told
from derive.walkthrough.proofs import Proofs
from derive.walkthrough.results import results_chapter
from derive.walkthrough.signals import error_signals
from derive.walkthrough.stepwise import backward_steps, forward_steps
from derive.walkthrough.story import Story
from derive.walkthrough.taken_apart import is_composite, taken_apart
from derive.walkthrough.tensors import (
    tensor_model_chapter,
    tensor_results_chapter,
    tensors_chapter,
    told_equations,
    with_parts_named,
)
from derive.walkthrough.tree import Section, Walkthrough
from derive.walkthrough.update import update_chapter
from derive.walkthrough.verification import verification_chapter


def walkthrough(graph: Graph) -> Walkthrough:
    """The derivation of a model's gradient as a document.

    Every form that the document prints as equal to another is proved so on the way; a failure raises
    UnprovedError.
    """
    story = story_of(graph)
    told = Told(story, Proofs(graph.model.functions))
    chapters = (
        _forward(story),
        functions_chapter(story, told),
        _backward(story, told),
        tensor_results_chapter(story, told) if story.indexed else results_chapter(story, told),
        update_chapter(story),
        verification_chapter(story, told),
    )
    sections = tuple(each for each in chapters if each is not None)
    first = tensor_model_chapter(story) if story.indexed else model_chapter(story, cited_labels(sections))
    drawn = replace(story.graph, equations=told_equations(story)) if story.indexed else story.graph
    notation = {**story.notation, **told.notation}
    document = Walkthrough(graph.model.title, (first, *sections), drawn, notation)
    return with_cited_labels_only(document)


def _forward(story: Story) -> Section | None:
    """The forward pass; without numbers, a model with arrays has said all of it."""
    if story.stepwise:
        return forward_steps(story)
    if not story.indexed:
        return forward_chapter(story)
    return None if story.numbers is None else forward_chapter(story, told_equations(story))


def _backward(story: Story, told: Told) -> Section:
    """The backward pass in the manner that suits the model."""
    if story.stepwise:
        return backward_steps(story, told)
    if not story.indexed:
        return backward_chapter(story, told)
    return layers_chapter(story, told) or tensors_chapter(story, told)


def derived(story: Story, told: Told) -> tuple[Section, Section | None]:
    """The backward pass, and the derivatives that it finds at a glance."""
    backward = _backward(story, told)
    return backward, tensor_results_chapter(story, told) if story.indexed else results_chapter(story, told)


def story_of(graph: Graph) -> Story:
    """What the chapters share; composite scalar expressions are taken apart into steps first."""
    split = any(is_composite(each.formula) for each in graph.equations) and not any(graph.shapes.values())
    told = _taken_apart(graph) if split else with_parts_named(graph)
    adjoints = sweep(
        told.equations,
        told.loss,
        functions=told.model.functions,
        wrt=told.parameters,
        sizes={each.target: told.letter_sizes(each.target) for each in told.equations},
    )
    missing = missing_values(told)
    signals = error_signals(told)
    story = Story(told, adjoints, None, missing if told.model.values else (), split, graph, signals)
    if missing or not told.inputs:
        return story
    numbers = evaluated(told, adjoints, partials=story.along_paths)
    known = {signal: numbers.values[f"∂{told.loss}/∂{name}"] for name, signal in signals.items()}
    return replace(story, numbers=replace(numbers, values={**numbers.values, **known}))


def _taken_apart(graph: Graph) -> Graph:
    model = graph.model
    taken = {*graph.shapes, *model.values, *model.notation, *model.functions}
    steps = taken_apart(graph.equations, taken)
    return graph_of(replace(model, equations=(*steps, *graph.dropped)))
