"""How the document was verified, in one line: only what was done is said."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import count

from derive.evaluate import Real, exact
from derive.evaluate.directions import direction, inner_product, moved
from derive.evaluate.real import total
from derive.formula import Call, Cases, Derivative, Formula, Name, Reduction, walk
from derive.functions import function
from derive.walkthrough.numbers import Numbers
from derive.walkthrough.partials import Told
from derive.walkthrough.proofs import UnprovedError
from derive.walkthrough.story import MOST_SECTIONS, Story
from derive.walkthrough.tree import Section, Sentence
from derive.walkthrough.voice import listed, paragraph, say
from derive.walkthrough.written_out import opened, size_written_out

# The difference quotient's step, and the digits in which it must agree.
STEP = Fraction(1, 10**15)
AGREEING_DIGITS = 20
# The loss as one expression is differentiated by SymPy up to so many nodes; beyond, that takes seconds.
MOST_DIFFERENTIATED = 100


def verification_chapter(story: Story, told: Told) -> Section:
    """What was proved and compared while the text was made."""
    checks = (say("verification.steps", count=told.proofs.count), *_whole(story, told), *_numbers(story))
    return Section(say("verification.title"), (paragraph(say("verification.line", checks=listed(checks))),))


def _whole(story: Story, told: Told) -> Iterator[Sentence]:
    """The gradient against SymPy's derivative of the loss written out, where that is short enough."""
    short = size_written_out(story.graph) <= MOST_DIFFERENTIATED
    if not short or story.indexed or len(story.sought) > MOST_SECTIONS or _has_corners(story):
        return
    written = opened(story.loss, story.graph)
    for name in story.sought:
        whole = Derivative(written, Name(name), applied=True)
        ours = opened(told.put_in(story.adjoints[name]), story.graph)
        if not told.proofs.holds(whole, ours):
            return
    yield say("verification.whole", loss=story.loss)


def _numbers(story: Story) -> Iterator[Sentence]:
    """The gradient against a difference quotient along one direction that moves all parameters."""
    numbers = story.numbers
    if numbers is None or not story.sought:
        return
    change, expected = difference(story, numbers)
    scale = max(abs(expected), exact(Fraction(1, 10**6)))
    agrees = abs(change - expected) <= scale * Fraction(1, 10**AGREEING_DIGITS)
    if agrees:
        yield say("verification.numbers", digits=AGREEING_DIGITS)
    elif not _has_corners(story):
        raise UnprovedError("the gradient disagrees with a difference quotient of the loss")


def difference(story: Story, numbers: Numbers) -> tuple[Real, Real]:
    """The difference quotient of the loss along a direction, and what the gradient says it is."""
    positions = count(2)
    directions = {name: direction(numbers.values[name], positions) for name in story.sought}
    after, before = (
        numbers.with_values(
            {name: moved(numbers.values[name], each, step) for name, each in directions.items()}
        ).scalar(story.loss)
        for step in (exact(STEP), exact(-STEP))
    )
    expected = total(
        inner_product(each, numbers.values[f"∂{story.graph.loss}/∂{name}"])
        for name, each in directions.items()
    )
    return (after - before) / (2 * STEP), expected


def _has_corners(story: Story) -> bool:
    """Whether a function of the model has a corner or a jump, where derivatives are a convention."""
    return any(map(_is_cornered, (each.formula for each in story.graph.equations))) or any(
        _is_cornered(body) for row in story.graph.model.functions.values() if (body := row.body())
    )


def _is_cornered(formula: Formula) -> bool:
    for node in walk(formula):
        if isinstance(node, Cases) or (isinstance(node, Reduction) and node.kind in ("max", "min")):
            return True
        row = function(node.function) if isinstance(node, Call) else None
        body = None if row is None else row.body()
        if row is not None and (row.kinks or (body is not None and _is_cornered(body))):
            return True
    return False
