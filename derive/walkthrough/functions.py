"""The chapter on functions: each that is differentiated gets its slope once, from its definition."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
    plus,
    read,
    walk,
)
from derive.formula import replace as put
from derive.functions import Function
from derive.functions.function import OUTPUT
from derive.rules import outer_derivative
from derive.steps import derivation
from derive.walkthrough.lines import concluded, derivation_lines
from derive.walkthrough.partials import Told
from derive.walkthrough.proofs import Proofs
from derive.walkthrough.respelling import block_with
from derive.walkthrough.story import Story, own_form
from derive.walkthrough.tree import Block, Display, Line, Section, Sentence
from derive.walkthrough.voice import choice, paragraph, say

# The argument of a function of the table, and what it is called where the model has another meaning for it.
LETTERS = ("x", "z", "t", "s", "u")


def functions_chapter(story: Story, told: Told) -> Section | None:
    """A section for each function that has a definition, then a table of the elementary ones."""
    rows = differentiated(story)
    defined = [row for row in rows if row.body() is not None]
    elementary = [row for row in rows if row.body() is None]
    if not defined:
        return None
    calls = [_call(row) for row in defined]
    opening = say("functions.why_one", call=calls[0]) if len(calls) == 1 else say("functions.why")
    blocks: list[Block] = [paragraph(opening)]
    for row in defined:
        inner = tuple(_blocks(row, story, told.proofs))
        blocks.extend(inner if len(defined) == 1 else (Section(_heading(row), inner),))
    blocks.extend(_elementary(elementary, bool(defined)))
    title = say("functions.title") if len(rows) > 1 else _slope_heading(defined[0])
    return _with_free_letter(Section(title, tuple(blocks)), story)


def _with_free_letter(section: Section, story: Story) -> Section:
    """The chapter with an argument that is no quantity of the model: x is the usual one."""
    taken = {*story.graph.shapes, *story.graph.model.functions}
    taken.update(name for row in story.graph.model.functions.values() for name in row.parameters)
    letter = next((each for each in LETTERS if each not in taken), LETTERS[0])
    if letter == LETTERS[0] or LETTERS[0] not in story.graph.shapes:
        return section
    found = block_with(section, lambda formula: put(formula, {Name(LETTERS[0]): Name(letter)}))
    assert isinstance(found, Section)
    return found


def differentiated(story: Story) -> tuple[Function, ...]:
    """The functions whose slopes the backward pass needs, each after those that it calls."""
    found: dict[str, Function] = {}
    for adjoint in story.adjoints.values():
        for each in adjoint.contributions:
            for call in _moving_calls(each.partial.equation.formula, each.partial.wrt):
                _collect(call.function, story, found)
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
    for kink in row.kinks:
        at, slope = read(kink.at), read(kink.derivatives[0])
        point = Relation((Name(row.parameters[0]), at), ("=",))
        yield paragraph(say("functions.kink", point=point, slope=slope))


def _elementary(rows: Sequence[Function], further: bool) -> Iterator[Block]:
    """The slopes of functions without a definition, in a table."""
    if not rows:
        return
    yield paragraph(choice(len(rows), "functions.further_one", "functions.further"))
    lines = tuple(_slope_line(row) for row in rows)
    yield Display(lines)
    for row in rows:
        yield from _kinks(row)


def _slope_line(row: Function) -> Line:
    call = _call(row)
    parameter = Name(row.parameters[0])
    left = Derivative(call, parameter, total=len(row.parameters) == 1, applied=True)
    return Line(left, outer_derivative(call, 0))
