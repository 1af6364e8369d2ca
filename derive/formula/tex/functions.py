"""Functions, reductions and definitions in LaTeX: which parentheses hold arguments."""

from __future__ import annotations

from derive.errors import FormulaError
from derive.formula.binding import DERIVATIVE, NEGATION, PRODUCT, strength
from derive.formula.operators import indices, power_of
from derive.formula.pratt import Parser
from derive.formula.spellings import KNOWN, WORDS
from derive.formula.tex.groups import exponent, inside
from derive.formula.tex.names import quantity, spelled_name
from derive.formula.tokens import Token
from derive.formula.tree import (
    ONE,
    Bound,
    Call,
    Formula,
    Grouping,
    Name,
    Negation,
    Product,
    Reduction,
)

_CANONICAL = {word: name for name, word in WORDS.items()} | {"sgn": "sign", "ln": "log"}
# Letters that every textbook uses for a function.
_FUNCTION_LETTERS = frozenset({"f", "g"})


def letter(parser: Parser, token: Token, power: int) -> Formula:
    """A quantity, a component, a call, or e to a power."""
    parser.position -= 1
    name = quantity(parser)
    following = parser.next
    if isinstance(name, Name):
        if name.name == "e" and "e" not in parser.context.names:
            return _exponential(parser)
        if following.kind == "'" or (following.kind == "(" and _is_call(parser, name.name)):
            return _call(parser, name.name, name.at)
    return name


def _exponential(parser: Parser) -> Formula:
    if parser.next.kind != "^":
        return Call("exp", (ONE,))
    parser.take()
    return Call("exp", (exponent(parser),))


def _call(parser: Parser, name: str, at: int | None) -> Formula:
    """The arguments of a function after its name and primes."""
    primes = 0
    while parser.next.kind == "'":
        parser.take()
        primes += 1
    opening = parser.next
    if opening.kind != "(":
        reason = "a prime stands between a function and its argument: f'(x)"
        raise FormulaError(reason, parser.tokens[parser.position - 1].at, 1)
    parser.take()
    arguments = indices(parser, opening, ")")
    if primes and len(arguments) != 1:
        raise FormulaError("a function with a prime has one argument", opening.at, 1)
    sigmoid = name == "sigma" and name not in parser.context.names and name not in parser.functions
    return Call("sigmoid" if sigmoid else _CANONICAL.get(name, name), arguments, primes, at)


def _is_call(parser: Parser, name: str) -> bool:
    """Whether parentheses after a name hold its arguments, and are no factor."""
    if name in parser.functions:
        return True
    if name in parser.context.names:
        return False
    if name in KNOWN or name in _FUNCTION_LETTERS or name == "sigma":
        return True
    commas, closing = inside(parser, parser.position)
    if parser.position == 1 and parser.tokens[closing + 1].kind == "=":
        # A definition: the rest of the text uses the function.
        parser.functions = parser.functions | {name}
        return True
    # Nobody puts a single quantity in parentheses to multiply by it.
    return commas or (closing == parser.position + 2 and not name[-1].isdigit() and "_" not in name)


def function(parser: Parser, token: Token, power: int) -> Formula:
    r"""\log x, \sin^2 x, \exp(…): without parentheses the argument ends at the next sign or bracket."""
    if parser.next.kind == "'":
        return _call(parser, token.text, token.at)
    raised: Formula | None = None
    if parser.next.kind == "^":
        sign = parser.take()
        raised = exponent(parser)
        if isinstance(raised, Negation):
            reason = "a negative power here may mean the inverse function"
            raise FormulaError(reason, sign.at, 1, r"Write \arcsin or 1/\sin(x).")
    if parser.next.kind == "_":
        reason = "a logarithm to another base is not read"
        raise FormulaError(reason, parser.next.at, 1, r"Write \log(x)/\log(2).")
    name = _CANONICAL.get(token.text, token.text)
    call = Call(name, _arguments(parser), at=token.at)
    return call if raised is None else power_of(call, raised, token)


def _arguments(parser: Parser) -> tuple[Formula, ...]:
    opening = parser.next
    if opening.kind in ("(", "[", "{"):
        parser.take()
        return indices(parser, opening, {"(": ")", "[": "]", "{": "}"}[opening.kind])
    factors = [parser.expression(DERIVATIVE)]
    while parser.next.kind in ("number", "letter", "word", "fraction", "accent", "font", "root"):
        factors.append(parser.expression(DERIVATIVE))
    return (factors[0] if len(factors) == 1 else Product(tuple(factors)),)


def reduction(parser: Parser, token: Token, power: int) -> Formula:
    r"""\sum_{i=1}^{n} body, \max_i z_i, \max(a, b); what is reduced ends at the next + or -."""
    letters: list[Bound] = []
    high: Formula | None = None
    while parser.next.kind in ("_", "^"):
        if parser.take().kind == "_":
            letters = _bounds(parser)
        else:
            high = exponent(parser)
    compared = not letters and token.text in ("max", "min") and parser.next.kind == "("
    if compared and inside(parser, parser.position)[0]:
        return Call(token.text, _arguments(parser), at=token.at)
    if high is not None:
        letters = [Bound(each.name, each.low or ONE, high, each.at) for each in letters]
    outside = parser.indices
    parser.indices = outside | {bound.name for bound in letters}
    body = parser.expression(NEGATION)
    parser.indices = outside
    if isinstance(body, Grouping) and strength(body.inner) < PRODUCT:
        body = body.inner
    return Reduction(token.text, body, tuple(letters), at=token.at)


def _bounds(parser: Parser) -> list[Bound]:
    """The letters below a sum sign: i, i=1 or i,j."""
    if parser.next.kind != "{":
        found = parser.take()
        if found.kind != "letter":
            raise parser.missing(found)
        return [Bound(found.text, at=found.at)]
    opening = parser.take()
    bounds: list[Bound] = []
    while True:
        name = spelled_name(parser)
        low: Formula | None = None
        if parser.next.kind == "=":
            parser.take()
            low = parser.expression()
        bounds.append(Bound(name.name, low, at=name.at))
        if parser.next.kind == ",":
            parser.take()
        elif parser.next.kind != "letter":
            break
    parser.expect("}", opening)
    return bounds
