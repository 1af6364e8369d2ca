"""JSON: one object a formula."""

from __future__ import annotations

import json
from collections.abc import Sequence

from derive.check.findings import Report
from derive.check.records import record


def rendered(reports: Sequence[Report], *, strict: bool, colour: bool) -> str:
    """A list of objects, a line each."""
    lines = [
        json.dumps(record(finding), ensure_ascii=False) for report in reports for finding in report.findings
    ]
    return "[\n" + ",\n".join(lines) + "\n]\n" if lines else "[]\n"
