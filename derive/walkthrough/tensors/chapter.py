"""The backward pass of a model with arrays: equation by equation, on one component and then collected."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import groupby

from derive.equation import Equation
from derive.formula import Call, Indexed, Name
from derive.walkthrough.partials import Told
from derive.walkthrough.story import Story
from derive.walkthrough.tensors.adjoints import Backward
from derive.walkthrough.tensors.conventions import of_the_derivatives
from derive.walkthrough.tensors.kronecker import component_by_component, is_example
from derive.walkthrough.tensors.probabilities import Softmax, softmaxes
from derive.walkthrough.tensors.softmax import SoftmaxTelling
from derive.walkthrough.tree import Block, Section, Sentence
from derive.walkthrough.voice import listed, paragraph, say


def tensors_chapter(story: Story, told: Told) -> Section:
    """The derivatives of the loss by every array on the way, the last equation first."""
    backward = Backward(story, told)
    every = tuple(each.target for each in story.graph.equations)
    demonstration = tuple(component_once(story, told))
    told_sections = tuple(sections(backward, every))
    return Section(say("gradient.title"), (*opening(story, told), *demonstration, *told_sections))


def opening(story: Story, told: Told) -> Iterator[Block]:
    """How the backward pass goes, and how its results are to be read, once these are told."""
    manner = say("tensor.collected") if story.in_matrices else say("tensor.by_index")
    if len(story.graph.equations) == 1:
        yield paragraph(say("gradient.direct_only", loss=story.loss), manner)
    else:
        yield paragraph(_manner(story), manner)
    signs = tuple(of_the_derivatives(story, told))
    if signs:
        yield paragraph(*signs)


def _manner(story: Story) -> Sentence:
    """What is asked of every quantity; the example is an array, if any derivative is by one."""
    example = next((name for name in (*story.sought, *story.adjoints) if story.ranks.get(name)), None)
    if example is None:
        return say("tensor.opening_numbers", loss=story.loss)
    derivative = story.derivative(story.loss, Name(example))
    return say("tensor.opening", loss=story.loss, name=Name(example), derivative=derivative)


def component_once(story: Story, told: Told) -> Iterator[Block]:
    """One derivative by a component in full, the first of those that the text tells."""
    hidden = {name for each in softmaxes(story.graph).values() for name in each.hidden}
    for adjoint in story.adjoints.values():
        for each in adjoint.contributions:
            if not hidden & {adjoint.node, each.reader} and is_example(each.partial):
                yield from component_by_component(each.partial, told)
                return


def sections(backward: Backward, among: Collection[str], *, parameters: bool = True) -> Iterator[Section]:
    """The sections on the quantities of some equations, the last first, perhaps with what these read."""
    story = backward.story
    through = softmaxes(story.graph)
    hidden = {name for each in through.values() for name in each.hidden}
    shown = [
        each
        for each in reversed(story.graph.equations)
        if each.target in story.adjoints and each.target not in hidden and each.target in among
    ]
    for group in _grouped(shown, story):
        blocks: list[Block] = []
        names = [each.target for each in group if each.target != story.graph.loss]
        for name in names:
            blocks += _told_alone(name, backward, through)
        read = [name for each in group for name in _parameters_of(each, story, through)] if parameters else []
        for _, alike in groupby(read, story.graph.readers.__getitem__):
            blocks += _told_together(list(alike), backward, through)
        if blocks:
            title = listed(tuple(map(Name, names or read)))
            yield Section(say("adjoint.title", names=title), tuple(blocks))


def _told_alone(name: str, backward: Backward, through: Mapping[str, Softmax]) -> Iterator[Block]:
    adjoint = backward.story.adjoints[name]
    if name in through:
        return SoftmaxTelling(backward, through[name]).blocks(adjoint)
    return backward.blocks((adjoint,))


def _told_together(
    names: Sequence[str], backward: Backward, through: Mapping[str, Softmax]
) -> Iterator[Block]:
    """Names that are used in the same equations; scores of a softmax stand alone."""
    if any(name in through for name in names):
        for name in names:
            yield from _told_alone(name, backward, through)
        return
    yield from backward.blocks([backward.story.adjoints[name] for name in names])


def _grouped(equations: Sequence[Equation], story: Story) -> list[list[Equation]]:
    """The equations, a pre-activation together with its activation."""
    groups: list[list[Equation]] = []
    for each in equations:
        if (
            groups
            and _activates(groups[-1][-1], each)
            and story.graph.readers[each.target] == (groups[-1][-1].target,)
        ):
            groups[-1].append(each)
        else:
            groups.append([each])
    return groups


def _activates(outer: Equation, inner: Equation) -> bool:
    """Whether an equation is a function of another quantity alone, component by component."""
    match outer.formula:
        case Call(arguments=(Name() | Indexed() as argument,)):
            return argument.name == inner.target
    return False


def _parameters_of(equation: Equation, story: Story, through: Mapping[str, Softmax]) -> list[str]:
    """What is sought and no earlier equation reads; what only a softmax hides is read by it."""
    readers = {equation.target}
    for each in through.values():
        if each.probability.target == equation.target:
            readers |= set(each.hidden)
    return [name for name in story.sought if story.graph.readers[name][0] in readers]
