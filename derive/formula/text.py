"""Formulas in the running text and the comments of a document: the plain form, written more freely."""

from __future__ import annotations

import re
import unicodedata
from fractions import Fraction

from derive.errors import FormulaError
from derive.formula.binding import DERIVATIVE, NEGATION, POWER, PRODUCT, seated
from derive.formula.combined import combined
from derive.formula.letters import known
from derive.formula.operators import by_prime, derivative, raise_to
from derive.formula.plain import PLAIN, name
from derive.formula.pratt import Form, Join, Parser
from derive.formula.spellings import GREEK, KNOWN, OPERATORS
from derive.formula.tokens import Context, Token, tokens
from derive.formula.tree import (
    Bound,
    Call,
    Derivative,
    Formula,
    Grouping,
    Indexed,
    Name,
    Number,
    Product,
    Quotient,
    Reduction,
)

# What spells a sum before its letter: Σ_i, sum_i.
_SUMS = ("Σ_", "∑_", "sum_")
# Functions that may stand before a name without parentheses, and what leaves open where that ends.
_BEFORE_A_NAME = frozenset({*OPERATORS, "ln"}) - {"max", "min", "det"}
_CALLED = KNOWN | {"log2", "log10", "log1p"}
_GOES_ON = frozenset({"^", "**", "superscript", "*", "/", "'"})
# What stands in the brackets of a factor, and what only between the arguments of a function.
_BETWEEN_FACTORS = frozenset({"+", "-", "*", "/", "^", "**", "superscript"})
_OF_FUNCTIONS = frozenset({",", "|", ";"})
# The number π, and λ as those write it who know that lambda is a word of Python.
_WORDS = frozenset({"pi", "lam"})
_LONGEST_RUN = 3
_HIGHEST_ORDER = 4
_ENDS = frozenset({"number", "name", ")", "superscript", "]"})


def words(text: str, context: Context) -> list[Token]:
    """The words of a text, with fractions of one character as a numerator over a denominator."""
    found: list[Token] = []
    for part in tokens(_with_signs(text), context):
        if part.kind == "name" and part.text[0] in _FRACTIONS:
            if found and found[-1].kind == "number" and found[-1].at + found[-1].length == part.at:
                raise FormulaError("it is open whether these are added, 1½, or multiplied", part.at, 1)
            value = _FRACTIONS[part.text[0]]
            for spelled in ("(", str(value.numerator), "/", str(value.denominator), ")"):
                kind = "number" if spelled.isdecimal() else spelled
                found.append(Token(kind, spelled, part.at, 1))
        elif part.kind == "name" and part.text[0] == "π" and _is_beside_pi(part.text[1:], context):
            found.append(Token("name", "pi", part.at, 1))
            found += tokens(" " * (part.at + 1) + part.text[1:], context)[:-1]
        elif part.kind == "name" and (letters := _LOWERED.search(part.text)):
            spelled = f"{part.text[: letters.start()]}_{letters[0].translate(_LETTERS)}"
            found.append(Token("name", _usual(spelled, context), part.at, part.length))
        elif part.kind == "name":
            found.append(Token("name", _usual(part.text, context), part.at, part.length))
        else:
            found.append(part)
    return found


def _is_beside_pi(rest: str, context: Context) -> bool:
    """Whether what stands behind π in one word is another factor: πr², while πi may be a name of its own."""
    return len(rest) == 1 and rest.isascii() and rest.isalpha() and f"π{rest}" not in context.names


def _usual(word: str, context: Context) -> str:
    return word if word.startswith(_SUMS) else known(word, context.names)


def _with_signs(text: str) -> str:
    return _ELEMENTWISE.sub(r" \1", text.replace("∑", "Σ").replace("←", "≔"))


# The letters that Unicode has below, as those of indices: xᵢ is x_i.
_LOWERED = re.compile("(?<=.)[ᵢⱼₖₗₘₙₜ]+$")
_LETTERS = str.maketrans("ᵢⱼₖₗₘₙₜ", "ijklmnt")
# Signs with a point before them, number by number.
_ELEMENTWISE = re.compile(r"\.([*/^])(?!\.)")
_FRACTIONS = {
    character: Fraction(unicodedata.numeric(character)).limit_denominator(10)
    for character in "½⅓¼⅔¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞"
}


