"""Mathematics within a line of text: a derivative is written with a slash, so that lines stay apart evenly."""

from __future__ import annotations

from collections.abc import Mapping

from derive import notation as writer
from derive.formula import Derivative, Formula, Indexed, Name


def inline(formula: Formula, notation: Mapping[str, str]) -> str:
    """The LaTeX of a formula in running text."""
    match formula:
        case Derivative(of=Name() | Indexed() as of, wrt=Name() | Indexed() as wrt, applied=False):
            sign = r"\mathrm{d}" if formula.total else r"\partial"
            return f"{sign} {writer.latex(of, notation)} / {sign} {writer.latex(wrt, notation)}"
    return writer.latex(formula, notation)
