r"""Names in LaTeX: w_1 is w1, y_{\text{pred}} is y_pred, \hat y is y_hat; W_{ij} may be a component."""

from __future__ import annotations

from derive.errors import FormulaError
from derive.formula.pratt import Parser
from derive.formula.tex.raised import raised
from derive.formula.tokens import Token, check_name
from derive.formula.tree import Formula, Indexed, Name, Number

# What may begin a name.
_STARTS = frozenset({"letter", "word", "accent", "font"})

# Letters that number what stands in a list, and are no part of a name.
_RUNNING = frozenset("ijklmnt")

# The most words between two commas of a subscript.
LONGEST_PART = 50


def quantity(parser: Parser) -> Name | Indexed:
    """A name with its subscripts: the parts that are indices make it a component."""
    at = parser.next.at
    parser.descend(at)
    spelled = spelled_name(parser)
    name = spelled.name
    above = raised(parser, name)
    found: list[Formula] = list(spelled.indices) if isinstance(spelled, Indexed) else []
    if parser.next.kind == "_" and not found:
        parser.take()
        name, found = _subscript(parser, name)
        if parser.next.kind == "_":
            raise FormulaError(
                "a second subscript", parser.next.at, 1, "Write both between the same braces: w_{1,2}."
            )
    above = above or raised(parser, name)
    if above is not None:
        name = above.named(name)
        found = found if above.index is None else [above.index, *found]
    parser.depth -= 1
    check_name(name, at, 1)
    return Indexed(name, tuple(found), at) if found else Name(name, at)


def spelled_name(parser: Parser) -> Name | Indexed:
    """A letter or a word, with what stands over it; without its subscripts."""
    token = parser.take()
    if token.kind not in _STARTS:
        raise parser.missing(token)
    if token.kind in ("letter", "word"):
        return Name(token.text, token.at)
    parser.descend(token.at)
    if parser.next.kind == "{":
        opening = parser.take()
        inner = quantity(parser)
        parser.expect("}", opening)
    else:
        inner = spelled_name(parser)
    parser.depth -= 1
    name = inner.name if token.kind == "font" else f"{inner.name}_{token.text}"
    if token.text == "mathcal" and inner.name in parser.context.apart:
        name = f"{inner.name}_cal"
    if not isinstance(inner, Indexed):
        return Name(name, token.at)
    if not parser.context.of_document:
        raise FormulaError("an index below a mark", token.at, token.length, r"Write \hat{y}_i.")
    return Indexed(name, inner.indices, token.at)


def _subscript(parser: Parser, name: str) -> tuple[str, list[Formula]]:
    """The name with the textual parts of its subscript, and the parts that are indices."""
    token = parser.next
    if token.kind != "{":
        return _single(parser, name)
    opening = parser.take()
    found: list[Formula] = []
    while True:
        index = _indices(parser, name, bool(found))
        if index:
            found.extend(index)
        elif found:
            raise FormulaError("this subscript is no index", parser.next.at, max(1, parser.next.length))
        else:
            name = _extended(name, _text(parser))
        if parser.next.kind != ",":
            break
        parser.take()
    parser.expect("}", opening)
    return name, found


def _single(parser: Parser, name: str) -> tuple[str, list[Formula]]:
    token = parser.take()
    if token.kind == "number":
        if len(token.text) > 1:
            reason = "only the first digit is a subscript"
            raise FormulaError(reason, token.at, token.length, f"Write _{{{token.text}}}.")
        return _extended(name, token.text), []
    if token.kind == "letter" and token.text in parser.indices:
        return name, [Name(token.text, token.at)]
    if token.kind in ("letter", "word"):
        return _extended(name, token.text), []
    if token.kind == "font":
        return _extended(name, spelled_name(parser).name), []
    raise parser.missing(token)


def _indices(parser: Parser, name: str, started: bool) -> list[Formula]:
    """The indices that stand up to the next comma; none if this part is text."""
    part = _part(parser)
    letters = [token for token in part if token.kind in ("letter", "word")]
    known = all(set(token.text) <= parser.indices or token.text in parser.indices for token in letters)
    if not known or not (letters or started):
        return []
    if parser.context.of_document and [token.kind for token in part] == ["letter", "number"]:
        # x_{i1} has two indices; out_{o1} is a name, even where a sum runs over o.
        if len(name) > 1 or letters[0].text not in _RUNNING:
            return []
        parser.position += 2
        return [Name(part[0].text, part[0].at), *map(Number, part[1].text)]
    if all(token.kind in ("letter", "word") for token in part):
        parser.position += len(part)
        return [Name(name, token.at) for token in part for name in _separated(parser, token)]
    return [parser.expression()]


def _separated(parser: Parser, token: Token) -> tuple[str, ...]:
    return (token.text,) if token.text in parser.indices else tuple(token.text)


def _part(parser: Parser) -> list[Token]:
    """The tokens up to the next comma or the closing brace."""
    depth = 0
    found: list[Token] = []
    for token in parser.tokens[parser.position : parser.position + LONGEST_PART]:
        depth += (token.kind in ("{", "(")) - (token.kind in ("}", ")"))
        if depth < 0 or (depth == 0 and token.kind == ","):
            return found
        found.append(token)
    raise FormulaError("this subscript is never closed, or too long", parser.next.at, parser.next.length)


def _text(parser: Parser) -> str:
    """A part of a subscript that belongs to the name: digits, letters, a word, a name with a subscript."""
    found = ""
    while parser.next.kind in _STARTS or parser.next.kind == "number":
        if parser.next.kind == "number":
            found += parser.take().text
            continue
        piece = quantity(parser)
        found = (
            f"{found}_{piece.name}"
            if found and parser.tokens[parser.position - 1].kind == "word"
            else found + piece.name
        )
    token = parser.next
    if not found or "." in found or token.kind not in (",", "}"):
        raise FormulaError(
            "this subscript is neither an index nor a part of the name", token.at, max(1, token.length)
        )
    return found


def _extended(name: str, part: str) -> str:
    """The name with a further part: digits follow a single letter directly, all else an underscore."""
    direct = part.isdecimal() and not name[-1].isdigit() and ("_" not in name or name.endswith(_ACCENTED))
    return name + part if direct else f"{name}_{part}"


_ACCENTED = ("_hat", "_bar", "_tilde", "_dot", "_ddot", "_vec", "_check", "_breve")
