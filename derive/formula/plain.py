"""The plain form: Python's signs and calls, Greek letters and raised digits."""

from __future__ import annotations

from derive.errors import FormulaError, printable
from derive.formula.along import Along
from derive.formula.binding import ATOM, CASES, POWER, PRODUCT, SUM
from derive.formula.operators import (
    add,
    conditional,
    derivative,
    divide,
    indices,
    minus,
    multiply,
    multiply_matrices,
    number,
    parentheses,
    plus,
    raise_to,
    superscript,
    transpose,
)
from derive.formula.pratt import Form, Join, Parser
from derive.formula.tokens import Token, tokens
from derive.formula.tree import Bound, Call, Formula, Indexed, Name, Number, Reduction, Vector, walk

REDUCTIONS = frozenset({"sum", "mean", "prod", "max", "min"})
# Functions of arrays that may run along one axis, and the arguments that have names.
ALONG = frozenset({"softmax", "log_softmax", "logsumexp", "norm", "var", "std"})
KEYWORDS = frozenset({"axis", "dim", "keepdims", "keepdim"})
# max(a, b) compares elementwise; max(z[i], i) reduces.
_ELEMENTWISE_TOO = frozenset({"max", "min"})


def name(parser: Parser, token: Token, power: int) -> Formula:
    """A quantity, a component, a call or a reduction."""
    following = parser.tokens[parser.position].kind
    if following == "(":
        return _call(parser, token)
    if following == "[":
        opening = parser.take()
        found = indices(parser, opening, "]")
        if not found:
            raise FormulaError("an index is missing between [ and ]", opening.at, 2)
        return Indexed(token.text, found, at=token.at)
    if following == "'":
        return _primed(parser, token)
    return Name(token.text, token.at)


def _call(parser: Parser, token: Token, primes: int = 0) -> Formula:
    opening = parser.take()
    if token.text in REDUCTIONS and token.text not in parser.functions and not primes:
        return _reduction(parser, token, opening)
    if token.text not in ALONG or token.text in parser.functions:
        return Call(token.text, indices(parser, opening, ")"), primes, token.at)
    return _along(parser, token, opening)


def _along(parser: Parser, token: Token, opening: Token) -> Formula:
    """A function of an array, softmax(S), or of its rows or columns, softmax(S, axis=1)."""
    arguments: list[Formula] = []
    named = Keywords()
    while parser.next.kind != ")":
        if _keyword(parser):
            named.read(parser, token)
        elif named.axis is None:
            arguments.append(parser.expression())
        else:
            raise parser.unexpected(parser.next)
        if parser.next.kind != ",":
            break
        parser.take()
    parser.expect(")", opening)
    call = Call(token.text, tuple(arguments), at=token.at)
    if named.axis is None and not named.keeps:
        return call
    if named.axis is not None and len(named.axis) > 1:
        raise FormulaError(f"{token.text} runs along one axis", token.at, token.length)
    return Along(call, named.axis, named.keeps)


class Keywords:
    """The arguments with names that stand in a call: axis and keepdims."""

    def __init__(self) -> None:
        self.axis: tuple[int, ...] | None = None
        self.keeps = False

    def read(self, parser: Parser, of: Token) -> None:
        """Pass axis=1 or keepdims=True; refuse any other name."""
        word = parser.take()
        parser.take()
        if word.text in ("axis", "dim"):
            self.axis = _axes(parser)
            return
        truth = parser.take()
        if word.text not in ("keepdims", "keepdim"):
            reason = f"{of.text} has no argument {word.text}"
            raise FormulaError(reason, word.at, word.length, "There are axis and keepdims.")
        if truth.text not in ("True", "False"):
            raise FormulaError("keepdims is True or False", truth.at, max(1, truth.length))
        self.keeps = truth.text == "True"


def _primed(parser: Parser, token: Token) -> Formula:
    """f'(x), with as many primes as there are."""
    quote, primes = parser.next, 0
    while parser.next.kind == "'":
        parser.take()
        primes += 1
    if parser.next.kind != "(":
        raise FormulaError("a prime stands between a function and its argument: f'(x)", quote.at, primes)
    call = _call(parser, token, primes)
    if len(call.children) != 1:
        raise FormulaError("a function with a prime has one argument", token.at, token.length)
    return call


