"""The backward pass of a model with few paths: parameter by parameter, along each path to the loss."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from derive.formula import Name
from derive.walkthrough.one_parameter import Edges, Path, Telling
from derive.walkthrough.partials import Told
from derive.walkthrough.story import Story
from derive.walkthrough.tree import Display, Section
from derive.walkthrough.voice import listed, paragraph, say


def parameter_sections(story: Story, told: Told) -> Iterator[Section]:
    """A section for each parameter in the author's order; neighbours that bring nothing new share one."""
    edges = edges_of(story)
    first_on: dict[Path, str] = {}
    waiting = list(story.sought)
    while waiting:
        name = waiting.pop(0)
        telling = _telling(name, story, told, edges, first_on)
        group = [telling]
        while telling.is_plain and waiting:
            other = _telling(waiting[0], story, told, edges, first_on)
            if not other.is_plain or other.pioneer != telling.pioneer:
                break
            group.append(other)
            waiting.pop(0)
        yield telling.section() if len(group) == 1 else _shared_section(group)
        if len(telling.paths) == 1:
            first_on.setdefault(telling.paths[0][1:], name)


def _telling(name: str, story: Story, told: Told, edges: Edges, first_on: Mapping[Path, str]) -> Telling:
    paths = story.graph.paths(name)
    return Telling(story, told, edges, name, paths, first_on.get(paths[0][1:]))


def _shared_section(group: Sequence[Telling]) -> Section:
    """Parameters of one equation, all on a path that is known, each with one factor of known steps."""
    first = group[0]
    new = [each.new[0] for each in group]
    beside = say(
        "gradient.beside_many",
        names=listed(tuple(Name(each.name) for each in group)),
        other=Name(first.pioneer or ""),
        reader=Name(first.paths[0][1]),
        loss=first.story.loss,
    )
    alike = say(
        "gradient.each_alike",
        references=listed(tuple(first.told.reference(each) for each in first.known)),
        derivatives=listed(tuple(map(first.story.local, new))),
        steps=first.told.same_steps(new),
    )
    lines = tuple(line for each in group for line in each.brief_lines())
    title = say("gradient.by_many", derivatives=listed(tuple(each.symbol for each in group)))
    return Section(title, (paragraph(beside, alike), Display(lines)))


def edges_of(story: Story) -> Edges:
    """The local partials by reader and operand."""
    return {
        (each.reader, adjoint.node): each.partial
        for adjoint in story.adjoints.values()
        for each in adjoint.contributions
    }
