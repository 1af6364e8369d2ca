"""Which stretches of a text are whole expressions: operands, with operators or nothing between them."""

from __future__ import annotations

from derive.check.documents.wording import FUNCTIONS, LEADING, SHORT_WORDS
from derive.check.documents.words import Token

# Brackets and signs deeper in each other than this no author writes without delimiters.
_DEEPEST = 40
_LONGEST = 2_000
_SIGNED = frozenset("+-−±")
_OPENERS = frozenset("∂∇√∑∏∫")


class Expressions:
    """The expressions among the words of a text; each is read once, so all take linear time."""

    def __init__(self, words: list[Token]) -> None:
        self.words = words
        self.partner: dict[int, int] = {}
        self.within: list[int] = []
        self._pair_brackets()
        self._known: dict[int, int | None] = {}
        # Ends of expressions whose last factor is bound to them by a space only.
        self.loose: set[int] = set()

    def _pair_brackets(self) -> None:
        """Find brackets that belong to each other, and for each word the bracket that it stands in."""
        waiting: list[int] = []
        for number, token in enumerate(self.words):
            if token.kind == "close" and waiting:
                self.partner[waiting.pop()] = number
            self.within.append(waiting[-1] if waiting else -1)
            if token.kind == "open":
                waiting.append(number)

    def over_spaces(self, at: int, *, lines: bool = False) -> int:
        """The next word that is no space (nor the end of a line, with `lines`)."""
        while self.words[at].kind == "space" or (lines and self.words[at].kind == "line"):
            at += 1
        return at

    def end(self, at: int, depth: int = 0) -> int | None:
        """Where the longest expression that starts at a word ends, if one does."""
        if at not in self._known:
            self._known[at] = self._expression(at, depth)
        return self._known[at]

    def _expression(self, at: int, depth: int) -> int | None:
        if depth > _DEEPEST:
            return None
        end, limit = self._operand(at, depth), at + _LONGEST
        following = end
        while following is not None and following < limit:
            end, following = following, self._continued(following, depth)
        return end

    def _continued(self, end: int, depth: int) -> int | None:
        """Where the next operand of an expression ends."""
        at = self.over_spaces(end)
        if self.words[at].kind == "line" and self._goes_on(at):
            at += 1
        if self.words[at].kind == "operator":
            return self._operand(self.over_spaces(at + 1, lines=True), depth)
        if not self._is_factor(end, at):
            return None
        found = self._operand(at, depth)
        if found is not None and at > end:
            self.loose.add(found)
        return found

    def _has_relation(self, at: int) -> bool:
        """Whether a relation sign stands in the rest of a line."""
        while at < len(self.words) - 1 and self.words[at].kind not in ("line", "relation"):
            at += 1
        return self.words[at].kind == "relation"

    def _goes_on(self, line: int) -> bool:
        """Whether a formula goes on in the next line: an operator opens it that is no list's mark."""
        sign = self.words[line + 1]
        if sign.kind != "operator" or (sign.text == "@" and self.words[line + 2].kind == "word"):
            # A tag of a documentation comment is no product of matrices.
            return False
        indented = len(self.words[line].text) > 2
        if not indented and self._has_relation(line + 1):
            # -2^2 = -4 below 2^3 = 8 is another formula.
            return False
        return indented or sign.text not in ("-", "*") or self.words[line + 2].kind != "space"

    def _is_factor(self, end: int, at: int) -> bool:
        """Whether what stands beside an operand multiplies it: both are quantities and no words."""
        before, token = self.words[end - 1], self.words[at]
        if before.kind == "word" and not before.is_symbol:
            return False
        if token.kind == "word":
            return token.is_symbol and not (token.text in ("a", "A", "I") and self._is_article(at))
        if token.kind != "open" or token.text == "[":
            return False
        # A number alone in parentheses is the formula's own, and words in them are an aside.
        inside = self.words[at + 1 : min(self.partner.get(at, at), at + 50)]
        return at == end or any(each.kind == "operator" for each in inside)

    def _is_article(self, at: int) -> bool:
        """Whether a letter is a word of the language: a longer word follows it."""
        following = self.words[self.over_spaces(at + 1)]
        return following.kind == "word" and not following.is_symbol

    def _operand(self, at: int, depth: int) -> int | None:
        token = self.words[at]
        while token.kind == "operator" and token.text in _SIGNED and depth <= _DEEPEST:
            at = self.over_spaces(at + 1)
            token, depth = self.words[at], depth + 1
        if depth > _DEEPEST:
            return None
        if token.kind == "number":
            return self._marked(at + 1)
        if token.kind == "word":
            return self._named(at, depth)
        if token.kind == "open":
            return self._marked(self._bracketed(at, depth))
        return self._barred(at, depth) if token.kind == "bar" else None

    def _named(self, at: int, depth: int) -> int | None:
        word = self.words[at].text
        if len(word) > 1 and (word.lower() in SHORT_WORDS or word.lower() in LEADING):
            return None
        following = self.words[at + 1]
        if following.kind == "open":
            return self._marked(self._bracketed(at + 1, depth))
        if word in FUNCTIONS or word[0] in _OPENERS:
            argument = self._operand(self.over_spaces(at + 1), depth + 1)
            if argument is not None:
                return argument
        return self._marked(at + 1)

    def _marked(self, at: int | None) -> int | None:
        """Past the primes, powers, arguments and indices that follow an operand."""
        while at is not None and (
            self.words[at].kind == "post"
            or (self.words[at].kind == "open" and self.words[at - 1].text == "]")
        ):
            at = at + 1 if self.words[at].kind == "post" else self._bracketed(at, 1)
        if at is not None and self.words[at].kind == "open" and self.words[at - 1].kind == "post":
            return self._bracketed(at, 1)
        return at

    def _bracketed(self, at: int, depth: int) -> int | None:
        """Where a pair of brackets ends that holds expressions with commas between them."""
        last = self.partner.get(at)
        if last is None:
            return None
        at = self.over_spaces(at + 1, lines=True)
        while at < last:
            end = self.end(at, depth + 1)
            if end is None:
                return None
            end = self.over_spaces(end, lines=True)
            if end < last and self.words[end].kind != "comma":
                return None
            at = last if end == last else self.over_spaces(end + 1, lines=True)
        return last + 1 if at == last else None

    def _barred(self, at: int, depth: int) -> int | None:
        end = self.end(self.over_spaces(at + 1), depth + 1)
        if end is None:
            return None
        end = self.over_spaces(end)
        return self._marked(end + 1) if self.words[end].text == self.words[at].text else None
