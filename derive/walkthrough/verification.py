"""How the document was verified, in one line: only what was done is said."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from flint import ctx

from derive.agreement import agree
from derive.evaluate import Array, Number, exact
from derive.expression import expression
from derive.formula import Call, Cases, Formula, Name, Reduction, walk
from derive.functions import function
from derive.walkthrough.numbers import PRECISION, Numbers
from derive.walkthrough.partials import Told
from derive.walkthrough.proofs import UnprovedError
from derive.walkthrough.story import MOST_SECTIONS, Story
from derive.walkthrough.tree import Section, Sentence
from derive.walkthrough.voice import listed, paragraph, say
from derive.walkthrough.written_out import opened, written_out

# The difference quotient's step, and the digits in which it must agree.
STEP = Fraction(1, 10**15)
AGREEING_DIGITS = 20


def verification_chapter(story: Story, told: Told) -> Section:
    """What was proved and compared while the text was made."""
    checks = (say("verification.steps", count=told.proofs.count), *_whole(story, told), *_numbers(story))
    return Section(say("verification.title"), (paragraph(say("verification.line", checks=listed(checks))),))


def _whole(story: Story, told: Told) -> Iterator[Sentence]:
    """The gradient against SymPy's derivative of the loss written out, where that is short enough."""
    written = written_out(story.graph)
    if written is None or story.indexed or len(story.sought) > MOST_SECTIONS or _has_corners(story):
        return
    functions = story.graph.model.functions
    loss = expression(written, functions)
    for name in story.sought:
        symbolic = loss.diff(expression(Name(name)))
        ours = expression(opened(told.put_in(story.adjoints[name]), story.graph), functions)
        if not agree(symbolic, ours).proved:
            raise UnprovedError(f"the derivative by {name} was not proved equal to that of the whole")
    yield say("verification.whole", loss=story.loss)


def _numbers(story: Story) -> Iterator[Sentence]:
    """The gradient against a difference quotient of the loss along one direction that moves all parameters."""
    numbers = story.numbers
    if numbers is None or not story.sought:
        return
    with ctx.workprec(PRECISION):
        change, expected = difference(story, numbers)
        scale = max(abs(expected), exact(Fraction(1, 10**6)))
        agrees = bool(abs(change - expected) <= scale * exact(Fraction(1, 10**AGREEING_DIGITS)))
    if agrees:
        yield say("verification.numbers", digits=AGREEING_DIGITS)
    elif not _has_corners(story):
        raise UnprovedError("the gradient disagrees with a difference quotient of the loss")


def difference(story: Story, numbers: Numbers) -> tuple[Number, Number]:
    """The difference quotient of the loss along a direction, and what the gradient says it is."""
    counter = iter(range(2, 10**9))
    directions = {name: _direction(numbers.values[name], counter) for name in story.sought}
    ends = [
        numbers.with_values(
            {name: _moved(numbers.values[name], direction, step) for name, direction in directions.items()}
        ).value(story.loss)
        for step in (exact(STEP), exact(-STEP))
    ]
    expected = sum(
        (
            _product(direction, numbers.values[f"∂{story.graph.loss}/∂{name}"])
            for name, direction in directions.items()
        ),
        exact(0),
    )
    return (ends[0] - ends[1]) / exact(2 * STEP), expected


def _direction(value: Array, counter: Iterator[int]) -> Array:
    """A component for every number: ±1/2, ±1/3, …, so that no two parameters are confused."""
    if isinstance(value, tuple):
        return tuple(_direction(each, counter) for each in value)
    position = next(counter)
    return exact(Fraction((-1) ** position, position))


def _moved(value: Array, direction: Array, step: Number) -> Array:
    if isinstance(value, tuple) and isinstance(direction, tuple):
        return tuple(_moved(one, other, step) for one, other in zip(value, direction, strict=True))
    return value + direction * step


def _product(one: Array, other: Array) -> Number:
    if isinstance(one, tuple) and isinstance(other, tuple):
        return sum(map(_product, one, other), exact(0))
    return one * other


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
        if row is not None and row.kinks:
            return True
    return False
