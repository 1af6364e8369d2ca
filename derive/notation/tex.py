"""Formulas in LaTeX, the way textbooks set them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from derive.formula import (
    Bound,
    Call,
    Cases,
    Derivative,
    Formula,
    Grouping,
    Indexed,
    MatrixProduct,
    Name,
    Negation,
    Number,
    Power,
    Product,
    Quotient,
    Reduction,
    Relation,
    Sum,
    Transpose,
    Vector,
    enclosed,
)
from derive.notation.tex_names import FUNCTIONS, function_latex, name_latex

Notation = Mapping[str, str]
NO_NOTATION: Notation = MappingProxyType({})

# Longer arguments are easier to read beside \exp than above e.
LONGEST_EXPONENT = 32
_LINE_BREAK = r" \\ "
_RELATION_SIGNS = {"<=": r"\le", ">=": r"\ge", "!=": r"\neq", "==": "=", "≈": r"\approx", "→": r"\rightarrow"}
_REDUCTIONS = {
    "sum": r"\sum",
    "prod": r"\prod",
    "max": r"\max",
    "min": r"\min",
    "mean": r"\operatorname*{mean}",
}


class Tex(NamedTuple):
    """LaTeX with what its neighbours need to know: is it tall, does it open with a minus."""

    text: str
    tall: bool = False
    minus: bool = False


def latex(formula: Formula, notation: Notation = NO_NOTATION) -> str:
    """The formula in LaTeX; `notation` spells names and functions in place of the automatic way."""
    return _tex(formula, notation).text


def _tex(formula: Formula, notation: Notation) -> Tex:
    return _WRITERS[type(formula)](formula, notation)


def _enclose(tex: Tex) -> Tex:
    return Tex(rf"\left({tex.text}\right)" if tex.tall else f"({tex.text})", tex.tall)


def _bare(formula: Formula) -> Formula:
    """The formula where braces delimit it already."""
    return formula.inner if isinstance(formula, Grouping) else formula


def _number(formula: Number, notation: Notation) -> Tex:
    mantissa, _, exponent = formula.text.lower().partition("e")
    if not exponent:
        return Tex(formula.text)
    power = f"10^{{{int(exponent)}}}"
    return Tex(power if mantissa == "1" else rf"{mantissa} \cdot {power}")


def _spelled(name: str, notation: Notation) -> str:
    return notation[name] if name in notation else name_latex(name)


def _name(formula: Name, notation: Notation) -> Tex:
    return Tex(_spelled(formula.name, notation))


def _indexed(formula: Indexed, notation: Notation) -> Tex:
    spelled = _spelled(formula.name, notation)
    written = [latex(index, notation).replace(" ", "") for index in formula.indices]
    letters = all(isinstance(index, Name) for index in formula.indices)
    glue = "" if letters and all(len(each) == 1 for each in written) else ","
    below = glue.join(written)
    base, own = _own_subscript(spelled)
    return Tex(f"{base}_{{{own},{below}}}" if own else f"{spelled}_{_braced(below)}")


def _own_subscript(spelled: str) -> tuple[str, str]:
    """A name's LaTeX without the subscript it ends with, and that subscript."""
    depth, at = 0, -1
    for place, character in enumerate(spelled):
        depth += (character == "{") - (character == "}")
        if character == "_" and depth == 0 and spelled[place - 1 : place] != "\\":
            at = place
    if at < 0:
        return spelled, ""
    own = spelled[at + 1 :]
    return spelled[:at], own[1:-1] if own.startswith("{") else own


def _braced(text: str) -> str:
    return text if len(text) == 1 else f"{{{text}}}"


def _sum(formula: Sum, notation: Notation) -> Tex:
    pieces: list[str] = []
    tall = minus = False
    for place, term in enumerate(formula.terms):
        subtracted = place > 0 and isinstance(term, Negation)
        tex = (
            _operand(term, notation)
            if isinstance(term, Negation) and place
            else _term(formula, place, term, notation)
        )
        tall, minus = tall or tex.tall, minus or (place == 0 and tex.minus)
        pieces.append(tex.text if place == 0 else f" {'-' if subtracted else '+'} {tex.text}")
    return Tex("".join(pieces), tall, minus)


