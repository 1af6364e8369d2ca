"""Local partials of arrays: a line where nothing happens, the steps where something does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from derive.formula import Formula
from derive.gradient import LocalPartial
from derive.steps import TIDYING, Step
from derive.walkthrough.lines import reason
from derive.walkthrough.partials import Told, steps_of
from derive.walkthrough.tensors.monomials import simpler
from derive.walkthrough.tensors.simplifying import wholes
from derive.walkthrough.tree import Line, Reference
from derive.walkthrough.voice import say

TIDIED = say("rule.tidied")
# Rules whose application a reader does not need to see: a product with a constant has that factor's slope.
PLAIN = frozenset(("constant", "variable", "grouping", "sum rule", "constant factor rule", TIDYING))


def partial_lines(partial: LocalPartial, told: Told) -> tuple[Line, ...]:
    """A local partial on one component; steps that the text has shown are cited."""
    known = told.pattern_label(partial)
    told.prove_steps(partial)
    label = told.register(partial)
    steps = [step for step in steps_of(partial) if not is_plain(step)]
    left = told.story.local(partial)
    if not steps or partial is told.example:
        lines = [Line(left, partial.value)]
    elif len(steps_of(partial)) == 1:
        lines = [Line(left, partial.value, note=reason(steps[0]))]
    elif known is not None:
        lines = [Line(left, partial.value, note=say("tensor.as_before", reference=Reference(known)))]
    else:
        lines = list(_in_steps(left, steps, partial))
    lines += told.finish(partial)
    lines += _in_order(lines[-1].right, told)
    lines += _by_own_value(lines[-1].right, partial, told)
    lines = [each for at, each in enumerate(lines) if not _is_passed(each, lines[at + 1 :])]
    return (*lines[:-1], replace(lines[-1], label=label))


def is_plain(step: Step) -> bool:
    """Whether nothing happens in a step."""
    return PLAIN.issuperset(step.rule.split(", "))


def _is_passed(line: Line, later: Sequence[Line]) -> bool:
    """Whether a line only tidies up what the next one tidies further."""
    return bool(later) and line.note in (TIDIED, None) and line.left is None


def _in_steps(left: Formula, steps: Sequence[Step], partial: LocalPartial) -> Iterator[Line]:
    """The operator form, a line for each rule that does something, the result."""
    first = steps_of(partial)[0].before
    if left != first:
        yield Line(left, first)
    for at, step in enumerate(steps):
        starts = left == first and at == 0
        yield Line(left if starts else None, step.after, note=reason(step))
    if steps[-1].after != partial.value:
        yield Line(None, partial.value, note=TIDIED)


def _in_order(value: Formula | None, told: Told) -> Iterator[Line]:
    """The value as one fraction, where it has fractions within fractions."""
    better = None if value is None else simpler(value)
    if value is not None and better is not None:
        told.proofs.equal(value, better)
        yield Line(None, better, note=TIDIED)


def _by_own_value(value: Formula | None, partial: LocalPartial, told: Told) -> Iterator[Line]:
    """The value with the whole right side of the equation, where that is a factor, by its name."""
    own = [each for each in wholes(told.story.graph) if each.equation == partial.equation]
    better = own[0].within(value) if own and value is not None else None
    if value is not None and better is not None:
        told.proofs.equal(value, better, partial.equation)
        label = told.story.label(partial.equation)
        yield Line(None, better, note=say("rule.by", reference=Reference(label)))
