r"""The two sides of a derivative: that of \frac{\partial L}{\partial w_1} by w_2 is of second order."""

from __future__ import annotations

import re

_DERIVATIVE = re.compile(r"\\frac\{(\\partial|\\mathrm\{d\})(?:\^(\d)|\^\{(\d+)\})? (.+?)\}\{(\1 .+)\}\Z")
_ONE_FACTOR = re.compile(r"(\\partial|\\mathrm\{d\}) ((?:(?!\\,).)+?)(?:\^(\d))?\Z")


def differentials(of: str, wrt: str, sign: str) -> tuple[str, str]:
    r"""What stands above and below the bar of ∂of/∂wrt; `of` may be a derivative itself."""
    inner = _DERIVATIVE.match(of)
    if inner is None:
        return f"{sign} {of}", f"{sign} {wrt}"
    order = int(inner[2] or inner[3] or 1) + 1
    return f"{sign}{_raised(order)} {inner[4]}", _below(inner[5], wrt, sign)


def with_slash(text: str) -> str:
    """The spelling of a derivative as it stands in running text; any other as it is."""
    found = _DERIVATIVE.match(text)
    return text if found is None else f"{text[6 : found.end(4)]} / {found[5]}"


def is_derivative(text: str) -> bool:
    """Whether a spelling is that of a derivative."""
    return _DERIVATIVE.match(text) is not None


def _below(before: str, wrt: str, sign: str) -> str:
    """∂w² where both are by w, else the factors in the order in which they are applied."""
    once = _ONE_FACTOR.match(before)
    if once is not None and once[2] == wrt and "^" not in wrt:
        return f"{sign} {wrt}{_raised(int(once[3] or 1) + 1)}"
    return rf"{sign} {wrt} \, {before}"


def _raised(order: int) -> str:
    return f"^{order}" if order < 10 else f"^{{{order}}}"