def _term(parent: Sum, place: int, term: Formula, notation: Notation) -> Tex:
    tex = _tex(term, notation)
    return _enclose(tex) if enclosed(parent, place, term) or (place and tex.minus) else tex


def _operand(formula: Negation, notation: Notation) -> Tex:
    """What a minus stands before."""
    tex = _tex(formula.operand, notation)
    return _enclose(tex) if enclosed(formula, 0, formula.operand) or tex.minus else tex


def _negation(formula: Negation, notation: Notation) -> Tex:
    tex = _operand(formula, notation)
    return Tex(f"-{tex.text}", tex.tall, minus=True)


def _product(formula: Product, notation: Notation) -> Tex:
    text, tall, minus = "", False, False
    last = len(formula.factors) - 1
    for place, factor in enumerate(formula.factors):
        tex = _factor(factor, notation, place, last)
        if place:
            text += " " + _between(formula.factors[place - 1], factor, tex)
        else:
            minus = tex.minus
        text += tex.text
        tall = tall or tex.tall
    return Tex(text, tall, minus)


def _factor(factor: Formula, notation: Notation, place: int, last: int) -> Tex:
    tex = _tex(factor, notation)
    loose = isinstance(factor, Sum | Relation | Cases | Product)
    # What a sum sign covers would swallow the factors after it.
    unfinished = isinstance(factor, Reduction | MatrixProduct) and place < last
    return _enclose(tex) if loose or unfinished or (place and tex.minus) else tex


def _between(left: Formula, right: Formula, tex: Tex) -> str:
    """The sign between neighbouring factors: none where adjacency is clear, else a dot."""
    digit = tex.text[:1].isdigit() or tex.text[:1] == "."
    bracket = tex.text.startswith(("(", r"\left(", "["))
    function = isinstance(left, Name) and "_" not in left.name and not left.name[-1:].isdigit()
    fractions = _is_fraction(left) and _is_fraction(right)
    derivatives = isinstance(left, Derivative) or isinstance(right, Derivative)
    mixed = isinstance(left, Number | Negation) and isinstance(right, Quotient)
    words = (_is_word(left) and not isinstance(right, Number)) or (_is_word(right) and isinstance(left, Name))
    exponent = isinstance(left, Number | Negation) and "e" in tex.text[:0]
    dotted = digit or (bracket and function) or fractions or derivatives or mixed or words or exponent
    if bracket and tex.text.startswith("(-"):
        dotted = True
    return r"\cdot " if dotted else ""


def _is_fraction(formula: Formula) -> bool:
    return isinstance(formula, Quotient | Derivative)


def _is_word(formula: Formula) -> bool:
    return isinstance(formula, Name) and name_latex(formula.name).startswith(r"\mathrm")


def _matrix_product(formula: MatrixProduct, notation: Notation) -> Tex:
    parts = [_tex(factor, notation) for factor in formula.factors]
    set_ = [
        _enclose(tex) if enclosed(formula, place, factor) or (place and tex.minus) else tex
        for place, (factor, tex) in enumerate(zip(formula.factors, parts, strict=True))
    ]
    return Tex(" ".join(tex.text for tex in set_), any(tex.tall for tex in set_), set_[0].minus)


def _quotient(formula: Quotient, notation: Notation) -> Tex:
    above, below = latex(_bare(formula.numerator), notation), latex(_bare(formula.denominator), notation)
    return Tex(rf"\frac{{{above}}}{{{below}}}", tall=True)


def _power(formula: Power, notation: Notation) -> Tex:
    base, exponent = formula.base, _exponent(_bare(formula.exponent), notation)
    tex = _tex(base, notation)
    if isinstance(base, Call) and _is_operator(base, notation) and isinstance(formula.exponent, Number):
        return _call(base, notation, power=f"^{exponent}")
    closed = (
        isinstance(base, Name | Indexed | Grouping)
        or (isinstance(base, Number) and "^" not in tex.text)
        or (isinstance(base, Call) and tex.text.endswith((")", "|", r"\rVert")))
    )
    tex = tex if closed else _enclose(tex)
    return Tex(f"{tex.text}^{exponent}", tex.tall)


