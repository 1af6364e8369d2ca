r"""Indices above a name: y^{(i)}, W^{[2]}, a^{l-1}, \delta^L; what is a power stays one.

A name carries what stands above it after a ^: an index letter makes a component of `y^()`, anything else
a quantity of its own, `W^⟦2⟧`, `w^*`.
"""

from __future__ import annotations

from dataclasses import dataclass

from derive.formula.pratt import Parser
from derive.formula.tokens import Token
from derive.formula.tree import Formula, Name, Negation, Number, Sum

# Brackets round a raised index, and how a name spells them: square ones open the indices of a component.
_BRACKETS = {"(": ")", "[": "]", "<": ">", "⟨": "⟩"}
_SPELLED = {"(": "()", "[": "⟦⟧", "<": "⟨⟩", "⟨": "⟨⟩"}
# Marks that tell a quantity from others of its name.
_MARKS = frozenset({"*", "⋆", "†"})
_BRACED_MARKS = _MARKS | {"+", "-"}
# What follows w^+ = …, where the sign stands above alone; e^-x is a slip for e^{-x}.
_AFTER_SIGNS = frozenset({"=", "≈", ":=", "<", ">", "<=", ">=", ",", ")", "]", "}", "&", "end"})
_WORDS = frozenset({"new", "old", "next", "prev", "pred", "true", "opt", "train", "test", "out", "in"})
# Without brackets round it, a capital is the last layer and no index that runs.
_LAST = frozenset({"L", "N", "T"})


@dataclass(frozen=True, slots=True)
class Raised:
    """What stands above a name: a running `index`, or a `text` that belongs to the name; the brackets."""

    index: Formula | None
    text: str = ""
    brackets: str = ""

    def named(self, name: str) -> str:
        """The name with what stands above it."""
        if self.index is not None:
            return f"{name}^{self.brackets}"
        opening, closing = self.brackets[:1], self.brackets[1:]
        return f"{name}^{opening}{self.text}{closing}"


def raised(parser: Parser, name: str) -> Raised | None:
    """The index above a name, passed; None where a power or nothing stands there."""
    tokens, start = parser.tokens, parser.position
    if parser.context.raised is None or tokens[start].kind != "^" or start + 2 >= len(tokens):
        return None
    if name == "e" and "e" not in parser.context.names:
        return None
    braced = tokens[start + 1].kind == "{"
    at = start + 1 + braced
    found = _mark(parser, at, braced) or _bracketed(parser, at, braced, name) or _bare(parser, at, braced)
    if found is None:
        parser.position = start
    return found


def _mark(parser: Parser, at: int, braced: bool) -> Raised | None:
    """w^*, and a word in upright letters: w^{\text{new}}."""
    token = parser.tokens[at]
    if braced and (spelled := _word(parser, at)) is not None:
        return Raised(None, spelled)
    alone = braced or parser.tokens[at + 1].kind in _AFTER_SIGNS
    if token.text not in (_BRACED_MARKS if alone else _MARKS):
        return None
    if braced and parser.tokens[at + 1].kind != "}":
        return None
    parser.position = at + 1 + braced
    return Raised(None, "*" if token.kind == "*" else token.text)


def _word(parser: Parser, at: int) -> str | None:
    """Pass a word that tells quantities of one name apart, with the brace that ends it."""
    end = at
    while parser.tokens[end].kind in ("letter", "word", "prose"):
        end += 1
    spelled = "".join(token.text for token in parser.tokens[at:end])
    known = spelled in _WORDS or (end == at + 1 and parser.tokens[at].kind == "word")
    if not known or parser.tokens[end].kind != "}":
        return None
    parser.position = end + 1
    return spelled


def _bracketed(parser: Parser, at: int, braced: bool, name: str) -> Raised | None:
    opening = parser.tokens[at]
    closing = _BRACKETS.get(opening.kind)
    if closing is None or name in parser.functions:
        return None
    inner = parser.tokens[at + 1]
    if inner.kind == "word" and parser.tokens[at + 2].kind == closing:
        parser.position = at + 2
        found: Raised | None = Raised(None, inner.text, _SPELLED[opening.kind])
    else:
        if not braced and parser.tokens[min(at + 2, len(parser.tokens) - 1)].kind != closing:
            return None
        parser.position = at + 1
        found = _of(parser, parser.expression(), _SPELLED[opening.kind])
    if found is None or parser.next.kind != closing:
        return None
    parser.take()
    return found if not braced or _closed(parser) else None


def _bare(parser: Parser, at: int, braced: bool) -> Raised | None:
    """A letter that the document raises as an index: a^l, a^{l-1}, and the last of them, a^L."""
    first = parser.tokens[at]
    if first.kind != "letter" or first.text not in (parser.context.raised or ()):
        return None
    parser.position = at
    if not braced:
        parser.take()
        return _of(parser, Name(first.text, first.at), "")
    found = _of(parser, parser.expression(), "")
    return found if found is not None and _closed(parser) else None


def _closed(parser: Parser) -> bool:
    """Pass the brace that ends what is raised; a T before it is left to be read as a transpose."""
    token = parser.next
    if token.kind == "}":
        parser.take()
        return True
    following = parser.tokens[parser.position + 1]
    if token.kind == "'" and following.kind == "}":
        # g^{[2]'} is the derivative of g^{[2]}.
        parser.tokens[parser.position + 1] = token
        parser.position += 1
        return True
    if (token.kind == "transpose" or token.text == "T") and following.kind == "}":
        # W^{[2]T} is the transpose of W^{[2]}.
        parser.tokens[parser.position] = Token("^", "^", token.at, 0)
        parser.tokens[parser.position + 1] = Token("transpose", "T", token.at, token.length)
        return True
    return False


def _of(parser: Parser, index: Formula, brackets: str) -> Raised | None:
    """A letter runs, and so does n + 1 where the document raises n; a number is part of the name."""
    if isinstance(index, Number) and index.text.isdecimal():
        return Raised(None, index.text, brackets)
    if isinstance(index, Name):
        fixed = _is_fixed(index.name) or _is_last(parser, index.name, brackets)
        return Raised(None, index.name, brackets) if fixed else Raised(index, "", brackets)
    if not isinstance(index, Sum) or len(index.terms) != 2:
        return None
    letter, step = index.terms
    if not isinstance(letter, Name):
        return None
    name = letter.name
    step = step.operand if isinstance(step, Negation) else step
    known = brackets not in ("", "()") or {name, f"({name})"} & set(parser.context.raised or ())
    return Raised(index, "", brackets) if known and isinstance(step, Number) else None


def _is_last(parser: Parser, name: str, brackets: str) -> bool:
    """Whether a capital stands in brackets where its small letter runs: h^{(K)} beside h^{(k)}."""
    running = {"()": f"({name.lower()})", "⟦⟧": f"[{name.lower()}]"}.get(brackets, "")
    return name.isupper() and running in (parser.context.raised or ())


def _is_fixed(name: str) -> bool:
    return len(name) > 1 or name in _LAST
