"""The worked table of the loss: a row for each sample."""

from __future__ import annotations

from collections.abc import Iterator

from derive.walkthrough.story import Story
from derive.walkthrough.tree import Block


def sample_blocks(story: Story) -> Iterator[Block]:
    """The loss of every sample, where the model has samples with numbers."""
    return iter(())
