"""The slope of a norm at 0, where its formula is 0/0: code takes the subgradient 0.

The root of a sum of squares divides the slope of the sum, which is 0 wherever the root is. A divisor of 1 in
place of 0 makes that a slope of 0.
"""

from __future__ import annotations

from collections.abc import Sequence

from derive.formula import (
    ONE,
    ZERO,
    Branch,
    Cases,
    Formula,
    Grouping,
    Product,
    Quotient,
    Relation,
    times,
)
from derive.norms import norms
from derive.program.inlining import changed
from derive.program.program import Line

CONVENTION = "Where a root of a sum of squares is 0, its slope is taken to be 0."


def with_slopes_at_zero(lines: Sequence[Line]) -> list[Line]:
    """The lines of derivatives with no norm that divides by 0."""
    roots = norms([(line.target, line.formula) for line in lines if line.of is None])

    def safe(node: Formula) -> Formula:
        if not isinstance(node, Quotient):
            return node
        factors = _factors(node.denominator)
        if sum(each in roots for each in factors) != 1:
            return node
        return Quotient(node.numerator, times(*(_or_one(f) if f in roots else f for f in factors)))

    if not roots:
        return list(lines)
    return [line if line.of is None else changed(line, safe, line.reads) for line in lines]


def takes_slopes_at_zero(lines: Sequence[Line]) -> bool:
    """Whether a line was changed so."""
    return any(isinstance(node, Cases) and _is_choice(node) for line in lines for node in line.nodes)


def _or_one(root: Formula) -> Formula:
    return Cases((Branch(ONE, Relation((root, ZERO), ("=",))), Branch(root, None)))


def _is_choice(node: Cases) -> bool:
    match node.branches:
        case (Branch(one, Relation((root, zero), ("=",))), Branch(rest, None)):
            return one == ONE and zero == ZERO and rest == root
    return False


def _factors(bottom: Formula) -> tuple[Formula, ...]:
    bare = bottom.inner if isinstance(bottom, Grouping) else bottom
    return bare.factors if isinstance(bare, Product) else (bare,)
