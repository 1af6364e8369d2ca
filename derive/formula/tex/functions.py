"""Functions and definitions in LaTeX: which parentheses hold arguments."""

from __future__ import annotations

from derive.errors import FormulaError
from derive.formula.binding import DERIVATIVE
from derive.formula.operators import by_prime, indices, power_of
from derive.formula.pratt import Parser
from derive.formula.spellings import GREEK, KNOWN, WORDS
from derive.formula.tex.groups import argument, exponent, inside
from derive.formula.tex.names import quantity
from derive.formula.tex.probability import conditional, indicator, iverson, refuse_expectation
from derive.formula.tokens import Token
from derive.formula.tree import (
    ONE,
    Call,
    Formula,
    Indexed,
    Name,
    Negation,
    Number,
    Ones,
    Product,
)

_BASES = ("2", "10")
_CANONICAL = {word: name for name, word in WORDS.items()} | {
    "sgn": "sign",
    "ln": "log",
    "Tr": "trace",
    "Det": "det",
}
# Letters that every textbook uses for a function.
_FUNCTION_LETTERS = frozenset({"f", "g"})
# And those that are one with its parameters below: h_\theta(x), \pi_\phi(s).
_LETTERS_WITH_PARAMETERS = frozenset({"h", "p", "q", "F", "G", "H", "pi", "phi"})
# What ends a formula or a part of it.
_ENDS = frozenset({"end", ")", "]", "}", "=", "newline", ","})


def letter(parser: Parser, token: Token, power: int) -> Formula:
    """A quantity, a component, a call, e to a power, or the vector of ones."""
    if parser.context.of_document:
        if token.kind == "font" and (found := indicator(parser, token)) is not None:
            return found
        refuse_expectation(parser, token)
    if token.kind == "font" and parser.context.arrays and _takes_one(parser):
        return Ones()
    parser.position -= 1
    start = parser.position
    name = quantity(parser)
    if isinstance(name, Indexed) and parser.context.of_document:
        _pass_arguments(parser)
    if isinstance(name, Name) and (found := _power_of_call(parser, name)) is not None:
        return found
    following = parser.next
    if following.kind == "(" and isinstance(name, Name):
        found_name = conditional(parser, name.name, name.at)
        if found_name is not None:
            return found_name
    if isinstance(name, Name):
        defined = start == 0 and following.kind == "=" and parser.context.of_document
        if name.name == "e" and ("e" not in parser.context.names or _is_exponential(parser)) and not defined:
            return _exponential(parser)
        if following.kind == "'" or (following.kind == "(" and _is_call(parser, name.name, start)):
            return _call(parser, name.name, name.at)
    return name


def _pass_arguments(parser: Parser) -> None:
    """Go past what a component is said to depend on: l^{(i)}(w, b) is l^{(i)}."""
    if parser.next.kind != "(":
        return
    commas, closing = inside(parser, parser.position)
    held = parser.tokens[parser.position + 1 : closing]
    if commas and all(each.kind in ("letter", "word", ",", "font", "{", "}") for each in held):
        parser.position = closing + 1


def _power_of_call(parser: Parser, name: Name) -> Formula | None:
    """g^2(x) as the power of g(x), beside derivatives; elsewhere it may be g(g(x))."""
    start = parser.position
    words = [each.text for each in parser.tokens[start : start + 3]]
    known = name.name in parser.functions or name.name in KNOWN or name.name in _FUNCTION_LETTERS
    if not parser.context.of_document or words != ["^", "2", "("] or not known:
        return None
    if name.name not in KNOWN and not any(each.kind in ("fraction", "'") for each in parser.tokens):
        return None
    parser.position += 2
    call = _call(parser, name.name, name.at)
    return power_of(call, Number("2"), parser.tokens[start])


def digits(parser: Parser, token: Token, power: int) -> Formula:
    r"""A number; before braces that show, 1 is the indicator: 1\{y = k\}."""
    following = parser.next
    braces = following.kind == "(" and following.length > 1
    if token.text == "1" and braces and parser.context.of_document:
        return iverson(parser)
    return Number(token.text)


def _takes_one(parser: Parser) -> bool:
    r"""Pass the 1 of \mathbf{1}, if it is one."""
    words = [each.text for each in parser.tokens[parser.position : parser.position + 3]]
    length = 3 if words == ["{", "1", "}"] else 1 if words[:1] == ["1"] else 0
    parser.position += length
    return length > 0


