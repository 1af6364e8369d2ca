"""Fractions, derivatives written as fractions, and roots in LaTeX."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import pairwise

from derive.errors import FormulaError
from derive.formula.binding import ATOM, DERIVATIVE, NEGATION, POWER, seated, strength
from derive.formula.operators import derivative, power_of
from derive.formula.pratt import Parser
from derive.formula.tex.evaluated import hoisted
from derive.formula.tex.groups import argument, bare, inside
from derive.formula.tex.names import quantity
from derive.formula.tokens import Token
from derive.formula.tree import (
    NABLA,
    ONE,
    Call,
    Derivative,
    Formula,
    Grouping,
    Indexed,
    Name,
    Number,
    Power,
    Quotient,
    Transpose,
    Vector,
    walk,
)

# What a derivative may be by begins with one of these, or with the bracket of ∂(σ²).
_NAMED = frozenset({"letter", "word", "accent", "font"})
_ORDERS = ("1", "2", "3", "4")


def fraction(parser: Parser, token: Token, power: int) -> Formula:
    r"""\frac{a}{b}, and with ∂, d or δ in both parts a derivative."""
    if _is_derivative(parser):
        return _fraction_of_differentials(parser)
    numerator = argument(parser)
    denominator = argument(parser)
    return Quotient(seated(numerator, Quotient, first=True), seated(denominator, Quotient))


def _is_derivative(parser: Parser) -> bool:
    """Whether numerator and denominator both begin with a differential, and more follows below."""
    first = _differential(parser, parser.position)
    if first is None:
        return False
    _, end = inside(parser, parser.position)
    if _is_slope(parser, end):
        return False
    position = end + 1
    second = _differential(parser, position)
    third = parser.tokens[position + 2].kind if position + 2 < len(parser.tokens) else "end"
    return second == first and (third in _NAMED or (third == "(" and second == "∂"))


def _is_slope(parser: Parser, end: int) -> bool:
    """Whether the numerator is dy/dt: of it and of dx/dt the quotient is taken."""
    inner = parser.tokens[parser.position + 1 : end]
    return any(
        sign.kind == "/" and _differential_sign(after) == _differential_sign(inner[0])
        for sign, after in pairwise(inner)
    )


def _differential(parser: Parser, position: int) -> str | None:
    """The differential that a group in braces begins with; δ and ∂ are one."""
    if position + 1 >= len(parser.tokens) or parser.tokens[position].kind != "{":
        return None
    return _differential_sign(parser.tokens[position + 1])


def _differential_sign(token: Token) -> str | None:
    sign = token.text if token.kind in ("letter", "word") else token.kind
    return {"∂": "∂", "delta": "∂", "ⅆ": "ⅆ", "d": "ⅆ"}.get(sign)


def _fraction_of_differentials(parser: Parser) -> Formula:
    opening = parser.take()
    sign = parser.take()
    total = sign.kind != "∂" and sign.text != "delta"
    order = _order(parser)
    of = None
    if parser.next.kind != "}":
        of = seated(parser.expression(), Derivative)
    parser.expect("}", opening)
    variables = _variables(parser, order)
    if of is None:
        return hoisted(_operand(parser), partial(_applied, variables, total))
    for each in reversed(variables):
        of = Derivative(of, each, total)
    return of


def _applied(variables: Sequence[Formula], total: bool, of: Formula) -> Formula:
    for each in reversed(variables):
        of = Derivative(of, each, total, applied=True)
    return of


def _operand(parser: Parser) -> Formula:
    """What d/dx stands before: the parentheses that follow, or the whole product."""
    opening = parser.next
    if opening.kind not in ("(", "["):
        return parser.expression(NEGATION)
    start = parser.position
    body = parser.expression(DERIVATIVE)
    following = parser.next
    if isinstance(body, Transpose) and parser.context.of_document:
        # (x - a)^T W (x - a): nothing less is a number.
        parser.position = start
        return parser.expression(NEGATION)
    if (
        following.kind in ("(", "[", "letter", "word", "number", "accent", "font")
        and parser.context.of_document
    ):
        reason = "it is open whether this factor is differentiated too"
        raise FormulaError(reason, following.at, following.length)
    return body.inner if isinstance(body, Grouping) else body


def _order(parser: Parser) -> int:
    """How often it is differentiated: the number above a differential."""
    if parser.next.kind != "^":
        return 1
    sign = parser.take()
    order = argument(parser)
    if not isinstance(order, Number) or order.text not in _ORDERS:
        raise FormulaError("a derivative of this order is not read", sign.at, 1)
    return int(order.text)


def _variables(parser: Parser, order: int) -> list[Formula]:
    """What the derivative is taken by, each as often as it is: ∂x ∂y, dx^2."""
    opening = parser.expect("{")
    found: list[tuple[Formula, int]] = []
    while parser.next.kind != "}":
        sign = parser.take()
        if _differential_sign(sign) is None:
            raise FormulaError("a derivative is by a quantity: ∂L/∂w", sign.at, max(1, sign.length))
        wrt = _enclosed_square(parser) if parser.next.kind == "(" else quantity(parser)
        if found and found[-1][0] == wrt and _is_transposed(parser):
            # ∂²f/∂x∂xᵀ, the matrix of second derivatives.
            parser.position += 2
        found.append((wrt, _order(parser)))
    parser.expect("}", opening)
    if order == sum(times == 2 or times for _, times in found) < sum(times for _, times in found):
        # By squares, as in ∂ℓ/∂σ² and ∂²ℓ/∂μ∂σ²: the order above says so.
        found = [
            (Power(wrt, Number("2")) if times == 2 else wrt, times == 2 or times) for wrt, times in found
        ]
    variables = [wrt for wrt, times in found for _ in range(times)]
    if len(variables) != order:
        reason = "the orders above and below do not agree"
        raise FormulaError(reason, opening.at, parser.tokens[parser.position - 1].at + 1 - opening.at)
    return variables


def _enclosed_square(parser: Parser) -> Formula:
    """Pass (σ²), by which a derivative is taken."""
    opening = parser.take()
    base, sign = quantity(parser), parser.expect("^")
    if argument(parser) != Number("2"):
        raise FormulaError("a derivative is by a quantity or its square", sign.at, 1)
    parser.expect(")", opening)
    return Power(base, Number("2"))


def _is_transposed(parser: Parser) -> bool:
    match parser.tokens[parser.position : parser.position + 2]:
        case [sign, above]:
            return sign.kind == "^" and (above.kind == "transpose" or above.text == "T")
    return False


def gradient(parser: Parser, token: Token, power: int) -> Formula:
    r"""\nabla_w J, the derivative by a vector; \nabla f(x) is the one by its argument."""
    wrt: Formula | None = None
    order = 1
    while parser.next.kind in ("_", "^"):
        if parser.take().kind == "_":
            wrt = _below(parser)
        else:
            order = _hessian(parser, token)
    if parser.next.kind == "∇" and order == 1:
        # ∇∇f is ∇²f.
        parser.take()
        order = 2
        if parser.next.kind == "_" and parser.take():
            wrt = _below(parser)
    if parser.next.kind not in ("letter", "word", "font", "accent", "function", "fraction", "(", "[", "‖("):
        raise FormulaError("this use of ∇ is not read", token.at, token.length)
    of = _differentiated(parser, wrt)
    if wrt is None and isinstance(of, Call) and len(of.arguments) == 1 and not of.primes:
        wrt = of.arguments[0]
    if wrt is None and order == 1 and _is_of_several(of):
        return Vector(tuple(Derivative(of, each) for each in of.children))
    if not isinstance(wrt, Name | Indexed) and _is_defined(parser, of):
        found = Derivative(of, NABLA, total=True, applied=not isinstance(of, Name))
        return found if order == 1 else Derivative(found, NABLA, total=True, applied=True)
    if not isinstance(wrt, Name | Indexed):
        reason = "by what the gradient is taken is not said"
        raise FormulaError(reason, token.at, token.length, r"Write \nabla_w for the gradient by w.")
    for _ in range(order):
        of = Derivative(of, wrt, total=True, applied=True)
    return of


def _differentiated(parser: Parser, wrt: Formula | None) -> Formula:
    """What ∇ stands before: one factor, or the whole product that begins with a number or what it is by.

    So it is with λ/2, and with what stands before a norm: nobody asks for the gradient of these by w. A
    square above a norm belongs to it; a T above a gradient transposes the gradient.
    """
    start = parser.position
    of = parser.expression(DERIVATIVE if parser.next.kind == "‖(" else POWER)
    of = of.inner if isinstance(of, Grouping) else of
    if wrt is None or not parser.context.of_document:
        return of
    spoken = {node for node in walk(of) if isinstance(node, Name | Indexed)}
    if of == wrt or not spoken:
        parser.position = start
        return parser.expression(NEGATION)
    if (
        wrt not in spoken
        and parser.next.kind != "*"
        and (isinstance(of, Quotient) or parser.next.kind == "‖(")
    ):
        after = parser.position
        parser.position = start
        whole = parser.expression(NEGATION)
        if _speaks_of(whole, wrt):
            return whole
        parser.position = after
    if isinstance(of, Name) and _is_transposed(parser):
        # ∇_x bᵀx: of bᵀx, or the transpose of ∇_x b times x.
        after = parser.position
        opening = parser.next
        parser.position = start
        whole = parser.expression(NEGATION)
        if wrt in walk(whole):
            raise FormulaError(
                "it is open whether this factor is differentiated too", opening.at, opening.length
            )
        parser.position = after
    return of


def _speaks_of(formula: Formula, wrt: Formula) -> bool:
    """Whether a quantity stands in a formula, other than in a derivative that may be a link of a chain."""
    if isinstance(formula, Derivative):
        return False
    return formula == wrt or any(_speaks_of(each, wrt) for each in formula.children)


def _is_of_several(formula: Formula) -> bool:
    """Whether it is a function at several names, f(x, y): its gradient lists the derivatives by each."""
    if not isinstance(formula, Call) or formula.primes:
        return False
    named = {each for each in formula.arguments if isinstance(each, Name)}
    return len(named) == len(formula.arguments) > 1


def _is_defined(parser: Parser, formula: Formula) -> bool:
    """Whether a document may say what this takes, L(w) = …: its gradient is by all of that."""
    match formula:
        case Name(name) if parser.next.kind != "(":
            return parser.context.of_document
        case Name(name) | Call(function=name, primes=0):
            return parser.context.of_document and name in parser.context.functions
    return False


def _hessian(parser: Parser, token: Token) -> int:
    """The 2 of ∇², the matrix of second derivatives."""
    order = argument(parser)
    if order != Number("2"):
        raise FormulaError("this use of ∇ is not read", token.at, token.length)
    return 2


def operator(parser: Parser, token: Token, power: int) -> Formula:
    r"""\partial_x f, the derivative by what stands below; else \partial f/\partial x, or d/dx before f."""
    if parser.next.kind == "/" and parser.context.of_document:
        return _before_operand(parser, token)
    if parser.next.kind == "^" and parser.context.of_document:
        return _of_higher_order(parser, token)
    if parser.next.kind != "_" or token.kind != "∂":
        return derivative(parser, token, power)
    parser.take()
    wrt = _below(parser)
    of = parser.expression(POWER)
    return Derivative(of, wrt, applied=not isinstance(of, Name | Indexed))


def _before_operand(parser: Parser, token: Token) -> Formula:
    """d/dx before what it is applied to."""
    parser.take()
    parser.expect(token.kind)
    wrt = quantity(parser)
    return hoisted(_operand(parser), partial(_applied, [wrt], token.kind == "ⅆ"))


def _of_higher_order(parser: Parser, token: Token) -> Formula:
    r"""\partial^2 f/\partial x\partial y and d^2 y/dx^2 on the line."""
    order, total = _order(parser), token.kind == "ⅆ"
    of = None if parser.next.kind == "/" else seated(parser.expression(POWER), Derivative)
    parser.expect("/")
    variables: list[Formula] = []
    while not variables or (len(variables) < order and parser.next.kind == token.kind):
        parser.expect(token.kind)
        wrt = quantity(parser)
        variables += [wrt] * _order(parser)
    if len(variables) != order:
        raise FormulaError("the orders above and below do not agree", token.at, token.length)
    if of is None:
        return hoisted(_operand(parser), partial(_applied, variables, total))
    for each in reversed(variables):
        of = Derivative(of, each, total)
    return of


def _below(parser: Parser) -> Formula:
    """What a gradient is taken by."""
    if parser.next.kind != "{":
        token = parser.next
        if token.kind not in ("letter", "word"):
            return quantity(parser)
        parser.take()
        return Name(token.text, token.at)
    opening = parser.take()
    wrt = quantity(parser)
    parser.expect("}", opening)
    return wrt


def root(parser: Parser, token: Token, power: int) -> Formula:
    r"""\sqrt{x}; \sqrt[3]{x} is a power."""
    if parser.next.kind != "[":
        return Call("sqrt", (argument(parser),), at=token.at)
    opening = parser.take()
    degree = parser.expression()
    parser.expect("]", opening)
    base = bare(argument(parser))
    enclosed = base if strength(base) >= ATOM else Grouping(base)
    return power_of(enclosed, Quotient(ONE, seated(degree, Quotient)), token)
