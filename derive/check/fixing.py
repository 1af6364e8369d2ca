"""Drifted numbers rewritten as right roundings, and nothing else."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from derive.check.documents.decoding import decoded
from derive.check.documents.offsets import LINE, cell_spans, text_spans
from derive.check.documents.reading import content
from derive.check.findings import Finding, Report
from derive.check.verdict import Judgement
from derive.errors import DeriveError
from derive.formula import Formula, Negation, Number


@dataclass(frozen=True, slots=True)
class Edit:
    """A number in a line of a file, and the number that should stand there; columns count from 0.

    In a notebook the line is one of a `cell`.
    """

    line: int
    column: int
    old: str
    new: str
    cell: int | None = None


def edits(report: Report) -> tuple[Edit, ...]:
    """The numbers to rewrite, in reading order, none twice."""
    found = dict.fromkeys(edit for finding in report.findings for edit in _edits(finding))
    return tuple(sorted(found, key=lambda each: (each.cell or 0, each.line, each.column)))


def _edits(finding: Finding) -> Iterator[Edit]:
    judgements = [link.judgement for link in finding.claim.links]
    for judgement in (finding.claim.judgement, *judgements):
        if judgement.verdict == "drifted":
            yield from _of(judgement, finding)


def _of(judgement: Judgement, finding: Finding) -> Iterator[Edit]:
    """The places of drifted numbers in the part of the text that a judgement is about."""
    end = judgement.at + judgement.length
    inside = finding.text[judgement.at : end]
    for old, new in judgement.drifted:
        text, instead = _digits(old), _digits(new)
        if text is None or instead is None:
            continue
        for match in re.finditer(rf"(?<![\d.]){re.escape(text)}(?!\d)", inside):
            place = finding.where(judgement.at + match.start(), len(text))
            if place.text[place.column : place.column + len(text)] == text:
                yield Edit(place.line, place.column, text, instead, place.cell)


def _digits(formula: Formula) -> str | None:
    """The number without its sign, which stays as it is."""
    while isinstance(formula, Negation):
        formula = formula.operand
    return formula.text if isinstance(formula, Number) else None


_NO_END = "\\ No newline at end of file"


@dataclass(frozen=True, slots=True)
class Rewriting:
    """A file before and after its edits: the bytes apart from them stay as they are."""

    before: str
    after: str
    content: bytes


def rewriting(path: Path, changes: Sequence[Edit]) -> Rewriting:
    """The file with the edits made; raises DeriveError where it is no longer what was checked."""
    found = decoded(content(path), str(path))
    spans = cell_spans(found.text) if changes[0].cell is not None else text_spans(found.text)
    pieces, at = [], 0
    for edit in changes:
        span = spans(edit.cell, edit.line, edit.column, len(edit.old))
        if span is None or span[0] < at or found.text[slice(*span)] != edit.old:
            raise DeriveError(f"{path} cannot be rewritten: line {edit.line} is not as it was checked")
        pieces += [found.text[at : span[0]], edit.new]
        at = span[1]
    after = "".join((*pieces, found.text[at:]))
    return Rewriting(found.text, after, found.encoded(after))


def difference(file: str, before: str, after: str) -> str:
    """What the edits change, as a unified diff."""
    pairs = LINE.findall(before), LINE.findall(after)
    lines = difflib.unified_diff(*pairs, fromfile=file, tofile=file)
    return "".join(
        each if each.endswith(("\n", "\r")) else f"{each}\n\\ No newline at end of file\n" for each in lines
    )