def _is_exponential(parser: Parser) -> bool:
    """Whether e, which the document defines too, is raised to what no quantity is: e^{-x}, e^{2x}."""
    if not parser.context.of_document or parser.next.kind != "^":
        return False
    at = parser.position + 1
    if parser.tokens[at].kind != "{":
        return False
    held = parser.tokens[at + 1 : inside(parser, at)[1]]
    letters = [each for each in held if each.kind in ("letter", "word")]
    return len(held) > 1 and held[0].kind in ("-", "number", "letter", "word") and bool(letters)


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
    if opening.kind != "(" and parser.context.of_document:
        return by_prime(Name(name, at), primes)
    if opening.kind != "(":
        reason = "a prime stands between a function and its argument: f'(x)"
        raise FormulaError(reason, parser.tokens[parser.position - 1].at, 1)
    parser.take()
    arguments = indices(parser, opening, ")")
    if primes and len(arguments) != 1:
        raise FormulaError("a function with a prime has one argument", opening.at, 1)
    sigmoid = name == "sigma" and name not in parser.context.names and name not in parser.functions
    return Call("sigmoid" if sigmoid else _CANONICAL.get(name, name), arguments, primes, at)


def _is_call(parser: Parser, name: str, start: int) -> bool:
    """Whether parentheses after a name, which begins at a token, hold its arguments and are no factor."""
    if name in parser.functions:
        return True
    if parser.context.of_document and _is_number(parser, inside(parser, parser.position)[1]):
        return True
    if name in parser.context.names:
        return False
    stem, _, parameter = name.partition("_")
    if name in KNOWN or stem in _FUNCTION_LETTERS or name == "sigma":
        return True
    if parser.context.of_document and stem in _LETTERS_WITH_PARAMETERS and parameter in GREEK:
        return True
    commas, closing = inside(parser, parser.position)
    bare = start + 1 == parser.position or (parser.context.of_document and _are_names(parser, closing))
    if start == 0 and bare and parser.tokens[closing + 1].kind in ("=", "&"):
        # A definition: the rest of the text uses the function.
        parser.functions = parser.functions | {name}
        return True
    # Nobody puts a single quantity in parentheses to multiply by it.
    return commas or (_is_quantity(parser, closing) and not name[-1].isdigit() and "_" not in name)


def _is_quantity(parser: Parser, closing: int) -> bool:
    """Whether a single word stands between parentheses, or a single letter, in bold perhaps."""
    kinds = [each.kind for each in parser.tokens[parser.position + 1 : closing]]
    if len(kinds) != 1 and parser.context.of_document and kinds[0] == "font":
        return [each for each in kinds[1:] if each not in ("{", "}")] == ["letter"]
    return len(kinds) == 1


def _are_names(parser: Parser, closing: int) -> bool:
    """Whether nothing but names stands between parentheses, with commas between them."""
    kinds = [each.kind for each in parser.tokens[parser.position + 1 : closing]]
    return bool(kinds) and set(kinds) <= {"letter", "word", "accent", "font", "_", "{", "}", ","}


def _is_number(parser: Parser, closing: int) -> bool:
    """Whether nothing but a number stands between parentheses: u(-1), y_1(0) are values of functions."""
    kinds = [each.kind for each in parser.tokens[parser.position + 1 : closing]]
    return kinds in (["number"], ["-", "number"])


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
    name = _CANONICAL.get(token.text, token.text)
    if parser.next.kind == "_":
        name = _to_base(parser, name)
    if parser.context.of_document and parser.next.kind in _ENDS:
        # 1 - \tanh^2, of a function without its argument.
        bare = Name(name, token.at)
        return bare if raised is None else power_of(bare, raised, token)
    call = Call(name, arguments(parser), at=token.at)
    return call if raised is None else power_of(call, raised, token)


def _to_base(parser: Parser, name: str) -> str:
    r"""The logarithm that \log_2 is."""
    sign = parser.take()
    base = argument(parser)
    if name != "log" or not isinstance(base, Number) or base.text not in _BASES:
        reason = "a logarithm to this base is not read"
        raise FormulaError(reason, sign.at, 1, r"Write \log(x)/\log(3).")
    return f"log{base.text}"


def arguments(parser: Parser) -> tuple[Formula, ...]:
    opening = parser.next
    if opening.kind in ("(", "[", "{"):
        parser.take()
        return indices(parser, opening, {"(": ")", "[": "]", "{": "}"}[opening.kind])
    factors = [parser.expression(DERIVATIVE)]
    while parser.next.kind in ("number", "letter", "word", "fraction", "accent", "font", "root"):
        factors.append(parser.expression(DERIVATIVE))
    return (factors[0] if len(factors) == 1 else Product(tuple(factors)),)
