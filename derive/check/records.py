"""A finding as plain data, the same for every format that machines read."""

from __future__ import annotations

from typing import Any

from derive.check.evidence import fact, point
from derive.check.findings import Finding
from derive.check.verdict import Judgement, Link


def record(finding: Finding) -> dict[str, Any]:
    """One object a formula; lines and columns count from 1."""
    claim, place = finding.claim, finding.place
    found: dict[str, Any] = {
        "file": place.file,
        "line": place.line,
        "column": place.column + 1,
        "formula": finding.text,
        "kind": claim.kind,
        **_judgement(claim.judgement, finding),
    }
    if len(claim.links) > 1:
        found["links"] = [_link(each, finding) for each in claim.links]
    return found


def _judgement(judgement: Judgement, finding: Finding) -> dict[str, Any]:
    found = judgement.counterexample
    return {
        "verdict": judgement.verdict,
        "reason": judgement.reason,
        "expected": None if judgement.expected is None else finding.spelled(judgement.expected),
        "counterexample": None
        if found is None
        else {"at": point(judgement, finding), "left": found.left, "right": found.right},
        "assumptions": list(judgement.assumptions),
        "facts": [fact(each, finding) for each in judgement.facts],
    }


def _link(link: Link, finding: Finding) -> dict[str, Any]:
    place = finding.where(link.judgement.at, max(1, link.judgement.length))
    found = {"line": place.line, "column": place.column + 1}
    sides = {"left": finding.spelled(link.left), "sign": link.sign, "right": finding.spelled(link.right)}
    return {**found, **sides, **_judgement(link.judgement, finding)}
