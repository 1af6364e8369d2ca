"""What the check reports of a document: each formula with its place and verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from derive.check.spellings import respelled
from derive.check.verdict import Claim, Verdict
from derive.errors import Place
from derive.formula import Formula
from derive.notation import latex, plain

# The verdicts that an author should look at; with `strict`, a doubt counts too.
FAULTS: frozenset[Verdict] = frozenset({"wrong", "drifted"})


@dataclass(frozen=True, slots=True)
class Finding:
    """A formula of a document, exactly as written, and what it claims, judged.

    `where` gives the place of a part of the text, for carets; `form` is how the document spells formulas,
    `notation` its names. `written_out` is the text with the document's macros written out, if it has any.
    """

    text: str
    form: str
    claim: Claim
    where: Callable[[int, int], Place]
    notation: Mapping[str, str] = field(default_factory=dict)
    written_out: str = ""

    @property
    def place(self) -> Place:
        """Where the formula starts."""
        return self.where(0, len(self.text))

    @property
    def fault(self) -> Place:
        """The part that the verdict is about."""
        judgement = self.claim.judgement
        return self.where(judgement.at, judgement.length or len(self.text))

    @property
    def verdict(self) -> Verdict:
        """The verdict."""
        return self.claim.verdict

    def spelled(self, formula: Formula) -> str:
        """A formula in the document's own notation."""
        if self.form == "latex":
            return latex(formula, self.notation)
        return plain(respelled(formula, self.notation))

    def parts(self) -> tuple[Finding, ...]:
        """The finding, and one for each further part of the formula that is not in order."""
        claims = (replace(self.claim, judgement=each, others=()) for each in self.claim.others)
        return (self, *(replace(self, claim=each) for each in claims))

    def is_fault(self, *, strict: bool = False) -> bool:
        """Whether the author should look at it."""
        return self.verdict in FAULTS or (strict and self.verdict == "not understood")


@dataclass(frozen=True, slots=True)
class Report:
    """The findings of one document.

    `faults` are those of the document itself, ready to be shown; one that is `unreadable` has nothing else.
    """

    file: str | None
    findings: tuple[Finding, ...] = ()
    faults: tuple[str, ...] = ()
    unreadable: bool = False

    @property
    def counts(self) -> Mapping[Verdict, int]:
        """How often each verdict was given."""
        return Counter(each.verdict for each in self.findings)

    def faulty(self, *, strict: bool = False) -> tuple[Finding, ...]:
        """The findings that an author should look at, part by part."""
        parts = (part for each in self.findings for part in each.parts())
        return tuple(each for each in parts if each.is_fault(strict=strict))
