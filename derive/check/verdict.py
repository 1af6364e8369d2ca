"""What was found out about a formula: the verdict, why, and the evidence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from derive.agreement import Counterexample
from derive.check.assertions import Side
from derive.check.facts import Fact
from derive.check.repairs.places import Repair
from derive.formula import Formula

Verdict = Literal[
    "definition", "proved", "rounded", "drifted", "wrong", "not a claim", "update", "not understood"
]

# From the best to the worst: a chain is as good as its worst link, but for what its ends say.
ORDER: tuple[Verdict, ...] = (
    "not a claim",
    "update",
    "definition",
    "proved",
    "rounded",
    "drifted",
    "not understood",
    "wrong",
)


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict with its reason.

    `expected` is the right side as it should be, `counterexample` a point at which the sides differ,
    `facts` what the verdict rests on, `assumptions` what it holds under, `at` and `length` the part of the
    text that it is about. `hint` says where to look and not what is right, `repair` what probably happened;
    `drifted` are numbers as printed, each with its right rounding. Of what is not understood, `differs` is a
    point at which the sides differ, though it may be meant as a condition, or the text says too little.
    """

    verdict: Verdict
    reason: str = ""
    expected: Formula | None = None
    counterexample: Counterexample | None = None
    facts: tuple[Fact, ...] = ()
    assumptions: tuple[str, ...] = ()
    at: int = 0
    length: int = 0
    hint: str = ""
    drifted: tuple[tuple[Formula, Formula], ...] = ()
    repair: Repair | None = None
    differs: Counterexample | None = None


TOO_MUCH = Judgement("not understood", "this takes more effort than is spent on one formula")
NESTED = Judgement("not understood", "what this stands for is nested too deep")


@dataclass(frozen=True, slots=True)
class Link:
    """Two neighbouring sides of a chain and what was found out about them."""

    left: Formula
    right: Formula
    sign: str
    judgement: Judgement

    @property
    def verdict(self) -> Verdict:
        """The link's verdict."""
        return self.judgement.verdict


@dataclass(frozen=True, slots=True)
class Claim:
    """What an assertion claims, judged: its kind, the verdict on it and on its links.

    `head` is the first side of the chain, which may have begun in an earlier formula; `others` are further
    parts of the formula that an author should look at.
    """

    kind: str
    judgement: Judgement
    links: tuple[Link, ...] = ()
    sides: tuple[Side, ...] = ()
    head: Formula | None = None
    others: tuple[Judgement, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """The claim's verdict."""
        return self.judgement.verdict


def worst(verdicts: tuple[Verdict, ...]) -> Verdict:
    """The worst of some verdicts."""
    return max(verdicts, key=ORDER.index)
