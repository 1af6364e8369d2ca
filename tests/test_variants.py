"""One lesson in fifty variants, other names, numbers and order, an error planted: each formula's verdict."""

from __future__ import annotations

import pytest

from derive.check import check
from derive.check.findings import Finding
from tests.variants.page import Expected
from tests.variants.variant import variant


def told(expected: Expected, finding: Finding) -> str | None:
    """What is not as foretold about a formula."""
    links = tuple(each.verdict for each in finding.claim.links)
    if finding.verdict != expected.verdict:
        return f"{finding.verdict}, not {expected.verdict} ({finding.claim.judgement.reason}): {finding.text}"
    if expected.links is not None and links != expected.links:
        return f"{links}, not {expected.links}: {finding.text}"
    return None


@pytest.mark.slow
@pytest.mark.parametrize("number", range(50))
def test_each_variant_of_the_lesson_gets_the_verdicts_that_follow(number: int) -> None:
    lesson = variant(number)
    found = list(check(lesson.text, facts=lesson.facts, form=lesson.form).findings)
    assert [each.text for each in found] == [each.text for each in lesson.expected]
    assert not [text for pair in zip(lesson.expected, found, strict=True) if (text := told(*pair))]
