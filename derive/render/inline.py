"""Mathematics within a line of text: a derivative has a slash there, so that lines stay apart evenly."""

from __future__ import annotations

from collections.abc import Mapping

from derive import notation as writer
from derive.errors import DeriveError
from derive.formula import Derivative, Formula, Indexed, Name
from derive.typesetting import UnreadableError, read


def inline(formula: Formula, notation: Mapping[str, str]) -> str:
    """The LaTeX of a formula in running text."""
    match formula:
        case Derivative(of=Name() | Indexed() as of, wrt=Name() | Indexed() as wrt, applied=False):
            sign = r"\mathrm{d}" if formula.total else r"\partial"
            return f"{sign} {writer.latex(of, notation)} / {sign} {writer.latex(wrt, notation)}"
    return writer.latex(formula, notation)


def check(notation: Mapping[str, str]) -> None:
    """Refuse notation that is no mathematics: it stands in the document as the author wrote it."""
    for name, spelled in notation.items():
        try:
            read(spelled)
        except UnreadableError as error:
            raise DeriveError(
                f"the notation of {name} is no mathematics: {error}"
            ) from None
