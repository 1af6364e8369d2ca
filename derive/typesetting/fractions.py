"""Fractions inside fractions, in the size of a display so that nothing is cramped."""

from __future__ import annotations

from derive.typesetting.reading import tokens

_FRACTION, _SCRIPT, _PLAIN = "fraction", "script", "plain"


def with_open_fractions(tex: str) -> str:
    r"""The mathematics with \dfrac for every \frac right inside another one; those in scripts stay small."""
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
            token = r"\dfrac" if _FRACTION in around and _SCRIPT not in around else token
        found.append(token)
    return "".join(found)
