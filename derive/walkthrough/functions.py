"""The chapter on functions: each that is differentiated gets its slope once, from its definition."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from derive.formula import (
    ONE,
    Call,
    Derivative,
    Formula,
    Name,
    Negation,
    Quotient,
    Relation,
    Sum,
    names,
    plus,
    read,
    walk,
)
from derive.formula import replace as put
from derive.functions import Function
from derive.functions.function import OUTPUT, Kink
from derive.rules import opened, outer_derivative
from derive.steps import derivation
from derive.walkthrough.lines import concluded, derivation_lines
from derive.walkthrough.partials import Told
from derive.walkthrough.proofs import Proofs
from derive.walkthrough.respelling import Change, block_with, line_with
from derive.walkthrough.story import Story, own_form
from derive.walkthrough.tree import Block, Display, Line, Section, Sentence
from derive.walkthrough.voice import choice, listed, paragraph, say

# The argument of a function of the table, and what it is called where the model has another meaning for it.
LETTERS = ("x", "z", "t", "s", "u")


def functions_chapter(story: Story, told: Told) -> Section | None:
    """A section for each function that has a definition, then a table of the elementary ones.

    Where all are elementary, their slopes are known, and only what is agreed about corners is said.
    """
    rows = differentiated(story)
    defined = [row for row in rows if row.body() is not None]
    elementary = [row for row in rows if row.body() is None]
    if not defined:
        return _corners(elementary, story)
    calls = [_call(row) for row in defined]
    opening = say("functions.why_one", call=calls[0]) if len(calls) == 1 else say("functions.why")
    blocks: list[Block] = list(_lettered(defined[0], (paragraph(opening),), story))
    for row in defined:
        inner = tuple(_lettered(row, _blocks(row, story, told.proofs), story))
        heading = (Section(_heading(row), inner),)
        blocks.extend(inner if len(defined) == 1 else _lettered(row, heading, story))
    blocks.extend(_elementary(elementary, story))
    title = say("functions.title") if len(rows) > 1 else _slope_heading(defined[0])
    return Section(title, tuple(blocks))


def _corners(rows: Sequence[Function], story: Story) -> Section | None:
    """What is agreed about the corners of elementary functions; None where none has any."""
    blocks = tuple(block for row in rows for block in _lettered(row, _named_kinks(row), story))
    if not blocks:
        return None
    return Section(choice(len(blocks), "functions.corner", "functions.corners"), blocks)


def _lettered(row: Function, blocks: Iterable[Block], story: Story) -> Iterator[Block]:
    """What is told about a function of the table, with arguments that are no quantities of the model."""
    change = _letter(row, story)
    return (block_with(each, change) for each in blocks)


def _letter(row: Function, story: Story) -> Change:
    """The change of a function's parameters for which the model has another meaning to free letters."""
    letters = {} if row.name in story.graph.model.functions else _letters(row, story)
    return lambda formula: put(formula, letters)


def _letters(row: Function, story: Story) -> dict[Formula, Formula]:
    taken = {*story.graph.shapes, *story.graph.model.functions, *row.parameters}
    taken.update(name for own in story.graph.model.functions.values() for name in own.parameters)
    free = (each for each in LETTERS if each not in taken)
    clashing = (each for each in row.parameters if each in story.graph.shapes)
    return {Name(each): Name(letter) for each, letter in zip(clashing, free, strict=False)}


def differentiated(story: Story) -> tuple[Function, ...]:
    """The functions whose slopes the backward pass needs, each after those that it calls."""
    found: dict[str, Function] = {}
    for adjoint in story.adjoints.values():
        for each in adjoint.contributions:
            # The terms, not the right side: two sums that share a letter there have their own in these.
            for term in each.partial.terms:
                for name in _moving_functions(term.body, each.partial.wrt, story):
                    _collect(name, story, found)
    order = [
        node.function
        for each in story.graph.equations
        for node in walk(each.formula)
        if isinstance(node, Call)
    ]
    ranks = {name: position for position, name in reversed(list(enumerate(order)))}
    return tuple(found[name] for name in sorted(found, key=lambda name: ranks.get(name, -1)))


def _collect(name: str, story: Story, found: dict[str, Function]) -> None:
    row = story.called(name)
    if row is None or name in found:
        return
    body = row.body()
    if body is not None and row.parameters:
        for call in _moving_calls(body, Name(row.parameters[0])):
            if story.called(call.function) is not None and _has_definition(call.function, story):
                _collect(call.function, story, found)
    found[name] = row


def _has_definition(name: str, story: Story) -> bool:
    row = story.called(name)
    return row is not None and row.body() is not None


def _moving_calls(formula: Formula, wrt: Formula) -> Iterator[Call]:
    for node in walk(formula):
        if isinstance(node, Call) and any(part == wrt for each in node.arguments for part in walk(each)):
            yield node


def _moving_functions(formula: Formula, wrt: Formula, story: Story) -> Iterator[str]:
    """The functions whose slopes a derivative needs: of a slope that moves, those that it is made of."""
    for call in _moving_calls(formula, wrt):
        if call.primes:
            slope = opened(call, story.graph.model.functions)
            yield from (each.function for each in _moving_calls(slope, wrt))
        else:
            yield call.function


def _call(row: Function, primes: int = 0) -> Call:
    return Call(row.name, tuple(map(Name, row.parameters)), primes)


def _heading(row: Function) -> Sentence:
    if row.title:
        return say("functions.heading", title=row.title)
    return say("functions.heading_own", call=_call(row))


def _slope_heading(row: Function) -> Sentence:
    if row.title:
        return say("functions.slope_heading", title=row.title)
    return say("functions.slope_heading_own", call=_call(row))