def quantity(parser: Parser, token: Token, power: int) -> Formula:
    """A name, a component y_i where i is an index, or the sum that Σ_i begins."""
    if token.text.startswith(_SUMS) and _starts(parser.next):
        return _sum(parser, token)
    if token.text == "√":
        return Call("sqrt", (_bare(parser.expression(POWER)),), at=token.at)
    if token.text == "e" and _is_euler(parser):
        parser.take()
        return Call("exp", (_bare(parser.expression(DERIVATIVE)),), at=token.at)
    if parser.next.kind == "'" and (primes := _lone_primes(parser)):
        return by_prime(Name(token.text, token.at), primes)
    if token.text == "pi" and "pi" not in parser.context.functions and _is_before_a_factor(parser):
        return Name(token.text, token.at)
    found = _component(parser, name(parser, token, power))
    if isinstance(found, Name) and found.name in KNOWN and found.name not in parser.context.names:
        if found.name in _BEFORE_A_NAME and parser.next.kind == "name" and _short(parser.next):
            return _of_one_name(parser, token, power)
        reason = f"{found.name} stands without parentheses"
        raise FormulaError(reason, token.at, token.length, f"Write {found.name}(x), and {found.name}(x)^2.")
    return found


def _is_before_a_factor(parser: Parser) -> bool:
    """Whether brackets hold a sum, a product or a quotient and no argument: π(r^2 + 1), and not π(a)."""
    if parser.next.kind != "(":
        return False
    depth, end = 0, parser.position
    while parser.tokens[end].kind != "end":
        kind = parser.tokens[end].kind
        depth += (kind == "(") - (kind == ")")
        if not depth:
            break
        if depth == 1 and kind in _OF_FUNCTIONS:
            return False
        end += 1
    inside = parser.tokens[parser.position + 1 : end]
    return any(each.kind in _BETWEEN_FACTORS for each in inside)


def _of_one_name(parser: Parser, function: Token, power: int) -> Formula:
    """log p and sin t: of one quantity, which nothing stands behind that might belong to it as well."""
    argument = _component(parser, name(parser, parser.take(), power))
    if _starts(parser.next) or parser.next.kind in _GOES_ON:
        reason = f"it is open where the argument of {function.text} ends"
        raise FormulaError(reason, function.at, function.length, f"Write {function.text}(…).")
    return Call(function.text, (argument,), at=function.at)


def _lone_primes(parser: Parser) -> int:
    """The primes behind a quantity, y' and y'', which are passed; none where an argument follows."""
    end = parser.position
    while parser.tokens[end].kind == "'":
        end += 1
    if parser.tokens[end].kind == "(":
        return 0
    primes, parser.position = end - parser.position, end
    return primes


def _is_euler(parser: Parser) -> bool:
    """Whether an e is raised to a power, which nothing says to be a quantity: e² may be an error's square."""
    if parser.next.kind not in ("^", "**"):
        return False
    first, second = parser.tokens[parser.position + 1 : parser.position + 3]
    if first.kind == "-" or (first.kind == "(" and second.kind == "-"):
        return True
    return first.kind != "number" and "e" not in parser.context.names


def _component(parser: Parser, formula: Formula) -> Formula:
    if not isinstance(formula, Name):
        return formula
    stem, _, letters = formula.name.rpartition("_")
    if not stem or not letters or not set(letters) <= parser.indices:
        return formula
    return Indexed(stem, tuple(Name(letter) for letter in letters), formula.at)


def _sum(parser: Parser, token: Token) -> Formula:
    letters = token.text.rpartition("_")[2]
    outside = parser.indices
    parser.indices = outside | set(letters)
    body = _bare(parser.expression(NEGATION))
    parser.indices = outside
    return Reduction("sum", body, tuple(Bound(letter) for letter in letters), at=token.at)


def _bare(formula: Formula) -> Formula:
    return formula.inner if isinstance(formula, Grouping) else formula


def _starts(token: Token) -> bool:
    return token.kind in ("name", "number", "(")


