"""What stands between braces, brackets and bars in LaTeX."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from derive.errors import FormulaError
from derive.formula.binding import ATOM, PRODUCT, strength
from derive.formula.combined import combined
from derive.formula.operators import indices
from derive.formula.pratt import Parser
from derive.formula.tokens import Token
from derive.formula.tree import ONE, Call, Formula, Grouping, Name, Number, Vector


def argument(parser: Parser) -> Formula:
    """What a command takes: a group in braces, or a single letter or digit."""
    token = parser.next
    if token.kind == "{":
        parser.take()
        inner = parser.expression()
        parser.expect("}", token)
        return inner
    if token.kind == "number" and len(token.text) > 1:
        first, rest = token.text[0], token.text[1:]
        parser.tokens[parser.position] = Token("number", rest, token.at + 1, len(rest))
        return Number(first)
    if token.kind in ("number", "letter", "word"):
        parser.take()
        if token.text == "e" and "e" not in parser.context.names:
            return Call("exp", (ONE,))
        return Number(token.text) if token.kind == "number" else Name(token.text, token.at)
    return parser.expression(ATOM)


def exponent(parser: Parser) -> Formula:
    """What stands raised after ^: a group in braces, or a single letter or digit."""
    token = parser.next
    if token.kind == "number" and len(token.text) > 1:
        reason = "only the first digit is raised"
        raise FormulaError(reason, token.at, token.length, f"Write ^{{{token.text}}}.")
    if token.kind in ("-", "+"):
        raise FormulaError("only the sign is raised", token.at, token.length, "Write ^{-1}.")
    first = parser.tokens[min(parser.position + 1, len(parser.tokens) - 1)]
    if token.kind == "{" and first.kind in ("(", "[") and not _is_sum(parser):
        _, end = inside(parser, parser.position + 1)
        if parser.tokens[end + 1].kind == "}":
            reason = "a raised index in parentheses is not read"
            raise FormulaError(reason, first.at, 1, "Write the index below: x_i.")
    return argument(parser)


def _is_sum(parser: Parser) -> bool:
    """Whether a document raises a sum or a sign in parentheses: e^{(-x)}, x^{(n-1)}."""
    _, end = inside(parser, parser.position + 1)
    return parser.context.of_document and end > parser.position + 3


def inside(parser: Parser, opening: int) -> tuple[bool, int]:
    """Whether a comma stands in the parentheses that open at a position, and where they close."""
    if parser.pairs is None:
        parser.pairs = _pairs(parser.tokens)
    return parser.pairs.get(opening, (False, len(parser.tokens) - 2))


def _pairs(tokens: list[Token]) -> dict[int, tuple[bool, int]]:
    """For every opening bracket that is closed, whether it holds a comma of its own, and its end."""
    found: dict[int, tuple[bool, int]] = {}
    waiting: list[tuple[int, bool]] = []
    for position, token in enumerate(tokens):
        if token.kind in ("(", "[", "{"):
            waiting.append((position, False))
        elif token.kind in (")", "]", "}") and waiting:
            opening, commas = waiting.pop()
            found[opening] = (commas, position)
        elif token.kind == "," and waiting:
            waiting[-1] = (waiting[-1][0], True)
    return found


def bare(formula: Formula) -> Formula:
    """The formula without the parentheses round the whole of it."""
    return formula.inner if isinstance(formula, Grouping) else formula


def braces(parser: Parser, token: Token, power: int) -> Formula:
    """A group that does not show: only what binds tightly may stand in it."""
    inner = parser.expression()
    parser.expect("}", token)
    alone = power == 0 and parser.next.kind == "end"
    if strength(inner) < PRODUCT and not alone:
        raise FormulaError("braces do not show on the page", token.at, token.length, "Write parentheses.")
    return inner


def brackets(parser: Parser, token: Token, power: int) -> Formula:
    """A vector, or without a comma parentheses of another shape."""
    elements = indices(parser, token, "]")
    if not elements:
        raise FormulaError("a vector without components", token.at, 2)
    return Vector(elements) if len(elements) > 1 else Grouping(elements[0])


def parenthesised(parser: Parser, token: Token, power: int) -> Formula:
    """Parentheses; where a list stands alone in a document, (2xy, x²), a vector."""
    commas, end = inside(parser, parser.position - 1)
    behind = end + 1 + _length_of_transpose(parser.tokens[end + 1 : end + 5])
    alone = power == 0 and parser.tokens[behind].kind == "end"
    if commas and alone and token.length == 1 and parser.context.of_document:
        found = Vector(indices(parser, token, ")"))
        # (1, 2)ᵀ is the column that the list is anyway.
        parser.position = behind
        return found
    return combined(parser, token, power)


def _length_of_transpose(tokens: Sequence[Token]) -> int:
    """How many tokens a ^T or ^{T} is made of, 0 if none stands here."""
    signs = ["T" if each.kind == "transpose" else each.text for each in tokens]
    if signs[:2] == ["^", "T"]:
        return 2
    return 4 if signs[:4] == ["^", "{", "T", "}"] else 0


def scalar_product(parser: Parser, token: Token, power: int) -> Formula:
    """⟨x, y⟩, the scalar product of two vectors."""
    factors = indices(parser, token, "⟩")
    if len(factors) != 2:
        raise FormulaError("a scalar product has two factors", token.at, token.length)
    return Call("dot", factors, at=token.at)


def box(parser: Parser, token: Token, power: int) -> Formula:
    """The box says that a result is final; around a part it groups."""
    inner = argument(parser)
    alone = power == 0 and parser.next.kind in ("end", "=", "newline")
    return inner if alone or strength(inner) == ATOM else Grouping(inner)


def annotated(parser: Parser, token: Token, power: int) -> Formula:
    """What stands over a brace; the words below it are passed."""
    inner = argument(parser)
    if parser.next.kind in ("_", "^"):
        parser.take()
        _pass_argument(parser)
    alone = power == 0 and parser.next.kind in ("end", "=", "newline")
    return inner if alone or strength(inner) == ATOM else Grouping(inner)


def _pass_argument(parser: Parser) -> None:
    """Go past a group in braces, or past a single word, whatever it holds."""
    opening = parser.take()
    if opening.kind == "{":
        depth = 1
        while depth:
            token = parser.take()
            if token.kind == "end":
                raise FormulaError("this { is never closed", opening.at, 1)
            depth += (token.kind == "{") - (token.kind == "}")


def fence(name: str, closing: str) -> Callable[[Parser, Token, int], Formula]:
    """|x| or ‖x‖."""

    def read(parser: Parser, token: Token, power: int) -> Formula:
        inner = parser.expression()
        parser.expect(closing, token)
        return Call(name, (inner,), at=token.at)

    return read
