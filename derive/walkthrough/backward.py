"""The backward pass: why rates multiply, then every parameter."""

from __future__ import annotations

from collections.abc import Iterator

from derive.formula import Name
from derive.walkthrough.adjoints import adjoint_sections
from derive.walkthrough.along_paths import parameter_sections
from derive.walkthrough.partials import Told
from derive.walkthrough.story import MOST_PATHS, Story
from derive.walkthrough.tree import Block, Section, Sentence
from derive.walkthrough.voice import paragraph, say


def backward_chapter(story: Story, told: Told) -> Section:
    """Parameter by parameter along its paths while they are few, else layer by layer through adjoints."""
    if story.along_paths:
        walking = None if _is_direct(story) else say("gradient.backwards", loss=story.loss)
        opening = paragraph(*_chain_rule(story), walking)
        return Section(say("gradient.title"), (opening, *parameter_sections(story, told)))
    return Section(say("gradient.title"), (*_adjoints(story), *adjoint_sections(story, told)))


def _is_direct(story: Story) -> bool:
    """Whether the loss itself reads everything sought, and nothing else does."""
    return all(story.graph.readers[name] == (story.graph.loss,) for name in story.sought)


def _chain_rule(story: Story) -> Iterator[Sentence]:
    """The chain rule, told on the first path of the model that has a middle."""
    if _is_direct(story):
        yield say("gradient.direct_only", loss=story.loss)
        return
    paths = [path for name in story.sought for path in story.graph.paths(name, 1) if len(path) > 2]
    if paths:
        inner, middle = Name(paths[0][-3]), Name(paths[0][-2])
        yield say("gradient.chain_rule", inner=inner, middle=middle, loss=story.loss)
    if any(story.graph.path_counts[name] > 1 for name in story.sought):
        yield say("gradient.rates_add", loss=story.loss)
    yield say("gradient.local")


def _adjoints(story: Story) -> Iterator[Block]:
    first = next((each.target for each in story.graph.equations if each.target in story.adjoints), None)
    yield paragraph(*_chain_rule(story))
    if first is None or first == story.graph.loss:
        return
    name = story.component(first)
    sentences = [
        say("adjoint.opening", loss=story.loss, name=name, derivative=story.derivative(story.loss, name))
    ]
    count = story.graph.path_counts[first]
    if count > MOST_PATHS:
        sentences.append(say("adjoint.why_many", name=name, loss=story.loss, count=f"{count:,}"))
    else:
        sentences.append(say("adjoint.why"))
    yield paragraph(*sentences)
