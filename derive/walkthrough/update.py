"""One step of gradient descent with its learning rate, the loss before and after."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from derive.formula import Formula, Name, Negation, Number, Product, Sum
from derive.tidy import numeral
from derive.walkthrough.lines import number_lines
from derive.walkthrough.numbers import Numbers
from derive.walkthrough.story import Story
from derive.walkthrough.tree import Block, Cell, Display, Line, Section, Sentence, Table
from derive.walkthrough.voice import paragraph, say

# Where the model names no learning rate.
USUAL_RATE = Fraction(1, 10)
# Beyond so many parameters, the table of new values is left out.
MOST_ROWS = 16
# The rule is written out for so many arrays; of more, for the first two.
MOST_RULES = 4


def update_chapter(story: Story) -> Section | None:
    """The update of every parameter; None where there is no loss to be made small by training."""
    if not story.has_loss or not story.sought or not _trains(story):
        return None
    return Section(say("update.title"), tuple(_blocks(story)))


def _trains(story: Story) -> bool:
    """Whether the model learns from data: it says how fast, measures a loss of the table, or has neurons."""
    model = story.graph.model
    return model.learning_rate is not None or bool(model.losses) or bool(story.neurons)


def _blocks(story: Story) -> Iterator[Block]:
    name = story.component(story.sought[0])
    rate = _rate_name(story)
    step = _step(story, story.sought[0], rate)
    numbers = story.numbers
    if numbers is None:
        yield paragraph(say("update.letters", loss=story.loss, rate=rate))
        yield Display(tuple(_rule(story, each, rate) for each in _shown(story)))
        if len(_shown(story)) < len(story.sought) and story.indexed:
            yield paragraph(say("update.others"))
        return
    rate_value = story.graph.model.learning_rate or USUAL_RATE
    spelled = numeral(rate_value, (Number("0.1"),)) or Number(str(float(rate_value)))
    yield paragraph(say("update.opening", loss=story.loss, rate=rate, value=spelled))
    if isinstance(name, Name):
        known = numbers.knowing(rate.name, rate_value)
        yield Display((_rule(story, story.sought[0], rate), *number_lines(name, step, known)))
    else:
        yield Display(tuple(_rule(story, each, rate) for each in _shown(story)))
    after = numbers.moved(story.sought, rate_value)
    yield from _table(story, numbers, after)
    yield paragraph(_judgement(story, numbers, after))


def _rate_name(story: Story) -> Name:
    taken = {*story.graph.shapes, *story.graph.model.values}
    return Name(next(name for name in ("eta", "alpha", "lambda", "rate") if name not in taken))


def _shown(story: Story) -> tuple[str, ...]:
    """One scalar parameter stands for all; arrays are each shown while they are few."""
    few = len(story.sought) <= MOST_RULES
    return story.sought[: (len(story.sought) if few else 2) if story.indexed else 1]


def _parameter(story: Story, name: str) -> Formula:
    """A parameter as the author writes it: whole, or with its indices."""
    return Name(name) if story.in_matrices else story.component(name)


def _rule(story: Story, name: str, rate: Name) -> Line:
    """The update of a parameter."""
    parameter = _parameter(story, name)
    return Line(parameter, _step(story, name, rate), "←")


def _step(story: Story, name: str, rate: Name) -> Formula:
    parameter = _parameter(story, name)
    return Sum((parameter, Negation(Product((rate, story.derivative(story.loss, parameter))))))


def _table(story: Story, before: Numbers, after: Numbers) -> Iterator[Block]:
    names = story.sought
    if len(names) > MOST_ROWS or (len(names) < 2 and not story.indexed):
        return
    rows = tuple(
        (
            Name(name),
            before.shown(Name(name)),
            before.shown(story.derivative(story.loss, Name(name))),
            after.shown(Name(name)),
        )
        for name in names
    )
    heads = ("update.parameter", "update.before", "update.derivative", "update.after")
    columns: tuple[Cell, ...] = tuple(map(say, heads))
    yield paragraph(say("update.all") if len(names) > 1 else say("update.one"))
    yield Table(columns, rows, "llll" if story.indexed else "lrrr")


def _judgement(story: Story, before: Numbers, after: Numbers) -> Sentence:
    old, new = before.scalar(story.loss), after.scalar(story.loss)
    slots = {"loss": story.loss, "before": before.number(story.loss), "after": after.number(story.loss)}
    if new < old:
        return say("update.better", **slots)
    if new > old:
        return say("update.worse", **slots)
    return say("update.same", loss=story.loss, before=slots["before"])