def _exponent(formula: Formula, notation: Notation) -> str:
    """An exponent: a fraction of short parts lies on one line there."""
    sign = ""
    if isinstance(formula, Negation):
        formula, sign = formula.operand, "-"
    if isinstance(formula, Quotient) and all(isinstance(part, Number | Name) for part in formula.children):
        text = f"{latex(formula.numerator, notation)}/{latex(formula.denominator, notation)}"
    else:
        text = latex(Negation(formula) if sign else formula, notation)
        sign = ""
    return _braced(sign + text)


def _transpose(formula: Transpose, notation: Notation) -> Tex:
    tex = _tex(formula.operand, notation)
    if not isinstance(formula.operand, Name | Indexed | Grouping):
        tex = _enclose(tex)
    return Tex(rf"{tex.text}^{{\top}}", tex.tall)


def _call(formula: Call, notation: Notation, power: str = "") -> Tex:
    special = _SPECIAL_CALLS.get(formula.function)
    if special and not formula.primes and not power and formula.function not in notation:
        found = special(formula, notation)
        if found is not None:
            return found
    name = notation.get(formula.function) or function_latex(formula.function)
    arguments = [_tex(argument, notation) for argument in formula.arguments]
    inner = Tex(", ".join(each.text for each in arguments), any(each.tall for each in arguments))
    if len(formula.arguments) == 1 and isinstance(formula.arguments[0], Grouping):
        # The call's own parentheses are enough for a reader.
        inner = _tex(formula.arguments[0].inner, notation)
    enclosure = _enclose(inner)
    return Tex(f"{name}{chr(39) * formula.primes}{power}{enclosure.text}", enclosure.tall)


def _is_operator(call: Call, notation: Notation) -> bool:
    """Whether powers stand between the function's name and its argument, as in sin²(x)."""
    spelled = FUNCTIONS.get(call.function, "")
    return (
        call.function not in notation
        and not call.primes
        and spelled.startswith("\\")
        and call.function in _RAISED_BY_NAME
    )


_RAISED_BY_NAME = frozenset({"sin", "cos", "tan", "sinh", "cosh", "tanh", "log", "ln"})


def _exponential(formula: Call, notation: Notation) -> Tex | None:
    if len(formula.arguments) != 1:
        return None
    argument = _bare(formula.arguments[0])
    if argument == Number("1"):
        return Tex("e")
    tex = _tex(argument, notation)
    if tex.tall or len(tex.text) > LONGEST_EXPONENT:
        return None
    return Tex(f"e^{_braced(tex.text)}")


def _square_root(formula: Call, notation: Notation) -> Tex | None:
    if len(formula.arguments) != 1:
        return None
    tex = _tex(_bare(formula.arguments[0]), notation)
    return Tex(rf"\sqrt{{{tex.text}}}", tex.tall)


def _fenced(opening: str, closing: str) -> Callable[[Call, Notation], Tex | None]:
    def write(formula: Call, notation: Notation) -> Tex | None:
        if len(formula.arguments) != 1:
            return None
        tex = _tex(_bare(formula.arguments[0]), notation)
        return Tex(
            rf"\left{opening} {tex.text} \right{closing}" if tex.tall else f"{opening} {tex.text} {closing}",
            tex.tall,
        )

    return write


def _dot_product(formula: Call, notation: Notation) -> Tex | None:
    if len(formula.arguments) != 2 or not all(isinstance(each, Name) for each in formula.arguments):
        return None
    return Tex(rf"({_dotted(formula, notation)})")


def _dotted(formula: Call, notation: Notation) -> str:
    return r" \cdot ".join(latex(each, notation) for each in formula.arguments)


_SPECIAL_CALLS: dict[str, Callable[[Call, Notation], Tex | None]] = {
    "exp": _exponential,
    "sqrt": _square_root,
    "abs": _fenced(r"\lvert", r"\rvert"),
    "norm": _fenced(r"\lVert", r"\rVert"),
}


def _reduction(formula: Reduction, notation: Notation) -> Tex:
    signs, tall = _reduction_signs(formula, notation), bool(formula.bounds)
    body = _tex(formula.body, notation)
    if isinstance(formula.body, Sum | Relation | Cases) or body.minus:
        body = _enclose(body)
    return Tex(f"{signs} {body.text}", tall or body.tall)


