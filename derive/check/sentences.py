"""Sentences that state a number: "The output for this input is 0.7216" repeats what was computed before."""

from __future__ import annotations

import re
from collections.abc import Sequence

from flint import arb

from derive.check.carried import Record
from derive.check.documents import Statement
from derive.check.roundings import Printed, printed, rounded_like
from derive.check.verdict import Claim, Judgement
from derive.formula import Formula, Negation, Number

# A sentence that speaks of one of these states the result of the computation before it.
_RESULT = re.compile(
    r"\b(?:output|outputs|result|loss|error|prediction|predicts|value|gradient)\b", re.IGNORECASE
)
# A number that is off by less than this is meant to be the one computed; by more, it is another quantity's.
NEAR = 0.05


def stated(sentence: Statement, records: Sequence[Record]) -> Claim | None:
    """The claim of a sentence about the number computed last; None where it speaks of something else."""
    if not records or not _RESULT.search(sentence.text):
        return None
    number = _number(sentence.number.text)
    as_printed = printed(number)
    latest = records[-1]
    assert as_printed is not None
    if as_printed.rounds(latest.exact):
        return Claim("numeric value", Judgement("rounded", "the right rounding of the exact value"))
    if as_printed == printed(latest.text):
        return Claim("numeric value", _off("drifted", latest.exact, as_printed))
    if len(sentence.number.text.strip("-−0.")) >= 2 and _is_near(as_printed, latest.exact):
        return Claim("numeric value", _off("wrong", latest.exact, as_printed))
    return None


def _off(verdict: str, exact: arb, as_printed: Printed) -> Judgement:
    reason = "not the right rounding of the value computed before"
    expected = rounded_like(exact, as_printed)
    return Judgement("wrong" if verdict == "wrong" else "drifted", reason, expected)


def _is_near(as_printed: Printed, exact: arb) -> bool:
    value = arb(as_printed.value.numerator) / as_printed.value.denominator
    return bool(abs(value - exact) < abs(exact) * NEAR)


def _number(text: str) -> Formula:
    text = text.replace("−", "-")
    return Negation(Number(text[1:])) if text.startswith("-") else Number(text)