def _blocks(row: Function, story: Story, proofs: Proofs) -> Iterator[Block]:
    body = row.body()
    assert body is not None
    yield paragraph(say("functions.definition"))
    yield Display((Line(_call(row), body),))
    shape = _shape(row)
    if shape is not None:
        yield paragraph(*shape)
    yield paragraph(say("functions.derived"))
    yield Display(_derived(row, story, proofs))
    yield from _bracket(row, proofs)
    if _uses_own_value(row):
        yield paragraph(_payoff(row))
    yield from _kinks(row)


def _derived(row: Function, story: Story, proofs: Proofs) -> tuple[Line, ...]:
    """From the operator form to the slope, the last line in the function's own value where it helps."""
    functions = story.graph.model.functions
    body, parameter = row.body(), Name(row.parameters[0])
    assert body is not None
    single = len(row.parameters) == 1
    left = _call(row, 1) if single else Derivative(_call(row), parameter, applied=True)
    steps = derivation(body, parameter, functions)
    for step in steps:
        proofs.step(step)
    lines = [*derivation_lines(left, steps, total=single)]
    last = steps[-1].after
    slope = own_form(row)
    if slope is not None:
        lines += _own_lines(row, last, slope, proofs)
    return concluded(lines, f"slope {row.name}")


def _own_lines(row: Function, last: Formula, slope: Formula, proofs: Proofs) -> Iterator[Line]:
    body = row.body()
    assert body is not None
    spelled = put(slope, {Name(OUTPUT): body})
    if spelled != last:
        proofs.equal(last, spelled)
        yield Line(None, spelled, note=say("rule.rearranged"))
    own = put(slope, {Name(OUTPUT): _call(row)})
    if own != spelled:
        yield Line(None, own, note=say("rule.own_value", call=_call(row)))


def _bracket(row: Function, proofs: Proofs) -> Iterator[Block]:
    """Why 1 - f(x) is what it is, for a fraction whose denominator holds the numerator as a term."""
    slope, body = own_form(row), row.body()
    bracket = Sum((ONE, Negation(Name(OUTPUT))))
    if slope is None or bracket not in walk(slope) or not isinstance(body, Quotient):
        return
    below = body.denominator
    if not isinstance(below, Sum) or body.numerator not in below.terms:
        return
    rest = plus(*(term for term in below.terms if term != body.numerator))
    forms = (
        put(bracket, {Name(OUTPUT): body}),
        Quotient(Sum((*below.terms, Negation(body.numerator))), below),
        Quotient(rest, below),
    )
    for one, other in pairwise(forms):
        proofs.equal(one, other)
    yield paragraph(say("functions.bracket"))
    yield Display((Line(forms[0], forms[1], note=say("rule.one_denominator")), Line(None, forms[2])))


def _uses_own_value(row: Function) -> bool:
    slope = own_form(row)
    return slope is not None and any(node == Name(OUTPUT) for node in walk(slope))


def _payoff(row: Function) -> Sentence:
    slope = own_form(row)
    assert slope is not None
    return say("functions.payoff", slope=put(slope, {Name(OUTPUT): _call(row)}), call=_call(row))


def _shape(row: Function) -> tuple[Sentence, ...] | None:
    """Where the values lie, and where they go far out."""
    low, high = _end(row.range.low), _end(row.range.high)
    left, right = map(_end, row.limits)
    if row.range.rounded or low is None:
        return None
    if high is None:
        return (say("functions.never_below" if row.range.has_low else "functions.above", low=low),)
    told = say("functions.between", low=low, high=high)
    if left is None or right is None:
        return (told,)
    return told, say("functions.limits", argument=Name(row.parameters[0]), low=left, high=right)


def _end(text: str | None) -> Formula | None:
    return None if text is None or "inf" in text else read(text)


def _kinks(row: Function) -> Iterator[Block]:
    """The corners of a function that the text has just derived."""
    for kink in row.kinks:
        yield paragraph(say("functions.kink", point=_place(row, kink), slope=read(kink.derivatives[0])))


def _named_kinks(row: Function) -> Iterator[Block]:
    """The corners of a function that is one of several."""
    for kink in row.kinks:
        place = _place(row, kink)
        if kink.jumps:
            yield paragraph(say("functions.jump", call=_call(row), point=place))
        elif names(read(kink.at)):
            slopes = tuple(map(_slope_by, kink.derivatives, row.parameters))
            yield paragraph(say("functions.tie", call=_call(row), point=place, slopes=listed(slopes)))
        else:
            slope = read(kink.derivatives[0])
            yield paragraph(say("functions.kink_of", call=_call(row), point=place, slope=slope))


def _place(row: Function, kink: Kink) -> Relation:
    return Relation((Name(row.parameters[0]), read(kink.at)), ("=",))


def _slope_by(slope: str, parameter: str) -> Sentence:
    return say("functions.slope_by", slope=read(slope), name=Name(parameter))


def _elementary(rows: Sequence[Function], story: Story) -> Iterator[Block]:
    """The slopes of functions without a definition, in a table."""
    if not rows:
        return
    yield paragraph(choice(len(rows), "functions.further_one", "functions.further"))
    yield Display(tuple(line_with(_slope_line(row), _letter(row, story)) for row in rows))
    for row in rows:
        yield from _lettered(row, _named_kinks(row), story)


def _slope_line(row: Function) -> Line:
    call = _call(row)
    parameter = Name(row.parameters[0])
    left = Derivative(call, parameter, total=len(row.parameters) == 1, applied=True)
    return Line(left, outer_derivative(call, 0))
