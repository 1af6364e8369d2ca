"""The loss: what kind it is, and what it says of each sample."""

from __future__ import annotations

from collections.abc import Iterator

from derive.formula import Call, Formula, Name, Reduction, replace
from derive.losses import LOSSES, Loss
from derive.walkthrough.likeness import likeness
from derive.walkthrough.samples import sample_blocks
from derive.walkthrough.story import Story
from derive.walkthrough.tree import Block, Display, Line, Section
from derive.walkthrough.voice import paragraph, say


def loss_section(story: Story) -> Section | None:
    """The section on the loss; None where there is nothing to say of it."""
    blocks = (*_kind(story), *sample_blocks(story))
    return Section(say("loss.title"), blocks) if blocks else None


def _kind(story: Story) -> Iterator[Block]:
    if not story.trained:
        return
    formula = story.graph.by_target[story.graph.loss].formula
    row = next((each for each in LOSSES if _is(each, formula)), None)
    if row is None:
        return
    yield paragraph(say("loss.known", loss=story.loss, title=row.title, explanation=row.explanation))
    if isinstance(formula, Call) and not row.vectors:
        body = replace(row.body(), dict(zip(map(Name, row.parameters), formula.arguments, strict=False)))
        yield paragraph(say("loss.opened"))
        yield Display((Line(formula, body),))


def _is(row: Loss, formula: Formula) -> bool:
    if isinstance(formula, Call):
        return formula.function in (row.name, *row.aliases)
    return likeness(row.body(), formula, row.parameters) is not None
