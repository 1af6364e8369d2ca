r"""How derivatives that have become quantities are printed: \frac{\partial L}{\partial w_1}, \bar{h}_1."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from derive.formula import Derivative, Formula, Name
from derive.notation import latex
from derive.second.equations import GradientEquations

# A letter of more characters has a line over it, not a bar.
_SHORT = 12


def spellings(gradient: GradientEquations) -> Mapping[str, str]:
    """The LaTeX of the derivatives by name: a bar over what they are by, as the field writes adjoints."""
    return dict(_spellings(gradient))


def _spellings(gradient: GradientEquations) -> Iterator[tuple[str, str]]:
    notation = gradient.model.notation
    for node, name in gradient.names.items():
        letter, scripts = _apart(latex(Name(node), notation))
        bar = r"\bar" if len(letter) <= _SHORT else r"\overline"
        yield name, f"{bar}{{{letter}}}{scripts}"


def _apart(text: str) -> tuple[str, str]:
    """A spelling's letter, and the indices and exponents after it."""
    depth = 0
    for at, character in enumerate(text):
        depth += (character == "{") - (character == "}")
        if character in "_^" and depth == 0 and at > 0:
            return text[:at], text[at:]
    return text, ""


def fraction(gradient: GradientEquations, wrt: Formula) -> str:
    """∂L/∂wrt as it is printed."""
    return latex(Derivative(Name(gradient.graph.loss), wrt), gradient.model.notation)
