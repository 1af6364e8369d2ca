"""Fractions inside fractions in a size that can be read: operators as outside, others as in text."""

from __future__ import annotations

from derive.typesetting.reading import tokens

_FRACTION, _SCRIPT, _PLAIN = "fraction", "script", "plain"
# Marks for a fraction in a fraction, and in one of these, until it is known what it holds.
_NESTED, _DEEP = "\x00", "\x01"
_OPERATORS = (r"{\partial}", r"{\mathrm{d}}")


def with_open_fractions(tex: str) -> str:
    r"""The mathematics with \dfrac for operators inside another fraction, \tfrac for fractions deeper down.

    Those in scripts stay small.
    """
    found: list[str] = []
    around: list[str] = []
    # How many arguments of a fraction are still to come, at every depth.
    due = [0]
    for token in tokens(tex):
        if token == "{":
            before = next((each for each in reversed(found) if not each.isspace()), "")
            around.append(_FRACTION if due[-1] else _SCRIPT if before in ("^", "_") else _PLAIN)
            due[-1] -= bool(due[-1])
            due.append(0)
        elif token == "}" and around:
            around.pop()
            due.pop()
        elif token == r"\frac":
            due[-1] = 2
            depth = 0 if _SCRIPT in around else around.count(_FRACTION)
            token = _DEEP if depth > 1 else _NESTED if depth else token
        found.append(token)
    text = "".join(found)
    for operator in _OPERATORS:
        for token in (_NESTED, _DEEP):
            text = text.replace(token + operator, r"\dfrac" + operator)
    return text.replace(_NESTED, r"\frac").replace(_DEEP, r"\tfrac")
