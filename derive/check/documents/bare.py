"""Formulas without delimiters: `dJ/dw = x*(h(x) - y)` in a line of text or a comment in code.

Where a whole expression stands on each side of a relation sign it is a formula. What is half an expression
(`y = x + (see below)`), code (`x = a.b(c, d=1)`) or made of ordinary words (`better predictions = lower
loss`) is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from derive.check.documents.expressions import Expressions
from derive.check.documents.wording import LEADING, SHORT_WORDS
from derive.check.documents.words import Token, tokens

_MAIN = frozenset({"=", ":=", "≔", "<-", "←", "≈"})
# What stands before a formula and belongs to it.
_TIED = frozenset({"operator", "relation", "bar", "close", "code", "number", "post"})
_HANGING = frozenset("{\\^_&%°′″‰")
# Words behind a formula by which its sign means another thing than equal.
_CONGRUENT = frozenset({"mod", "modulo", "remainder", "xor"})
_DATE = re.compile(r"\d{4}-\d\d-\d\d\Z")
_CURRENCIES = frozenset("$€£¥")


def bare(text: str, *, code: bool = False) -> Iterator[tuple[int, int]]:
    """Where formulas stand in a text whose other formulas are blanked; `code` knows statements of code."""
    if any(sign in text for sign in "=≔←≈") or "<-" in text:
        yield from _Sentence(tokens(text), code).formulas()


class _Sentence:
    """The words of a text, read for chains of expressions."""

    def __init__(self, words: list[Token], code: bool) -> None:
        self.words, self.code = words, code
        self.expressions = Expressions(words)

    def formulas(self) -> Iterator[tuple[int, int]]:
        """The stretches that are formulas, in order."""
        at = 0
        while at < len(self.words) - 1:
            end, relations = self._chain(at)
            if relations and self._is_formula(at, end, relations):
                yield self.words[at].start, self.words[end - 1].end
            # An expression that no relation follows holds no start of a formula.
            at = max(end, at + 1)

    def _chain(self, at: int) -> tuple[int, list[int]]:
        """Expressions with relation signs between them: where they end, and where the signs stand."""
        if self.words[at].kind == "relation":
            if not self._opens_line(at):
                return at, []
            end: int | None = at
        else:
            end = self.expressions.end(at)
        relations: list[int] = []
        while end is not None:
            sign = self.expressions.over_spaces(end)
            if self.words[sign].kind != "relation":
                return end, relations
            if relations and end in self.expressions.loose:
                # In `x = 1 y = 2` it is open what belongs to what.
                return sign + 1, []
            following = self.expressions.end(self.expressions.over_spaces(sign + 1, lines=True))
            if following is None:
                return sign + 1, []
            relations.append(sign)
            end = following
        return at, []

    def _opens_line(self, at: int) -> bool:
        before = self._before(at)
        return before is None or before.kind == "line"

    def _before(self, at: int) -> Token | None:
        """The last word before one, spaces apart."""
        at -= 1
        while at >= 0 and self.words[at].kind == "space":
            at -= 1
        return self.words[at] if at >= 0 else None

    # Whether a chain of expressions is a formula, judged by what stands round it.

    def _is_formula(self, start: int, end: int, relations: list[int]) -> bool:
        if not any(self.words[sign].text in _MAIN for sign in relations):
            return False
        if not self._ends_cleanly(end) or not self._starts_cleanly(start, relations[0]):
            return False
        if self.code and self._is_option(start, relations[0]):
            return False
        if self._equates_numbers(start, end, relations[0]):
            return False
        starts = [start, *(sign + 1 for sign in relations)]
        weights = [self._has_quantity(*side) for side in zip(starts, [*relations, end], strict=True)]
        return weights[-1] and (any(weights[:-1]) or self._opens_clause(start))

    def _equates_numbers(self, start: int, end: int, relation: int) -> bool:
        """Whether a lone number is one side, and names stand nowhere: it is what is left of 7 % 3 = 1."""
        left = [each for each in self.words[start:relation] if each.kind not in ("space", "line")]
        signed = left[1:] if left and left[0].kind == "operator" else left
        dated = _DATE.match("".join(each.text for each in left)) is not None
        alone = len(signed) == 1 and signed[0].kind == "number"
        return (alone or dated) and all(each.kind != "word" for each in self.words[relation:end])

    def _ends_cleanly(self, end: int) -> bool:
        """No operator, bracket or attribute is left hanging."""
        after = self.expressions.over_spaces(end)
        token = self.words[after]
        if token.kind in ("operator", "relation", "bar") or token.text in _HANGING:
            return False
        if self._goes_on_as_list(after):
            return False
        if self.words[min(after + (token.kind == "open"), len(self.words) - 1)].text.lower() in _CONGRUENT:
            # 17 = 3 (mod 7)
            return False
        if after == end and token.kind in ("open", "code", "number", "word"):
            return False
        return not (self.code and token.text == ";")

    def _goes_on_as_list(self, at: int) -> bool:
        """Whether more values follow, n = 2, 3, 5, or dots: k = 1, …, K and 0.999..."""
        comma = self.words[at].kind == "comma"
        at = self.expressions.over_spaces(at + 1) if comma else at
        token, following = self.words[at], self.words[min(at + 1, len(self.words) - 1)]
        dots = token.text == "…" or token.text == following.text == "."
        ended = following.kind in ("comma", "end", "line", "other")
        return dots or (comma and token.kind == "number" and ended)

    def _starts_cleanly(self, start: int, relation: int) -> bool:
        """Nothing before the formula belongs to it."""
        before = self._before(start)
        if before is None or before.kind == "line":
            return True
        if self.words[start].kind == "operator" and before.text in (".", "…"):
            # 1 + 2 + ... + 10 = 55
            return False
        if before.kind in _TIED or before.text in ("{", "}"):
            return False
        if before.kind == "word" and relation <= start + 2 and self.words[start].kind == "number":
            # 10 % of 50 = 5
            return False
        if before.end == self.words[start].start and before.text in _HANGING:
            return False
        if before.text in _CURRENCIES and self.words[start].kind == "number":
            # $5 = 500 cents
            return False
        opened = self.expressions.within[start]
        if opened > 0 and self.words[opened - 1].kind in ("word", "code"):
            # An argument by name, f(x, axis=0), is no equation.
            return False
        if before.kind == "comma":
            return not self._is_list(start)
        if before.kind != "word" or before.text.lower() in LEADING | SHORT_WORDS:
            return True
        return self._is_single(start, relation)

    def _is_option(self, start: int, relation: int) -> bool:
        """Whether a comment in code names an option, `axis=0`: a word with no space before the sign."""
        word = self.words[start]
        return relation == start + 1 and word.kind == "word" and len(word.text) > 2 and word.text.isascii()

    def _is_list(self, start: int) -> bool:
        """Whether names stand before a left side, as in `a, b = …`: it is unclear what they are."""
        at = start - 1
        while at >= 0 and self.words[at].kind in ("space", "comma"):
            at -= 1
        if at < 0 or not self.words[at].is_symbol:
            return False
        while at >= 0 and self.words[at].kind not in ("relation", "line", "other"):
            at -= 1
        return at < 0 or self.words[at].kind != "relation"

    def _is_single(self, start: int, relation: int) -> bool:
        """Whether the left side is one quantity: after a word of prose nothing longer is trusted."""
        left = [token for token in self.words[start:relation] if token.kind != "space"]
        pairs = pairwise(left)
        return (
            bool(left)
            and left[0].is_symbol
            and not any(one.kind == "word" and two.kind == "word" for one, two in pairs)
        )

    def _opens_clause(self, start: int) -> bool:
        """Whether nothing but a leading word stands before a name of ordinary letters."""
        before = self._before(start)
        if before is None or before.kind == "word":
            return before is None or before.text.lower() in LEADING
        return before.kind != "comma"

    def _has_quantity(self, start: int, end: int) -> bool:
        """Whether a side holds a number, a symbol or a call, and not words alone."""
        return any(token.kind in ("number", "open") or token.is_symbol for token in self.words[start:end])
