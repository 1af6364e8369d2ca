r"""Exercises of a text: headings like "Problem 3", paragraphs that begin with **8.** or \textbf{Exercise 2}.

What one exercise says of a letter, the next one does not say. A \section in a text that is not LaTeX parts it
as well.
"""

from __future__ import annotations

import re

# Deeper than what any format marks as a heading.
LEVEL = 9
_KIND = r"(?:problem|exercise|example|question|task|quiz|puzzle|assignment|ex\.|q\.?)"
_NUMBER = r"\d{1,3}(?:\.\d{1,3})*[a-z]?"
_NAMED = rf"{_KIND}\s*(?:no\.\s*|\#)?{_NUMBER}\b"
_ALONE = r"\(?\d{1,3}[.):]?"
_TITLE = re.compile(rf"(?:\\[A-Za-z]+|\W)*{_NAMED}", re.IGNORECASE)
_BOLD = r"(?:\*\*|__|\\textbf\s*\{|\{\\bf(?:series)?\s)"
_LABEL = re.compile(
    rf"\s*(?:\\noindent\s*)?(?:{_BOLD}\s*(?:{_NAMED}|{_ALONE}\s*(?:\*\*|__|\}}))|{_NAMED}\s*[.:)]"
    r"|\\(?:sub)*section\*?\s*\{[^{}\n]{0,200}\})",
    re.IGNORECASE,
)


def is_exercise(title: str) -> bool:
    """Whether a heading names one exercise of several: a number alone may be that of a step."""
    return _TITLE.match(title) is not None


def label_of(text: str) -> int:
    """How many characters of a paragraph are the label of an exercise that begins there."""
    found = _LABEL.match(text)
    return found.end() if found is not None else 0
