"""A page: the formulas of the documents, rendered, in the colour of their verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from markupsafe import Markup

from derive.check.evidence import equation, fact, sentences, where
from derive.check.facts import Fact
from derive.check.findings import Finding, Report
from derive.check.reports.rendering import formula, mathematics
from derive.check.verdict import ORDER
from derive.templating import page_environment

# The verdicts that need no reason on a page.
_EVIDENT = frozenset({"definition", "proved", "rounded", "not a claim", "update"})
# Of a long list of facts, the first ones.
MOST_FACTS = 4


def rendered(reports: Sequence[Report], *, strict: bool, colour: bool) -> str:
    """The page; what TeX spells and we cannot set stands as it is written."""
    counts: Counter[str] = Counter()
    for report in reports:
        counts.update(report.counts)
    found = [
        {"verdict": verdict, "style": _style(verdict), "number": counts[verdict]}
        for verdict in reversed(ORDER)
        if counts[verdict]
    ]
    page = {"title": "Formulas, checked", "counts": found, "documents": list(map(_document, reports))}
    return page_environment("check").get_template("report.html.jinja").render(page=page) + "\n"


def _document(report: Report) -> dict[str, object]:
    findings = [_finding(each) for each in report.findings]
    return {"name": report.file or "", "faults": report.faults, "findings": findings}


def _finding(finding: Finding) -> dict[str, object]:
    parts = [part for part in finding.parts() if part is finding or part.verdict not in _EVIDENT]
    return {
        "line": finding.place.line,
        "verdict": finding.verdict,
        "style": _style(finding.verdict),
        "mathematics": mathematics(finding),
        "parts": [_part(part, several=len(parts) > 1) for part in parts],
    }


def _part(finding: Finding, *, several: bool) -> dict[str, object]:
    """What there is to say of one part that is not in order, or of a formula that is."""
    judgement = finding.claim.judgement
    evident = finding.verdict in _EVIDENT
    right = judgement.expected
    told = list(sentences(finding, expected=False))
    return {
        "line": finding.fault.line if several else None,
        "verdict": finding.verdict,
        "style": _style(finding.verdict),
        "sentences": told[1:] if evident and judgement.reason else told,
        "expected": None if evident or right is None else formula(right, finding),
        "facts": () if evident else [_fact(each, finding) for each in judgement.facts[:MOST_FACTS]],
    }


def _fact(each: Fact, finding: Finding) -> Markup:
    found = equation(each)
    if found is None:
        return Markup("<code>{}</code>").format(fact(each, finding))
    return Markup("{} ({})").format(formula(found, finding), where(each))


def _style(verdict: str) -> str:
    return verdict.replace(" ", "-")
