"""The LaTeX form, as textbooks write it: products by adjacency, fractions, subscripts, derivatives."""

from __future__ import annotations

from collections.abc import Callable

from derive.errors import FormulaError
from derive.formula.binding import ATOM, DERIVATIVE, NEGATION, POWER, PRODUCT, SUM, seated, strength
from derive.formula.pratt import (
    Form,
    Join,
    Parser,
    add,
    derivative,
    indices,
    minus,
    number,
    parentheses,
    plus,
    power_of,
)
from derive.formula.tex_cells import cells
from derive.formula.tex_names import quantity, spelled_name
from derive.formula.tex_tokens import tokens
from derive.formula.spellings import KNOWN, WORDS
from derive.formula.tokens import Token
from derive.formula.tree import (
    ONE,
    TWO,
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
    Sum,
    Transpose,
    Vector,
)

_CANONICAL = {word: name for name, word in WORDS.items()} | {"sgn": "sign", "ln": "log"}
# Letters that every textbook uses for a function.
_FUNCTION_LETTERS = frozenset({"f", "g"})
# What may stand beside a factor without a sign between them.
_ADJACENT = (
    "number", "letter", "word", "function", "(", "[", "{", "fraction", "root", "reduction", "accent", "font", "box",
    "cells", "|(", "‖(", "ⅆ",
)  # fmt: skip
_DIFFERENTIALS = frozenset({"∂", "ⅆ", "d", "delta"})


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
    return Call("exp", (_exponent(parser),))


def _call(parser: Parser, name: str, at: int | None) -> Formula:
    """The arguments of a function after its name and primes."""
    primes = 0
    while parser.next.kind == "'":
        parser.take()
        primes += 1
    opening = parser.next
    if opening.kind != "(":
        raise FormulaError("a prime stands between a function and its argument: f'(x)", opening.at - primes, primes)
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
    commas, closing = _inside(parser)
    if parser.position == 1 and parser.tokens[closing + 1].kind == "=":
        # A definition: the rest of the text uses the function.
        parser.functions = parser.functions | {name}
        return True
    # Nobody puts a single quantity in parentheses to multiply by it.
    return commas or (closing == parser.position + 2 and not name[-1].isdigit() and "_" not in name)


def _inside(parser: Parser) -> tuple[bool, int]:
    """Whether there is a comma in the parentheses that open here, and the position where they close."""
    depth, commas = 0, False
    for position in range(parser.position, len(parser.tokens)):
        kind = parser.tokens[position].kind
        depth += (kind in ("(", "[", "{")) - (kind in (")", "]", "}"))
        commas = commas or (kind == "," and depth == 1)
        if depth == 0:
            return commas, position
    return commas, len(parser.tokens) - 2


def function(parser: Parser, token: Token, power: int) -> Formula:
    r"""\log x, \sin^2 x, \exp(…): without parentheses the argument ends at the next sign or bracket."""
    if parser.next.kind == "'":
        return _call(parser, token.text, token.at)
    raised: Formula | None = None
    if parser.next.kind == "^":
        sign = parser.take()
        raised = _exponent(parser)
        if isinstance(raised, Negation):
            raise FormulaError(
                "a negative power here may mean the inverse function", sign.at, 1, r"Write \arcsin or 1/\sin(x)."
            )
    if parser.next.kind == "_":
        raise FormulaError("a logarithm to another base is not read", parser.next.at, 1, r"Write \log(x)/\log(2).")
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
            high = _exponent(parser)
    if not letters and token.text in ("max", "min") and parser.next.kind == "(" and _inside(parser)[0]:
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


def fraction(parser: Parser, token: Token, power: int) -> Formula:
    r"""\frac{a}{b}, and with ∂, d or δ in both parts a derivative."""
    if _is_derivative(parser):
        return _fraction_of_differentials(parser)
    numerator = _argument(parser)
    denominator = _argument(parser)
    return Quotient(seated(numerator, Quotient, first=True), seated(denominator, Quotient))


def _argument(parser: Parser) -> Formula:
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
        return Number(token.text) if token.kind == "number" else Name(token.text, token.at)
    return parser.expression(ATOM)


def _is_derivative(parser: Parser) -> bool:
    """Whether numerator and denominator both begin with a differential, and more follows below."""
    first = _differential(parser, parser.position)
    if first is None:
        return False
    depth, position = 0, parser.position
    while position < len(parser.tokens) - 1:
        kind = parser.tokens[position].kind
        depth += (kind == "{") - (kind == "}")
        position += 1
        if depth == 0:
            break
    second = _differential(parser, position)
    more = position + 2 < len(parser.tokens) and parser.tokens[position + 2].kind in ("letter", "word", "accent", "font")
    return second == first and more


