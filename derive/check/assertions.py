r"""What a formula's text asserts: chains of sides, split at line breaks, commas and words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import zip_longest

from derive.check.labels import stem
from derive.check.pieces import TRAILING, Piece, pieces
from derive.check.rows import joined
from derive.check.signs import ANY_SIGN, SIGN, end_of_equation, ranges, spelled
from derive.check.tuples import components, is_list, named
from derive.check.vocabulary import Vocabulary
from derive.errors import FormulaError
from derive.formula import Call, Formula, Grouping, Indexed, Name, Relation, names, walk
from derive.formula.tex.commands import PROSE

# The signs that say that two sides are equal, exactly or in round numbers.
EQUALITIES = frozenset({"=", "==", "≈", "≡"})
# Words before an assertion that say again what the text has said: they define nothing.
_ASSERTING = ("where", "since", "because", "as", "recall", "remember", "using", "with")
_JOINING = PROSE | frozenset(
    "hence thus therefore then we it this that which since because but also or is gives get i e again".split()
)
_VALUES = re.compile(r"-?[0-9]+(?:\.[0-9]+)?\Z")
_DOTS = re.compile(r"\\(?:[lc]?dots|hdots)(?![A-Za-z])|\.\.\.|…")
_COLON = re.compile(r":=|≔|\\coloneqq")
_EQUATION = re.compile(r"=|≈|\\approx|\\equiv|\\leftarrow|\\gets|←")


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a chain and where it stands in the text."""

    formula: Formula
    at: int
    length: int


@dataclass(frozen=True, slots=True)
class Assertion:
    """Sides with signs between them; `lead` is a sign before the first, which goes on with what was before.

    `word` is what stands before it in the text ("where"). What is not read has a `fault`, and no sides, and
    `changes` what names stand for, if it is a list of values.
    """

    text: str
    at: int
    sides: tuple[Side, ...] = ()
    signs: tuple[str, ...] = ()
    lead: str | None = None
    word: str = ""
    fault: FormulaError | None = None
    changes: tuple[str, ...] = ()

    @property
    def all_signs(self) -> tuple[str, ...]:
        """The signs, that before the first side among them."""
        return ((self.lead,) if self.lead else ()) + self.signs

    @property
    def asserts(self) -> bool:
        """Whether a word before it says that the text has said this already."""
        return self.word.strip(" ,").lower().startswith(_ASSERTING)


def assertions(
    text: str, vocabulary: Vocabulary, form: str = "latex", is_data: bool = False
) -> tuple[Assertion, ...]:
    """The assertions of one formula, in order; a row that begins with a sign goes on with the one before.

    Where the words call it data, (x, y) = (1, 2) gives x and y their values.
    """
    found: list[Assertion] = []
    arrow: str | None = None
    all_of = list(_without_ranges(list(pieces(joined(text)))))
    is_data = is_data and not any(is_list(each.text) for each in all_of)
    for piece in all_of:
        if is_data and (given := _of_components(piece, vocabulary, form)):
            found.extend(given)
            continue
        found_here = _assertion(piece, vocabulary, form)
        if found_here is None:
            arrow = _lone_sign(piece.text) or arrow
            continue
        if found_here.lead and found_here.word and not found and found_here.sides:
            found_here = _of_phrase(found_here)
        if arrow and found_here.lead is None and found_here.sides:
            found_here = replace(found_here, lead=arrow)
        arrow = None
        if found_here.lead and found and found[-1].sides and found_here.sides and not found_here.word:
            before = found[-1]
            found[-1] = replace(
                before,
                text=text[before.at : piece.at + len(piece.text)],
                sides=(*before.sides, *found_here.sides),
                signs=(*before.signs, found_here.lead, *found_here.signs),
            )
        else:
            found.append(found_here)
    claims = [each for each in found if len(each.sides) > 1 or each.lead or each.fault]
    return tuple(claims or found)


def _of_components(piece: Piece, vocabulary: Vocabulary, form: str) -> list[Assertion]:
    """What (x, y) = (1, 2) says, one by one."""
    pairs = components(piece, vocabulary, form)
    sides = [(Side(*left), Side(*right)) for left, right in pairs]
    return [Assertion(piece.text, piece.at, each, ("=",), None, piece.word) for each in sides]


def _of_phrase(said: Assertion) -> Assertion:
    """What is said of a quantity in words, \text{step size} = …; of a word that joins formulas, no more."""
    first = re.match(r"[a-z]*", said.word.lower())
    if said.lead is None or (first and first[0] in _JOINING):
        return said
    name = Side(Name(re.sub(r"\W+", "_", said.word).strip("_") or "words"), said.at, 1)
    return replace(said, sides=(name, *said.sides), signs=(said.lead, *said.signs), lead=None, word="")


def _without_ranges(all_of: list[Piece]) -> Iterator[Piece]:
    """The pieces without i = 1, …, n and i = 1, 2: what a letter runs over is no value of it."""
    for piece, following in zip_longest(all_of, all_of[1:]):
        if following is None or not (_DOTS.match(following.text) or _VALUES.match(following.text)):
            yield piece


def _lone_sign(text: str) -> str | None:
    """The sign that stands alone between two spaces: a \\quad \\Rightarrow \\quad b."""
    sign = SIGN.match(text)
    return spelled(sign) if sign else None


def _assertion(piece: Piece, vocabulary: Vocabulary, form: str) -> Assertion | None:
    body, at, lead = piece.text, piece.at, None
    stripped = re.match(r"(?:\s|\\begin\{\w+\*?\}|&)*", body)
    offset = stripped.end() if stripped else 0
    sign = SIGN.match(body, offset)
    if sign is not None:
        lead = spelled(sign)
        body, at = body[sign.end() :], at + sign.end()
    if not body.strip():
        return None
    if (end := end_of_equation(body)) is not None:
        if not _EQUATION.search(body[:end]):
            return Assertion(piece.text, piece.at, word=piece.word)
        body = body[:end].rstrip(TRAILING)
    try:
        formula = vocabulary.read(body, form)
    except FormulaError as error:
        if lead is None and not ANY_SIGN.search(body):
            return Assertion(piece.text, piece.at, word=piece.word)
        changes = named(piece.text, vocabulary, form)
        fault = error.detached()
        return Assertion(piece.text, piece.at, lead=lead, word=piece.word, fault=fault, changes=changes)
    sides = formula.sides if isinstance(formula, Relation) else (formula,)
    if len(sides) > 1 and isinstance(sides[0], Grouping) and isinstance(sides[0].inner, Name | Indexed):
        # [H^+] = … says what H^+ is.
        sides = (sides[0].inner, *sides[1:])
    signs = formula.signs if isinstance(formula, Relation) else ()
    if signs[:1] == (":=",) and _COLON.search(body) and _says_what_it_is(*sides[:2]):
        signs = ("=", *signs[1:])
    stretches = ranges(body, len(sides))
    places = tuple(
        Side(each, at + start, end - start) for each, (start, end) in zip(sides, stretches, strict=True)
    )
    return Assertion(piece.text, piece.at, places, signs, lead, piece.word)


def _says_what_it_is(left: Formula, right: Formula) -> bool:
    """Whether a colon before the sign means a definition, f(x) := x², and no step, w_new := w - η g."""
    head = left.function if isinstance(left, Call) else getattr(left, "name", None)
    return head is not None and stem(head) not in map(stem, (*names(right), *_called(right)))


def _called(formula: Formula) -> Iterator[str]:
    return (node.function for node in walk(formula) if isinstance(node, Call))