def _reduction(parser: Parser, token: Token, opening: Token) -> Formula:
    """sum(body, i, j), sum(A), sum(A, axis=0), sum(x[i], i=1..n); max(a, b) is a call."""
    start = parser.next
    if start.kind == ")":
        raise FormulaError(f"{token.text} of nothing", token.at, token.length)
    body = parser.expression()
    rest: list[Formula] = []
    bounds: list[Bound] = []
    named = Keywords()
    while parser.next.kind == ",":
        parser.take()
        word = parser.next
        if _keyword(parser):
            if word.text in KEYWORDS:
                named.read(parser, token)
            else:
                parser.position += 2
                bounds.append(_range(parser, word))
            continue
        argument = parser.expression()
        rest.append(argument)
        if isinstance(argument, Name):
            bounds.append(Bound(argument.name, at=argument.at))
        elif token.text not in _ELEMENTWISE_TOO:
            reason = f"{token.text} takes a formula, then index letters"
            by_axis = isinstance(argument, Number) and not isinstance(body, Indexed)
            example = f"(X, axis={word.text})" if by_axis else "(x[i], i)"
            raise FormulaError(reason, word.at, word.length, f"Write {token.text}{example}.")
    parser.expect(")", opening)
    if rest and token.text in _ELEMENTWISE_TOO and not _reduces(body, rest):
        if named.axis is not None or len(bounds) > sum(isinstance(each, Name) for each in rest):
            raise FormulaError(
                f"{token.text} either compares its arguments or runs over indices", token.at, token.length
            )
        return Call(token.text, (body, *rest), at=token.at)
    found = Reduction(token.text, body, tuple(bounds), named.axis, token.at)
    return Along(found, keeps=True) if named.keeps else found


def _keyword(parser: Parser) -> bool:
    return parser.next.kind == "name" and parser.tokens[parser.position + 1].kind == "="


def _reduces(body: Formula, rest: list[Formula]) -> bool:
    """Whether every further argument of max or min is a letter that indexes the body."""
    letters = {
        inner.name
        for node in walk(body)
        if isinstance(node, Indexed)
        for index in node.indices
        for inner in walk(index)
        if isinstance(inner, Name)
    }
    return all(isinstance(each, Name) and each.name in letters for each in rest)


def _range(parser: Parser, word: Token) -> Bound:
    low = parser.expression(SUM - 1)
    parser.expect("..")
    return Bound(word.text, low, parser.expression(SUM - 1), at=word.at)


def _axes(parser: Parser) -> tuple[int, ...]:
    if parser.next.kind != "(":
        return (_axis(parser),)
    opening = parser.take()
    found = [_axis(parser)]
    while parser.next.kind == ",":
        parser.take()
        found.append(_axis(parser))
    parser.expect(")", opening)
    return tuple(found)


def _axis(parser: Parser) -> int:
    sign = 1
    if parser.next.kind == "-":
        parser.take()
        sign = -1
    token = parser.next
    if token.kind != "number":
        raise FormulaError("an axis is a whole number", token.at, max(1, token.length), "Axes are 0, 1, ….")
    parser.take()
    if not token.text.isdecimal() or len(token.text) > 2:
        raise FormulaError(f"{printable(token.text)} is no axis", token.at, token.length, "Axes are 0, 1, ….")
    return sign * int(token.text)


def vector(parser: Parser, token: Token, power: int) -> Formula:
    """A list of components."""
    elements = indices(parser, token, "]")
    if not elements:
        raise FormulaError("a vector without components", token.at, 2)
    return Vector(elements)


def quantity(parser: Parser) -> Name | Indexed:
    """A name or a component; what stands in parentheses after it is no argument."""
    token = parser.take()
    if token.kind != "name":
        raise FormulaError("a derivative is by a quantity: ∂L/∂w", token.at, max(1, token.length))
    if parser.next.kind != "[":
        return Name(token.text, token.at)
    return Indexed(token.text, indices(parser, parser.take(), "]"), at=token.at)


PLAIN = Form(
    tokens,
    {
        "number": number,
        "name": name,
        "(": parentheses,
        "[": vector,
        "-": minus,
        "+": plus,
        "∂": derivative,
        "ⅆ": derivative,
    },
    {
        "if": Join(CASES, conditional),
        "+": Join(SUM, add),
        "-": Join(SUM, add),
        "*": Join(PRODUCT, multiply),
        "/": Join(PRODUCT, divide),
        "@": Join(PRODUCT, multiply_matrices),
        "**": Join(POWER, raise_to),
        "superscript": Join(POWER, superscript),
        ".T": Join(ATOM, transpose),
    },
    quantity,
)
