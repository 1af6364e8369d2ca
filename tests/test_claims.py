"""Documents whose every formula carries its verdict as a comment: `$2 + 2 = 4$ <!-- proved -->`."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from derive.check.checking import check_document
from derive.check.documents import read
from derive.check.verdict import ORDER

PAGES = sorted((Path(__file__).parent / "claims").glob("*.md"))
# The verdict, then if it helps the verdicts of the links, and what the right side should be.
_EXPECTED = re.compile(
    r"<!--\s*(?P<verdict>[a-z ]+?)(?:\s*\[(?P<links>[a-z, ]+)\])?(?:\s*:\s*(?P<text>.*?))?\s*-->"
)


def expectations(path: Path) -> dict[int, list[re.Match[str]]]:
    """The comments by the line in which they stand."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return {at: list(_EXPECTED.finditer(line)) for at, line in enumerate(lines, 1) if _EXPECTED.search(line)}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_every_formula_gets_its_verdict(path: Path) -> None:
    report = check_document(read(path))
    wanted = expectations(path)
    told: list[str] = []
    for finding in report.findings:
        last = finding.where(max(0, len(finding.text) - 1), 1).line
        comments = wanted.get(last) or wanted.get(last + 1) or []
        if not comments:
            told.append(f"{path.name}:{last}: {finding.verdict} is not expected: {finding.text}")
            continue
        expected = comments.pop(0)
        assert expected["verdict"] in ORDER, expected[0]
        links = ", ".join(link.verdict for link in finding.claim.links)
        right = finding.claim.judgement.expected
        if expected["verdict"] != finding.verdict:
            reason = finding.claim.judgement.reason
            told.append(
                f"{path.name}:{last}: {finding.verdict}, not {expected['verdict']} ({reason}): {finding.text}"
            )
        elif expected["links"] and expected["links"] != links:
            told.append(f"{path.name}:{last}: the links are {links}: {finding.text}")
        elif expected["text"] and (right is None or finding.spelled(right) != expected["text"]):
            spelled = "nothing" if right is None else finding.spelled(right)
            told.append(f"{path.name}:{last}: expected {spelled}: {finding.text}")
    missed = [f"{path.name}:{at}: no formula for {match[0]}" for at, rest in wanted.items() for match in rest]
    assert not told + missed, "\n".join(told + missed)
