"""A sign that is turned."""

from __future__ import annotations

from collections.abc import Iterator

from derive import tidy
from derive.check.repairs.places import Repair, Setting, everywhere
from derive.formula import Formula, Grouping, Negation, Sum

ORDER = 10
HINT = "Look at the signs."


def repaired(formula: Formula, setting: Setting) -> Iterator[Repair]:
    """The formula with one sign turned."""
    yield Repair(tidy.negative(formula), "the sign is turned")
    yield from everywhere(formula, _turned, indices=True)


def _turned(node: Formula) -> Iterator[tuple[Formula, str]]:
    match node:
        case Sum(terms):
            for at, term in enumerate(terms):
                turned = term.operand if isinstance(term, Negation) else Negation(_enclosed(term))
                yield Sum((*terms[:at], turned, *terms[at + 1 :])), "a sign is turned"
        case Negation(operand):
            yield operand, "a minus sign is too much"


def _enclosed(term: Formula) -> Formula:
    return Grouping(term) if isinstance(term, Sum) else term
