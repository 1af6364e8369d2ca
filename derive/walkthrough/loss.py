"""The loss: what kind it is, and what it says of each sample."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from derive.agreement import agree
from derive.formula import Formula, Name, operands, replace
from derive.likeness import likeness
from derive.losses import LOSSES, Loss, loss
from derive.walkthrough.samples import sample_blocks
from derive.walkthrough.story import Story
from derive.walkthrough.tree import Block, Section
from derive.walkthrough.voice import paragraph, say


def loss_section(story: Story) -> Section | None:
    """The section on the loss; None where there is nothing to say of it."""
    blocks = (*_kind(story), *sample_blocks(story))
    return Section(say("loss.title"), blocks) if blocks else None


def _kind(story: Story) -> Iterator[Block]:
    row = _row(story)
    if row is not None:
        yield paragraph(say("loss.known", loss=story.loss, title=row.title, explanation=row.explanation))


def _row(story: Story) -> Loss | None:
    """The row of the table of losses that the loss is an example of, named by the author or recognised."""
    model = story.graph.model
    if model.loss in model.losses:
        return loss(model.losses[model.loss])
    formula = story.graph.by_target[model.loss].formula
    for row in LOSSES:
        if likeness(row.body(), formula, row.parameters) is not None or _is_equal(row, formula, model.data):
            return row
    return None


def _is_equal(row: Loss, formula: Formula, data: Collection[str]) -> bool:
    """Whether the formula is the loss of a label and a prediction, written in another way."""
    read = operands(formula)
    labels = [each for each in read if each.name in data]
    if row.vectors or len(row.parameters) != 2 or len(read) != 2 or len(labels) != 1:
        return False
    prediction = read[1] if read[0] == labels[0] else read[0]
    own = replace(row.body(), dict(zip(map(Name, row.parameters), (labels[0], prediction), strict=True)))
    return agree(formula, own, assume=False).proved
