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
from derive.walkthrough.model import model_chapter
from derive.walkthrough.numbers import evaluated, missing_values
from derive.walkthrough.partials import Told
from derive.walkthrough.proofs import Proofs
from derive.walkthrough.results import results_chapter
from derive.walkthrough.stepwise import backward_steps, forward_steps
from derive.walkthrough.story import Story
from derive.walkthrough.taken_apart import is_composite, taken_apart
from derive.walkthrough.tree import Walkthrough
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
        forward_steps(story) if story.stepwise else forward_chapter(story),
        functions_chapter(story, told),
        backward_steps(story, told) if story.stepwise else backward_chapter(story, told),
        results_chapter(story, told),
        update_chapter(story),
        verification_chapter(story, told),
    )
    sections = tuple(each for each in chapters if each is not None)
    first = model_chapter(story, cited_labels(sections))
    document = Walkthrough(graph.model.title, (first, *sections), story.graph, graph.model.notation)
    return with_cited_labels_only(document)


def story_of(graph: Graph) -> Story:
    """What the chapters share; composite scalar expressions are taken apart into steps first."""
    split = any(is_composite(each.formula) for each in graph.equations) and not any(graph.shapes.values())
    told = _taken_apart(graph) if split else graph
    adjoints = sweep(
        told.equations,
        told.loss,
        functions=told.model.functions,
        wrt=told.parameters,
        sizes={each.target: told.letter_sizes(each.target) for each in told.equations},
    )
    missing = missing_values(told)
    story = Story(told, adjoints, None, missing if told.model.values else (), split, graph)
    if missing or not told.inputs:
        return story
    return replace(story, numbers=evaluated(told, adjoints, partials=story.along_paths))


def _taken_apart(graph: Graph) -> Graph:
    model = graph.model
    taken = {*graph.shapes, *model.values, *model.notation, *model.functions}
    steps = taken_apart(graph.equations, taken)
    return graph_of(replace(model, equations=(*steps, *graph.dropped)))
