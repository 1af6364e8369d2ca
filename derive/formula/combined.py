"""Functions made of functions, at a place: (f + g)(x), (f g)'(2), (f ∘ g)(x)."""

from __future__ import annotations

from collections.abc import Iterator

from derive.errors import FormulaError
from derive.formula.evaluated import Evaluated
from derive.formula.operators import indices, parentheses
from derive.formula.pratt import Parser
from derive.formula.spellings import KNOWN
from derive.formula.tokens import Token
from derive.formula.tree import (
    PRIME,
    Call,
    Derivative,
    Elementwise,
    Formula,
    Grouping,
    Name,
    Negation,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    rewrite,
    walk,
)

# What functions are made with: number by number.
_SIGNS = (Grouping, Negation, Number, Power, Product, Quotient, Sum)
# Letters that every textbook uses for a function.
_FUNCTION_LETTERS = frozenset({"f", "g"})
# What a derivative is taken by before a place is put in; no text has this name.
_PLACE = Name("ξ ")


def combined(parser: Parser, opening: Token, power: int) -> Formula:
    """Parentheses; where functions stand in them, at the place behind, with as many primes as there are."""
    start = parser.position
    found = parentheses(parser, opening, power)
    if not parser.context.of_document or not isinstance(found, Grouping):
        return found
    held = parser.tokens[start : parser.position - 1]
    primes, at = 0, parser.position
    while parser.tokens[at].kind == "'":
        primes, at = primes + 1, at + 1
    composed = any(token.text == "∘" for token in held) and isinstance(found.inner, Elementwise)
    if composed and (primes or parser.tokens[at].kind == "(") and _are_letters(found.inner):
        if parser.tokens[at].kind != "(" or not _is_of_functions(found.inner, parser, primes):
            raise FormulaError("a composition of functions is not read", opening.at, opening.length)
    elif parser.tokens[at].kind != "(" or not _is_of_functions(found.inner, parser, primes):
        return found
    parser.position = at
    return _at_place(parser, found.inner, primes)


def _at_place(parser: Parser, inner: Formula, primes: int) -> Formula:
    """What stands in parentheses at the place that follows."""
    opening = parser.take()
    points = indices(parser, opening, ")")
    if len(points) != 1:
        raise FormulaError("a function made of others has one argument", opening.at, opening.length)
    if not primes:
        return Grouping(_applied(inner, points[0]))
    body: Formula = Grouping(_applied(inner, _PLACE))
    for _ in range(primes):
        body = Derivative(body, _PLACE, total=True, applied=True)
    return Evaluated(body, _PLACE, points[0])


def _are_letters(formula: Formula) -> bool:
    return all(isinstance(each, Name) and len(each.name) == 1 for each in formula.children)


def _is_of_functions(formula: Formula, parser: Parser, primes: int) -> bool:
    """Whether nothing but functions and numbers stands in parentheses before a place.

    Without a prime, these are two functions at least, and the place is a name or a number: (f - 1)(x + 1) is
    a product.
    """
    functions = parser.functions | (_FUNCTION_LETTERS - set(parser.context.names)) | set(_called(parser))
    if not primes:
        functions = parser.functions
    read = {each for each in walk(formula) if isinstance(each, Name) and each != PRIME}
    own = {each for each in read if each.name in functions}
    powers = [node for node in walk(formula) if isinstance(node, Power)]
    if not own or (not primes and (len(own) < 2 or powers or not _is_short(parser))):
        return False
    if any(node.base in own and not isinstance(node.exponent, Number) for node in powers):
        raise FormulaError("f^{-1} may be the inverse function here", parser.next.at, primes)
    if own == read and all(map(_is_read, walk(formula))):
        return True
    if primes:
        raise FormulaError("it is open what varies under this prime", parser.next.at, primes)
    return False


def _is_short(parser: Parser) -> bool:
    """Whether a single name or number stands in the parentheses that come next."""
    return parser.tokens[parser.position + 2].kind == ")"


def iterated(formula: Formula) -> Formula:
    """(f^2)' as the derivative of f(f(x)), which some mean by it."""

    def again(node: Formula) -> Formula:
        match node:
            case Power(Call(name, (place,)), Number() as times) if place == _PLACE and times.value in (2, 3):
                for _ in range(int(times.value)):
                    place = Call(name, (place,))
                return place
        return node

    return rewrite(formula, again)


def _called(parser: Parser) -> Iterator[str]:
    """The letters that stand before a prime or an argument somewhere in the formula."""
    kinds = [token.kind for token in parser.tokens]
    for at, token in enumerate(parser.tokens[:-1]):
        # Nobody puts a single quantity in parentheses to multiply by it.
        is_called = kinds[at + 1] == "'" or (kinds[at + 1] == "(" and kinds[at + 3 : at + 4] == [")"])
        if kinds[at] in ("letter", "name") and is_called:
            yield token.text


def _is_read(node: Formula) -> bool:
    """Whether a part of a function made of functions has a value at a place."""
    if isinstance(node, Call):
        return node.function in KNOWN and not node.primes and len(node.arguments) == 1
    if isinstance(node, Derivative):
        return node.wrt == PRIME and isinstance(node.of, Name | Derivative)
    return isinstance(node, (*_SIGNS, Elementwise, Name))


def _applied(formula: Formula, point: Formula) -> Formula:
    """Functions made of functions at a place."""
    match formula:
        case Name(name):
            return Call(name, (point,))
        case Elementwise(factors=(first, *rest)):
            inner = point
            for each in reversed(rest):
                inner = _applied(each, inner)
            return _applied(first, inner)
        case Derivative(of=of):
            called = _applied(of, point)
            assert isinstance(called, Call)
            return Call(called.function, called.arguments, called.primes + 1)
    children = tuple(_applied(each, point) for each in formula.children)
    return formula.with_children(children) if children else formula
