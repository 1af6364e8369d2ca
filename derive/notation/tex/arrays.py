"""What is done component by component in LaTeX: products with ⊙, powers, functions of arrays, and 𝟏."""

from __future__ import annotations

from derive.formula import (
    Along,
    Call,
    Component,
    Elementwise,
    ElementwiseCall,
    ElementwisePower,
    Grouping,
    Indexed,
    MatrixProduct,
    Name,
    Negation,
    Ones,
    Product,
    Sum,
)
from derive.notation.tex.arithmetic import exponent, subscripted
from derive.notation.tex.functions import applied, call
from derive.notation.tex.page import Page, Tex, bare, braced, enclose, raised

# Functions that are written around their argument, of an array as of a number.
_AROUND = frozenset({"sqrt", "abs"})


def elementwise(formula: Elementwise, page: Page) -> Tex:
    """Arrays with ⊙ between them; what is a product of another kind stands in parentheses."""
    written: list[Tex] = []
    for place, factor in enumerate(formula.factors):
        tex = page.tex(factor)
        loose = tex.loose or isinstance(factor, Sum | Product | MatrixProduct | Elementwise | Negation)
        written.append(enclose(tex) if loose or (place and tex.minus) else tex)
    text = r" \odot ".join(tex.text for tex in written)
    return Tex(text, any(tex.tall for tex in written), written[0].minus)


def elementwise_power(formula: ElementwisePower, page: Page) -> Tex:
    """A power of each component: a raised ⊙ tells it from the power of a matrix."""
    tex = page.tex(formula.base)
    called = isinstance(formula.base, Call) and tex.text.endswith(")")
    closed = called or isinstance(formula.base, Name | Indexed | Grouping)
    if not closed or raised(tex.text):
        tex = enclose(tex)
    return Tex(rf"{tex.text}^{{\odot {exponent(bare(formula.exponent), page)}}}", tex.tall)


def ones(formula: Ones, page: Page) -> Tex:
    """A bold 1."""
    return Tex(r"\mathbf{1}")


def elementwise_call(formula: ElementwiseCall, page: Page) -> Tex:
    """A function by its name: e raised to a matrix would be another matrix."""
    around = formula.function in _AROUND and not formula.primes
    return call(formula, page) if around else applied(formula, page)


def component(formula: Component, page: Page) -> Tex:
    """Letters below a formula in parentheses; a colon stands for a whole axis."""
    letters = [page.name(letter) if letter else ":" for letter in formula.letters]
    below = ("" if all(len(letter) == 1 for letter in letters) else ",").join(letters)
    if isinstance(formula.array, Name):
        return Tex(subscripted(page.name(formula.array.name), below))
    tex = enclose(page.tex(formula.array))
    return Tex(f"{tex.text}_{braced(below)}", tex.tall)


def along(formula: Along, page: Page) -> Tex:
    """A function of the rows or the columns of a matrix, as its subscript says."""
    called = formula.operand
    if not isinstance(called, Call) or formula.axis is None:
        return page.tex(called)
    inner = applied(called, page)
    spelled = page.function(called.function)
    axis = formula.axis[0]
    word = r"\text{columns}" if axis == 0 else r"\text{rows}"
    return Tex(f"{spelled}_{{{word}}}{inner.text.removeprefix(spelled)}", inner.tall)
