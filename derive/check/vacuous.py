"""Why a proof may show nothing of what a formula claims: it holds for numbers only, or speaks of nothing."""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Expr, Integer

from derive.agreement import agree
from derive.check.arrays import Arrays
from derive.check.factor_order import hangs_on_order
from derive.check.facts import Environment
from derive.check.meaning import CONSTANTS, Depth, Meaning
from derive.check.meeting import where_indices_meet
from derive.formula import Derivative, Formula, Indexed, Name, walk

# Where both sides vanish, as this reading connects nothing with nothing.
VACUOUS = "the text does not say how the quantities hang together"


@dataclass(frozen=True)
class Proof:
    """Two sides as written that came out equal at a depth, and what they came to there."""

    environment: Environment
    meaning: Meaning
    depth: Depth
    written: tuple[Formula, Formula]
    sides: tuple[tuple[Expr, ...], tuple[Expr, ...]]


def objection(proof: Proof) -> str | None:
    """What speaks against taking it for a proof of the formula; None if nothing does."""
    return next((reason for each in OBJECTIONS if (reason := each(proof))), None)


def _turns_products_round(proof: Proof) -> str | None:
    """Products of capitals that may be matrices: AB = BA."""
    if proof.depth != "names" or isinstance(proof.meaning.vectors, Arrays):
        return None
    known = proof.environment
    letters = hangs_on_order(*proof.written, lambda name: name in known.values or name in known.equations)
    if not letters:
        return None
    return f"it is open whether {' and '.join(letters)} are numbers: the order of factors may count"


def _is_nothing(proof: Proof) -> str | None:
    """Derivatives of what the text does not connect vanish on both sides."""
    one, other = proof.written
    speaks = any(isinstance(node, Derivative) for each in proof.written for node in walk(each))
    if not speaks or not (_has_quantities(one) and _has_quantities(other)):
        return None
    if not all(_vanishes(each) for side in proof.sides for each in side):
        return None
    return VACUOUS


OBJECTIONS = (_turns_products_round, _is_nothing)


def _vanishes(side: Expr) -> bool:
    places = ((side, Integer(0)), *where_indices_meet(side, Integer(0)))
    return all(agree(*sides).verdict == "proved" for sides in places)


def _has_quantities(formula: Formula) -> bool:
    return any(isinstance(node, Name | Indexed) and node.name not in CONSTANTS for node in walk(formula))