def _differential(parser: Parser, position: int) -> str | None:
    """The differential that a group in braces begins with; δ and ∂ are one."""
    if position + 1 >= len(parser.tokens) or parser.tokens[position].kind != "{":
        return None
    token = parser.tokens[position + 1]
    sign = token.text if token.kind in ("letter", "word") else token.kind
    return {"∂": "∂", "delta": "∂", "ⅆ": "ⅆ", "d": "ⅆ"}.get(sign)


def _fraction_of_differentials(parser: Parser) -> Formula:
    opening = parser.take()
    sign = parser.take()
    total = sign.kind != "∂" and sign.text != "delta"
    if parser.next.kind == "^":
        raise FormulaError("a second derivative is not read", parser.next.at, 1)
    of = None
    if parser.next.kind != "}":
        of = seated(parser.expression(), Derivative)
    parser.expect("}", opening)
    opening = parser.expect("{")
    parser.take()
    wrt = quantity(parser)
    if parser.next.kind == "^":
        raise FormulaError("a second derivative is not read", parser.next.at, 1)
    parser.expect("}", opening)
    if of is not None:
        return Derivative(of, wrt, total)
    body = parser.expression(DERIVATIVE)
    return Derivative(body.inner if isinstance(body, Grouping) else body, wrt, total, applied=True)


def root(parser: Parser, token: Token, power: int) -> Formula:
    r"""\sqrt{x}; \sqrt[3]{x} is a power."""
    if parser.next.kind != "[":
        return Call("sqrt", (_argument(parser),), at=token.at)
    opening = parser.take()
    degree = parser.expression()
    parser.expect("]", opening)
    base = seated(_argument(parser), Power, first=True)
    return power_of(base if strength(base) >= ATOM else Grouping(base), Quotient(ONE, seated(degree, Quotient)), token)


def braces(parser: Parser, token: Token, power: int) -> Formula:
    """A group that does not show: only what binds tightly may stand in it."""
    inner = parser.expression()
    parser.expect("}", token)
    if strength(inner) < PRODUCT and not (parser.next.kind == "end" and parser.position > 1 and power == 0):
        raise FormulaError("braces do not show on the page", token.at, token.length, "Write parentheses.")
    return inner


def brackets(parser: Parser, token: Token, power: int) -> Formula:
    """A vector, or without a comma parentheses of another shape."""
    elements = indices(parser, token, "]")
    if not elements:
        raise FormulaError("a vector without components", token.at, 2)
    return Vector(elements) if len(elements) > 1 else Grouping(elements[0])


def box(parser: Parser, token: Token, power: int) -> Formula:
    """The box says that a result is final; around a part it groups."""
    inner = _argument(parser)
    alone = power == 0 and parser.next.kind in ("end", "=", "newline")
    return inner if alone or strength(inner) == ATOM else Grouping(inner)


def fence(name: str, closing: str) -> Callable[[Parser, Token, int], Formula]:
    """|x| or ‖x‖."""

    def read(parser: Parser, token: Token, power: int) -> Formula:
        inner = parser.expression()
        parser.expect(closing, token)
        return Call(name, (inner,), at=token.at)

    return read


def juxtapose(parser: Parser, left: Formula, token: Token) -> Formula:
    """A factor beside the last one."""
    parser.position -= 1
    return _chain(parser, left, None)


def multiply(parser: Parser, left: Formula, token: Token) -> Formula:
    """A chain of factors with and without signs between them."""
    return _chain(parser, left, token)


def _chain(parser: Parser, left: Formula, sign: Token | None) -> Formula:
    parser.wraps += bool(left.parts)
    factors = [left]
    while True:
        factor = parser.expression(PRODUCT)
        if sign is not None and sign.text == "·" and _is_vector(parser, factors[-1]) and _is_vector(parser, factor):
            factors[-1] = Call("dot", (_bare(factors[-1]), _bare(factor)))
        else:
            factors.append(factor)
        kind = parser.next.kind
        if kind == "*":
            sign = parser.take()
        elif kind in _ADJACENT:
            sign = None
        else:
            return _product(parser, factors)


def _bare(formula: Formula) -> Formula:
    return formula.inner if isinstance(formula, Grouping) else formula


def _is_vector(parser: Parser, formula: Formula) -> bool:
    formula = _bare(formula)
    return isinstance(formula, Vector) or (isinstance(formula, Name) and formula.name in parser.context.vectors)


def _product(parser: Parser, factors: list[Formula]) -> Formula:
    """The factors as a product; a transposed factor multiplies as a matrix does."""
    chained: list[Formula] = []
    matrices: list[Formula] = []
    for factor in factors:
        if matrices and isinstance(factor, Name | Indexed | Transpose | Grouping):
            matrices.append(factor)
        elif isinstance(factor, Transpose):
            matrices = [factor]
            if chained and _is_vector(parser, chained[-1]):
                matrices.insert(0, chained.pop())
        else:
            chained.extend(_matrices(matrices))
            matrices = []
            chained.append(factor)
    chained.extend(_matrices(matrices))
    if len(chained) == 1:
        return chained[0]
    last = len(chained) - 1
    return Product(tuple(_seated(factor, place, last) for place, factor in enumerate(chained)))


