r"""The lines of a model in LaTeX: displays and environments opened, a statement at every \\ or line break."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from derive.formula import Formula, Indexed, Name, Reduction, Relation, walk
from derive.model.statements import Statement, check_characters

_WORD = re.compile(
    r"""(?P<mask>\$\$?|\\\[|\\\]|\\\(|\\\)|\\(?:begin|end)\{(?:equation|align|aligned|gather|gathered|split)\*?\})
      | (?P<cells>\\begin\{[a-z]*\}) | (?P<end>\\end\{[a-z]*\})
      | (?P<newline>\\\\(?:\[[^\]\n]*\])?) | (?P<comment>(?<!\\)[%\#][^\n]*)
      | (?P<escaped>\\.) | (?P<open>[{(\[]) | (?P<close>[})\]])
      | (?P<break>\n) | (?P<blank>[ \t]+) | (?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
# Letters that index; others below a name belong to it.
_LETTERS = frozenset("ijklmn")


def latex_statements(text: str, written: str, file: str | None, first_line: int) -> Iterator[Statement]:
    r"""The statements of a text in LaTeX; a line that opens with =, + or - goes on with the last one."""
    for number, line in enumerate(written.split("\n"), first_line):
        check_characters(line.removesuffix("\r"), file, number)
    pieces = list(_pieces(text))
    at = counted = 0
    start_line = first_line
    while at < len(pieces):
        start, end = pieces[at]
        at += 1
        while at < len(pieces) and masked(text, *pieces[at]).lstrip(" \t\n&")[:1] in ("=", "+", "-"):
            end = pieces[at][1]
            at += 1
        begin = text.rfind("\n", 0, start) + 1
        stop = written.find("\n", end)
        piece = " " * (start - begin) + masked(text, start, end)
        shown = written[begin : len(written) if stop < 0 else stop]
        start_line, counted = start_line + text.count("\n", counted, begin), begin
        yield Statement(piece, shown, start_line, file, "latex")


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    """Where statements start and end: apart by a line break outside of braces and cells, or by \\\\."""
    start, depth, cells, filled = 0, 0, 0, False
    for word in _WORD.finditer(text):
        kind = word.lastgroup
        depth += (kind == "open") - (kind == "close")
        cells += (kind == "cells") - (kind == "end")
        if cells <= 0 and (kind == "newline" or (kind == "break" and depth <= 0)):
            if filled:
                yield start, word.start()
            start, depth, filled = word.end(), 0, False
        elif kind not in ("mask", "comment", "break", "blank", "newline"):
            filled = True
    if filled:
        yield start, len(text)


def masked(text: str, start: int, end: int) -> str:
    """A piece of the text without signs of displays, environments and comments; its length stays."""

    def blank(word: re.Match[str]) -> str:
        if word.lastgroup in ("mask", "comment"):
            return " " * len(word[0])
        return word[0]

    piece = _WORD.sub(blank, text[start:end])
    bare = piece.rstrip()
    while bare.endswith((".", ",", ";")):
        bare = bare[:-1].rstrip()
    return bare + " " * (len(piece) - len(bare))


def words_left(statements: Collection[Statement]) -> frozenset[str]:
    """Words of several letters that stand alone left of =: they are names, and no products of letters."""
    found: set[str] = set()
    for each in statements:
        *left, _ = each.text.split("=")
        words = (side.strip(" \t\n&:") for side in left)
        found.update(word for word in words if len(word) > 1 and word.isalpha())
    return frozenset(found)


def index_letters(formulas: Collection[Formula], shaped: Collection[str]) -> frozenset[str]:
    r"""The letters that index in these equations, read as if none did.

    A letter does if a sum runs over it, if it stands below names on both sides of an equation, or below a
    name that has a shape, or an equation beside those that have one.
    """
    found: set[str] = set()
    defined = {name for each in formulas for name in _defined(each)} if shaped else set()
    arrays = {*shaped, *defined}
    for formula in formulas:
        for node in walk(formula):
            if isinstance(node, Reduction):
                found.update(bound.name for bound in node.bounds)
            if isinstance(node, Name) and node.name not in defined and node.name.rpartition("_")[0] in arrays:
                found |= _below(node)
        if isinstance(formula, Relation):
            left, *_, right = formula.sides
            found |= _subscripts(left) & _subscripts(right)
    return frozenset(found)


def _defined(formula: Formula) -> Iterator[str]:
    """The names that an equation defines without an index."""
    if isinstance(formula, Relation):
        yield from (side.name for side in formula.sides[:-1] if isinstance(side, Name))


def _subscripts(formula: Formula) -> set[str]:
    below = (_below(node) for node in walk(formula) if isinstance(node, Name | Indexed))
    return set().union(*below)


def _below(node: Name | Indexed) -> set[str]:
    """The letters below a name, if it has nothing else below."""
    _, _, below = node.name.rpartition("_")
    letters = set(below) if below and "_" in node.name else set()
    return letters if letters <= _LETTERS else set()
