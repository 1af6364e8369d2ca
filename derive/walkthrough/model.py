"""The first chapter: the equations, what is given, what is sought, and a figure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from derive.equation import Equation
from derive.formula import Call, Formula, Name
from derive.norms import norms
from derive.walkthrough.loss import loss_section
from derive.walkthrough.neuron import neuron_section
from derive.walkthrough.partials import skeleton
from derive.walkthrough.story import Story
from derive.walkthrough.tree import Block, Display, Figure, Line, Section, Sentence
from derive.walkthrough.voice import choice, listed, paragraph, ranged, say, spelled
from derive.walkthrough.written_out import size_written_out, written_out

# Beyond so many equations, only some of each form are shown.
MOST_EQUATIONS = 40
MOST_OF_A_FORM = 4


def model_chapter(story: Story, cited: Collection[str] = ()) -> Section:
    """What the model says, in the author's order and words.

    Of a long list of equations, those are shown that the text cites (by label), and some of each form.
    """
    return Section(say("model.title"), tuple(_blocks(story, cited)))


def _blocks(story: Story, cited: Collection[str]) -> Iterator[Block]:
    equations = story.as_written
    yield paragraph(choice(len(equations), "model.one", "model.several", **_counted(len(equations))))
    shown = tuple(_shown(equations, cited))
    lines = tuple(map(equation_line, shown))
    yield Display(tuple(replace(each, label=None) for each in lines) if story.split else lines)
    if len(shown) < len(equations):
        yield paragraph(say("model.left_out", count=f"{len(equations) - len(shown):,}"))
    if story.split and not story.stepwise:
        yield paragraph(say("model.apart"))
        yield Display(tuple(map(equation_line, story.graph.equations)))
    yield paragraph(*_names_of_ours(story), *_roles(story))
    yield paragraph(*_goal(story))
    if len(equations) > 1 or story.layered:
        yield figure(story)
    yield from dropped_blocks(story)
    yield from function_blocks(story)
    yield from norm_blocks(story)
    if story.neurons and not story.graph.model.derivatives:
        yield neuron_section(story)
    section = loss_section(story)
    if section is not None:
        yield section
    if len(equations) > 1:
        yield Section(say("model.written_title", loss=story.loss), tuple(_written(story)))


def _shown(equations: Sequence[Equation], cited: Collection[str]) -> Iterator[Equation]:
    """All equations while they are few; else those that are cited and the first ones of each form."""
    told: Counter[Formula] = Counter()
    for each in equations:
        form = skeleton(each.formula)
        told[form] += 1
        few = len(equations) <= MOST_EQUATIONS
        if few or told[form] <= MOST_OF_A_FORM or label_of(each) in cited:
            yield each


def _counted(count: int) -> dict[str, str]:
    return {} if count == 1 else {"count": spelled(count)}


def equation_line(equation: Equation) -> Line:
    """The equation as the author wrote it, ready to be cited."""
    return Line(equation.left, equation.formula, label=label_of(equation))


def label_of(equation: Equation) -> str:
    """The label of the line that shows an equation."""
    return f"equation {equation.target}"


def _names_of_ours(story: Story) -> Iterator[Sentence]:
    own = {each.target for each in story.graph.model.equations}
    made = [each.left for each in story.graph.equations if each.target not in own]
    if made and not story.split:
        yield choice(len(made), "model.lifted", "model.lifted_many", names=listed(made))
    for each in story.graph.equations:
        if each.aliases:
            names = listed(tuple(map(Name, each.aliases)))
            yield say("model.aliases", name=each.left, aliases=names)


def _roles(story: Story) -> Iterator[Sentence]:
    model, inputs = story.graph.model, story.graph.inputs
    sought = () if story.trained else story.graph.parameters
    data = tuple(Name(name) for name in inputs if name in model.data and name not in sought)
    parameters = tuple(Name(name) for name in inputs if name in model.parameters)
    if model.derivatives:
        # Those along which the loss is differentiated are no parameters of it.
        along = tuple(each for each in parameters if each.name not in story.graph.parameters)
        parameters = tuple(each for each in parameters if each not in along)
    if data:
        yield choice(len(data), "model.datum", "model.data", names=ranged(data, 8))
    if parameters:
        counted = _counted(len(parameters))
        names = ranged(parameters, 10)
        yield choice(len(parameters), "model.parameter", "model.parameters", names=names, **counted)
    if parameters and story.has_loss:
        yield say("model.loss", loss=story.loss)
    if model.derivatives and along:
        names = listed(along)
        yield choice(len(along), "second.direction", "second.directions", names=names, vector=Name("v"))


def _goal(story: Story) -> Iterator[Sentence]:
    loss, sought = story.loss, story.graph.parameters
    first = story.component(sought[0])
    derivative = story.derivative(loss, first)
    if len(sought) == 1:
        yield say("model.goal_single", derivative=derivative, loss=loss, parameter=first)
    elif not story.trained:
        yield say("model.goal_input", derivative=derivative, loss=loss, wrt=first)
        if len(sought) > 1:
            others = tuple(story.derivative(loss, story.component(name)) for name in sought[1:])
            yield say("model.goal_inputs", derivatives=ranged(others))
    else:
        yield say("model.goal", derivative=derivative, loss=loss, parameter=first)
        yield say("model.goal_all", loss=loss, count=spelled(len(sought)))


def figure(story: Story) -> Figure:
    """The drawing of the whole model."""
    if story.layered:
        return Figure("network", say("model.network_caption", loss=story.loss))
    caption = "model.graph_caption_crowded" if story.graph.is_crowded else "model.graph_caption"
    return Figure("graph", say(caption, loss=story.loss))


def dropped_blocks(story: Story) -> Iterator[Block]:
    """Equations that play no part, and parameters that the loss does not depend on."""
    dropped = story.graph.dropped
    if dropped:
        names = listed(tuple(each.left for each in dropped))
        yield paragraph(
            choice(len(dropped), "model.dropped", "model.dropped_many", names=names, loss=story.loss)
        )
        yield Display(tuple(Line(each.left, each.formula) for each in dropped))
    if story.idle:
        names = listed(tuple(map(Name, story.idle)))
        yield paragraph(
            choice(len(story.idle), "gradient.idle", "gradient.idle_many", names=names, loss=story.loss)
        )


def function_blocks(story: Story) -> Iterator[Block]:
    """The functions that the model defines itself."""
    own = story.graph.model.functions
    lines = tuple(_definition(row.name, row.parameters, row.body()) for row in own.values())
    if lines:
        yield paragraph(choice(len(lines), "functions.own", "functions.own_many"))
        yield Display(lines)


def norm_blocks(story: Story) -> Iterator[Block]:
    """What the slope of a norm is taken to be at 0, where it has none."""
    lines = [(each.target, each.formula) for each in story.graph.equations]
    if norms(lines):
        yield paragraph(say("model.norm"))


def _definition(name: str, parameters: tuple[str, ...], body: Formula | None) -> Line:
    return Line(Call(name, tuple(map(Name, parameters))), body)


def _written(story: Story) -> Iterator[Block]:
    written = written_out(story.graph)
    if written is None:
        count = f"{size_written_out(story.graph):,}"
        yield paragraph(say("model.written_long", loss=story.loss, count=count))
        return
    told = "model.written" if story.trained else "model.written_inputs"
    yield paragraph(say(told, loss=story.loss))
    arguments = tuple(map(Name, story.graph.parameters))
    yield Display((Line(Call(story.graph.loss, arguments), written),))
    if len(story.graph.equations) > 2:
        yield paragraph(say("model.written_why"))
