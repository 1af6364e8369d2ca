"""SARIF 2.1.0 (OASIS), the format of static analysis results."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from pathlib import PurePath
from typing import Any

from derive.check.evidence import sentences
from derive.check.findings import Finding, Report

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
LEVELS = {"wrong": "error", "drifted": "warning", "not understood": "note"}
RULES = {
    "wrong": "A formula is not right: there is a point at which its sides differ.",
    "drifted": "A printed number is not the right rounding of the exact value.",
    "not understood": "A formula could not be judged.",
}


def rendered(reports: Sequence[Report], *, strict: bool, colour: bool) -> str:
    """One run with a result a fault."""
    rules = [{"id": name, "shortDescription": {"text": text}} for name, text in RULES.items()]
    driver = {"name": "derive", "version": version("derive"), "rules": rules}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": list(_results(reports, strict)),
    }
    document = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _results(reports: Sequence[Report], strict: bool) -> Iterator[dict[str, Any]]:
    for report in reports:
        for finding in report.faulty(strict=strict):
            yield _result(finding)


def _result(finding: Finding) -> dict[str, Any]:
    place = finding.fault
    region = {
        "startLine": place.line,
        "startColumn": place.column + 1,
        "endColumn": place.column + 1 + place.length,
        "snippet": {"text": finding.text},
    }
    artifact = {"uri": PurePath(place.file or "").as_posix()}
    return {
        "ruleId": finding.verdict,
        "level": LEVELS[finding.verdict],
        "message": {"text": "\n".join(sentences(finding))},
        "locations": [{"physicalLocation": {"artifactLocation": artifact, "region": region}}],
    }