def adjacent(parser: Parser, left: Formula, token: Token) -> Formula:
    """A factor beside the last one, 2x, x (y - 1), 2ab, x exp(-x): names of one letter or after a number."""
    parser.position -= 1
    before = parser.tokens[parser.position - 1]
    apart = token.at > before.at + before.length
    if isinstance(left, Quotient) and not (apart and _is_done(left, parser)):
        reason = "it is open whether this factor belongs to the denominator"
        raise FormulaError(reason, token.at, token.length, "Write parentheses.")
    joins = _short(token) or _is_called(parser) or (before.kind == "number" and not apart and _is_run(token))
    if before.kind not in _ENDS or not (_short(before) and joins):
        raise parser.adjacent(token)
    right = parser.expression(PRODUCT)
    factors = left.factors if isinstance(left, Product) else (seated(left, Product, first=True),)
    return Product((*factors, seated(right, Product)))


def _is_done(quotient: Quotient, parser: Parser) -> bool:
    """Whether a quotient ends before a factor a space apart: 1/2 m, n/2 log(v)."""
    if not isinstance(quotient.denominator, Number):
        return False
    return isinstance(quotient.numerator, Number) or _is_called(parser)


def _is_called(parser: Parser) -> bool:
    function, following = parser.tokens[parser.position : parser.position + 2]
    if function.kind != "name" or function.text not in _CALLED:
        return False
    return following.kind == "(" or (function.text in _BEFORE_A_NAME and following.kind == "name")


def _is_run(token: Token) -> bool:
    """Whether a word after a number may be letters that multiply each other."""
    return token.kind == "name" and len(token.text) <= _LONGEST_RUN and token.text.isalpha()


def _short(token: Token) -> bool:
    """Whether a word is one letter, with what stands below and above it."""
    if token.kind != "name" or token.text == "√":
        return True
    stem = token.text.partition("_")[0].rstrip("0123456789")
    if stem in _WORDS or (stem in GREEK and token.length < len(stem)):
        # α, and no word of five letters.
        return True
    return sum(each.isalpha() for each in stem) == 1


def slope(parser: Parser, token: Token, power: int) -> Formula:
    """∂L/∂w, or an operator before what it is applied to: d/dx √x, ∂/∂x x²y; of a higher order d²y/dx²."""
    order = _order(parser)
    if order is None and parser.next.kind != "/":
        return derivative(parser, token, power)
    applied = parser.next.kind == "/"
    of = None if applied else _component(parser, PLAIN.quantity(parser))
    parser.expect("/")
    by = _differentials(parser, token, order or 1)
    if of is None:
        of = _bare(parser.expression(NEGATION))
    for wrt in reversed(by):
        of = Derivative(of, wrt, token.kind == "ⅆ", applied=applied)
    return of


def _order(parser: Parser) -> int | None:
    """Pass the 2 of ∂²L and d^2y; None where no number stands there."""
    raised = parser.tokens[parser.position + int(parser.next.kind in ("^", "**"))]
    if raised.kind not in ("superscript", "number") or (raised is parser.next and raised.kind == "number"):
        return None
    if not raised.text.isdecimal() or not 1 < int(raised.text) <= _HIGHEST_ORDER:
        raise FormulaError("a derivative of this order is not read", raised.at, raised.length)
    while parser.take() is not raised:
        pass
    return int(raised.text)


def _differentials(parser: Parser, token: Token, order: int) -> list[Name | Indexed]:
    """What a derivative is taken by, as often as its order says: ∂x², ∂x∂y."""
    found: list[Name | Indexed] = []
    while not found or (len(found) < order and parser.next.kind == token.kind):
        parser.expect(token.kind)
        wrt = derived(parser)
        found += [wrt] * ((_order(parser) if order > 1 else None) or 1)
    if len(found) != order:
        reason = f"a derivative of order {order} is taken {order} times, not {len(found)}"
        raise FormulaError(reason, token.at, token.length)
    return found


def derived(parser: Parser) -> Name | Indexed:
    """What a derivative is taken by."""
    found = _component(parser, PLAIN.quantity(parser))
    assert isinstance(found, Name | Indexed)
    return found


TEXT = Form(
    words,
    {**PLAIN.starts, "(": combined, "name": quantity, "∂": slope, "ⅆ": slope},
    {
        **PLAIN.joins,
        "^": Join(POWER, raise_to),
        **{kind: Join(PRODUCT, adjacent) for kind in ("name", "number", "(", "∂", "ⅆ")},
    },
    derived,
)
