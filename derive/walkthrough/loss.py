"""The loss: what kind it is, and what it says of each sample."""

from __future__ import annotations

from collections.abc import Iterator

from derive.losses import LOSSES, Loss, loss
from derive.walkthrough.likeness import likeness
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
    if row is not None and story.trained:
        yield paragraph(say("loss.known", loss=story.loss, title=row.title, explanation=row.explanation))


def _row(story: Story) -> Loss | None:
    """The row of the table of losses that the loss is an example of, named by the author or recognised."""
    model = story.graph.model
    if model.loss in model.losses:
        return loss(model.losses[model.loss])
    formula = story.graph.by_target[model.loss].formula
    return next(
        (each for each in LOSSES if likeness(each.body(), formula, each.parameters) is not None), None
    )
