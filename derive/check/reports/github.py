"""Workflow commands, which GitHub shows beside the lines of a change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from derive.check.evidence import sentences
from derive.check.findings import Finding, Report


def rendered(reports: Sequence[Report], *, strict: bool, colour: bool) -> str:
    """A command a fault: an error for what is wrong, a warning for the rest."""
    return "".join(f"{line}\n" for report in reports for line in _commands(report, strict))


def _commands(report: Report, strict: bool) -> Iterator[str]:
    for text in report.faults:
        yield f"::warning file={_property(report.file or '')}::{_message(text)}"
    for finding in report.faulty(strict=strict):
        yield _command(finding)


def _command(finding: Finding) -> str:
    place = finding.fault
    level = "error" if finding.verdict == "wrong" else "warning"
    where = (
        f"file={_property(place.file or '')},line={place.line},col={place.column + 1},"
        f"endColumn={place.column + 1 + place.length},title={_property(f'derive: {finding.verdict}')}"
    )
    return f"::{level} {where}::{_message(chr(10).join(sentences(finding)))}"


def _message(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")
