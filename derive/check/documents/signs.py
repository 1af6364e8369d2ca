"""Delimiters of texts that people type: dollars that may be prices, code between backticks, addresses."""

from __future__ import annotations

import re

from derive.check.documents.blocks import Delimiter, Enclosed
from derive.check.documents.delimiters import (
    DOUBLE_DOLLAR,
    ENVIRONMENTS,
    ESCAPE,
    INNER_ENVIRONMENTS,
    RULED_LINE,
    always,
    dollar,
    environment,
    environments,
    nothing_follows,
    until,
)
from derive.check.documents.wording import is_bracketed_mathematics, is_dollar_mathematics

# Longer rows of backticks are drawings.
_MOST_BACKTICKS = 8


def code_span(text: str, at: int, sign: str) -> Enclosed | None:
    """Up to a row of as many backticks."""
    if len(sign) > _MOST_BACKTICKS:
        return None
    match = _BACKTICKS[len(sign)].search(text, at)
    return Enclosed(at, match.start(), match.end()) if match else None


_BACKTICKS = [re.compile(rf"(?<!`)`{{{number}}}(?!`)") for number in range(_MOST_BACKTICKS + 1)]

# A dollar opens a formula if the next one may close it: both are tight, or both have a space inside.
_TO_NEXT = r"(?:[^$\\{]++|\\.|\{[^{}]{0,200}\}|\{)*+"
DOLLAR = Delimiter(
    rf"\$(?=[^\s$]{_TO_NEXT}(?<!\s)\$)|\$(?=[ \t]++[^\s$][^$\n]*+(?<=[ \t])\$)",
    dollar,
    accepts=is_dollar_mathematics,
)
CODE_SPAN = Delimiter(r"`++", code_span, holds="nothing", accepts=always)
LINK = Delimiter(
    r"(?:!\[[^\[\]\n]{0,300})?\]\([^()\s]{0,2000}\)", nothing_follows, holds="nothing", accepts=always
)
PARENTHESES = Delimiter(r"\\\(", until(r"\\\)"), accepts=is_bracketed_mathematics)
BRACKETS = Delimiter(r"\\\[", until(r"\\\]"), display=True, accepts=is_bracketed_mathematics)
# In Markdown a backslash before a bracket is lost unless it is written twice.
PARENTHESES_TWICE = Delimiter(r"\\\\\(", until(r"\\\\\)"), accepts=is_bracketed_mathematics)
BRACKETS_TWICE = Delimiter(r"\\\\\[", until(r"\\\\\]"), display=True, accepts=is_bracketed_mathematics)
ANY_ENVIRONMENT = Delimiter(
    environments([*ENVIRONMENTS, *INNER_ENVIRONMENTS]), environment, display=True, fault=r"{} has no \end"
)

TYPED = (
    RULED_LINE,
    DOUBLE_DOLLAR,
    PARENTHESES_TWICE,
    BRACKETS_TWICE,
    ANY_ENVIRONMENT,
    PARENTHESES,
    BRACKETS,
    ESCAPE,
    DOLLAR,
    CODE_SPAN,
    LINK,
)