def _reduction_signs(formula: Reduction, notation: Notation) -> str:
    sign = _REDUCTIONS[formula.kind]
    if formula.axis is not None:
        return rf"{sign}_{{\text{{axis }} {','.join(map(str, formula.axis))}}}"
    if formula.kind == "mean" and formula.bounds and all(bound.high is not None for bound in formula.bounds):
        counts = " ".join(latex(bound.high, notation) for bound in formula.bounds if bound.high is not None)
        return rf"\frac{{1}}{{{counts}}} " + " ".join(
            _with_ends(r"\sum", bound, notation) for bound in formula.bounds
        )
    if any(bound.high is not None for bound in formula.bounds):
        return " ".join(_with_ends(sign, bound, notation) for bound in formula.bounds)
    letters = ",".join(_spelled(bound.name, notation) for bound in formula.bounds)
    return f"{sign}_{{{letters}}}" if letters else sign


def _with_ends(sign: str, bound: Bound, notation: Notation) -> str:
    letter = _spelled(bound.name, notation)
    if bound.low is None or bound.high is None:
        return f"{sign}_{{{letter}}}"
    return f"{sign}_{{{letter}={latex(bound.low, notation)}}}^{{{latex(bound.high, notation)}}}"


def _derivative(formula: Derivative, notation: Notation) -> Tex:
    sign = r"\mathrm{d}" if formula.total else r"\partial"
    below = f"{sign} {latex(formula.wrt, notation)}"
    tex = _tex(formula.of, notation)
    if not formula.applied:
        above = (
            tex
            if isinstance(formula.of, Name | Indexed | Call | Power | Number | Grouping)
            else _enclose(tex)
        )
        return Tex(rf"\frac{{{sign} {above.text}}}{{{below}}}", tall=True)
    operator = rf"\frac{{{sign}}}{{{below}}}"
    if isinstance(formula.of, Name | Indexed | Grouping) or (
        isinstance(formula.of, Call) and tex.text.endswith(")")
    ):
        return Tex(f"{operator} {tex.text}", tall=True)
    inner = rf"\left({tex.text}\right)" if tex.tall else rf"\bigl({tex.text}\bigr)"
    return Tex(operator + inner, tall=True)


def _relation(formula: Relation, notation: Notation) -> Tex:
    sides = [_tex(side, notation) for side in formula.sides]
    text = sides[0].text
    for sign, side in zip(formula.signs, sides[1:], strict=True):
        text += f" {_RELATION_SIGNS.get(sign, sign)} {side.text}"
    return Tex(text, any(side.tall for side in sides), sides[0].minus)


def _cases(formula: Cases, notation: Notation) -> Tex:
    lines = [
        rf"{latex(branch.value, notation)} & "
        + (
            r"\text{otherwise}"
            if branch.condition is None
            else rf"\text{{if }} {latex(branch.condition, notation)}"
        )
        for branch in formula.branches
    ]
    return Tex(rf"\begin{{cases}} {_LINE_BREAK.join(lines)} \end{{cases}}", tall=True)


def _vector(formula: Vector, notation: Notation) -> Tex:
    if all(isinstance(row, Vector) for row in formula.elements):
        rows = (" & ".join(latex(part, notation) for part in row.children) for row in formula.elements)
        return Tex(rf"\begin{{bmatrix}} {_LINE_BREAK.join(rows)} \end{{bmatrix}}", tall=True)
    parts = [_tex(element, notation) for element in formula.elements]
    inner, tall = ", ".join(part.text for part in parts), any(part.tall for part in parts)
    return Tex(rf"\left[{inner}\right]" if tall else f"[{inner}]", tall)


def _grouping(formula: Grouping, notation: Notation) -> Tex:
    return _enclose(_tex(formula.inner, notation))


_WRITERS: dict[type[Formula], Callable[..., Tex]] = {
    Number: _number,
    Name: _name,
    Indexed: _indexed,
    Sum: _sum,
    Product: _product,
    MatrixProduct: _matrix_product,
    Quotient: _quotient,
    Power: _power,
    Negation: _negation,
    Call: _call,
    Reduction: _reduction,
    Derivative: _derivative,
    Relation: _relation,
    Cases: _cases,
    Vector: _vector,
    Transpose: _transpose,
    Grouping: _grouping,
}
