"""Mathematics within a line of text: a derivative has a slash there, so that lines stay apart evenly."""

from __future__ import annotations

from collections.abc import Mapping

from derive import notation as writer
from derive.errors import DeriveError
from derive.formula import Derivative, Formula, Indexed, Name, Sum
from derive.notation.tex.differentials import differentials, with_slash
from derive.typesetting import UnreadableError, read
from derive.walkthrough.tree import Shape


def inline(formula: Formula, notation: Mapping[str, str]) -> str:
    """The LaTeX of a formula in running text."""
    match formula:
        case Derivative(of=Name() | Indexed() as of, wrt=Name() | Indexed() as wrt, applied=False):
            sign = r"\mathrm{d}" if formula.total else r"\partial"
            sides = differentials(writer.latex(of, notation), writer.latex(wrt, notation), sign)
            return " / ".join(sides)
        case Name():
            return with_slash(writer.latex(formula, notation))
    return writer.latex(formula, notation)


def shape(shape: Shape, notation: Mapping[str, str]) -> str:
    """The LaTeX of a shape: 10 \\times 64, or a membership in the space of such arrays."""
    alone = len(shape.sizes) == 1
    sizes = r" \times ".join(_size(each, notation, alone=alone) for each in shape.sizes)
    if shape.quantity is None and not shape.member:
        return sizes or "1"
    space = rf"\mathbb{{R}}^{{{sizes}}}" if sizes else r"\mathbb{R}"
    left = "{}" if shape.quantity is None else inline(shape.quantity, notation)
    return rf"{left} \in {space}"


def _size(size: Formula, notation: Mapping[str, str], *, alone: bool) -> str:
    text = writer.latex(size, notation)
    return f"({text})" if isinstance(size, Sum) and not alone else text


def check(notation: Mapping[str, str]) -> None:
    """Refuse notation that is no mathematics: it stands in the document as the author wrote it."""
    for name, spelled in notation.items():
        try:
            read(spelled)
        except UnreadableError as error:
            raise DeriveError(f"the notation of {name} is no mathematics: {error}") from None