def _matrices(factors: list[Formula]) -> list[Formula]:
    if len(factors) < 2:
        return factors
    first, *rest = factors
    return [
        MatrixProduct(
            (seated(first, MatrixProduct, first=True), *(seated(factor, MatrixProduct) for factor in rest))
        )
    ]


def _seated(factor: Formula, place: int, last: int) -> Formula:
    if place < last and isinstance(factor, Grouping) and isinstance(factor.inner, Reduction | MatrixProduct):
        return factor.inner
    return seated(factor, Product, first=place == 0)


def divide(parser: Parser, left: Formula, token: Token) -> Formula:
    """a/b on the line; a factor beside b would leave open what is divided."""
    parser.wraps += bool(left.parts)
    right = parser.expression(PRODUCT)
    following = parser.next
    if following.kind in _ADJACENT:
        reason = "it is open whether this factor belongs to the denominator"
        raise FormulaError(reason, following.at, following.length, r"Write \frac{…}{…} or parentheses.")
    return Quotient(seated(left, Quotient, first=True), seated(right, Quotient))


def scripted(parser: Parser, left: Formula, token: Token) -> Formula:
    """A power, or the T of a transpose."""
    parser.wraps += 1
    if _takes_transpose(parser):
        return Transpose(seated(left, Transpose))
    if isinstance(left, Derivative):
        raise FormulaError("a power of a derivative needs parentheses", token.at, token.length)
    inner = _bare(left)
    if isinstance(inner, Reduction) or (isinstance(inner, Call) and inner.function == "exp"):
        left = inner
    return power_of(left if strength(left) >= ATOM else Grouping(left), _exponent(parser), token)


def _takes_transpose(parser: Parser) -> bool:
    kinds = [token.kind for token in parser.tokens[parser.position : parser.position + 3]]
    words = [token.text for token in parser.tokens[parser.position : parser.position + 2]]
    free = "T" not in parser.context.names
    if kinds[0] == "transpose" or (kinds[0] == "letter" and words[0] == "T" and free):
        parser.position += 1
        return True
    if kinds[0] == "{" and kinds[2:] == ["}"]:
        if kinds[1] == "transpose" or (kinds[1] == "letter" and words[1] == "T" and free):
            parser.position += 3
            return True
    return False


def _exponent(parser: Parser) -> Formula:
    token = parser.next
    if token.kind == "number" and len(token.text) > 1:
        reason = "only the first digit is raised"
        raise FormulaError(reason, token.at, token.length, f"Write ^{{{token.text}}}.")
    if token.kind == "{":
        inside = parser.tokens[parser.position + 1]
        if inside.kind in ("(", "["):
            closing = _closing(parser, parser.position + 1)
            if parser.tokens[closing + 1].kind == "}":
                reason = "a raised index in parentheses is not read"
                raise FormulaError(reason, inside.at, 1, "Write the index below: x_i.")
    return _argument(parser)


def _closing(parser: Parser, position: int) -> int:
    depth = 0
    for place in range(position, len(parser.tokens) - 1):
        kind = parser.tokens[place].kind
        depth += (kind in ("(", "[", "{")) - (kind in (")", "]", "}"))
        if depth == 0:
            return place
    return len(parser.tokens) - 2


def primed(parser: Parser, left: Formula, token: Token) -> Formula:
    """f(x)' is f'(x)."""
    if not isinstance(left, Call) or len(left.arguments) != 1:
        raise FormulaError("only a function has a prime", token.at, token.length)
    parser.wraps += 1
    return Call(left.function, left.arguments, left.primes + 1, left.at)


def misplaced_subscript(parser: Parser, left: Formula, token: Token) -> Formula:
    """A subscript belongs to a name."""
    raise FormulaError("only a name has a subscript", token.at, token.length)


TEX = Form(
    tokens,
    {
        "number": number,
        "letter": letter,
        "word": letter,
        "accent": letter,
        "font": letter,
        "function": function,
        "reduction": reduction,
        "fraction": fraction,
        "root": root,
        "(": parentheses,
        "[": brackets,
        "{": braces,
        "|(": fence("abs", ")|"),
        "‖(": fence("norm", ")‖"),
        "box": box,
        "cells": cells,
        "∂": derivative,
        "ⅆ": derivative,
        "-": minus,
        "+": plus,
    },
    {
        **{kind: Join(PRODUCT, juxtapose) for kind in _ADJACENT},
        "+": Join(SUM, add),
        "-": Join(SUM, add),
        "*": Join(PRODUCT, multiply),
        "/": Join(PRODUCT, divide),
        "^": Join(POWER, scripted),
        "_": Join(ATOM, misplaced_subscript),
        "'": Join(ATOM, primed),
    },
    quantity,
)
