"""How the document was verified, in one line: only what was done is said."""

from __future__ import annotations

from derive.walkthrough.partials import Told
from derive.walkthrough.story import Story
from derive.walkthrough.tree import Section
from derive.walkthrough.voice import paragraph, say


def verification_chapter(story: Story, told: Told) -> Section:
    """What was proved and compared while the text was made."""
    return Section(
        say("verification.title"),
        (paragraph(say("verification.steps", count=told.proofs.count)),),
    )
