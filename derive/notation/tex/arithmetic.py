"""Numbers, names, sums, products, fractions and powers in LaTeX."""

from __future__ import annotations

from itertools import pairwise

from derive.formula import (
    Call,
    Cases,
    Derivative,
    Elementwise,
    Formula,
    Grouping,
    Indexed,
    MatrixProduct,
    Name,
    Negation,
    Number,
    Ones,
    Power,
    Product,
    Quotient,
    Reduction,
    Relation,
    Sum,
    Transpose,
    enclosed,
)
from derive.notation.tex.names import split_subscript
from derive.notation.tex.page import Page, Tex, bare, braced, enclose, raised

# Functions whose power stands after the name: sin²(x).
RAISED_BY_NAME = frozenset({"sin", "cos", "tan", "sinh", "cosh", "tanh", "log", "ln"})
# The spelling of a quantity whose indices stand in brackets: [i = j], which is 1 where that holds, else 0.
IVERSON = "[=]"
# A word in upright letters begins so.
_WORD = r"\mathrm"
_CLOSINGS = (")", "|", r"\rvert", r"\rVert", r"\rVert_F")


def number(formula: Number, page: Page) -> Tex:
    """The author's spelling; an exponent becomes a power of ten."""
    mantissa, _, exponent = formula.text.lower().partition("e")
    if not exponent:
        return Tex(formula.text)
    power = f"10^{{{int(exponent)}}}"
    return Tex(power if mantissa == "1" else rf"{mantissa} \cdot {power}")


def name(formula: Name, page: Page) -> Tex:
    """A quantity."""
    return Tex(page.name(formula.name))


def indexed(formula: Indexed, page: Page) -> Tex:
    """A component; indices follow the subscript that belongs to the name, and one may stand above it."""
    if "^" in formula.name and formula.indices:
        return _with_raised(formula, page)
    spelled = page.name(formula.name)
    written = [page.latex(index).replace(" ", "") for index in formula.indices]
    if spelled == IVERSON:
        return Tex(f"[{' = '.join(written)}]")
    letters = all(
        isinstance(index, Name) and len(each) == 1
        for index, each in zip(formula.indices, written, strict=True)
    )
    return Tex(subscripted(spelled, ("" if letters else ",").join(written)))


def _with_raised(formula: Indexed, page: Page) -> Tex:
    """y^{(i)}_j: the first index stands above, in the brackets that the name ends with."""
    name, _, brackets = formula.name.partition("^")
    if brackets not in ("", "()", "⟦⟧", "⟨⟩"):
        below = indexed(Indexed(name, formula.indices), page).text
        return Tex(f"{below}{page.name(formula.name).removeprefix(page.name(name))}")
    first, *rest = formula.indices
    index = page.latex(first).replace(" ", "")
    inside = {"()": f"({index})", "⟦⟧": f"[{index}]", "⟨⟩": rf"\langle {index} \rangle"}.get(brackets, index)
    below = indexed(Indexed(name, tuple(rest)), page).text if rest else page.name(name)
    return Tex(f"{below}^{braced(inside)}")


def subscripted(spelled: str, below: str) -> str:
    """A name with indices below it, after the subscript that it ends with."""
    letter, own = split_subscript(spelled)
    return f"{letter}_{{{own},{below}}}" if own else f"{spelled}_{braced(below)}"


def sum_(formula: Sum, page: Page) -> Tex:
    """Terms with + and - between them."""
    first = _term(formula, 0, formula.terms[0], page)
    pieces, tall = [first.text], first.tall
    for place, term in enumerate(formula.terms[1:], 1):
        if isinstance(term, Negation):
            sign, tex = "-", _operand(term, page)
        else:
            sign, tex = "+", _term(formula, place, term, page)
        pieces.append(f"{sign} {tex.text}")
        tall = tall or tex.tall
    return Tex(" ".join(pieces), tall, first.minus)


def _term(parent: Sum, place: int, term: Formula, page: Page) -> Tex:
    tex = page.tex(term)
    return enclose(tex) if enclosed(parent, place, term) or (place and tex.minus) else tex


def _operand(formula: Negation, page: Page) -> Tex:
    """What a minus stands before."""
    tex = page.tex(formula.operand)
    return enclose(tex) if enclosed(formula, 0, formula.operand) or tex.minus else tex


def negation(formula: Negation, page: Page) -> Tex:
    """A minus before its operand."""
    tex = _operand(formula, page)
    return Tex(f"-{tex.text}", tex.tall, minus=True)


def product(formula: Product, page: Page) -> Tex:
    """Factors side by side, with a dot where adjacency would mislead."""
    factors = formula.factors
    written = [_factor(factor, page, place, len(factors) - 1) for place, factor in enumerate(factors)]
    pieces = [written[0].text]
    for place in range(1, len(factors)):
        if _dotted(factors[place - 1], factors[place], written[place].text, page):
            pieces.append(r"\cdot")
        elif isinstance(factors[place - 1], Number) and written[place].text.startswith(_WORD):
            # A number and a word would run into one: 2lam.
            pieces.append(r"\,")
        pieces.append(written[place].text)
    return Tex(" ".join(pieces), any(tex.tall for tex in written), written[0].minus)


