r"""What probability writes: p(x \mid y), 1\{y = k\}, and what is refused of it, E[x]."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from derive.errors import FormulaError
from derive.formula.pratt import Parser
from derive.formula.tex.groups import inside
from derive.formula.tokens import Token
from derive.formula.tree import ONE, ZERO, Branch, Cases, Formula, Grouping, Name, Relation

_PROBABILITIES = frozenset({"P", "p", "Pr"})
# Letters in blackboard bold that stand for no number.
_MEANS = frozenset({"E", "P", "V"})
# How signs are spelled in the name of a probability: a bold letter is another one than a plain one.
_SPELLED = {"mid": "|", "font": "vec "}
_CLOSING = {"(": ")", "[": "]", "{": "}"}


def conditional(parser: Parser, name: str, at: int | None) -> Name | None:
    """p(x | y) as a quantity of its own: what stands in the parentheses is its name, and no argument.

    So is P(A) of an event, and P(y = 1).
    """
    _, end = inside(parser, parser.position)
    held = parser.tokens[parser.position : end + 1]
    if not any(token.kind == "mid" for token in held) and not _is_of_event(parser, name, held[1:-1]):
        return None
    for sign, following in pairwise(_without_braces(held)):
        if sign.kind in ("^", "_") and following.kind != "number":
            raise FormulaError("a probability of components is not read", sign.at, max(1, sign.length))
    parser.position = end + 1
    return Name(name + "".join(_SPELLED.get(token.kind, token.text) for token in _without_braces(held)), at)


def _is_of_event(parser: Parser, name: str, held: Sequence[Token]) -> bool:
    """Whether a P stands before events, which capitals name, or before a statement."""
    if name not in _PROBABILITIES or name in parser.functions or not parser.context.of_document:
        return False
    kinds = {token.kind for token in held}
    capitals = all(len(token.text) == 1 and token.text.isupper() for token in held[::2])
    if "=" in kinds:
        return True
    return bool(held) and capitals and kinds <= {"letter", ","} and not _counts(parser, held)


def _counts(parser: Parser, held: Sequence[Token]) -> bool:
    """Whether what stands in the parentheses is a number elsewhere: p(V) = nRT/V, P(Q) Q."""
    letters = {token.text for token in held if token.kind == "letter"}
    position = 0
    while position < len(parser.tokens) - 1:
        token = parser.tokens[position]
        if token.text in _PROBABILITIES and parser.tokens[position + 1].kind == "(":
            position = inside(parser, position + 1)[1]
        elif token.kind == "letter" and token.text in letters:
            return True
        position += 1
    return False


def _without_braces(held: Sequence[Token]) -> list[Token]:
    return [token for token in held if token.kind not in ("{", "}")]


def indicator(parser: Parser, font: Token) -> Formula | None:
    r"""The indicator of a condition, \mathbb{1}[x > 0]; None where none stands here."""
    start = parser.position
    letter = _letter(parser)
    opening = parser.next
    if letter in ("1", "I") and opening.kind == "_":
        parser.take()
        opening = parser.next
    stands = opening.kind in ("[", "(", "{") and (letter == "1" or (letter == "I" and font.text == "mathbb"))
    if not stands:
        parser.position = start
        if font.text == "mathbb" and letter in _MEANS:
            raise FormulaError("an expectation or a probability is not read", font.at, font.length)
        return None
    return iverson(parser)


def _letter(parser: Parser) -> str:
    """Pass a single letter or digit, in braces or bare."""
    words = [each.text for each in parser.tokens[parser.position : parser.position + 3]]
    braced = words[:1] == ["{"] and words[2:] == ["}"]
    parser.position += 3 if braced else 1
    return words[1] if braced else words[0]


def iverson(parser: Parser) -> Formula:
    """1 where the condition in the brackets that come holds, else 0."""
    opening = parser.take()
    condition = parser.relation()
    parser.expect(_CLOSING[opening.kind], opening)
    if not isinstance(condition, Relation):
        raise FormulaError("a condition compares: x > 0", opening.at, opening.length)
    return Grouping(Cases((Branch(ONE, condition), Branch(ZERO, None))))


def refuse_expectation(parser: Parser, token: Token) -> None:
    """E[x] is no product of E and x."""
    if token.text == "E" and parser.next.kind == "[" and "E" not in parser.context.names:
        raise FormulaError("an expectation is not read", token.at, token.length)
