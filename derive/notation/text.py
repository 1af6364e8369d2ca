"""Formulas on one line: the plain form, which reads back, and Unicode text for people."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from derive.formula import (
    Along,
    Bound,
    Call,
    Cases,
    Component,
    Derivative,
    Elementwise,
    ElementwiseCall,
    ElementwisePower,
    Evaluated,
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
    Vector,
    enclosed,
)

_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
# How names spell the brackets round an index above, x^{(i)} and W^{[l]}.
_BRACKETS = "()⟦⟧⟨⟩"
_SQUARE = str.maketrans("⟦⟧", "[]")
_WORDS = {"diagonal of": "diag", "frobenius norm": "norm"}
_NORMS = frozenset({"norm", "frobenius norm"})
_REDUCTION_SIGNS = {"sum": "Σ", "prod": "Π"}


@dataclass(frozen=True, slots=True)
class Signs:
    """What two ways of writing on one line do not share."""

    times: str
    matrix: str
    elementwise: str
    ones: str
    transposed: str
    total: str
    power: Callable[[str, Formula, str], str]
    reduction: Callable[[Reduction, str], str]
    # Functions that are not written by their name here.
    words: Mapping[str, str]
    # Whether people read it, not a parser: -2·x for (-2)*x, ‖x‖, parentheses where one line misleads.
    for_people: bool


def plain(formula: Formula) -> str:
    """The formula in plain form: `read(plain(f)) == f` for what the reader can produce."""
    return _write(formula, _PLAIN)


def unicode_text(formula: Formula) -> str:
    """The formula on one line for people: raised digits, · and Σ."""
    return _write(formula, _UNICODE)


def _write(formula: Formula, signs: Signs) -> str:
    return _WRITERS[type(formula)](formula, signs)


def _part(parent: Formula, place: int, part: Formula, signs: Signs) -> str:
    """A part in its parent, in parentheses where they are needed."""
    text = _WRITERS[type(part)](part, signs)
    if not enclosed(parent, place, part) and not (signs.for_people and _runs_on(parent, place, part)):
        return text
    if signs.for_people and place == 0 and isinstance(parent, Product) and isinstance(part, Negation):
        return text
    return f"({text})"


def _runs_on(parent: Formula, place: int, part: Formula) -> bool:
    """Whether a reader of one line would take the end of a product of matrices for more than it is."""
    if place == len(parent.children) - 1:
        return False
    if isinstance(parent, MatrixProduct):
        return isinstance(part, Derivative)
    return isinstance(parent, Product | Quotient) and isinstance(part, MatrixProduct | Elementwise)


def _parts(parent: Formula, signs: Signs) -> list[str]:
    return [_part(parent, place, part, signs) for place, part in enumerate(parent.children)]


def _number(formula: Number, signs: Signs) -> str:
    return formula.text


def _name(formula: Name, signs: Signs) -> str:
    return formula.name


def _indexed(formula: Indexed, signs: Signs) -> str:
    name, raised, brackets = formula.name.partition("^")
    if raised and signs.for_people and not brackets.strip(_BRACKETS):
        above, *below = (_write(index, signs).replace(" ", "") for index in formula.indices)
        half = len(brackets) // 2
        opening, closing = (each.translate(_SQUARE) for each in (brackets[:half], brackets[half:]))
        return f"{name}{'_' if below else ''}{','.join(below)}^{opening}{above}{closing}"
    return f"{formula.name}[{','.join(_write(index, signs).replace(' ', '') for index in formula.indices)}]"


def _sum(formula: Sum, signs: Signs) -> str:
    pieces: list[str] = []
    for place, term in enumerate(formula.terms):
        if place and isinstance(term, Negation):
            pieces.append(f" - {_part(term, 0, term.operand, signs)}")
        else:
            text = _part(formula, place, term, signs)
            pieces.append(f" + {_safe(text, signs)}" if place else text)
    return "".join(pieces)


def _safe(text: str, signs: Signs) -> str:
    """The text of a term after a plus: never two signs side by side."""
    return f"({text})" if signs.for_people and text.startswith("-") else text


def _negation(formula: Negation, signs: Signs) -> str:
    return f"-{_safe(_part(formula, 0, formula.operand, signs), signs)}"


def _product(formula: Product, signs: Signs) -> str:
    return signs.times.join(_parts(formula, signs))


def _quotient(formula: Quotient, signs: Signs) -> str:
    return "/".join(_parts(formula, signs))


def _matrix_product(formula: MatrixProduct, signs: Signs) -> str:
    return signs.matrix.join(_parts(formula, signs))


def _elementwise(formula: Elementwise, signs: Signs) -> str:
    return signs.elementwise.join(_parts(formula, signs))


def _ones(formula: Ones, signs: Signs) -> str:
    return signs.ones


def _component(formula: Component, signs: Signs) -> str:
    letters = ",".join(letter or ":" for letter in formula.letters)
    return f"{_part(formula, 0, formula.array, signs)}[{letters}]"


def _power(formula: Power | ElementwisePower, signs: Signs) -> str:
    base, exponent = _parts(formula, signs)
    return signs.power(base, formula.exponent, exponent)


def _transpose(formula: Transpose, signs: Signs) -> str:
    return _part(formula, 0, formula.operand, signs) + signs.transposed


def _call(formula: Call, signs: Signs) -> str:
    arguments = ", ".join(_write(argument, signs) for argument in formula.arguments)
    if signs.for_people and formula.function in _NORMS:
        return f"‖{arguments}‖"
    prime = "′" if signs.for_people else "'"
    word = signs.words.get(formula.function, formula.function)
    return f"{word}{prime * formula.primes}({arguments})"


def _evaluated(formula: Evaluated, signs: Signs) -> str:
    body, wrt, point = (_write(each, signs) for each in (formula.body, formula.wrt, formula.point))
    return f"lim({wrt}→{point}, {body})" if formula.approached else f"({body})|({wrt}={point})"


def _along(formula: Along, signs: Signs) -> str:
    axis = "" if formula.axis is None else f", axis={formula.axis[0]}"
    keeps = ", keepdims=True" if formula.keeps else ""
    return f"{_write(formula.operand, signs).removesuffix(')')}{axis}{keeps})"


def _reduction(formula: Reduction, signs: Signs) -> str:
    return signs.reduction(formula, _write(formula.body, signs))


def _derivative(formula: Derivative, signs: Signs) -> str:
    sign = signs.total if formula.total else "∂"
    wrt = _part(formula, 1, formula.wrt, signs)
    if formula.applied:
        return f"{sign}/{sign}{wrt}({_write(formula.of, signs)})"
    return f"{sign}{_part(formula, 0, formula.of, signs)}/{sign}{wrt}"


def _relation(formula: Relation, signs: Signs) -> str:
    first, *rest = _parts(formula, signs)
    return first + "".join(f" {sign} {side}" for sign, side in zip(formula.signs, rest, strict=True))


def _cases(formula: Cases, signs: Signs) -> str:
    pieces: list[str] = []
    for branch in formula.branches:
        value = _part(formula, 0, branch.value, signs)
        condition = branch.condition
        pieces.append(value if condition is None else f"{value} if {_condition(condition, signs)}")
    return " else ".join(pieces)


def _condition(condition: Formula, signs: Signs) -> str:
    """A comparison before an else, which must not be taken for the else of its last side."""
    if isinstance(condition, Relation) and isinstance(condition.sides[-1], Cases):
        condition = Relation((*condition.sides[:-1], Grouping(condition.sides[-1])), condition.signs)
    return _write(condition, signs)


def _vector(formula: Vector, signs: Signs) -> str:
    return f"[{', '.join(_write(element, signs) for element in formula.elements)}]"


def _grouping(formula: Grouping, signs: Signs) -> str:
    return f"({_write(formula.inner, signs)})"


def _bound(bound: Bound) -> str:
    if bound.low is None or bound.high is None:
        return bound.name
    return f"{bound.name}={plain(bound.low)}..{plain(bound.high)}"


def _plain_power(base: str, exponent: Formula, text: str) -> str:
    return f"{base}**{text}"


def _plain_reduction(formula: Reduction, body: str) -> str:
    arguments = [body, *map(_bound, formula.bounds)]
    if formula.axis is not None:
        axes = ", ".join(map(str, formula.axis))
        arguments.append(f"axis={axes}" if len(formula.axis) == 1 else f"axis=({axes})")
    return f"{formula.kind}({', '.join(arguments)})"


def _unicode_power(base: str, exponent: Formula, text: str) -> str:
    if isinstance(exponent, Number) and text.isdecimal():
        return base + text.translate(_RAISED)
    return f"{base}^{text}"


def _unicode_reduction(formula: Reduction, body: str) -> str:
    sign = _REDUCTION_SIGNS.get(formula.kind)
    if sign is None or formula.axis is not None or not formula.bounds:
        return _plain_reduction(formula, body)
    return f"{sign}_{','.join(map(_bound, formula.bounds))}({body})"


_PLAIN = Signs("*", " @ ", "*", "ones", ".T", "ⅆ", _plain_power, _plain_reduction, _WORDS, for_people=False)
_UNICODE = Signs(
    "·",
    " ",
    " ⊙ ",
    "𝟏",
    "ᵀ",
    "d",
    _unicode_power,
    _unicode_reduction,
    {**_WORDS, "trace": "tr"},
    for_people=True,
)

_WRITERS: dict[type[Formula], Callable[..., str]] = {
    Number: _number,
    Name: _name,
    Indexed: _indexed,
    Sum: _sum,
    Product: _product,
    MatrixProduct: _matrix_product,
    Elementwise: _elementwise,
    Ones: _ones,
    Component: _component,
    Quotient: _quotient,
    Power: _power,
    ElementwisePower: _power,
    Negation: _negation,
    Call: _call,
    ElementwiseCall: _call,
    Along: _along,
    Reduction: _reduction,
    Derivative: _derivative,
    Relation: _relation,
    Cases: _cases,
    Vector: _vector,
    Evaluated: _evaluated,
    Transpose: _transpose,
    Grouping: _grouping,
}
