"""For people: each fault with its place, the line with a caret, the evidence, and a summary."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from derive.check.evidence import fact, sentences
from derive.check.findings import Finding, Report
from derive.check.verdict import ORDER
from derive.errors import ModelError, printable

# Of a long list of facts, the first ones.
MOST_FACTS = 4


def rendered(reports: Sequence[Report], *, strict: bool, colour: bool) -> str:
    """The faults of every document, then one line that counts the verdicts."""
    parts = [text for report in reports for text in _faults(report, strict)]
    return "\n\n".join((*parts, _summary(reports))) + "\n"


def _faults(report: Report, strict: bool) -> Iterator[str]:
    yield from report.faults
    for finding in report.faulty(strict=strict):
        yield told(finding)


def told(finding: Finding) -> str:
    """A finding in full: the verdict and why, the line with a caret, the evidence."""
    first, *rest = sentences(finding)
    head = ModelError(f"{finding.verdict}: {first}", finding.fault).report()
    facts = [f"by {fact(each, finding)}" for each in finding.claim.judgement.facts[:MOST_FACTS]]
    return "\n".join((head, *(f"    {printable(each)}" for each in (*rest, *facts))))


def _summary(reports: Sequence[Report]) -> str:
    counts: Counter[str] = Counter()
    for report in reports:
        counts.update(report.counts)
    total = sum(counts.values())
    formulas = "1 formula" if total == 1 else f"{total} formulas"
    told = [f"{counts[verdict]} {verdict}" for verdict in reversed(ORDER) if counts[verdict]]
    documents = "" if len(reports) == 1 else f" in {len(reports)} documents"
    return f"{formulas}{documents}: {', '.join(told)}" if told else f"no formulas{documents}"
