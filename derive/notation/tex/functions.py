"""Calls, reductions and derivatives in LaTeX."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from derive.formula import (
    ONE,
    Bound,
    Call,
    Cases,
    Derivative,
    Grouping,
    Indexed,
    Name,
    Number,
    Power,
    Reduction,
    Relation,
    Sum,
    Vector,
)
from derive.notation.tex.differentials import differentials, is_derivative
from derive.notation.tex.page import Page, Tex, bare, braced, enclose

# Longer arguments are easier to read beside \exp than above e.
LONGEST_EXPONENT = 32
_REDUCTIONS = {
    "sum": r"\sum",
    "prod": r"\prod",
    "max": r"\max",
    "min": r"\min",
    "mean": r"\operatorname*{mean}",
    "argmax": r"\operatorname*{arg\,max}",
    "argmin": r"\operatorname*{arg\,min}",
}


def call(formula: Call, page: Page) -> Tex:
    """A function of arguments, or the notation that textbooks have for it."""
    special = _SPECIAL.get(formula.function)
    if special and not formula.primes and formula.function not in page.notation:
        found = special(formula, page)
        if found is not None:
            return found
    return applied(formula, page)


def applied(formula: Call, page: Page) -> Tex:
    """A function's name before its arguments."""
    # The call's own parentheses are enough for a reader.
    single = len(formula.arguments) == 1
    arguments = [page.tex(bare(each) if single else each) for each in formula.arguments]
    inner = enclose(Tex(", ".join(each.text for each in arguments), any(each.tall for each in arguments)))
    return Tex(page.function(formula.function) + "'" * formula.primes + inner.text, inner.tall)


def _exponential(formula: Call, page: Page) -> Tex | None:
    if len(formula.arguments) != 1:
        return None
    argument = bare(formula.arguments[0])
    if argument == ONE:
        return Tex("e")
    tex = page.tex(argument)
    if tex.tall or len(tex.text) > LONGEST_EXPONENT:
        return None
    return Tex(f"e^{braced(tex.text)}")


def _square_root(formula: Call, page: Page) -> Tex | None:
    if len(formula.arguments) != 1:
        return None
    tex = page.tex(bare(formula.arguments[0]))
    return Tex(rf"\sqrt{{{tex.text}}}", tex.tall)


def _fenced(opening: str, closing: str, below: str = "") -> Callable[[Call, Page], Tex | None]:
    def write(formula: Call, page: Page) -> Tex | None:
        if len(formula.arguments) != 1:
            return None
        tex = page.tex(bare(formula.arguments[0]))
        left, right = (rf"\left{opening}", rf"\right{closing}") if tex.tall else (opening, closing)
        return Tex(f"{left} {tex.text} {right}{below}", tex.tall)

    return write


def _scalar_product(formula: Call, page: Page) -> Tex | None:
    if len(formula.arguments) != 2:
        return None
    written = [page.tex(each) for each in formula.arguments]
    atoms = [
        tex if isinstance(each, Name | Indexed | Vector | Grouping) else enclose(tex)
        for each, tex in zip(formula.arguments, written, strict=True)
    ]
    text = rf"{atoms[0].text} \cdot {atoms[1].text}"
    return Tex(text, any(tex.tall for tex in atoms), loose=True)


def _diagonal(formula: Call, page: Page) -> Tex | None:
    inner = enclose(page.tex(bare(formula.arguments[0])))
    return Tex(rf"\operatorname{{diag}}{inner.text}", inner.tall)


_SPECIAL: Mapping[str, Callable[[Call, Page], Tex | None]] = MappingProxyType(
    {
        "exp": _exponential,
        "sqrt": _square_root,
        "abs": _fenced(r"\lvert", r"\rvert"),
        "norm": _fenced(r"\lVert", r"\rVert"),
        "frobenius norm": _fenced(r"\lVert", r"\rVert", "_F"),
        "diagonal of": _diagonal,
        "dot": _scalar_product,
    }
)


def reduction(formula: Reduction, page: Page) -> Tex:
    """A sum sign, or another, with its letters below, before the body."""
    body = page.tex(formula.body)
    if isinstance(formula.body, Sum | Relation | Cases) or body.minus:
        body = enclose(body)
    return Tex(f"{_signs(formula, page)} {body.text}", bool(formula.bounds) or body.tall)


def _signs(formula: Reduction, page: Page) -> str:
    sign, bounds = _REDUCTIONS[formula.kind], formula.bounds
    if formula.axis is not None:
        return rf"{sign}_{{\text{{axis }} {','.join(map(str, formula.axis))}}}"
    highest = [bound.high for bound in bounds if bound.high is not None]
    if formula.kind == "mean" and highest and len(highest) == len(bounds):
        counts = " ".join(page.latex(high) for high in highest)
        return rf"\frac{{1}}{{{counts}}} " + " ".join(_with_ends(r"\sum", bound, page) for bound in bounds)
    if highest:
        return " ".join(_with_ends(sign, bound, page) for bound in bounds)
    letters = ",".join(page.name(bound.name) for bound in bounds)
    return f"{sign}_{{{letters}}}" if letters else sign


def _with_ends(sign: str, bound: Bound, page: Page) -> str:
    letter = page.name(bound.name)
    if bound.low is None or bound.high is None:
        return f"{sign}_{{{letter}}}"
    return f"{sign}_{{{letter}={page.latex(bound.low)}}}^{{{page.latex(bound.high)}}}"


def derivative(formula: Derivative, page: Page) -> Tex:
    """A fraction of differentials, or the operator before what it is applied to."""
    sign = r"\mathrm{d}" if formula.total else r"\partial"
    below = f"{sign} {page.latex(formula.wrt)}"
    tex = page.tex(formula.of)
    if isinstance(formula.of, Name) and is_derivative(tex.text):
        upper, lower = differentials(tex.text, page.latex(formula.wrt), sign)
        return Tex(rf"\frac{{{upper}}}{{{lower}}}", tall=True)
    if not formula.applied:
        single = isinstance(formula.of, Name | Indexed | Call | Power | Number | Grouping) and not tex.loose
        above = tex if single else enclose(tex)
        return Tex(rf"\frac{{{sign} {above.text}}}{{{below}}}", tall=True)
    operator = rf"\frac{{{sign}}}{{{below}}}"
    called = isinstance(formula.of, Call) and tex.text.endswith(")") and not tex.loose
    if called or isinstance(formula.of, Name | Indexed | Grouping):
        return Tex(f"{operator} {tex.text}", tall=True)
    inner = rf"\left({tex.text}\right)" if tex.tall else rf"\bigl({tex.text}\bigr)"
    return Tex(operator + inner, tall=True)
