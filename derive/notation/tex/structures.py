"""Relations, case distinctions, vectors and authored parentheses in LaTeX."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from derive.formula import Branch, Cases, Evaluated, Formula, Grouping, Relation, Vector
from derive.notation.tex.page import Page, Tex, enclose

_SIGNS: Mapping[str, str] = MappingProxyType(
    {"<=": r"\le", ">=": r"\ge", "!=": r"\neq", "==": "=", "≈": r"\approx", "→": r"\rightarrow"}
)
_LINE_BREAK = r" \\ "


def relation(formula: Relation, page: Page) -> Tex:
    """Sides with their signs between them."""
    sides = [page.tex(side) for side in formula.sides]
    pieces = [sides[0].text]
    for sign, side in zip(formula.signs, sides[1:], strict=True):
        pieces.extend((_SIGNS.get(sign, sign), side.text))
    return Tex(" ".join(pieces), any(side.tall for side in sides), sides[0].minus)


def evaluated(formula: Evaluated, page: Page) -> Tex:
    """A formula at a place, or its limit there."""
    body, sign = page.tex(formula.body), r"\to" if formula.approached else "="
    place = f"{page.latex(formula.wrt)} {sign} {page.latex(formula.point)}"
    if formula.approached:
        return Tex(rf"\left(\lim_{{{place}}} {enclose(body).text}\right)", tall=True)
    return Tex(rf"\left. {body.text} \right|_{{{place}}}", tall=True)


def cases(formula: Cases, page: Page) -> Tex:
    """A line for each case."""
    lines = _LINE_BREAK.join(_line(branch, page) for branch in formula.branches)
    return Tex(rf"\begin{{cases}} {lines} \end{{cases}}", tall=True)


def _line(branch: Branch, page: Page) -> str:
    value = page.latex(branch.value)
    if branch.condition is None:
        return rf"{value} & \text{{otherwise}}"
    return rf"{value} & \text{{if }} {page.latex(branch.condition)}"


def vector(formula: Vector, page: Page) -> Tex:
    """Components in brackets, rows of components as a matrix."""
    if all(isinstance(row, Vector) for row in formula.elements):
        rows = _LINE_BREAK.join(_row(row, page) for row in formula.elements)
        return Tex(rf"\begin{{bmatrix}} {rows} \end{{bmatrix}}", tall=True)
    parts = [page.tex(element) for element in formula.elements]
    inner, tall = ", ".join(part.text for part in parts), any(part.tall for part in parts)
    return Tex(rf"\left[{inner}\right]" if tall else f"[{inner}]", tall)


def _row(row: Formula, page: Page) -> str:
    return " & ".join(page.latex(part) for part in row.children)


def grouping(formula: Grouping, page: Page) -> Tex:
    """The author's parentheses."""
    return enclose(page.tex(formula.inner))