def _factor(factor: Formula, page: Page, place: int, last: int) -> Tex:
    tex = page.tex(factor)
    loose = tex.loose or isinstance(factor, Sum | Relation | Cases | Product)
    # What a sum sign or an operator covers would swallow the factors after it.
    covering = isinstance(factor, Reduction | MatrixProduct) or _is_operator(factor)
    unfinished = covering and place < last
    return enclose(tex) if loose or unfinished or (place and tex.minus) else tex


def _is_operator(formula: Formula) -> bool:
    """Whether it is d/dx before something without brackets."""
    if not isinstance(formula, Derivative) or not formula.applied:
        return False
    return isinstance(formula.of, Name | Indexed | Call)


def _dotted(left: Formula, right: Formula, text: str, page: Page) -> bool:
    """Whether two factors need a dot between them; `text` is the right one as written."""
    if text[0].isdigit() or text.startswith((".", "(-")):
        return True
    while isinstance(right, MatrixProduct | Elementwise):
        right = right.factors[0]
    if isinstance(left, Derivative) or isinstance(right, Derivative):
        return True
    if isinstance(right, Quotient):
        # 2 and 1/3 side by side look like a mixed number, and two fractions like one.
        return isinstance(left, Quotient | Number | Negation)
    if text.startswith(("(", r"\left(", "[")):
        return isinstance(left, Name) and not _subscripted(left.name)
    if isinstance(left, Name | Indexed | Power) and text.startswith(_WORD):
        return True
    return _is_word(left, page) and not isinstance(right, Number)


def _subscripted(name: str) -> bool:
    """Whether a name does not look like a function's: w1(…) is a product to a reader, h(…) a call."""
    return "_" in name or name[-1].isdigit()


def _is_word(formula: Formula, page: Page) -> bool:
    return isinstance(formula, Name | Indexed) and page.name(formula.name).startswith(_WORD)


def matrix_product(formula: MatrixProduct, page: Page) -> Tex:
    """Matrices side by side."""
    written: list[Tex] = []
    for place, factor in enumerate(formula.factors):
        tex = page.tex(factor)
        # What a sum sign or an operator covers would swallow the factors after it.
        covering = isinstance(factor, Reduction) or _is_operator(factor)
        unfinished = covering and place < len(formula.factors) - 1
        needed = enclosed(formula, place, factor) or tex.loose or unfinished or (place and tex.minus)
        written.append(enclose(tex) if needed else tex)
    pieces = [written[0].text]
    for before, tex in pairwise(written):
        # Two words would run into one: attn value.
        words = all(each.text.startswith(_WORD) for each in (before, tex))
        pieces += [r"\,", tex.text] if words else [tex.text]
    return Tex(" ".join(pieces), any(tex.tall for tex in written), written[0].minus)


def quotient(formula: Quotient, page: Page) -> Tex:
    """A fraction."""
    above, below = page.latex(bare(formula.numerator)), page.latex(bare(formula.denominator))
    return Tex(rf"\frac{{{above}}}{{{below}}}", tall=True)


def power(formula: Power, page: Page) -> Tex:
    """A power; that of a function like sin stands after the function's name."""
    tex, above = page.tex(formula.base), exponent(bare(formula.exponent), page)
    if isinstance(formula.exponent, Number) and _takes_power(formula.base, page):
        spelled, opening, rest = tex.text.partition(r"\left(" if tex.tall else "(")
        return Tex(f"{spelled}^{above}{opening}{rest}", tex.tall)
    tex = tex if _closed(formula.base, tex) else enclose(tex)
    return Tex(f"{tex.text}^{above}", tex.tall)


def _takes_power(base: Formula, page: Page) -> bool:
    return (
        isinstance(base, Call)
        and base.function in RAISED_BY_NAME
        and base.function not in page.notation
        and not base.primes
    )


def _closed(base: Formula, tex: Tex) -> bool:
    """Whether a power may stand right after the base."""
    if isinstance(base, Name | Indexed | Number):
        return not raised(tex.text)
    called = isinstance(base, Call) and tex.text.endswith(_CLOSINGS) and not tex.loose
    return called or isinstance(base, Grouping)


def exponent(formula: Formula, page: Page) -> str:
    """An exponent: a fraction of short parts lies on one line there."""
    sign, inner = ("-", formula.operand) if isinstance(formula, Negation) else ("", formula)
    if isinstance(inner, Quotient) and all(isinstance(part, Number | Name) for part in inner.children):
        return braced(f"{sign}{page.latex(inner.numerator)}/{page.latex(inner.denominator)}")
    return braced(page.latex(formula))


def transpose(formula: Transpose, page: Page) -> Tex:
    """A raised ⊤."""
    tex = page.tex(formula.operand)
    called = isinstance(formula.operand, Call) and tex.text.endswith(")") and not tex.loose
    if not called and not isinstance(formula.operand, Name | Indexed | Grouping | Ones):
        tex = enclose(tex)
    text = f"{{{tex.text}}}" if raised(tex.text) else tex.text
    return Tex(rf"{text}^{{\top}}", tex.tall)
