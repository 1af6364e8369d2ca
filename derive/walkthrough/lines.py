"""Lines of displays: derivations with their reasons, worked lines, arrows along paths."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from derive.equation import Equation
from derive.formula import Call, Derivative, Formula, Name, Relation, rewrite, walk
from derive.steps import TIDYING, Step
from derive.walkthrough.numbers import Numbers, Work
from derive.walkthrough.tree import Line, Sentence
from derive.walkthrough.voice import say


def reason(step: Step) -> Sentence:
    """What stands beside a step."""
    if step.rule == TIDYING:
        return say("rule.tidied")
    known = _known_slopes(step)
    if known:
        return say("rule.slope", calls=known)
    return say("rule.named", names=tuple(step.rule.split(", ")))


def _known_slopes(step: Step) -> tuple[Formula, ...]:
    """The functions that the step differentiates by their own argument, if it does nothing else."""
    pending = [node for node in walk(step.before) if isinstance(node, Derivative) and node.applied]
    direct = all(isinstance(node.of, Call) and node.of.arguments == (node.wrt,) for node in pending)
    return tuple(dict.fromkeys(node.of for node in pending)) if direct else ()


def derivation_lines(left: Formula, steps: Sequence[Step], *, total: bool = False) -> tuple[Line, ...]:
    """A derivation, from the operator form down to its result; with `total`, written with d."""

    def spell(form: Formula) -> Formula:
        return _with_total(form) if total else form

    lines = [Line(left, spell(steps[0].before))]
    lines += [Line(None, spell(step.after), note=reason(step)) for step in steps]
    return tuple(lines)


def _with_total(form: Formula) -> Formula:
    def spell(node: Formula) -> Formula:
        if isinstance(node, Derivative) and node.applied:
            return Derivative(node.of, node.wrt, total=True, applied=True)
        return node

    return rewrite(form, spell)


def concluded(lines: Sequence[Line], label: str | None = None) -> tuple[Line, ...]:
    """The lines with the last one boxed and numbered."""
    return (*lines[:-1], replace(lines[-1], boxed=True, label=label))


def continued(lines: Sequence[Line]) -> tuple[Line, ...]:
    """The lines as the end of the chain above."""
    return tuple(replace(line, left=None) for line in lines)


def arrows(path: Sequence[str]) -> Relation:
    """A path as names with arrows between them."""
    return Relation(tuple(map(Name, path)), ("→",) * (len(path) - 1))


def worked_lines(equation: Equation, numbers: Numbers) -> Iterator[Line]:
    """An equation with its numbers: names, numbers in their place, result."""
    work = numbers.worked(equation.formula)
    yield Line(equation.left, equation.formula)
    yield from _number_lines(work)


def _number_lines(work: Work) -> Iterator[Line]:
    if work.substituted != work.result:
        yield Line(None, work.substituted, sign=work.first_sign)
    yield Line(None, work.result, sign=work.last_sign, label=None)


def numbered(symbol: Formula | None, work: Work, *, boxed: bool = False) -> tuple[Line, ...]:
    """A quantity with numbers in place of names, and the result; boxed, on a line of its own."""
    if work.substituted == work.result:
        return (Line(symbol, work.result, sign=work.last_sign, boxed=boxed),)
    if boxed:
        last = Line(None, work.result, sign=work.last_sign, boxed=True)
        return (Line(symbol, work.substituted, sign=work.first_sign), last)
    chain = Relation((work.substituted, work.result), (work.last_sign,))
    return (Line(symbol, chain, sign=work.first_sign),)
