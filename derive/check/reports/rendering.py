r"""Formulas of a document set as mathematics: as written where that can be set, else as understood."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from markupsafe import Markup

from derive.check.findings import Finding
from derive.check.spellings import respelled
from derive.check.verdict import Link
from derive.errors import DeriveError
from derive.formula import Formula
from derive.notation import latex
from derive.typesetting import mathml

# What numbers a formula or sets its size, and says nothing.
_UNSEEN = re.compile(
    r"\\(?:label|tag)\s*\*?\s*\{[^{}]*\}|\\(?:nonumber|notag|displaystyle|textstyle|limits|nolimits)(?![A-Za-z])"
)
_END = re.compile(r"(?:\s|[.,;]|\\q?quad(?![A-Za-z])|\\[,;:! ])+\Z")
_BEGIN = re.compile(r"(?:\s|\\q?quad(?![A-Za-z])|\\[,;:! ])+")
_ROWS = re.compile(r"\\\\|(?<!\\)&")
_SPLIT = re.compile(r"(\\(?:begin|end)\s*)\{(?:split|multlined|gathered|alignedat)\}")
# A sign in a column of its own, as eqnarray has it.
_BETWEEN = re.compile(r"&\s*(=|[<>]|:=|\\(?:approx|equiv|leq?|geq?|simeq|to|gets)(?![A-Za-z]))\s*&")
_SIGNS = {"=": "=", "==": "=", "≈": r"\approx", "≡": r"\equiv", ":=": ":=", "→": r"\to", "←": r"\gets"}
# Longer texts are shown as they are.
LONGEST = 4_000


def mathematics(finding: Finding) -> Markup:
    """A formula of a document, each row in the colour of its verdict where rows are known."""
    for attempt in (partial(_as_written, finding), partial(_as_understood, finding)):
        try:
            return Markup(attempt())
        except DeriveError:
            continue
    return Markup("<code>{}</code>").format(finding.text.strip())


def formula(found: Formula, finding: Finding) -> Markup:
    """A formula that the check has written."""
    try:
        return Markup(mathml(_latex(found, finding)))
    except DeriveError:
        return Markup("<code>{}</code>").format(finding.spelled(found))


def _as_written(finding: Finding) -> str:
    text = finding.written_out or finding.text
    if finding.form != "latex" or len(text) > LONGEST:
        raise DeriveError("this is no LaTeX")
    text = _UNSEEN.sub("", text)
    text = _END.sub("", _BEGIN.sub("", text, count=1) if _BEGIN.match(text) else text)
    text = _BETWEEN.sub(r"&\1", text)
    text = _SPLIT.sub(r"\1{aligned}", text)
    if _ROWS.search(text) and not text.startswith(r"\begin{"):
        text = rf"\begin{{aligned}}{text}\end{{aligned}}"
    return mathml(text, display=True)


def _as_understood(finding: Finding) -> str:
    """The sides of a chain, a row a link."""
    claim = finding.claim
    rows = r" \\ ".join(_rows(finding, claim.links))
    if not rows:
        raise DeriveError("nothing was understood")
    return mathml(rf"\begin{{aligned}}{rows}\end{{aligned}}", display=True)


def _rows(finding: Finding, links: tuple[Link, ...]) -> Iterator[str]:
    last: Formula | None = None
    for link in links:
        left = "" if link.left is last else _latex(link.left, finding)
        yield f"{left} & {_SIGNS.get(link.sign, '=')} {_latex(link.right, finding)}"
        last = link.right


def _latex(found: Formula, finding: Finding) -> str:
    if finding.form == "latex":
        return latex(found, finding.notation)
    return latex(respelled(found, {}))
