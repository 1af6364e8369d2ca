"""dz = y - a read as ∂L/∂z = y - a, in texts that call the derivatives of their loss so: it can be wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from derive.check.bars import unbarred
from derive.check.facts import Environment
from derive.check.gradient_names import GradientNames
from derive.check.gradients import read_of_loss
from derive.check.judging import Judge
from derive.check.verdict import Judgement
from derive.formula import ZERO, Derivative, Formula, Indexed, Name, rewrite, walk

Judged = tuple[Formula, Formula, Judgement]
RIGHT = ("proved", "rounded")
_MEANS = " is a derivative of "
WRONG = ("wrong", "drifted")


def of_loss(
    judge: Judge, left: Formula, right: Formula, link: Callable[[Formula, Formula], Judged]
) -> Judged | None:
    """Both sides with derivatives of the loss for their names, and the judgement by `link`; None where open.

    Of a text that takes means of samples, only what holds is told: which of its names are means is not said.
    """
    slopes = tuple(dict.fromkeys(_slopes(judge.gradients, left, right)))
    ranks = judge.readings.ranks
    if not slopes or (ranks is not None and ranks.unclear) or _begins(left, right):
        return None
    refuted: Judged | None = None
    barred = all(map(judge.gradients.has_bar, slopes))
    for loss in _losses(judge.gradients, judge.environment, barred=barred):
        one, other, judged = link(*read_of_loss((left, right), slopes, Name(loss)))
        taken = (*judged.assumptions, f"{slopes[0]}{_MEANS}{loss}")
        found = one, other, replace(judged, assumptions=taken)
        if found[2].verdict in RIGHT:
            return found
        if found[2].verdict not in WRONG:
            return None
        refuted = refuted or found
    is_open = judge.gradients.bars.open if barred else judge.gradients.means
    return None if is_open else refuted


def as_spelled(judge: Judge, found: Judgement, *spoken: Formula) -> Judgement:
    """A judgement on names that are derivatives, with the right formula in these names, too."""
    known = judge.gradients
    if found.expected is None or not is_of_loss(found):
        return found
    names = {unbarred(each) or each[1:]: each for each in _slopes(known, *spoken)}
    losses = (*known.losses, *known.bars.losses)

    def named(node: Formula) -> Formula:
        match node:
            case Derivative(Name(loss), Name(by)) if loss in losses and by in names:
                return Name(names[by])
            case Derivative(Name(loss), Indexed(by, indices)) if loss in losses and by in names:
                return Indexed(names[by], indices)
        return node

    return replace(found, expected=rewrite(found.expected, named))


def _begins(left: Formula, right: Formula) -> bool:
    """Whether it says what the name is, or is a step of a loop that adds gradients up: dw = 0, dw = dw/m."""
    return isinstance(right, Derivative) or right == ZERO or left in walk(right)


def is_of_loss(found: Judgement) -> bool:
    """Whether a judgement takes names like dz for derivatives of a loss that the text defines."""
    return any(_MEANS in each for each in found.assumptions)


def _slopes(known: GradientNames, *formulas: Formula) -> Iterator[str]:
    nodes = (node for each in formulas for node in walk(each))
    yield from (n.name for n in nodes if isinstance(n, Name | Indexed) and known.is_one(n.name))


def _losses(known: GradientNames, environment: Environment, *, barred: bool) -> Iterator[str]:
    """The losses that the text defines."""
    losses = known.bars.losses if barred else known.losses
    yield from (each for each in losses if each in environment.equations or each in environment.functions)
