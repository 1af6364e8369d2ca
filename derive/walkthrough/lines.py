"""Lines of displays: derivations with their reasons, worked lines, arrows along paths."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from derive.equation import Equation
from derive.formula import Call, Derivative, Formula, Name, Relation, rewrite, walk
from derive.steps import TIDYING, Step
from derive.walkthrough.numbers import Numbers, Work
from derive.walkthrough.symbols import without_indices
from derive.walkthrough.tree import Line, Reference, Sentence
from derive.walkthrough.voice import say

# Numbers and their value share a line up to so many symbols.
MOST_ON_ONE_LINE = 24


def reason(step: Step) -> Sentence:
    """What stands beside a step."""
    if step.rule == TIDYING:
        return say("rule.tidied")
    if step.rule == "variable":
        return say("rule.itself")
    known = _known_slopes(step)
    told = [node for node in walk(step.after) if isinstance(node, Call) and node.primes == 1]
    if known and told:
        return say("rule.slope_by", calls=known, reference=Reference(f"slope {told[0].function}"))
    if known:
        return say("rule.slope", calls=known)
    return say("rule.named", names=tuple(step.rule.split(", ")))


def _known_slopes(step: Step) -> tuple[Formula, ...]:
    """The functions that the step differentiates by their own argument, if it does nothing else."""
    pending = [node for node in walk(step.before) if isinstance(node, Derivative) and node.applied]
    direct = all(_is_of_argument(node) for node in pending)
    return tuple(dict.fromkeys(node.of for node in pending)) if direct else ()


def _is_of_argument(node: Derivative) -> bool:
    """Whether a function is differentiated by its argument, or a larger or smaller value by one of two."""
    match node.of:
        case Call(function="max" | "min", arguments=arguments):
            return node.wrt in arguments
        case Call(arguments=arguments):
            return arguments == (node.wrt,)
    return False


def derivation_lines(left: Formula, steps: Sequence[Step], *, total: bool = False) -> tuple[Line, ...]:
    """A derivation, from the operator form down to its result; with `total`, written with d."""

    def spell(form: Formula) -> Formula:
        return _with_total(form) if total else form

    lines = [Line(None, spell(step.after), note=reason(step)) for step in steps]
    if left == steps[0].before:
        return (replace(lines[0], left=left), *lines[1:])
    return (Line(left, spell(steps[0].before)), *lines)


def _with_total(form: Formula) -> Formula:
    def spell(node: Formula) -> Formula:
        if isinstance(node, Derivative) and node.applied:
            return Derivative(node.of, node.wrt, total=True, applied=True)
        return node

    return rewrite(form, spell)


def concluded(lines: Sequence[Line], label: str | None = None) -> tuple[Line, ...]:
    """The lines with the last one boxed and numbered."""
    return (*lines[:-1], replace(lines[-1], boxed=True, label=label))


def arrows(path: Sequence[str]) -> Relation:
    """A path as names with arrows between them."""
    return Relation(tuple(map(Name, path)), ("→",) * (len(path) - 1))


def worked_lines(equation: Equation, numbers: Numbers, written: Line | None = None) -> tuple[Line, ...]:
    """An equation with its numbers: names, numbers in their place, arguments worked out, result.

    It begins as it is `written`, where the author's notation is another.
    """
    first = written or Line(equation.left, equation.formula)
    if equation.indices:
        found = number_lines(equation.left, equation.formula, numbers, apart=True)
        return (first, *(replace(each, left=None) if each.left == first.left else each for each in found))
    return (first, *_lines_of(numbers.worked_through(equation.formula), None))


def number_lines(
    left: Formula, formula: Formula, numbers: Numbers, *, starts: bool = False, apart: bool = False
) -> tuple[Line, ...]:
    """A quantity with numbers in place of names, then its value.

    The lines go on with the chain above, unless this one `starts` with the quantity or its value is an
    array. The value has a line of its own where the numbers are many, or when they are to be `apart`.
    """
    work = numbers.worked(left, formula)
    first = without_indices(left) if work.is_array else left if starts else None
    lines = _lines_of(work, first)
    if apart or len(lines) != 2 or _size(lines[0].right) > MOST_ON_ONE_LINE:
        return lines
    assert lines[0].right is not None
    assert lines[1].right is not None
    chain = Relation((lines[0].right, lines[1].right), (lines[1].sign,))
    return (replace(lines[0], right=chain),)


def _lines_of(work: Work, left: Formula | None) -> tuple[Line, ...]:
    """The lines and the result under each other; what repeats its neighbour is left out."""
    if work.result is None:
        return ()
    lines = [Line(None, form, sign=work.first_sign) for form in work.lines if form != work.result]
    lines.append(Line(None, work.result, sign=work.last_sign))
    return (replace(lines[0], left=left), *lines[1:])


def _size(formula: Formula | None) -> int:
    return 0 if formula is None else sum(1 for _ in walk(formula))


def boxed(lines: Sequence[Line]) -> tuple[Line, ...]:
    """The lines with the last one boxed."""
    return (*lines[:-1], replace(lines[-1], boxed=True)) if lines else ()
